"""Tables brought up to date, all at once or not at all.

Django keeps each step for itself, and for some steps notes only afterwards that they are done. Killed in between, an office
would need a hand. Here all steps and the notes of them are one transaction: killed at any moment, the office is what it was.
"""

from pathlib import Path
from typing import Final, NamedTuple

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from darvoza.errors import SettingsError
from darvoza.office.journal.apps import JournalApp

NEWER: Final = "install the version that wrote them; or restore a copy from before it"


class Steps(NamedTuple):
    """How the tables differ from those of this version: how many steps wait, and which were made that it does not know."""

    waiting: int
    unknown: tuple[str, ...]


def steps() -> Steps:
    """Compare the tables with those of this version."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations)
    waiting = executor.migration_plan(loader.graph.leaf_nodes())
    return Steps(len(waiting), tuple(sorted(f"{app} {name}" for app, name in unknown)))


def refuse_other_tables() -> None:
    """Refuse to work on tables of another version: what is written there would be lost, or fail halfway.

    Raises
    ------
    SettingsError
        When steps of this version wait to be applied, or steps were applied that it does not know.
    """
    waiting, unknown = steps()
    if unknown:
        raise _of_newer(unknown)
    if waiting:
        raise SettingsError(
            field="tables",
            expected="tables of this version",
            got=f"those of an older one: {waiting} steps wait",
            hint="stop the office and its timers, make a copy, and run: darvoza office migrate",
        )


def _of_newer(unknown: tuple[str, ...]) -> SettingsError:
    got = f"{len(unknown)} steps of a newer one, such as {unknown[-1]}"
    return SettingsError(field="tables", expected="tables of this version or an older one", got=got, hint=NEWER)


def upgrade() -> None:
    """Apply every migration that is not applied yet, in one transaction.

    Raises
    ------
    DatabaseError
        When one cannot be applied; then none is.
    SettingsError
        When the tables are of a newer version than this one.
    """
    if unknown := steps().unknown:
        raise _of_newer(unknown)
    # SQLite changes tables only while it does not watch over their keys, and listens to that only outside a transaction
    unwatched = connection.vendor == "sqlite" and connection.disable_constraint_checking()
    try:
        with transaction.atomic(durable=not connection.in_atomic_block):
            call_command("migrate", verbosity=0)
            connection.check_constraints()
    finally:
        if unwatched:
            connection.enable_constraint_checking()


def has_tables() -> bool:
    """Tell whether there are tables of an office; a file of SQLite is not made by looking for it.

    Raises
    ------
    DatabaseError
        When the database cannot be asked.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not name.startswith("file:") and not Path(name).is_file():
        return False  # what has an address in place of a name is in memory
    # every version has had a journal: an older office may lack any other app of this one
    return any(app == JournalApp.label for app, _ in MigrationRecorder(connection).applied_migrations())
