"""A journal as a file: one entry a line, in canonical JSON, for those who check it elsewhere."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import BrokenJournal
from darvoza.flow.journal.entries import header_of, time_of
from darvoza.json_text import read_json
from darvoza.methods.sealing.canonical_json import canonical

Header: TypeAlias = dict[str, str | int]
"""The header of an entry as it stands in a line."""


def entry_line(entry: JournalEntry) -> bytes:
    r"""Write an entry as a line of an exported journal, its line break included.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from darvoza.domain.journal import JournalEvent
    >>> from darvoza.flow.journal.entries import next_entry
    >>> from darvoza.methods.sealing.hash_chain import START
    >>> event = JournalEvent(EntryKind.SIGN_IN, "person 7", "person 7", datetime(2026, 3, 1, 8, tzinfo=UTC))
    >>> entry = next_entry(START, event, salt=bytes(16))
    >>> next(read_entries([entry_line(entry)])) == entry
    True
    """
    line = {"body": entry.body, "head": entry.head, "header": header_of(entry), "salt": entry.salt}
    return canonical(line) + b"\n"


def read_entries(lines: Iterable[bytes]) -> Iterator[JournalEntry]:
    """Read the entries of an exported journal, one by one, without checking that they hold together.

    Raises
    ------
    BrokenJournal
        At a line that is no entry.
    """
    for number, line in enumerate(lines, 1):
        try:
            yield _entry(read_json(line))
        except (ValueError, KeyError, TypeError) as problem:
            raise BrokenJournal(
                field=f"line {number}",
                expected="an entry of an exported journal",
                got=line.decode(errors="replace"),
                hint="darvoza journal verify tells what is wrong",
            ) from problem


def _entry(line: dict[str, Header | str | None]) -> JournalEntry:
    """Make an entry of what stood in a line."""
    header, head, body, salt = line["header"], line["head"], line["body"], line["salt"]
    if not isinstance(header, dict) or not isinstance(head, str):
        message = "no header or no head"
        raise TypeError(message)
    if isinstance(body, str) or isinstance(salt, dict):
        message = "body or salt are not of their form"
        raise TypeError(message)
    return JournalEntry(
        sequence=int(header["sequence"]),
        previous=str(header["previous"]),
        kind=EntryKind(str(header["kind"])),
        actor=str(header["actor"]),
        subject=str(header["subject"]),
        at=time_of(str(header["at"])),
        body_digest=str(header["body_digest"]),
        head=head,
        body=body,
        salt=salt,
    )
