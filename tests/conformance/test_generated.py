"""A hundred thousand generated pairs of a condition and a goods item: every executor says what the reference says.

`benchmarks/conformance.py` asks more of them, from the same code.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pytest

from conformance.agreement import Engine, Round, Tally, by_columns, by_record, compare, compare_sql, reference, rounds
from darvoza.domain.expression import Expression, Node, Value
from darvoza.domain.facts import FactType
from sql_tables import in_duckdb, in_postgres, in_spark

PARTS, PAIRS = 2, 50_000
SEED = 20260301
FEWEST = 100
"""Pairs in which each kind of node must have come to each truth it can come to, in each part."""

MOST_DOUBTFUL = 0.08
"""Many of the generated comparisons are equal by construction, and all of those are within rounding of each other."""

NEVER_UNKNOWN = {"Known", "Number", "Day"}


@pytest.fixture
def tally(capsys: pytest.CaptureFixture[str]) -> Iterator[Tally]:
    """A tally that is shown, even when all is well."""
    made = Tally()
    yield made
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(made.lines()) + "\n")


@pytest.mark.parametrize("part", range(PARTS))
def test_record_columns_and_duckdb_say_what_the_reference_says(part: int, tally: Tally) -> None:
    for asked in rounds(SEED + part, PAIRS):
        truths = reference(asked, tally)
        compare(asked, truths, by_record(asked), "record", tally)
        compare(asked, truths, by_columns(asked), "columns", tally)
        compare_sql(asked, truths, "duckdb", in_duckdb, tally)
    assert tally.wrong == []
    assert tally.pairs >= PAIRS
    assert tally.asked_of["record"] == tally.asked_of["columns"] == tally.pairs
    assert tally.asked_of["duckdb"] >= 0.99 * tally.pairs
    assert tally.doubtful["duckdb"] <= MOST_DOUBTFUL * tally.pairs, "doubt must be the exception, not a way out"
    assert missed(tally) == []


def missed(tally: Tally) -> list[str]:
    """Kinds of node that have not come to a truth they can come to often enough to prove anything."""
    kinds = {kind.__name__ for kind in get_args(Node)}
    truths = {kind.__name__ for kind in get_args(Expression)}
    found: dict[tuple[str, str], int] = {}
    for (variety, said), count in tally.reached.items():
        key = variety.split()[0], said
        found[key] = found.get(key, 0) + count
    wanted = [(kind, said) for kind in kinds for said in ("true", "false", "unknown")]
    missing = [f"Known of {kind}" for kind in FactType if not tally.reached[f"Known of {kind}", "pairs"]]
    return missing + [
        f"{kind}: {said} in {found.get((kind, said), 0)} pairs"
        for kind, said in wanted
        if not (said == "false" and kind not in truths)
        if not (said == "unknown" and kind in NEVER_UNKNOWN)
        if found.get((kind, said), 0) < FEWEST
    ]


def test_the_test_above_sees_a_truth_that_was_never_reached() -> None:
    tally = Tally()
    asked = next(rounds(SEED, 1))
    reference(Round(asked.conditions[:1], asked.declared), tally)
    assert len(missed(tally)) > len(get_args(Value))


def share(dialect: str, engine: Engine, asked_in: Iterable[Round], tally: Tally) -> None:
    """Ask an engine about some of the pairs."""
    for asked in asked_in:
        compare_sql(asked, reference(asked, tally), dialect, engine, tally)
    assert tally.wrong == []
    assert tally.asked_of[dialect] >= 0.99 * tally.pairs


def test_postgresql_says_what_the_reference_says(tally: Tally) -> None:
    share("postgres", in_postgres, rounds(SEED, 10_000), tally)
    assert tally.pairs >= 10_000


@pytest.mark.filterwarnings("ignore")
def test_spark_says_what_the_reference_says(spark: Any, tally: Tally) -> None:
    share("spark", lambda frame: in_spark(frame, spark, compiled=False), rounds(SEED, 1), tally)


@pytest.mark.filterwarnings("ignore")
def test_spark_says_it_compiled_too(spark: Any, tally: Tally) -> None:
    few = [Round(asked.conditions[:12], asked.declared) for asked in rounds(SEED + 1, 1)]
    share("spark", lambda frame: in_spark(frame, spark), few, tally)
