"""What a result and a reason must be, and whether a result takes back what another found."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from darvoza.domain.casework import (
    AN_AMOUNT,
    FEWEST_WORDS,
    Case,
    ExaminationResult,
    Hand,
    ItemResult,
    impossible_amounts,
    of_a_finding,
)
from darvoza.domain.codes import Act
from darvoza.domain.fields import NO_CHAPTER, OF_A_CHAPTER
from darvoza.errors import CaseRefused

__all__ = ["FEWEST_WORDS", "reasoned", "said_anew", "sampled", "sound", "taken_back"]


def taken_back(words: Mapping[int, ItemResult], items: Iterable[ItemResult]) -> list[ItemResult]:
    """Give those of some results that take back what was found: that anything was, a seizure, or duty.

    Examples
    --------
    >>> from darvoza.domain.codes import RiskArea
    >>> found = ItemResult(1, (RiskArea.ORIGIN,), seized=True)
    >>> [item.item for item in taken_back({1: found}, [ItemResult(1), ItemResult(2)])]
    [1]
    >>> taken_back({1: found}, [found]), len(taken_back({1: found}, [replace(found, seized=False)]))
    ([], 1)
    """
    return [item for item in items if item.item in words and _says_less(words[item.item], item)]


def _says_less(before: ItemResult, after: ItemResult) -> bool:
    """Tell whether a word takes back what another found."""
    seized, duty = before.seized and not after.seized, before.additional_duty and not after.additional_duty
    return before.found and bool(not after.found or seized or duty)


def said_anew(words: Mapping[int, ItemResult], items: Iterable[ItemResult]) -> tuple[ItemResult, ...]:
    """Give those of some results that say anything else than the words that there are, be it on other goods.

    Examples
    --------
    >>> [item.item for item in said_anew({1: ItemResult(1, goods="ab")}, [ItemResult(1), ItemResult(2)])]
    [2]
    """
    known = {number: _apart(word) for number, word in words.items()}
    return tuple(item for item in items if _apart(item) != known.get(item.item))


def _apart(item: ItemResult) -> ItemResult:
    """Give a word apart from the goods on which it was given, and when they were looked at."""
    return replace(item, goods=None, examined_at=None)


def reasoned(reason: str, field: str = "reason") -> None:
    """Refuse a reason that is none.

    Raises
    ------
    CaseRefused
        It is shorter than `FEWEST_WORDS`.
    """
    if len(reason.strip()) < FEWEST_WORDS:
        raise CaseRefused(field=field, expected=f"at least {FEWEST_WORDS} characters that say why", got=reason)


def sound(case: Case, hand: Hand, result: ExaminationResult, *, owed: Collection[int]) -> None:
    """Check a result against its case, and that it speaks of the items that it owes a word on.

    Raises
    ------
    CaseRefused
        It is someone else's, at no moment, silent of an item, speaks of one twice or of none that there is, or a word cannot be.
    """
    if result.by != hand.person:
        raise CaseRefused(field="by", expected=hand.person, got=result.by)
    if result.at.tzinfo is None:
        raise CaseRefused(field="at", expected="a moment with its time zone", got=result.at)
    numbers = [item.item for item in result.items]
    got = ", ".join(map(str, numbers)) or "none"
    if len(set(numbers)) < len(numbers) or not numbers or not set(owed) <= set(numbers):
        raise CaseRefused(
            field="items", expected=f"one result for each of the items {_listed(owed)}",
            got=got, hint="that nothing was found is a result, too",
        )  # fmt: skip
    if not set(numbers) <= {*case.declared, *case.words}:
        raise CaseRefused(field="items", expected=f"items among {_listed(case.declared)}", got=got)
    for item in result.items:
        _sound_item(item)
        _sound_analysed(case, item)


def sampled(case: Case, result: ExaminationResult) -> None:
    """Refuse an act of sampling that has neither a sample, nor what was found without one, nor why none was taken.

    Goods of which samples were taken before, and that await the laboratory, need no other.

    Raises
    ------
    CaseRefused
        An item that was to be sampled says nothing of it.
    """
    if case.act is not Act.SAMPLING:
        return
    for item in result.items:
        silent = item.item in case.unseen and not (item.samples or item.found)
        if silent and len(item.words.strip()) < FEWEST_WORDS:
            expected = f"the numbers of its samples, or at least {FEWEST_WORDS} characters in its words that say why none was taken"
            raise CaseRefused(field=f"items.{item.item}.samples", expected=expected, got=item.words or "none")


def _sound_analysed(case: Case, item: ItemResult) -> None:
    """Refuse the word of a laboratory on samples that nobody awaits of it."""
    before = case.words.get(item.item)
    awaited = (*(before.awaited if before else ()), *item.samples)
    if strange := [number for number in item.analysed if number not in awaited]:
        expected = f"samples that are awaited: {', '.join(awaited) or 'none is'}"
        raise CaseRefused(field=f"items.{item.item}.analysed", expected=expected, got=", ".join(strange))


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _sound_item(item: ItemResult) -> None:
    for name, amount in impossible_amounts(item).items():
        raise CaseRefused(field=f"items.{item.item}.{name}", expected=AN_AMOUNT, got=str(amount))
    if item.corrected_hs and item.corrected_hs.startswith(NO_CHAPTER):
        raise CaseRefused(field=f"items.{item.item}.corrected_hs", expected=OF_A_CHAPTER, got=item.corrected_hs)
    if not item.areas and (told := of_a_finding(item)):
        raise CaseRefused(
            field=f"items.{item.item}.areas", expected=f"what was found, for there is {', '.join(told)}", got="nothing"
        )
