"""Entry documents: states as data, replayed from records; substitution as in Regulation (EU) 2019/2129, Article 3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.sps.control import AgencyDecision, Check, CheckStatus, ControlOutcome
from darvoza.domain.sps.entry import (
    FOLLOW_UP_OF,
    TRANSITIONS,
    EntryConsignment,
    EntryControl,
    EntryDocument,
    EntryEvent,
    EntryState,
    FollowUp,
    FollowUpKind,
    after,
)
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.entry import Candidate, state_of, state_of_item, substitute

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PHYTO = Agency.PHYTOSANITARY
GOODS = tuple(GoodsItem(item, "080910", "UZ") for item in (1, 2))
DECLARED = Declaration("D-1", NOW, "dostuk", "T-1", GOODS)


def hours(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def checked(hour: int = 1, status: CheckStatus = CheckStatus.COMPLIANT) -> Check:
    return Check(PHYTO, Act.DOCUMENTARY, status, "A. Asanov", hours(hour))


def said(outcome: ControlOutcome, hour: int, *items: int) -> AgencyDecision:
    return AgencyDecision(PHYTO, outcome, hours(hour), items)


def document(
    *decisions: AgencyDecision, follow_up: tuple[FollowUp, ...] = (), withdrawn_at: datetime | None = None,
    checks: tuple[Check, ...] = (checked(),),
) -> EntryDocument:  # fmt: skip
    control = EntryControl(checks=checks, decisions=decisions)
    return EntryDocument("E-1", PHYTO, EntryConsignment(DECLARED), control, follow_up, withdrawn_at)


@given(st.lists(st.sampled_from(list(EntryEvent)), max_size=12))
def test_no_road_leads_out_of_an_end(events: list[EntryEvent]) -> None:
    state = EntryState.DRAFT
    for event in events:
        if event in TRANSITIONS[state]:
            assert state not in {EntryState.CLOSED, EntryState.WITHDRAWN}
            state = after(state, event)
        else:
            with pytest.raises(InvalidValue):
                after(state, event)


def test_every_state_can_be_reached_and_left_except_the_ends() -> None:
    reached = {EntryState.DRAFT} | {state for moves in TRANSITIONS.values() for state in moves.values()}
    assert reached == set(EntryState) == set(TRANSITIONS)
    assert {state for state, moves in TRANSITIONS.items() if not moves} == {EntryState.CLOSED, EntryState.WITHDRAWN}


def test_part_one_is_fixed_once_control_has_begun() -> None:
    for event in (EntryEvent.AMEND, EntryEvent.WITHDRAW):
        with pytest.raises(InvalidValue, match="entry document, under_control"):
            after(EntryState.UNDER_CONTROL, event)


def test_the_state_follows_from_the_records() -> None:
    assert state_of(document(checks=())) is EntryState.LODGED
    assert state_of(document(checks=(), withdrawn_at=hours(1))) is EntryState.WITHDRAWN
    assert state_of(document()) is EntryState.UNDER_CONTROL
    assert state_of(document(said(ControlOutcome.RELEASE, 2))) is EntryState.DECIDED
    assert state_of(document(said(ControlOutcome.RETURN, 2))) is EntryState.FOLLOW_UP


@pytest.mark.parametrize("outcome", FOLLOW_UP_OF)
def test_what_is_to_be_seen_to_ends_or_needs_a_new_word(outcome: ControlOutcome) -> None:
    kind = FOLLOW_UP_OF[outcome]
    done = document(said(outcome, 2), follow_up=(FollowUp(kind, hours(3), "B", satisfied=True),))
    speaks_again = kind in {FollowUpKind.TREATED, FollowUpKind.QUARANTINE_ENDED}
    assert state_of(done) is (EntryState.UNDER_CONTROL if speaks_again else EntryState.CLOSED)
    failed = document(said(outcome, 2), follow_up=(FollowUp(kind, hours(3), "B", satisfied=False),))
    assert state_of(failed) is EntryState.UNDER_CONTROL


def test_goods_may_part_ways_and_the_document_waits_for_the_last() -> None:
    parted = document(said(ControlOutcome.RETURN, 2, 2), said(ControlOutcome.RELEASE, 3, 1))
    assert state_of_item(parted, 1) is EntryState.DECIDED
    assert state_of_item(parted, 2) is EntryState.FOLLOW_UP
    assert state_of(parted) is EntryState.FOLLOW_UP


def test_goods_may_be_looked_at_before_their_declaration_is_lodged() -> None:
    early = document(checks=(checked(-3),))
    with pytest.raises(InvalidValue, match="lodged or arrived"):
        state_of(early)
    arrived = replace(early, consignment=replace(early.consignment, arrived_at=hours(-4)))
    assert state_of(arrived) is EntryState.UNDER_CONTROL


def test_nothing_is_decided_unseen() -> None:
    with pytest.raises(InvalidValue, match=r"E-1, item 1.*one of amend, withdraw, check .lodged., got .decide"):
        state_of(document(said(ControlOutcome.RELEASE, 2), checks=()))


A, SAME, OTHER = Candidate("D-1", "II", "UZ"), Candidate("D-2", "II", "UZ"), Candidate("D-3", "II", "TJ")


def test_an_officer_may_take_another_consignment_of_the_same_kind_and_it_is_recorded() -> None:
    check, record = substitute(checked(), selected=A, checked=SAME, reason="the first was already unloaded")
    assert check.substitute_for == "D-1"
    assert (record.selected, record.checked, record.category, record.origin) == ("D-1", "D-2", "II", "UZ")
    assert record.officer == "A. Asanov"


@pytest.mark.parametrize("other", [OTHER, Candidate("D-4", "III", "UZ")])
def test_another_kind_of_consignment_would_undo_the_draw(other: Candidate) -> None:
    with pytest.raises(InvalidValue, match="the same category and origin"):
        substitute(checked(), selected=A, checked=other, reason="x")


def test_nobody_substitutes_without_a_name_and_a_reason() -> None:
    with pytest.raises(InvalidValue, match="a reason"):
        substitute(checked(), selected=A, checked=SAME, reason=" ")
    with pytest.raises(InvalidValue, match="another consignment"):
        substitute(checked(), selected=A, checked=A, reason="x")
