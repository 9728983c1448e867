"""The key of the draw: shares of several agencies, a key for each day, and the commitments published before it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from darvoza.errors import CommitmentMismatch, DrawError, InvalidKey
from darvoza.json_text import read_json
from darvoza.methods.draw import SHARE_BYTES, commitment, key_of_day

RING_DAY = date(1, 1, 1)
"""The commitment of a whole ring is that of this day's key, which no draw ever uses."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The shares that agencies hold, from which the key of each day is made.

    Examples
    --------
    >>> ring = KeyRing((("customs", bytes(32)), ("veterinary", bytes(range(32)))))
    >>> ring.key(date(2026, 1, 1)) != ring.key(date(2026, 1, 2))
    True
    >>> len(ring.commitment(date(2026, 1, 1)))
    64
    """

    shares: tuple[tuple[str, bytes], ...]

    def key(self, day: date) -> bytes:
        """Give the key of a day."""
        return key_of_day(dict(self.shares), day)

    def commitment(self, day: date = RING_DAY) -> str:
        """Give the commitment to the key of a day, or to the whole ring."""
        return commitment(self.key(day))


@dataclass(frozen=True, slots=True)
class DayKeys(KeyRing):
    """A ring of which only the keys of some days are known: what a post gets that decides without a line.

    Whoever holds it can draw for these days and for no other.

    Examples
    --------
    >>> ring = KeyRing((("customs", bytes(32)),))
    >>> known = read_day_keys(day_keys_text(ring, [date(2026, 1, 1)]))
    >>> known.key(date(2026, 1, 1)) == ring.key(date(2026, 1, 1))
    True
    >>> known.key(date(2026, 1, 2))
    Traceback (most recent call last):
        ...
    darvoza.errors.InvalidKey: day: expected a day from 2026-01-01 to 2026-01-01, got '2026-01-02'
    """

    days: tuple[tuple[date, bytes], ...] = ()

    def key(self, day: date) -> bytes:
        """Give the key of a day.

        Raises
        ------
        InvalidKey
            When it is not known.
        """
        for known, key in self.days:
            if known == day:
                return key
        span = f"a day from {self.days[0][0]} to {self.days[-1][0]}" if self.days else "no day"
        raise InvalidKey(field="day", expected=span, got=day.isoformat())


@dataclass(frozen=True, slots=True)
class ChangedRing(KeyRing):
    """A ring that came in the place of others: the days before keep the keys they had.

    Goods that are lodged again keep the draw of an earlier day, which is made with the key of that day.

    Attributes
    ----------
    before
        The last day of each earlier ring with that ring, the oldest first.

    Examples
    --------
    >>> old, new = (KeyRing((("customs", bytes([number]) * 32),)) for number in (1, 2))
    >>> ring = changed_ring(old, new, date(2026, 3, 2))
    >>> [ring.key(date(2026, 3, 1)) == old.key(date(2026, 3, 1)), ring.key(date(2026, 3, 2)) == new.key(date(2026, 3, 2))]
    [True, True]
    >>> ring.commitment() == new.commitment()
    True
    """

    before: tuple[tuple[date, KeyRing], ...] = ()

    def key(self, day: date) -> bytes:
        """Give the key of a day, out of the ring that was in use then."""
        for until, ring in self.before:
            if RING_DAY < day <= until:
                return ring.key(day)
        return KeyRing.key(self, day)


def changed_ring(old: KeyRing, new: KeyRing, first: date) -> ChangedRing:
    """Put a ring in the place of another from a day on.

    Raises
    ------
    InvalidKey
        When the day is not after the last change.
    """
    before = old.before if isinstance(old, ChangedRing) else ()
    if before and first - timedelta(days=1) <= before[-1][0]:
        raise InvalidKey(field="first day", expected=f"a day after {before[-1][0]}", got=first.isoformat())
    return ChangedRing(new.shares, (*before, (first - timedelta(days=1), KeyRing(old.shares))))


def rings_of(ring: KeyRing) -> list[KeyRing]:
    """Give a ring and those that it came in the place of, each as it was when it was in use."""
    before = ring.before if isinstance(ring, ChangedRing) else ()
    return [ring, *(ChangedRing(each.shares, before[:place]) for place, (_, each) in enumerate(before))]


def joined_keys(one: DayKeys, other: DayKeys) -> DayKeys:
    """Give a ring that knows the days of both."""
    return DayKeys((), tuple(sorted({**dict(one.days), **dict(other.days)}.items())))


def read_day_keys(text: str) -> DayKeys:
    """Read the keys of days, as `day_keys_text` wrote them, and take them for a ring that knows no other day.

    Raises
    ------
    InvalidKey
        When the text holds none.
    """
    try:
        content = read_json(text)
        if content["darvoza_day_keys"] != 1:
            raise ValueError("of another form")
        found = sorted((date.fromisoformat(day), bytes.fromhex(key)) for day, key in content["keys"].items())
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidKey(
            field="day keys", expected='"darvoza_day_keys": 1 and "keys"', got="something else"
        ) from problem
    return DayKeys((), tuple(found))


def new_key_ring(agencies: Sequence[str], random_bytes: Callable[[int], bytes]) -> KeyRing:
    """Make a ring with a fresh share for each agency; `random_bytes` is the source of chance."""
    if not agencies or len(set(agencies)) != len(agencies):
        raise InvalidKey(field="agency", expected="one or more different agencies", got=list(agencies))
    return KeyRing(tuple((agency, random_bytes(SHARE_BYTES)) for agency in sorted(agencies)))


def key_file_text(ring: KeyRing) -> str:
    """Write a ring as the text of a key file, with those that it came in the place of."""
    before = ring.before if isinstance(ring, ChangedRing) else ()
    told = [{"until": until.isoformat(), **_ring_told(each)} for until, each in before]
    content = {"darvoza_key": 1, **_ring_told(ring), **({"before": told} if told else {})}
    return json.dumps(content, indent=2) + "\n"


def _ring_told(ring: KeyRing) -> dict[str, Any]:
    return {"commitment": ring.commitment(), "shares": {agency: share.hex() for agency, share in ring.shares}}


def read_key_file(path: Path) -> KeyRing:
    """Read a key file and check it against the commitment it carries.

    Raises
    ------
    InvalidKey
        If the file is missing, is no key file, or has a short share.
    CommitmentMismatch
        If its shares are not those that were committed to.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise InvalidKey(
            field="key-file",
            expected="a readable JSON key file",
            got=str(path),
            hint="put a key that was drawn with together again, from its sealed shares: darvoza key join; make no other in its "
            "place. The first is made with: darvoza key new --agency customs --agency phytosanitary --out KEY",
        ) from problem
    with in_file(path):
        return read_ring(text)


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Tell, with what is wrong with a key, in which file it stands."""
    try:
        yield
    except DrawError as problem:
        problem.hint = f"{problem.hint}; in {path}" if problem.hint else f"in {path}"
        raise


def read_ring(text: str) -> KeyRing:
    """Read the text of a key file; errors as for `read_key_file`."""
    content = _content(text)
    if content.get("darvoza_key") != 1 or not isinstance(content.get("shares"), dict):
        raise InvalidKey(field="key-file", expected='an object with "darvoza_key": 1 and "shares"', got="another")
    ring = _read_shares(content)
    before = content.get("before", [])
    if not before:
        return ring
    try:
        earlier = tuple((date.fromisoformat(each["until"]), _read_shares(each)) for each in before)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        expected = 'a list of rings, each with "until" and "shares"'
        raise InvalidKey(field="key-file.before", expected=expected, got="something else") from problem
    if list(earlier) != sorted(earlier, key=lambda one: one[0]):
        raise InvalidKey(field="key-file.before", expected="the oldest ring first", got="another order")
    return ChangedRing(ring.shares, earlier)


def _read_shares(content: Mapping[str, Any]) -> KeyRing:
    """Read the shares of one ring, and hold them to the commitment beside them."""
    ring = KeyRing(tuple(sorted((agency, read_share(agency, text)) for agency, text in content["shares"].items())))
    if not ring.shares:
        raise InvalidKey(field="key-file.shares", expected="one or more shares", got={})
    if content.get("commitment") != ring.commitment():
        raise CommitmentMismatch(
            field="key-file.commitment",
            expected=f"{ring.commitment()}, which the shares make",
            got=content.get("commitment"),
            hint="a share was changed or belongs to another key",
        )
    return ring


def _content(text: str) -> dict[str, Any]:
    try:
        content = read_json(text)
    except ValueError as problem:
        raise InvalidKey(field="key-file", expected="JSON", got="something else") from problem
    if not isinstance(content, dict):
        raise InvalidKey(field="key-file", expected="an object of JSON", got=type(content).__name__)
    return content


def day_keys_text(ring: KeyRing, days: Iterable[date]) -> str:
    """Write the keys of some days, to be revealed: they tell nothing of other days, nor of the shares.

    Examples
    --------
    >>> ring = KeyRing((("customs", bytes(32)),))
    >>> revealed_keys(day_keys_text(ring, [date(2026, 1, 1)]), [date(2026, 1, 1)]) == {date(2026, 1, 1): ring.key(date(2026, 1, 1))}
    True
    """
    keys = {day.isoformat(): ring.key(day).hex() for day in days}
    return json.dumps({"darvoza_day_keys": 1, "keys": keys}, indent=2) + "\n"


def revealed_keys(text: str, days: Iterable[date]) -> dict[date, bytes]:
    """Read, of some days, the keys that were revealed: day by day, or the whole ring.

    Parameters
    ----------
    text
        What `day_keys_text` or `key_file_text` wrote.
    days
        The days that are asked for; those without a key are left out.

    Raises
    ------
    InvalidKey
        If the text is neither, or a key is not as long as it must be.
    CommitmentMismatch
        If the shares of a ring are not those that were committed to.
    """
    content = _content(text)
    if content.get("darvoza_day_keys") != 1:
        ring = read_ring(text)
        return {day: ring.key(day) for day in days}
    keys = content.get("keys")
    if not isinstance(keys, dict):
        raise InvalidKey(field="keys", expected="an object of days and keys", got=type(keys).__name__)
    wanted = {day.isoformat(): day for day in days}
    return {wanted[day]: read_share(day, key) for day, key in keys.items() if day in wanted}


def read_share(agency: str, text: object) -> bytes:
    """Read one share; errors as for `read_key_file`."""
    expected = f"at least {SHARE_BYTES} bytes in hexadecimal"
    try:
        share = bytes.fromhex(str(text))
    except ValueError as problem:
        raise InvalidKey(field=f"key-file.shares.{agency}", expected=expected, got="something else") from problem
    if len(share) < SHARE_BYTES:
        raise InvalidKey(field=f"key-file.shares.{agency}", expected=expected, got=f"{len(share)} bytes")
    return share
