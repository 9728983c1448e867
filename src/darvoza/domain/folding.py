"""Codes as people type them, in the one form in which they are compared: numbers, plates, regions, establishments."""

import re
import unicodedata
from typing import Final

LOOK_ALIKE: Final = dict(zip("АВЕКМНОРСТУХІЈЅҮҰҺӀԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSYYHIQWABEZHIKMNOPTYX", strict=True))
"""Cyrillic capitals, those of Kazakh, Kyrgyz and the Caucasus among them, and Greek ones that nobody tells from Latin ones on paper."""

BETWEEN_PLATES: Final = re.compile(r"[/;,+|\\]")
"""What stands between the plates of a tractor and its trailer in one field; a plate itself may hold blanks and strokes."""

_LATIN: Final = str.maketrans(LOOK_ALIKE)


def folded_letters(text: str) -> str:
    """Give a text in capitals, wide forms as usual ones and look-alikes as Latin letters.

    Examples
    --------
    >>> folded_letters("tghu 1, ТGНU 1")  # the second with two letters that are Cyrillic
    'TGHU 1, TGHU 1'
    """
    return text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).upper().translate(_LATIN)


def folded_trader(text: str) -> str:
    """Give the identifier of a trader as it is compared, and as it is kept of a declaration; one without a letter or digit stays.

    Examples
    --------
    >>> folded_trader(" bad-1"), folded_trader("ВАD1"), folded_trader("?")  # the second begins with two Cyrillic letters
    ('BAD1', 'BAD1', '?')
    """
    return text if is_folded(text) else folded_number(text) or text


def is_folded(text: str) -> bool:
    """Whether nothing but Latin capitals and digits is in a text, so that folding leaves it as it is."""
    return text.isascii() and text.isalnum() and text == text.upper()


def folded_number(text: str) -> str:
    """Give a number, or the code of a place, as it is compared: letters and digits, capitals, look-alikes the same.

    Examples
    --------
    >>> folded_number("uz 17/0031-a") == folded_number("UZ17-0031A") == folded_number("UZ 17/0031-А")  # the last in Cyrillic
    True
    """
    return "".join(sign for sign in folded_letters(text) if sign.isalnum())


_ROMAN: Final = {
    **dict(zip("АБВГДЕЁЗИЙІКЛМНОПРСТУФЦЫЭ", [*"ABVGDEEZIIIKLMNOPRSTUF", "TS", "Y", "E"], strict=True)),
    "Ж": "ZH",
    "Х": "KH",
    "Ч": "CH",
    "Ш": "SH",
    "Щ": "SHCH",
    "Ъ": "IE",
    "Ь": "",
    "Ю": "IU",
    "Я": "IA",
    **dict(zip("ӘҒҚҢӨҰҮҺҲҶӢӮЎ", "AGKNOUUHHJIUU", strict=True)),
}
"""Cyrillic capitals as passports write them (ICAO Doc 9303-3, section 6 B); further letters of Central Asia by the nearest."""

_WRITTEN: Final = str.maketrans({**_ROMAN, "Y": "I", "J": "I"})


def folded_name(text: str) -> str:
    """Give a name or address as it is compared: in Latin capitals, whatever the order of its words; empty where it says none.

    Initials are not the names they stand for, and an abbreviation is not the word.

    References
    ----------
    ICAO Doc 9303, part 3, section 6 B (transliteration of Cyrillic characters).

    Examples
    --------
    >>> folded_name("Иванов И.И.") == folded_name("I. I. IVANOV") == folded_name("иванов и и")
    True
    >>> folded_name("Юсупова, Юлия") == folded_name("Yuliya Yusupova")
    True
    """
    capitals = unicodedata.normalize("NFKC", text).upper().translate(_WRITTEN).translate(_WRITTEN)
    plain = (sign for sign in unicodedata.normalize("NFKD", capitals) if not unicodedata.combining(sign))
    return " ".join(sorted("".join(sign if sign.isalnum() else " " for sign in plain).split()))


DIGITS_OF_A_LINE: Final = 9
"""So many last digits tell one telephone from another, with whatever code of the country or trunk before them: a choice."""


def folded_phone(text: str) -> str:
    """Give a telephone number as it is compared: its last digits; empty where it has none.

    Examples
    --------
    >>> folded_phone("+996 555 123456") == folded_phone("0555-12-34-56") == folded_phone("996555123456")
    True
    """
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdecimal())
    return digits[-DIGITS_OF_A_LINE:]
