"""Codes that could never occur: of another list, of other digits, of letters of two scripts that look alike.

A sentence with such a code is no error of form, and it would match nothing for ever, in silence.
"""

import difflib
import unicodedata
from typing import Final, NamedTuple

from darvoza.domain.facts import FACT, FactType
from darvoza.domain.facts.vocabularies import DIGITS, VOCABULARY

_LOOKS_LIKE: Final = str.maketrans(
    "АВЕКМНОРСТУХІЈЅЗаеорсухіјѕΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "ABEKMHOPCTYXIJS3aeopcyxijsABEHIKMNOPTYXZ"
)
"""Letters of other alphabets that look like one of the Latin alphabet, and that letter."""


class Strange(NamedTuple):
    """Why a code can never occur: what was expected, and what to do."""

    expected: str
    hint: str | None


def strange(fact: str, code: str, *, prefix: bool = False) -> Strange | None:
    """Tell why a code can never be a value of a fact; ``None`` when it may be.

    Parameters
    ----------
    prefix
        Whether the code is the beginning of a commodity code.

    Examples
    --------
    >>> strange("origin", "СN")  # the first letter is Cyrillic
    Strange(expected='a country of ISO 3166-1', hint='did you mean CN?')
    >>> strange("weekday", "monday")
    Strange(expected='one of mon, tue, wed, thu, fri, sat, sun', hint='did you mean mon?')
    >>> strange("hs", "8703")
    Strange(expected='6 to 10 digits', hint='write starts with 8703')
    >>> strange("hs", "8703", prefix=True), strange("importer", "ИП-7")
    (None, None)
    """
    if FACT[fact].type is FactType.HS:
        return _digits(fact, code, prefix=prefix)
    known = VOCABULARY.get(fact)
    if known is None:
        return Strange("letters of one alphabet", meant(latin(code))) if mixes_alphabets(code) else None
    if code in known:
        return None
    if FACT[fact].unit == "ISO 3166-1":
        expected = "a country of ISO 3166-1"
    elif FACT[fact].unit == "ISO 4217":
        expected = "a currency of ISO 4217"
    else:
        expected = f"one of {', '.join(known)}"
    return Strange(expected, _nearest(code, tuple(known)))


def _digits(fact: str, code: str, *, prefix: bool) -> Strange | None:
    fewest, most = DIGITS[fact]
    if (1 if prefix else fewest) <= len(code) <= most:
        return None
    if prefix:
        return Strange(f"at most {most} digits", None)
    wanted = f"{fewest} digits" if fewest == most else f"{fewest} to {most} digits"
    return Strange(wanted, f"write starts with {code}" if len(code) < fewest else None)


def _nearest(code: str, known: tuple[str, ...]) -> str | None:
    """Suggest what was meant: the same letters in another alphabet or case, or what is spelled nearly so."""
    spelled = latin(code)
    for each in (spelled, spelled.upper(), spelled.lower()):
        if each in known:
            return meant(each)
    close = [each for each in known if len(each) > 1 and spelled.lower().startswith(each.lower())]
    close = close or difflib.get_close_matches(spelled, [each for each in known if len(each) > 2], n=1)
    return meant(close[0]) if close else None


def meant(text: str) -> str:
    """Give a suggestion as errors make it."""
    return f"did you mean {text}?"


def latin(text: str) -> str:
    """Write a text with the letters of the Latin alphabet that its letters look like.

    Examples
    --------
    >>> latin("СN"), latin("ТЕСТ-1")
    ('CN', 'TECT-1')
    """
    return text.translate(_LOOKS_LIKE)


def mixes_alphabets(code: str) -> bool:
    """Tell whether Latin letters stand in a code beside letters of another alphabet.

    Examples
    --------
    >>> mixes_alphabets("СN"), mixes_alphabets("ИП-7"), mixes_alphabets("CN-7")
    (True, False, False)
    """
    if code.isascii():
        return False
    alphabets = {unicodedata.name(sign, "").partition(" ")[0] for sign in code if sign.isalpha()}
    return "LATIN" in alphabets and len(alphabets) > 1


def looks_latin(code: str) -> bool:
    """Tell whether a name that people type cannot be told from one of other letters by looking at it.

    Examples
    --------
    >>> looks_latin("ТЕСТ-1"), looks_latin("ТEST-1"), looks_latin("ПРОФИЛЬ-1"), looks_latin("TEST-1")
    (True, True, False, False)
    """
    return not code.isascii() and (latin(code).isascii() or mixes_alphabets(code))
