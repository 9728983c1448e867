"""``darvoza office client``: enter a system that asks by the API, with a token that is shown once; or shut it out."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Enter or revoke the client; the journal is told."""
    start(options, secret=False)
    from darvoza.office.api.purposes import Purpose  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.api.services.clients import NewClient, enter_client, revoke_client  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    now = datetime.now(UTC)
    if options.revoke:
        revoke_client(options.name, by=SYSTEM, now=now)
        print(f"client    {options.name} is shut out")
        return 0
    purposes = tuple(Purpose(each) for each in options.purpose)
    new = NewClient(options.name, purposes, options.agency, options.post, options.per_minute)
    token = enter_client(new, by=SYSTEM, now=now)
    print(f"client    {new.name}\ntoken     {token}   (shown once, kept nowhere)")
    return 0
