"""Words on goods of which samples are at a laboratory: nothing found so far is not that nothing was found."""

from dataclasses import replace

from darvoza.domain.casework import Case, ExaminationResult, ItemResult


def recorded(case: Case, result: ExaminationResult) -> ExaminationResult:
    """Have a result say what it awaits: samples of goods on which nothing was found, but for those that were awaited before.

    The next word on goods whose samples were awaited is what the laboratory says; it is of the same samples, where it
    names none.
    """
    words, awaited = case.words, case.awaited
    return replace(
        result,
        items=tuple(
            replace(item, samples=item.samples or words[item.item].samples, awaited=())
            if item.item in awaited
            else replace(item, awaited=() if item.found else item.samples)
            for item in result.items
        ),
    )


def corrected(case: Case, result: ExaminationResult) -> ExaminationResult:
    """Have a correction say what it awaits: what the word awaited that it corrects, or samples that were forgotten in it."""
    words = case.words
    return replace(result, items=tuple(_corrected(words.get(item.item), item) for item in result.items))


def _corrected(before: ItemResult | None, item: ItemResult) -> ItemResult:
    known = before is not None and (before.found or (before.samples and not before.awaited))
    return replace(item, awaited=() if item.found or known else item.samples)
