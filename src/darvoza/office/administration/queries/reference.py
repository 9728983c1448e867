"""What can be asked of the reference data: what is in force, from whom, of when, until when; and what waits."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from django.db.models import Max
from django.utils.timezone import localdate

import darvoza
from darvoza.domain.journal import JournalEntry
from darvoza.errors import DarvozaError
from darvoza.flow.fields import parse_yaml
from darvoza.flow.intake.measures import expired, read_measures
from darvoza.office.administration.data_differences import DataDifference, difference
from darvoza.office.administration.data_life import DataKind, DataState
from darvoza.office.administration.models import DataVersion, FileForce
from darvoza.office.administration.queries.returns import (
    Planned,
    file_in_force,
    file_return,
    list_return,
    planned_of,
    seen_of,
)
from darvoza.office.administration.state_files import Slot, slots
from darvoza.office.journal.queries import entries_on
from darvoza.office.profiles.models import CodeList
from darvoza.office.profiles.queries import list_life, list_rows, lists_spoken_of

DataRow: TypeAlias = DataVersion
"""What views call the row of a version."""

SOON: Final = timedelta(days=60)
"""How long before its end something is pointed out."""

PACKAGE: Final = Path(darvoza.__file__).parent
SHIPPED: Final = ("reference_data", "mappings")
SOURCE: Final = re.compile(r"Source: (.+?)(?:\. |\.?$)")
LONGEST_SOURCE: Final = 200


def due_files(now: datetime) -> list[FileForce]:
    """Give for each file that was ever replaced here what is in force by now."""
    begun = FileForce.objects.order_by().filter(at__lte=now).values("kind", "name")
    last = begun.annotate(last=Max("pk")).values("last")
    return list(FileForce.objects.filter(pk__in=last).select_related("version").order_by("pk"))


def text_in_force(kind: DataKind, name: str, state: Path, now: datetime) -> str:
    """Give the text that is in force; an empty one when nothing is."""
    if kind is DataKind.LIST:
        row = list_rows(now).filter(name=name).first()
        return "\n".join(row.values) if row else ""
    path = next((slot.path for slot in slots(state) if (slot.kind, slot.name) == (kind, name)), None)
    return path.read_text(encoding="utf-8-sig") if path and path.exists() else ""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A named list in use, with how many profiles in force speak of it, and what is planned.

    Attributes
    ----------
    over, ending
        Whether its source does not vouch for it any more, or soon will not.
    """

    row: CodeList
    spoken: int
    planned: list[CodeList]
    over: bool
    ending: bool


def list_lines(now: datetime) -> list[ListLine]:
    """Give the named lists in use, by name; and those that only a plan knows."""
    spoken, today = lists_spoken_of(now), now.date()
    current = list(list_rows(now).defer("values"))
    newest = {row.name: row.pk for row in current}
    later = [
        row for row in CodeList.objects.filter(starts_at__gt=now).defer("values") if row.pk > newest.get(row.name, 0)
    ]
    new = [row for row in later if row.name not in newest]
    return [
        ListLine(
            row,
            spoken[row.name],
            [each for each in later if each.name == row.name and each.pk != row.pk],
            over=row.expires is not None and row.expires < today,
            ending=row.expires is not None and today <= row.expires < today + SOON,
        )
        for row in sorted([*current, *new], key=lambda row: row.name)
    ]


class Holding(NamedTuple):
    """What a file holds: how much, and of measures how many have ended, end soon, or are to be reviewed by now."""

    rows: int
    ended: int = 0
    ending: int = 0
    review: int = 0


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that the gate decides by.

    Attributes
    ----------
    changed
        When the file was last written.
    holds
        What stands in it; nothing when it cannot be read.
    force
        What was put in force here; nothing while it is the file that was found.
    planned
        What is to come.
    late
        Whether something else should be in force by now: whoever carries out what was planned does not run.
    """

    slot: Slot
    changed: datetime | None
    digest: str
    holds: Holding | None
    force: FileForce | None
    planned: list[FileForce]
    late: bool


def file_lines(state: Path, now: datetime) -> list[FileLine]:
    """Give the files that the gate decides by.

    Raises
    ------
    SettingsError
        When the state cannot be read.
    """
    return [_file_line(slot, now) for slot in slots(state)]


def _file_line(slot: Slot, now: datetime) -> FileLine:
    force = file_in_force(slot.kind, slot.name, now)
    later = FileForce.objects.filter(kind=slot.kind, name=slot.name, at__gt=now, pk__gt=force.pk if force else 0)
    there = slot.path.exists()
    digest = hashlib.sha256(slot.path.read_bytes()).hexdigest() if there else ""
    return FileLine(
        slot,
        datetime.fromtimestamp(slot.path.stat().st_mtime, UTC) if there else None,
        digest,
        _holding(slot, localdate(now)) if there else None,
        force,
        list(later.select_related("version")),
        late=force is not None
        and force.version.digest[:16] != slot.path.parent.name
        and force.version.digest != digest,
    )


def _holding(slot: Slot, today: date) -> Holding | None:
    """Tell what a file holds; nothing when it cannot be read, which the gate says too."""
    try:
        if slot.kind is not DataKind.MEASURES:
            return Holding(sum(1 for line in slot.path.read_text(encoding="utf-8").splitlines() if line.strip()))
        measures = read_measures(slot.path)
    except (DarvozaError, ExceptionGroup, UnicodeDecodeError):
        return None
    ends = [each.last_day for each in measures if each.last_day is not None]
    return Holding(
        len(measures),
        sum(day < today for day in ends),
        sum(today <= day < today + SOON for day in ends),
        len(expired(measures, today)),
    )


def data_row(number: int) -> DataVersion | None:
    """Give the row of a version; nothing when there is none, or it was only found."""
    return DataVersion.objects.filter(pk=number).exclude(state=DataState.FOUND).first()


def open_versions() -> list[DataVersion]:
    """Give the versions that are tried or wait for a second person, the last first."""
    rows = DataVersion.objects.filter(state__in=(DataState.TRIED, DataState.SUBMITTED))
    return list(rows.defer("text"))


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version as its page tells it: what it changes against what is in force, what is planned, what happened to it."""

    row: DataVersion
    changes: DataDifference | None
    seen: str
    steps: list[JournalEntry]
    planned: tuple[Planned, ...] = ()


