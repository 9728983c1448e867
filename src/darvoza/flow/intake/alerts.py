"""Alerts read from a file of their source, CSV or XML; a wrong one is kept aside with its errors, the others go on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from darvoza.domain.code_lists import COUNTRIES
from darvoza.domain.sps.alert import Alert, AlertFormat
from darvoza.errors import InvalidValue, UnreadableFile
from darvoza.flow.fields import Fields
from darvoza.flow.intake.plain_xml import Element, read_xml
from darvoza.flow.intake.register_rows import rows_of

Row = Mapping[str, str]
LEAST = 4
"""Fewest columns by which a format is known."""


@dataclass(frozen=True, slots=True)
class WrongAlert:
    """An alert that cannot be used: where it stood, what it held, and everything wrong with it."""

    where: str
    values: Row
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadAlerts:
    """What a file of alerts held: those that can be used, and those kept aside."""

    alerts: tuple[Alert, ...]
    wrong: tuple[WrongAlert, ...]


def read_alerts(path: Path, form: AlertFormat) -> ReadAlerts:
    """Read a file of alerts.

    Parameters
    ----------
    path
        CSV with a heading, or XML; by its name.
    form
        How its source words them.

    Raises
    ------
    UnreadableFile
        When it is neither, lacks a column that no alert can do without, or holds no alert.
    """
    made: list[Alert] = []
    wrong: list[WrongAlert] = []
    for number, row in enumerate(_rows(path, form), start=1):
        where = f"{path.name} alert {number}"
        fields = Fields(row, where, error=InvalidValue)
        alert = _alert(fields, form)
        if alert is None or fields.errors:
            wrong.append(WrongAlert(where, row, tuple(map(str, fields.errors))))
        else:
            made.append(alert)
    if not made and not wrong:
        raise UnreadableFile(field=path.name, expected="at least one alert", got="none")
    return ReadAlerts(tuple(made), tuple(wrong))


def format_of(path: Path, formats: Mapping[str, AlertFormat]) -> AlertFormat:
    """Tell the format of a file by the columns or elements it has.

    Raises
    ------
    UnreadableFile
        When no format, or more than one, has as many of them.
    """
    fit = {name: len(set(form.columns.values()) & _named_in(path, form)) for name, form in formats.items()}
    best = max(fit.values(), default=0)
    found = [name for name, count in fit.items() if count == best]
    if len(found) != 1 or best < LEAST:
        got = ", ".join(f"{name} {count}" for name, count in fit.items())
        raise UnreadableFile(
            field=path.name, expected=f"columns of one of the formats {', '.join(formats)}", got=got,
            hint="name it with --format, or describe its columns in a file of rules",
        )  # fmt: skip
    return formats[found[0]]


def _heading(path: Path) -> set[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            return {name.strip().strip('"') for name in file.readline().split(",")}
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(field=str(path), expected="a CSV file in UTF-8", got=str(problem)) from problem


def _named_in(path: Path, form: AlertFormat) -> set[str]:
    if path.suffix.lower() != ".xml":
        return _heading(path)
    return {child.name for element in _records(path, form) for child in element.below}


def _rows(path: Path, form: AlertFormat) -> Iterator[Row]:
    if path.suffix.lower() == ".xml":
        for element in _records(path, form):
            yield _held(element)
        return
    needed = tuple(form.columns[name] for name in ("number", "dated", "kind", "hazard", "goods"))
    known = (*_heading(path), *form.columns.values())  # a source may add columns, which say nothing to us
    yield from rows_of(path, required=needed, allowed=known)


def _records(path: Path, form: AlertFormat) -> list[Element]:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UnreadableFile(field=str(path), expected="a file that can be read", got=problem.strerror) from problem
    return [element for element in _within(read_xml(data, path.name)) if element.name == form.record]


def _within(element: Element) -> Iterator[Element]:
    yield element
    for child in element.below:
        yield from _within(child)


def _held(element: Element) -> Row:
    """Give the texts below an element by name; an element that is repeated joins with spaces."""
    held: dict[str, str] = {}
    for child in element.below:
        held[child.name] = " ".join(filter(None, (held.get(child.name, ""), child.text.strip())))
    return held


def _alert(fields: Fields, form: AlertFormat) -> Alert | None:
    """Read one alert; ``None`` after an error that leaves nothing to build on."""
    read = _Reader(fields, form)
    number, dated = read.text("number", required=True), read.day("dated", required=True)
    kind, hazard = read.text("kind", required=True), read.text("hazard", required=True)
    if dated is None:
        return None
    alert = Alert(
        source=form.name,
        number=number.upper(),
        update=read.count("update"),
        dated=dated,
        kind=kind,
        hazard=hazard,
        product=read.text("product"),
        decision=read.text("decision"),
        goods=read.goods(),
        origins=read.codes("origins", COUNTRIES.__contains__, "countries of ISO 3166-1, two letters"),
        regions=read.codes("regions"),
        establishments=read.codes("establishments"),
        ends_on=read.day("ends_on"),
        review_by=read.day("review_by"),
        ended_on=read.day("ended_on"),
        ending=read.text("ending"),
    )
    read.agree(alert)
    return alert


class _Reader:
    """Reads the fields of an alert out of the columns of its source."""

    def __init__(self, fields: Fields, form: AlertFormat) -> None:
        self.fields, self.form = fields, form

    def column(self, name: str) -> str:
        return self.form.columns.get(name, name)

    def text(self, name: str, *, required: bool = False) -> str:
        if name not in self.form.columns:
            return ""
        return " ".join(self.fields.text(self.column(name), required=required).split())

    def day(self, name: str, *, required: bool = False) -> date | None:
        text = self.text(name)
        try:
            if text or required:
                return datetime.strptime(text, self.form.dates).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            self.fields.refuse(self.column(name), f"a day written as {date(2026, 1, 31):{self.form.dates}}", text)
        return None

    def count(self, name: str) -> int:
        text = self.text(name) or "0"
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.fields.refuse(self.column(name), "a number of an update, 0 or more", text)
            return 0
        return int(text)

    def codes(self, name: str, fits: Callable[[str], bool] = bool, expected: str = "codes") -> tuple[str, ...]:
        texts = self.text(name).replace(",", " ").replace(";", " ").split()
        for text in texts:
            if not fits(text):
                self.fields.refuse(self.column(name), expected, text)
        return tuple(dict.fromkeys(texts))

    def goods(self) -> tuple[str, ...]:
        """Read commodity codes, or what the format knows in their place."""
        if self.form.goods_of is None:
            codes = self.codes("goods", _is_prefix, "prefixes of commodity codes, 2 to 10 digits")
            if not codes and not self.fields.errors:
                self.fields.refuse(self.column("goods"), "prefixes of commodity codes", "")
            return codes
        words = [word.strip().casefold() for word in self.text("goods").split(",")]
        for word in words:
            if word not in self.form.goods_of:
                known = self.form.goods_of
                self.fields.refuse(
                    self.column("goods"), f"some of {', '.join(known)}", word, self.fields.nearest(word, known)
                )
        return tuple(dict.fromkeys(code for word in words for code in self.form.goods_of.get(word, ())))

    def agree(self, alert: Alert) -> None:
        """Refuse what cannot be together."""
        if alert.ends_on is not None and alert.ends_on < alert.dated:
            self.fields.refuse(self.column("ends_on"), f"a day not before {alert.dated}", alert.ends_on.isoformat())
        if alert.ended_on is not None and not alert.ending:
            self.fields.refuse(self.column("ending"), "why the alert was ended", "")


def _is_prefix(text: str) -> bool:
    return text.isascii() and text.isdigit() and 2 <= len(text) <= 10
