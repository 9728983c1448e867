"""Officers of the practice world: they find what their act can show, and nothing that is not there."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from darvoza.errors import SettingsError
from darvoza.simulation.carrying_out import OUTCOMES, carry_out

MANY = 4000
LODGED = datetime(2026, 3, 1, 9, tzinfo=UTC)


def decisions(act: str = "physical", *, agency: str = "customs", selected: bool = True) -> pl.DataFrame:
    """One decision on each of many declarations."""
    return pl.DataFrame({"declaration_id": [f"D{number}" for number in range(MANY)]}).with_columns(
        agency=pl.lit(agency), act=pl.lit(act), selected=pl.lit(selected), post=pl.lit("KG-OSH"), lodged_at=pl.lit(LODGED)
    )  # fmt: skip


def truth(offence: str | None) -> pl.DataFrame:
    """The same offence, or none, on every declaration."""
    return pl.DataFrame({"declaration_id": [f"D{number}" for number in range(MANY)]}).with_columns(
        item=pl.lit(1, pl.Int64), offence=pl.lit(offence, pl.String), loss=pl.lit(120.0), severity=pl.lit(0.5),
        true_hs=pl.lit("870323"), true_origin=pl.lit("AE"), true_value=pl.lit(900.0),
    )  # fmt: skip


def carried_out(asked: pl.DataFrame, true: pl.DataFrame, miss: float = 0.15) -> pl.DataFrame:
    """The outcomes, with one seed."""
    return carry_out(asked, true, rng=np.random.default_rng(3), miss=miss)


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    done = carried_out(decisions(), truth(None))
    assert done.schema == OUTCOMES
    assert (done.height, done.get_column("finding_area").count(), done.get_column("recovered").count()) == (MANY, 0, 0)


@pytest.mark.parametrize(
    ("act", "offence", "share"),
    [
        ("physical", "undeclared", 1 - 0.15 * 0.65),
        ("documentary", "undeclared", 0.0),
        ("documentary", "undervaluation", 0.6),
        ("scan", "prohibited", 0.5),
        ("identity", "sps", 0.0),
    ],
)
def test_an_act_shows_what_it_can_show(act: str, offence: str, share: float) -> None:
    found = carried_out(decisions(act), truth(offence)).get_column("finding_area").count() / MANY
    assert abs(found - share) < 4 * (share * (1 - share) / MANY) ** 0.5 + 1e-12


def test_another_service_finds_only_what_is_of_health() -> None:
    asked = decisions("physical", agency="veterinary")
    assert carried_out(asked, truth("undervaluation")).get_column("finding_area").count() == 0
    assert carried_out(asked, truth("sps")).get_column("finding_area").count() > MANY / 2


def test_what_is_found_says_what_the_declaration_should_have_said() -> None:
    told = {
        offence: carried_out(decisions(), truth(offence)).drop_nulls("finding_area").row(0, named=True)
        for offence in ("undervaluation", "misclassification", "origin")
    }
    wanted = ("corrected_value", "corrected_hs", "corrected_origin")
    assert [told["undervaluation"][name] for name in wanted] == [900.0, None, None]
    assert [told["misclassification"][name] for name in wanted] == [None, "870323", None]
    assert [told["origin"][name] for name in wanted] == [None, None, "AE"]
    assert told["origin"]["recovered"] == 120.0


def test_officers_suspect_what_nobody_chose_and_the_guilty_more_often() -> None:
    guilty, innocent = (carried_out(decisions(selected=False), truth(kind)) for kind in ("origin", None))
    assert guilty.height > 20 * innocent.height > 0
    assert guilty.get_column("referral").str.len_chars().min() >= 10  # type: ignore[operator]
    assert (carried_out(decisions(), truth("origin")).get_column("referral") == "").all()


def test_results_come_after_lodging() -> None:
    assert (carried_out(decisions(), truth("origin")).get_column("result_at") > LODGED).all()


@pytest.mark.parametrize("miss", [-0.1, 1.0])
def test_an_impossible_chance_of_missing_is_refused(miss: float) -> None:
    with pytest.raises(SettingsError, match="miss"):
        carried_out(decisions(), truth(None), miss)
