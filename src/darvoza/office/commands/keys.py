"""``darvoza office keys``: commit to the keys of days to come, reveal those of days that are over."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from darvoza.errors import SettingsError
from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Write both into the journal."""
    if options.commit is None and not options.reveal:
        raise SettingsError(field="--commit", expected="--commit DAYS, --reveal, or both", got="neither")
    if options.replace is not None and (options.commit is None or not options.replace.strip()):
        raise SettingsError(field="--replace", expected="a reason, with --commit DAYS", got=options.replace)
    start(options, secret=False)
    from darvoza.flow.selectivity.keys import read_key_file  # noqa: PLC0415 - heavy, and Django comes first
    from darvoza.office.operations.services.day_keys import commit_to, reveal_over  # noqa: PLC0415

    ring, now = read_key_file(options.key_file), datetime.now(UTC)
    if options.commit is not None:
        tomorrow = now.date() + timedelta(days=1)
        made = commit_to(ring, tomorrow, options.commit, now=now, reason=(options.replace or "").strip())
        print(f"committed to the keys of {len(made)} days" + (f", {made[0]} to {made[-1]}" if made else ""))
    if options.reveal:
        told = reveal_over(ring, now=now)
        print(f"revealed the keys of {len(told)} days" + (f", {told[0]} to {told[-1]}" if told else ""))
    return 0
