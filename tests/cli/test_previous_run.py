"""`darvoza assess --previous`: posts go on from the run before, and from no other."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cli.conftest import Place, assess_words
from darvoza.cli.main import main
from darvoza.cli.previous_run import EPOCH, memory_of_days_before
from darvoza.domain.capacity import EXAMINATION, Duty
from darvoza.flow.selectivity.spending import Memory

RUN = Path("run")


def remembered(day: date) -> dict[Duty, Memory]:
    nothing = np.empty((0, 4))
    return {EXAMINATION: Memory({}, (day - EPOCH).days, nothing, nothing)}


def lodged(*days: int) -> pl.DataFrame:
    """Declarations of one item, lodged on days of November."""
    moments = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in days]
    return pl.DataFrame({"declaration_id": [f"D{number}" for number in range(len(days))], "lodged_at": moments})


def expected_acts(run: Path) -> float:
    decisions = pl.read_parquet(run / "decisions.parquet").filter(agency="customs", act="physical")
    return float(decisions.get_column("probability").sum())


@pytest.mark.parametrize("dial", ["0", "inf"])
def test_a_run_of_the_same_or_later_days_leaves_the_capacity_as_it_is(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], dial: str
) -> None:
    assert main(assess_words(place, tmp_path / "alone", "--dial", dial)) == 0
    capsys.readouterr()
    assert main(assess_words(place, tmp_path / "after", "--dial", dial, "--previous", place.run)) == 0
    assert "it is not the run before" in capsys.readouterr().err
    assert expected_acts(tmp_path / "after") == pytest.approx(expected_acts(tmp_path / "alone"), rel=1e-9)


def test_the_run_before_is_gone_on_from_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    memory = remembered(date(2026, 10, 31))
    assert memory_of_days_before(memory, lodged(1)[:0], lodged(1, 2, 3), RUN) is memory
    same_day = remembered(date(2026, 11, 1))  # a day that is decided in two pieces
    assert memory_of_days_before(same_day, None, lodged(1, 2, 3), RUN) is same_day
    assert memory_of_days_before({}, None, lodged(1), RUN) == {}
    assert capsys.readouterr().err == ""


def test_a_few_that_come_late_are_paced_as_of_the_last_day_and_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    memory = remembered(date(2026, 11, 2))
    assert memory_of_days_before(memory, None, lodged(1, *range(2, 12)), RUN) is memory
    assert "1 of 11 declarations were decided in run already, or lodged before its last day, 2026-11-02" in (
        capsys.readouterr().err
    )


def test_a_day_that_was_decided_already_is_not_spent_twice(capsys: pytest.CaptureFixture[str]) -> None:
    day = lodged(5, 5, 5)
    assert memory_of_days_before(remembered(date(2026, 11, 5)), day, day, RUN) == {}
    assert "3 of 3 declarations" in capsys.readouterr().err
