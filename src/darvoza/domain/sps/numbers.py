"""Numbers of regions and establishments in the one form in which they are compared."""

from typing import Final

LOOK_ALIKES: Final = str.maketrans("АВЕЅІЈКМНОРСТХУ", "ABESIJKMHOPCTXY")
"""Cyrillic capitals → the Latin ones that look the same: numbers are typed with either."""


def comparable(number: str) -> str:
    """Give a number as it is compared: letters and digits, capitals, Latin where a Cyrillic one looks the same.

    Examples
    --------
    >>> {comparable(each) for each in ("PK-2", "pk 2", "PK2", "РК-2")}
    {'PK2'}
    """
    return "".join(sign for sign in number.upper() if sign.isalnum()).translate(LOOK_ALIKES)
