"""``darvoza office reset``: let somebody in again who is locked out, has lost a password or a second factor."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Lift the lock, and give or take what was asked for; each stands in the journal."""
    start(options, secret=False)
    from darvoza.office.administration.services.let_in import let_in  # noqa: PLC0415 - tables exist once Django is loaded

    done = let_in(
        options.username, password=options.password, second_factor=options.second_factor, now=datetime.now(UTC)
    )
    print("a lock was lifted" if done.was_locked else "there was no lock")
    if options.second_factor:
        print("the second factor was taken away: who must have one sets it up at the next sign-in")
    if done.password:
        print(f"user      {options.username}\npassword  {done.password}   (shown once, kept nowhere)")
    return 0
