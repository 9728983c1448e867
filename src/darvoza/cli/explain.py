"""``darvoza explain``: one decision in words."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import polars as pl

from darvoza.cli.manifest import read_manifest
from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError

Row = Mapping[str, object]

WORDS_OF_KIND = {
    "law": "the law asks for",
    "alert": "an alert in force asks for",
    "profile": "a risk profile asks for",
    "plan": "a sampling plan asks for",
    "score": "the score asks for",
    "random": "the random floor under every declaration asks for",
}


def run(options: Namespace) -> int:
    """Tell every decision of the declaration, or the one that is asked for."""
    decisions = read_decisions(options.directory)
    wanted = decisions.filter(
        (pl.col("decision_id") == options.decision) | (pl.col("declaration_id") == options.decision)
    )
    if wanted.is_empty():
        near = get_close_matches(options.decision, decisions.get_column("declaration_id").head(100_000).to_list(), n=1)
        raise OutputError(
            field="DECISION_ID",
            expected="a decision or declaration of this run",
            got=options.decision,
            hint=f"did you mean {near[0]}?" if near else None,
        )
    profiles = read_manifest(options.directory).get("profiles")
    told = {entry["code"]: entry for entry in profiles} if isinstance(profiles, list) else {}
    print("\n\n".join("\n".join(_sentences(row, told)) for row in wanted.iter_rows(named=True)))
    return 0


def _sentences(row: Row, profiles: Mapping[str, Row]) -> Iterator[str]:
    """Tell one decision."""
    yield f"{row['decision_id']}"
    yield f"  Lodged {row['lodged_at']:%Y-%m-%d %H:%M} UTC at post {row['post']}; channel {row['channel']}."
    done = "is carried out" if row["selected"] else "is not carried out"
    sign = "<" if row["selected"] else "≥"
    yield (
        f"  The {row['act']} check of {row['agency']} {done}, because u = {row['u']:.6f} {sign} "
        f"π = {row['probability']:.6f}."
    )
    yield "  π is the largest of these floors:"
    for floor in _listed(row["floors"]):
        yield from _floor(floor, profiles)
    if row["score"] is not None:
        yield f"  The score: a finding has probability {row['score']:.1%} in the most suspicious item."
        yield from (f"    {_reason(part)}" for part in _listed(row["contributions"]))
    yield (
        f"  u comes from the key of {row['key_day']} (commitment {str(row['commitment'])[:16]}…) and the fingerprint "
        f"of the goods {str(row['fingerprint'])[:16]}… ({row['fingerprint_basis']})."
    )


def _floor(floor: Row, profiles: Mapping[str, Row]) -> Iterator[str]:
    """Tell one floor with its reason."""
    source = str(floor["source"])
    items = floor["items"]
    where = f" for item {', '.join(map(str, items))}" if isinstance(items, list) and items else ""
    yield f"    {floor['probability']:.4f}  {WORDS_OF_KIND[str(floor['kind'])]} it{where}"
    if source in profiles:
        profile = profiles[source]
        yield f"            {source} {profile['title']}"
        yield f"            when: {' '.join(str(profile['when']).split())}"
        basis = profile["legal_basis"] or profile["rationale"]
        yield f"            because: {' '.join(str(basis).split())}"


def _reason(part: Row) -> str:
    """Tell what one concept did to the score."""
    amount = part["amount"]
    raises = isinstance(amount, float) and amount > 0
    return f"{'raised' if raises else 'lowered'} by {part['concept']} ({amount:+.2f} log-odds)"


def _listed(value: object) -> list[Row]:
    return value if isinstance(value, list) else []
