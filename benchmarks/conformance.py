"""Does every executor say what the reference interpreter says? Pairs of a condition and a goods item, from a seed.

The tests ask the same code about 100,000 pairs of other seeds; here a sceptic asks about as many as wanted, of whichever
engines are there. What SQL refuses is printed with the reason, what each kind of node came to in how many pairs, and
the CPU time of each executor. A disagreement is printed whole, and the exit code is 1.

    python benchmarks/conformance.py --pairs 100000 --seed 1
    python benchmarks/conformance.py --pairs 20000 --engines postgres,spark

ClickHouse is asked where `chdb` can be imported. Darvoza does not depend on it: it takes half a gigabyte.
"""

import argparse
import sys
import time
from collections import defaultdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parents[1] / "tests")  # in the place of this folder

from conformance.agreement import (  # noqa: E402 - found by the line above
    Engine,
    Tally,
    by_columns,
    by_record,
    compare,
    compare_sql,
    reference,
    rounds,
)
from sql_tables import in_clickhouse, in_duckdb, in_postgres, in_spark  # noqa: E402

ENGINES = ("record", "columns", "duckdb", "postgres", "spark", "clickhouse")
DEFAULT = "record,columns,duckdb"


def spark() -> Engine:
    from darvoza.warehouse.session import local_session  # noqa: PLC0415 - only where it is asked for

    return partial(in_spark, session=local_session("local[2]"), compiled=False)


def engines(names: list[str]) -> dict[str, Any]:
    made = {"duckdb": in_duckdb, "postgres": in_postgres, "clickhouse": in_clickhouse}
    return {name: spark() if name == "spark" else made[name] for name in names if name not in {"record", "columns"}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000, help="pairs at least")
    parser.add_argument("--seed", type=int, default=1, help="seed of conditions and items")
    parser.add_argument("--engines", default=DEFAULT, help=f"some of {', '.join(ENGINES)}, with commas between")
    options = parser.parse_args()
    names = options.engines.split(",")
    if set(names) - set(ENGINES):
        parser.error(f"engines are {', '.join(ENGINES)}")
    if "clickhouse" in names and find_spec("chdb") is None:
        parser.error("clickhouse is asked through chdb, which is not installed: pip install chdb")
    tally, known = Tally(), engines(names)
    seconds: dict[str, float] = defaultdict(float)
    for asked in rounds(options.seed, options.pairs):
        before = time.process_time()
        truths = reference(asked, tally)
        seconds["reference"] += time.process_time() - before
        for name in names:
            before = time.process_time()
            if name in known:
                compare_sql(asked, truths, name, known[name], tally)
            else:
                compare(asked, truths, (by_record if name == "record" else by_columns)(asked), name, tally)
            seconds[name] += time.process_time() - before
    print(*tally.lines(), sep="\n")
    print(*(f"{name}: {spent:.1f} s of CPU in this process" for name, spent in seconds.items()), sep="\n")
    print(*tally.wrong, sep="\n")
    print(f"{len(tally.wrong)} disagreements")
    return int(bool(tally.wrong))


if __name__ == "__main__":
    sys.exit(main())
