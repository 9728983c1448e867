"""How long a gate keeps those waiting who ask while its past is put in order: at once, and by another thread.

A world is simulated and a score learned from its past, which is copied, under other references and some days earlier, until it is as
long as asked. Then batches of sixteen declarations are decided and remembered, one behind another, nothing stored. By the clock:
say how busy the machine was.

    python benchmarks/pauses.py                      # 100,000 and 400,000 goods items
    python benchmarks/pauses.py --past 1000000 --seconds 120
"""

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl  # noqa: E402 - found once the path is set

from darvoza.flow.enrichment.merging import Apart, at_once, by_another_thread  # noqa: E402
from darvoza.flow.gate.deciding import Gate  # noqa: E402
from darvoza.flow.intake.lodged import read_lodged  # noqa: E402
from darvoza.flow.pipeline import Policy  # noqa: E402
from gate import IN_ORDER, World, simulated, state_of  # type: ignore[import-not-found]  # noqa: E402

TOGETHER = 16


def lengthened(past: pl.DataFrame, height: int) -> pl.DataFrame:
    """Copy a past until it is as long as asked."""
    copies = (
        past.with_columns(
            pl.col("declaration_id") + f"-{number}",
            pl.col("lodged_at") - timedelta(days=3 * number),
            pl.col("vehicle_id") + f"{number}",
        )
        for number in range(1, -(-height // past.height))
    )
    return pl.concat([past, *copies]).sort("lodged_at", maintain_order=True)


def waited(policy: Policy, world: World, apart: Apart, seconds: float) -> list[float]:
    """Decide batch after batch; give how long each took [ms]."""
    gate, took = Gate(policy, apart=apart), list[float]()
    gc.collect()
    gc.freeze()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        bodies, began = world.fresh(TOGETHER), time.perf_counter()
        items = read_lodged(bodies, now=datetime.now(UTC)).items.sort(IN_ORDER, maintain_order=True)
        gate.keep(gate.decide(items))
        took.append(1000 * (time.perf_counter() - began))
    return took[1:]  # the first sorts the whole past


def main() -> int:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--past", type=int, nargs="+", default=[100_000, 400_000], help="goods items")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as directory:
        world = simulated(Path(directory), 6, 3_000)
        policy = state_of(world, ROOT / "profiles", 500).policy
        print(f"batches of {TOGETHER} [ms]          number    median    99 %    longest three")
        for height in options.past:
            longer = replace(policy, past=lengthened(policy.past, height))
            for name, apart in (("at once", at_once), ("another thread", by_another_thread)):
                took = sorted(waited(longer, world, apart, options.seconds))
                cut = statistics.quantiles(took, n=100)[98]
                last = ", ".join(f"{each:,.0f}" for each in took[-3:])
                print(f"{height:>9,}  {name:<16}{len(took):>8}{statistics.median(took):>10.0f}{cut:>8.0f}    {last}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
