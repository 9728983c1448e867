"""What people do with an order: claim it, record what they found, do more alone, do less only by two.

Every function takes a case and gives the case after it, or refuses with the reason. A door gathers the case, asks here, and
stores what comes back in one transaction with its journal entry; where two hands reach for one case, the store lets one win.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from darvoza.domain.casework import FINISHED, MOVES, Case, CaseMove, CaseState, ExaminationResult, Hand, Override
from darvoza.domain.codes import Act
from darvoza.domain.goods_told import other_goods, told_of_carriage
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.awaiting import corrected, recorded, taken_out
from darvoza.flow.inspection.moving import held, let_go, moved, nothing_awaited, settled, within
from darvoza.flow.inspection.proposals import lapses, outrun, proposal_before, proposed_clearing, without
from darvoza.flow.inspection.rosters import drawn
from darvoza.flow.inspection.soundness import reasoned, said_anew, sampled, sound, taken_back

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
    return replace(moved(case, CaseMove.CLAIM, hand), holder=hand.person)


def give_back(case: Case, hand: Hand) -> Case:
    """Let go of a case that one holds; where only a laboratory has yet to speak, it awaits that again."""
    return let_go(moved(held(case, hand), CaseMove.GIVE_BACK, hand))


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
    return replace(moved(case, CaseMove.ASSIGN, hand), holder=drawn(number, on_duty))


def record(case: Case, hand: Hand, result: ExaminationResult) -> Case:
    """Record what an examination found; every item that was to be examined needs a word, also that nothing was found.

    What was found on another item of the declaration may be told in addition. An item on which an earlier result has
    spoken needs none, unless it was other goods then. Where samples were taken and nothing was found, the case awaits the
    laboratory, whose word ends that and no other; see `darvoza.flow.inspection.awaiting`.

    What takes back what an earlier result found waits for a second person, as in `correct`; all else is recorded at once.

    Raises
    ------
    CaseRefused
        Somebody else holds the case, an item is missing, twice or unknown, a value is impossible, the result is
        someone else's, or an item takes back a finding and does not say why in its words.
    """
    sound(case, hand, result, owed=owed(case))
    sampled(case, result)
    after = moved(held(case, hand), CaseMove.RECORD, hand)
    said = _on_goods(recorded(case, result), case.goods)
    if taken := taken_back(case.words, said.items):
        for item in taken:
            reasoned(item.words, field=f"items.{item.item}.words")
        reason = "; ".join(item.words.strip() for item in taken)
        return proposed_clearing(case, said, {item.item for item in taken}, reason=reason)
    after = replace(after, results=(*case.results, said))
    return let_go(after) if after.awaited else after


def owed(case: Case) -> frozenset[int]:
    """Give the items on which a result owes a word.

    Those at which nobody has looked; or those of which a laboratory has yet to speak; or all where each has a word.
    """
    return case.unseen or case.awaited or case.due


def correct(case: Case, hand: Hand, result: ExaminationResult, *, reason: str) -> Case:
    """Record another result instead of one's own words, or of the last; what was said stays, and the reason with it.

    It speaks of the same items, and of the goods as they were when they were looked at: it answers no suspicion that came
    after that. Also when the case has opened again; but what takes back what was found, or samples that are awaited, waits for
    a second person, once the case is recorded or awaits a laboratory: nobody lowers alone.

    Raises
    ------
    CaseRefused
        Nothing was recorded yet, no reason is given, or the result is not sound.
    """
    reasoned(reason)
    before = case.spoken_by(hand.person) or case.result
    spoken = {item.item: item for item in (before.items if before else ())}
    sound(case, hand, result, owed=spoken.keys() & set(case.declared))
    after = moved(case, CaseMove.CORRECT, hand)
    if before is None:
        raise CaseRefused(field="state", expected="a case with a result", got=str(case.state))
    said = replace(result, words=f"{result.words}\n[{reason}]".strip())
    said = _on_goods(
        corrected(case, said), {**case.goods, **{number: word.goods for number, word in spoken.items() if word.goods}}
    )
    examined = before.examined()
    first = min(examined.values())
    items = tuple(replace(item, examined_at=examined.get(item.item, first)) for item in said.items)
    said = replace(said, items=items)
    if not (taken := {item.item for item in taken_back(case.words, items)} | taken_out(case.words, said)):
        after = replace(after, results=(*case.results, said))
        if case.state in {CaseState.RECORDED, CaseState.AWAITING}:
            return settled(after, hand.person) if after.awaited or case.awaited else after
        return after
    if case.state not in {CaseState.RECORDED, CaseState.AWAITING}:
        hint = "what was found can be taken back once the order has its result"
        raise CaseRefused(field="finding", expected="a case that is recorded", got=str(case.state), hint=hint)
    return proposed_clearing(case, replace(said, items=said_anew(case.words, items)), taken, reason=reason.strip())


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
    return replace(moved(held(case, hand), CaseMove.RAISE, hand), act=act, overrides=(*case.overrides, override))


def propose_lowering(case: Case, hand: Hand, act: Act | None, *, reason: str, at: datetime) -> Case:
    """Propose to do less than was ordered, or nothing; a second person decides.

    Raises
    ------
    CaseRefused
        The act is not less intrusive, no reason is given, somebody else holds the case, or none is to be done while
        samples are at a laboratory.
    """
    reasoned(reason)
    if act is None:
        nothing_awaited(case)
    elif INTRUSION[act] >= INTRUSION[case.act]:
        raise CaseRefused(field="act", expected=f"an act below {case.act}, or none", got=str(act))
    override = Override(CaseMove.PROPOSE_LOWERING, case.act, act, reason.strip(), hand.person, at)
    after = moved(held(case, hand), CaseMove.PROPOSE_LOWERING, hand)
    return replace(after, overrides=(*case.overrides, override))


def confirm_lowering(case: Case, second: Hand, *, reason: str, at: datetime) -> Case:
    """Agree that less is done, or that a finding is taken back. Nobody lowers alone: the second person is never the first.

    When an act remains, the case waits for it; without one it ends. What is said instead of a finding is recorded.

    Raises
    ------
    CaseRefused
        The second person proposed it himself, nothing was proposed, no reason is given, or other words stand by now than
        those that were to be taken back.
    """
    proposal = proposal_before(case, second)
    reasoned(reason)
    if newer := outrun(case, proposal):
        got = f"a newer word on item {', '.join(map(str, sorted(newer)))}"
        raise CaseRefused(field="state", expected="the words that were to be taken back", got=got, hint="refuse it")
    override = Override(CaseMove.CONFIRM_LOWERING, case.act, proposal.after, reason.strip(), second.person, at)
    after = replace(moved(case, CaseMove.CONFIRM_LOWERING, second), overrides=(*case.overrides, override))
    if proposal.result is not None:
        return settled(replace(after, results=(*case.results, proposal.result)), proposal.by)
    if proposal.after is not None:
        return let_go(replace(after, act=proposal.after))
    nothing_awaited(case)
    return replace(after, holder=None)


def refuse_lowering(case: Case, second: Hand, *, reason: str, at: datetime) -> Case:
    """Refuse a proposal to do less: the act stands, and the case waits; or to take back a finding, which stands.

    Raises
    ------
    CaseRefused
        The second person proposed it himself, nothing was proposed, or no reason is given.
    """
    proposal = proposal_before(case, second)
    reasoned(reason)
    override = Override(CaseMove.REFUSE_LOWERING, proposal.before, proposal.after, reason.strip(), second.person, at)
    after = replace(moved(case, CaseMove.REFUSE_LOWERING, second), overrides=(*case.overrides, override))
    return without(after, proposal)


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
    within(template, hand)
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
    within(case, hand)
    lowered = case.state is CaseState.WAITING and INTRUSION[case.act] < INTRUSION[act]
    if case.state not in FINISHED and not lowered:
        raise CaseRefused(field="act", expected="an act that is not ordered now", got=act.value)
    override = Override(CaseMove.REFER, case.act, act, suspicion.strip(), hand.person, at)
    after = moved(case, CaseMove.REFER, hand)
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
        Digests of the items as they are declared now. A word that does not say on which goods it was given, or what carried
        them, counts as given on those of the case, which were declared until now.
    """
    asked = () if case.suspicions and not case.items else tuple(sorted(set(items) & set(declared)))
    known = tuple(_on_goods(result, case.goods) for result in case.results)
    now = replace(case, declared=tuple(sorted(declared)), items=asked, goods=goods or {}, results=known)
    seen = now.standing if case.state is CaseState.RECORDED else case.due - replaced(case, now)
    more = not now.due <= seen
    if not more and case.state in FINISHED:
        return replace(case, goods=now.goods, results=known)
    now = replace(now, act=max(case.act, act, key=INTRUSION.__getitem__)) if more else now
    if case.state is CaseState.LOWERING and lapses(case, now, more=more):
        return without(now, case.overrides[-1])
    if case.state not in FINISHED:
        return let_go(now) if case.state is CaseState.AWAITING else now
    return replace(now, state=MOVES[case.state, CaseMove.REOPEN], holder=None)


def replaced(before: Case, after: Case) -> frozenset[int]:
    """Give the numbers under which other goods are declared than before, of those that are to be examined."""
    return frozenset(number for number in after.due if other_goods(before.goods.get(number), after.goods.get(number)))


def _on_goods(result: ExaminationResult, goods: Mapping[int, str]) -> ExaminationResult:
    """Have each word of a result say on which goods it was given, and what carried them, where it does not."""
    items = (
        replace(item, goods=told_of_carriage(item.goods, declared) if item.goods else declared)
        for item in result.items
        for declared in (goods.get(item.item),)
    )
    return replace(result, items=tuple(items))


def cancel(case: Case, hand: Hand) -> Case:
    """End a case whose declaration was cancelled.

    Raises
    ------
    CaseRefused
        Samples are at a laboratory, or the case is over.
    """
    nothing_awaited(case)
    return replace(moved(case, CaseMove.CANCEL, hand), holder=None)
