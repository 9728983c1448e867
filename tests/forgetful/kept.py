"""What a disk keeps, and what it forgets when the power goes: pages of files, and names.

The rules are the hardest that a careful program may count on:

- bytes and length of a file are kept once `fsync` or `fdatasync` of that file has returned;
- names (made, moved, taken away) are kept once their directory was synchronised;
- everything else is gone at a cut, or, where a cut is torn, any of it is there and any is not: single pages of files, and
  names up to some moment.
"""

import errno
import json
import os
import random
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PAGE: Final = 4096
ROOT: Final = 1
NAMES: Final = "names"


@dataclass(slots=True)
class Node:
    """A file or a directory.

    Attributes
    ----------
    number, mode, uid, gid
        As the system knows them.
    size
        Bytes that a reader sees.
    floor
        Bytes of the kept file that still hold: what lies behind was cut off since.
    pages
        Pages written since they were last kept.
    names
        What a directory holds: name → number.
    kept
        Descriptor of the kept file, once it was opened.
    """

    number: int
    mode: int
    uid: int
    gid: int
    size: int = 0
    floor: int = 0
    pages: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    kept: int = -1

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.mode)


Change = tuple[tuple[int, str, int | None], ...]
"""A change of names that is kept whole or not at all: directory, name, and the number it leads to or ``None``."""


class Disk:
    """A disk, kept in a directory of another one.

    Parameters
    ----------
    place
        Where what is kept is kept; made when it is not there.
    """

    def __init__(self, place: Path) -> None:
        place.mkdir(exist_ok=True)
        self.place = place
        self.tables: dict[int, dict[str, int]] = {ROOT: {}}
        self.changes: list[Change] = []
        self.nodes = {ROOT: Node(ROOT, stat.S_IFDIR | 0o755, os.geteuid(), os.getegid())}
        self.last = ROOT
        if (place / NAMES).exists():
            self._load()

    def _load(self) -> None:
        told = json.loads((self.place / NAMES).read_text(encoding="utf-8"))
        self.last = told["last"]
        self.tables = {int(number): names for number, names in told["tables"].items()}
        for text, (mode, uid, gid) in told["nodes"].items():
            number, file = int(text), self.place / text
            size = file.stat().st_size if file.exists() else 0
            self.nodes[number] = Node(number, mode, uid, gid, size, size, names=dict(self.tables.get(number, {})))

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, node: Node, offset: int, count: int) -> bytes:
        """Read what was written, kept or not."""
        end = min(offset + count, node.size)
        if end <= offset:
            return b""
        until = min(end, node.floor)
        data = bytearray(os.pread(self._file(node), until - offset, offset) if until > offset else b"")
        data.extend(bytes(end - offset - len(data)))
        for number in range(offset // PAGE, -(-end // PAGE)) if node.pages else ():
            page = node.pages.get(number)
            if page is not None:
                first, last = max(number * PAGE, offset), min((number + 1) * PAGE, end)
                data[first - offset : last - offset] = page[first - number * PAGE : last - number * PAGE]
        return bytes(data)

    def write(self, node: Node, offset: int, data: bytes | memoryview) -> None:
        """Write; nothing of it is kept yet."""
        done, end = 0, offset + len(data)
        for number in range(offset // PAGE, -(-end // PAGE)):
            first, last = max(number * PAGE, offset), min((number + 1) * PAGE, end)
            page = node.pages.get(number)
            if page is None:
                page = bytearray(PAGE)
                if last - first < PAGE:
                    old = self.read(node, number * PAGE, PAGE)
                    page[: len(old)] = old
                node.pages[number] = page
            page[first - number * PAGE : last - number * PAGE] = data[done : done + last - first]
            done += last - first
        node.size = max(node.size, end)

    def resize(self, node: Node, size: int) -> None:
        """Cut a file off, or lengthen it with zeros."""
        if size < node.size:
            inside = size % PAGE
            if inside and size // PAGE in node.pages:
                node.pages[size // PAGE][inside:] = bytes(PAGE - inside)
            node.pages = {number: page for number, page in node.pages.items() if number * PAGE < size}
            node.floor = min(node.floor, size)
        node.size = size

    def keep(self, node: Node) -> None:
        """Keep bytes and length of a file."""
        self._put(node, node.pages, node.size)
        node.pages, node.floor = {}, node.size

    def _put(self, node: Node, pages: dict[int, bytearray], size: int) -> None:
        file = self._file(node)
        os.ftruncate(file, node.floor)
        for number, page in pages.items():
            os.pwrite(file, page[: max(size - number * PAGE, 0)], number * PAGE)
        os.ftruncate(file, size)

    def _file(self, node: Node) -> int:
        if node.kept < 0:
            node.kept = os.open(self.place / str(node.number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return node.kept

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, directory: Node, name: str) -> Node:
        """Find by name.

        Raises
        ------
        OSError
            When there is no such name.
        """
        if name not in directory.names:
            raise OSError(errno.ENOENT, name)
        return self.nodes[directory.names[name]]

    def make(self, directory: Node, name: str, mode: int, owner: tuple[int, int]) -> Node:
        """Make a file or a directory."""
        if name in directory.names:
            raise OSError(errno.EEXIST, name)
        self.last += 1
        node = self.nodes[self.last] = Node(self.last, mode, *owner)
        self.change(((directory.number, name, node.number),))
        return node

    def change(self, change: Change) -> None:
        """Change names; nothing of it is kept yet."""
        for directory, name, number in change:
            _set(self.nodes[directory].names, name, number)
        self.changes.append(change)

    def keep_names(self, directory: int) -> None:
        """Keep the names of a directory, with all that its changes rest on."""
        touched, kept, left = {directory}, [], []
        for change in reversed(self.changes):
            mine = {where for where, _, _ in change}
            if mine & touched:
                touched |= mine
                kept.append(change)
            else:
                left.append(change)
        self.changes = left[::-1]
        self._keep(kept[::-1])

    def _keep(self, changes: list[Change]) -> None:
        for change in changes:
            for directory, name, number in change:
                _set(self.tables.setdefault(directory, {}), name, number)
        known = dict(self._reached(ROOT))
        told = {
            "last": self.last,
            "tables": {number: self.tables.get(number, {}) for number, node in known.items() if node.is_directory},
            "nodes": {number: (node.mode, node.uid, node.gid) for number, node in known.items()},
        }
        made = self.place / f"{NAMES}.new"
        made.write_text(json.dumps(told), encoding="utf-8")
        made.replace(self.place / NAMES)

    def _reached(self, number: int) -> Iterator[tuple[int, Node]]:
        """Give every node that a kept name leads to."""
        yield number, self.nodes[number]
        for inside in self.tables.get(number, {}).values():
            yield from self._reached(inside)

    # ── the power ────────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_all(self) -> None:
        """Keep everything, as long after the last write."""
        for node in self.nodes.values():
            if not node.is_directory:
                self.keep(node)
        changes, self.changes = self.changes, []
        self._keep(changes)

    def tear(self, rng: random.Random) -> None:
        """Let some of what was not kept survive: names up to some moment, and any pages."""
        self._keep(self.changes[: rng.randint(0, len(self.changes))])
        for node in self.nodes.values():
            if node.pages and not node.is_directory:
                pages = {number: page for number, page in node.pages.items() if rng.random() < 0.5}
                ends = [min((number + 1) * PAGE, node.size) for number in pages]
                self._put(node, pages, max([node.floor, *ends]))


def _set(names: dict[str, int], name: str, number: int | None) -> None:
    if number is None:
        names.pop(name, None)
    else:
        names[name] = number