def version_told(number: int, state: Path, now: datetime) -> VersionTold | None:
    """Give a version; nothing when there is none."""
    row = data_row(number)
    if row is None:
        return None
    kind, steps = DataKind(row.kind), [entry for entry in entries_on(f"{row.kind} {row.name}") if _tells_of(entry, row)]
    if row.state not in {DataState.TRIED, DataState.SUBMITTED}:
        return VersionTold(row, None, "", steps)
    held = text_in_force(kind, row.name, state, now)
    changes, planned = difference(kind, held, row.text), planned_of(kind, row.name, now)
    return VersionTold(row, changes, seen_of(held, planned), steps, planned)


def _tells_of(entry: JournalEntry, row: DataVersion) -> bool:
    return (entry.body or {}).get("number") == row.pk


@dataclass(frozen=True, slots=True)
class Standing:
    """One state of a list or file that was or is in force, or is to be.

    Attributes
    ----------
    when
        ``planned``, ``current``, ``before``, or ``never`` for what another decision overtook.
    """

    pk: int
    at: datetime
    decided_at: datetime
    version: str
    digest: str
    by: str
    approver: str
    reason: str
    when: str


@dataclass(frozen=True, slots=True)
class Life:
    """All of one list or file: what is in force, what was and will be; and whether one can go back, alone or with another."""

    kind: DataKind
    name: str
    states: list[Standing]
    current: int | None
    goes_back: bool
    two: bool = False


def life_of(kind: DataKind, name: str, now: datetime) -> Life | None:
    """Give all of one list or file; nothing when nothing of it was ever decided here."""
    if kind is DataKind.LIST:
        rows = [
            Standing(
                row.pk, row.starts_at, row.taken_in_at, row.version, row.digest, row.by, row.approver, row.reason, ""
            )
            for row in list_life(name)
        ]
    else:
        entries = (
            FileForce.objects.filter(kind=kind, name=name)
            .select_related("version")
            .defer("version__text")
            .order_by("-pk")
        )
        rows = [
            Standing(
                each.pk, each.at, each.decided_at, "", of.digest, each.asked_by or of.author, each.by, each.reason, ""
            )
            for each, of in ((each, each.version) for each in entries)
        ]
    if not rows:
        return None
    current = next((row.pk for row in rows if row.at <= now), None)
    back = list_return(name, now) if kind is DataKind.LIST else file_return(kind, name, now)
    return Life(kind, name, list(_dated(rows, current, now)), current, back is not None, back is not None and back.two)


def _dated(rows: list[Standing], current: int | None, now: datetime) -> Iterator[Standing]:
    """Say of each state, the one decided last first, whether it is, was, is to be, or never is in force."""
    for place, row in enumerate(rows):
        if any(later.at <= row.at for later in rows[:place]):  # another decision overtook it before it began
            when = "never"
        elif row.at > now:
            when = "planned"
        else:
            when = "current" if row.pk == current else "before"
        yield replace(row, when=when)


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """A file that Darvoza was delivered with."""

    name: str
    source: str
    dated: str
    lines: int
    digest: str


def shipped_lines() -> list[ShippedLine]:
    """Give the reference data and mappings that Darvoza was delivered with."""
    places = [place / part for part in SHIPPED for place in (PACKAGE, PACKAGE.parents[1]) if (place / part).is_dir()]
    files = [path for place in places for path in sorted(place.iterdir()) if path.suffix in {".yaml", ".csv"}]
    return [_shipped(path) for path in files]


def _shipped(path: Path) -> ShippedLine:
    text = path.read_text(encoding="utf-8-sig")
    source, dated = _told_of(path, text)
    return ShippedLine(
        f"{path.parent.name}/{path.name}",
        source[:LONGEST_SOURCE],
        dated,
        len(text.splitlines()),
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _told_of(path: Path, text: str) -> tuple[str, str]:
    """Give source and day as the file tells them: in its fields, or in the words at its head."""
    if path.suffix != ".yaml":
        return "", ""
    said = parse_yaml(text, path.name)
    head = " ".join(line.lstrip("# ") for line in takewhile(lambda line: line.startswith("#"), text.splitlines()))
    told = SOURCE.search(head)
    return " ".join(str(said.get("source") or (told[1] if told else "")).split()), str(said.get("date") or "")
