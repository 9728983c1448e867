"""Why a database or a file could not be used, in words, with what to do about it.

What a library says holds addresses, and of values what was to be written; so its text is looked at and never handed on.
"""

import errno
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Reason(NamedTuple):
    """What is the matter, and what to do."""

    said: str
    remedy: str


_NO_ROOM = Reason("there is no room on its disk", "make room; what was acknowledged is there")
_NOT_LET_IN = Reason("the user is not let in", "look at user and password in DARVOZA_DATABASE, and at pg_hba.conf")
_NO_TABLES = Reason("tables are missing", "run: darvoza office migrate")

_SAID: Final = (
    (r"database \S+ does not exist", Reason("there is no database of this name", "createdb makes one; or mend DARVOZA_DATABASE")),
    (r"password authentication failed|no password supplied|role \S+ does not exist|pg_hba\.conf", _NOT_LET_IN),
    (r"permission denied for|must be owner of", Reason("its user may not do that", "let the user of DARVOZA_DATABASE own the database")),
    (r"connection refused|no such file or directory.*\.s\.PGSQL", Reason("nothing answers there", "start the database; or mend host and port in DARVOZA_DATABASE")),
    (r"name or service not known|name resolution|resolve host|translate host name|nodename nor servname", Reason("there is no such host", "mend the host in DARVOZA_DATABASE, or ask why names are not found")),
    (r"timeout expired|timed out|no route to host|network is unreachable", Reason("it cannot be reached", "look at the network between, and at the host in DARVOZA_DATABASE")),
    (r"starting up|shutting down|in recovery mode|terminating connection|connection is closed|closed the connection|connection already closed", Reason("it is being started or stopped", "wait; look at its log when that lasts")),
    (r"too many clients|remaining connection slots|too many connections", Reason("all its connections are taken", "raise max_connections, or let fewer processes answer")),
    (r"no space left|disk is full|could not extend file", _NO_ROOM),
    (r"no such table|relation \S+ does not exist|no such column|column \S+ does not exist", _NO_TABLES),
    (r"unable to open database file", Reason("the file of the database cannot be opened", "look at who owns the home and the file, and at their modes")),
    (r"readonly database|read-only", Reason("it can be read only", "look at who owns the home and the file, and at their modes")),
    (r"database is locked|lock timeout", Reason("somebody else has been writing for too long", "look for a command that hangs, and try again")),
    (r"disk i/o error", Reason("its disk fails", "decide nothing; look at the disk; restore a backup elsewhere")),
    (r"not a database|malformed|corrupt", Reason("its file is damaged", "keep a copy of it; restore a backup elsewhere: darvoza office restore")),
)  # fmt: skip

_NUMBERED: Final = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EACCES: Reason("it may not be opened by this user", "look at who owns it, and at its mode"),
    errno.EPERM: Reason("that is not allowed to this user", "look at who owns it, and at its mode"),
    errno.EROFS: Reason("its disk can be read only", "write elsewhere, or mount it for writing"),
    errno.ENOTDIR: Reason("a file stands where a directory is needed", "name another place"),
    errno.EISDIR: Reason("a directory stands where a file is needed", "name another place"),
    errno.ENOENT: Reason("it is not there", "name another place"),
    errno.EEXIST: Reason("something stands there already", "name another place"),
    errno.EIO: Reason("its disk fails", "look at the disk"),
}


def reason_of(problem: BaseException) -> Reason | None:
    """Give why something failed; nothing where these words do not know it.

    Examples
    --------
    >>> reason_of(OSError(28, "No space left on device")).said
    'there is no room on its disk'
    >>> reason_of(ValueError("a bug")) is None
    True
    """
    if isinstance(problem, OSError) and problem.errno in _NUMBERED:
        return _NUMBERED[problem.errno]
    said = f"{problem} {problem.__cause__ or ''}"
    return next((reason for words, reason in _SAID if re.search(words, said, re.IGNORECASE | re.DOTALL)), None)


def place_of_database(settings: Mapping[str, Any]) -> str:
    """Say where a database is, without whoever is let in there.

    Examples
    --------
    >>> place_of_database({"ENGINE": "…postgresql", "HOST": "db", "PORT": "", "NAME": "office", "PASSWORD": "x"})
    'db:5432/office'
    """
    if str(settings["ENGINE"]).endswith("postgresql"):
        return f"{settings['HOST'] or 'this machine'}:{settings['PORT'] or 5432}/{settings['NAME']}"
    return str(settings["NAME"])
