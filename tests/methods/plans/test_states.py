"""Plans move by what counts, and the log alone tells where they stand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from darvoza.errors import SettingsError
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.intensified import IntensifiedPlan
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.states import (
    Arrival,
    Basis,
    Event,
    Mode,
    Notice,
    NoticeKind,
    Plan,
    PlanState,
    Result,
    advance,
    fraction,
    replay,
)
from methods.plans.plans import CONTINUOUS, ENDLESS, LADDERS

DAY = date(2026, 1, 1)
PASS, FAIL = Result(passed=True), Result(passed=False)
TARGETED_PASS = Result(passed=True, basis=Basis.TARGETED)
TARGETED_FAIL = Result(passed=False, basis=Basis.TARGETED)
EXPIRING: list[Plan] = [
    *(replace(plan, validity=90) for plan in CONTINUOUS),
    *(replace(plan, validity=90) for plan in LADDERS),
]
INTENSIFIED = IntensifiedPlan(trigger=Decimal(5), passes=3, imposed_passes=5)


def modes(plan: Plan, events: list[Event]) -> list[str]:
    """Mode before each event and after the last."""
    states = [plan.start()]
    for event in events:
        states.append(advance(states[-1], event, plan=plan))
    return [state.mode.value for state in states]


class StreamMachine(RuleBasedStateMachine):
    """Any plan, moved by any events in any order."""

    @initialize(plan=st.sampled_from([*EXPIRING, INTENSIFIED]))
    def begin(self, plan: Plan) -> None:
        self.plan, self.day = plan, DAY
        self.log: list[Event] = []
        self.state: PlanState = plan.start()

    def move(self, event: Event) -> None:
        before = fraction(self.state, plan=self.plan, day=event.day)
        self.log.append(event)
        self.state = advance(self.state, event, plan=self.plan)
        after = fraction(self.state, plan=self.plan, day=event.day)
        if isinstance(event, Result) and not event.passed:
            assert after >= before, "a failure lowered the fraction"
        if isinstance(event, Arrival) or (isinstance(event, Result) and event.passed and event.basis is Basis.TARGETED):
            assert after == before, "what does not count moved the plan"

    @rule(passed=st.booleans(), basis=st.sampled_from(Basis), later=st.integers(0, 40), mass=st.integers(0, 9))
    def examine(self, passed: bool, basis: Basis, later: int, mass: int) -> None:
        self.day += timedelta(days=later)
        self.move(Result(passed=passed, basis=basis, day=self.day, weight=Decimal(mass)))

    @rule(count=st.integers(1, 25))
    def pass_in_a_row(self, count: int) -> None:
        for _ in range(count):
            self.move(Result(passed=True, basis=Basis.CENSUS, day=self.day, weight=Decimal(2)))

    @rule(later=st.integers(0, 200))
    def arrive(self, later: int) -> None:
        self.day += timedelta(days=later)
        self.move(Arrival(self.day))

    @rule()
    def reset(self) -> None:
        self.move(Notice(NoticeKind.RESET, self.day))
        assert replace(self.state, last=None) == self.plan.start()

    @rule(kind=st.sampled_from([kind for kind in NoticeKind if kind is not NoticeKind.RESET]))
    def decide(self, kind: NoticeKind) -> None:
        if isinstance(self.plan, IntensifiedPlan):
            self.move(Notice(kind, self.day))
        else:
            with pytest.raises(SettingsError, match="notice"):
                advance(self.state, Notice(kind, self.day), plan=self.plan)

    @invariant()
    def the_log_replays_to_the_same_state(self) -> None:
        if hasattr(self, "plan"):
            assert replay(self.log, plan=self.plan) == self.state

    @invariant()
    def the_fraction_is_a_share_and_never_nothing_unless_ended(self) -> None:
        if hasattr(self, "plan"):
            share = fraction(self.state, plan=self.plan)
            assert 0 <= share <= 1
            assert (share == 0) == (self.state.mode is Mode.ENDED)

    @invariant()
    def silence_beyond_its_validity_brings_the_beginning(self) -> None:
        if hasattr(self, "plan") and self.plan.validity and self.state.last:
            late = self.state.last + timedelta(days=self.plan.validity + 1)
            assert fraction(self.state, plan=self.plan, day=late) == self.plan.share(self.plan.start())


TestStreams = StreamMachine.TestCase
TestStreams.settings = settings(TestStreams.settings, max_examples=40, stateful_step_count=25)


def test_csp_1_monitors_after_its_clearance_and_returns_at_the_first_failure() -> None:
    plan = ContinuousPlan(clearance=3, monitored=0.5)
    events: list[Event] = [PASS, PASS, PASS, PASS, Arrival(), PASS, FAIL]
    assert modes(plan, events) == ["census"] * 3 + ["monitor"] * 4 + ["census"]
    assert modes(plan, [PASS, PASS, FAIL, PASS, PASS, PASS])[-2:] == ["census", "monitor"]


def test_csp_2_forgives_one_failure_unless_another_comes_within_its_memory() -> None:
    plan = ContinuousPlan(clearance=2, monitored=0.5, variant=Variant.CSP2, memory=3)
    assert modes(plan, [PASS, PASS, FAIL, PASS, PASS, FAIL])[-2:] == ["monitor", "census"]
    assert modes(plan, [PASS, PASS, FAIL, PASS, PASS, PASS, FAIL])[-1] == "monitor"


def test_csp_3_examines_the_next_four_after_a_failure() -> None:
    plan = ContinuousPlan(clearance=2, monitored=0.5, variant=Variant.CSP3, memory=3)
    cleared: list[Event] = [PASS, PASS, FAIL]
    assert modes(plan, [*cleared, PASS, PASS, PASS, PASS])[3:] == ["tight"] * 4 + ["monitor"]
    assert modes(plan, [*cleared, PASS, FAIL])[-1] == "census"
    assert modes(plan, [*cleared, PASS, PASS, PASS, PASS, PASS, PASS, FAIL])[-1] == "census"
    assert modes(plan, [*cleared, PASS, PASS, PASS, PASS, PASS, PASS, PASS, FAIL])[-1] == "tight"


@pytest.mark.parametrize("plan", ENDLESS, ids=repr)
def test_a_thousand_targeted_passes_clear_nobody_and_one_targeted_failure_counts(plan: Plan) -> None:
    assert replay([TARGETED_PASS] * 1000, plan=plan) == plan.start()
    cleared = [PASS] * 200
    assert replay([*cleared, TARGETED_FAIL], plan=plan) == replay([*cleared, FAIL], plan=plan)


def test_a_stream_that_keeps_coming_does_not_expire_while_its_units_are_not_drawn() -> None:
    plan = ContinuousPlan(clearance=2, monitored=0.1, validity=365)
    cleared = [replace(PASS, day=DAY)] * 2
    monthly = [Arrival(DAY + timedelta(days=30 * month)) for month in range(1, 25)]
    end = DAY + timedelta(days=30 * 24)
    assert fraction(replay([*cleared, *monthly], plan=plan), plan=plan, day=end) == 0.1
    assert fraction(replay(cleared, plan=plan), plan=plan, day=end) == 1
    assert fraction(replay([*cleared, Arrival(end)], plan=plan), plan=plan, day=end) == 1


def test_a_result_that_comes_late_does_not_turn_the_clock_back() -> None:
    plan = ContinuousPlan(clearance=2, monitored=0.1, validity=30)
    state = replay([replace(PASS, day=DAY + timedelta(days=20)), replace(PASS, day=DAY)], plan=plan)
    assert state.last == DAY + timedelta(days=20)
    assert state.mode is Mode.MONITOR


def test_step_down_goes_from_all_to_a_quarter_to_a_twentieth_and_back_at_once() -> None:
    plan = Ladder((1.0, 0.25, 0.05), (5, 20))
    shares = [fraction(replay([PASS] * n, plan=plan), plan=plan) for n in (4, 5, 24, 25, 500)]
    assert shares == [1, 0.25, 0.25, 0.05, 0.05]
    assert replay([PASS] * 30 + [FAIL], plan=plan) == plan.start()


def test_a_quick_return_is_lost_with_the_next_failure() -> None:
    plan = Ladder((1.0, 0.5, 0.25, 0.1), (10, 10, 10), quick=5)
    fallen = [*[PASS] * 20, FAIL]
    assert replay([*fallen, *[PASS] * 5], plan=plan).level == 2
    assert replay([*fallen, *[PASS] * 4, FAIL, *[PASS] * 5], plan=plan).level == 0


def test_a_ladder_falls_to_its_monitoring_rung_and_from_there_one_by_one() -> None:
    plan = Ladder((1.0, 0.5, 0.25, 0.1), (10, 10, 10), first=3, falls_to=1)
    assert [replay([FAIL] * n, plan=plan).level for n in range(4)] == [3, 1, 0, 0]
    by_two = Ladder((1.0, 0.5, 0.25, 0.125, 0.0625), (4, 4, 4, 4), first=4, falls_by=2)
    assert [replay([FAIL] * n, plan=by_two).level for n in range(4)] == [4, 2, 0, 0]


def test_intensified_examination_ends_by_number_and_by_mass() -> None:
    plan = IntensifiedPlan(trigger=Decimal(20))
    light, heavy = Result(passed=True, weight=Decimal(1)), Result(passed=True, weight=Decimal(20))
    assert modes(plan, [heavy] * 10)[-2:] == ["census", "ended"]
    assert modes(plan, [light] * 199)[-1] == "census"
    assert modes(plan, [light] * 200)[-1] == "ended"
    assert modes(plan, [*[heavy] * 9, FAIL, *[heavy] * 9])[-1] == "census"
    assert modes(IntensifiedPlan(trigger=Decimal(100)), [Result(passed=True, weight=Decimal(30))] * 10)[-1] == "ended"


def test_after_three_failures_thirty_passes_and_an_accepted_correction_are_needed() -> None:
    plan = IntensifiedPlan(trigger=Decimal(1))
    passed = Result(passed=True, weight=Decimal(50))
    accepted, revoked = Notice(NoticeKind.CORRECTION_ACCEPTED), Notice(NoticeKind.CORRECTION_REVOKED)
    imposed: list[Event] = [FAIL, FAIL, FAIL]
    assert modes(plan, imposed)[-1] == "imposed"
    assert modes(plan, [*imposed, *[passed] * 100])[-1] == "imposed"
    assert modes(plan, [*imposed, accepted, *[passed] * 30])[-2:] == ["imposed", "ended"]
    assert modes(plan, [*imposed, *[passed] * 30, accepted])[-2:] == ["imposed", "ended"]
    assert modes(plan, [*imposed, accepted, revoked, *[passed] * 30])[-1] == "imposed"
    assert modes(plan, [*imposed, accepted, *[passed] * 29, FAIL, passed])[-1] == "imposed"


def test_an_ended_examination_stays_ended_whatever_comes() -> None:
    plan = IntensifiedPlan(trigger=Decimal(1))
    ended = replay([Notice(NoticeKind.WITHDRAWN, DAY)], plan=plan)
    assert ended.mode is Mode.ENDED
    for event in (FAIL, PASS, Notice(NoticeKind.CORRECTION_ACCEPTED)):
        assert advance(ended, event, plan=plan) == ended


@given(st.lists(st.sampled_from([PASS, FAIL, TARGETED_PASS, TARGETED_FAIL]), max_size=40), st.sampled_from(ENDLESS))
def test_a_log_cut_anywhere_and_continued_leads_to_the_same_state(events: list[Result], plan: Plan) -> None:
    state = replay(events[:20], plan=plan)
    for event in events[20:]:
        state = advance(state, event, plan=plan)
    assert state == replay(events, plan=plan)


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("clearance", {"clearance": 0, "monitored": 0.1}),
        ("clearance", {"clearance": 2.5, "monitored": 0.1}),
        ("monitored", {"clearance": 1, "monitored": 0}),
        ("monitored", {"clearance": 1, "monitored": float("nan")}),
        ("memory", {"clearance": 1, "monitored": 0.1, "memory": 0}),
        ("tight", {"clearance": 1, "monitored": 0.1, "tight": 0}),
        ("validity", {"clearance": 1, "monitored": 0.1, "validity": 0}),
    ],
)
def test_a_continuous_plan_that_cannot_be_is_refused(field: str, arguments: dict[str, float]) -> None:
    with pytest.raises(SettingsError) as refused:
        ContinuousPlan(**arguments)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("fractions", {"fractions": (), "clearances": ()}),
        ("fractions", {"fractions": (0.1, 0.5), "clearances": (1,)}),
        ("fractions", {"fractions": (1.0, 0.0), "clearances": (1,)}),
        ("clearances", {"fractions": (1.0, 0.5), "clearances": ()}),
        ("clearances", {"fractions": (1.0, 0.5), "clearances": (0,)}),
        ("first", {"fractions": (1.0, 0.5), "clearances": (1,), "first": 2}),
        ("falls_to", {"fractions": (1.0, 0.5), "clearances": (1,), "falls_to": -1}),
        ("falls_by", {"fractions": (1.0, 0.5), "clearances": (1,), "falls_by": 1, "quick": 1}),
    ],
)
def test_a_ladder_that_cannot_be_is_refused(field: str, arguments: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(SettingsError) as refused:
        Ladder(**arguments)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_mass_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="trigger"):
        IntensifiedPlan(trigger=Decimal(0))
    plan = IntensifiedPlan(trigger=Decimal(1))
    with pytest.raises(SettingsError, match="weight"):
        replay([Result(passed=True, weight=Decimal("NaN"))], plan=plan)
