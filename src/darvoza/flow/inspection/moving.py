"""What every move of a case has in common: whose case it is, what may follow, and in whose hands it is then."""

from dataclasses import replace

from darvoza.domain.casework import MOVES, Case, CaseMove, CaseState, Hand
from darvoza.errors import CaseRefused


def moved(case: Case, move: CaseMove, hand: Hand) -> Case:
    """Make a move that the table has, for somebody whose case it is.

    Raises
    ------
    CaseRefused
        The table does not have it, or the case is not within the agency and posts of the person.
    """
    within(case, hand)
    state = MOVES.get((case.state, move))
    if state is None:
        fits = " or ".join(sorted(before for before, possible in MOVES if possible is move))
        hint = (
            f"{case.holder} holds it" if case.state is CaseState.CLAIMED and case.holder else "look at the order again"
        )
        raise CaseRefused(field="state", expected=f"a case that is {fits}", got=str(case.state), hint=hint)
    return replace(case, state=state)


def within(case: Case, hand: Hand) -> None:
    """Refuse what is not of the agency and posts of a person.

    Raises
    ------
    CaseRefused
        It is not.
    """
    if hand.agency is not case.agency:
        raise CaseRefused(field="agency", expected=f"a case of {hand.agency}", got=str(case.agency))
    if not hand.reaches(case):
        raise CaseRefused(field="post", expected=f"a case at {', '.join(sorted(hand.posts))}", got=case.post)


def held(case: Case, hand: Hand) -> Case:
    """Refuse what somebody else holds.

    Raises
    ------
    CaseRefused
        Somebody does.
    """
    if case.state is CaseState.CLAIMED and case.holder != hand.person:
        raise CaseRefused(field="holder", expected=f"a case that {hand.person} holds", got=case.holder)
    return case


def nothing_awaited(case: Case) -> None:
    """Refuse to end a case of which samples are at a laboratory: its word would have nowhere to go.

    Raises
    ------
    CaseRefused
        Some are.
    """
    if case.awaited:
        numbers = ", ".join(number for item in sorted(case.awaited) for number in case.words[item].awaited)
        hint = "record what the laboratory says; that samples were not taken is a correction, to which two agree"
        raise CaseRefused(field="samples", expected="no sample at a laboratory", got=numbers, hint=hint)


def settled(case: Case, by: str) -> Case:
    """Let a case be recorded where it lacks no word, by whoever holds it or spoke last; or let it wait."""
    return let_go(case) if case.lacking else replace(case, state=CaseState.RECORDED, holder=case.holder or by)


def let_go(case: Case) -> Case:
    """Let a case wait in nobody's hands: for the laboratory where it lacks nothing else, or for an officer."""
    return replace(case, state=CaseState.AWAITING if case.at_laboratory else CaseState.WAITING, holder=None)
