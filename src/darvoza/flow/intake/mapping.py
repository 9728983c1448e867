"""The mapping file: which column of a foreign file holds which field of the canonical declaration."""

import dataclasses
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

import yaml

from darvoza.domain.fields import FIELD, FIELDS, TRADERS, Kind
from darvoza.errors import InvalidMapping, InvalidValue
from darvoza.flow.fields import is_sane
from darvoza.flow.intake.nearest import nearest
from darvoza.flow.intake.parsing import UN_MOMENTS, parse_one
from darvoza.flow.intake.tree_path import path_of
from darvoza.flow.intake.worksheets import SHEETS, sheets_named

KINDS = ("auto", "csv", "parquet", "ndjson", "excel", "xml", "edifact")
DELIMITERS = ("auto", ",", ";", "\t", "|")
PATHS = ("declaration", "item", "count")
ENCODINGS = ("auto", "utf-8", "cp1251", "cp866", "koi8-r")
DIGITS = (6, 8, 10)
"""How many digits commodity codes have, unless a mapping says otherwise: one less, and a 0 was lost at the beginning."""


def _nothing() -> Dictionary[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Form:
    """How the values of a file are written.

    Attributes
    ----------
    kind
        ``csv``, ``parquet``, ``ndjson``, ``excel``, ``xml``, ``edifact``, or ``auto``: found out from the file.
    delimiter, encoding
        Of CSV; ``auto`` finds them out.
    decimal, thousands
        The decimal mark, and the mark between groups of three digits (empty when there is none).
    declaration, item, count
        Of XML and EDIFACT: the path from the root to a declaration (empty when the root is one), and from there to its
        goods items (empty when a declaration is one row) and to how many it says that they are (empty when it does not say).
    time_zone
        The zone of times that are written without one.
    sheets
        Of Excel: the worksheets that are read, by name or by place, or ``*`` for all; empty where there is but one.
    """

    kind: str = "auto"
    delimiter: str = "auto"
    encoding: str = "auto"
    decimal: str = "."
    thousands: str = ""
    declaration: str = ""
    item: str = ""
    count: str = ""
    time_zone: str = "UTC"
    sheets: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where one field comes from.

    Attributes
    ----------
    field, column
        The canonical field and the column of the file; of XML and EDIFACT the path, or the paths it is put together from.
    codes
        Codes of the file and the canonical codes they stand for; codes not listed stay as they are.
    missing
        Texts that mean "not given", beside the empty one.
    scale
        What an amount is multiplied by: 0.01 turns a percentage into a share.
    moment
        The pattern of dates (``%d.%m.%Y``), the UN code of one (``102``), or ``None`` for ISO 8601.
    digits
        How many digits a commodity code, or the number of a trader, may have.
    paths, between
        Of XML and EDIFACT: paths whose values are joined by `between`, or of which the first that has a value counts when
        `between` is ``None``.
    """

    field: str
    column: str
    codes: Dictionary[str, str] = dataclasses.field(default_factory=_nothing)
    missing: tuple[str, ...] = ("",)
    scale: Decimal = Decimal(1)
    moment: str | None = None
    digits: tuple[int, ...] = DIGITS
    paths: tuple[str, ...] = ()
    between: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a foreign file becomes canonical declarations.

    Attributes
    ----------
    title, source, licence
        What the file is, where it is from, under which terms it may be used.
    form
        How its values are written.
    fields
        The mapped fields, in canonical order.
    constants
        Fields that have one value in the whole file.
    number_within
        Canonical fields within which items are counted, in the order of the file; empty when the item number is a
        column.
    unmapped
        Columns left out on purpose, with the reason.
    """

    title: str
    source: str
    licence: str
    form: Form
    fields: tuple[FieldSource, ...]
    constants: Dictionary[str, str] = dataclasses.field(default_factory=_nothing)
    number_within: tuple[str, ...] = ()
    unmapped: Dictionary[str, str] = dataclasses.field(default_factory=_nothing)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the file must have, without repetition."""
        return tuple(dict.fromkeys(source.column for source in self.fields))

    @property
    def reference(self) -> FieldSource | None:
        """Where the reference of a declaration comes from; ``None`` when it is the same in the whole file."""
        return next((source for source in self.fields if source.field == "declaration_id"), None)


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises
    ------
    InvalidMapping
        The file cannot be read as a mapping at all.
    ExceptionGroup
        Of `InvalidMapping`: everything that is wrong with it, at once.
    """
    if not path.is_file():
        raise InvalidMapping("no such mapping file", field=str(path), hint="give the path of a YAML file")
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:  # no UTF-8, or a whole number of thousands of digits
        raise InvalidMapping(f"not YAML: {error}", field=str(path)) from error
    if not isinstance(document, dict):
        raise InvalidMapping(field=str(path), expected="a YAML mapping with the key 'fields'", got=document)
    reader = _Reader()
    mapping = reader.mapping(document)
    if reader.problems:
        raise ExceptionGroup(f"{path.name} is not a usable mapping", reader.problems)
    return mapping


class _Reader:
    """Turns a YAML document into a mapping and collects everything that is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[InvalidMapping] = []

    def refuse(self, where: str, expected: str, got: object, hint: str | None = None) -> None:
        self.problems.append(InvalidMapping(field=where, expected=expected, got=got, hint=hint))

    def mapping(self, document: dict[Any, Any]) -> Mapping:
        known = ("title", "source", "licence", "format", "fields", "constants", "item", "unmapped")
        self.known_keys("", document, known)
        fields = self.fields(self.table("fields", document.get("fields")))
        constants = self.constants(self.table("constants", document.get("constants")))
        within = self.item(self.table("item", document.get("item")))
        self.complete({source.field for source in fields}, set(constants), within)
        unmapped = self.table("unmapped", document.get("unmapped"))
        return Mapping(
            title=str(document.get("title", "")),
            source=str(document.get("source", "")),
            licence=str(document.get("licence", "")),
            form=self.form(self.table("format", document.get("format"))),
            fields=tuple(fields),
            constants=MappingProxyType(constants),
            number_within=within,
            unmapped=MappingProxyType({str(key): str(value) for key, value in unmapped.items()}),
        )

    def table(self, where: str, value: object) -> dict[Any, Any]:
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.refuse(where, "a mapping of names to values", value)
        return {}

    def known_keys(self, where: str, table: dict[Any, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                path = f"{where}.{key}" if where else str(key)
                self.refuse(path, f"one of {', '.join(known)}", key, nearest(str(key), known, "key"))

    def known_field(self, where: str, name: object) -> bool:
        if str(name) in FIELD:
            return True
        self.refuse(where, "a field of the canonical declaration", name, nearest(str(name), tuple(FIELD), "field"))
        return False

    def form(self, table: dict[Any, Any]) -> Form:
        allowed: dict[str, tuple[str, ...]] = {
            "kind": KINDS,
            "delimiter": DELIMITERS,
            "encoding": ENCODINGS,
            "decimal": (".", ","),
            "thousands": ("", " ", ",", ".", "'", "\u00a0", "\u202f"),
        }
        self.known_keys("format", table, (*allowed, *PATHS, "time_zone", "sheet"))
        for key in PATHS:
            self.path(f"format.{key}", table.get(key, ""))
        chosen = {key: str(table.get(key, "")) for key in PATHS}
        for key, choices in allowed.items():
            value = table.get(key, getattr(Form(), key))
            if value in choices:
                chosen[key] = value
            else:
                self.refuse(f"format.{key}", f"one of {', '.join(map(repr, choices))}", value)
        chosen["time_zone"] = zone = str(table.get("time_zone", "UTC"))
        if zone not in available_timezones():
            self.refuse("format.time_zone", "a time zone such as Asia/Bishkek", table["time_zone"])
            chosen["time_zone"] = "UTC"
        sheets = sheets_named(table.get("sheet"))
        if sheets is None:
            self.refuse("format.sheet", SHEETS, table["sheet"])
        form = Form(**chosen, sheets=sheets or ())
        if form.thousands == form.decimal:
            self.refuse("format.thousands", "a mark other than the decimal mark", form.thousands)
        return form

    def fields(self, table: dict[Any, Any]) -> list[FieldSource]:
        if not table:
            self.refuse("fields", "at least one field with its column", table)
        found = {}
        for name, value in table.items():
            if self.known_field(f"fields.{name}", name):
                source = self.source(name, value)
                if source is not None:
                    found[name] = source
        return [found[entry.name] for entry in FIELDS if entry.name in found]

    def source(self, name: str, value: object) -> FieldSource | None:
        where = f"fields.{name}"
        table = {"column": value} if isinstance(value, str) else self.table(where, value)
        known = ("column", "join", "between", "first_of", "codes", "missing", "scale", "moment", "digits")
        self.known_keys(where, table, known)
        paths = self.paths(where, table)
        column = " + ".join(paths) or table.get("column")
        if not isinstance(column, str) or not column.strip():
            self.refuse(f"{where}.column", "the name of a column", column)
            return None
        kind = FIELD[name].kind
        self.only_for(where, table, "scale", kind is Kind.AMOUNT)
        self.only_for(where, table, "moment", kind is Kind.MOMENT)
        self.only_for(where, table, "digits", kind is Kind.HS or name in TRADERS)
        return FieldSource(
            field=name,
            column=column.strip(),
            codes=MappingProxyType(self.codes(where, table.get("codes"))),
            missing=self.missing(where, table.get("missing")),
            scale=self.scale(where, table.get("scale", 1)),
            moment=self.moment(where, table.get("moment")),
            digits=self.digits(where, table, () if name in TRADERS else DIGITS),
            paths=paths,
            between=str(table.get("between", "")) if "join" in table else None,
        )

    def paths(self, where: str, table: dict[Any, Any]) -> tuple[str, ...]:
        given = [key for key in ("column", "join", "first_of") if key in table]
        if len(given) > 1:
            self.refuse(where, "one of column, join and first_of", given)
        key = given[0] if given else "column"
        value = table.get(key)
        if key == "column":
            return ()
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value) or not value:
            self.refuse(f"{where}.{key}", "a list of paths", value)
            return ()
        for entry in value:
            self.path(f"{where}.{key}", entry)
        return tuple(value)

    def path(self, where: str, value: object) -> None:
        try:
            if value:
                path_of(str(value))
        except InvalidValue as error:
            self.refuse(where, str(error.expected), value)

    def only_for(self, where: str, table: dict[Any, Any], key: str, fits: bool) -> None:  # noqa: FBT001
        if key in table and not fits:
            self.refuse(f"{where}.{key}", f"a field for which {key!r} means something", table[key])

    def codes(self, where: str, value: object) -> dict[str, str]:
        codes = {}
        for key, code in self.table(f"{where}.codes", value).items():
            # YAML reads an unquoted 010 as the number 8 and no as False: a code that is no text has lost its spelling.
            if isinstance(key, str) and isinstance(code, str):
                codes[key] = code
            else:
                self.refuse(f"{where}.codes.{key}", "codes in quotation marks", {key: code})
        return codes

    def missing(self, where: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ("",)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.refuse(f"{where}.missing", "a list of texts in quotation marks", value)
            return ("",)
        return tuple(dict.fromkeys(("", *value)))

    def scale(self, where: str, value: object) -> Decimal:
        try:
            scale = Decimal(str(value))
        except (InvalidOperation, ValueError):  # a whole number of thousands of digits is not written out
            scale = Decimal("NaN")
        if isinstance(value, bool) or not is_sane(scale) or scale <= 0:
            self.refuse(f"{where}.scale", "a number above 0", value)
            return Decimal(1)
        return scale

    def moment(self, where: str, value: object) -> str | None:
        if value is None or value in UN_MOMENTS:
            return value if value is None else str(value)
        sample = datetime(2021, 11, 23)  # noqa: DTZ001 - a pattern is tried out, no moment is meant
        try:
            fits = isinstance(value, str) and datetime.strptime(sample.strftime(value), value) == sample  # noqa: DTZ007
        except ValueError:
            fits = False
        if not fits:
            self.refuse(f"{where}.moment", "a pattern with year, month and day, such as '%d.%m.%Y', or '102'", value)
            return None
        return str(value)

    def digits(self, where: str, table: dict[Any, Any], usual: tuple[int, ...]) -> tuple[int, ...]:
        given, most = table.get("digits", [*usual]), 10 if usual else 35
        lengths = given if isinstance(given, list) else [None]
        if not all(type(each) is int and 6 <= each <= most for each in lengths) or ("digits" in table and not lengths):
            self.refuse(f"{where}.digits", f"a list of numbers from 6 to {most}", given)
            return usual
        return tuple(sorted(set(lengths)))

    def constants(self, table: dict[Any, Any]) -> dict[str, str]:
        constants = {}
        for name, value in table.items():
            where = f"constants.{name}"
            if not self.known_field(where, name):
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            try:
                parse_one(FIELD[name], text)
            except InvalidValue as error:
                self.refuse(where, str(error.expected), error.got)
            constants[str(name)] = text
        return constants

    def item(self, table: dict[Any, Any]) -> tuple[str, ...]:
        self.known_keys("item", table, ("number_within",))
        value = table.get("number_within", [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list):
            self.refuse("item.number_within", "the name of a field, or a list of them", value)
            return ()
        return tuple(name for name in names if self.known_field("item.number_within", name))

    def complete(self, mapped: set[str], constant: set[str], within: tuple[str, ...]) -> None:
        for name in sorted(mapped & constant):
            self.refuse(f"constants.{name}", "a field that is not also mapped to a column", name)
        if within and "item" in mapped | constant:
            self.refuse("item.number_within", "either a column for the item number or its counting", list(within))
        for name in within:
            if name not in mapped and name in FIELD:
                self.refuse("item.number_within", "a field that is mapped to a column", name)
        given = mapped | constant | ({"item"} if within else set())
        for entry in FIELDS:
            if entry.required and entry.name not in given:
                hint = "count it with item: {number_within: declaration_id}" if entry.name == "item" else None
                self.refuse(f"fields.{entry.name}", "a column or a constant, for the field is required", None, hint)
