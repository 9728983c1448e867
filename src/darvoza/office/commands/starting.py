"""Django made ready for a command."""

import os
import sys
from argparse import Namespace
from pathlib import Path

import django
from django.db import DatabaseError

from darvoza.errors import SettingsError
from darvoza.office.catalogues import ready_catalogues
from darvoza.office.commands.failures import in_words
from darvoza.office.environment import DATABASE_FILE, Environment, read_environment
from darvoza.office.variables import DATABASE, HOME, SECRET

OWNER_ONLY = 0o077
"""What others may not do with a file that is made."""


def start(options: Namespace, *, secret: bool = True, tables: bool = True, older: bool = False) -> Environment:
    """Read the environment, compile the words, load Django, look whether there is an office.

    Parameters
    ----------
    secret
        Whether the command cannot do without the secret of the office.
    tables
        Whether the command works on tables that are there: of an office that is made already.
    older
        Whether tables of another version will do: a copy of them is made as they are.

    Raises
    ------
    SettingsError
        When the secret is needed and there is none, there is no office, or its tables are of another version.
    """
    if options.home is not None:
        os.environ[HOME] = str(options.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "darvoza.office.settings")
    environment = read_environment(os.environ)
    if secret and not environment.secret:
        raise SettingsError(
            field=SECRET,
            expected="the secret of this office",
            got="none",
            hint=f"make one with: darvoza office first-run --home {environment.home}",
        )
    if lacking := ready_catalogues():
        print(lacking, file=sys.stderr)
    os.umask(OWNER_ONLY)
    django.setup()
    if tables:
        _refuse_without_tables(environment, older=older)
    return environment


def no_office(environment: Environment) -> SettingsError:
    """Say that there is no office where one was looked for, and how one is made."""
    hint = f"make one with: darvoza office first-run --home {environment.home}"
    if environment.database:
        return SettingsError(field=DATABASE, expected="a database of an office", got="none of its tables", hint=hint)
    there = (environment.home / DATABASE_FILE).exists()
    got = f"{DATABASE_FILE} without its tables" if there else f"no {DATABASE_FILE}"
    hint = f"name its directory with --home or {HOME}, or {hint}"
    return SettingsError(field=str(environment.home), expected="an office", got=got, hint=hint)


def _refuse_without_tables(environment: Environment, *, older: bool) -> None:
    """Refuse to work on tables that are not there or of another version, before anything is written."""
    from darvoza.office.operations.upgrading import has_tables, refuse_other_tables  # noqa: PLC0415 - Django comes first

    try:
        found = has_tables()
        if found and not older:
            refuse_other_tables()
    except DatabaseError as problem:
        told = in_words(problem)
        if told is None:
            raise
        raise told from problem
    if not found:
        raise no_office(environment)


def write_alone(path: Path, text: str) -> None:
    """Write a file that only its owner can read; refuse to overwrite one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
