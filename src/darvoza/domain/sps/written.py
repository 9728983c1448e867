"""Statements of certificates as people write them, and as they are compared."""

import unicodedata

OPENED, CLOSED = "«", "»"
"""What a statement stands between where several stand in one text."""


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
