"""Which name was meant: the hint that goes with a name that is not known."""

import difflib
import re
from typing import Final

LEAST: Final = 0.3
"""Likeness from which on a name is worth naming."""

_WORD = re.compile(r"[^\W_]+")


def nearest(name: str, names: tuple[str, ...], what: str) -> str:
    """Give the hint that names the nearest of `names`.

    Examples
    --------
    >>> from darvoza.domain.fields import FIELD
    >>> nearest("hs_code", tuple(FIELD), "field")
    "the nearest field is 'hs'"
    """
    folded = {candidate.casefold(): candidate for candidate in names}
    likeness = {candidate: _likeness(name.casefold(), candidate) for candidate in folded}
    best = max(likeness, key=likeness.__getitem__, default=None)
    if best is None or likeness[best] < LEAST:
        return f"there is no {what} like it"
    return f"the nearest {what} is {folded[best]!r}"


def _likeness(name: str, candidate: str) -> float:
    """Tell how like two names are, from 0 to 2: letters in common, and whole words, which say more in short names."""
    words = set(_WORD.findall(name))
    shared = len(words & set(_WORD.findall(candidate))) / max(len(words), 1)
    return difflib.SequenceMatcher(None, candidate, name).ratio() + shared
