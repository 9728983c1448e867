"""Facts about the description: how long it is, and how much of it says something."""

import re
from collections.abc import Collection, Sequence, Set
from typing import Final

import polars as pl

from darvoza.flow.enrichment.different import of_different

FACTS = {"description_length": pl.Int64(), "description_words": pl.Int64(), "description_vagueness": pl.Float64()}
"""The facts about the description, and their types."""

SHORTEST: Final = 3
"""Letters that a word has at least if it can say something; numbers and article codes are no words."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def word_facts(descriptions: pl.Series, vague: Collection[str]) -> pl.DataFrame:
    """Give length, number of telling words, and vagueness; unknown without a description.

    Parameters
    ----------
    descriptions
        As declared.
    vague
        Words in small letters that say little about goods.
    """
    little = frozenset(vague)
    return of_different(descriptions, lambda text: _said(text, little), FACTS)


def words_said(
    descriptions: Sequence[str | None], vague: Collection[str]
) -> list[tuple[int, int, float] | tuple[None, None, None]]:
    """Say the same of few descriptions, one by one."""
    little = frozenset(vague)
    return [(None, None, None) if text is None else _said(text, little) for text in descriptions]


def _said(text: str, vague: Set[str]) -> tuple[int, int, float]:
    words = words_of(text)
    if not words:
        return len(text), 0, 1.0
    telling = len(words - vague)
    return len(text), telling, 1 - telling / len(words)


def words_of(text: str) -> set[str]:
    """Give the different words of a text, in small letters.

    Examples
    --------
    >>> sorted(words_of("Ёлочные игрушки, 12 шт., ёлочные; H₂O"))
    ['елочные', 'игрушки']
    """
    words = set(_WORD.findall(text.lower().replace("ё", "е")))
    if "".join(words).isalpha():
        return words
    # signs such as ² are neither letters nor digits to the pattern
    parts = "".join(sign if sign.isalpha() else " " for word in words for sign in (*word, " ")).split()
    return {part for part in parts if len(part) >= SHORTEST}
