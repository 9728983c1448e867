"""What one proposes and a second decides: of exactly the words that both have seen, and holding up nothing else."""

from collections.abc import Collection
from dataclasses import replace

from darvoza.domain.casework import Case, CaseMove, CaseState, ExaminationResult, Hand, Override
from darvoza.domain.goods_told import other_goods
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.moving import let_go, settled


def split(result: ExaminationResult, taken: Collection[int]) -> tuple[ExaminationResult, ExaminationResult]:
    """Give what a result takes back, by the numbers of the items, and all else that it says."""
    less = tuple(item for item in result.items if item.item in taken)
    more = tuple(item for item in result.items if item.item not in taken)
    return replace(result, items=less), replace(result, items=more)


def proposed_clearing(case: Case, said: ExaminationResult, taken: Collection[int], *, reason: str) -> Case:
    """Propose that words are taken back, which stand until a second person agrees; what else is said is recorded at once."""
    less, more = split(said, taken)
    results = (*case.results, more) if more.items else case.results
    override = Override(
        CaseMove.PROPOSE_CLEARING, case.act, case.act, reason, said.by, said.at, less, known=len(results)
    )
    return replace(case, state=CaseState.LOWERING, results=results, overrides=(*case.overrides, override))


def proposal_before(case: Case, second: Hand) -> Override:
    """Give the proposal that waits for a second person, who must be another than the first.

    Raises
    ------
    CaseRefused
        There is none, it is his own, or other words stand by now than those that it takes back.
    """
    proposal = pending(case)
    if proposal is None:
        raise CaseRefused(field="state", expected="a case whose lowering was proposed", got=str(case.state))
    if proposal.by == second.person:
        raise CaseRefused(
            field="second",
            expected=f"somebody other than {proposal.by}",
            got=second.person,
            hint="nobody lowers a channel alone",
        )
    return proposal


def pending(case: Case) -> Override | None:
    """Give what waits for a second person; ``None`` where nothing does."""
    return case.overrides[-1] if case.state is CaseState.LOWERING and case.overrides else None


def outrun(case: Case, proposal: Override) -> frozenset[int]:
    """Give the items of a proposal on which there is a newer word: who agreed would take back what nobody proposed to.

    Proposals of earlier versions do not say how many results they knew; of those, later ones have a later moment.
    """
    if proposal.result is None:
        return frozenset()
    if proposal.known is not None:
        later = case.results[proposal.known :]
    else:
        later = tuple(result for result in case.results if result.at > proposal.at)
    return frozenset(item.item for result in later for item in result.items) & _items(proposal.result)


def lapses(before: Case, after: Case, *, more: bool) -> bool:
    """Tell whether other goods are declared than those of which a proposal speaks: to do less speaks of all to be examined."""
    if (result := before.overrides[-1].result) is None:
        return more
    return any(other_goods(before.goods.get(item), after.goods.get(item)) for item in _items(result))


def without(case: Case, proposal: Override) -> Case:
    """Let a case stand as if something had not been proposed."""
    return let_go(case) if proposal.result is None else settled(case, proposal.by)


def _items(result: ExaminationResult) -> frozenset[int]:
    return frozenset(item.item for item in result.items)
