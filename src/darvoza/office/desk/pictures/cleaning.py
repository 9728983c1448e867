"""The one way in: a photo of any form that is taken, cleaned."""

from collections.abc import Callable, Mapping
from typing import Final

from darvoza.office.desk.pictures.cleaned import Cleaned
from darvoza.office.desk.pictures.jpeg import clean_jpeg
from darvoza.office.desk.pictures.png import clean_png
from darvoza.office.desk.pictures.webp import clean_webp

CLEANERS: Final[Mapping[str, Callable[[bytes], Cleaned]]] = {
    "jpeg": clean_jpeg,
    "png": clean_png,
    "webp": clean_webp,
}


def clean(kind: str, content: bytes) -> Cleaned:
    """Take out of a photo what its camera wrote beside it: where, when, with which device, by whom.

    The picture is not decoded and not coded anew: what is seen of it is what was taken.

    Parameters
    ----------
    kind
        ``jpeg``, ``png`` or ``webp``, as its first bytes say.

    Raises
    ------
    CaseRefused
        When it is not whole, or too large to be looked at.
    """
    return CLEANERS[kind](content)
