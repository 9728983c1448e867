"""A back-test at size: one profile over five million decided goods items in Parquet.

    python benchmarks/backtest.py [--items 5000000] [--per-month 30000]

One month of the practice world is written once and repeated under new names of declarations, twelve months of it; what
is made is thrown away. Each question runs in a process of its own, from start to answer, with the files in the page cache.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.learning.history_store import write_manifest, write_month
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

QUESTIONS = {
    "HS prefix: row groups are skipped": "hs starts with 8703 and unit_value < 5",
    "no guard: every row is asked": "unit_value < 5 and gross_net_ratio > 1.05",
    "text in the description": 'description contains "used" and customs_value > 1000',
    "items of a declaration together": "count of items (hs starts with 61) >= 3",
}
ASK = """
import sys
from dataclasses import replace
from pathlib import Path
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.backtest import Trial, backtest
from darvoza.flow.learning.history_store import open_history
like = next(iter(load_profiles(Path("profiles"))))
asked = replace(like, code="ASKED", condition=parse(sys.argv[2]), sentence=sys.argv[2])
answer = backtest(Trial(ProfileSet((asked,)), open_history(Path(sys.argv[1]))))
print(answer.items, answer.tried[0].effect.items)
"""


def make(place: Path, items: int, per_month: int) -> None:
    """Repeat one month until there are enough items; a tenth of the declarations has a result."""
    settings = WorldSettings(
        months=1, declarations_per_month=per_month, seed=3, start=datetime(2026, 1, 1, tzinfo=UTC).date()
    )
    month = World(settings).month(0).items
    rng = np.random.default_rng(1)
    looked = month.select("declaration_id").with_columns(d=pl.col("declaration_id").rle_id())["d"].to_numpy()
    seen = (rng.random(looked.max() + 1) < 0.1)[looked]
    month = month.with_columns(
        examined=pl.Series(seen), finding=pl.Series(seen & (rng.random(seen.size) < 0.03)),
        inclusion_probability=pl.lit(0.1).cast(month.schema["inclusion_probability"]),
    )  # fmt: skip
    facts = enrich(month, replay=True)
    copies = -(-items // (12 * month.height))
    kept = []
    for number in range(1, 13):
        shift = timedelta(days=31 * (number - 1) - 3 * (number > 2))
        names = [pl.col("declaration_id") + f"-{number}-{copy}" for copy in range(copies)]
        many = pl.concat([month.with_columns(name, pl.col("lodged_at") + shift) for name in names])
        known = pl.concat([facts.with_columns(name, pl.col("lodged_on") + shift) for name in names])
        kept.append(write_month(place, f"2026-{number:02d}", many, known))
    write_manifest(place, kept, {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=5_000_000)
    parser.add_argument("--per-month", type=int, default=30_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make(place, options.items, options.per_month)
        size = sum(path.stat().st_size for path in place.rglob("*.parquet")) / 2**30
        print(f"{size:.2f} GiB of Parquet; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}\n")
        print("| one profile | items | matched | seconds | CPU seconds |\n|---|---|---|---|---|")
        for title, sentence in QUESTIONS.items():
            begun = time.perf_counter()
            process = subprocess.Popen([sys.executable, "-c", ASK, folder, sentence], stdout=subprocess.PIPE, text=True)
            said = process.stdout.read().split() if process.stdout else []
            _, status, used = os.wait4(process.pid, 0)
            if status:
                sys.exit(f"the question failed: {sentence}")
            wall = time.perf_counter() - begun
            cpu = used.ru_utime + used.ru_stime
            print(f"| {title} | {int(said[0]):,} | {int(said[1]):,} | {wall:.1f} | {cpu:.1f} |")


if __name__ == "__main__":
    main()
