"""``darvoza office profiles``: taken in from files, tried on the history, or written out for the gate."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from darvoza.office.commands.starting import start
from darvoza.plural import several


def run(options: Namespace) -> int:
    """Take a directory in, make the figures, or write a directory."""
    start(options, secret=False)
    if options.take_in is not None:
        take_in_profiles(options.take_in)
    elif options.figures:
        make_figures()
    else:
        write_profiles(options.out, options.at or datetime.now(UTC))
    return 0


def take_in_profiles(directory: Path) -> None:
    """Put the profiles of a directory in force, and say how many were new."""
    from darvoza.flow.assessment.profile_files import load_profiles  # noqa: PLC0415 - Django comes first
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415
    from darvoza.office.profiles.services.files import take_in  # noqa: PLC0415

    profiles = load_profiles(directory)
    made = take_in(profiles, by=SYSTEM, now=datetime.now(UTC))
    print(
        f"profiles: {made.new} new, {made.changed} other than before, {made.same} the same; {made.lists} lists; "
        f"digest {profiles.digest}"
    )


def write_profiles(directory: Path, moment: datetime) -> None:
    """Write the profiles in force at a moment, and say how many."""
    from darvoza.office.profiles.services.files import write_out  # noqa: PLC0415 - as above

    profiles = write_out(directory, moment=moment)
    print(f"{several(len(profiles), 'profile')} in force at {moment.isoformat(timespec='minutes')}: {directory}")
    print(f"digest {profiles.digest}")


def make_figures() -> None:
    """Try the profiles in force on the history, count shadow runs, and say of how many."""
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415 - as above
    from darvoza.office.profiles.services.figures import try_all  # noqa: PLC0415
    from darvoza.office.profiles.services.shadow import count_all  # noqa: PLC0415

    now = datetime.now(UTC)
    kept = try_all(by=SYSTEM, now=now)
    shadows = count_all(now=now)
    print(f"{len(kept.answer)} profiles tried on {kept.start} to {kept.end}; {shadows} versions run in the shadow")
