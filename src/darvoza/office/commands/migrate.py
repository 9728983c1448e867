"""``darvoza office migrate``: bring the tables up to date."""

from argparse import Namespace

from darvoza.office.commands.starting import start
from darvoza.office.variables import DATABASE, HOME


def run(options: Namespace) -> int:
    """Bring the tables up to date; needs no secret."""
    environment = start(options, secret=False, tables=False)
    if not environment.database:
        environment.home.mkdir(parents=True, exist_ok=True)
    from darvoza.office.operations.upgrading import has_tables, upgrade  # noqa: PLC0415 - Django comes first

    found = has_tables()
    upgrade()
    where = environment.database.rpartition("@")[2] or environment.home
    if found:
        print(f"tables are up to date: {where}")
    else:
        print(
            f"tables were made, for there were none: {where}; where an office was to be upgraded, look at {HOME} and {DATABASE}"
        )
    return 0
