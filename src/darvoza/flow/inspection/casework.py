"""What people do with an order: claim it, record what they found, do more alone, do less only by two.

Every function takes a case and gives the case after it, or refuses with the reason. A door gathers the case, asks here, and
stores what comes back in one transaction with its journal entry; where two hands reach for one case, the store lets one win.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from darvoza.domain.casework import (
    FINISHED,
    MOVES,
    Case,
    CaseMove,
    CaseState,
    ExaminationResult,
    Hand,
    Override,
    other_goods,
)
from darvoza.domain.codes import Act
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.awaiting import corrected, recorded
from darvoza.flow.inspection.rosters import drawn
from darvoza.flow.inspection.soundness import reasoned, said_anew, sound, taken_back

INTRUSION: Final = {act: rank for rank, act in enumerate(Act)}
"""Acts from the least to the most intrusive, as they are listed."""


def claim(case: Case, hand: Hand) -> Case:
    """Take a waiting case into one's own hands.

    Examples
    --------
    >>> from darvoza.domain.codes import Agency
    >>> case = Case("D1:customs:physical", Agency.CUSTOMS, "KG-OSH", Act.PHYSICAL, (1, 2))
    >>> claim(case, Hand("aida", Agency.CUSTOMS, frozenset({"KG-OSH"}))).holder
    'aida'
    >>> claim(case, Hand("marat", Agency.VETERINARY))
    Traceback (most recent call last):
        ...
    darvoza.errors.CaseRefused: agency: expected a case of veterinary, got 'customs'
    """
    return replace(_moved(case, CaseMove.CLAIM, hand), holder=hand.person)


def give_back(case: Case, hand: Hand) -> Case:
    """Let go of a case that one holds; where only a laboratory has yet to speak, it awaits that again."""
    return _let_go(_moved(_held(case, hand), CaseMove.GIVE_BACK, hand))


def assign(case: Case, hand: Hand, *, on_duty: Sequence[str], number: float) -> Case:
    """Give a waiting case to one of those on duty: drawn, not chosen.

    Parameters
    ----------
    hand
        The supervisor who lets draw.
    on_duty
        Who may get it; their order does not matter.
    number
        The number drawn for the case, in [0, 1): a keyed hash of the order, recomputable like the draw of the
        consignment.

    Raises
    ------
    CaseRefused
        Nobody is on duty, or the case does not wait.
    """
    if not on_duty:
        raise CaseRefused(
            field="roster", expected="somebody on duty", got="nobody", hint="fill the roster of the day first"
        )
    if not 0 <= number < 1:
        raise CaseRefused(field="number", expected="a number in [0, 1)", got=number)
    return replace(_moved(case, CaseMove.ASSIGN, hand), holder=drawn(number, on_duty))


def record(case: Case, hand: Hand, result: ExaminationResult) -> Case:
    """Record what an examination found; every item that was to be examined needs a word, also that nothing was found.

    What was found on another item of the declaration may be told in addition. An item on which an earlier result has
    spoken needs none, unless it was other goods then. Where samples were taken and nothing was found, the case awaits the
    laboratory; the next word on such an item is what it says.

    What takes back what an earlier result found waits for a second person, as in `correct`; all else is recorded at once.

    Raises
    ------
    CaseRefused
        Somebody else holds the case, an item is missing, twice or unknown, a value is impossible, the result is
        someone else's, or an item takes back a finding and does not say why in its words.
    """
    sound(case, hand, result, owed=owed(case))
    after = _moved(_held(case, hand), CaseMove.RECORD, hand)
    said = _on_goods(recorded(case, result), case.goods)
    if taken := taken_back(case.words, result.items):
        for item in taken:
            reasoned(item.words, field=f"items.{item.item}.words")
        reason = "; ".join(item.words.strip() for item in taken)
        return _proposed_clearing(case, hand, said, {item.item for item in taken}, reason=reason)
    after = replace(after, results=(*case.results, said))
    return _let_go(after) if after.at_laboratory else after


def _proposed_clearing(case: Case, hand: Hand, said: ExaminationResult, taken: Collection[int], *, reason: str) -> Case:
    """Propose that a finding is taken back, which stands until a second person agrees; what else is said is recorded."""
    after = _moved(_held(case, hand), CaseMove.PROPOSE_CLEARING, hand)
    less = replace(said, items=tuple(item for item in said.items if item.item in taken))
    other = replace(said, items=tuple(item for item in said.items if item.item not in taken))
    override = Override(CaseMove.PROPOSE_CLEARING, case.act, case.act, reason, hand.person, said.at, less)
    results = (*case.results, other) if other.items else case.results
    return replace(after, results=results, overrides=(*case.overrides, override))


def owed(case: Case) -> frozenset[int]:
    """Give the items on which a result owes a word.

    Those that lack one, and of which no laboratory has yet to speak; or those of which it has; or all where each has a word.
    """
    return case.lacking - case.awaited or case.lacking or case.due


def correct(case: Case, hand: Hand, result: ExaminationResult, *, reason: str) -> Case:
    """Record another result instead of one's own words, or of the last; what was said stays, and the reason with it.

    It speaks of the same items, and of the goods as they were when they were looked at: it answers no suspicion that came
    after that. Also when the case has opened again; but what takes back what was found waits for a second person, once the
    case is recorded: nobody lowers alone.

    Raises
    ------
    CaseRefused
        Nothing was recorded yet, no reason is given, or the result is not sound.
    """
    reasoned(reason)
    before = case.spoken_by(hand.person) or case.result
    spoken = {item.item: item for item in (before.items if before else ())}
    sound(case, hand, result, owed=spoken.keys() & set(case.declared))
    after = _moved(case, CaseMove.CORRECT, hand)
    if before is None:
        raise CaseRefused(field="state", expected="a case with a result", got=str(case.state))
    said = replace(result, words=f"{result.words}\n[{reason}]".strip())
    said = _on_goods(
        corrected(case, said), {**case.goods, **{number: word.goods for number, word in spoken.items() if word.goods}}
    )
    examined = before.examined()
    first = min(examined.values())
    items = tuple(replace(item, examined_at=examined.get(item.item, first)) for item in said.items)
    if not (taken := {item.item for item in taken_back(case.words, items)}):
        after = replace(after, results=(*case.results, replace(said, items=items)))
        if case.state is CaseState.AWAITING and not after.lacking:
            return replace(after, state=CaseState.RECORDED, holder=hand.person)
        return _let_go(after) if case.state is CaseState.RECORDED and after.at_laboratory else after
    if case.state is not CaseState.RECORDED:
        hint = "what was found can be taken back once the order has its result"
        raise CaseRefused(field="finding", expected="a case that is recorded", got=str(case.state), hint=hint)
    return _proposed_clearing(
        case, hand, replace(said, items=said_anew(case.words, items)), taken, reason=reason.strip()
    )


def raise_act(case: Case, hand: Hand, act: Act, *, reason: str, at: datetime) -> Case:
    """Do more than was ordered: one officer may, with a reason.

    Raises
    ------
    CaseRefused
        The act is no more intrusive than the one ordered, no reason is given, or somebody else holds the case.
    """
    reasoned(reason)
    if INTRUSION[act] <= INTRUSION[case.act]:
        raise CaseRefused(
            field="act",
            expected=f"an act beyond {case.act}",
            got=str(act),
            hint="to do less, propose it to a second person",
        )
    override = Override(CaseMove.RAISE, case.act, act, reason.strip(), hand.person, at)
    return replace(_moved(_held(case, hand), CaseMove.RAISE, hand), act=act, overrides=(*case.overrides, override))


def propose_lowering(case: Case, hand: Hand, act: Act | None, *, reason: str, at: datetime) -> Case:
    """Propose to do less than was ordered, or nothing; a second person decides.

    Raises
    ------
    CaseRefused
        The act is not less intrusive, no reason is given, or somebody else holds the case.
    """
    reasoned(reason)
    if act is not None and INTRUSION[act] >= INTRUSION[case.act]:
        raise CaseRefused(field="act", expected=f"an act below {case.act}, or none", got=str(act))
    override = Override(CaseMove.PROPOSE_LOWERING, case.act, act, reason.strip(), hand.person, at)
    after = _moved(_held(case, hand), CaseMove.PROPOSE_LOWERING, hand)
    return replace(after, overrides=(*case.overrides, override))


def confirm_lowering(case: Case, second: Hand, *, reason: str, at: datetime) -> Case:
    """Agree that less is done, or that a finding is taken back. Nobody lowers alone: the second person is never the first.

    When an act remains, the case waits for it; without one it ends. What is said instead of a finding is recorded.

    Raises
    ------
    CaseRefused
        The second person proposed it himself, nothing was proposed, or no reason is given.
    """
    proposal = _proposal(case, second)
    reasoned(reason)
    override = Override(CaseMove.CONFIRM_LOWERING, case.act, proposal.after, reason.strip(), second.person, at)
    after = replace(_moved(case, CaseMove.CONFIRM_LOWERING, second), overrides=(*case.overrides, override))
    if proposal.result is not None:
        return _spoken(replace(after, results=(*case.results, proposal.result)))
    after = replace(after, holder=None)
    return after if proposal.after is None else replace(after, act=proposal.after, state=CaseState.WAITING)


def refuse_lowering(case: Case, second: Hand, *, reason: str, at: datetime) -> Case:
    """Refuse a proposal to do less: the act stands, and the case waits; or to take back a finding, which stands.

    Raises
    ------
    CaseRefused
        The second person proposed it himself, nothing was proposed, or no reason is given.
    """
    proposal = _proposal(case, second)
    reasoned(reason)
    override = Override(CaseMove.REFUSE_LOWERING, proposal.before, proposal.after, reason.strip(), second.person, at)
    after = replace(_moved(case, CaseMove.REFUSE_LOWERING, second), overrides=(*case.overrides, override))
    return _without(after, proposal)


def _without(case: Case, proposal: Override) -> Case:
    """Let a case stand as if something had not been proposed."""
    return _let_go(case) if proposal.result is None else _spoken(case)


def _spoken(case: Case) -> Case:
    """Let a case be recorded where it lacks no word, or wait."""
    return _let_go(case) if case.lacking else replace(case, state=CaseState.RECORDED)


def _let_go(case: Case) -> Case:
    """Let a case wait in nobody's hands: for the laboratory where it lacks nothing else, or for an officer."""
    return replace(case, state=CaseState.AWAITING if case.at_laboratory else CaseState.WAITING, holder=None)


