"""The joint word: out of what every service recorded on a consignment, what customs does with it, and why.

The worst word wins. Goods go when every service has said so, and no earlier; they are refused as soon as one refuses.
A word does not outlive what contradicts it: a check still open, a result that rejects and came after it, a quarantine.
A release against a failed check or result needs a reason, and is told as what it is. What is recorded for a later moment than
the one asked about is not yet known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
    CustomsWord,
    LaboratoryTest,
    LaboratoryVerdict,
)
from darvoza.domain.sps.entry import EntryDocument, FollowUpKind
from darvoza.flow.inspection.documents import as_known
from darvoza.flow.inspection.laboratory import deciding, laboratory_verdict, waits
from darvoza.flow.inspection.outcomes import (
    CODE_OF_OUTCOME,
    CODE_OF_STATUS,
    customs_word,
    joint_outcome,
    worst_code,
)

OPEN = frozenset({CheckStatus.TO_DO, CheckStatus.HOLD, CheckStatus.TO_BE_INSPECTED})
HOLD_DOCUMENTS, HOLD_GOODS, REFUSED, NOT_NEEDED = "H01", "H02", "N01", "C03"
_HELD = frozenset({ControlOutcome.TREAT, ControlOutcome.QUARANTINE})
_REMEDIES = frozenset({FollowUpKind.TREATED, FollowUpKind.QUARANTINE_ENDED, FollowUpKind.TRANSFORMED})


class WhyCode(StrEnum):
    """What makes a joint word what it is."""

    WORD = "word"  # a service has said so
    NO_WORD = "no_word"  # a service has not spoken
    CHECK_OPEN = "check_open"  # a check is still to be done
    CHECK_FAILED = "check_failed"  # and nobody has decided since
    TEST_REJECTED = "test_rejected"  # and nobody has decided since
    SECOND_PENDING = "second_pending"  # a second test runs: nothing is done that cannot be undone
    TEST_PENDING = "test_pending"  # of goods that are suspected
    BEFORE_RESULT = "before_result"  # a result is pending, and nothing is suspected
    TEST_UNCERTAIN = (
        "test_uncertain"  # above the limit, and too uncertain to be within it; and nobody has decided since
    )
    WITHIN_UNCERTAINTY = "within_uncertainty"  # above the limit by no more than its uncertainty
    NO_REQUEST = "no_request"  # a sample was taken, and no test asked for
    OVERRULED = "overruled"  # a check or result is bad, and the service let the goods go, for a reason
    NO_REASON = "no_reason"  # and gave none
    QUARANTINE = "quarantine"  # it runs
    QUARANTINE_OVER = "quarantine_over"  # it ended, and needs a new word
    NOT_CONTROLLED = "not_controlled"  # no service is competent


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, with the code for customs it leads to.

    Attributes
    ----------
    reason, customs
        What, and the code.
    agency, act
        Whose word or check; ``None`` where it is nobody's.
    outcome, until
        The word itself, and when a quarantine ends.
    detail
        Sample, and analyte of a test, or what the service said; of a release against a bad result both.
    """

    reason: WhyCode
    customs: str
    agency: Agency | None = None
    act: Act | None = None
    outcome: ControlOutcome | None = None
    until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ItemWord:
    """What becomes of one goods item: outcome (``None`` while open), code, word, and all reasons, the worst first."""

    item: int
    outcome: ControlOutcome | None
    customs: str
    word: CustomsWord
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class JointWord:
    """What becomes of a consignment: when asked, worst code of its items, word, whether they part ways, and each item."""

    at: datetime
    customs: str
    word: CustomsWord
    partial: bool
    items: tuple[ItemWord, ...]

    @property
    def overruled(self) -> bool:
        """Whether a service let goods go against a failed check or result."""
        return any(why.reason is WhyCode.OVERRULED for item in self.items for why in item.reasons)


