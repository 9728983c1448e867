"""Heads: what the journal was on a day, signed, so that others can keep it and hold the journal to it."""

import base64
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone

from darvoza.darvoza_verify import Check, Head, Unreadable, Verdict, read_heads, read_keys, wrong_signature
from darvoza.domain.journal import JournalHead
from darvoza.errors import BrokenJournal, InvalidHead
from darvoza.methods.sealing.signed_note import name_of, public_key, sign_note

EARLIEST = timezone(timedelta(hours=14))
"""Where each day begins first."""


def head_text(head: JournalHead) -> str:
    r"""Write a head as the lines that are signed: origin, size, root, day.

    Examples
    --------
    >>> head_text(JournalHead("customs.example/journal", 2, "00" * 32, date(2026, 3, 1))).splitlines()[1:]
    ['2', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '2026-03-01']
    """
    root = base64.b64encode(bytes.fromhex(head.root)).decode()
    return f"{head.origin}\n{head.size}\n{root}\n{head.day.isoformat()}\n"


def next_head(lines: Iterable[bytes], earlier: str, *, day: date, key: str, now: datetime) -> str:
    """Sign what an exported journal is on a day, if it holds and goes on from every head that was signed before.

    Parameters
    ----------
    lines
        The exported journal.
    earlier
        The heads that were signed before, one after the other; empty for the first.
    day
        The day of the head, not before that of the last one, and begun somewhere on earth.
    key
        Private key; its name is the origin of the journal.
    now
        The moment.

    Raises
    ------
    BrokenJournal
        When the journal does not hold: what is wrong with it must not be signed. Or it has no entry.
    InvalidHead
        When an earlier head cannot be read, is not signed with this key, or is of a later day; when the day is to come, or is
        over for more than a day before the last entry was written; or the key is none.

    Examples
    --------
    >>> from datetime import UTC
    >>> from darvoza.domain.journal import EntryKind, JournalEvent
    >>> from darvoza.flow.journal.entries import next_entry
    >>> from darvoza.flow.journal.export import entry_line
    >>> from darvoza.methods.sealing.hash_chain import START
    >>> from darvoza.methods.sealing.signed_note import private_key
    >>> now, key = datetime(2026, 3, 1, 8, tzinfo=UTC), private_key("customs.example/journal", bytes(32))
    >>> entry = next_entry(START, JournalEvent(EntryKind.SIGN_IN, "person 7", "person 7", now), salt=bytes(16))
    >>> next_head([entry_line(entry)], "", day=date(2026, 3, 1), key=key, now=now).splitlines()[:2]
    ['customs.example/journal', '1']
    """
    if day > (latest := now.astimezone(EARLIEST).date()):
        expected, hint = f"a day that has begun, {latest} at the latest", "no head of an earlier day could follow it"
        raise InvalidHead(field="day", expected=expected, got=day.isoformat(), hint=hint)
    heads = signed_heads(earlier, [public_key_of(key)])
    last = max((head.day for head in heads), default="")
    if day.isoformat() < last:
        raise InvalidHead(field="day", expected=f"a day not before that of the last head, {last}", got=day.isoformat())
    verdict = holding(lines, heads)[0]
    written = date.fromordinal(verdict.last)
    if day < written - timedelta(days=1):
        expected = f"{written - timedelta(days=1)} at the earliest: the last entry was written on {written}"
        raise InvalidHead(
            field="day", expected=expected, got=day.isoformat(), hint="a head says what there was on its day"
        )
    return sign_note(head_text(JournalHead(name_of(key), verdict.entries, verdict.root, day)), key)


def signed_heads(text: str, keys: Sequence[str]) -> list[Head]:
    """Read heads, and refuse those that are not signed with one of the public keys.

    Raises
    ------
    InvalidHead
        At the first head, or key, that cannot be used.
    """
    try:
        heads, known = list(read_heads(text)), read_keys("".join(f"{key}\n" for key in keys))
    except (Unreadable, ValueError) as problem:
        raise InvalidHead(str(problem), field="heads") from problem
    for head in heads:
        if wrong := wrong_signature(head, known):
            raise InvalidHead(wrong, field="heads", hint="nothing is signed or proved beside it")
    return heads


def public_key_of(private: str) -> str:
    """Give the public half of a private key.

    Raises
    ------
    InvalidHead
        When the text is no private key; it is not repeated.
    """
    try:
        return public_key(private)
    except ValueError as problem:
        raise InvalidHead(str(problem), field="signing key", hint="darvoza journal key makes one") from problem


def holding(lines: Iterable[bytes], heads: Iterable[Head] = ()) -> tuple[Verdict, list[bytes]]:
    """Check an exported journal that is to be used, and give the leaves of its tree.

    Raises
    ------
    BrokenJournal
        At the first entry that does not hold, or when there is none: nothing can be said of it.
    """
    running, leaves = Check(heads), []
    for line in lines:
        if not running.take(line):
            break
        leaves.append(bytes.fromhex(running.previous))
    verdict = running.verdict()
    if verdict.faults:
        raise BrokenJournal(str(verdict.faults[0]), field="journal", hint="darvoza journal verify tells everything")
    if not leaves:
        raise BrokenJournal("it has no entry", field="journal", hint="darvoza office journal writes it out")
    return verdict, leaves
