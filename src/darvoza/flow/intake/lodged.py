"""Declarations as other systems send them: one JSON object each, with its goods items in a list under ``items``.

Field names are the canonical ones. A field that nobody knows is an error, not ignored: a misspelt name must not become
an unknown fact. Several declarations are read at once, and what is wrong with one does not touch the others.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import polars as pl

from darvoza.domain.fields import FIELD, Field, Kind, Level
from darvoza.errors import shown
from darvoza.flow.intake.beyond_doubt import READERS, Doubt, Reader
from darvoza.flow.intake.code_texts import list_text, unless
from darvoza.flow.intake.consistency import row_faults
from darvoza.flow.intake.lodged_form import GOODS, HEADER, ITEMS, MOST_ITEMS, WrongField, wrong_form
from darvoza.flow.intake.mapping import Form
from darvoza.flow.intake.mapping import Mapping as Columns
from darvoza.flow.intake.parsing import AMOUNT, DAY, DTYPE, MOMENT, Fault, Parsed, Spelling, parse
from darvoza.flow.intake.raw import cell_text
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.intake.tally import complete

_PLAIN = Columns("", "", "", Form(), ())
_DECLARATION = "_declaration"
SLACK = timedelta(minutes=5)
"""How far the clock of another system may be ahead."""

_FILLED = frozenset({"lodged_at", "version", "item"})
"""Fields that are filled in where nothing is said."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = 32
"""Numbers of goods items for which columns without anything are kept."""

_OF_HEADER: dict[str, Reader] = {field.name: READERS[field.name] for field in HEADER} | {ITEMS: lambda _goods: None}
_OF_GOODS: dict[str, Reader] = {field.name: READERS[field.name] for field in GOODS}
_NEEDED_OF_HEADER = frozenset(field.name for field in HEADER if field.required) - _FILLED
_NEEDED_OF_GOODS = frozenset(field.name for field in GOODS if field.required) - _FILLED


@dataclass(frozen=True, slots=True)
class Lodged:
    """Declarations that were sent, read.

    Attributes
    ----------
    items
        Canonical goods items of those without fault, in the order in which they were sent.
    wrong
        What is wrong with each of the others, by its place among those that were sent.
    places
        The place of each declaration of `items`, by its reference.
    """

    items: pl.DataFrame
    wrong: Mapping[int, tuple[WrongField, ...]]
    places: Mapping[str, int]


def read_lodged(sent: Sequence[Any], *, now: datetime) -> Lodged:
    """Read declarations that were sent at a moment.

    Parameters
    ----------
    sent
        Objects as JSON holds them; each declaration has a reference of its own.
    now
        The moment: the time of lodging where none is stated, and the latest one allowed, but for `SLACK`. What day it is
        its zone says: there a day has begun that is stated without a time.

    Examples
    --------
    >>> from datetime import UTC
    >>> one = {"declaration_id": "D1", "post": "KG-TOR", "importer_id": "I1", "items": [{"hs": "87.03", "origin": "CN"}]}
    >>> read_lodged([one], now=datetime(2026, 3, 2, 8, tzinfo=UTC)).wrong[0][0]
    WrongField(field='items.1.hs', rule='not-hs', expected='6 to 10 digits', got="'87.03'")
    """
    try:
        return _taken(sent, now)
    except Doubt:
        return _by_the_rules(sent, now)


def _taken(sent: Sequence[Any], now: datetime) -> Lodged:
    """Take declarations of which nobody can doubt anything."""
    headers, goods, places = [], [], {}
    for place, one in enumerate(sent):
        header: dict[str, Any] = {"lodged_at": now.astimezone(UTC), "version": 1}
        header |= _values(one, _OF_HEADER, _NEEDED_OF_HEADER)
        if header["lodged_at"] > now:
            raise Doubt
        headers.append(header)
        goods.append(_goods(one.get(ITEMS)))
        places[header["declaration_id"]] = place
    if len(places) < len(sent):
        raise Doubt
    return Lodged(_table(headers, goods), {}, places)


def _goods(given: object) -> list[dict[str, Any]]:
    """Read the goods items of one declaration, none of which contradicts itself or another."""
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_ITEMS:
        raise Doubt
    items = [
        {"item": number} | _values(item, _OF_GOODS, _NEEDED_OF_GOODS) for number, item in enumerate(given, start=1)
    ]
    for item in items:
        gross, net = item.get("gross_mass"), item.get("net_mass")
        if gross is None or net is None or float(gross) > float(net):
            continue
        if Decimal(gross) < Decimal(net):
            raise Doubt
    if len({item["item"] for item in items}) < len(items):
        raise Doubt
    return items


def _values(given: object, readers: Mapping[str, Reader], needed: Set[str]) -> dict[str, Any]:
    """Read the fields of one object; nothing is known of what it does not say."""
    if not isinstance(given, dict):
        raise Doubt
    made: dict[str, Any] = {}
    for name, value in given.items():
        read = readers.get(name)
        if read is None:
            raise Doubt
        known = None if value is None else read(value)
        if known is not None:
            made[name] = known
    if not made.keys() >= needed:
        raise Doubt
    return made