def joint_word(documents: Sequence[EntryDocument], *, items: Iterable[int], now: datetime) -> JointWord:
    """Join what all services recorded on one consignment.

    Parameters
    ----------
    documents
        The entry document of every service whose word is needed, each once; none: no service controls the goods.
    items
        Numbers of the goods items.
    now
        The moment at which it is asked; of what is recorded for a later one nothing is known.

    Returns
    -------
    JointWord
        The worst code; `partial` when some goods may go and others may not.
    """
    numbers = tuple(items)
    documents = [as_known(document, now) for document in documents]
    decisions = [decision for document in documents for decision in document.control.decisions]
    outcomes = joint_outcome(decisions, [document.agency for document in documents], numbers)
    words = tuple(_item_word(documents, item, outcomes[item], now) for item in numbers)
    code = worst_code(word.customs for word in words)
    return JointWord(now, code, customs_word(code), len({word.word for word in words}) > 1, words)


def _item_word(
    documents: Sequence[EntryDocument], item: int, outcome: ControlOutcome | None, now: datetime
) -> ItemWord:
    reasons = [why for document in documents for why in _of_service(document, item, now)]
    found = reasons or [Why(WhyCode.NOT_CONTROLLED, NOT_NEEDED)]
    code = worst_code(why.customs for why in found)
    ordered = sorted(found, key=lambda why: "NHC".index(why.customs[0]))
    word = customs_word(code)
    settled = outcome if word is not CustomsWord.HOLD or outcome in _HELD else None
    return ItemWord(item, settled, code, word, tuple(ordered))


def _of_service(document: EntryDocument, item: int, now: datetime) -> Iterator[Why]:
    """Give everything one service has to say about one item."""
    said = _latest(document.control.decisions, item)
    yield from _of_checks(document, item, said)
    yield from _of_tests(document, item, said)
    if said is None:
        yield Why(WhyCode.NO_WORD, _waiting(document, item), document.agency)
        return
    yield _of_word(said, now, second_runs=_second_runs(document, item))


def _second_runs(document: EntryDocument, item: int) -> bool:
    """Tell whether a second test of an item is asked for and not reported."""
    item_of = {sample.number: sample.item for sample in document.control.samples}
    return any(
        test.second and test.result is None and item_of.get(test.sample, item) == item
        for test in document.control.tests
    )


def _latest(decisions: Iterable[AgencyDecision], item: int) -> AgencyDecision | None:
    about = [decision for decision in decisions if not decision.items or item in decision.items]
    return max(about, key=lambda decision: decision.at, default=None)


def _waiting(document: EntryDocument, item: int) -> str:
    """Give the code while a service has not spoken: for the goods where they are to be seen, else for the documents."""
    seen = {Act.IDENTITY, Act.PHYSICAL, Act.SAMPLING, Act.SCAN}
    ordered = [act.act for act in document.control.ordered if not act.items or item in act.items]
    return HOLD_GOODS if seen & set(ordered) else HOLD_DOCUMENTS


def _of_word(said: AgencyDecision, now: datetime, *, second_runs: bool) -> Why:
    """Give the word itself; one that cannot be undone waits for a second test (WTO TFA 5.3: its result is considered)."""
    if second_runs and CODE_OF_OUTCOME[said.outcome][0] == "N":
        return Why(WhyCode.SECOND_PENDING, HOLD_GOODS, said.agency, outcome=said.outcome, detail=said.reason)
    reason = WhyCode.WORD
    if said.outcome is ControlOutcome.QUARANTINE:
        over = said.until is not None and now >= said.until
        reason = WhyCode.QUARANTINE_OVER if over else WhyCode.QUARANTINE
    code = CODE_OF_OUTCOME[said.outcome]
    return Why(reason, code, said.agency, outcome=said.outcome, until=said.until, detail=said.reason)


def _of_checks(document: EntryDocument, item: int, said: AgencyDecision | None) -> Iterator[Why]:
    checks = [check for check in document.control.checks if not check.items or item in check.items]
    refused = said is not None and CODE_OF_OUTCOME[said.outcome][0] == "N"
    for check in checks:
        if check.status in OPEN and not refused:
            yield Why(WhyCode.CHECK_OPEN, CODE_OF_STATUS[check.status], check.agency, check.act)
        if check.status is CheckStatus.NOT_COMPLIANT and not _passed_since(check, checks, said):
            why = Why(WhyCode.CHECK_FAILED, REFUSED, check.agency, check.act, detail=check.notes)
            yield from _against(why, check.at, said, document, item=item)
    recorded = {check.act for check in checks}
    for act in document.control.ordered:
        missing = act.act not in recorded and act.act is not Act.AUDIT and (not act.items or item in act.items)
        sampled = act.act is Act.SAMPLING and any(
            sample.taken_at and (not act.items or sample.item == item) for sample in document.control.samples
        )
        if missing and not sampled and not refused:
            code = HOLD_DOCUMENTS if act.act is Act.DOCUMENTARY else HOLD_GOODS
            yield Why(WhyCode.CHECK_OPEN, code, document.agency, act.act)


