"""What Spark costs on one machine: the same work, carried by Spark and done without it, beside each other.

    python benchmarks/warehouse.py [--items 300000] [--partitions 4]

A practice world becomes a history first, and how much memory that takes is shown, too. Each work is then done by this
machine, by a Spark that starts for it, and by that Spark once more; the results must be equal before a time counts.
Spark has `local[2]`: its overhead is what is measured, not what a cluster gains.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pyspark
from pyspark.sql import SparkSession

from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.backtest import Trial, as_text, backtest
from darvoza.flow.chronicle import ItemsKept, keep_month
from darvoza.flow.enrichment.enrich import Sources
from darvoza.flow.learning.history_store import open_history
from darvoza.flow.matching import Matching, match_here
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.replay import read_matches
from darvoza.warehouse.session import local_session
from darvoza.warehouse.spark import keep_on_spark, match_on_spark, replay_on_spark

ITEMS_PER_DECLARATION = 3.0
MONTHS = 12
PROFILES = "profiles"
Work = Callable[[Path, SparkSession | None], str]


def made(*words: str) -> tuple[float, float]:
    """Run a command of its own; give seconds and peak GiB, or stop."""
    begun = time.perf_counter()
    process = subprocess.Popen([str(Path(sys.executable).with_name("darvoza")), *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"darvoza {words[0]} failed")
    return time.perf_counter() - begun, used.ru_maxrss / 2**20


@dataclass(frozen=True)
class Job:
    """What there is to do: each work writes below a path and gives what it made in a form to be compared."""

    profiles: ProfileSet
    history: Path
    partitions: int

    def matches(self, out: Path, session: SparkSession | None) -> str:
        """Decide every profile."""
        if session is None:
            replay_here(self.profiles, self.history, out)
        else:
            replay_on_spark(session, self.profiles, self.history, out, partitions=self.partitions)
        frame = read_matches(out).collect().sort("profile", "lodged_on", "declaration_id", "item")
        return f"{frame.height:,} matches, {frame.hash_rows().sum()}"

    def tried(self, _out: Path, session: SparkSession | None) -> str:
        """Try every profile as if it were new."""
        matching: Matching = match_here
        if session is not None:
            matching = partial(match_on_spark, session=session, partitions=self.partitions)
        answer = as_text(backtest(Trial(self.profiles, open_history(self.history)), matching=matching))
        return f"{len(answer):,} characters, {hash(answer)}"

    def facts(self, out: Path, session: SparkSession | None) -> str:
        """Work out every fact anew."""
        items = ItemsKept.of(open_history(self.history))
        if session is None:
            kept = tuple(keep_month(items, month, directory=out) for month in items.months)
        else:
            kept = keep_on_spark(session, items, out, Sources())
        frames = [pl.read_parquet(path, hive_partitioning=False) for path in sorted(out.glob("lodged_month=*/*"))]
        return f"{sum(one.items for one in kept):,} items, {sum(frame.hash_rows().sum() for frame in frames)}"


def timed(work: Work, place: Path, session: SparkSession | None) -> tuple[float, str]:
    place.mkdir()
    begun = time.perf_counter()
    said = work(place, session)
    return time.perf_counter() - begun, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=300_000)
    parser.add_argument("--partitions", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.items, options.partitions)


def measure(place: Path, items: int, partitions: int) -> None:
    """Make a history, then do each work three times."""
    per_month = str(int(items / ITEMS_PER_DECLARATION / MONTHS))
    made("simulate", "--months", str(MONTHS), "--per-month", per_month, "--out", str(place / "world"))
    files = [str(path) for path in sorted((place / "world" / "declarations").glob("*.csv"))]
    history = place / "history"
    seconds, peak = made("history", *files, "--mapping", "mappings/own.yaml", "--keep-items", "--out", str(history))
    profiles = load_profiles(Path(PROFILES))
    kept = sum(month.items for month in open_history(history).months)
    job = Job(profiles, history, partitions)
    works: dict[str, Work] = {
        f"{len(profiles)} profiles matched": job.matches,
        f"{len(profiles)} profiles back-tested": job.tried,
        "facts as then known": job.facts,
    }
    alone = {name: timed(work, place / f"{n}-here", None) for n, (name, work) in enumerate(works.items())}
    begun = time.perf_counter()
    session = local_session("local[2]")
    started = time.perf_counter() - begun
    lines = []
    for n, (name, work) in enumerate(works.items()):
        first, again = (timed(work, place / f"{n}-spark-{turn}", session) for turn in range(2))
        here, said = alone[name]
        if {first[1], again[1]} != {said}:
            sys.exit(f"{name}: here {said}, on Spark {first[1]} and {again[1]}")
        lines.append(f"| {name} | {here:.1f} | {first[0]:.1f} | {again[0]:.1f} | {again[0] / here:.1f} × |")
    print(
        f"Python {platform.python_version()}, polars {pl.__version__}, pyspark {pyspark.__version__}, "
        f"pyarrow {version('pyarrow')}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {kept:,} items, "
        f"{MONTHS} months, {partitions} partitions\n\n`darvoza history --keep-items`: {seconds:.1f} s, "
        f"{peak:.2f} GiB at most. Spark starts in {started:.1f} s.\n"
    )
    print(
        "| work | this machine, s | Spark, first, s | Spark, again, s | again ÷ this machine |\n|---|---|---|---|---|"
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