def refer(template: Case, hand: Hand, act: Act, *, suspicion: str) -> Case:
    """Open a case on an officer's own suspicion, in his hands; a basis of its own, and counted as such.

    Parameters
    ----------
    template
        A case of the declaration, for agency, post and goods; its state does not matter.

    Raises
    ------
    CaseRefused
        The declaration is not within the officer's agency and posts, or no suspicion is stated.
    """
    reasoned(suspicion, field="suspicion")
    _within(template, hand)
    declaration = template.order_id.rsplit(":", 2)[0]
    return Case(
        f"{declaration}:{template.agency}:{act}", template.agency, template.post, act, template.declared,
        state=CaseState.CLAIMED, holder=hand.person, referral=suspicion.strip(),
    )  # fmt: skip


def refer_again(case: Case, hand: Hand, act: Act, *, suspicion: str, at: datetime) -> Case:
    """Order an act anew on an officer's suspicion, of the whole consignment and in his hands; what was recorded stays.

    It was recorded, or agreed not to be done, before anybody suspected this; one who suspects does more, and may alone.

    Raises
    ------
    CaseRefused
        The act is still to be done, the case is not within the officer's agency and posts, or no suspicion is stated.
    """
    reasoned(suspicion, field="suspicion")
    _within(case, hand)
    lowered = case.state is CaseState.WAITING and INTRUSION[case.act] < INTRUSION[act]
    if case.state not in FINISHED and not lowered:
        raise CaseRefused(field="act", expected="an act that is not ordered now", got=act.value)
    override = Override(CaseMove.REFER, case.act, act, suspicion.strip(), hand.person, at)
    after = _moved(case, CaseMove.REFER, hand)
    return replace(after, act=act, items=(), holder=hand.person, overrides=(*case.overrides, override))


