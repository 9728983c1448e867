"""Who owns a file that cannot be used, and how it is closed: what an administrator looks at first."""

import os
import stat
from pathlib import Path


def whose(path: Path) -> str:
    """Tell whose a file is; where it cannot be looked at, whose the directory is that is closed.

    Examples
    --------
    >>> whose(Path("/")).startswith("/ of ")
    True
    """
    for each in (path, *path.absolute().parents):
        try:
            found = each.stat()
        except OSError:
            continue
        return f"{each} of {_name(found.st_uid)}, mode {stat.S_IMODE(found.st_mode):04o}, asked for by {_name(_mine())}"
    return "nothing that can be looked at"


def _mine() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0


def _name(number: int) -> str:
    """Give the name of a user; the number where it has none, as in a container."""
    try:
        import pwd  # noqa: PLC0415 - not on every system

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)
