"""The life of a profile: what is not in the table does not happen, and what is in force can be read off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Agency
from darvoza.domain.profile import Validity
from darvoza.domain.profile_version import PROFILE_MOVES, EntryIntoForce, ProfileMove, ProfileState, ProfileVersion
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment import profile_life
from darvoza.flow.assessment.profile_life import Exchange
from office.profiles_sample import a_profile

DAY = datetime(2026, 3, 1, tzinfo=UTC)
VERSION = ProfileVersion("CUS-VAL-001", 2, Agency.CUSTOMS, author="timur")
PROFILE = a_profile("CUS-VAL-001")
REASON = "well founded enough"


@pytest.mark.parametrize("state", ProfileState)
@pytest.mark.parametrize("move", [each for each in ProfileMove if each is not ProfileMove.SUBMIT])
def test_a_move_is_possible_exactly_where_the_table_has_it(state: ProfileState, move: ProfileMove) -> None:
    version = replace(VERSION, state=state)
    moves: dict[ProfileMove, Callable[[], ProfileVersion]] = {
        ProfileMove.EDIT: lambda: profile_life.edit(version, "timur"),
        ProfileMove.TAKE_BACK: lambda: profile_life.take_back(version, "timur"),
        ProfileMove.DISCARD: lambda: profile_life.discard(version, "timur"),
        ProfileMove.RETURN: lambda: profile_life.send_back(version, "zarina", reason=REASON),
        ProfileMove.APPROVE: lambda: profile_life.approve(version, "zarina", reason=REASON),
    }
    act = moves[move]
    after = PROFILE_MOVES.get((state, move))
    if after is not None:
        assert act().state is after
    else:
        with pytest.raises(ProfileRefused, match="expected"):
            act()


def test_nothing_leads_out_of_what_was_approved_or_discarded() -> None:
    ends = {ProfileState.APPROVED, ProfileState.DISCARDED}
    assert not [move for state, move in PROFILE_MOVES if state in ends]


def test_whoever_approves_is_told_apart_from_the_author() -> None:
    waiting = replace(VERSION, state=ProfileState.SUBMITTED)
    assert profile_life.approve(waiting, "zarina", reason=REASON).approver == "zarina"
    for act in (profile_life.approve, profile_life.send_back):
        with pytest.raises(ProfileRefused, match="second person"):
            act(waiting, "timur", reason=REASON)


ENTRIES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5), st.integers(1, 3) | st.none()), max_size=8)


@given(ENTRIES)
def test_a_later_decision_never_changes_what_was_in_force_before_it_was_taken(
    steps: list[tuple[int, int, int | None]],
) -> None:
    entries: list[EntryIntoForce] = []
    for hour, delay, number in sorted(steps, key=lambda step: step[0]):
        decided = DAY + timedelta(hours=hour)
        entry = EntryIntoForce("A", number, decided + timedelta(hours=delay), decided, "zarina")
        earlier = [DAY + timedelta(minutes=30 * half) for half in range(2 * hour)]
        before = [profile_life.in_force(entries, moment) for moment in earlier]
        entries.append(entry)
        assert [profile_life.in_force(entries, moment) for moment in earlier] == before
        assert profile_life.in_force(entries, entry.at) == entry


@given(ENTRIES)
def test_going_back_never_ends_a_profile_and_never_reaches_what_was_gone_back_from(
    steps: list[tuple[int, int, int | None]],
) -> None:
    entries = [
        EntryIntoForce("A", number, DAY + timedelta(hours=hour), DAY + timedelta(hours=hour), "zarina")
        for hour, _, number in sorted(steps, key=lambda step: step[0])
    ]
    now, left = DAY + timedelta(days=2), set()
    while (earlier := profile_life.before(entries, now)) is not None:
        current = profile_life.in_force(entries, now)
        left.add(current and current.number)
        assert earlier not in left
        entries.append(EntryIntoForce("A", earlier, now, now, "zarina"))
        now += timedelta(hours=1)
    assert None not in left or entries[-1].number is not None


def test_what_two_people_decide_is_gone_back_from_once_and_then_decided_anew() -> None:
    hours = [DAY + timedelta(hours=hour) for hour in range(9)]
    steps = [1, 2, 1, 3, None, 3, 1]
    entries = [EntryIntoForce("A", number, at, at, "zarina") for at, number in zip(hours, steps, strict=False)]
    reached = [profile_life.before(entries, hour) for hour in hours[: len(steps)]]
    assert reached == [None, 1, None, 1, 3, 1, None]


@pytest.mark.parametrize(
    ("valid", "refused"),
    [
        (Validity(None, date(2026, 2, 28)), True),
        (Validity(date(2026, 3, 2), None), True),
        (Validity(date(2026, 3, 1), date(2026, 3, 1)), False),
        (Validity(), False),
    ],
)
def test_nothing_is_put_in_force_for_a_day_on_which_it_is_not_valid(valid: Validity, refused: bool) -> None:
    approved, profile = replace(VERSION, state=ProfileState.APPROVED), replace(PROFILE, valid=valid)
    earlier = [
        EntryIntoForce("CUS-VAL-001", number, DAY - timedelta(days=9 - number), DAY, "umar") for number in (2, 3)
    ]
    acts: tuple[Callable[[], EntryIntoForce], ...] = (
        lambda: profile_life.put_in_force(approved, profile, at=DAY, now=DAY, by="zarina", reason=REASON),
        lambda: profile_life.roll_back(earlier, approved, Exchange(profile), by="zarina", reason=REASON, now=DAY),
    )
    for act in acts:
        if refused:
            with pytest.raises(ProfileRefused, match="valid on 2026-03-01"):
                act()
        else:
            assert act().number == VERSION.number
    ends = replace(approved, ends=True)
    assert profile_life.put_in_force(ends, profile, at=DAY, now=DAY, by="zarina", reason=REASON).number is None


def test_a_validity_that_is_past_is_not_even_submitted() -> None:
    over = replace(PROFILE, valid=Validity(None, date(2026, 2, 28)))
    with pytest.raises(ProfileRefused, match="valid"):
        profile_life.submit(VERSION, "timur", over, reason=REASON, day=DAY.date())
    later = replace(PROFILE, valid=Validity(date(2027, 1, 1), None))
    assert profile_life.submit(VERSION, "timur", later, reason=REASON, day=DAY.date()).state is ProfileState.SUBMITTED


def test_one_person_neither_goes_back_to_less_nor_calls_off_more() -> None:
    less = replace(PROFILE, valid=Validity(None, date(2026, 12, 31)))
    first, second = (EntryIntoForce("A", number, DAY - timedelta(days=9 - number), DAY, "umar") for number in (2, 3))
    coming = EntryIntoForce("A", 4, DAY + timedelta(days=1), DAY, "umar")
    for exchange, two in ((Exchange(less, (PROFILE,)), True), (Exchange(PROFILE, (less,)), False)):
        acts: tuple[Callable[[], EntryIntoForce], ...] = (
            lambda said=exchange: profile_life.roll_back(  # type: ignore[misc]
                [first, second], VERSION, said, by="zarina", reason=REASON, now=DAY
            ),
            lambda said=exchange: profile_life.call_off(  # type: ignore[misc]
                [first, second, coming], said, by="zarina", reason=REASON, now=DAY
            ),
        )
        for act, number in zip(acts, (2, 3), strict=True):
            if two:
                with pytest.raises(ProfileRefused, match="second person"):
                    act()
            else:
                assert act().number == number
    with pytest.raises(ProfileRefused, match="planned"):
        profile_life.call_off([first], Exchange(PROFILE), by="zarina", reason=REASON, now=DAY)
