"""Codes as people type them, in the one form in which they are compared: numbers, plates, regions, establishments."""

import unicodedata
from typing import Final

LOOK_ALIKE: Final = dict(zip("АВЕКМНОРСТУХІЈЅҮҰҺӀԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSYYHIQWABEZHIKMNOPTYX", strict=True))
"""Cyrillic capitals, those of Kazakh, Kyrgyz and the Caucasus among them, and Greek ones that nobody tells from Latin ones on paper."""

_LATIN: Final = str.maketrans(LOOK_ALIKE)


def folded_number(text: str) -> str:
    """Give a number, or the code of a place, as it is compared: letters and digits, capitals, look-alikes the same.

    Examples
    --------
    >>> folded_number("uz 17/0031-a") == folded_number("UZ17-0031A") == folded_number("UZ 17/0031-А")  # the last in Cyrillic
    True
    """
    capitals = text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).upper().translate(_LATIN)
    return "".join(sign for sign in capitals if sign.isalnum())
