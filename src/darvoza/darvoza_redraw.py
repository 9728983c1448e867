#!/usr/bin/env python3
"""Recompute the draws of an exported journal with nothing but Python's standard library.

    python darvoza_redraw.py journal.ndjson

This one file can be copied to a machine of another agency, as `darvoza_verify.py` can, and shares no line with it or with what
decides. It takes the journal as it stands: that nothing in it was changed, `darvoza_verify.py` shows, beside the heads that were
kept. It tells every decision that does not follow from its own draw. Exit code: 0 all agree, 1 not, 2 not read.

An entry of kind `decision` holds a draw, in its body:

    {"fingerprint": …, "key_day": …, "commitment": …, "channel": …, "acts": [
        {"agency": …, "act": …, "floors": [[kind, source, probability], …], "probability": …, "u": …, "selected": …, "basis": …}]}

- commitment   what a key-commitment said under `key of` the day, before the day; where a `run` made elsewhere was taken in, at any time, or
               under `run … key of` the day: SHA-256 of `darvoza commitment 1`, a zero byte, the key that a key-reveal tells
- u            HMAC-SHA256 with the key of the bytes that the fingerprint writes in hexadecimal: its first 53 bits as a number in [0, 1);
               the same for all acts
- probability  the largest of the floors
- selected     exactly where u lies below the probability
- basis        the kind of the first floor above u
- channel      the strictest to which the selected acts lead; where a post brought a decision back, not a milder one

A decision whose key is not revealed yet is counted as such; all but commitment and u is recomputed from the u that it says.
"""

import argparse
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

CHANNELS = ("green", "blue", "yellow", "red")
CHANNEL_OF_ACT = {"audit": "blue", "documentary": "yellow"}
CHANNEL_OF_ACT |= dict.fromkeys(("identity", "scan", "sampling", "physical"), "red")
MOST = 20
"""Lines of faults that are shown."""

_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_day = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch


class Unreadable(Exception):
    """A file that is not what it should be."""


class Wrong(Exception):
    """What of a decision does not follow from its draw."""


class Act(NamedTuple):
    """What was decided of one act."""

    name: str
    leads_to: str
    floors: tuple[tuple[str, float], ...]
    probability: float
    u: float
    selected: bool
    basis: str


class Draw(NamedTuple):
    """A decision as it was told: by what it was drawn, and its acts."""

    fingerprint: bytes
    day: str
    commitment: str
    run: str
    channel: str
    brought_back: bool
    acts: tuple[Act, ...]


