"""Samples at a laboratory: only its word on them ends the wait, whichever door a word on the goods comes through.

What says something of an item says so too of samples that are awaited of it: nothing, unless it is the laboratory's word. That
it is stands in `analysed`; or it follows from the order, once nothing else is lacking and the word names no samples. An
examination, an amendment, a suspicion, a result of a post that knew of no samples: all leave them awaited. What is found
beside holds the goods by itself; should it be taken back, the samples are awaited as before.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from darvoza.domain.casework import Case, ExaminationResult, ItemResult


def recorded(case: Case, result: ExaminationResult) -> ExaminationResult:
    """Have a result say what it awaits, which somebody records who sees what the order lacks.

    Where that is the word of the laboratory alone, it is what he says of an item of which he names no further samples.
    """
    last = case.awaited if case.at_laboratory else frozenset()
    told = (_of_all(case, item) if item.item in last and not item.samples else item for item in result.items)
    return carried(case, replace(result, items=tuple(told)))


def _of_all(case: Case, item: ItemResult) -> ItemResult:
    return replace(item, analysed=item.analysed or case.words[item.item].awaited)


def carried(case: Case, result: ExaminationResult) -> ExaminationResult:
    """Have a result leave awaited what is awaited, but for samples of which it says that it is the laboratory's word."""
    words, changed = case.words, case.changed
    return replace(
        result,
        items=tuple(_carried(words.get(item.item), item, same=item.item not in changed) for item in result.items),
    )


def _carried(before: ItemResult | None, item: ItemResult, *, same: bool) -> ItemResult:
    """Give a word with what is awaited after it; of the same goods, with the samples that were taken of them before."""
    if before is None:
        return replace(item, awaited=_but(item.samples, item.analysed))
    samples = _joined(before.samples if same and before.awaited else (), item.samples)
    return replace(item, samples=samples, awaited=_but(_joined(before.awaited, item.samples), item.analysed))


def corrected(case: Case, result: ExaminationResult) -> ExaminationResult:
    """Have a correction say what it awaits: what the word awaited that it corrects, or samples that were forgotten in it.

    A number that was misread is replaced. What a laboratory has spoken of is awaited no more, whatever its number.
    """
    words = case.words
    return replace(result, items=tuple(_corrected(words.get(item.item), item) for item in result.items))


def _corrected(before: ItemResult | None, item: ItemResult) -> ItemResult:
    if before is None:
        return _carried(None, item, same=True)
    if before.samples and not before.awaited:
        return replace(item, awaited=())
    if item.found:  # it holds the goods; should it be taken back, nothing is to be missing
        return replace(item, awaited=_but(_joined(before.awaited, item.samples), item.analysed))
    others = _but(before.awaited, before.samples)  # of goods that were declared under the number before
    known = _but(before.samples, before.awaited)
    return replace(item, awaited=_but(_joined(others, item.samples), (*known, *item.analysed)))


def taken_out(words: Mapping[int, ItemResult], result: ExaminationResult) -> frozenset[int]:
    """Give the items of a correction of which fewer samples are awaited, without a word of the laboratory: that takes two people.

    Examples
    --------
    >>> before = {1: ItemResult(1, samples=("A", "B"), awaited=("A", "B"))}
    >>> moment = datetime(2026, 3, 2)
    >>> [
    ...     set(taken_out(before, ExaminationResult("aida", moment, (ItemResult(1, awaited=numbers),))))
    ...     for numbers in ((), ("A",), ("A", "C"))
    ... ]
    [{1}, {1}, set()]
    """
    return frozenset(item.item for item in result.items if _takes_out(words.get(item.item), item))


def _takes_out(before: ItemResult | None, item: ItemResult) -> bool:
    return before is not None and len(item.awaited) < len(_but(before.awaited, item.analysed))


def analysed_by(case: Case, item: int, moment: datetime) -> tuple[str, ...]:
    """Give the awaited samples of an item that were taken by a moment: what was said before of the goods is of none of them."""
    taken: dict[str, datetime] = {}
    for result in case.results:
        at = result.examined()
        for word in (each for each in result.items if each.item == item):
            taken |= {number: at[item] for number in word.samples if number not in taken}
    awaited = case.words[item].awaited if item in case.words else ()
    return tuple(number for number in awaited if taken.get(number, moment) <= moment)


def _joined(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))


def _but(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(number for number in some if number not in others)
