"""Small pictures of photos, for pages that come over thin lines; they can be drawn again and are no part of a backup."""

import subprocess
import sys
import tempfile
from math import sqrt
from pathlib import Path
from threading import Lock
from typing import Final

from darvoza.office.desk.pictures.cleaned import Cleaned, damaged

MEDIA_TYPE: Final = "image/png"
LONGEST, POINTS = 160, 160 * 120
"""Points along the longer side, and altogether at most: 64 colours of so many points are below 15,000 bytes."""

PATIENCE: Final = 60.0
"""Seconds that drawing may take, however busy the machine is; of a processor it gets fewer."""

_ONE_AT_A_TIME = Lock()


def small_size(width: int, height: int) -> tuple[int, int]:
    """Give how large a photo is drawn small; never larger than it is.

    Examples
    --------
    >>> small_size(4000, 3000), small_size(3000, 3000), small_size(8000, 10), small_size(40, 30)
    ((160, 120), (138, 138), (160, 1), (40, 30))
    """
    scale = min(1.0, LONGEST / max(width, height), sqrt(POINTS / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def draw_small(cleaned: Cleaned, kind: str) -> bytes:
    """Draw a photo small, in a process of its own that may fail; one at a time, since a photo takes much memory.

    Raises
    ------
    CaseRefused
        When it cannot be unpacked, or not in time.
    """
    width, height = small_size(*cleaned.upright)
    words = [sys.executable, "-m", "darvoza.office.desk.pictures.drawing", kind, str(width), str(height)]
    with _ONE_AT_A_TIME:
        try:
            done = subprocess.run(words, input=cleaned.content, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as problem:
            raise damaged("it takes too long to be unpacked") from problem
    if done.returncode or not done.stdout:
        raise damaged("it cannot be unpacked")
    return done.stdout


def small_place(root: Path, digest: str) -> Path:
    """Give where the small picture of a photo stands."""
    return root / "small" / digest[:2] / f"{digest}.png"


def keep_small(root: Path, digest: str, drawn: bytes) -> None:
    """Keep a small picture; it is whole or not there."""
    target = small_place(root, digest)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        file.write(drawn)
    Path(file.name).replace(target)
