"""Answers the system for a file system that forgets, by the protocol of FUSE (`linux/fuse.h`): run as a program.

    python -m forgetful.serving PLACE DESCRIPTOR

reads requests from the descriptor of ``/dev/fuse``, and from standard input ``keep`` (keep everything) and ``cut SEED``
(let the power go, torn by the seed). To kill it is the plainer cut.
"""

import errno
import os
import random
import select
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from forgetful.kept import PAGE, Disk, Node

HEAD: Final = struct.Struct("<IIQQIIIHH")
REPLY: Final = struct.Struct("<IiQ")
ATTRIBUTES: Final = struct.Struct("<QQQQQQIIIIIIIIII")
INIT: Final = struct.Struct("<IIIIHHIIHHIIIIIIII")
LARGEST: Final = 128 * 1024
"""Bytes of a write, at most."""

LONG: Final = 3600
"""Seconds for which the system may believe what it was told: nobody else changes anything here."""

KEEP_CACHE: Final = 2
BIG_WRITES: Final = 1 << 5
MODE, UID, GID, SIZE = 1, 2, 4, 8
NO_REPLACE: Final = 1
SILENT: Final = {2, 36, 42}
"""Requests without an answer: to forget one node or many, and interruptions."""

Answer = Callable[[int, bytes, tuple[int, int]], bytes]


