"""The life of a profile: what is not in the table does not happen, and what is in force can be read off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Agency
from darvoza.domain.profile_version import PROFILE_MOVES, EntryIntoForce, ProfileMove, ProfileState, ProfileVersion
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment import profile_life

DAY = datetime(2026, 3, 1, tzinfo=UTC)
VERSION = ProfileVersion("CUS-VAL-001", 2, Agency.CUSTOMS, author="timur")
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
def test_going_back_twice_leads_to_where_one_was(steps: list[tuple[int, int, int | None]]) -> None:
    entries = [
        EntryIntoForce("A", number, DAY + timedelta(hours=hour), DAY + timedelta(hours=hour), "zarina")
        for hour, _, number in sorted(steps, key=lambda step: step[0])
    ]
    now = DAY + timedelta(days=2)
    current, earlier = profile_life.in_force(entries, now), profile_life.before(entries, now)
    if current is None or earlier is None:
        return
    back = [*entries, replace(earlier, at=now, decided_at=now)]
    again = profile_life.before(back, now)
    assert again is not None
    assert again.number == current.number
