"""Container numbers: owner, category, serial number and check digit."""

import re
from typing import Final

FORM: Final = re.compile(r"[A-Z]{3}[UJZ]\d{7}")


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
