"""``darvoza verify``: recompute every draw and say how many agree."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from darvoza.cli.journal_files import text_of
from darvoza.cli.manifest import changed_outputs, read_manifest
from darvoza.cli.results import read_decisions
from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.oversight.verification import CHECKS, verify_days
from darvoza.flow.selectivity.keys import KeyRing, in_file, read_ring, revealed_keys, rings_of
from darvoza.json_text import read_json
from darvoza.methods.draw import commitment
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Verify a run, or the days of it whose keys were revealed; 0 if everything agrees, 1 otherwise."""
    manifest, decisions = read_manifest(options.directory), read_decisions(options.directory)
    committed = str(manifest.get("ring_commitment"))
    _check_published(options.commitment, committed)
    text = text_of(options.key_file, "the revealed key shares, or the revealed keys of days")
    days = decisions.get_column("key_day").drop_nulls().unique().to_list()
    if _is_of_days(text):
        with in_file(options.key_file):
            keys = revealed_keys(text, days)
        decisions = _of_days(decisions, keys, options.key_file)
        _check_days(manifest, keys)
    else:
        with in_file(options.key_file):
            ring = _ring_of_run(read_ring(text), committed)
        keys = {day: ring.key(day) for day in days}
    changed = changed_outputs(options.directory, manifest)
    for name in changed:
        print(f"{name}: differs from the digest in the manifest")
    progress = Progress()
    found = verify_days(decisions, keys, progress.at)
    progress.clear()
    print(f"{found.agreed:,} of {found.decisions:,} decisions agree ({found.draws:,} different draws recomputed)")
    for check in CHECKS:
        if found.disagreed[check]:
            print(f"  {check}: {found.disagreed[check]:,} disagree")
    for example in found.examples:
        print(f"  such as {example}")
    if options.commitment is None:
        print(
            f"the run says that it drew with the key committed to as {committed}: give --commitment what was published before"
        )
    print("that no declaration, act or floor is missing, and that the goods are these, is shown by: darvoza rerun")
    if not found.decisions:
        print("there is no decision: nothing was verified")
    return 0 if 0 < found.agreed == found.decisions and not changed else 1


def _check_published(published: str | None, committed: str) -> None:
    """Hold a run to the commitment that was published before its draws: a run that was made anew with another key has another.

    Raises
    ------
    CommitmentMismatch
        When it is another one.
    """
    if published is not None and published.strip().lower() != committed:
        raise CommitmentMismatch(
            field="commitment",
            expected=f"a run that was drawn with the key committed to as {published.strip()}",
            got=committed,
            hint="this run was made with another key than the one that was published",
        )


def _ring_of_run(ring: KeyRing, committed: str) -> KeyRing:
    """Give the ring that a run drew with: the one of the file, or one that it came in the place of.

    Raises
    ------
    CommitmentMismatch
        When it is none of them.
    """
    for each in rings_of(ring):
        if each.commitment() == committed:
            return each
    raise CommitmentMismatch(
        field="key-file",
        expected=f"the key committed to as {committed}",
        got=ring.commitment(),
        hint="this is not the key the draws were made with",
    )


def _is_of_days(text: str) -> bool:
    """Tell whether a text holds keys of days; a ring holds the shares of all, and says itself what is wrong with it."""
    try:
        said = read_json(text)
    except ValueError:
        return False
    return isinstance(said, dict) and "darvoza_day_keys" in said


def _of_days(decisions: pl.DataFrame, keys: Mapping[date, bytes], path: Path) -> pl.DataFrame:
    """Keep the decisions of days whose keys are known, and say how many are left out.

    Raises
    ------
    InvalidKey
        When no decision was drawn by any of them.
    """
    mine = decisions.filter(pl.col("key_day").is_in(list(keys)))
    if mine.is_empty():
        raise InvalidKey(field=str(path), expected="the key of a day of this run", got="keys of other days")
    if mine.height < decisions.height:
        print(f"{decisions.height - mine.height:,} decisions were drawn by keys of other days, and are not looked at")
    return mine


def _check_days(manifest: Mapping[str, object], keys: Mapping[date, bytes]) -> None:
    """Hold revealed keys to what the run committed to.

    Raises
    ------
    CommitmentMismatch
        When one of them is not the key the draws were made with.
    """
    told = manifest.get("commitments")
    known = told if isinstance(told, dict) else {}
    for day, key in keys.items():
        if known.get(day.isoformat()) != commitment(key):
            expected = f"the key committed to as {known.get(day.isoformat())}"
            raise CommitmentMismatch(field=day.isoformat(), expected=expected, got=commitment(key))
