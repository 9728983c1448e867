"""``darvoza explain``: one decision in words."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import polars as pl

from darvoza.cli.certificate_words import faults_told
from darvoza.cli.languages import FAMILIES, KINDS, PURSES, named
from darvoza.cli.manifest import read_manifest
from darvoza.cli.reason_words import reason_sentence
from darvoza.cli.results import read_decisions
from darvoza.domain.codes import RiskFamily
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError

Row = Mapping[str, object]

TOLD = 0.01
"""Least probability of a family that is told."""

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "lodged": "Lodged {lodged} UTC at post {post}; channel {channel}.",
        "done": "The {act} check of {agency} is carried out, because u = {u:.6f} < π = {probability:.6f}.",
        "families": "its likeliest findings: {families}",
        "not done": "The {act} check of {agency} is not carried out, because u = {u:.6f} ≥ π = {probability:.6f}.",
        "floors": "π is the largest of these floors:",
        "items": " for item {items}",
        "when": "when: {when}",
        "because": "because: {basis}",
        "score": "The score: a finding has probability {score:.1%}.",
        "reasons": " Of the most suspicious item (in log-odds):",
        "draw": (
            "u comes from the key of {key_day} (commitment {commitment:.16}…) and the fingerprint of the goods "
            "{fingerprint:.16}… ({fingerprint_basis})."
        ),
    },
    "ru": {
        "lodged": "Подана {lodged} UTC, пост {post}; коридор: {channel}.",
        "done": "Форма контроля: {act} ({agency}) — проводится, так как u = {u:.6f} < π = {probability:.6f}.",
        "families": "вероятные нарушения: {families}",
        "not done": "Форма контроля: {act} ({agency}) — не проводится, так как u = {u:.6f} ≥ π = {probability:.6f}.",
        "floors": "π — наибольшая из нижних границ:",
        "items": " (товары: {items})",
        "when": "условие: {when}",
        "because": "основание: {basis}",
        "score": "Оценка риска: вероятность нарушения — {score:.1%}.",
        "reasons": " По самому подозрительному товару (логарифм шансов):",
        "draw": (
            "u получено из ключа дня {key_day} (обязательство {commitment:.16}…) и отпечатка партии "
            "{fingerprint:.16}… ({fingerprint_basis})."
        ),
    },
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
    rows = list(wanted.iter_rows(named=True))
    print("\n\n".join("\n".join(_sentences(row, told, options.language)) for row in rows))
    for line in faults_told(options.directory, str(rows[0]["declaration_id"]), options.language):
        print(line)
    return 0


def _sentences(row: Row, profiles: Mapping[str, Row], language: str) -> Iterator[str]:
    """Tell one decision."""
    say = PHRASES[language]
    words = {name: named(str(row[name]), language) for name in ("act", "agency", "channel")}
    yield f"{row['decision_id']}"
    yield "  " + say["lodged"].format(**{**row, **words, "lodged": f"{row['lodged_at']:%Y-%m-%d %H:%M}"})
    yield "  " + say["done" if row["selected"] else "not done"].format(**{**row, **words})
    yield "  " + say["floors"]
    for floor in _listed(row["floors"]):
        yield from _floor(floor, profiles, language)
    if row["score"] is not None:
        reasons = _listed(row["contributions"])
        yield "  " + say["score"].format(**row) + (say["reasons"] if reasons else "")
        yield from (f"    {reason_sentence(part, language)}" for part in reasons)
        yield from _families(_listed(row.get("families")), language)
    yield "  " + say["draw"].format(**row)


def _families(families: list[Row], language: str) -> Iterator[str]:
    """Tell of which kinds a finding would be, the likeliest first; those below one in a hundred are passed over."""
    found = [(float(str(one["probability"])), str(one["family"])) for one in families]
    likely = sorted((one for one in found if one[0] >= TOLD), reverse=True)
    if likely:
        listed = ", ".join(f"{FAMILIES[language][RiskFamily(family)]} {chance:.0%}" for chance, family in likely)
        yield "    " + PHRASES[language]["families"].format(families=listed)


def _floor(floor: Row, profiles: Mapping[str, Row], language: str) -> Iterator[str]:
    """Tell one floor with its reason."""
    say, source, items = PHRASES[language], str(floor["source"]), _listed(floor["items"])
    where = say["items"].format(items=", ".join(map(str, items))) if items else ""
    purse = PURSES[language].get(source, "") if floor["kind"] == FloorKind.SCORE else ""
    yield f"    {floor['probability']:.4f}  {KINDS[language][str(floor['kind'])]}{purse}{where}"
    if source in profiles:
        profile = profiles[source]
        when = profile.get(f"when_{language}") or profile["when"]
        yield f"            {source} {profile['title']}"
        yield "            " + say["when"].format(when=" ".join(str(when).split()))
        basis = profile["legal_basis"] or profile["rationale"]
        yield "            " + say["because"].format(basis=" ".join(str(basis).split()))


def _listed(value: object) -> list[Row]:
    return value if isinstance(value, list) else []
