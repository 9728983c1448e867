#!/usr/bin/env python3
"""Check an exported journal with nothing but Python's standard library.

    python darvoza_verify.py journal.ndjson --heads heads.txt kept.txt --key journal.pub
    python darvoza_verify.py --proof growth.json --heads heads.txt kept.txt --key journal.pub

This one file can be copied to a machine of another agency and read there in an hour. It shares no line with what writes
the journal. It tells the first entry that is wrong and what is wrong with it. Exit code: 0 intact, 1 not, 2 not read.

An entry is a line of canonical JSON (RFC 8785; text, whole numbers, true, false, null, lists, maps):

    {"body": …, "head": …, "header": {…, "body_digest": …, "previous": …, "sequence": …}, "salt": …}

- head         SHA-256 of the header; `previous` is the head of the entry before, 64 zeros for the first
- body_digest  SHA-256 of the salt and the body; both are null once erased, and a later entry of kind `erasure` says so
- key-reveal   its key is one that an earlier key-commitment commits to, and none under its subject `replaces`: SHA-256 of `darvoza commitment 1`, a zero byte, the key
- days         of UTC: a key-commitment is written before its `day` (but for a `run` made elsewhere), a key-reveal after it
- root         Merkle tree of RFC 9162 §2.1 over the heads, as 32 bytes each
- head of a day: a note of the lines origin, size, root (Base64), day; an empty line; `— name signature` lines (Ed25519,
  RFC 8032). The signature is Base64 of four bytes that name the key and of 64 that sign the lines above the empty one
- key          name+8 hexadecimal digits+Base64 of the byte 1 and 32 bytes of public key
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

LONGEST_LINE = 1 << 24
FIRST_PREVIOUS = "0" * 64
LINE_KEYS = {"body", "head", "header", "salt"}
HEADER_KEYS = {"actor", "at", "body_digest", "kind", "previous", "sequence", "subject"}

_salt = re.compile(r"[0-9a-f]{32}").fullmatch
_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII).fullmatch


class Fault(NamedTuple):
    """What is wrong, and with which entries: `first` to `last`."""

    first: int
    last: int
    what: str

    def __str__(self) -> str:
        """Say it in a line."""
        where = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"{where}: {self.what}"


class Verdict(NamedTuple):
    """What a check came to: entries that hold, how many are erased, their root, how many heads agree, all faults."""

    entries: int
    erased: int
    root: str
    heads: int
    faults: tuple[Fault, ...]


class Head(NamedTuple):
    """A signed head of a day, as read."""

    origin: str
    size: int
    root: bytes
    day: str
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]


class Unreadable(Exception):
    """A file that is not what it should be."""


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text:.40} has no one way to be written")


_decode = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction).decode
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class _Wrong(Exception):
    """What is wrong with a line."""


class Check:
    """A journal that is being read: what has to come next, and what was found."""

    def __init__(self, heads: Iterable[Head] = ()) -> None:
        self.size, self.previous, self.held, self.agreed = 0, FIRST_PREVIOUS, 0, 0
        self.peaks: list[bytes] = []
        self.gone: set[int] = set()
        self.erased: set[int] = set()
        self.committed: dict[str, str] | None = {}  # by subject; None: what came before is not known
        self.faults: list[Fault] = []
        self.awaited = sorted(heads, key=lambda head: head.size, reverse=True)
        self.going = self._meet_heads()

    def take(self, line: bytes) -> bool:
        """Take the next line; false when nothing after it can be told any more."""
        number = self.size + 1
        try:
            digest = self._digest(line, number)
        except (_Wrong, ValueError, TypeError, RecursionError) as problem:
            what = str(problem) if isinstance(problem, _Wrong) else f"the line is not canonical JSON ({problem})"
            self.faults.append(Fault(number, number, what))
            self.going = False
        else:
            self._count(digest)
            self.going = self._meet_heads()
        return self.going

    def verdict(self) -> Verdict:
        """Close the check after the last line."""
        if self.going:
            self._miss()
        faults = tuple(sorted(self.faults))
        return Verdict(self.size, len(self.gone), root_of(self.peaks).hex(), self.agreed, faults)

    def _digest(self, line: bytes, number: int) -> bytes:
        """Check a line, and give the digest that is its head."""
        _hold(line.endswith(b"\n"), "the line is cut short, or longer than any entry")
        entry = _decode(line.decode())
        _hold(type(entry) is dict and entry.keys() == LINE_KEYS, "the line is not an entry")
        header = entry["header"]
        _hold(type(header) is dict and header.keys() == HEADER_KEYS, "the header has not the fields of an entry")
        if type(header["sequence"]) is not int or header["sequence"] != number:
            raise _Wrong(f"entry {number} should stand here, but it is numbered {header['sequence']!r:.40}")
        _hold(header["previous"] == self.previous, "it does not follow the entry before it")
        text, body = _encode(header).encode(), _encode(entry["body"]).encode()
        head = hashlib.sha256(text)
        _hold(entry["head"] == head.hexdigest(), "its head is not the digest of its header")
        for name in ("actor", "kind", "subject"):
            _hold(type(header[name]) is str and header[name] != "", f"its {name} is not a text")
        _hold(type(header["at"]) is str and _time(header["at"]) is not None, "its time is not in the form of UTC")
        self._hold_body(entry, body, number)
        salt = b"null" if entry["salt"] is None else b'"%b"' % entry["salt"].encode()
        whole = b'{"body":%b,"head":"%b","header":%b,"salt":%b}\n' % (body, entry["head"].encode(), text, salt)
        _hold(line == whole, "the line is not in canonical form")
        return head.digest()

    def _hold_body(self, entry: dict[str, Any], body: bytes, number: int) -> None:
        """Check a body, which may be erased."""
        header, salt = entry["header"], entry["salt"]
        if entry["body"] is None and salt is None:
            _hold(header["kind"] != "erasure", "the body of an erasure is gone")
            self.gone.add(number)
            return
        _hold(type(salt) is str and _salt(salt) is not None, "its salt is not 32 hexadecimal digits")
        digest = hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()
        _hold(header["body_digest"] == digest, "the body is not the one that was written")
        if header["kind"] == "erasure":
            self._erase(entry["body"], number)
        if header["kind"] in ("key-commitment", "key-reveal") and isinstance(entry["body"], dict):
            self.faults.extend(Fault(number, number, each) for each in self._key_faults(header, entry["body"]))

    def _key_faults(self, header: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[str]:
        """Say what is wrong with a commitment, or a key that is revealed; its day is checked where one is said."""
        made, day, key = str(body.get("commitment", "")), str(body.get("day", "")), body.get("key")
        name, written, known = header["subject"] if day else made, header["at"][:10], self.committed
        before = made if known is None else known.get(name)
        if header["kind"] == "key-commitment":
            if known is not None:
                known[name] = made
            if day and "run" not in body and written >= day:
                yield f"it commits to the key of {day:.10}, which had begun"
            if day and known is not None and before != body.get("replaces"):
                yield f"it says that it replaces {body.get('replaces')!s:.64}, but {name:.40} was {before!s:.64}"
        elif type(key) is str and hashlib.sha256(b"darvoza commitment 1\0" + bytes.fromhex(key)).hexdigest() != made:
            yield "the key that it reveals is not that of its commitment"
        elif type(key) is str and before != made:
            yield "no earlier entry commits to the key that it reveals"
        elif type(key) is str and written <= day:
            yield f"it reveals the key of {day:.10}, which is not over"

    def _erase(self, body: object, number: int) -> None:
        """Take down which entries an erasure speaks of."""
        said = body.get("erased") if isinstance(body, dict) else None
        if type(said) is not list or not all(type(each) is int and 0 < each < number for each in said):
            raise _Wrong("the erasure does not say which earlier entries were erased")
        self.erased.update(said)
        still = f"it still has its body, though entry {number} says that it was erased"
        self.faults.extend(Fault(each, each, still) for each in said if each not in self.gone)

    def _count(self, digest: bytes) -> None:
        """Count an entry that holds, and put its head into the tree."""
        carried, ones = hashlib.sha256(b"\0" + digest).digest(), self.size
        while ones & 1:
            carried = hashlib.sha256(b"\1" + self.peaks.pop() + carried).digest()
            ones >>= 1
        self.peaks.append(carried)
        self.size, self.previous = self.size + 1, digest.hex()

    def _meet_heads(self) -> bool:
        """Compare with the heads of this size; false when one of them is of another journal."""
        while self.awaited and self.awaited[-1].size == self.size:
            head = self.awaited.pop()
            if root_of(self.peaks) != head.root:
                what = f"not what was there when the head of {head.day} was signed, over {head.size} entries"
                self.faults.append(Fault(min(self.held + 1, self.size), self.size, what))
                return False
            self.held, self.agreed = self.size, self.agreed + 1
        return True

    def _miss(self) -> None:
        """Tell the entries that a head knows and the journal lacks, or the bodies that nobody said were erased."""
        for head in self.awaited:
            what = f"missing: the head of {head.day} was signed over {head.size} entries"
            self.faults.append(Fault(self.size + 1, head.size, what))
        if not self.awaited:  # what is missing might have said it
            what = "the body is gone, and no later entry says that it was erased"
            self.faults.extend(Fault(each, each, what) for each in self.gone - self.erased)


def _hold(right: bool, otherwise: str) -> None:  # noqa: FBT001
    """Go on when it is right."""
    if not right:
        raise _Wrong(otherwise)


def check(lines: Iterable[bytes], heads: Iterable[Head] = ()) -> Verdict:
    r"""Check the lines of an exported journal, beside heads whose signatures were checked.

    Examples
    --------
    >>> check([b"{}\n"]).faults[0].what
    'the line is not an entry'
    """
    running = Check(heads)
    for line in lines:
        if not running.take(line):
            break
    return running.verdict()


# ── trees and proofs ─────────────────────────────────────────────────────────────────────────────────────────────


def root_of(peaks: Sequence[bytes]) -> bytes:
    """Give the root over the peaks of a growing tree, largest first."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\1" + peak + root).digest()
    return root