class Serving:
    """What each request is answered."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.answers: dict[int, Answer] = {
            1: self.look_up, 3: self.attributes, 4: self.set_attributes, 8: self.make_node, 9: self.make_directory,
            10: self.take_away, 11: self.take_away, 12: self.rename, 13: self.link, 14: self.open, 15: self.read,
            16: self.write, 17: self.room, 18: self.nothing, 20: self.synchronise, 26: self.begin, 27: self.open,
            28: self.list, 29: self.nothing, 30: self.synchronise_names, 35: self.create, 45: self.rename_with_flags,
        }  # fmt: skip

    def answer(self, request: memoryview) -> bytes:
        """Answer one request."""
        _, code, unique, number, uid, gid, *_ = HEAD.unpack_from(request)
        if code in SILENT:
            return b""
        try:
            body = self.answers[code](number, bytes(request[HEAD.size :]), (uid, gid))
        except KeyError:
            return REPLY.pack(REPLY.size, -errno.ENOSYS, unique)
        except OSError as problem:
            return REPLY.pack(REPLY.size, -(problem.errno or errno.EIO), unique)
        return REPLY.pack(REPLY.size + len(body), 0, unique) + body

    # ── one and all ──────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, _number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Agree on the protocol."""
        ahead = struct.unpack_from("<III", body)[2]
        return INIT.pack(7, 31, ahead, BIG_WRITES, 16, 12, LARGEST, 1, 0, 0, *[0] * 8)

    def nothing(self, _number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Do nothing."""
        return b""

    def room(self, _number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Tell that there is room."""
        many = 1 << 24
        return struct.pack("<QQQQQIIIIIIIIII", many, many, many, many, many, PAGE, 255, PAGE, *[0] * 7)

    # ── nodes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def node(self, number: int) -> Node:
        """Give a node."""
        return self.disk.nodes[number]

    def attributes(self, number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Tell size, rights and owner."""
        return struct.pack("<QII", LONG, 0, 0) + _attributes(self.node(number))

    def set_attributes(self, number: int, body: bytes, owner: tuple[int, int]) -> bytes:
        """Set size, rights or owner; times are not kept."""
        asked = struct.unpack_from("<IIQQQQQQIIIIIII", body)
        valid, size, mode, uid, gid = asked[0], asked[3], asked[11], asked[13], asked[14]
        node = self.node(number)
        if valid & MODE:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        node.uid = uid if valid & UID else node.uid
        node.gid = gid if valid & GID else node.gid
        if valid & SIZE:
            self.disk.resize(node, size)
        return self.attributes(number, b"", owner)

    def look_up(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Find by name."""
        return _entry(self.disk.find(self.node(number), _names(body)[0]))

    def make_node(self, number: int, body: bytes, owner: tuple[int, int]) -> bytes:
        """Make a file that is not opened."""
        mode = struct.unpack_from("<I", body)[0]
        return _entry(self.disk.make(self.node(number), _names(body[16:])[0], mode, owner))

    def make_directory(self, number: int, body: bytes, owner: tuple[int, int]) -> bytes:
        """Make a directory."""
        mode = stat.S_IFDIR | struct.unpack_from("<I", body)[0]
        return _entry(self.disk.make(self.node(number), _names(body[8:])[0], mode, owner))

    def create(self, number: int, body: bytes, owner: tuple[int, int]) -> bytes:
        """Make a file and open it."""
        mode = stat.S_IFREG | stat.S_IMODE(struct.unpack_from("<II", body)[1])
        return _entry(self.disk.make(self.node(number), _names(body[16:])[0], mode, owner)) + self.open(0, b"", owner)

    def take_away(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Take a name away; whoever has the file open still has it."""
        name = _names(body)[0]
        if self.disk.find(self.node(number), name).names:
            raise OSError(errno.ENOTEMPTY, name)
        self.disk.change(((number, name, None),))
        return b""

    def rename(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Move a name."""
        return self._rename(number, struct.unpack_from("<Q", body)[0], _names(body[8:]))

    def rename_with_flags(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Move a name, only where none is in the way if that is asked."""
        into, flags = struct.unpack_from("<QI", body)
        names = _names(body[16:])
        if flags & ~NO_REPLACE:
            raise OSError(errno.EINVAL, "flags")
        if flags and names[1] in self.node(into).names:
            raise OSError(errno.EEXIST, names[1])
        return self._rename(number, into, names)

    def _rename(self, number: int, into: int, names: list[str]) -> bytes:
        moved = self.disk.find(self.node(number), names[0])
        self.disk.change(((number, names[0], None), (into, names[1], moved.number)))
        return b""

    def link(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Give a file another name."""
        node = self.node(struct.unpack_from("<Q", body)[0])
        self.disk.change(((number, _names(body[8:])[0], node.number),))
        return _entry(node)

    # ── what is in them ──────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, _number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Open; the system may keep what it has read."""
        return struct.pack("<QIi", 0, KEEP_CACHE, 0)

    def read(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Read."""
        _, offset, count = struct.unpack_from("<QQI", body)
        return bytes(self.disk.read(self.node(number), offset, count))

    def write(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """Write."""
        _, offset, count = struct.unpack_from("<QQI", body)
        self.disk.write(self.node(number), offset, memoryview(body)[40 : 40 + count])
        return struct.pack("<II", count, 0)

    def synchronise(self, number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Keep a file."""
        self.disk.keep(self.node(number))
        return b""

    def synchronise_names(self, number: int, _body: bytes, _owner: tuple[int, int]) -> bytes:
        """Keep the names of a directory."""
        self.disk.keep_names(number)
        return b""

    def list(self, number: int, body: bytes, _owner: tuple[int, int]) -> bytes:
        """List a directory from a place on."""
        _, place, count = struct.unpack_from("<QQI", body)
        told = bytearray()
        for at, (name, inside) in enumerate(self.node(number).names.items(), start=1):
            text = name.encode()
            row = struct.pack("<QQII", inside, at, len(text), self.node(inside).mode >> 12) + text
            row += bytes(-len(row) % 8)
            if at > place:
                if len(told) + len(row) > count:
                    break
                told += row
        return bytes(told)


def _names(body: bytes) -> list[str]:
    return [name.decode() for name in body.split(b"\0") if name]


def _attributes(node: Node) -> bytes:
    links, blocks = 2 if node.is_directory else 1, -(-node.size // 512)
    times = [0] * 6
    return ATTRIBUTES.pack(
        node.number, node.size, blocks, *times, node.mode, links, node.uid, node.gid, 0, PAGE, 0
    )  # fmt: skip


def _entry(node: Node) -> bytes:
    return struct.pack("<QQQQII", node.number, 0, LONG, LONG, 0, 0) + _attributes(node)


def main() -> None:
    """Answer until the device is gone or the power is cut."""
    disk, device = Disk(Path(sys.argv[1])), int(sys.argv[2])
    serving, room = Serving(disk), bytearray(LARGEST + 2 * PAGE)
    view, waiting = memoryview(room), select.poll()
    for descriptor in (device, 0):
        waiting.register(descriptor, select.POLLIN)
    while True:
        asked = {descriptor for descriptor, _ in waiting.poll()}
        if 0 in asked:
            told = os.read(0, 100).split()
            if not told:
                return
            if told[0] == b"cut":
                disk.tear(random.Random(int(told[1])))
                os._exit(0)
            disk.keep_all()
            os.write(1, b"kept\n")
        elif device in asked and not answered(serving, device, view):
            return


def answered(serving: Serving, device: int, room: memoryview) -> bool:
    """Answer one request; tell whether there may be more."""
    try:
        count = os.readv(device, [room])
        reply = serving.answer(room[:count])
        if reply:
            os.write(device, reply)
    except OSError as problem:
        return problem.errno in {errno.ENOENT, errno.EINTR, errno.EAGAIN}  # the asker is gone
    return True


if __name__ == "__main__":
    main()
