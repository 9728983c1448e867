"""Heads of the journal, signed day by day by whoever holds the key of the journal: the worker, where it lies in its home."""

import os
from datetime import datetime
from pathlib import Path

from darvoza.flow.journal.export import entry_line
from darvoza.flow.journal.heads import next_head, public_key_of, signed_heads
from darvoza.office.journal.queries import ending, every_entry

KEY, HEADS = "journal-key", "heads.txt"
"""Files in the home: the private key of the journal, and the heads that were signed with it."""


def sign_head(home: Path, now: datetime) -> str:
    """Sign what the journal is today, once a day; give the head, nothing where there is no key or it is signed already.

    The whole journal is recomputed before: what does not hold is not signed. A journal without an entry has no head yet.

    Raises
    ------
    BrokenJournal
        When the journal does not hold.
    InvalidHead
        When the key is none, or the heads so far are not signed with it.
    """
    if not (home / KEY).is_file():
        return ""
    key = (home / KEY).read_text(encoding="utf-8-sig").strip()
    earlier = (home / HEADS).read_text(encoding="utf-8-sig") if (home / HEADS).exists() else ""
    if any(head.day >= now.date().isoformat() for head in signed_heads(earlier, [public_key_of(key)])):
        return ""
    if not earlier.strip() and not ending()[0].number:
        return ""
    head = next_head(map(entry_line, every_entry()), earlier, day=now.date(), key=key, now=now)
    _write(home / HEADS, f"{earlier.rstrip()}\n\n{head}" if earlier.strip() else head)
    return head


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and have it on the disk; of two who sign at once, one fails."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
