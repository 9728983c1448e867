"""From texts to typed columns: what counts as a number, a moment, a code, and what is said when it does not.

One column is converted at a time, and each value that breaks a rule is reported with the first rule it breaks. Typed
columns (Parquet) are first written as plain text, so that one set of rules holds for every form of file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from darvoza.domain.code_lists import COUNTRIES, CURRENCIES
from darvoza.domain.fields import NO_CHAPTER, OF_A_CHAPTER, TRADERS, Field, Kind
from darvoza.domain.folding import folded_trader
from darvoza.errors import InvalidValue
from darvoza.flow.intake.code_texts import MARK, split_codes
from darvoza.flow.intake.typed_columns import as_text, not_given

AMOUNT = pl.Decimal(38, 6)
MOMENT = pl.Datetime("us", "UTC")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
CODES_LIMIT = 4000
DTYPE: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.String(),
    Kind.COUNTRY: pl.String(),
    Kind.CURRENCY: pl.String(),
    Kind.HS: pl.String(),
    Kind.AMOUNT: AMOUNT,
    Kind.INTEGER: pl.Int64(),
    Kind.MOMENT: MOMENT,
    Kind.FLAG: pl.Boolean(),
    Kind.CODES: pl.List(pl.String()),
}
"""The column type of each kind of field."""

UN_MOMENTS = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S", "304": "%Y%m%d%H%M%S%z"}
"""How dates are written by code, UN/EDIFACT code list 2379; of 304 the zone is taken as an offset, as WCO messages write it."""

_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-5][0-9](\.[0-9]{1,6})?)?"
_TYPED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}$"
"""How the moment of a typed cell is written, whatever pattern the texts of its column have."""

_HOURS = ("%H", "%I", "%T", "%R", "%X", "%c")
_SCIENTIFIC = rf"(?:^|[\s,;{MARK}])[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]{{1,3}}(?:$|[\s,;{MARK}])"
_ZONE = r"([Zz]|[+-][0-9]{2}:?[0-9]{2})$"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the values of one column are written; see `darvoza.flow.intake.mapping` for the meaning of each part."""

    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ("",)
    scale: Decimal = Decimal(1)
    moment: str | None = None
    decimal: str = "."
    thousands: str = ""
    digits: tuple[int, ...] = tuple(range(6, 11))
    zone: str = "UTC"
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule and the values of a column that break it.

    Attributes
    ----------
    rule
        The stable name of the rule.
    expected
        What would have been right, in words.
    broken
        Boolean, one per row.
    """

    rule: str
    expected: str
    broken: pl.Series


@dataclass(frozen=True, slots=True)
class Parsed:
    """A converted column (null where missing or faulty) and the faults found."""

    values: pl.Series
    faults: tuple[Fault, ...]


_Faults = list[Fault]


def parse(entry: Field, raw: pl.Series, spelling: Spelling, *, now: datetime | None = None) -> Parsed:
    """Convert one raw column to the kind of a field.

    Parameters
    ----------
    entry
        The field, whose kind and limits are checked.
    raw
        The column as read: texts, or the types of a Parquet file.
    spelling
        How its values are written.
    now
        Moments after it are refused; ``None`` allows them.

    Examples
    --------
    >>> from darvoza.domain.fields import FIELD
    >>> parsed = parse(FIELD["net_mass"], pl.Series(["1,5", "-2", "1_000"]), Spelling(decimal=","))
    >>> parsed.values.to_list()
    [Decimal('1.500000'), None, None]
    >>> [(fault.rule, fault.broken.arg_true().to_list()) for fault in parsed.faults]
    [('not-a-number', [2]), ('below-minimum', [1])]
    """
    text, spelling = _as_text(raw, entry.kind, spelling)
    text = text.str.strip_chars()
    missing, number = spelling.missing, raw.dtype.is_numeric()
    empty = text == "" if missing == ("",) else not_given(text, missing, number=number)
    text = _set_null(text, empty)
    if spelling.codes:
        text = text.replace(list(spelling.codes), list(spelling.codes.values()))
    given = text.is_not_null()
    faults: _Faults = []
    if entry.required:
        _note(faults, "missing", "a value, for the field is required", ~given)
    values = _PARSERS[entry.kind](entry, text, spelling, faults)
    if now is not None and entry.kind is Kind.MOMENT:
        late = values > now.astimezone(UTC)
        _note(faults, "after-now", f"a moment not after {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", late)
        values = _set_null(values, late)
    return Parsed(values.rename(entry.name), tuple(faults))


def parse_one(entry: Field, text: str) -> object:
    """Convert one value, as a constant of a mapping.

    Raises
    ------
    InvalidValue
        The value breaks a rule of the field.
    """
    parsed = parse(entry, pl.Series([text], dtype=pl.String), Spelling())
    if parsed.faults:
        raise InvalidValue(field=entry.name, expected=parsed.faults[0].expected, got=text)
    return parsed.values[0]


def _as_text(raw: pl.Series, kind: Kind, spelling: Spelling) -> tuple[pl.Series, Spelling]:
    """Write a typed column as text, and say how it is spelt then: a number may still be a day by its pattern."""
    dtype = raw.dtype
    if dtype in (pl.String, pl.Null):
        return raw.cast(pl.String), spelling
    text = as_text(raw, AMOUNT if kind is Kind.AMOUNT else None)
    if isinstance(dtype, pl.List):
        return text, spelling
    return text, replace(spelling, decimal=".", thousands="", moment=None if dtype.is_temporal() else spelling.moment)


def _set_null(values: pl.Series, mask: pl.Series) -> pl.Series:
    """Blank out the values under a mask."""
    mask = mask.fill_null(value=False)
    if not mask.any():
        return values
    return pl.select(pl.when(~mask).then(values).alias(values.name)).to_series()


def _note(faults: _Faults, rule: str, expected: str, broken: pl.Series) -> None:
    """Keep a fault when any value breaks the rule."""
    broken = broken.fill_null(value=False)
    if broken.any():
        faults.append(Fault(rule, expected, broken))


def _refuse(faults: _Faults, rule: str, expected: str, *, values: pl.Series, broken: pl.Series) -> pl.Series:
    """Keep a fault and blank out the values that break it."""
    _note(faults, rule, expected, broken)
    return _set_null(values, broken)


def _amount(entry: Field, text: pl.Series, spelling: Spelling, faults: _Faults) -> pl.Series:
    if spelling.thousands == " ":
        text = text.str.replace_all("[\u00a0\u202f\u2009]", " ")  # what looks like the blank, as spreadsheets write it
    mark, group = re.escape(spelling.decimal), re.escape(spelling.thousands)
    whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)" if group else "[0-9]+"
    pattern = f"^[+-]?(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)$"
    words = f"a number: digits with {spelling.decimal!r} as decimal mark"
    text = _refuse(faults, "not-a-number", words, values=text, broken=~text.str.contains(pattern))
    if spelling.thousands:
        text = text.str.replace_all(spelling.thousands, "", literal=True)
    if spelling.decimal != ".":
        text = text.str.replace(spelling.decimal, ".", literal=True)
    if spelling.scale != 1:
        text = _scaled(text, spelling.scale)
    values = text.cast(AMOUNT, strict=False)
    _note(faults, "too-large", "a number below 10^32", values.is_null() & text.is_not_null())
    return _within(entry, values, faults)


def _scaled(text: pl.Series, scale: Decimal) -> pl.Series:
    """Multiply decimal texts exactly; each distinct text is multiplied once."""
    distinct = text.drop_nulls().unique()
    products = [format(Decimal(value) * scale, "f") if len(value) < 64 else value for value in distinct]
    return text.replace(distinct, pl.Series(products, dtype=pl.String))


def _within(entry: Field, values: pl.Series, faults: _Faults) -> pl.Series:
    """Hold numbers to the smallest and greatest value of the field."""
    if entry.minimum is not None:
        floor: Decimal | int = entry.minimum if values.dtype == AMOUNT else int(entry.minimum)
        low = values <= floor if entry.exclusive else values < floor
        words = f"a number {'above' if entry.exclusive else 'from'} {entry.minimum}"
        values = _refuse(faults, "below-minimum", words, values=values, broken=low)
    if entry.maximum is not None:
        ceiling: Decimal | int = entry.maximum if values.dtype == AMOUNT else int(entry.maximum)
        words = f"a number up to {entry.maximum}"
        values = _refuse(faults, "above-maximum", words, values=values, broken=values > ceiling)
    return values


def _integer(entry: Field, text: pl.Series, _: Spelling, faults: _Faults) -> pl.Series:
    broken = ~text.str.contains("^[+-]?[0-9]{1,18}$")
    text = _refuse(faults, "not-an-integer", "a whole number", values=text, broken=broken)
    return _within(entry, text.str.strip_prefix("+").cast(pl.Int64), faults)


def _moment(_: Field, text: pl.Series, spelling: Spelling, faults: _Faults) -> pl.Series:
    typed = text.str.contains(_TYPED).fill_null(value=False)
    if spelling.moment is None:
        values, words = _iso_moment(text, spelling.zone), "a date (2026-01-31) or moment (2026-01-31T09:30:00+06:00)"
    else:
        pattern = UN_MOMENTS.get(spelling.moment, spelling.moment)
        if spelling.moment == "304":
            text = text.str.replace(r"([+-]\d\d)$", "${1}:00").str.replace("(Z|UTC|GMT)$", "+00:00")
        values = _patterned(_set_null(text, typed), pattern, spelling.zone)
        if typed.any():
            values = _iso_moment(_set_null(text, ~typed), spelling.zone).zip_with(typed, values)
        words = f"a date that exists, written {pattern}"
    _note(faults, "not-a-date", words, values.is_null() & text.is_not_null())
    return _refuse(faults, "before-1990", "a moment from 1990 on", values=values, broken=values < EARLIEST)


def _zoned_days(text: pl.Series) -> pl.Series:
    """Read days with a zone behind them (``xs:date``) as the day that is written: days of declarations are days of their place."""
    return text.str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Zz]|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$", "${1}")


def _patterned(text: pl.Series, pattern: str, zone: str) -> pl.Series:
    """Read moments by their pattern; without a zone in it they are told in the given one."""
    parsed = text.str.to_datetime(pattern, strict=False, time_unit="us")
    if isinstance(parsed.dtype, pl.Datetime) and parsed.dtype.time_zone:
        return parsed.dt.convert_time_zone("UTC")
    return _local(parsed, zone) if any(mark in pattern for mark in _HOURS) else parsed.dt.replace_time_zone("UTC")


def _local(naive: pl.Series, zone: str) -> pl.Series:
    """Read moments by the clock of a zone; of an hour that comes twice the first, and one that is left out is none."""
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _iso_moment(text: pl.Series, zone: str) -> pl.Series:
    """Read ISO 8601; a day is its midnight in UTC, and a time without a zone is told in the given one."""
    text = _zoned_days(text)
    is_day = text.str.contains(DAY)
    days = _set_null(text, ~is_day).str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    values = days.dt.replace_time_zone("UTC")
    if is_day.all():
        return values
    zoned = text.str.contains(_TIME + _ZONE)
    plain = text.str.contains(_TIME + "$")
    clean = text.str.replace(" ", "T", literal=True).str.replace("[Zz]$", "+00:00")
    # Seconds may be left out: "T09:30" and "T09:30+06:00" get ":00" after the minutes.
    clean = clean.str.replace(r"(T[0-9]{2}:[0-9]{2})([+-].*)?$", "${1}:00$2")
    pattern = "%Y-%m-%dT%H:%M:%S%.f"
    naive = _local(_set_null(clean, ~plain).str.to_datetime(pattern, strict=False, time_unit="us"), zone)
    values = values.zip_with(is_day.fill_null(value=False), naive)
    if not zoned.any():
        return values
    aware = _set_null(clean, ~zoned).str.to_datetime(pattern + "%z", strict=False, time_unit="us", time_zone="UTC")
    return aware.zip_with(zoned.fill_null(value=False), values)


def _hs(_: Field, text: pl.Series, spelling: Spelling, faults: _Faults) -> pl.Series:
    text = text.str.replace_all("[ \u00a0\u202f]", "")  # 8703 23 is 870323, however it is grouped
    broken = ~text.str.contains("^[0-9]{6,10}$")
    text = _refuse(faults, "not-hs", "6 to 10 digits", values=text, broken=broken)
    text = _refuse(faults, "no-chapter", OF_A_CHAPTER, values=text, broken=text.str.starts_with(NO_CHAPTER))
    lengths = f"{', '.join(map(str, spelling.digits[:-1]))} or {spelling.digits[-1]}".removeprefix(" or ")
    words = f"{lengths} digits, as the mapping says: a spreadsheet takes a 0 at the beginning away"
    broken = ~text.str.len_chars().is_in(list(spelling.digits))
    return _refuse(faults, "zero-lost", words, values=text, broken=broken)


def _country(_: Field, text: pl.Series, __: Spelling, faults: _Faults) -> pl.Series:
    text = text.str.to_uppercase()
    words = "a country code of two letters, ISO 3166-1"
    return _refuse(faults, "unknown-country", words, values=text, broken=~text.is_in(list(COUNTRIES)))


def _currency(_: Field, text: pl.Series, __: Spelling, faults: _Faults) -> pl.Series:
    text = text.str.to_uppercase()
    words = "a currency code of three letters, ISO 4217"
    return _refuse(faults, "unknown-currency", words, values=text, broken=~text.is_in(list(CURRENCIES)))


def _not_longer(entry: Field, text: pl.Series, faults: _Faults) -> pl.Series:
    """Hold texts to the length of the field."""
    if entry.limit is None:
        return text
    words = f"at most {entry.limit} characters"
    return _refuse(faults, "too-long", words, values=text, broken=text.str.len_chars() > entry.limit)


def _text(entry: Field, text: pl.Series, _: Spelling, faults: _Faults) -> pl.Series:
    text = _not_longer(entry, text, faults)
    # Line ends and tabs are part of a description; in a code any control character is damage.
    loose = entry.kind in {Kind.TEXT, Kind.CODES}
    control = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]" if loose else r"[\x00-\x1f\x7f]"
    words = "text without control characters"
    text = _refuse(faults, "control-characters", words, values=text, broken=text.str.contains(control))
    if entry.kind not in {Kind.CODE, Kind.CODES}:
        return text
    words = "a code in its own digits: a spreadsheet has made a number of it"
    return _refuse(faults, "digits-lost", words, values=text, broken=text.str.contains(_SCIENTIFIC))


def _code(entry: Field, text: pl.Series, spelling: Spelling, faults: _Faults) -> pl.Series:
    if entry.choices:
        words = f"one of {', '.join(entry.choices)}"
        return _refuse(faults, "not-a-choice", words, values=text, broken=~text.is_in(list(entry.choices)))
    text = _text(entry, text, spelling, faults)
    if entry.name == "declaration_id":
        # what nobody sees must make no other reference: neither a sign without width nor a letter put together otherwise
        words = "a reference without characters that nobody sees"
        text = _refuse(
            faults, "control-characters", words, values=text, broken=text.str.contains(r"[\p{Cf}\p{Zl}\p{Zp}]")
        )
        return _not_longer(entry, text.str.normalize("NFC"), faults)  # a letter may be kept as several signs
    if entry.name not in TRADERS:
        return text
    if spelling.lengths:
        words = f"a number of {' or '.join(map(str, spelling.lengths))} digits, as the mapping says: a spreadsheet takes a 0 away"
        short = text.str.contains("^[0-9]+$") & ~text.str.len_chars().is_in(list(spelling.lengths))
        text = _refuse(faults, "zero-lost", words, values=text, broken=short)
    odd = text.filter(~text.str.contains("^[A-Z0-9]+$")).unique().drop_nulls()
    if not odd.len():
        return text
    return _not_longer(entry, text.replace(odd, [folded_trader(each) for each in odd]), faults)


def _codes(entry: Field, text: pl.Series, spelling: Spelling, faults: _Faults) -> pl.Series:
    """Split codes; a blank cell of a mapped column says that there are none, and that is known."""
    text = _text(replace(entry, limit=CODES_LIMIT), text, spelling, faults)
    return split_codes(entry.name, text)


def _flag(_: Field, text: pl.Series, __: Spelling, faults: _Faults) -> pl.Series:
    lower = text.str.to_lowercase()
    values = lower.replace_strict(list(_FLAGS), list(_FLAGS.values()), default=None, return_dtype=pl.Boolean)
    _note(faults, "not-a-flag", "0, 1, true, false, yes or no", values.is_null() & text.is_not_null())
    return values


_PARSERS: dict[Kind, Callable[[Field, pl.Series, Spelling, _Faults], pl.Series]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.COUNTRY: _country,
    Kind.CURRENCY: _currency,
    Kind.HS: _hs,
    Kind.AMOUNT: _amount,
    Kind.INTEGER: _integer,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.CODES: _codes,
}