class Keys:
    """What the journal tells of the keys of days."""

    def __init__(self) -> None:
        self.before: dict[str, str] = {}  # day: what was committed to before it
        self.ever: dict[str, set[str]] = {}  # subject: all that was committed to under it
        self.told: dict[str, bytes] = {}  # commitment: the key

    def take(self, header: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """Take an entry that commits to a key, or reveals one.

        Raises
        ------
        Wrong
            When it reveals another key than it says.
        """
        day, made, subject = str(body.get("day")), str(body.get("commitment")), header["subject"]
        if not subject.endswith(f"key of {day}"):
            return
        if header["kind"] == "key-commitment":
            self.ever.setdefault(subject, set()).add(made)
            if subject == f"key of {day}" and "run" not in body and header["at"][:10] < day:
                self.before[day] = made
            return
        key = body.get("key")
        if not isinstance(key, str) or not _digest(key) or commitment_of(bytes.fromhex(key)) != made:
            raise Wrong("the key that it reveals is not that of its commitment")
        self.told[made] = bytes.fromhex(key)

    def bound(self, draw: Draw) -> bool:
        """Tell whether somebody had committed to the key of a draw: before the day, or in what was taken in with a run.

        Raises
        ------
        Wrong
            When another key was committed to.
        """
        if draw.run:
            known = self.ever.get(f"run {draw.run}: key of {draw.day}") or self.ever.get(f"key of {draw.day}", set())
        else:
            known = {self.before[draw.day]} if draw.day in self.before else set()
        if known and draw.commitment not in known:
            other = min(known)
            raise Wrong(
                f"it was drawn with the key {draw.commitment:.16}…, but {other:.16}… was committed to for {draw.day}"
            )
        return draw.commitment == self.before.get(draw.day)


class Found:
    """What recomputing came to."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.decisions, self.acts, self.agreed, self.erased, self.silent = 0, 0, 0, 0, 0
        self.draws: set[tuple[str, bytes]] = set()
        self.not_yet: dict[str, int] = {}  # by day
        self.unbound: dict[str, int] = {}
        self.by: dict[str, set[str]] = {}  # the keys that drew for such a day
        self.of_runs: dict[str, int] = {}
        self.last = ""


def commitment_of(key: bytes) -> str:
    """Give what commits to a key without telling it."""
    return hashlib.sha256(b"darvoza commitment 1\0" + key).hexdigest()


def number_of(key: bytes, fingerprint: bytes) -> float:
    """Draw: give the number in [0, 1) that a key makes of the fingerprint of goods.

    Examples
    --------
    >>> number_of(bytes(32), b"the same goods")
    0.1...
    """
    return (int.from_bytes(hmac.digest(key, fingerprint, "sha256")[:7], "big") >> 3) * 2.0**-53


def recompute(draw: Draw, key: bytes | None) -> None:
    """Make a decision again, without its key from the u that it says.

    Raises
    ------
    Wrong
        At the first thing that comes out otherwise.
    """
    u = draw.acts[0].u if key is None else number_of(key, draw.fingerprint)
    for act in draw.acts:
        most = max(floor for _, floor in act.floors)
        basis = next((kind for kind, floor in act.floors if floor > u), "")
        if act.u != u:
            raise Wrong(f"{act.name}: u is {act.u!r}, and the draw gives {u!r}")
        if act.probability != most:
            raise Wrong(f"{act.name}: its probability is {act.probability!r}, and the largest of its floors {most!r}")
        if act.selected != (u < most):
            said = "selected" if act.selected else "not selected"
            raise Wrong(f"{act.name}: it is {said}, with u {u!r} and a probability of {most!r}")
        if act.basis != basis:
            raise Wrong(
                f"{act.name}: its basis is {act.basis or 'none'}, and the first floor above u {basis or 'none'}"
            )
    asked = max((CHANNELS.index(act.leads_to) for act in draw.acts if act.selected), default=0)
    given = CHANNELS.index(draw.channel)
    if given < asked or (given > asked and not draw.brought_back):
        raise Wrong(f"its channel is {draw.channel}, and its acts lead to {CHANNELS[asked]}")


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def entries_of(path: Path) -> Iterator[tuple[dict[str, Any], Any]]:
    """Read headers and bodies, entry by entry.

    Raises
    ------
    Unreadable
        At a line that is no entry.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
                header, body = entry["header"], entry["body"]
                right = all(isinstance(header[name], str) for name in ("kind", "subject", "at"))
            except (ValueError, KeyError, TypeError, RecursionError) as problem:
                raise Unreadable(f"{path}: line {number} is no entry; darvoza_verify.py tells more") from problem
            if not right or header.get("sequence") != number:
                raise Unreadable(f"{path}: line {number} is not entry {number}; darvoza_verify.py tells more")
            yield header, body


def draw_of(body: Mapping[str, Any]) -> Draw | None:
    """Read the draw of a decision; nothing where the entry tells of none.

    Raises
    ------
    Wrong
        When it is not in the form of one.
    """
    if not body.get("acts") or "fingerprint" not in body:
        return None
    try:
        mark, day, made = (str(body[name]) for name in ("fingerprint", "key_day", "commitment"))
        if not (_digest(mark) and _day(day) and _digest(made)) or body["channel"] not in CHANNELS:
            raise ValueError(f"{mark:.16} {day:.16} {made:.16} {body['channel']!s:.16}")
        acts = tuple(_act(each) for each in body["acts"])
    except (KeyError, TypeError, ValueError) as problem:
        raise Wrong(f"its draw is not in the form of one ({problem!r:.120})") from problem
    run, back = str(body.get("run") or ""), body.get("what") == "returned"
    return Draw(bytes.fromhex(mark), day, made, run, body["channel"], back, acts)


def _act(told: Mapping[str, Any]) -> Act:
    """Read what was decided of an act."""
    if not isinstance(told["selected"], bool) or not told["floors"]:
        raise TypeError("selected is not true or false, or there is no floor")
    floors = tuple((str(kind), _share(share)) for kind, _, share in told["floors"])
    numbers = floors, _share(told["probability"]), _share(told["u"]), told["selected"]
    return Act(f"{told['agency']} {told['act']}", CHANNEL_OF_ACT[told["act"]], *numbers, str(told["basis"] or ""))


def _share(value: object) -> float:
    """Read a number in [0, 1]; a fraction stands in the journal as text."""
    number = float(value) if isinstance(value, str | int) else -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"{value!r:.40} is no number from 0 to 1")
    return number


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def redraw(path: Path) -> Found:
    """Recompute all decisions of an exported journal, which is read twice: keys come after what they drew.

    Raises
    ------
    Unreadable, OSError
        When the file is no journal.
    """
    found, keys = Found(), Keys()
    for header, body in entries_of(path):
        found.last = header["at"][:10]
        if header["kind"] in {"key-commitment", "key-reveal"} and isinstance(body, dict):
            try:
                keys.take(header, body)
            except Wrong as wrong:
                found.faults.append(f"entry {header['sequence']}: {wrong}")
    for header, body in entries_of(path):
        if header["kind"] == "decision":
            _hold(header, body, keys, found)
    return found


