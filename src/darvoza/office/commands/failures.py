"""Why a command could not use its database or a file, in words; told in one place for all of them."""

import errno
from pathlib import Path

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from darvoza.errors import DarvozaError, SettingsError
from darvoza.office.operations.reasons import place_of_database, reason_of
from darvoza.office.owners import whose
from darvoza.office.variables import DATABASE


def in_words(problem: Exception) -> DarvozaError | None:
    """Give what a person can put right; nothing for a fault of ours, which has to be seen as it is."""
    if isinstance(problem, (DatabaseError, InterfaceError)):
        return _of_database(problem)
    if isinstance(problem, OSError) and problem.filename is not None and (why := reason_of(problem)) is not None:
        path = Path(str(problem.filename2 or problem.filename))  # of a copy, what was written
        owned = (
            f"; there is {whose(path)}"
            if problem.errno in {errno.EACCES, errno.EPERM, errno.EEXIST, errno.ENOTDIR}
            else ""
        )
        expected, hint = "a file or directory that can be used", why.remedy + owned
        return SettingsError(field=str(path), expected=expected, got=why.said, hint=hint)
    if isinstance(problem, OSError) and (why := reason_of(problem)) is not None:
        return SettingsError(field="disk", expected="to be read and written", got=why.said, hint=why.remedy)
    return None


def _of_database(problem: Exception) -> DarvozaError | None:
    """Give what is the matter with the database."""
    why = reason_of(problem)
    if why is None and (
        isinstance(problem, IntegrityError) or not isinstance(problem, (OperationalError, InterfaceError))
    ):
        return None
    said, remedy = why or (
        type(problem.__cause__ or problem).__name__,
        "look whether it runs, has room, and can be reached",
    )
    where = place_of_database(connection.settings_dict)
    if connection.vendor == "sqlite":
        return SettingsError(f"the database cannot be asked: {said}", field=where, hint=remedy)
    return SettingsError(f"the database cannot be asked: {said}: {where}", field=DATABASE, hint=remedy)
