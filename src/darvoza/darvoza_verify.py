#!/usr/bin/env python3
"""Check an exported journal with nothing but Python's standard library.

    python darvoza_verify.py journal.ndjson --heads heads.txt kept.txt --key journal.pub
    python darvoza_verify.py --proof growth.json --heads heads.txt kept.txt --key journal.pub
    python darvoza_verify.py --heads heads.txt kept.txt --key journal.pub

This one file can be copied to a machine of another agency and read there in an hour. It shares no line with what writes
the journal. It tells the first entry that is wrong and what is wrong with it. Exit code: 0 intact, 1 not, 2 not read.

An entry is a line of canonical JSON (RFC 8785; text, whole numbers, true, false, null, lists, maps):

    {"body": …, "head": …, "header": {…, "body_digest": …, "previous": …, "sequence": …}, "salt": …}

- head         SHA-256 of the header; `previous` is the head of the entry before, 64 zeros for the first
- body_digest  SHA-256 of the salt and the body; both are null once erased (kinds in ERASABLE), as a later entry of kind `erasure` says
- key-reveal   its key is one that an earlier key-commitment commits to, and none under its subject `replaces`: SHA-256 of `darvoza commitment 1`, a zero byte, the key
- days         of UTC: a commitment is written before its `day`, a reveal after, under `key of` it; that of a `run` later where none was, or under `run … key of` it
- root         Merkle tree of RFC 9162 §2.1 over the heads, as 32 bytes each
- head of a day: a note of the lines origin, size, root (Base64), day; an empty line; `— name signature` lines (Ed25519,
  RFC 8032). Its last entry is of the day after it at the latest. The signature is Base64 of four bytes that name the key and of 64 that sign the lines above the empty one
- key          name+8 hexadecimal digits+Base64 of the byte 1 and 32 bytes of public key
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

LONGEST_LINE = 1 << 24
HEADER_KEYS = {"actor", "at", "body_digest", "kind", "previous", "sequence", "subject"}
ERASABLE = {"sign-in", "sign-in-refused", "sign-out", "sensitive-read", "export"}
ERASABLE |= {"decision", "override", "order", "finding", "release"}

_salt, _key = re.compile(r"[0-9a-f]{32}").fullmatch, re.compile(r"[0-9a-f]{64}").fullmatch
_day = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII).fullmatch


class Fault(NamedTuple):
    """What is wrong, and with which entries: `first` to `last`."""

    first: int
    last: int
    what: str

    def __str__(self) -> str:
        where = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"{where}: {self.what}"


class Verdict(NamedTuple):
    """What a check came to: entries that hold, erased ones, root, heads that agree, all faults, what to know, last day."""

    entries: int
    erased: int
    root: str
    heads: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    last: int = 0


class Head(NamedTuple):
    """A signed head of a day, as read."""

    origin: str
    size: int
    root: bytes
    day: str
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]


class Unreadable(Exception):
    """A file, or a line, that is not what it should be."""


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text:.40} has no one way to be written")


_decode = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction).decode
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class Check:
    """A journal that is being read: what has to come next, and what was found."""

    def __init__(self, heads: Iterable[Head] = ()) -> None:
        self.size, self.previous, self.held, self.agreed, self.back = 0, "0" * 64, 0, 0, 0
        self.peaks: list[bytes] = []
        self.day, self.latest, self.signed = 0, 0, 1  # day of the last entry, of the latest so far, of the latest head
        self.gone: dict[int, tuple[str, int]] = {}  # kind and day
        self.erased: set[int] = set()
        self.ages: dict[tuple[str, str], list[int]] = {}  # by what the erasure says and the kind
        self.committed: dict[str, str] | None = {}  # by subject; None: what came before is not known
        self.faults: list[Fault] = []
        self.awaited = sorted(heads, key=lambda head: head.size, reverse=True)
        self.going = self._meet_heads()

    def take(self, line: bytes) -> bool:
        """Take the next line; false when nothing after it can be told any more."""
        number = self.size + 1
        try:
            self._count(self._digest(line, number))
            self.going = self._meet_heads()
        except (Unreadable, ValueError, TypeError, RecursionError) as problem:
            plain = isinstance(problem, Unreadable)
            self._find(number, str(problem) if plain else f"the line is not canonical JSON ({problem})")
            self.going = False
        return self.going

    def verdict(self) -> Verdict:
        """Close the check after the last line."""
        for head in self.awaited if self.going else ():
            what = f"missing: the head of {head.day} was signed over {head.size} entries"
            self.faults.append(Fault(self.size + 1, head.size, what))
        if self.going and not self.awaited:  # what is missing might have said it
            for each in self.gone.keys() - self.erased:
                self._find(each, "the body is gone, and no later entry says that it was erased")
        notes = [  # the youngest first
            f"erased, {min(ages)} to {max(ages)} days old: {len(ages):,} {kind}: {said:.200}"
            for (said, kind), ages in sorted(self.ages.items(), key=lambda each: min(each[1]))
        ]
        notes += [f"entry {self.back} says that it was written more than a day before an earlier one"] * bool(self.back)
        root, faults = root_of(self.peaks).hex(), tuple(sorted(self.faults))
        return Verdict(self.size, len(self.gone), root, self.agreed, faults, tuple(notes), self.day)

    def _digest(self, line: bytes, number: int) -> bytes:
        _hold(line.endswith(b"\n"), "the line is cut short, or longer than any entry")
        entry = _decode(line.decode())
        _hold(type(entry) is dict and entry.keys() == {"body", "head", "header", "salt"}, "the line is not an entry")
        header = entry["header"]
        _hold(type(header) is dict and header.keys() == HEADER_KEYS, "the header has not the fields of an entry")
        if type(header["sequence"]) is not int or header["sequence"] != number:
            raise Unreadable(f"entry {number} should stand here, but it is numbered {header['sequence']!r:.40}")
        _hold(header["previous"] == self.previous, "it does not follow the entry before it")
        text, body = _encode(header).encode(), _encode(entry["body"]).encode()
        head = hashlib.sha256(text)
        _hold(entry["head"] == head.hexdigest(), "its head is not the digest of its header")
        for name in ("actor", "kind", "subject"):
            _hold(type(header[name]) is str and header[name] != "", f"its {name} is not a text")
        _hold(type(header["at"]) is str and _time(header["at"]) is not None, "its time is not in the form of UTC")
        self.day = _number_of(header["at"])
        self.latest = max(self.latest, self.day)
        self.back = self.back or number * (self.day < self.latest - 1)
        self._hold_body(entry, body, number)
        salt = b"null" if entry["salt"] is None else b'"%b"' % entry["salt"].encode()
        whole = b'{"body":%b,"head":"%b","header":%b,"salt":%b}\n' % (body, entry["head"].encode(), text, salt)
        _hold(line == whole, "the line is not in canonical form")
        return head.digest()

    def _hold_body(self, entry: dict[str, Any], body: bytes, number: int) -> None:
        header, salt = entry["header"], entry["salt"]
        if entry["body"] is None and salt is None:
            _hold(header["kind"] != "erasure", "the body of an erasure is gone")
            self.gone[number] = header["kind"], self.day
            if header["kind"] not in ERASABLE:
                self._find(number, f"the body of this {header['kind']:.40} is gone, and such a body stays for ever")
            return
        _hold(type(salt) is str and _salt(salt) is not None, "its salt is not 32 hexadecimal digits")
        digest = hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()
        _hold(header["body_digest"] == digest, "the body is not the one that was written")
        if header["kind"] == "erasure":
            self._erase(entry["body"], number)
        if header["kind"] in ("key-commitment", "key-reveal"):
            for each in self._key_faults(header, entry["body"] if type(entry["body"]) is dict else {}):
                self._find(number, each)

    def _find(self, number: int, what: str) -> None:
        self.faults.append(Fault(number, number, what))

    def _key_faults(self, header: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[str]:
        """Say what is wrong with a commitment, or a key that is revealed; its day is checked where one is said."""
        made, day, known = str(body.get("commitment", "")), str(body.get("day", "")), self.committed
        dated, subject = bool(day) or "key of " in header["subject"], header["subject"]
        if dated and (not _day(day) or subject not in (f"key of {day}", f"run {body.get('run')}: key of {day}")):
            yield f"it stands under {subject:.60}, but tells of the key of {day or 'no day':.20}"
            return
        name, run, at = subject if dated else made, "run" in body, header["at"][:10]
        if header["kind"] == "key-commitment":
            old, head = body.get("replaces"), date.fromordinal(self.signed)
            before = old if known is None else known.get(name)
            faults = [
                (run and before not in (None, made), f"it is of a run, but {name:.60} was {before!s:.64} before it"),
                (not run and at >= day, f"it commits to the key of {day}, which had begun"),
                (not run and self.day < self.signed - 1, f"it says {at}, but stands behind the head of {head}"),
                (not run and before != old, f"it says that it replaces {old!s:.64}, but {name:.60} was {before!s:.64}"),
            ]
            yield from [what for wrong, what in faults if wrong and dated]
            if known is not None:
                known[name] = made
            return
        key, before = str(body.get("key")), made if known is None else known.get(name)
        digest = hashlib.sha256(b"darvoza commitment 1\0" + bytes.fromhex(key)) if _key(key) else None
        faults = [
            (not digest or digest.hexdigest() != made, "the key that it reveals is not that of its commitment"),
            (before != made, "no earlier entry commits to the key that it reveals"),
            (at <= day, f"it reveals the key of {day}, which is not over"),
        ]
        yield from [what for wrong, what in faults if wrong and (dated or "key" in body)][:1]

    def _erase(self, body: object, number: int) -> None:
        """Take down which entries an erasure speaks of."""
        told = body if isinstance(body, dict) else {}
        said = told.get("erased")
        if type(said) is not list or not all(type(each) is int and 0 < each < number for each in said):
            raise Unreadable("the erasure does not say which earlier entries were erased")
        why = _encode({name: value for name, value in told.items() if name != "erased"})
        for each in said:
            if each not in self.gone:
                self._find(each, f"it still has its body, though entry {number} says that it was erased")
            elif each not in self.erased:
                kind, day = self.gone[each]
                self.ages.setdefault((why, kind), []).append(self.day - day)
        self.erased.update(said)

    def _count(self, digest: bytes) -> None:
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
            if self.day > _number_of(head.day) + 1:
                self._find(self.size, f"it is of {date.fromordinal(self.day)}, after the head of {head.day} over it")
            self.held, self.agreed, self.signed = self.size, self.agreed + 1, max(self.signed, _number_of(head.day))
        return True


def _hold(right: bool, otherwise: str) -> None:  # noqa: FBT001
    if not right:
        raise Unreadable(otherwise)


def _number_of(day: str) -> int:
    return date.fromisoformat(day[:10]).toordinal()


def check(lines: Iterable[bytes], heads: Iterable[Head] = ()) -> Verdict:
    """Check the lines of an exported journal, beside heads whose signatures were checked."""
    running = Check(heads)
    all(map(running.take, lines))  # as far as something can be told
    return running.verdict()


# ── trees and proofs ─────────────────────────────────────────────────────────────────────────────────────────────
def root_of(peaks: Sequence[bytes]) -> bytes:
    """Give the root over the peaks of a growing tree, largest first."""
    root = peaks[-1] if peaks else hashlib.sha256(b"").digest()
    for peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\1" + peak + root).digest()
    return root


def _led(found: list[bytes], at: tuple[int, int], path: Sequence[bytes]) -> list[bytes]:
    """Lead digests up to roots: the first beside every step, a second one beside those on its left; none when it ends amiss."""
    place, last = at
    for step in path:
        if not last:
            return []
        if place & 1 or place == last:
            found = [hashlib.sha256(b"\1" + step + each).digest() for each in found]
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = [hashlib.sha256(b"\1" + found[0] + step).digest(), *found[1:]]
        place, last = place >> 1, last >> 1
    return [] if last else found


def included(leaf: bytes, at: tuple[int, int], path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf stands in a tree, `at` its index and the size of the tree (RFC 9162 §2.1.3.2)."""
    index, size = at
    return 0 <= index < size and _led([hashlib.sha256(b"\0" + leaf).digest()], (index, size - 1), path) == [root]


def consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether a tree begins with an older one; each is its size and root (RFC 9162 §2.1.4.2)."""
    size, root = old
    if not 0 < size < new[0] or any(len(step) != 32 for step in path):
        return 0 < size == new[0] and not path and root == new[1]
    steps = [root, *path] if size & (size - 1) == 0 else list(path)
    up = (size & -size).bit_length() - 1
    place, last = size - 1 >> up, new[0] - 1 >> up
    return bool(steps) and _led([steps[0]] * 2, (place, last), steps[1:]) == [new[1], root]


# ── signatures and heads ─────────────────────────────────────────────────────────────────────────────────────────
_PRIME, _ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_CURVE, _ROOT_OF_MINUS_ONE = -121665 * pow(121666, -1, _PRIME) % _PRIME, pow(2, (_PRIME - 1) // 4, _PRIME)


def _point(packed: bytes) -> tuple[int, ...]:
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


def _add(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Add two points (RFC 8032 §5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * _CURVE, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % _PRIME, (d - c) % _PRIME, (d + c) % _PRIME, (b + a) % _PRIME
    return e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME


def _times(factor: int, point: tuple[int, ...]) -> tuple[int, ...]:
    """Add a point to itself so many times."""
    total: tuple[int, ...] = (0, 1, 1, 0)
    for bit in f"{factor:b}":
        total = _add(total, total)
        total = _add(total, point) if bit == "1" else total
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
        words = map(str.split, lines.splitlines())
        signatures = tuple((name, base64.b64decode(value)) for _, name, value in words)
        _number_of(day)
        yield Head(origin, int(size), base64.b64decode(root), day, note.encode(), signatures)
        start = found.end()


def read_keys(text: str) -> dict[tuple[str, bytes], bytes]:
    """Read public keys, one a line; each is known by its name and the four bytes that stand before a signature."""
    keys = {}
    for number, line in ((at, each) for at, each in enumerate(text.splitlines(), 1) if each.strip()):
        try:
            name, mark, value = line.split("+", 2)
            packed, marked = base64.b64decode(value, validate=True), bytes.fromhex(mark)
        except ValueError as problem:
            raise Unreadable(f"line {number}: expected a public key, name+mark+Base64") from problem
        if len(packed) != 33 or packed[0] != 1 or hashlib.sha256(name.encode() + b"\n" + packed).digest()[:4] != marked:
            raise Unreadable(f"line {number}: the public key has a slip of the pen, or is of another kind")
        keys[name, marked] = packed[1:]
    return keys


def wrong_signature(head: Head, keys: Mapping[tuple[str, bytes], bytes]) -> str:
    """Say what is wrong with the signatures of a head; those of keys that are not known are passed over."""
    known = [(keys.get((name, value[:4])), value[4:]) for name, value in head.signatures if name == head.origin]
    verdicts = [signed(key, head.text, value) for key, value in known if key is not None]
    if not verdicts:
        return f"the head of {head.day} is not signed with a key that was given"
    return "" if all(verdicts) else f"the signature of the head of {head.day} is not that of its text"


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────
def wrong_heads(heads: Iterable[Head]) -> list[str]:
    """Say where heads contradict each other: over as many entries another root, or on a later day fewer entries."""
    found, roots, sizes = [], dict[tuple[str, int], bytes](), dict[str, int]()
    for head in sorted(heads, key=lambda each: (each.day, each.size)):
        if roots.setdefault((head.origin, head.size), head.root) != head.root:
            found.append(f"two heads over {head.size} entries differ: different journals were shown")
        most = sizes[head.origin] = max(sizes.get(head.origin, 0), head.size)
        if head.size < most:
            found.append(f"the head of {head.day} is over {head.size} entries, and one of an earlier day over {most}")
    return found


def wrong_proof(proof: Mapping[str, Any], heads: Sequence[Head]) -> str:
    """Say what is wrong with a proof, beside the heads that were checked."""
    for wrong in wrong_heads(heads):
        return wrong
    roots = {head.size: head.root for head in heads}
    try:
        path, size = [bytes.fromhex(step) for step in proof["path"]], int(proof["size"])
        shorter = int({"inclusion": size, "consistency": proof.get("from", "none")}[proof["proof"]])
        if {size, shorter} - roots.keys():
            return f"no signed head over {min({size, shorter} - roots.keys())} entries was given"
        if proof["proof"] == "inclusion":
            digest = hashlib.sha256(_encode(proof["header"]).encode()).digest()
            right = included(digest, (int(proof["header"]["sequence"]) - 1, size), path, roots[size])
            if right and "salt" in proof:
                body = hashlib.sha256(bytes.fromhex(proof["salt"]) + _encode(proof["body"]).encode()).hexdigest()
                return "" if body == proof["header"]["body_digest"] else "the body is not the one that was written"
        else:
            right = consistent((shorter, roots[shorter]), (size, roots[size]), path)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
        raise Unreadable(f"expected a proof of inclusion or consistency ({problem!r})") from problem
    return "" if right else f"the proof of {proof['proof']} does not lead to the signed root"


def told_by(proof: Mapping[str, Any], heads: Iterable[Head]) -> str:
    """Say what a proof that holds shows."""
    days, size, header = {head.size: head.day for head in heads}, int(proof["size"]), proof.get("header")
    over = f"the proof of {proof['proof']} holds: the journal of {days[size]}, of {size:,} entries,"
    if proof["proof"] == "consistency":
        return f"{over} begins with that of {days[int(proof['from'])]}, of {int(proof['from']):,}"
    body = f"with this body: {_encode(proof['body'])}" if "salt" in proof else "its body is not shown"
    return f"{over} has this entry, {body}\n{_encode(header)}"


def lines_of(path: Path) -> Iterator[bytes]:
    """Read a journal line by line, none longer than an entry can be; tell on a terminal how far that is."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            sys.stderr.write(f"\r  … {number:,} entries\r" * (number % 10_000 == 0 and sys.stderr.isatty()))
            yield line