def order_again(
    case: Case, declared: Collection[int], items: Collection[int], act: Act, *, goods: Mapping[int, str] | None = None
) -> Case:
    """Give a case the items that are to be examined now that its declaration was decided again.

    A case that is over opens again where there are items on which there is no word: they came to it, or are other goods
    under the same number. What was recorded stays. That less was to be done was agreed on for the goods as they were:
    for others at least the act that was decided is done, and what is proposed lapses with the goods of which it speaks: a
    second person would agree to what neither of the two has seen.

    Parameters
    ----------
    declared, items
        The items of the declaration, and those of them that the act asks for; empty for the whole consignment.
    act
        The act that was decided.
    goods
        Digests of the items as they are declared now. A word that does not say on which goods it was given counts as
        given on those of the case, which were declared until now.
    """
    asked = () if case.suspicions and not case.items else tuple(sorted(set(items) & set(declared)))
    known = tuple(_on_goods(result, case.goods) for result in case.results)
    now = replace(case, declared=tuple(sorted(declared)), items=asked, goods=goods or {}, results=known)
    seen = now.standing if case.state is CaseState.RECORDED else case.due - replaced(case, now)
    more = not now.due <= seen
    if not more and case.state in FINISHED:
        return replace(case, goods=now.goods, results=known)
    now = replace(now, act=max(case.act, act, key=INTRUSION.__getitem__)) if more else now
    if case.state is CaseState.LOWERING and _lapses(case, now, more=more):
        return _without(now, case.overrides[-1])
    if case.state not in FINISHED:
        return _let_go(now) if case.state is CaseState.AWAITING else now
    return replace(now, state=MOVES[case.state, CaseMove.REOPEN], holder=None)


