"""What can be asked of going back: to what it leads, what it lets fall, and whether it takes two people.

It takes two wherever it may let less be controlled than is now, or than is planned: what was planned falls with it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet

from darvoza.flow.assessment.profile_life import planned, way_back
from darvoza.office.administration.data_differences import difference
from darvoza.office.administration.data_life import DataKind, DataState
from darvoza.office.administration.models import DataVersion, FileForce
from darvoza.office.profiles.models import CodeList
from darvoza.office.profiles.queries import list_before, list_rows, lists_asked_absent, lists_planned


class Planned(NamedTuple):
    """What is to come in force of a list or file: from when on, its version and its digest."""

    at: datetime
    version: str
    digest: str


def planned_of(kind: DataKind, name: str, now: datetime) -> tuple[Planned, ...]:
    """Give what is to come in force of a list or file, without what a later decision undid."""
    if kind is DataKind.LIST:
        return tuple(Planned(row.starts_at, row.version, row.digest) for row in lists_planned(name, now))
    return tuple(Planned(row.at, row.version.version, row.version.digest) for row in _files_planned(kind, name, now))


def seen_of(held: str, planned: Iterable[Planned]) -> str:
    """Give what says which comparison somebody saw who answers: of the text in force, and of all that is planned."""
    falls = "".join(f"\n{each.at.isoformat()} {each.digest}" for each in planned)
    digest = hashlib.sha256(held.encode()).hexdigest()
    return hashlib.sha256(f"{digest}{falls}".encode()).hexdigest() if falls else digest


class ListReturn(NamedTuple):
    """What going back would do to a named list: the row in use, the one before it, and whether it takes two people.

    Attributes
    ----------
    two
        Whether two people have to do it, because fewer goods would be controlled than now or as is planned: codes leave the
        list, or codes come to one of which a profile asks that they do not stand there.
    """

    current: CodeList
    before: CodeList
    two: bool


def list_return(name: str, now: datetime) -> ListReturn | None:
    """Tell what going back would do to a list; nothing when there is nothing to go back to."""
    current, before = list_rows(now).filter(name=name).defer("values").first(), list_before(name, now)
    if current is None or before is None:
        return None
    after = _Known(before.pk, before.digest)
    apart = [_lists_apart(_Known(row.pk, row.digest), after) for row in (current, *lists_planned(name, now))]
    two = any(each.lost for each in apart) or (any(each.gained for each in apart) and name in lists_asked_absent(now))
    return ListReturn(current, before, two)


class FileReturn(NamedTuple):
    """What going back would do to a file: what is in force, what was before, and whether it takes two people."""

    current: FileForce
    before: FileForce
    two: bool


def file_return(kind: DataKind, name: str, now: datetime) -> FileReturn | None:
    """Tell what going back would do to a file; nothing when there is nothing to go back to."""
    current, before = file_in_force(kind, name, now), file_before(kind, name, now)
    if current is None or before is None:
        return None
    after = _known(before.version)
    rows = (current, *_files_planned(kind, name, now))
    return FileReturn(current, before, any(_may_lower(kind, _known(row.version), after) for row in rows))


def file_in_force(kind: DataKind, name: str, now: datetime) -> FileForce | None:
    """Give what is in force of a file; nothing while it is the one that was found."""
    return _entries(kind, name).filter(at__lte=now).order_by("-pk").first()


def file_before(kind: DataKind, name: str, now: datetime) -> FileForce | None:
    """Give what to go back to; nothing when there is none before.

    What was gone back from is not reached again: whoever wants it puts it forward, and a second person approves.
    """
    rows = _entries(kind, name)
    stood = way_back(rows.values_list("at", "version"), now)
    return rows.filter(version=stood[-2]).first() if len(stood) > 1 else None


def waits_already(kind: DataKind, name: str, digest: str) -> bool:
    """Tell whether this very state of a list or file waits for a second person."""
    return DataVersion.objects.filter(kind=kind, name=name, digest=digest, state=DataState.SUBMITTED).exists()


def _entries(kind: DataKind, name: str) -> QuerySet[FileForce]:
    rows = FileForce.objects.filter(kind=kind, name=name)
    return rows.select_related("version").defer("version__text").order_by("pk")


def _files_planned(kind: DataKind, name: str, now: datetime) -> list[FileForce]:
    return planned(((row.at, row) for row in _entries(kind, name)), now)


class _Known(NamedTuple):
    """A state of a list or file that is kept: rows are only added, and the digest says what stands in one."""

    pk: int
    digest: str


def _known(version: DataVersion) -> _Known:
    return _Known(version.pk, version.digest)


class _Apart(NamedTuple):
    """Whether codes leave a list, and whether codes come to it."""

    lost: bool
    gained: bool


@lru_cache(maxsize=1024)
def _lists_apart(old: _Known, new: _Known) -> _Apart:
    """Compare two states of a list; kept, since a page asks each time, and lists have up to a million codes."""
    if old.digest == new.digest:
        return _Apart(lost=False, gained=False)
    before, after = (set(CodeList.objects.values_list("values", flat=True).get(pk=each.pk)) for each in (old, new))
    return _Apart(lost=not before <= after, gained=not after <= before)


@lru_cache(maxsize=1024)
def _may_lower(kind: DataKind, old: _Known, new: _Known) -> bool:
    """Tell whether less may be controlled by another text of a file; kept, since a page asks each time.

    Every measure asks for a control of its own, so measures that come and leave the others as they are lower nothing. Of the
    other kinds a line more may let goods through: the end of a plan, a longer commodity code, less that a post can do.
    """
    if old.digest == new.digest:
        return False
    if kind is not DataKind.MEASURES:
        return True
    before, after = (DataVersion.objects.values_list("text", flat=True).get(pk=each.pk) for each in (old, new))
    changes = difference(kind, before, after)
    return bool(changes.removed or changes.changed)
