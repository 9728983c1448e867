"""What a post without a line found, told of a case that went on without it: nothing is lost, and nothing is lowered by one.

A post knows neither of samples that were taken elsewhere, nor of words that came after its bundle. So its word is never that of
a laboratory, what it takes back is proposed, and what was proposed of goods of which it says more lapses.
"""

from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from darvoza.domain.casework import Case, ExaminationResult, ItemResult, Override
from darvoza.flow.inspection.awaiting import carried
from darvoza.flow.inspection.moving import settled
from darvoza.flow.inspection.proposals import outrun, pending, proposed_clearing
from darvoza.flow.inspection.soundness import taken_back


class Became(StrEnum):
    """What became of a proposal on which nobody had decided when a result came."""

    TOGETHER = "together"  # the same person takes back more: that is decided with it
    REPLACED = "replaced"  # another person takes something back, and nobody can decide on two
    LAPSED = "lapsed"  # there is a newer word on what it takes back
    WAITS = "waits"
    OVER = "over"  # to do less, where all is done


class Returned(NamedTuple):
    """A case after a result of a post.

    Attributes
    ----------
    case
        As it stands now.
    taken
        The items of which the result takes a finding back: proposed, not recorded.
    proposal
        What nobody had decided on, where there was anything, and what became of it.
    """

    case: Case
    taken: tuple[ItemResult, ...]
    proposal: Override | None
    became: Became | None


def returned(case: Case, result: ExaminationResult, *, reason: str) -> Returned:
    """Give a case after a result that a post brings back.

    Parameters
    ----------
    reason
        Why a finding is taken back, where the result does.
    """
    said, before = carried(case, result), pending(case)
    if taken := tuple(taken_back(case.words, said.items)):
        return _proposed(case, said, taken, before=before, reason=reason)
    after = replace(case, results=(*case.results, said))
    if before is None:
        return Returned(settled(after, ""), (), None, None)
    if outrun(after, before):
        return Returned(settled(after, ""), (), before, Became.LAPSED)
    if before.result is not None or after.lacking:
        return Returned(after, (), before, Became.WAITS)
    return Returned(settled(after, ""), (), before, Became.OVER)


def _proposed(
    case: Case, said: ExaminationResult, taken: tuple[ItemResult, ...], *, before: Override | None, reason: str
) -> Returned:
    """Propose what a result takes back, with what the same person proposed before; record all else at once."""
    less, became = {item.item for item in taken}, None if before is None else Became.REPLACED
    if before is not None and before.result is not None and before.by == said.by:
        said, kept = _with(case, before, said)
        less, became = less | kept, Became.TOGETHER
    return Returned(proposed_clearing(case, said, less, reason=reason), taken, before, became)


def _with(case: Case, before: Override, said: ExaminationResult) -> tuple[ExaminationResult, set[int]]:
    """Give a result with what was proposed before of items on which there is no newer word, and the numbers of those."""
    newer = {item.item for item in said.items} | outrun(case, before)
    first = before.result.items if before.result else ()
    kept = tuple(item for item in first if item.item not in newer)
    words = "\n".join(dict.fromkeys(filter(None, (before.result.words if before.result else "", said.words))))
    items = tuple(sorted((*kept, *said.items), key=lambda item: item.item))
    return replace(said, items=items, words=words), {item.item for item in kept}