def _passed_since(failed: Check, checks: Iterable[Check], said: AgencyDecision | None) -> bool:
    """Tell whether the same act was done again and passed before the service decided."""
    if said is None or failed.at is None:
        return False
    again = (check.at for check in checks if check.act is failed.act and check.status is CheckStatus.COMPLIANT)
    return any(at is not None and failed.at < at <= said.at for at in again)


def _against(
    why: Why, at: datetime | None, said: AgencyDecision | None, document: EntryDocument, *, item: int
) -> Iterator[Why]:
    """Give what a failure still says beside the word of the service: all, where it has not decided since; else nothing, unless
    it let the goods go as they are.
    """
    if said is None or at is None or said.at < at:
        yield why
        return
    code = CODE_OF_OUTCOME[said.outcome]
    if code[0] != "C" or _remedied(document, item, at, said.at):
        return
    told = why.detail if why.act is Act.SAMPLING else ""
    if said.reason.strip():
        detail = "; ".join(filter(None, (told, said.reason.strip())))
        yield replace(why, reason=WhyCode.OVERRULED, customs=code, outcome=said.outcome, detail=detail)
    else:
        yield replace(why, reason=WhyCode.NO_REASON, customs=HOLD_GOODS, outcome=said.outcome, detail=told)


def _remedied(document: EntryDocument, item: int, since: datetime, until: datetime) -> bool:
    """Tell whether goods were treated, transformed or kept in quarantine as decided, between a failure and the word on it."""
    return any(
        each.kind in _REMEDIES
        and each.satisfied
        and since <= each.at <= until
        and (not each.items or item in each.items)
        for each in document.follow_up
    )


def _of_tests(document: EntryDocument, item: int, said: AgencyDecision | None) -> Iterator[Why]:
    control = document.control
    refused = said is not None and CODE_OF_OUTCOME[said.outcome][0] == "N"
    tested = {test.sample for test in control.tests}
    for sample in control.samples:
        if sample.taken_at and sample.item == item and sample.number not in tested and not refused:
            yield Why(WhyCode.NO_REQUEST, HOLD_GOODS, document.agency, Act.SAMPLING, detail=sample.number)
    item_of = {sample.number: sample.item for sample in control.samples}
    for test in deciding(control.tests):
        if item_of.get(test.sample, item) == item:
            yield from _of_test(test, said, document, item)


def _of_test(test: LaboratoryTest, said: AgencyDecision | None, document: EntryDocument, item: int) -> Iterator[Why]:
    verdict, detail = laboratory_verdict(test), f"{test.sample}: {test.analyte}"
    why = Why(WhyCode.BEFORE_RESULT, NOT_NEEDED, document.agency, Act.SAMPLING, detail=detail)
    match verdict:
        case LaboratoryVerdict.PENDING:
            pending = replace(why, reason=WhyCode.TEST_PENDING, customs=HOLD_GOODS)
            yield pending if waits(test) else why
        case LaboratoryVerdict.REJECT | LaboratoryVerdict.INCONCLUSIVE:
            bare = WhyCode.TEST_REJECTED if verdict is LaboratoryVerdict.REJECT else WhyCode.TEST_UNCERTAIN
            bad = replace(why, reason=bare, customs=HOLD_GOODS)
            yield from _against(bad, test.reported_at, said, document, item=item)
        case LaboratoryVerdict.ACCEPT:
            if test.result is not None and test.limit is not None and test.result > test.limit:
                yield replace(why, reason=WhyCode.WITHIN_UNCERTAINTY)
