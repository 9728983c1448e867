"""Container numbers: owner, category, serial number and check digit."""

import re
from typing import Final

from darvoza.domain.folding import folded_letters

FORM: Final = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
_APART: Final = re.compile(r"[\W_]{0,2}".join([*["([A-Z])"] * 3, "([UJZ])", *[r"(\d)"] * 7]))
"""A number with up to two signs that are no letter and no digit between any two of its own."""

_BETWEEN: Final = re.compile(r"[\s,;]+")


def container_check_digit(prefix: str) -> int:
    """Check digit of a container number of four letters and six digits.

    Each letter counts 10 and up, leaving out multiples of 11; each place doubles; the sum modulo 11, ten counting
    as nought.

    References
    ----------
    ISO 6346:2022, Annex A.

    Examples
    --------
    >>> container_check_digit("CSQU305438")
    3
    """
    total = 0
    for place, sign in enumerate(prefix):
        if sign.isdigit():
            worth = int(sign)
        else:
            worth = ord(sign) - ord("A") + 10
            worth += (worth - 1) // 10  # A is 10, B is 12: 11, 22 and 33 are left out
        total += worth << place
    return total % 11 % 10


def is_container_number(number: str) -> bool:
    """Whether a number has the form of a container number and the right check digit; spaces and dashes are passed over.

    References
    ----------
    ISO 6346:2022.

    Examples
    --------
    >>> is_container_number("CSQU 305438-3"), is_container_number("CSQU3054384"), is_container_number("TRUCK 7")
    (True, False, False)
    """
    plain = number.upper().replace(" ", "").replace("-", "")
    return FORM.fullmatch(plain) is not None and container_check_digit(plain[:10]) == int(plain[10])


def containers_in(text: str) -> list[str]:
    """Give what a text names, in order, when a container is among it; the numbers in the form in which they are compared.

    A number is taken out of what is written into and around it: blanks, dashes, the code of a type, a stroke and a counter,
    letters that only look Latin. Digits that go on after a blank are put to no other number, for a torn one is better kept as it is written. One that goes on with more digits, or from a letter or digit, is none, unless its check digit says that
    it has ended, or begun.

    Returns
    -------
    list of str
        Numbers of containers, and the other words of the text; empty when none is a container.

    References
    ----------
    ISO 6346:2022: three letters of the owner, one of the category, six digits and the check digit.

    Examples
    --------
    >>> containers_in("MSCU 123456-6, tghu7654321(22G1) TRUCK7"), containers_in("TRUCK7")
    (['MSCU1234566', 'TGHU7654321', 'TRUCK7'], [])
    >>> containers_in("MSCU1234566MSCU1234565")
    ['MSCU1234566', 'MSCU1234565']
    """
    words = [word for word in _BETWEEN.split(_APART.sub(_joined, folded_letters(text.replace("№", " ")))) if word]
    found = [_numbers(word) for word in words]
    return [name for word, names in zip(words, found, strict=True) for name in names or [word]] if any(found) else []


def container_core(text: str) -> str:
    """Give the number of the container that a text names, in the form in which it is compared; any other text as it is.

    Examples
    --------
    >>> container_core("mscu 123456-6"), container_core("TRUCK 7"), container_core("MSCU1234566, TGHU7654321")
    ('MSCU1234566', 'TRUCK 7', 'MSCU1234566, TGHU7654321')
    """
    found = containers_in(text)
    return found[0] if len(found) == 1 else text


def _joined(found: re.Match[str]) -> str:
    number = "".join(found.groups())
    return number if _begins(found, number) and _ends(found, number) else found[0]


def _ends(found: re.Match[str], number: str) -> bool:
    """Whether a number ends here: one that goes on with more digits is put together of others unless its check digit is right."""
    return not found.string[found.end() : found.end() + 1].isdigit() or container_check_digit(number[:10]) == int(
        number[10]
    )


def _begins(found: re.Match[str], number: str) -> bool:
    """Whether a number begins here: what goes on from a letter or digit is one by its check digit only."""
    before = found.string[max(found.start() - 1, 0) : found.start()]
    return not before.isalnum() or container_check_digit(number[:10]) == int(number[10])


def _numbers(part: str) -> list[str]:
    """Find the numbers of containers in a word; one that follows another begins there."""
    numbers, ended = list[str](), -1
    for found in FORM.finditer(part):
        number = found[0]
        begins = found.start() == ended or not part[max(found.start() - 1, 0) : found.start()].isalnum()
        ends = not part[found.end() : found.end() + 1].isdigit()
        if (begins and ends) or container_check_digit(number[:10]) == int(number[10]):
            numbers.append(number)
            ended = found.end()
    return numbers