def run(journal: Path | None, heads_in: Sequence[Path], keys_in: Sequence[Path], proof_in: Path | None = None) -> int:
    """Check a journal, a proof in its place, or heads alone, say what was found, and give the exit code: 0 intact, 1 not."""
    _hold(bool(journal or proof_in or heads_in), "give a journal, a proof, or heads to compare")
    heads = [head for each in _read_each(heads_in, read_heads) for head in each]
    keys = dict(pair for each in _read_each(keys_in, lambda text: read_keys(text).items()) for pair in each)
    signatures = [wrong_signature(head, keys) if keys else "" for head in heads]
    faults = [Fault(head.size, head.size, wrong) for head, wrong in zip(heads, signatures, strict=True) if wrong]
    sound = [head for head, wrong in zip(heads, signatures, strict=True) if not wrong]
    unchecked = "" if keys or not heads else "signatures were not checked: no --key was given\n"
    if proof_in is not None:
        proof = _read_each([proof_in], lambda text: [_decode(text)])[0][0]
        wrong = str(faults[0]) if faults else wrong_proof(proof, sound)
        print(unchecked + (wrong or told_by(proof, sound)))
        return 1 if wrong else 0
    if journal is None:
        told = [*map(str, faults), *wrong_heads(sound)]
        _tell([*told, f"signed heads: {len(heads):,}, {len({head[:4] for head in heads}):,} of them different"])
        print(unchecked + ("they contradict each other" if told else "no head contradicts another"))
        return 1 if told else 0
    verdict = check(lines_of(journal), sound)
    faults = sorted([*faults, *verdict.faults])
    _hold(bool(verdict.entries or faults), f"{journal}: the file is empty")
    _tell(list(map(str, faults)))
    print(f"entries that hold: {verdict.entries:,}, erased of them: {verdict.erased:,}; root {verdict.root}")
    _tell(verdict.notes)
    print(f"signed heads that agree: {verdict.heads:,} of {len(heads):,}")
    print(unchecked if heads else "no --heads were given: a journal written anew would look intact\n", end="")
    print("broken" if faults else "intact")
    return 1 if faults else 0


def _tell(lines: Sequence[str]) -> None:
    for line in [*lines[:20], *[f"… and {len(lines) - 20:,} more"] * (len(lines) > 20)]:
        print("".join(filter(str.isprintable, line)))  # a journal does not write on the screen of who checks it


def _read_each(paths: Sequence[Path], read: Callable[[str], Iterable[Any]]) -> list[list[Any]]:
    """Read files, and say which of them is not what it should be; one that holds nothing would check nothing."""
    found = []
    for path in paths:
        try:
            found.append(list(read(path.read_text(encoding="utf-8-sig"))))  # some editors put a mark in front
        except (Unreadable, ValueError, RecursionError) as problem:
            raise Unreadable(f"{path}: {problem}") from problem
        _hold(bool(found[-1]), f"{path}: the file is empty")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program of its own."""
    parser = argparse.ArgumentParser(prog="darvoza_verify.py", description=(__doc__ or "").splitlines()[0])
    what = parser.add_mutually_exclusive_group()
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
