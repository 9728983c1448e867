"""Profiles over many items and over one declaration, measured beside the engines one would otherwise take.

Every engine runs on one thread and must give identical match sets before its time counts; the workload is that of
`profile_workload`. Pin the run to one core and stay alone on it:

    taskset -c 1 python benchmarks/profiles.py --items 1000000 --profiles 500

The tables are Markdown.
"""

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeVar

os.environ["POLARS_MAX_THREADS"] = "1"  # before Polars is first imported

import duckdb
import numpy as np
import polars as pl

from darvoza.domain.facts import FACT
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.profile_gate import ProfileGate
from darvoza.flow.assessment.record import RecordExecutor
from profile_engines import (  # type: ignore[import-not-found] # beside this script
    Duck,
    as_polars,
    zen_expression,
    zen_node,
    zen_table,
)
from profile_workload import (  # type: ignore[import-not-found] # beside this script
    DAY,
    a_frame,
    a_profile,
    quantified,
    sentences,
)

Declared = list[list[dict[str, object]]]
Made = TypeVar("Made")
ZEN_ITEMS = 300


def as_floats(frame: pl.DataFrame) -> pl.DataFrame:
    """The same items with money as floats: the other engines are given the faster form, ours keeps its decimals."""
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))


def timed(run: Callable[[], Made], repeats: int) -> tuple[float, Made]:
    """Median seconds of processor of some runs, and the last result; every engine has one thread."""
    times, results = [], []
    for _ in range(repeats):
        start = time.process_time()
        results = [run()]
        times.append(time.process_time() - start)
    return statistics.median(times), results[0]


def identical(frame: pl.DataFrame, floats: pl.DataFrame, profiles: list[RiskProfile], duck: Duck) -> int:
    """Assert that the three engines give the same rows for every profile, on the rows of the benchmark itself."""
    matches = ColumnsExecutor(profiles).match(frame)
    for place, profile in enumerate(profiles):
        ours = matches.rows[matches.profiles == place]
        asked = floats.lazy().select(pl.arg_where(as_polars(profile.condition).fill_null(value=False)))
        assert np.array_equal(ours, asked.collect().to_series().to_numpy()), profile.title
        assert np.array_equal(ours, duck.rows(profile.condition)), profile.title
    return len(matches)


