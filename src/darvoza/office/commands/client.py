"""``darvoza office client``: enter a system that asks by the API, with a token that is shown once; give it another; or shut it out."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from darvoza.errors import SettingsError
from darvoza.office.commands.starting import start

ALONE = "it can take goods of any post to its own and clear them there; give each purpose a client of its own"


def run(options: Namespace) -> int:
    """Enter, renew or revoke the client; the journal is told."""
    if options.overlap and not options.renew:
        raise SettingsError(field="overlap", expected="--renew beside it", got=options.overlap)
    start(options, secret=False)
    from darvoza.office.administration.queries.places import mistyped  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.api.purposes import PULLING, Purpose  # noqa: PLC0415
    from darvoza.office.api.services.clients import NewClient, enter_client, renew_client, revoke_client  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    now = datetime.now(UTC)
    if options.revoke:
        revoke_client(options.name, by=SYSTEM, now=now)
        print(f"client    {options.name} is shut out")
        return 0
    if options.renew:
        token = renew_client(options.name, overlap=timedelta(hours=options.overlap), by=SYSTEM, now=now)
        until = f"the one before ends {now + timedelta(hours=options.overlap):%Y-%m-%d %H:%M} UTC"
        _tell(options.name, token, until if options.overlap else "the one before has ended")
        return 0
    purposes = tuple(Purpose(each) for each in options.purpose)
    new = NewClient(options.name, purposes, options.agency, options.post, options.per_minute)
    doubt = mistyped(new.post)
    token = enter_client(new, by=SYSTEM, now=now)
    _tell(new.name, token)
    if doubt:
        print(f"warning   {doubt}")
    if set(purposes) >= PULLING:
        print(f"warning   one token tells arrivals and findings: {ALONE}")
    return 0


def _tell(name: str, token: str, more: str = "") -> None:
    print(f"client    {name}\ntoken     {token}   (shown once, kept nowhere{'; ' if more else ''}{more})")
