"""Results come late, in any order, and are corrected: whoever replays, from the beginning or onward, says the same."""

from datetime import UTC, date, datetime
from functools import reduce

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.flow.learning.plan_states import plan_states, the_plan
from darvoza.flow.learning.plan_streams import (
    Consignment,
    Standing,
    Terms,
    Verdict,
    _Entry,
    _events,
    _Place,
    _Stream,
)
from darvoza.methods.plans.states import Plan
from plan_histories import TELLING, Came, at, frame, histories, stand, told_often, told_once

PLANS = (
    the_plan((1.0, 0.1), (3,), validity=40),
    the_plan((1.0, 0.1), (2,), memory=2, validity=40),
    the_plan((1.0, 0.25, 0.05), (2, 3), validity=40),
)


@settings(max_examples=150)
@given(histories(told_once()), st.sampled_from(PLANS), st.lists(st.integers(0, 2300), min_size=1, max_size=4))
def test_a_replay_goes_on_as_if_it_had_begun_at_the_beginning(history: list[Came], plan: Plan, cuts: list[int]) -> None:
    items, since = frame(history), None
    for cut in sorted(cuts):
        moment = at(cut)
        whole = stand(items, plan, moment)
        since = stand(items, plan, moment, since)
        assert since.select(TELLING).equals(whole.select(TELLING))


@settings(max_examples=150)
@given(histories(told_often()), st.sampled_from(PLANS))
def test_what_was_in_force_at_a_lodging_is_what_was_known_then_and_nothing_later_changes_it(
    history: list[Came], plan: Plan
) -> None:
    items = frame(history)
    end = {row["importer_id"]: row["shares"] for row in stand(items, plan, at(9999)).iter_rows(named=True)}
    for one in history:
        moment = at(one.hour)
        before = {row["importer_id"]: row["fraction"] for row in stand(items, plan, moment).iter_rows(named=True)}
        in_force = [share["fraction"] for share in end[one.importer] if share["since"] <= moment]
        assert in_force[-1] == before.get(one.importer, 1.0)


@settings(max_examples=150)
@given(histories(told_often()), st.sampled_from(PLANS))
def test_a_stream_that_was_corrected_is_where_its_log_leads_from_the_beginning(history: list[Came], plan: Plan) -> None:
    stream = _Stream(plan, Terms(), Standing(plan.start()))
    came = [Consignment(f"D{n}", at(one.hour), one.probability, verdicts(one)) for n, one in enumerate(history)]
    lived(stream, came)
    assert stream.place == reduce(stream._moved, stream.log, stream.start)


def lived(stream: _Stream, came: list[Consignment]) -> None:
    """Let a stream hear everything in its order."""
    for _, _, name, place, verdict in sorted(_events(came)):
        if verdict is None:
            stream.arrive(came[place])
        else:
            stream.hear(name, verdict)


def verdicts(one: Came) -> tuple[Verdict, ...]:
    return tuple(Verdict(at(one.hour + after), not failed) for after, failed in one.results)


def test_a_correction_moves_again_only_what_came_after_it() -> None:
    """Every twentieth pass is taken back nine days later: what is moved again grows with the goods, not with their square."""
    moved = []
    for n in (500, 1000):
        stream = Counted(PLANS[2], Terms(), Standing(PLANS[2].start()))
        told = [[(5, False), *([(216, True)] if k % 20 == 0 else [])] for k in range(n)]
        came = [
            Consignment(f"D{k}", at(k), 1.0, verdicts(Came(k, "I1", 1.0, tuple(each)))) for k, each in enumerate(told)
        ]
        lived(stream, came)
        moved.append(stream.steps)
    assert moved[1] < 3 * moved[0]


class Counted(_Stream):
    """A stream that counts its steps."""

    steps = 0

    def _moved(self, place: _Place, entry: _Entry) -> _Place:
        self.steps += 1
        return super()._moved(place, entry)


@settings(max_examples=150)
@given(histories(told_often()), st.sampled_from(PLANS))
def test_after_a_failure_that_is_heard_last_nobody_is_at_less_than_before_his_first_clearance(
    history: list[Came], plan: Plan
) -> None:
    late = [one._replace(importer="I1") for one in history]
    items = frame([*late, Came(0, "I1", 0.1, ((2400, True),))])
    told = stand(items, plan, at(2401)).row(0, named=True)
    assert told["fraction"] == 1 or told["memory"] > 0


