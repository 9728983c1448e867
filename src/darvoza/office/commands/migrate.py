"""``darvoza office migrate``: bring the tables up to date."""

from argparse import Namespace

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Bring the tables up to date; needs no secret."""
    environment = start(options, secret=False, tables=False)
    if not environment.database:
        environment.home.mkdir(parents=True, exist_ok=True)
    from darvoza.office.operations.upgrading import upgrade  # noqa: PLC0415 - Django comes first

    upgrade()
    print(f"tables are up to date: {environment.database.rpartition('@')[2] or environment.home}")
    return 0