def _lapses(before: Case, after: Case, *, more: bool) -> bool:
    """Tell whether other goods are declared than those of which a proposal speaks: to do less speaks of all to be examined."""
    if (result := before.overrides[-1].result) is None:
        return more
    return any(other_goods(before.goods.get(each.item), after.goods.get(each.item)) for each in result.items)


def replaced(before: Case, after: Case) -> frozenset[int]:
    """Give the numbers under which other goods are declared than before, of those that are to be examined."""
    return frozenset(number for number in after.due if other_goods(before.goods.get(number), after.goods.get(number)))


def _on_goods(result: ExaminationResult, goods: Mapping[int, str]) -> ExaminationResult:
    """Have each word of a result say on which goods it was given, where it does not."""
    items = (replace(item, goods=item.goods or goods.get(item.item)) for item in result.items)
    return replace(result, items=tuple(items))


def cancel(case: Case, hand: Hand) -> Case:
    """End a case whose declaration was cancelled."""
    return replace(_moved(case, CaseMove.CANCEL, hand), holder=None)


def _moved(case: Case, move: CaseMove, hand: Hand) -> Case:
    """Make a move that the table has, for somebody whose case it is."""
    _within(case, hand)
    state = MOVES.get((case.state, move))
    if state is None:
        fits = " or ".join(sorted(before for before, possible in MOVES if possible is move))
        hint = (
            f"{case.holder} holds it" if case.state is CaseState.CLAIMED and case.holder else "look at the order again"
        )
        raise CaseRefused(field="state", expected=f"a case that is {fits}", got=str(case.state), hint=hint)
    return replace(case, state=state)


def _within(case: Case, hand: Hand) -> None:
    if hand.agency is not case.agency:
        raise CaseRefused(field="agency", expected=f"a case of {hand.agency}", got=str(case.agency))
    if not hand.reaches(case):
        raise CaseRefused(field="post", expected=f"a case at {', '.join(sorted(hand.posts))}", got=case.post)


def _held(case: Case, hand: Hand) -> Case:
    if case.state is CaseState.CLAIMED and case.holder != hand.person:
        raise CaseRefused(field="holder", expected=f"a case that {hand.person} holds", got=case.holder)
    return case


def _proposal(case: Case, second: Hand) -> Override:
    """Give the proposal that waits for a second person, who must be another than the first."""
    if case.state is not CaseState.LOWERING:
        raise CaseRefused(field="state", expected="a case whose lowering was proposed", got=str(case.state))
    proposal = case.overrides[-1]
    if proposal.by == second.person:
        raise CaseRefused(
            field="second",
            expected=f"somebody other than {proposal.by}",
            got=second.person,
            hint="nobody lowers a channel alone",
        )
    return proposal
