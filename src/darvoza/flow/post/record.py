"""What a post wrote down while it had no line: a journal of its own, a line an entry, on the disk before anything is answered.

Each entry is signed by the post. A line that was cut by a lost power was never answered for; it is told of, and taken off when
the next one is written. Anything else that is wrong stops the post.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from darvoza.domain.journal import JournalEntry, JournalEvent
from darvoza.errors import BrokenJournal, PostError
from darvoza.flow.journal.checking import verify_tail
from darvoza.flow.journal.entries import link_of
from darvoza.flow.journal.export import entry_line, read_entries
from darvoza.flow.post.signing import Signer, check_signed, signed_entry
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.on_disk import wait_for_disk

RandomBytes = Callable[[int], bytes]
SALT_BYTES = 16


class PostRecord:
    """The journal of a post; one process writes it at a time.

    Parameters
    ----------
    path
        The file; made when it is not there.
    signer
        The post, with its key.

    Attributes
    ----------
    entries
        What was written down.
    cut
        Bytes of a last line that was not finished.

    Raises
    ------
    PostError
        When another process is writing it.
    BrokenJournal
        When it is not what was written.
    """

    def __init__(self, path: Path, signer: Signer) -> None:
        self._signer, self.cut = signer, 0
        self._file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)  # noqa: PTH123, SIM115
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            self._file.close()
            raise PostError(
                field=path.name, expected="nobody else at work", got="another command of this post"
            ) from problem
        try:
            self.entries = self._read()
        except BaseException:
            self._file.close()
            raise
        wait_for_disk(path.parent)  # also of a file that is there: who made it may have died before its name was kept

    def __enter__(self) -> Self:
        """Hold the record."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._file.close()

    @property
    def end(self) -> Link:
        """Where the record has come to."""
        return link_of(self.entries[-1]) if self.entries else START

    def append(self, events: Iterable[JournalEvent], random_bytes: RandomBytes) -> list[JournalEntry]:
        """Write events down, all of them on the disk when this returns; none of them counts when it does not.

        Raises
        ------
        PostError
            When they cannot be written: no room, or a disk that fails.
        """
        made, after = [], self.end
        for event in events:
            made.append(signed_entry(after, event, salt=random_bytes(SALT_BYTES), signer=self._signer))
            after = link_of(made[-1])
        length = self._file.seek(0, os.SEEK_END) - self.cut
        try:
            if self.cut:
                os.ftruncate(self._file.fileno(), length)
                self._file.seek(length)
                self.cut = 0
            left = memoryview(b"".join(map(entry_line, made)))
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as problem:
            os.ftruncate(self._file.fileno(), length)
            hint = "nothing was decided; make room, or examine by hand"
            raise PostError(
                field="record", expected="a disk that keeps it", got=problem.strerror, hint=hint
            ) from problem
        self.entries.extend(made)
        return made

    def _read(self) -> list[JournalEntry]:
        data = self._file.readall()
        whole = data.rfind(b"\n") + 1
        self.cut = len(data) - whole
        entries = read_record(data[:whole].splitlines(keepends=True))
        check_signed(entries[-1:], self._signer.post, self._signer.public)  # the last vouches for all before
        return entries


def read_record(lines: Iterable[bytes]) -> list[JournalEntry]:
    """Read the record of a post, and check that it holds from the first entry on.

    Raises
    ------
    BrokenJournal
        When it does not.

    Examples
    --------
    >>> read_record([])
    []
    """
    entries = list(read_entries(lines))
    for fault in verify_tail(entries, START):
        raise BrokenJournal(str(fault), field="record", hint="keep the machine as it is, and tell the centre")
    return entries


def complete_lines(data: bytes) -> Sequence[bytes]:
    r"""Give the lines of a record that arrived whole; one that was cut on the way comes again.

    Examples
    --------
    >>> complete_lines(b'{"a":1}\n{"b"')
    [b'{"a":1}\n']
    """
    return data[: data.rfind(b"\n") + 1].splitlines(keepends=True)


def after(entries: Sequence[JournalEntry], link: Link) -> Iterator[JournalEntry]:
    """Give the entries after those that were taken in before.

    Raises
    ------
    BrokenJournal
        When the record does not go on from there: it was written anew, or is of another machine.
    """
    if link.number > len(entries):
        expected, got = (
            f"the {link.number} entries that were taken in before, and what follows",
            f"{len(entries)} entries",
        )
        hint = "an older copy: bring the record as it is now; where the post has no other, its record was lost, and with it what it decided since"
        raise BrokenJournal(field="record", expected=expected, got=got, hint=hint)
    if link.number and link_of(entries[link.number - 1]) != link:
        expected = f"entry {link.number} as it was taken in before"
        raise BrokenJournal(field="record", expected=expected, got="another", hint="keep both, and ask the post")
    yield from entries[link.number :]
