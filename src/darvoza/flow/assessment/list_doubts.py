"""What is doubtful in a named list though it can be read: marks of a spreadsheet, of a keyboard, of a wrong date.

A list with a doubt stays in use as it is; whoever checks it is told, with the codes that are meant.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from darvoza.domain.folding import folded_number
from darvoza.domain.named_list import NamedList

SHOWN: Final = 3
"""Most codes named with each doubt."""

_EXPONENT: Final = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]+")
"""A number as a spreadsheet shows it when it is too long: 1.23457E+13."""


def doubts(named: NamedList, day: date) -> Iterator[str]:
    """Tell what is doubtful in a list on a day, one sentence each.

    Examples
    --------
    >>> for doubt in doubts(NamedList("owing", ("AB-1", "ab1", "1.23457E+13")), date(2026, 1, 1)):
    ...     print(doubt)
    1 code is a number as a spreadsheet shortens it, and names nobody: '1.23457E+13'
    2 codes differ in nothing but case, spaces, signs or look-alike letters: 'AB-1' and 'ab1'
    """
    if named.dated is not None and named.dated > day:
        yield f"it is dated {named.dated}, after {day}"
    unusual = [code for code in named.values if not code.isascii()]
    yield from _told(
        filter(_EXPONENT.fullmatch, named.values), "a number as a spreadsheet shortens it, and names nobody"
    )
    yield from _told(filter(_hides_something, unusual), "written with signs that nobody sees")
    yield from _told(filter(_mixes_alphabets, unusual), "written in letters of two alphabets, as one mistakes them")
    yield from _alike(named.values, named.members)


def _told(codes: Iterable[str], what: str) -> Iterator[str]:
    """Tell how many codes are so, and name the first; signs that nobody sees by their numbers."""
    met = list(codes)
    if met:
        more = f" and {len(met) - SHOWN:,} more" if len(met) > SHOWN else ""
        yield f"{_counted(len(met))} {what}: {', '.join(map(ascii, met[:SHOWN]))}{more}"


def _counted(count: int) -> str:
    return "1 code is" if count == 1 else f"{count:,} codes are"


def _hides_something(code: str) -> bool:
    """Tell whether there are signs in a code that are not seen, or a space that is not one."""
    return any(unicodedata.category(sign) == "Cf" or (sign.isspace() and sign != " ") for sign in code)


def _mixes_alphabets(code: str) -> bool:
    """Tell whether a code has letters of Latin and of another alphabet."""
    alphabets = {unicodedata.name(sign, "?").split()[0] for sign in code if sign.isalpha()}
    return "LATIN" in alphabets and len(alphabets) > 1


def _alike(codes: Iterable[str], members: Collection[str]) -> Iterator[str]:
    """Tell which codes people take for the same."""
    by_form: dict[str, list[str]] = {}
    for code in codes:
        if not (code.isascii() and code.isalnum() and code == code.upper()):
            by_form.setdefault(folded_number(code), []).append(code)
    for form, same in by_form.items():  # a plain code is its own form: a million of them need no folding
        if form in members and form not in same:
            same.insert(0, form)
    twins = [same for same in by_form.values() if len(same) > 1]
    if twins:
        named = "; ".join(" and ".join(map(ascii, same[:SHOWN])) for same in twins[:SHOWN])
        more = f"; and {len(twins) - SHOWN:,} more such" if len(twins) > SHOWN else ""
        count = sum(map(len, twins))
        yield f"{count:,} codes differ in nothing but case, spaces, signs or look-alike letters: {named}{more}"
