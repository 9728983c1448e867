"""Nothing fails, and nothing is decided otherwise, on a day on which clocks and calendars are hard."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.fact_settings import FactSettings
from darvoza.flow.enrichment.calendar import calendar_facts
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.inspection.rosters import roster_of
from darvoza.flow.learning.plan_states import plan_states, the_plan
from darvoza.flow.pipeline import Policy, assess_all
from darvoza.flow.selectivity.keys import day_keys_text, read_day_keys
from darvoza.methods.draw import permanent_random_number
from gate_world import RING, at_once, in_parts, lodged, policy
from moments import MOMENTS

WEEK = timedelta(days=7)
hard = pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))


def weeks_to(moment: datetime) -> timedelta:
    """Whole weeks, so that days of the week stay, by which the trade of the tests is moved to a moment."""
    return (moment - timedelta(days=1) - START) // WEEK * WEEK


def moved(frame: pl.DataFrame, by: timedelta) -> pl.DataFrame:
    """Move every moment of a frame."""
    return frame.with_columns(pl.col(pl.Datetime("us", "UTC")) + by)


def policy_at(by: timedelta) -> Policy:
    """The state in force with its history moved."""
    past = policy().past
    assert past is not None
    return replace(policy(), past=moved(past, by))


def floors(decisions: pl.DataFrame) -> list[tuple[object, ...]]:
    """The floors that are not spent by the score, whose months and paces may differ."""
    told = decisions.explode("floors").unnest("floors", separator="_").filter(pl.col("floors_kind") != "score")
    return told.select("declaration_id", "agency", "act", "floors_source", "floors_probability").rows()


@hard
def test_profiles_law_and_chance_ask_on_a_hard_day_what_they_ask_on_another(moment: datetime) -> None:
    by = weeks_to(moment)
    items = moved(lodged(), by)
    assert 0 < items.filter(pl.col("lodged_at") < moment).height < items.height
    decisions = assess_all(items, policy_at(by)).decisions
    assert floors(decisions) == floors(at_once().decisions)
    assert decisions["probability"].is_between(0, 1).all()
    for day, mark, u in decisions.select("key_day", "fingerprint", "u").unique().iter_rows():
        assert permanent_random_number(RING.key(day), bytes.fromhex(mark)) == u


@hard
def test_a_gate_decides_across_a_hard_moment_as_a_run_does(moment: datetime) -> None:
    by = weeks_to(moment)
    items, gate = moved(lodged(), by), Gate(policy_at(by))
    made = []
    for part in in_parts(items, 5, 60):
        made.append(gate.decide(part))
        gate.keep(made[-1])
    assert pl.concat([each.decisions for each in made]).equals(assess_all(items, policy_at(by)).decisions)


def test_a_gate_whose_clock_is_set_back_decides_and_keeps_its_draws() -> None:
    gate = Gate(policy())
    forward = moved(lodged(), timedelta(days=400))
    first = gate.decide(forward)
    gate.keep(first)
    back = lodged().with_columns("B-" + pl.col("declaration_id"))
    second = gate.decide(back)
    assert second.decisions["declaration_id"].n_unique() == back["declaration_id"].n_unique()
    assert second.decisions["probability"].is_between(0, 1).all()
    again = gate.decide_again(forward, first.decisions)
    drawn = dict(first.decisions.select("declaration_id", "u").iter_rows())
    assert dict(again.decisions.select("declaration_id", "u").iter_rows()) == drawn


def test_hours_of_local_time_are_right_when_clocks_change() -> None:
    moments = [
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    ]
    series = pl.Series("lodged_at", moments, dtype=pl.Datetime("us", "UTC"))
    facts = series.to_frame().select(calendar_facts(FactSettings(time_zone="Europe/Berlin")))
    assert facts["local_hour"].to_list() == [1, 3, 2, 2, 4]
    assert facts["hour"].to_list() == [0, 1, 0, 1, 3]
    assert facts["local_weekday"].to_list() == ["sun"] * 4 + ["tue"]


@hard
def test_every_day_around_has_one_key_that_is_sealed_and_read_again(moment: datetime) -> None:
    days = [moment.date() + timedelta(days=number) for number in range(-400, 401)]
    assert len(set(days)) == 801
    keys = read_day_keys(day_keys_text(RING, days))
    assert [keys.key(day) for day in days] == [RING.key(day) for day in days]
    assert len({keys.key(day) for day in days}) == 801


@hard
def test_a_plan_goes_on_from_day_to_day(moment: datetime) -> None:
    plan = the_plan((1.0, 0.1), (3,), validity=365)

    def state(by: timedelta, passed: int, after: int) -> tuple[object, ...]:
        rows = [
            an_item(
                declaration_id=f"I-{number}",
                hs="081310",
                origin="UZ",
                lodged_at=START + by + timedelta(days=number),
                examined=True,
                finding=False,
                result_at=START + by + timedelta(days=number, hours=1),
                inclusion_probability=Decimal(1),
            )
            for number in range(passed)
        ]
        day = (START + by).date() + timedelta(days=after)
        told = plan_states(goods(*rows), plan, code="P", day=day)
        return told.select("fraction", "mode", "run", "consignments", "examined", "failures").row(0)

    for passed, after in ((2, 5), (3, 5), (5, 20), (5, 369), (5, 371)):
        assert state(weeks_to(moment), passed, after) == state(timedelta(0), passed, after)


def days_about() -> Iterator[date]:
    """The days of all hard moments."""
    yield from (moment.date() for moment in MOMENTS.values())


def test_a_roster_is_of_one_day_whatever_the_day() -> None:
    from darvoza.domain.codes import Agency

    made = [roster_of(Agency.CUSTOMS, "KG-TOR", day, {"asel": 8.0}) for day in days_about()]
    assert [each.day for each in made] == list(days_about())
