"""Results that a post brings back, kept: what a post wrote down cannot be changed, and what follows it has to come in.

What cannot be kept is told. What becomes of the order, and of what was proposed on it, says `darvoza.flow.inspection.returned`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.utils.timezone import make_aware

from darvoza.domain.casework import Case, CaseState, ExaminationResult, ItemResult, impossible_amounts, of_a_finding
from darvoza.domain.journal import JournalEntry
from darvoza.flow.inspection.returned import Became, Returned, returned
from darvoza.flow.inspection.soundness import taken_back
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.post.results import EARLIEST, LONGEST_NAME, result_of
from darvoza.office.registry.attested import ORDER
from darvoza.office.registry.models import Order, Result
from darvoza.office.registry.services.cases import gather, keep

OF_A_ZONE: Final = timedelta(days=1)
"""Clocks of two zones differ by less; the first and last moments of all cannot be brought into one."""

_OF_A_PROPOSAL: Final = {Became.LAPSED: Differs.LAPSED, Became.WAITS: Differs.PROPOSAL_WAITS}

NO_WORDS: Final = "no reason was written down at the post"
"""What is said where a post took back what it had found, and did not say why."""


class TakenIn(NamedTuple):
    """Whether a result was kept, what it met, and what the journal is to tell of its order."""

    kept: bool
    differences: tuple[Difference, ...] = ()
    order: Mapping[str, Any] = {}


def take_in_result(entry: JournalEntry, now: datetime, recorded: list[Result]) -> TakenIn:
    """Keep a result, and note it among those recorded; tell what it met."""
    found = result_of(entry)
    order = Order.objects.select_for_update().filter(order_id=found.order_id).first()
    if order is None:
        return TakenIn(kept=False, differences=(Difference(Differs.ORDER_GONE, {"order": found.order_id}),))
    result, left_out = _keepable(found.result, entry)
    before = gather(order)
    reason = "; ".join(each.words for each in taken_back(before.words, result.items) if each.words)
    came = returned(before, result, reason=reason or result.words or NO_WORDS)
    sealed = keep(order, before, came.case, _known_at(came.case, now))
    recorded.extend(sealed.results)
    told = [*_met(order, result, len(before.results)), *_became(came, result)] if not came.taken else [*_proposed(came)]
    told += [
        Difference(Differs.NOT_MARKED, {"item": each.item, "names": ", ".join(names)})
        for each, names in _unsaid(result)
    ]
    left = (Difference(Differs.LEFT_OUT, {"what": each}) for each in left_out)
    return TakenIn(kept=True, differences=(*told, *left), order={ORDER: sealed.told})


def _known_at(case: Case, now: datetime) -> datetime:
    """Give when the last word of a case was recorded, at the post or here: the line came back later, and goods had gone by then.

    Not later than now, however far ahead the clock of the post runs.
    """
    return min(now, max((each.at if each.at.tzinfo else make_aware(each.at) for each in case.results), default=now))


def _met(order: Order, result: ExaminationResult, known: int) -> Iterator[Difference]:
    """Say what a result met that was there before."""
    if known:
        yield Difference(Differs.RESULTS_BEFORE, {"known": known})
    elif order.state == CaseState.WITHDRAWN:
        yield Difference(Differs.WITHDRAWN)
    elif order.state != CaseState.LOWERING and order.holder and order.holder != result.by:
        yield Difference(Differs.HELD)


def _became(came: Returned, result: ExaminationResult) -> Iterator[Difference]:
    """Say what becomes of samples that the post did not take itself, and of a proposal on which nobody has decided."""
    own = {number for item in result.items for number in item.samples}
    awaited = [number for item in sorted(came.case.awaited) for number in came.case.words[item].awaited]
    if others := [number for number in awaited if number not in own]:
        yield Difference(Differs.AT_LABORATORY, {"numbers": ", ".join(others)})
    if came.proposal is None:
        return
    how = Differs.LESS_IS_OVER
    if came.became in _OF_A_PROPOSAL:
        how = _OF_A_PROPOSAL[came.became]
    yield Difference(how, {"who": came.proposal.by})


def _proposed(came: Returned) -> Iterator[Difference]:
    """Say what waits for a second person now; nobody decides on what he proposed himself, so that of another stands undecided."""
    yield Difference(Differs.TAKEN_BACK, {"items": ", ".join(str(item.item) for item in came.taken)})
    if came.proposal is not None and came.became is Became.TOGETHER:
        yield Difference(Differs.TOGETHER)
    elif came.proposal is not None:
        yield Difference(Differs.PROPOSE_AGAIN, {"who": came.proposal.by})


def _unsaid(result: ExaminationResult) -> Iterator[tuple[ItemResult, list[str]]]:
    """Give the words that tell what only a finding has, and no finding: posts took them once."""
    return ((each, told) for each in result.items if not each.areas and (told := of_a_finding(each)))


def _keepable(result: ExaminationResult, entry: JournalEntry) -> tuple[ExaminationResult, list[str]]:
    """Give a result as it can be kept, and say what is left out of it: posts took anything once, and what they wrote stays."""
    told = [
        f"{name} {got} of item {each.item}" for each in result.items for name, got in impossible_amounts(each).items()
    ]
    by_number = {
        each.item: replace(each, **dict.fromkeys(impossible_amounts(each)))  # type: ignore[arg-type]  # names of amounts
        for each in result.items
    }
    if len(by_number) < len(result.items):
        told.append("what was said of an item before it was said again")
    at, by = result.at, result.by[:LONGEST_NAME]
    if by != result.by:
        told.append(f"the letters of the name after {by}")
    if not EARLIEST.replace(tzinfo=None) <= at.replace(tzinfo=None) <= entry.at.replace(tzinfo=None) + OF_A_ZONE:
        told.append(f"the moment {at.isoformat()}; that of its entry stands instead")
        at = entry.at
    return replace(result, by=by, at=at, items=tuple(by_number.values())), told
