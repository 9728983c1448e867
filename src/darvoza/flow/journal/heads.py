"""Heads: what the journal was on a day, signed, so that others can keep it and hold the journal to it."""

import base64
from collections.abc import Iterable, Sequence
from datetime import date

from darvoza.darvoza_verify import Check, Head, Unreadable, Verdict, read_heads, read_keys, wrong_signature
from darvoza.domain.journal import JournalHead
from darvoza.errors import BrokenJournal, InvalidHead
from darvoza.methods.sealing.signed_note import name_of, public_key, sign_note


def head_text(head: JournalHead) -> str:
    r"""Write a head as the lines that are signed: origin, size, root, day.

    Examples
    --------
    >>> head_text(JournalHead("customs.example/journal", 2, "00" * 32, date(2026, 3, 1))).splitlines()[1:]
    ['2', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '2026-03-01']
    """
    root = base64.b64encode(bytes.fromhex(head.root)).decode()
    return f"{head.origin}\n{head.size}\n{root}\n{head.day.isoformat()}\n"


def next_head(lines: Iterable[bytes], earlier: str, *, day: date, key: str) -> str:
    """Sign what an exported journal is on a day, if it holds and goes on from every head that was signed before.

    Parameters
    ----------
    lines
        The exported journal.
    earlier
        The heads that were signed before, one after the other; empty for the first.
    day
        The day of the head, not before that of the last one.
    key
        Private key; its name is the origin of the journal.

    Raises
    ------
    BrokenJournal
        When the journal does not hold: what is wrong with it must not be signed.
    InvalidHead
        When an earlier head cannot be read, is not signed with this key, or is of a later day; or the key is none.

    Examples
    --------
    >>> from darvoza.methods.sealing.signed_note import private_key
    >>> key = private_key("customs.example/journal", bytes(32))
    >>> next_head([], "", day=date(2026, 3, 1), key=key).splitlines()[:2]
    ['customs.example/journal', '0']
    """
    heads = signed_heads(earlier, [public_key_of(key)])
    last = max((head.day for head in heads), default="")
    if day.isoformat() < last:
        raise InvalidHead(field="day", expected=f"a day not before that of the last head, {last}", got=day.isoformat())
    verdict = holding(lines, heads)[0]
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
        At the first entry that does not hold.
    """
    running, leaves = Check(heads), []
    for line in lines:
        if not running.take(line):
            break
        leaves.append(bytes.fromhex(running.previous))
    verdict = running.verdict()
    if verdict.faults:
        raise BrokenJournal(str(verdict.faults[0]), field="journal", hint="darvoza journal verify tells everything")
    return verdict, leaves
