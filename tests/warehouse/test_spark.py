"""Spark carries the same work: what comes of it is what this machine makes, row by row."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from builders import trade
from conditions import a_profile
from darvoza.cli.main import main
from darvoza.domain.profile import ProfileSet, UnknownPolicy
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.backtest import Trial, backtest
from darvoza.flow.chronicle import Amended, by_month, keep_history
from darvoza.flow.learning.history_store import open_history
from darvoza.warehouse.carrying import MONTH, carried
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.matching import MATCHES
from darvoza.warehouse.replay import read_matches
from darvoza.warehouse.spark import _deciding, _matching, match_on_spark, replay_on_spark

pytestmark = pytest.mark.filterwarnings("ignore")
NOTHING = Amended(pl.DataFrame(), pl.DataFrame())
PROFILES = Path(__file__).parents[2] / "profiles"
ORDER = ("profile", "lodged_on", "declaration_id", "item")

QUESTIONS = {
    "ITEMS": "count of items (customs_value > 1000) >= 2",
    "SUM": "sum of customs_value > 0.9 * total_value",
    "MONTH": "month = 2",
    "CHEAP": "unit_value < 0.6 * reference_unit_value",
    "NEVER": "hs starts with 999999",
    "PAPERS": "documents do not include CO and all items (origin is not CN)",
}


def asked() -> ProfileSet:
    """The profiles of the shelf, and questions that fail when a declaration is torn apart or a fact is mixed up."""
    extra = [
        a_profile(parse(sentence), code=f"{name}-{policy.name}", unknown=policy)
        for policy in UnknownPolicy
        for name, sentence in QUESTIONS.items()
    ]
    return ProfileSet((*load_profiles(PROFILES), *extra))


def matches(out: Path) -> pl.DataFrame:
    return read_matches(out).collect().sort(ORDER)


@pytest.fixture(scope="module")
def here(history: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("here")
    replay_here(asked(), history, out)
    return matches(out)


@pytest.mark.parametrize("partitions", [1, 3])
def test_the_matches_of_spark_are_those_of_this_machine_row_by_row(
    spark: Any, history: Path, here: pl.DataFrame, tmp_path: Path, partitions: int
) -> None:
    replay_on_spark(spark, asked(), history, tmp_path, partitions=partitions)
    assert here.height > 500
    assert_frame_equal(matches(tmp_path), here)


def test_batches_smaller_than_a_declaration_do_not_tear_it_apart(
    spark: Any, history: Path, here: pl.DataFrame, tmp_path: Path
) -> None:
    name = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(name)
    spark.conf.set(name, "7")
    try:
        replay_on_spark(spark, asked(), history, tmp_path)
    finally:
        spark.conf.set(name, before)
    assert_frame_equal(matches(tmp_path), here)


def test_the_questions_are_not_trivial(here: pl.DataFrame) -> None:
    counts = dict(here.group_by("profile").len().iter_rows())
    assert counts["ITEMS-NO_MATCH"] > 0
    assert counts["MONTH-NO_MATCH"] > 0
    assert "NEVER-NO_MATCH" not in counts


def test_driver_and_workers_run_the_same_python(spark: Any) -> None:
    import sys

    def interpreter(_rows: Any) -> Any:
        import sys as there

        yield there.executable

    assert set(spark.sparkContext.parallelize(range(2), 2).mapPartitions(interpreter).collect()) == {sys.executable}


def test_an_empty_partition_gives_nothing() -> None:
    assert list(carried(lambda: lambda facts: facts, MATCHES)([])) == []


def both(what: str, decided: Path, folder: Path, *options: str) -> tuple[Path, Path]:
    """Replay on this machine and on Spark; give where each wrote."""
    made = []
    for engine in ("local", "spark"):
        out = folder / f"{what}-{engine}"
        words = ["replay", "--what", what, "--engine", engine, "--history", str(decided), "--out", str(out), *options]
        assert main(words) == 0
        made.append(out)
    return made[0], made[1]


def tables(out: Path) -> dict[str, pl.DataFrame]:
    """Every Parquet file below a folder, by its path."""
    return {
        path.relative_to(out).as_posix(): pl.read_parquet(path, hive_partitioning=False)
        for path in sorted(out.rglob("*.parquet"))
    }


@pytest.mark.usefixtures("spark")
def test_the_floors_of_spark_are_those_of_this_machine(history: Path, tmp_path: Path) -> None:
    local, there = both("matches", history, tmp_path, "--profiles", str(PROFILES))
    floors = tables(local / "floors")
    assert len(floors) == 2
    assert min(frame.height for frame in floors.values()) > 50
    for path, frame in tables(there / "floors").items():
        assert_frame_equal(frame, floors[path])
    assert_frame_equal(pl.read_parquet(there / "summary.parquet"), pl.read_parquet(local / "summary.parquet"))


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("period", [(), ("--from", "2026-03-10", "--to", "2026-04-05")], ids=["all", "some days"])
def test_the_back_test_of_spark_is_that_of_this_machine_to_the_last_byte(
    decided: Path, tmp_path: Path, period: tuple[str, ...]
) -> None:
    shelf = str(PROFILES)
    local, there = both("backtest", decided, tmp_path, "--profiles", shelf, "--against", shelf, *period)
    answer = (local / "backtest.json").read_text()
    assert (there / "backtest.json").read_text() == answer
    assert '"declarations": 0,' in answer
    assert answer.count('"findings"') > 100


@pytest.mark.usefixtures("spark")
def test_facts_worked_out_anew_are_those_of_the_history_on_this_machine_and_on_spark(
    decided: Path, tmp_path: Path
) -> None:
    local, there = both("facts", decided, tmp_path)
    first = tables(decided)
    assert len(first) == 6
    for out in (local, there):
        made = tables(out)
        assert made.keys() == first.keys()
        for path, frame in made.items():
            assert_frame_equal(frame, first[path])


@pytest.mark.usefixtures("spark")
def test_the_table_for_sql_is_the_same_wherever_it_is_made(decided: Path, tmp_path: Path) -> None:
    local, there = both("table", decided, tmp_path)
    made = tables(local)
    assert {"description_folded", "description_words"} <= set(next(iter(made.values())).columns)
    for path, frame in tables(there).items():
        assert_frame_equal(frame, made[path])


def test_versions_are_told_apart_by_spark_as_on_this_machine(spark: Any, tmp_path: Path) -> None:
    keep_history(by_month(trade(200, 4, days=50, examined=0.4, amended=0.3)), tmp_path / "h", told={})
    (tmp_path / "here").mkdir()
    replay_here(asked(), tmp_path / "h", tmp_path / "here")
    replay_on_spark(spark, asked(), tmp_path / "h", tmp_path / "there", partitions=3)
    assert_frame_equal(matches(tmp_path / "there"), matches(tmp_path / "here"))
    trial = Trial(asked(), open_history(tmp_path / "h"))
    assert backtest(trial, matching=partial(match_on_spark, session=spark)) == backtest(trial)
    assert backtest(trial).declarations == 200


def test_a_declaration_lodged_in_two_months_under_one_name_stays_two() -> None:
    profiles = ProfileSet((a_profile(parse("count of items (customs_value > 1) >= 2"), code="TWO"),))
    day = pl.Series([date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 1)])
    facts = pl.DataFrame(
        {
            "declaration_id": ["A/1", "A/1", "A/1"],
            "item": [1, 1, 2],
            "lodged_on": day,
            "customs_value": [5.0, 5.0, 5.0],
            MONTH: ["2026-01", "2026-02", "2026-02"],
        }
    )
    made = _deciding(profiles, NOTHING)(facts)
    assert made.select("declaration_id", "item", MONTH).rows() == [("A/1", 1, "2026-02"), ("A/1", 2, "2026-02")]
    counted = facts.with_columns(row=pl.Series([0, 0, 1]), declaration=pl.lit(0), examined=None, finding=None)
    found = _matching(tuple(profiles))(counted)
    assert found.select("row", "declaration", MONTH).rows() == [(0, 0, "2026-02"), (1, 0, "2026-02")]
