"""Fields of the forms of the desk: what people write is read as they mean it, and what cannot be read is answered with how to write it."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from babel.core import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from darvoza.domain.fields import NO_CHAPTER
from darvoza.office.shell.readable import readable_part
from darvoza.office.shell.templatetags.darvoza import locale, number

_GROUPS = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
COUNTRIES = (
    frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - _GROUPS
)
"""Codes of countries, without the groups and the placeholders that stand beside them."""

EXAMPLE: Final = Decimal("1234.5")
_GROUPED: Final = {sign: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(sign)}[0-9]{{3}})+") for sign in ",."}
_DIGITS: Final = re.compile(r"[0-9]+")
_PLAIN: Final = re.compile(r"[0-9]+|[0-9]*[.,][0-9]+")
_BETWEEN: Final = re.compile(r"[\s,;]+")
_NO_DIGIT: Final = re.compile(r"[\s.\-]+")

NOT_IN_A_CHAPTER: Final = _("No goods stand in chapter 00: a commodity code begins with 01 to 99, such as 3808.91.")
"""What is said of a code under which no goods stand."""


class Country(forms.CharField):
    """A country of origin, of those with a code of ISO 3166-1: its code, or its name in English, Russian or the language of the page."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - so Django does it
        """Read the code, in capitals; for a name, that of the country."""
        text = (super().to_python(value) or "").strip()
        named = (_names(each).get(text.casefold()) for each in ("en", "ru", locale().language))
        return next(filter(None, named), text.upper())

    def validate(self, value: str) -> None:
        """Refuse what is no country."""
        super().validate(value)
        if value and value not in COUNTRIES:
            told = {"got": value}
            raise forms.ValidationError(
                _("“%(got)s” is no country's code of two letters, such as CN, nor its name."),
                code="invalid",
                params=told,
            )


@cache
def _names(language: str) -> Mapping[str, str]:
    """Give the codes of countries by their names in a language."""
    named = Locale(language).territories.items()
    return {str(name).casefold(): str(code) for code, name in named if str(code) in COUNTRIES}


class Amount(forms.DecimalField):
    """A number as people and pages write it: with a point or a comma before its fraction, with thousands apart or not."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # noqa: ANN401 - so Django does it
        """Read the number."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        read = number_in(value, thousands=str(locale().number_symbols["latn"]["group"]))
        if read is None:
            told = {"example": number(EXAMPLE, 1)}
            raise forms.ValidationError(
                _("Enter a number in digits, such as %(example)s."), code="invalid", params=told
            )
        return forms.DecimalField.to_python(self, Decimal(read))


def number_in(text: str, *, thousands: str) -> str | None:
    """Give a number that somebody wrote, with a point before its fraction and nothing between its thousands.

    Parameters
    ----------
    text
        What was written.
    thousands
        What the page writes between thousands: where it is a comma, ``1,234`` is as much as a page says with it.

    Returns
    -------
    str | None
        The number; nothing where it cannot be told what it is.

    Examples
    --------
    >>> [number_in(each, thousands=",") for each in ("1,234.5", "44,5", "1,234", "1 234", "0,125", "-3")]
    ['1234.5', '44.5', '1234', '1234', '0.125', '-3']
    >>> [number_in(each, thousands=" ") for each in ("1,234", "1 234,5", "1.234.567", "1.234,5")]
    ['1.234', '1234.5', '1234567', '1234.5']
    >>> [number_in(each, thousands=",") for each in ("1e5", "1,23,4", "1,2345.6", "NaN", "1.2.3", "1234,567.8")]
    [None, None, None, None, None, None]
    """
    written = "".join(text.split())
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    for between, point in ((",", "."), (".", ",")):
        whole, pointed, fraction = digits.partition(point)
        alone = between == thousands or whole.count(between) > 1
        if _GROUPED[between].fullmatch(whole) and (_DIGITS.fullmatch(fraction) if pointed else alone):
            return sign + whole.replace(between, "") + (f".{fraction}" if pointed else "")
    return sign + digits.replace(",", ".") if _PLAIN.fullmatch(digits) else None


class CommodityCode(forms.CharField):
    """A commodity code of six to ten digits, with points, spaces or hyphens between them or not."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - as above
        """Read the digits."""
        return _NO_DIGIT.sub("", super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse what is no code."""
        super().validate(value)
        if value and not re.fullmatch(r"[0-9]{6,10}", value):
            raise forms.ValidationError(_("A commodity code has 6 to 10 digits, such as 3808.91."), code="invalid")
        if value.startswith(NO_CHAPTER):
            raise forms.ValidationError(NOT_IN_A_CHAPTER, code="chapter")


class Samples(forms.CharField):
    """Numbers of samples, with spaces, commas or semicolons between; they come with one space between."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - as above
        """Read the numbers."""
        return " ".join(filter(None, _BETWEEN.split(readable_part(super().to_python(value) or ""))))

    def validate(self, value: str) -> None:
        """Refuse one that stands there twice, and what has neither letter nor digit."""
        super().validate(value)
        numbers = value.split()
        twice = [each for each, count in Counter(each.casefold() for each in numbers).items() if count > 1]
        if twice:
            told = {"numbers": ", ".join(each for each in dict.fromkeys(numbers) if each.casefold() in twice)}
            raise forms.ValidationError(
                _("Each sample has a number of its own; this one stands here twice: %(numbers)s."),
                code="twice",
                params=told,
            )
        for each in numbers:
            if not any(map(str.isalnum, each)):
                raise forms.ValidationError(
                    _("“%(number)s” is no number of a sample: it has neither letter nor digit."),
                    code="invalid",
                    params={"number": each},
                )


class Words(forms.CharField):
    """What somebody says in his own words: without what cannot be seen, such as signs that turn the order of letters about."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - as above
        """Read what can be read."""
        return readable_part(super().to_python(value) or "").strip()
