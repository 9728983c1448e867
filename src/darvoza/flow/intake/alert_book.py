"""The book of alerts: every version of every alert received, in one file; the same alert twice changes nothing.

The latest version under a number counts. What follows from the alerts is written beside the book as measures, which an
assessment reads like any others.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from darvoza.domain.sps.alert import Alert, AlertRules
from darvoza.errors import InvalidMeasure, OutputError
from darvoza.flow.intake.alert_measures import Consequence, consequence
from darvoza.json_text import read_json

BOOK, MEASURES = "alerts.json", "from_alerts.yaml"
FORM = 1
DAYS = ("dated", "ends_on", "review_by", "ended_on")


class Entry(StrEnum):
    """What became of an alert that was entered."""

    NEW = "new"
    UPDATED = "updated"
    KNOWN = "known"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class AlertBook:
    """Every version of every alert, in the order of source, number, update.

    Examples
    --------
    >>> alert = Alert("own", "7", 0, date(2026, 3, 1), "news", "salmonella", goods=("0407",))
    >>> book, became = AlertBook().enter(alert)
    >>> became.value, book.enter(alert)[1].value
    ('new', 'known')
    >>> book.enter(replace(alert, update=1))[1].value
    'updated'
    """

    versions: tuple[Alert, ...] = ()

    def enter(self, alert: Alert) -> tuple["AlertBook", Entry]:
        """Enter an alert.

        Raises
        ------
        InvalidMeasure
            When the same update says something else than before, or another number has the same code.
        """
        others = [held for held in self.versions if held.code == alert.code]
        if any(held.number != alert.number for held in others):
            raise InvalidMeasure(
                field=f"{alert.source} {alert.number}", expected="a number unlike those of other alerts",
                got=others[0].number,
            )  # fmt: skip
        if alert in others:
            return self, Entry.KNOWN
        if any(held.version == alert.version for held in others):
            raise InvalidMeasure(
                f"update {alert.update} was received before and said something else",
                field=f"{alert.source} {alert.number}", hint="a correction needs the number of a new update",
            )  # fmt: skip
        late = any(held.version > alert.version for held in others)
        kept = tuple(sorted((*self.versions, alert), key=lambda each: (each.source, each.number, each.version)))
        return AlertBook(kept), Entry.LATE if late else Entry.UPDATED if others else Entry.NEW

    def current(self) -> tuple[Alert, ...]:
        """Give the latest version of each alert."""
        return tuple({alert.code: alert for alert in self.versions}.values())

    def end(self, code: str, *, day: date, reason: str) -> "AlertBook":
        """Enter a version that ends an alert.

        Raises
        ------
        InvalidMeasure
            When there is no such alert, it has ended, or the day lies before it or no reason is given.
        """
        latest = {alert.code: alert for alert in self.versions}
        alert = latest.get(code)
        if alert is None:
            raise InvalidMeasure(field="CODE", expected=f"one of {', '.join(latest) or 'no alerts'}", got=code)
        if alert.ended_on is not None:
            raise InvalidMeasure(field=code, expected="an alert that has not ended", got=f"ended on {alert.ended_on}")
        if day < alert.dated or not reason.strip():
            raise InvalidMeasure(field=code, expected=f"a day from {alert.dated} on, and a reason", got=day.isoformat())
        ended = replace(alert, own=True, ended_on=day, ending=reason.strip())
        return self.enter(ended)[0]

    def consequences(self, rules: AlertRules) -> tuple[Consequence, ...]:
        """Give what follows from the latest version of each alert, in force since the first."""
        first: dict[str, date] = {}
        for alert in self.versions:
            first.setdefault(alert.code, alert.dated)
        return tuple(consequence(alert, rules, since=first[alert.code]) for alert in self.current())


def read_book(directory: Path) -> AlertBook:
    """Read the book of a directory; an empty one where there is none yet.

    Raises
    ------
    OutputError
        When the file is there and is no book.
    """
    path = directory / BOOK
    if not path.is_file():
        return AlertBook()
    try:
        content = read_json(path.read_text(encoding="utf-8"))
        if content["form"] != FORM:
            raise ValueError(content["form"])
        return AlertBook(tuple(_alert(held) for held in content["alerts"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        expected = f"a book of alerts of form {FORM}, as `darvoza sps alerts import` writes it"
        raise OutputError(field=str(path), expected=expected, got=str(problem) or type(problem).__name__) from problem


def _alert(held: Mapping[str, object]) -> Alert:
    known = {field.name for field in fields(Alert)}
    if set(held) != known:
        raise ValueError(f"fields {sorted(set(held) ^ known)}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}
    for name in DAYS:
        values[name] = None if values[name] is None else date.fromisoformat(str(values[name]))
    return Alert(**values)  # type: ignore[arg-type]


def book_text(book: AlertBook) -> str:
    """Write a book; equal books give equal text."""
    alerts = [asdict(alert) for alert in book.versions]
    return json.dumps({"form": FORM, "alerts": alerts}, indent=1, ensure_ascii=False, default=str) + "\n"


def keep(directory: Path, texts: Iterable[tuple[str, str]]) -> bool:
    """Put files into a directory, each whole or not at all; tell whether anything changed.

    Raises
    ------
    OutputError
        When the place cannot be written to.
    """
    changed = False
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts:
            path = directory / name
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            handle, part = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=directory)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(part).replace(path)
            changed = True
    except OSError as problem:
        raise OutputError(
            field=str(directory), expected="a directory that can be written to", got=problem.strerror
        ) from problem
    return changed
