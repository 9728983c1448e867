"""Spark carries the same executor: its matches are those of this machine, row by row."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from conditions import a_profile
from darvoza.domain.profile import ProfileSet, UnknownPolicy
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sentence import parse
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.replay import read_matches
from darvoza.warehouse.spark import carried, replay_on_spark

pytestmark = pytest.mark.filterwarnings("ignore")
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
        a_profile(parse(sentence), code=code, unknown=policy)
        for policy in UnknownPolicy
        for name, sentence in QUESTIONS.items()
        for code in [f"{name}-{policy.name}"]
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
    assert list(carried(asked())([])) == []
