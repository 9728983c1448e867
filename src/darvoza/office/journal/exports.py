"""The journal handed over: an entry a line, as those read it who check it elsewhere; each time is written down."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.journal.checking import line_to_check
from darvoza.flow.journal.entries import link_of
from darvoza.methods.sealing.hash_chain import Link
from darvoza.office.journal.queries import ending, every_entry
from darvoza.office.journal.services import record_alone
from darvoza.on_disk import wait_for_disk
from darvoza.progress import OnProgress, counted, unheard

PER_CHUNK = 500
"""Lines sent at a time."""


def handed_over(since: int = 0, *, by: str, now: datetime) -> Iterator[JournalEntry]:
    """Write down that the journal is handed over, and give its entries as they are at one moment, this one among them.

    Parameters
    ----------
    since
        Entries up to this number are left out: whoever asks has them.
    by
        User name.
    now
        The moment.

    Raises
    ------
    SettingsError
        When there are not so many entries.
    """
    last = ending()[0].number
    if not 0 <= since <= last:
        raise SettingsError(field="since", expected=f"a number of entries from 0 to {last}", got=since)
    record_alone(EntryKind.EXPORT, "journal", {"since": since}, by=by, now=now)
    return every_entry(since)


def chunks(entries: Iterator[JournalEntry]) -> Iterator[bytes]:
    """Write entries as lines, some at a time."""
    while some := b"".join(map(line_to_check, islice(entries, PER_CHUNK))):
        yield some


def write_out(
    out: Path, since: int = 0, *, by: str, now: datetime, on_progress: OnProgress = unheard
) -> tuple[int, Link]:
    """Write the journal into a file that only its owner can read; give how many entries are in it, and the last of them.

    Parameters
    ----------
    out
        The file. It takes its name when everything in it is on the disk.
    since, by, now
        As for `handed_over`.
    on_progress
        Told how many entries were written.

    Raises
    ------
    OutputError
        When there is such a file already, or it cannot be written.
    """
    with _new_file(out) as file:
        count, last = 0, Link(since, "")
        for entry in counted(handed_over(since, by=by, now=now), on_progress):
            file.write(line_to_check(entry))
            count, last = count + 1, link_of(entry)
    return count, last


@contextmanager
def _new_file(out: Path) -> Iterator[BinaryIO]:
    """Give a file that is there whole, under its name, or not at all."""
    _refuse_known(out)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)  # for its owner alone
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            wait_for_disk(part)
            _refuse_known(out)
            part.rename(out)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        wait_for_disk(out.absolute().parent)
    except OSError as problem:
        expected = "a place that can be written to"
        raise OutputError(field=str(out), expected=expected, got=problem.strerror) from problem


def _refuse_known(out: Path) -> None:
    if out.exists():
        hint = "what was handed over is never overwritten; choose another name"
        raise OutputError(field=str(out), expected="a file that does not exist yet", got="one that does", hint=hint)