def included(leaf: bytes, at: tuple[int, int], path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf stands in a tree, `at` its index and the size of the tree (RFC 9162 §2.1.3.2).

    Examples
    --------
    >>> included(b"", (0, 1), [], bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"))
    True
    """
    index, size = at
    if not 0 <= index < size:
        return False
    found, place, last = hashlib.sha256(b"\0" + leaf).digest(), index, size - 1
    for step in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = hashlib.sha256(b"\1" + step + found).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + step).digest()
        place, last = place >> 1, last >> 1
    return not last and found == root


def consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether a tree begins with an older one; each is its size and root (RFC 9162 §2.1.4.2).

    Examples
    --------
    >>> consistent((1, b"a" * 32), (1, b"a" * 32), [])
    True
    """
    size, root = old
    if not 0 < size <= new[0] or any(len(step) != 32 for step in path):
        return False
    if size == new[0]:
        return not path and root == new[1]
    steps = [root, *path] if size & (size - 1) == 0 else list(path)
    place, last = size - 1, new[0] - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not steps:
        return False
    older = newer = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            older, newer = (hashlib.sha256(b"\1" + step + each).digest() for each in (older, newer))
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = hashlib.sha256(b"\1" + newer + step).digest()
        place, last = place >> 1, last >> 1
    return not last and older == root and newer == new[1]


# ── signatures and heads ─────────────────────────────────────────────────────────────────────────────────────────

Point = tuple[int, int, int, int]

_PRIME, _ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_CURVE = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ROOT_OF_MINUS_ONE = pow(2, (_PRIME - 1) // 4, _PRIME)


def _point(packed: bytes) -> Point:
    """Unpack a point of the curve (RFC 8032 §5.1.3)."""
    sign, y = packed[31] >> 7, int.from_bytes(packed, "little") & (1 << 255) - 1
    square = (y * y - 1) * pow(_CURVE * y * y + 1, -1, _PRIME) % _PRIME
    x = pow(square, (_PRIME + 3) // 8, _PRIME)
    if (x * x - square) % _PRIME:
        x = x * _ROOT_OF_MINUS_ONE % _PRIME
    if y >= _PRIME or (x * x - square) % _PRIME or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = _PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % _PRIME


def _add(one: Point, other: Point) -> Point:
    """Add two points (RFC 8032 §5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * _CURVE, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % _PRIME, (d - c) % _PRIME, (d + c) % _PRIME, (b + a) % _PRIME
    return e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME


def _times(factor: int, point: Point) -> Point:
    """Add a point to itself so many times."""
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a text was signed with the private half of a key (Ed25519, RFC 8032 §5.1.7)."""
    number = int.from_bytes(signature[32:], "little")
    if len(key) != 32 or len(signature) != 64 or number >= _ORDER:
        return False
    try:
        public, nonce = _point(key), _point(signature[:32])
    except ValueError:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % _ORDER
    left, right = _times(number, _BASE), _add(nonce, _times(challenge, public))
    return all((left[axis] * right[2] - right[axis] * left[2]) % _PRIME == 0 for axis in (0, 1))


_BASE = _point(bytes.fromhex("58" + "66" * 31))
_head = re.compile(
    r"(([^\s+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(\d{4}-\d\d-\d\d)\n)\n((?:— [^\s+]+ [A-Za-z0-9+/=]+\n)+)\s*"
).match


def read_heads(text: str) -> Iterator[Head]:
    """Read signed heads, one after the other, without checking their signatures."""
    start = len(text) - len(text.lstrip())
    while start < len(text):
        found = _head(text, start)
        if found is None:
            raise Unreadable(f"line {text.count(chr(10), 0, start) + 1}: no signed head begins here")
        note, origin, size, root, day, lines = found.groups()
        words = (line.split(" ") for line in lines.splitlines())
        signatures = tuple((name, base64.b64decode(value)) for _, name, value in words)
        yield Head(origin, int(size), base64.b64decode(root), day, note.encode(), signatures)
        start = found.end()


def read_keys(text: str) -> dict[tuple[str, bytes], bytes]:
    """Read public keys, one a line; each is known by its name and the four bytes that stand before a signature."""
    keys = {}
    for number, line in ((at, each) for at, each in enumerate(text.splitlines(), 1) if each.strip()):
        try:
            name, mark, value = line.split("+", 2)
            packed, mark_bytes = base64.b64decode(value, validate=True), bytes.fromhex(mark)
        except ValueError as problem:
            raise Unreadable(f"line {number}: expected a public key, name+mark+Base64") from problem
        if len(packed) != 33 or packed[0] != 1 or mark_of(name, packed[1:]) != mark_bytes:
            raise Unreadable(f"line {number}: the public key has a slip of the pen, or is of another kind")
        keys[name, mark_bytes] = packed[1:]
    return keys


def mark_of(name: str, key: bytes) -> bytes:
    """Give the four bytes that name a public key."""
    return hashlib.sha256(name.encode() + b"\n\1" + key).digest()[:4]


def wrong_signature(head: Head, keys: Mapping[tuple[str, bytes], bytes]) -> str:
    """Say what is wrong with the signatures of a head; those of keys that are not known are passed over."""
    known = [(keys.get((name, value[:4])), value[4:]) for name, value in head.signatures if name == head.origin]
    verdicts = [signed(key, head.text, value) for key, value in known if key is not None]
    if not verdicts:
        return f"the head of {head.day} is not signed with a key that was given"
    return "" if all(verdicts) else f"the signature of the head of {head.day} is not that of its text"


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def wrong_proof(proof: Mapping[str, Any], heads: Iterable[Head]) -> str:
    """Say what is wrong with a proof, beside the heads that were checked."""
    roots: dict[int, bytes] = {}
    for head in heads:
        if roots.setdefault(head.size, head.root) != head.root:
            return f"two heads over {head.size} entries differ: different journals were shown to different people"
    try:
        path, size = [bytes.fromhex(step) for step in proof["path"]], int(proof["size"])
        if proof["proof"] not in {"inclusion", "consistency"}:
            raise Unreadable(f"expected a proof of inclusion or consistency, got {proof['proof']!r:.40}")
        shorter = size if proof["proof"] == "inclusion" else int(proof["from"])
        if {size, shorter} - roots.keys():
            return f"no signed head over {min({size, shorter} - roots.keys())} entries was given"
        if proof["proof"] == "inclusion":
            digest = hashlib.sha256(_encode(proof["header"]).encode()).digest()
            right = included(digest, (int(proof["header"]["sequence"]) - 1, size), path, roots[size])
        else:
            right = consistent((shorter, roots[shorter]), (size, roots[size]), path)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
        raise Unreadable(f"expected a proof of inclusion or consistency ({problem!r})") from problem
    return "" if right else f"the proof of {proof['proof']} does not lead to the signed root"


def lines_of(path: Path) -> Iterator[bytes]:
    """Read a journal line by line, none longer than an entry can be."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            yield line


def run(journal: Path, heads_in: Sequence[Path], keys_in: Sequence[Path], proof_in: Path | None = None) -> int:
    """Check a journal, or a proof in its place, say what was found, and give the exit code: 0 intact, 1 not.

    Raises
    ------
    Unreadable, OSError, ValueError
        When a file cannot be read as what it should be.
    """
    heads = [head for each in _read_each(heads_in, read_heads) for head in each]
    keys = dict(pair for each in _read_each(keys_in, lambda text: read_keys(text).items()) for pair in each)
    signatures = [wrong_signature(head, keys) if keys else "" for head in heads]
    faults = [Fault(head.size, head.size, wrong) for head, wrong in zip(heads, signatures, strict=True) if wrong]
    sound = [head for head, wrong in zip(heads, signatures, strict=True) if not wrong]
    unchecked = "" if keys or not heads else "signatures were not checked: no --key was given\n"
    if proof_in is not None:
        proof = _read_each([proof_in], lambda text: [_decode(text)])[0][0]
        wrong = str(faults[0]) if faults else wrong_proof(proof, sound)
        print(unchecked + (wrong or f"the proof of {proof['proof']} holds"))
        return 1 if wrong else 0
    verdict = check(lines_of(journal), sound)
    faults = sorted([*faults, *verdict.faults])
    if not verdict.entries and not faults:
        raise Unreadable(f"{journal}: the file is empty")
    for fault in faults[:20]:
        print(fault)
    if len(faults) > 20:
        print(f"… and {len(faults) - 20:,} more")
    print(f"entries that hold: {verdict.entries:,}, erased of them: {verdict.erased:,}; root {verdict.root}")
    print(f"signed heads that agree: {verdict.heads:,} of {len(heads):,}")
    print(unchecked if heads else "no --heads were given: a journal written anew would look intact\n", end="")
    print("broken" if faults else "intact")
    return 1 if faults else 0


def _read_each(paths: Sequence[Path], read: Callable[[str], Iterable[Any]]) -> list[list[Any]]:
    """Read files, and say which of them is not what it should be; one that holds nothing would check nothing."""
    found = []
    for path in paths:
        try:
            found.append(list(read(path.read_text(encoding="utf-8-sig"))))  # some editors put a mark in front
        except (Unreadable, ValueError, RecursionError) as problem:
            raise Unreadable(f"{path}: {problem}") from problem
        if not found[-1]:
            raise Unreadable(f"{path}: the file is empty")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program of its own."""
    words = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="darvoza_verify.py", description=words)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("journal", nargs="?", type=Path, help="exported journal, a line an entry")
    what.add_argument("--proof", type=Path, help="a proof to check in place of a journal")
    parser.add_argument("--heads", nargs="+", type=Path, default=[], help="signed heads: published, and kept by you")
    parser.add_argument("--key", nargs="+", type=Path, default=[], help="public keys of who signs heads")
    options = parser.parse_args(arguments)
    try:
        return run(options.journal, options.heads, options.key, options.proof)
    except (Unreadable, OSError, ValueError) as problem:
        print(f"darvoza_verify: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
