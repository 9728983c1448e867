"""``darvoza replay``: profiles over a whole history, on this machine or on Spark."""

import shutil
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

import polars as pl

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.warehouse.histories import months_of
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.matching import MATCHES, summarised

MATCHES_FOLDER = "matches"
SUMMARY = "summary.parquet"


def run(options: Namespace) -> int:
    """Replay, and write matches and their sums; nothing half-written keeps the name that was asked for."""
    out: Path = options.out
    if out.exists():
        raise OutputError(
            field="out", expected="a directory that does not exist yet", got=str(out), hint="choose another name"
        )
    profiles = load_profiles(options.profiles)
    months = months_of(options.history)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    try:
        part.chmod(0o755)
        matches = part / MATCHES_FOLDER
        matches.mkdir()
        if options.engine == "spark":
            _on_spark(options, matches)
        else:
            replay_here(profiles, options.history, matches)
        summary = summarised(read_matches(part), profiles)
        summary.write_parquet(part / SUMMARY)
        part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    said = (
        f"{len(profiles)} profiles over {len(months)} months on {options.engine}: "
        f"{summary['items'].sum():,} matching items, profiles {profiles.digest}\n"
        f"matches: {out / MATCHES_FOLDER}\nsummary: {out / SUMMARY}\n"
    )
    sys.stdout.write(said)
    return 0


def _on_spark(options: Namespace, matches: Path) -> None:
    """Start Spark only when it is asked for: an installation without it replays on this machine."""
    try:
        from darvoza.warehouse.session import local_session  # noqa: PLC0415
        from darvoza.warehouse.spark import replay_on_spark  # noqa: PLC0415
    except ModuleNotFoundError as problem:
        raise SettingsError(
            field="engine", expected="pyspark and pyarrow", got="neither or one", hint="pip install pyspark pyarrow"
        ) from problem
    session = local_session(options.master)
    replay_on_spark(session, load_profiles(options.profiles), options.history, matches, partitions=options.partitions)


def read_matches(out: Path) -> pl.LazyFrame:
    """Read the matches of a replay, lazily, whichever engine wrote them."""
    found = sorted((out / MATCHES_FOLDER if (out / MATCHES_FOLDER).is_dir() else out).rglob("*.parquet"))
    if not found:
        return pl.LazyFrame(schema=MATCHES)
    return pl.scan_parquet(found, hive_partitioning=False).select(list(MATCHES))
