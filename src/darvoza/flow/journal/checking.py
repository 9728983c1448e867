"""Is the journal still what it was: asked of the one file that also others ask.

`darvoza.darvoza_verify` needs nothing but the standard library and shares no line with what writes the journal; here it is
only given the entries in the form in which it reads them.
"""

from collections.abc import Iterable

from darvoza.darvoza_verify import Check, Fault, Head, Verdict, check
from darvoza.domain.journal import JournalEntry
from darvoza.errors import InvalidEntry
from darvoza.flow.journal.export import entry_line
from darvoza.methods.sealing.hash_chain import Link

UNWRITABLE = b"{}\n"
"""A line that is no entry, in place of one that was changed into what no journal can hold."""

__all__ = ["Fault", "Head", "Verdict", "line_to_check", "verify", "verify_tail"]


def verify(entries: Iterable[JournalEntry], heads: Iterable[Head] = ()) -> Verdict:
    """Check entries from the first on: numbers, chain, bodies, erasures, and agreement with heads.

    Parameters
    ----------
    entries
        All entries in the order of their numbers. They are read once and not kept.
    heads
        Heads that were signed, or kept, as `read_heads` gave them. Without one, a journal that was written anew from
        beginning to end looks intact.

    Returns
    -------
    Verdict
        `faults` is empty when everything holds; the first fault names the first entry that does not.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from datetime import UTC, datetime
    >>> from darvoza.domain.journal import EntryKind, JournalEvent
    >>> from darvoza.flow.journal.entries import link_of, next_entry
    >>> from darvoza.methods.sealing.hash_chain import START
    >>> event = JournalEvent(EntryKind.SIGN_IN, "person 7", "person 7", datetime(2026, 3, 1, 8, tzinfo=UTC))
    >>> first = next_entry(START, event, salt=bytes(16))
    >>> second = next_entry(link_of(first), event, salt=bytes(16))
    >>> verify([first, second]).faults
    ()
    >>> print(*verify([first, replace(second, actor="person 8")]).faults)
    entry 2: its head is not the digest of its header
    """
    return check(map(line_to_check, entries), heads)


def verify_tail(entries: Iterable[JournalEntry], after: Link) -> tuple[Fault, ...]:
    """Check the last entries alone: that each holds and that they follow one another; quick, and no proof of the rest.

    Parameters
    ----------
    entries
        The entries after the link, in the order of their numbers.
    after
        The link before them, as it is stored; `START` for a journal that is checked from the first entry on.

    Examples
    --------
    >>> verify_tail([], Link(7, "ab" * 32))
    ()
    """
    running = Check()
    running.size, running.previous = after
    running.committed = None
    running.peaks = [
        bytes(32)
    ] * after.number.bit_count()  # the tree over what is not looked at; its root is not asked for
    for entry in entries:
        if not running.take(line_to_check(entry)):
            break
    return tuple(fault for fault in running.verdict().faults if fault.first > after.number)


def line_to_check(entry: JournalEntry) -> bytes:
    """Write an entry as a line; what can no longer be written as one is a fault to be told, and not the end."""
    try:
        return entry_line(entry)
    except (ValueError, TypeError, InvalidEntry):
        return UNWRITABLE
