"""What does not keep goes first, all services come at once, and a late control needs a written reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.domain.codes import Agency
from darvoza.domain.sps.queue import Delay, JointSlot, Urgency, Waiting
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.queue import deadline, in_turn, joint_slots, record_delay, slack

NINE = datetime(2026, 7, 1, 9, tzinfo=UTC)
CUSTOMS, VET, PLANTS = Agency.CUSTOMS, Agency.VETERINARY, Agency.PHYTOSANITARY


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def waits(name: str = "D1", **changes: object) -> Waiting:
    plain = Waiting(name, "KG-DOS", NINE, NINE + hours(24), Urgency.OTHER, ((CUSTOMS, 1.0),))
    return replace(plain, **changes)  # type: ignore[arg-type]


def one_officer(*waiting: Waiting) -> dict[str, JointSlot]:
    teams = {("KG-DOS", agency): 1 for agency in Agency}
    return {slot.declaration_id: slot for slot in joint_slots(waiting, teams=teams)}


def test_the_deadline_is_the_first_of_what_limits_goods() -> None:
    assert deadline(NINE, keeps=24, legal=12, welfare=4) == NINE + hours(4)
    assert deadline(NINE) is None
    with pytest.raises(InvalidValue, match="welfare: expected hours above 0"):
        deadline(NINE, welfare=0)


def test_live_animals_then_broken_cold_chains_then_what_spoils_then_the_rest() -> None:
    those = [waits(urgency.value, urgency=urgency, harm=place) for place, urgency in enumerate(Urgency)]
    assert [one.urgency for one in in_turn(reversed(those))] == list(Urgency)


def test_among_what_spoils_the_least_time_to_spare_goes_first_and_the_length_of_the_check_counts() -> None:
    long = waits("long", urgency=Urgency.PERISHABLE, deadline=NINE + hours(5), work=((CUSTOMS, 4.0),))
    short = waits("short", urgency=Urgency.PERISHABLE, deadline=NINE + hours(4), work=((CUSTOMS, 1.0),), harm=9.0)
    assert slack(long, NINE) == hours(1)
    assert [one.declaration_id for one in in_turn([short, long])] == ["long", "short"]


def test_the_slot_is_the_earliest_that_all_services_can_make() -> None:
    sheep = waits("sheep", urgency=Urgency.LIVE, work=((CUSTOMS, 1.0), (VET, 2.0)))
    fruit = waits("fruit", urgency=Urgency.PERISHABLE, work=((CUSTOMS, 1.0), (PLANTS, 1.0)))
    meat = waits("meat", urgency=Urgency.PERISHABLE, work=((VET, 1.0),), deadline=NINE + hours(23))
    slots = one_officer(sheep, fruit, meat)
    assert (slots["sheep"].start, slots["sheep"].end) == (NINE, NINE + hours(2))
    assert slots["fruit"].start == NINE + hours(1)  # customs is free again after an hour
    assert slots["meat"].start == NINE + hours(2)


def test_officers_are_kept_for_a_more_pressing_consignment_that_waits_for_others() -> None:
    running = waits("running", ready_at=NINE - hours(1), urgency=Urgency.LIVE, work=((VET, 3.0),))
    sheep = waits("sheep", urgency=Urgency.LIVE, work=((CUSTOMS, 1.0), (VET, 1.0)))
    trifle = waits("trifle", work=((CUSTOMS, 8.0),))
    slots = one_officer(running, sheep, trifle)
    assert slots["sheep"].start == NINE + hours(2)
    assert slots["trifle"].start == NINE + hours(3)


def test_what_is_late_is_told_and_needs_a_reason() -> None:
    late = waits("late", urgency=Urgency.LIVE, deadline=NINE + hours(0.5))
    (slot,) = joint_slots([late])
    assert slot.late
    assert slot.slack == -hours(0.5)
    with pytest.raises(InvalidValue, match=r"late: reason: expected a written reason for a control 0\.5 h late"):
        record_delay(late, seen_at=slot.end, reason="  ", officer="O", now=NINE)
    made = record_delay(late, seen_at=slot.end, reason="No veterinarian.", officer="O", now=NINE)
    assert made == Delay("late", hours(0.5), "No veterinarian.", "O", NINE)
    assert record_delay(late, seen_at=NINE, reason="", officer="O", now=NINE) is None


WORK = st.dictionaries(st.sampled_from(list(Agency)), st.sampled_from([0.25, 1.0, 2.0]), max_size=3).map(
    lambda work: tuple(work.items())
)
CROWD = st.lists(
    st.builds(
        lambda ready, urgency, work: waits(ready_at=NINE + hours(ready), urgency=urgency, work=work),
        st.integers(0, 30), st.sampled_from(list(Urgency)), WORK,
    ),
    max_size=25,
).map(lambda those: [replace(one, declaration_id=f"D{place}") for place, one in enumerate(those)])  # fmt: skip


@given(CROWD, st.integers(1, 3))
@settings(deadline=None)
def test_everything_gets_a_slot_none_before_it_is_ready_and_no_officer_is_in_two_places(
    crowd: list[Waiting], officers: int
) -> None:
    slots = {slot.declaration_id: slot for slot in joint_slots(crowd, teams={("KG-DOS", a): officers for a in Agency})}
    assert slots.keys() == {one.declaration_id for one in crowd}
    assert all(slots[one.declaration_id].start >= one.ready_at for one in crowd)
    for agency in Agency:
        busy = [(slots[o.declaration_id].start, hours(t)) for o in crowd for a, t in o.work if a is agency]
        for begin, _ in busy:
            assert sum(start <= begin < start + spent for start, spent in busy) <= officers
