"""``darvoza office first-run``: secret, tables, the first administrator."""

import secrets
from argparse import Namespace

from darvoza.errors import OutputError
from darvoza.office.commands.starting import start, write_alone
from darvoza.office.environment import SECRET_FILE

ADMINISTRATOR = "administrator"


def run(options: Namespace) -> int:
    """Make what an office needs before anybody can sign in; print the password once and keep it nowhere."""
    environment = start(options, secret=False, tables=False)
    environment.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not environment.secret:
        write_alone(environment.home / SECRET_FILE, secrets.token_urlsafe(64))
    from darvoza.office.operations.upgrading import upgrade  # noqa: PLC0415 - Django comes first

    upgrade()
    from darvoza.office.accounts.queries import anybody  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.accounts.roles import Role  # noqa: PLC0415
    from darvoza.office.accounts.services.people import NewPerson, enter_all  # noqa: PLC0415

    if anybody():
        raise OutputError(field="home", expected="an office without people", got=str(environment.home))
    [(name, password)] = enter_all([NewPerson(ADMINISTRATOR, "Administrator", (Role.ADMINISTRATOR,))]).items()
    print(f"user      {name}\npassword  {password}   (shown once, kept nowhere)")
    print(f"next      darvoza serve --home {environment.home}")
    return 0
