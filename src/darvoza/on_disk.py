"""What is to outlast a loss of power is waited for: bytes of a file, and the name under which it stands.

And what is read back may be damaged all the same.
"""

import lzma
import os
import zipfile
import zlib
from pathlib import Path
from typing import Final

DAMAGED_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    ValueError,
)
"""Errors in which `zipfile` ends, in a name of its list or in the middle of a file, when an archive was cut off or changed."""


def wait_for_disk(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk.

    A file that was synchronised can still lose its name when the power goes; the directory has to be synchronised too.

    Raises
    ------
    OSError
        When it cannot be opened, or the disk fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
