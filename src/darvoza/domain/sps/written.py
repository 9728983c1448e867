"""Numbers and statements as people write them, and as they are compared."""

import unicodedata
from typing import Final

LOOK_ALIKE: Final = dict(zip("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX", strict=True))
"""Cyrillic and Greek capitals that nobody tells from Latin ones on paper."""

_LATIN: Final = str.maketrans(LOOK_ALIKE)

OPENED, CLOSED = "«", "»"
"""What a statement stands between where several stand in one text."""


def folded_number(text: str) -> str:
    """Give a number, or the code of a place, as it is compared: letters and digits, capitals, look-alikes the same.

    Examples
    --------
    >>> folded_number("uz 17/0031-a") == folded_number("UZ17-0031A") == folded_number("UZ 17/0031-А")  # the last in Cyrillic
    True
    """
    capitals = text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).upper().translate(_LATIN)
    return "".join(sign for sign in capitals if sign.isalnum())


def folded_statement(text: str) -> str:
    """Give a statement as it is compared: without case, breaks of lines and a last full stop.

    Examples
    --------
    >>> folded_statement("Free from  Capnodis.") == folded_statement("free from capnodis") != folded_statement("not free from capnodis")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" .;")


def quoted_statement(text: str) -> str:
    """Put a statement between marks that none holds itself: what stands between them is the whole of it.

    Examples
    --------
    >>> quoted_statement("Free from  Capnodis.")
    '«Free from Capnodis»'
    """
    plain = " ".join(text.replace(OPENED, '"').replace(CLOSED, '"').split())
    return f"{OPENED}{plain.rstrip(' .;')}{CLOSED}"
