"""What a certificate is worth that nobody signed for here: said where one is read."""

import stat
from collections.abc import Iterable
from pathlib import Path

UNSIGNED = (
    "the signature of an electronic certificate is not checked: whoever can write the file can have written all of it"
)


def open_to_anybody(places: Iterable[Path]) -> list[Path]:
    """Name the files and directories that every account of the machine may write to; those that are gone are passed over."""
    return [place for place in places if place.exists() and place.stat().st_mode & stat.S_IWOTH]


def open_told(places: Iterable[Path]) -> str | None:
    """Warn of the first place that anybody may write to; ``None`` where there is none."""
    found = open_to_anybody(places)
    if not found:
        return None
    return f"WARNING: every account of this machine may write to {found[0]}, and so issue certificates; {UNSIGNED}"