def _hold(header: Mapping[str, Any], body: object, keys: Keys, found: Found) -> None:
    """Recompute one decision, and count it."""
    if not isinstance(body, dict):
        found.erased += 1
        return
    try:
        draw = draw_of(body)
        if draw is None:
            found.silent += 1
            return
        found.decisions, found.acts = found.decisions + 1, found.acts + len(draw.acts)
        known, key = keys.bound(draw), keys.told.get(draw.commitment)
        recompute(draw, key)
    except Wrong as wrong:
        found.faults.append(f"entry {header['sequence']}, {header['subject']:.64}: {wrong}")
        return
    if not known:
        days = found.of_runs if draw.run else found.unbound
        days[draw.day] = days.get(draw.day, 0) + 1
        found.by.setdefault(draw.day, set()).update([] if draw.run else [draw.commitment])
    if key is None:
        found.not_yet[draw.day] = found.not_yet.get(draw.day, 0) + 1
    else:
        found.agreed += 1
        found.draws.add((draw.day, draw.fingerprint))


def _told(found: Found) -> Iterator[str]:
    """Say what recomputing came to."""
    yield from found.faults[:MOST]
    if len(found.faults) > MOST:
        yield f"… and {len(found.faults) - MOST:,} more"
    yield f"decisions that say how they were drawn: {found.decisions:,}, on {found.acts:,} acts"
    yield f"recomputed and agree: {found.agreed:,}, of {len(found.draws):,} different draws"
    if found.not_yet:
        yield f"not yet, for the key is not revealed: {_of_days(found.not_yet)}; the journal goes to {found.last}"
    if found.unbound:
        yield f"drawn with a key that nobody had committed to before the day: {_of_days(found.unbound)}"
    if twice := [day for day, made in found.by.items() if len(made) > 1]:
        yield f"of these days several keys drew for: {', '.join(sorted(twice)[:MOST])}"
    if found.of_runs:
        yield f"of runs made elsewhere, whose keys were committed to when they were taken in: {_of_days(found.of_runs)}"
    if found.silent or found.erased:
        yield f"entries on decisions that say nothing of a draw: {found.silent:,}, erased: {found.erased:,}"
    yield "does not agree" if found.faults else "agrees, as far as keys are revealed" if found.not_yet else "agrees"


def _of_days(counted: Mapping[str, int]) -> str:
    """Say how many, and of which days."""
    span = f"{min(counted)} to {max(counted)}" if len(counted) > 1 else min(counted)
    return f"{sum(counted.values()):,} decisions of {span}"


def run(path: Path) -> int:
    """Recompute, say what was found, and give the exit code: 0 all agree, 1 not.

    Raises
    ------
    Unreadable, OSError
        When the file is no journal, or no decision in it says how it was drawn: nothing would be checked.
    """
    found = redraw(path)
    if not found.decisions and not found.faults:
        raise Unreadable(f"{path}: no decision in it says how it was drawn")
    _print(_told(found))
    return 1 if found.faults else 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print("".join(filter(str.isprintable, line)))  # a journal does not write on the screen of who checks it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program of its own."""
    words = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="darvoza_redraw.py", description=words)
    parser.add_argument("journal", type=Path, help="exported journal, a line an entry, checked with darvoza_verify.py")
    options = parser.parse_args(arguments)
    try:
        return run(options.journal)
    except (Unreadable, OSError) as problem:
        print(f"darvoza_redraw: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
