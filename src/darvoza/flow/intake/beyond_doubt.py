"""Values that nobody can read otherwise, taken as they are; the rules of `parsing` decide on all others.

A column is read at a price that hardly depends on its length, and declarations that are lodged one by one have columns of
a few values. Here each value is looked at alone. What is not plainly right is doubted, and then nothing is taken from
here: so no rule is told twice, and nothing is refused here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from darvoza.domain.code_lists import COUNTRIES, CURRENCIES
from darvoza.domain.fields import FIELDS, TRADERS, Field, Kind
from darvoza.domain.folding import folded_trader
from darvoza.flow.intake.parsing import CODES_LIMIT, EARLIEST

Reader = Callable[[object], object]


class Doubt(Exception):
    """A value is to be read by the rules."""


LARGEST = 10**15
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_DIGITS = re.compile(r"[0-9]{1,15}")
_HS = re.compile(r"(?!00)[0-9]{6,10}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-5][0-9])"
)
_CODES = re.compile(r"[^\s,;\x00-\x1f\x7f]+( [^\s,;\x00-\x1f\x7f]+)*")
_BOXES = re.compile(r"(([A-Z]{3}[UJZ][0-9]{7}|[0-9]+)( |$))*")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


def _text(field: Field) -> Reader:
    limit = field.limit

    def read(value: object) -> object:
        if not isinstance(value, str) or (limit is not None and len(value) > limit):
            raise Doubt
        # what can be printed holds no control character, no half of a pair, and no space but the plain one
        if value.isprintable() and value[:1] != " " and value[-1:] != " ":
            return value or None
        if _CONTROL.search(value):
            raise Doubt
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise Doubt from None
        if value[:1].isspace() or value[-1:].isspace():
            raise Doubt
        return value or None

    return read


def _one_of(choices: frozenset[str]) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, str) or value not in choices:
            raise Doubt
        return value

    return read


def _matching(pattern: re.Pattern[str]) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise Doubt
        return value

    return read


def _amount(field: Field) -> Reader:
    """Read amounts, as texts: a column of texts becomes one of decimals at once."""
    low, high, exclusive = field.minimum, field.maximum, field.exclusive
    bounded = high is not None or exclusive or (low is not None and low > 0)

    def read(value: object) -> object:
        if value.__class__ is not str:
            value = _written(value)
        if not isinstance(value, str) or _NUMBER.fullmatch(value) is None:
            raise Doubt
        if bounded:
            number = Decimal(value)
            if low is not None and (number <= low if exclusive else number < low):
                raise Doubt
            if high is not None and number > high:
                raise Doubt
        return value

    return read


def _written(value: object) -> object:
    """Write a number that was not sent as a text."""
    if isinstance(value, float):
        return repr(value)
    return str(value) if type(value) is int and 0 <= value < LARGEST else value


def _integer(field: Field) -> Reader:
    within = _amount(field)

    def read(value: object) -> object:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if type(value) is not int:
            raise Doubt
        within(value)
        return value

    return read


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise Doubt
    if _DAY.fullmatch(value):
        value += "T00:00:00Z"
    if not _MOMENT.fullmatch(value):
        raise Doubt
    try:
        made = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Doubt from None
    if made < EARLIEST:
        raise Doubt
    return made


def _flag(value: object) -> object:
    made = value if isinstance(value, bool) else _FLAGS.get(value) if isinstance(value, str) else None
    if made is None:
        raise Doubt
    return made


def _codes(value: object) -> object:
    """Read codes, as a text with a space between them; an empty one says that there are none."""
    if isinstance(value, list) and all(isinstance(code, str) and " " not in code for code in value):
        text = " ".join(value)
    elif isinstance(value, str):
        text = value
    else:
        raise Doubt
    if (text or value) and (len(text) >= CODES_LIMIT or not text.isascii() or _CODES.fullmatch(text) is None):
        raise Doubt
    if "+" in text:
        raise Doubt
    return text


def _boxes(value: object) -> object:
    """Read containers; whatever stands around a number is taken off by the rules."""
    text = _codes(value)
    if not isinstance(text, str) or _BOXES.fullmatch(text) is None or len(set(text.split())) < len(text.split()):
        raise Doubt
    return text


def _code(field: Field) -> Reader:
    if field.choices:
        return _one_of(frozenset(field.choices))
    text, is_trader, is_reference = _text(field), field.name in TRADERS, field.name == "declaration_id"

    def read(value: object) -> object:
        if isinstance(value, str) and "+" in value:  # it may have become a number in powers of ten
            raise Doubt
        if is_reference and isinstance(value, str) and not value.isascii():
            raise Doubt  # it may look like another
        made = text(value)
        return text(folded_trader(made)) if is_trader and isinstance(made, str) else made

    return read


_MADE: dict[Kind, Callable[[Field], Reader]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.COUNTRY: lambda _: _one_of(frozenset(COUNTRIES)),
    Kind.CURRENCY: lambda _: _one_of(frozenset(CURRENCIES)),
    Kind.HS: lambda _: _matching(_HS),
    Kind.AMOUNT: _amount,
    Kind.INTEGER: _integer,
    Kind.MOMENT: lambda _: _moment,
    Kind.FLAG: lambda _: _flag,
    Kind.CODES: lambda field: _boxes if field.name == "container_ids" else _codes,
}

READERS: Final[Mapping[str, Reader]] = {field.name: _MADE[field.kind](field) for field in FIELDS}
"""Name of a field → what reads a value of it, or raises `Doubt`."""
