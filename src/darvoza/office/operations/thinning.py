"""Copies thinned out by their age: all of a day, one an hour of a week, one a day of a month.

Only directories that a timer named by their moment are looked at; a copy that somebody gave a name of his own stays until he deletes
it. So does a copy of another office in the same directory: whose it is shows the entry with which its journal ended.
"""

import re
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from darvoza.errors import BackupError
from darvoza.json_text import read_json

ALL, HOURLY, DAILY = timedelta(days=1), timedelta(days=7), timedelta(days=30)
"""How old a copy is up to which every one is kept, the last of its hour, the last of its day."""

LEFT: Final = timedelta(hours=1)
"""How long nothing was written into what was to become a copy, until it counts as left behind by a command that was killed."""

MANIFEST = "manifest.json"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{4}(\d{2})?")
_PART = re.compile(rf"\.{_MOMENT.pattern}\.part")


class Copy(NamedTuple):
    """A copy, of when it is, and whether what its manifest names is there in full."""

    place: Path
    at: datetime
    whole: bool


def thin_out(directory: Path, now: datetime, ours: Callable[[int, str], bool]) -> int:
    """Delete the copies in a directory that are not kept any longer, and what killed commands left there; give how many copies.

    Parameters
    ----------
    ours
        Tells whether the journal of this office has an entry of a number and a head: then a copy that ends with it is its own.

    Raises
    ------
    BackupError
        When one cannot be deleted.
    """
    gone = past(list(_copies(directory, ours)), now)
    try:
        for copy in gone:
            half = copy.place.with_name(
                f".{copy.place.name}.part"
            )  # so that one deleted by half is not taken for a copy
            copy.place.rename(half)
            shutil.rmtree(half)
        for part in directory.glob(".*.part"):
            if _PART.fullmatch(part.name) and _last_written(part) < (now - LEFT).timestamp():
                shutil.rmtree(part)
    except OSError as problem:
        expected, got = "copies that can be deleted", f"{problem.strerror}: {problem.filename}"
        raise BackupError(field="keep", expected=expected, got=got, hint="look at who owns them") from problem
    return len(gone)


def past(copies: Iterable[Copy], now: datetime) -> list[Copy]:
    """Give the copies that are not kept any longer; never the newest whole one, and none of the last day.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    >>> copies = [Copy(Path(str(days)), now - timedelta(days=days), True) for days in (40, 50)]
    >>> [str(copy.place) for copy in past(copies, now)]
    ['50']
    """
    newest_first = sorted(copies, key=lambda copy: copy.at, reverse=True)
    newest = next((copy for copy in newest_first if copy.whole), None)
    taken: set[str] = set()
    gone = []
    for copy in newest_first:
        span = _span(copy, now)
        if copy is newest or now - copy.at <= ALL:
            taken.add(span)
        elif not copy.whole or not span or span in taken:
            gone.append(copy)
        else:
            taken.add(span)
    return gone


def _span(copy: Copy, now: datetime) -> str:
    """Name the hour or the day of which one copy is kept; nothing for what is past its time."""
    age = now - copy.at
    if age <= HOURLY:
        return copy.at.strftime("%Y-%m-%dT%H")
    return copy.at.strftime("%Y-%m-%d") if age <= DAILY else ""


def _copies(directory: Path, ours: Callable[[int, str], bool]) -> Iterable[Copy]:
    """Read the manifests of the copies that a timer made of this office; what has none that can be read is none of them."""
    for manifest in directory.glob(f"*/{MANIFEST}"):
        if not _MOMENT.fullmatch(manifest.parent.name):
            continue
        try:
            told = read_json(manifest.read_text(encoding="utf-8"))
            at, file = datetime.fromisoformat(told["made_at"]), manifest.parent / Path(told["file"]).name
            whole = file.is_file() and file.stat().st_size == told["size"]
            mine = ours(int(told["entries"]), str(told["head"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if mine and at.tzinfo is not None:
            yield Copy(manifest.parent, at, whole)


def _last_written(part: Path) -> float:
    """Give when something was last written into a directory [s since 1970]."""
    return max(path.stat().st_mtime for path in chain([part], part.rglob("*")))
