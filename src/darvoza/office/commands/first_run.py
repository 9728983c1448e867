"""``darvoza office first-run``: secret, tables, the first administrator."""

import secrets
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.errors import OutputError
from darvoza.office.commands.starting import start, write_alone
from darvoza.office.environment import SECRET_FILE

ADMINISTRATOR = "administrator"


def run(options: Namespace) -> int:
    """Make what an office needs before anybody can sign in; print the password once and keep it nowhere.

    Where there are people and no secret, the secret was lost: it is made anew, and nobody is entered.
    """
    environment = start(options, secret=False, tables=False)
    environment.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not environment.secret:
        write_alone(environment.home / SECRET_FILE, secrets.token_urlsafe(64))
    from darvoza.office.operations.upgrading import upgrade  # noqa: PLC0415 - Django comes first

    upgrade()
    from darvoza.office.accounts.queries import anybody  # noqa: PLC0415 - tables exist once Django is loaded

    if not anybody():
        password = _enter()
        print(f"user      {ADMINISTRATOR}\npassword  {password}   (shown once, kept nowhere)")
    elif environment.secret:
        raise OutputError(field="home", expected="an office without people", got=str(environment.home))
    else:
        print(
            f"secret    made anew in {environment.home / SECRET_FILE}: everybody signs in again, with the same password"
        )
    print(f"next      darvoza serve --home {environment.home}")
    return 0


def _enter() -> str:
    """Enter the first administrator and tell the journal; give the password."""
    from darvoza.office.accounts.roles import Role  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.accounts.services.people import NewPerson  # noqa: PLC0415
    from darvoza.office.administration.services.people import enter_person  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    new = NewPerson(ADMINISTRATOR, "Administrator", (Role.ADMINISTRATOR,))
    return enter_person(SYSTEM, new, now=datetime.now(UTC))
