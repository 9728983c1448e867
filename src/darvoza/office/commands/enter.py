"""``darvoza office enter``: enter a person, with a random password that is shown once."""

from argparse import Namespace
from datetime import UTC, datetime
from typing import Final

from darvoza.domain.codes import Agency
from darvoza.errors import SettingsError
from darvoza.office.commands.starting import start

OPTIONS: Final = {"username": "USERNAME", "name": "--name", "roles": "--role", "agency": "--agency", "post": "--post"}
"""What is said here of each field of a person."""


def run(options: Namespace) -> int:
    """Enter the person and tell the journal, both or neither."""
    start(options, secret=False)
    from darvoza.office.accounts.roles import Role  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.accounts.services.people import NewPerson  # noqa: PLC0415
    from darvoza.office.administration.queries.places import mistyped  # noqa: PLC0415
    from darvoza.office.administration.services.people import enter_person  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    agency = Agency(options.agency) if options.agency else None
    roles = tuple(dict.fromkeys(Role(role) for role in options.role))
    new = NewPerson(options.username, options.name, roles, agency, options.post)
    doubt = mistyped(new.post)
    try:
        password = enter_person(SYSTEM, new, now=datetime.now(UTC))
    except SettingsError as problem:
        problem.field = OPTIONS.get(str(problem.field), problem.field)
        raise
    print(f"user      {new.username}\npassword  {password}   (shown once, kept nowhere)")
    if doubt:
        print(f"warning   {doubt}")
    return 0
