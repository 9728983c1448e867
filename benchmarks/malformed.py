"""A million broken entries at every door through which text comes in: taken or refused, never a crash or a long wait.

    python benchmarks/malformed.py [--total 1000000] [--workers 2] [--first 0]

The doors and the mutations are those of `tests/malformed.py`, which tries ten thousand in every run of the tests. Every
entry has a seed, printed with what it broke; the exit code is 1 when anything did.
"""

import argparse
import platform
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]  # not `benchmarks/office.py`

from malformed import Kept, doors, tried  # noqa: E402 - of the tests

SLICE = 5_000


def a_slice(work: tuple[int, int, int]) -> tuple[int, Kept]:
    """Send some seeds to one door."""
    place, first, last = work
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        return place, tried(doors()[place], range(first, last), Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    known, begun = doors(), time.perf_counter()
    each = -(-options.total // len(known))
    ends = options.first + each
    work = [
        (place, first, min(first + SLICE, ends))
        for place in range(len(known))
        for first in range(options.first, ends, SLICE)
    ]
    sums = [Kept() for _ in known]
    with ProcessPoolExecutor(
        options.workers, get_context("spawn")
    ) as pool:  # Polars has threads, which a fork would lack
        for done, (place, kept) in enumerate(pool.map(a_slice, work), start=1):
            mine = sums[place]
            mine.tried, mine.taken, mine.refused = (
                mine.tried + kept.tried, mine.taken + kept.taken, mine.refused + kept.refused,
            )  # fmt: skip
            mine.longest = max(mine.longest, kept.longest)
            mine.failures += kept.failures
            print(f"\r{done} of {len(work)} slices, {time.perf_counter() - begun:.0f} s", end="", file=sys.stderr)
    told(list(zip([door.name for door in known], sums, strict=True)), time.perf_counter() - begun)
    return 1 if any(kept.failures for kept in sums) else 0


def told(sums: list[tuple[str, Kept]], seconds: float) -> None:
    """Print the table, and what failed."""
    print(
        f"\nPython {platform.python_version()}; {sum(kept.tried for _, kept in sums):,} entries in {seconds:,.0f} s\n"
    )
    print("| door | tried | taken | refused | failed | longest, CPU s |\n| --- | --- | --- | --- | --- | --- |")
    for name, kept in sums:
        print(
            f"| {name} | {kept.tried:,} | {kept.taken:,} | {kept.refused:,} | {len(kept.failures)} | {kept.longest:.2f} |"
        )
    for name, kept in sums:
        for data, why in kept.failures[:5]:
            print(f"{name}: {why}\n  {data[:400]!r}")


if __name__ == "__main__":
    sys.exit(main())