def over_many(frame: pl.DataFrame, profiles: list[RiskProfile], repeats: int, title: str) -> float:
    """Time and print the table for many items; give our seconds."""
    floats = as_floats(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.parquet"
        floats.with_row_index("row").write_parquet(path)
        duck = Duck(str(path))
    n_matches = identical(frame, floats, profiles, duck)
    statement = duck.counting(profiles)
    selected = [as_polars(profile.condition).sum().alias(profile.code) for profile in profiles]
    executor = ColumnsExecutor(profiles)
    ours, _ = timed(lambda: executor.match(frame), repeats)
    duck_seconds, _ = timed(lambda: duck.connection.execute(statement).fetchall(), max(1, repeats // 2))
    bears, _ = timed(lambda: floats.lazy().select(selected).collect(), max(1, repeats // 2))
    print(f"\n{title}: {frame.height:,} items × {len(profiles)} profiles, {n_matches:,} matches, identical.\n")
    print("| executor | seconds | items/s | ours is faster by |\n|---|---|---|---|")
    rows = [
        ("Darvoza columns, match rows, encoding and index included", ours),
        (f"DuckDB {duckdb.__version__}, counts only, table loaded before", duck_seconds),
        (f"Polars {pl.__version__}, one select of {len(profiles)} sums only", bears),
    ]
    for name, seconds in rows:
        print(f"| {name} | {seconds:.2f} | {frame.height / seconds:,.0f} | {seconds / ours:.1f} × |")
    return ours


def many_more(frame: pl.DataFrame, profiles: list[RiskProfile], repeats: int, seed: int) -> None:
    """Time the grounds of all matches, ten times the profiles, and equalities that hold in most rows."""
    executor = ColumnsExecutor(profiles)
    base, matches = timed(lambda: executor.match(frame), repeats)
    seconds, grounds = timed(lambda: executor.grounds(frame, matches), max(1, repeats // 2))
    ten = [a_profile(number, text) for number, text in enumerate(sentences(frame, 10 * len(profiles), seed))]
    larger = ColumnsExecutor(ten)
    tenfold, more = timed(lambda: larger.match(frame), max(1, repeats // 2))
    print("\n| columns, further | seconds | |\n|---|---|---|")
    print(f"| {len(profiles)} profiles | {base:.2f} | {len(matches):,} matches |")
    print(f"| the grounds of all its matches | {seconds:.2f} | {len(grounds):,} grounds |")
    print(f"| {len(ten)} profiles | {tenfold:.2f} | {len(more):,} matches; {tenfold / base:.1f} × |")
    decimal = pl.Decimal(38, 6)
    same = frame.with_columns(gross_mass=pl.col("net_mass"), customs_value=pl.lit(1000).cast(decimal))
    for sentence in ("gross_mass - net_mass = 0", "customs_value = 1000", "customs_value * 2 = 2000"):
        alone = ColumnsExecutor([a_profile(0, sentence)])
        seconds, held = timed(partial(alone.match, same), 1)
        print(f"| `{sentence}` | {seconds:.2f} | true in {len(held):,} rows |")


def declarations(frame: pl.DataFrame, n_declarations: int) -> Declared:
    """Declarations of five items, each item with the facts of its declaration."""
    rows = frame.head(n_declarations * 5).to_dicts()
    header = [name for name in frame.columns if name in FACT and not FACT[name].item]
    made: Declared = []
    for start in range(0, len(rows), 5):
        shared = {name: rows[start][name] for name in header}
        made.append([{**row, **shared} for row in rows[start : start + 5]])
    return made


def spread(run: Callable[[list[dict[str, object]]], object], declared: Declared) -> str:
    """Microseconds a declaration takes, as cells: median and 99th percentile by the clock, median of the processor."""
    clock, processor = [], []
    for items in declared:
        worked, begin = time.thread_time_ns(), time.perf_counter_ns()
        run(items)
        clock.append((time.perf_counter_ns() - begin) / 1000)
        processor.append((time.thread_time_ns() - worked) / 1000)
    p50, p99 = np.percentile(clock, [50, 99])
    return f"{p50:.1f} | {p99:.1f} | {np.median(processor):.1f}"


def over_one(frame: pl.DataFrame, mixes: dict[str, list[RiskProfile]]) -> None:
    """Time and print the table for declarations of five items: new to the executor, and met again."""
    declared = declarations(frame, min(20_000, frame.height // 5))
    settle()
    print("\n| one declaration of 5 items | median, µs | 99th percentile, µs | median, µs of processor |")
    print("|---|---|---|---|")
    for title, profiles in mixes.items():
        executor = RecordExecutor(profiles)
        match = partial(executor.match, day=DAY)

        def reasoned(items: list[dict[str, object]], executor: RecordExecutor = executor) -> None:
            for one in executor.match(items, DAY):
                executor.grounds(one, items)

        half = len(declared) // 2
        print(f"| {title}, the first {half:,} of a new executor | {spread(match, declared[:half])} |")
        print(f"| {title}, the next {half:,} | {spread(match, declared[half:])} |")
        print(f"| {title}, declarations whose values it has met | {spread(match, declared[half:])} |")
        print(f"| {title}, the same with the grounds of every match | {spread(reasoned, declared[half:])} |")


def memory(frame: pl.DataFrame, profiles: list[RiskProfile]) -> None:
    """Print how much memory matching takes at its peak, beside the items (Linux)."""

    def held(line: str) -> float:
        status = dict(row.split(":", 1) for row in Path("/proc/self/status").read_text().splitlines())
        return int(status[line].split()[0]) / 2**20

    executor = ColumnsExecutor(profiles)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
    before = held("VmRSS")
    matches = executor.match(frame)
    print(
        f"{frame.height:,} items of {frame.estimated_size() / 2**30:.2f} GiB × {len(profiles)} profiles, "
        f"{len(matches):,} matches: {held('VmHWM') - before:.2f} GiB beside the items."
    )


def settle() -> None:
    """Take the workload itself out of the collector's sight: a gate does not hold ten thousand declarations."""
    gc.collect()
    gc.freeze()


def all_of(run: Callable[[dict[str, object]], Any], rows: list[dict[str, object]]) -> list[Any]:
    """Run something for every row."""
    return [run(row) for row in rows]


def beside_zen(frame: pl.DataFrame, profiles: list[RiskProfile], per_item: float) -> None:
    """Time zen-engine on items whose facts are all known (it refuses others), and print it beside ours."""
    sample = as_floats(frame.drop_nulls().head(ZEN_ITEMS))
    rows = sample.drop("lodged_on").to_dicts()
    kept = frame.drop_nulls().head(ZEN_ITEMS).with_columns(declaration_id=pl.int_range(pl.len()).cast(pl.String))
    matches = ColumnsExecutor(profiles).match(kept)
    expected = [set(matches.profiles[matches.rows == row].tolist()) for row in range(len(rows))]
    table, node, expression = zen_table(profiles), zen_node(profiles), zen_expression(profiles)
    forms: dict[str, tuple[Callable[[dict[str, object]], Any], Callable[[Any], set[int]]]] = {
        "decision table, a row a profile": (table.evaluate, lambda got: {one["place"] for one in got["result"]}),
        "expression node, an expression a profile": (
            node.evaluate,
            lambda got: {int(key[1:]) for key, truth in got["result"].items() if truth},
        ),
        "one compiled expression, no engine": (expression.evaluate, lambda got: set(np.flatnonzero(got).tolist())),
    }
    print(f"\n| zen-engine {version('zen-engine')}, {len(rows)} items, identical | µs an item | columns is faster by |")
    print("|---|---|---|")
    for name, (run, places) in forms.items():
        assert [places(got) for got in all_of(run, rows)] == expected, name
        seconds, _ = timed(partial(all_of, run, rows), 3)
        print(f"| {name} | {seconds / len(rows) * 1e6:,.0f} | {seconds / len(rows) / per_item:,.0f} × |")


def swapping(frame: pl.DataFrame, profiles: Sequence[RiskProfile]) -> None:
    """Measure how long a decider waits while another thread puts new sets in force."""
    sets = [ProfileSet(tuple(profiles)), ProfileSet(tuple(profiles[: len(profiles) // 2]))]
    gate, declared, over = ProfileGate(sets[0]), declarations(frame, 5000), Event()
    swaps: list[float] = []

    def swap() -> None:
        while not over.is_set():
            begin = time.perf_counter()
            gate.swap(sets[(len(swaps) + 1) % 2])
            swaps.append(time.perf_counter() - begin)
            time.sleep(0.05)

    def deciding() -> list[float]:
        made = []
        for items in declared * 6:
            begin = time.perf_counter()
            gate.decide(items, DAY)
            made.append((time.perf_counter() - begin) * 1000)
        return made

    settle()
    alone = deciding()
    thread = Thread(target=swap)
    thread.start()
    try:
        beside = deciding()
    finally:
        over.set()
        thread.join()
    print("\n| a decision with grounds | 99th percentile, ms | longest, ms |\n|---|---|---|")
    print(f"| no swap | {np.percentile(alone, 99):.2f} | {max(alone):.2f} |")
    print(f"| {len(swaps)} swaps meanwhile | {np.percentile(beside, 99):.2f} | {max(beside):.2f} |")
    print(
        f"\nPutting a set in force takes {statistics.median(swaps) * 1000:.0f} ms beside the decider; "
        f"threads change places every {sys.getswitchinterval() * 1000:.0f} ms."
    )
    gc.unfreeze()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--memory", action="store_true", help="measure nothing but memory")
    chosen = parser.parse_args()
    frame = a_frame(chosen.items, chosen.seed)
    plain, items = (
        [a_profile(number, text) for number, text in enumerate(make(frame, chosen.profiles, chosen.seed))]
        for make in (sentences, quantified)
    )
    if chosen.memory:
        memory(frame, plain)
        return
    print(f"Python {platform.python_version()}, numpy {np.__version__}; seed {chosen.seed}; one thread;")
    print(f"load average at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    over_one(frame, {"plain mix": plain, "with questions about all items": items})
    swapping(frame, plain)
    seconds = over_many(frame, plain, chosen.repeats, "Plain mix")
    beside_zen(frame, plain, seconds / frame.height)
    many_more(frame, plain, chosen.repeats, chosen.seed)
    small = frame.head(frame.height // 5)
    over_many(small, items, chosen.repeats, "10 % `not any item`, 5 % `count of items`")
    print(f"\nLoad average at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
