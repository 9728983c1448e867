"""Texts folded to one form, so that case, accents and spacing never decide a match."""

import unicodedata
from functools import lru_cache
from typing import Final

REMEMBERED: Final = 16_384
"""Texts that are remembered folded."""


def folded(text: str) -> str:
    """Fold a text: no case, no combining marks, compatibility forms unified, white space collapsed.

    Marks are removed in every script. In Cyrillic, ё folds to е and й folds to и: declarations are typed with and
    without them, and a profile must find both.

    Examples
    --------
    >>> folded("  Легковой   АВТОМОБИЛЬ, подЪёмный "), folded("Café ﬁne")
    ('легковои автомобиль, подъемныи', 'cafe fine')
    """
    return " ".join(text.lower().split()) if text.isascii() else _folded(text)


@lru_cache(maxsize=REMEMBERED)
def _folded(text: str) -> str:
    """Fold a text with other letters than those of ASCII; descriptions of goods repeat."""
    # Case folding can bring new marks in and decomposition new capitals, hence twice.
    once = unicodedata.normalize("NFKD", text).casefold()
    twice = unicodedata.normalize("NFKD", once).casefold()
    return " ".join("".join(sign for sign in twice if not unicodedata.combining(sign)).split())
