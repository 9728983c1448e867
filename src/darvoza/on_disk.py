"""What is to outlast a loss of power is waited for: bytes of a file, and the name under which it stands."""

import os
from pathlib import Path


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
