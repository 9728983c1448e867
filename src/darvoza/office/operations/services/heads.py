"""Heads of the journal, signed day by day by whoever holds the key of the journal: the worker, where it lies in its home."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from darvoza.darvoza_verify import Unreadable, read_heads
from darvoza.errors import InvalidHead
from darvoza.flow.journal.export import entry_line
from darvoza.flow.journal.heads import next_head, public_key_of, signed_heads
from darvoza.office.journal.queries import ending, every_entry
from darvoza.office.operations.probes import Finding, Health

KEY, HEADS = "journal-key", "heads.txt"
"""Files in the home: the private key of the journal, and the heads that were signed with it."""

UNSIGNED: Final = timedelta(days=1)
"""Who signs once a day has signed yesterday."""

LOST: Final = (
    f"put back the {KEY} that signed them; where it is lost, keep {HEADS} under another name, and make another key with: "
    "darvoza journal key; see Check the journal"
)


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


def heads(home: Path, now: datetime) -> Finding:
    """Tell whether heads go on being signed where they were: a key that was lost, or is another, ends them without a word."""
    try:
        text, key = _text(home / HEADS), _text(home / KEY).strip()
        if not text.strip():
            return Finding("heads", Health.WELL, "none was signed here")
        last = max(head.day for head in (signed_heads(text, [public_key_of(key)]) if key else read_heads(text)))
    except (InvalidHead, Unreadable, ValueError) as problem:  # of bytes that are no text, too
        return Finding("heads", Health.FAILED, f"none is signed any more: {problem}", LOST)
    if date.fromisoformat(last) >= now.date() - UNSIGNED:
        return Finding("heads", Health.WELL, f"the last one was signed on {last}")
    if key:
        return Finding("heads", Health.WARNING, f"none was signed since {last}", "look into the log of darvoza worker")
    return Finding("heads", Health.WARNING, f"none was signed since {last}, and there is no {KEY} in the home", LOST)


def _text(path: Path) -> str:
    """Give what a file says; nothing where there is none."""
    return path.read_text(encoding="utf-8-sig") if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and have it on the disk; of two who sign at once, one fails."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
