"""``darvoza office enter``: enter a person, with a random password that is shown once."""

from argparse import Namespace
from datetime import UTC, datetime

from django.db import transaction

from darvoza.domain.codes import Agency
from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Enter the person and tell the journal, both or neither."""
    start(options, secret=False)
    from darvoza.office.accounts.queries import known  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.accounts.roles import Role  # noqa: PLC0415
    from darvoza.office.accounts.services.people import NewPerson, enter_all  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM, record  # noqa: PLC0415

    if known(options.username):
        raise SettingsError(field="USERNAME", expected="a name that nobody has", got=options.username)
    agency = Agency(options.agency) if options.agency else None
    roles = tuple(Role(role) for role in options.role)
    new = NewPerson(options.username, options.name, roles, agency, options.post)
    with transaction.atomic():
        given = enter_all([new])
        told = {"what": "entered", "roles": list(options.role), "agency": options.agency, "post": options.post}
        record(EntryKind.ACCOUNT_CHANGE, new.username, told, by=SYSTEM, now=datetime.now(UTC))
    print(f"user      {new.username}\npassword  {given[new.username]}   (shown once, kept nowhere)")
    return 0