def _table(headers: Sequence[Mapping[str, Any]], goods: Sequence[Sequence[Mapping[str, Any]]]) -> pl.DataFrame:
    """Put declarations into the columns of goods items; a field of which none of them speaks is unknown."""
    items = [item for those in goods for item in those]
    rows = pl.Series([place for place, those in enumerate(goods) for _ in those], dtype=pl.UInt32)
    # of a table at once: of each column by itself, to ask takes longer than to answer
    of_headers = pl.DataFrame(dict(_columns(_spoken(headers), len(headers))))[rows].to_dict()
    made = _unknown(len(items)) | of_headers | dict(_columns(_spoken(items), len(items)))
    return pl.DataFrame([made[name] for name in ITEM_SCHEMA])


def _spoken(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Give every field of which any row speaks, with the value of each."""
    return {name: [row.get(name) for row in rows] for name in frozenset[str]().union(*rows)}


@lru_cache(maxsize=KEPT)
def _unknown(height: int) -> dict[str, pl.Series]:
    """Give every field of so many goods items of which nothing is said."""
    return {name: pl.Series(name, [None], dtype=kind).new_from_index(0, height) for name, kind in ITEM_SCHEMA.items()}


def _columns(spoken: Mapping[str, list[Any]], height: int) -> Iterator[tuple[str, pl.Series]]:
    """Make a column of each field: those of one kind all at once, for each by itself costs more than what it holds."""
    of_kind: dict[Kind, list[str]] = {}
    for name in spoken:
        of_kind.setdefault(_SAME.get(FIELD[name].kind, FIELD[name].kind), []).append(name)
    for kind, names in of_kind.items():
        together = _column(kind, [value for name in names for value in spoken[name]])
        for place, name in enumerate(names):
            yield name, together.slice(place * height, height).alias(name)


_SAME = {Kind.COUNTRY: Kind.CODE, Kind.CURRENCY: Kind.CODE, Kind.HS: Kind.CODE}
"""Kinds that are codes, too; texts stay apart, which are long and read once: nothing that is kept of codes keeps them."""


def _column(kind: Kind, values: Sequence[Any]) -> pl.Series:
    """Make a column of values as they were read; moments by their number, for each by itself takes ten times as long."""
    if kind is Kind.AMOUNT:
        return pl.Series(values, dtype=pl.String).cast(AMOUNT)
    if kind is Kind.MOMENT:
        numbers = [None if value is None else (value - EPOCH) // timedelta(microseconds=1) for value in values]
        return pl.Series(numbers, dtype=pl.Int64).cast(MOMENT)
    if kind is Kind.CODES:
        return pl.Series(values, dtype=pl.String).str.extract_all("[^ ]+")
    return pl.Series(values, dtype=DTYPE[kind])


def _by_the_rules(sent: Sequence[Any], now: datetime) -> Lodged:
    """Read declarations, and say what is wrong with them."""
    wrong: dict[int, list[WrongField]] = {}
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(sent):
        if faults := list(wrong_form(one)):
            wrong[place] = faults
        if isinstance(one, dict):
            rows += _rows(place, one, {fault.field for fault in faults}, now)
    if not rows:
        return Lodged(pl.DataFrame(schema=ITEM_SCHEMA), _told(wrong), {})
    places = pl.Series(_DECLARATION, [row[_DECLARATION] for row in rows], dtype=pl.Int64)
    items, faults_of = _parsed(rows, now)
    ill_formed = {(place, fault.field) for place, faults in wrong.items() for fault in faults}
    for place, fault in _of_rows(rows, faults_of):
        if (place, fault.field) not in ill_formed:
            wrong.setdefault(place, []).append(fault)
    for place, fault in _twice(items, places):
        wrong.setdefault(place, []).append(fault)
    good = ~places.is_in(list(wrong))
    kept = complete(items.filter(good).with_columns(file=pl.lit(None, pl.String), row=pl.lit(None, pl.Int64)))
    names = zip(kept.get_column("declaration_id"), places.filter(good), strict=True)
    return Lodged(kept, _told(wrong), dict(names))


def _told(wrong: Mapping[int, list[WrongField]]) -> dict[int, tuple[WrongField, ...]]:
    return {place: tuple(faults) for place, faults in sorted(wrong.items())}


def _rows(place: int, one: Mapping[str, Any], ill_formed: Set[str], now: datetime) -> Iterator[dict[str, Any]]:
    """Write a declaration as texts, one row an item; an item without a number has that of its place.

    What is wrong in its form is left out. The header is read even where no goods can be: its row bears no number then.
    """
    header = _texts(one, HEADER, {"lodged_at": now.isoformat(), "version": "1"}, ill_formed)
    items = () if ITEMS in ill_formed else enumerate(one[ITEMS], start=1)
    goods: list[tuple[int | None, dict[str, Any]]] = [(at, item) for at, item in items if isinstance(item, dict)]
    ill_of = _by_item(ill_formed)
    for number, item in goods or [(None, {})]:
        values = _texts(item, GOODS, {"item": str(number) if number else None}, ill_of.get(str(number), frozenset()))
        yield {**header, **values, _DECLARATION: place, "_number": number}


def _by_item(ill_formed: Set[str]) -> dict[str, set[str]]:
    """Give the fields of goods that are wrong in form by the number of their item: asked item by item, each would look at all of them."""
    found: dict[str, set[str]] = {}
    for path in ill_formed:
        of, _, within = path.partition(".")
        number, _, name = within.partition(".")
        if of == ITEMS and name:
            found.setdefault(number, set()).add(name)
    return found


def _texts(
    given: Mapping[str, Any], fields: Sequence[Field], filled: Mapping[str, str | None], ill_formed: Set[str]
) -> dict[str, str | None]:
    """Write the fields of one object as texts, but for those that are wrong in form; some are filled in where nothing is said."""
    texts = {field.name: None if field.name in ill_formed else _text(given.get(field.name)) for field in fields}
    return texts | {name: texts[name] or value for name, value in filled.items() if name not in ill_formed}


def _text(value: object) -> str | None:
    """Write a value as a text; that there are no codes is known."""
    if isinstance(value, list):
        return list_text(value)
    return cell_text(value, _PLAIN, None)


def _parsed(
    rows: Sequence[Mapping[str, Any]], now: datetime
) -> tuple[pl.DataFrame, list[tuple[Field, pl.Series, Fault]]]:
    """Convert every column that any of the declarations speaks of, and keep what is wrong."""
    columns, faults = [], []
    for field in (*HEADER, *GOODS):
        raw = pl.Series(field.name, [row[field.name] for row in rows], dtype=pl.String)
        if field.required or raw.null_count() < raw.len():
            made = parse(field, raw, Spelling())
            if field.name == "lodged_at":
                made = _not_to_come(raw, made, now)
            # what one declaration says must not become known of another that is read beside it
            columns.append(unless(raw.is_null(), made.values) if field.kind is Kind.CODES else made.values)
            faults += [(field, raw, fault) for fault in made.faults]
    items = pl.DataFrame(columns)
    for name, fault in row_faults(items):
        faults.append((FIELD[name], items.get_column(name), fault))
    return items, faults


def _not_to_come(raw: pl.Series, made: Parsed, now: datetime) -> Parsed:
    """Refuse moments of lodging that are to come, and days that have not begun by the clock of `now`.

    A day that has begun there and not in UTC, and a clock that is a little ahead, mean now.
    """
    values, latest = made.values, now.astimezone(UTC)
    ahead = values > latest
    if not ahead.any():
        return made
    begun = raw.str.strip_chars().str.contains(f"{DAY[:-1]}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?$") & (
        values.dt.date() <= now.date()
    )
    late = (ahead & ~begun & (values > latest + SLACK)).fill_null(value=False)
    expected = f"a day not after {now:%Y-%m-%d}, or a moment not after {latest:%Y-%m-%d %H:%M} UTC"
    at = pl.select(pl.when(late).then(None).when(ahead).then(pl.lit(latest, MOMENT)).otherwise(values)).to_series()
    fault = [Fault("after-now", expected, late)] if late.any() else []
    return Parsed(at.cast(MOMENT).rename(values.name), (*made.faults, *fault))


def _of_rows(
    rows: Sequence[Mapping[str, Any]], faults: Sequence[tuple[Field, pl.Series, Fault]]
) -> Iterator[tuple[int, WrongField]]:
    """Give each fault to its declaration; what is wrong with the header is told once."""
    seen = set()
    for field, raw, fault in faults:
        for position in fault.broken.arg_true():
            row = rows[position]
            if row["_number"] is None and field.level is Level.ITEM:
                continue
            path = field.name if field.level is Level.DECLARATION else f"{ITEMS}.{row['_number']}.{field.name}"
            key = (row[_DECLARATION], path, fault.rule)
            if key not in seen:
                seen.add(key)
                value = raw[position]
                got = "nothing" if value is None else shown(value if isinstance(value, str) else str(value))
                yield row[_DECLARATION], WrongField(path, fault.rule, fault.expected, got)


def _twice(items: pl.DataFrame, places: pl.Series) -> Iterator[tuple[int, WrongField]]:
    """Say which declarations number two items alike, or name themselves as another one does."""
    keyed = items.select("declaration_id", "item").with_columns(places)
    same = keyed.filter(pl.struct(_DECLARATION, "item").is_duplicated() & pl.col("item").is_not_null())
    for place, numbers in same.group_by(_DECLARATION, maintain_order=True).agg(pl.col("item").first()).iter_rows():
        yield place, WrongField(ITEMS, "duplicate-item", "a number of its own for each item", f"{numbers} twice")
    names = keyed.unique(["declaration_id", _DECLARATION], maintain_order=True)
    again = names.filter(~pl.col("declaration_id").is_first_distinct() & pl.col("declaration_id").is_not_null())
    for name, place in again.select("declaration_id", _DECLARATION).iter_rows():
        yield place, WrongField("declaration_id", "duplicate", "a reference of its own", shown(name))