PASSED = Came(0, "I1", 1.0, ((2, False),))


def fraction(history: list[Came], terms: Terms = Terms(), mass: float | None = None) -> float:  # noqa: B008
    items = frame(history).with_columns(net_mass=pl.lit(mass, pl.Float64))
    told = plan_states(items, PLANS[0], code="P", day=date(2026, 3, 30), terms=terms)
    return float(told.item(0, "fraction"))


def test_ten_small_consignments_in_one_hour_clear_a_plan_unless_it_asks_for_more() -> None:
    at_once, daily = [PASSED] * 4, [PASSED._replace(hour=24 * day) for day in range(3)]
    assert fraction(at_once, mass=1.0) == 0.1
    assert fraction(at_once, Terms(distinct_days=True)) == 1.0
    assert fraction(daily, Terms(distinct_days=True)) == 0.1
    assert fraction(daily, Terms(least_mass=500.0), mass=499.0) == 1.0
    assert fraction(daily, Terms(least_mass=500.0), mass=500.0) == 0.1
    assert fraction(daily, Terms(least_mass=500.0)) == 1.0, "a mass that is not known helps nobody"
    small = Came(100, "I1", 0.1, ((2, True),))
    assert fraction([*daily, small], Terms(least_mass=500.0), mass=500.0) == 1.0


@pytest.mark.parametrize(
    ("fractions", "clearances", "stands", "run"),
    [
        ((1.0, 0.25, 0.05), (5, 20), 0.25, 19),
        ((1.0, 0.25, 0.05), (5, 10), 0.25, 9),
        ((1.0, 0.25), (5,), 0.25, 0),
        ((1.0, 0.3, 0.05), (5, 20), 0.3, 0),
        ((1.0, 0.2, 0.05), (5, 20), 1.0, 0),
    ],
)
def test_a_run_under_another_plan_counts_only_as_far_as_the_new_one_allows(
    fractions: tuple[float, ...], clearances: tuple[int, ...], stands: float, run: int
) -> None:
    history = [Came(day * 24, "I1", 1.0, ((2, False),)) for day in range(5)]
    history += [Came(day * 24, "I1", 0.25, ((2, False),)) for day in range(5, 24)]
    items = frame(history)
    since = stand(items, the_plan((1.0, 0.25, 0.05), (5, 20)), at(24 * 24))
    assert since.select("fraction", "run").row(0) == (0.25, 19)
    told = stand(items, the_plan(fractions, clearances), at(24 * 25), since)
    assert told.select("fraction", "run").row(0) == (stands, run)


def test_states_of_an_older_make_go_on_and_late_passes_of_unknown_footing_count_for_nothing() -> None:
    history = [PASSED._replace(hour=24 * day, results=((2 if day < 2 else 400, False),)) for day in range(3)]
    items = frame(history)
    since = stand(items, PLANS[0], datetime(2026, 3, 10, tzinfo=UTC))
    old = since.drop("until", "counted", "shares")
    later = datetime(2026, 4, 1, tzinfo=UTC)
    assert stand(items, PLANS[0], later, since).item(0, "fraction") == 0.1
    assert stand(items, PLANS[0], later, old).item(0, "fraction") == 1.0


@pytest.mark.parametrize("probability", [None, 0.6, 0.1])
def test_what_was_lodged_under_monitoring_ends_no_census_however_late_it_passes(probability: float | None) -> None:
    cleared = [PASSED._replace(hour=24 * day) for day in range(3)]
    failed = Came(100, "I1", 0.1, ((20, True),))
    under_way = [Came(101 + number, "I1", probability, ((100, False),)) for number in range(5)]
    lodged_after = [Came(130 + number, "I1", 1.0, ((2, False),)) for number in range(2)]
    assert fraction([*cleared, failed, *under_way]) == 1.0
    assert fraction([*cleared, failed, *under_way, *lodged_after]) == 1.0
    assert fraction([*cleared, failed, *under_way, *lodged_after, Came(140, "I1", 1.0, ((2, False),))]) == 0.1
