"""Several codes in one value: as a text, in which blanks, commas and semicolons stand between them, or as a list.

An element of a list is split no more where numbers may be written with blanks in them. Containers are told by the core of
their number, whatever stands in and around it: what is compared must not depend on how it is typed.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import polars as pl

from darvoza.domain.containers import containers_in

NUMBERS: Final = frozenset({"seal_ids", "document_numbers"})
"""Fields whose codes may be written with blanks in them, where they come as a list; and so may containers."""

BETWEEN: Final = r"[\s,;]+"
MARK: Final = "\ufdd0"
"""Stands before each element of a list whose elements hold blanks; no text has this sign, for it is no character."""

_BOX = "[A-Z]{3}[UJZ][0-9]{7}"
_BOXES: Final = f"^{_BOX}(?:{BETWEEN}{_BOX})*$"


def list_text(codes: Sequence[str | None]) -> str:
    """Write a list of codes as the text that is split into the same codes again: no two elements become one container.

    Examples
    --------
    >>> list_text(["851", "911"]), split_codes("seal_ids", pl.Series([list_text(["UZ 17", "8"])])).to_list()
    ('851 911', [['UZ 17', '8']])
    >>> split_codes("container_ids", pl.Series([list_text(["MSCU123456", "6TGHU7654321", "TGHU7654321"])])).to_list()
    [['MSCU123456', '6TGHU7654321', 'TGHU7654321']]
    """
    given = [code for code in codes if code is not None]
    whole = not any(re.search(BETWEEN, code.strip()) for code in given) and not (
        len(given) > 1 and _joins(tuple(given))
    )
    return " ".join(given) if whole else "".join(f"{MARK}{code}" for code in given)


@lru_cache(maxsize=4096)
def _joins(codes: tuple[str, ...]) -> bool:
    """Tell whether codes, written one after the other, name other containers than each by itself: torn, they prove nothing."""
    together = containers_in(" ".join(codes))
    return bool(together) and together != [name for code in codes for name in containers_in(code) or [code]]


def split_codes(name: str, text: pl.Series) -> pl.Series:
    """Split the values of a field; nothing at all says that there are none.

    Examples
    --------
    >>> split_codes("container_ids", pl.Series(["MSCU 123456-6/1, tghu7654321", "TRUCK7", None])).to_list()
    [['MSCU1234566', 'TGHU7654321'], ['TRUCK7'], []]
    """
    if name == "container_ids":
        if not text.str.contains(_BOXES).all():
            return pl.Series(text.name, [_boxes(each or "") for each in text.to_list()], dtype=pl.List(pl.String))
        return text.str.replace_all(BETWEEN, " ").str.split(" ").list.unique(maintain_order=True).fill_null([])
    listed = text.str.starts_with(MARK).fill_null(value=False)
    if name in NUMBERS and listed.any():
        return pl.Series(text.name, [_elements(each or "") for each in text.to_list()], dtype=pl.List(pl.String))
    spaced = text.str.replace_all(f"[{MARK}\\s,;]+", " ").str.strip_chars()
    return spaced.set(spaced == "", None).str.split(" ").fill_null([])


def unless(silent: pl.Series, codes: pl.Series) -> pl.Series:
    """Leave codes unknown where nothing was said of them: that there are none is something else.

    Examples
    --------
    >>> unless(pl.Series([True, False]), pl.Series("seal_ids", [[], []], dtype=pl.List(pl.String))).to_list()
    [None, []]
    """
    return pl.select(pl.when(~silent).then(codes).alias(codes.name)).to_series()


def _elements(text: str) -> list[str]:
    """Give the elements of a list, or the codes of a text."""
    parts = text.split(MARK) if text.startswith(MARK) else re.split(BETWEEN, text)
    return [part.strip() for part in parts if part.strip()]


@lru_cache(maxsize=1024)
def _boxes(text: str) -> list[str]:
    """Give the containers of a list or text, each once; what is no number of one is an element, or a word."""
    found: list[str] = []
    for part in _elements(text) if text.startswith(MARK) else [text]:
        found += containers_in(part) or ([part] if text.startswith(MARK) else _elements(part))
    return list(dict.fromkeys(found))
