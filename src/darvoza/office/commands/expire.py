"""``darvoza office expire``: delete what is past its time."""

from argparse import Namespace
from datetime import UTC, datetime, time

from darvoza.errors import SettingsError
from darvoza.office.commands.figures import make_figures
from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Say what is past its time, and delete it when asked to."""
    start(options, secret=False)
    from darvoza.office.operations.retention import (  # noqa: PLC0415 - Django comes first
        KeptData,
        read_retention,
        shipped_rules,
    )
    from darvoza.office.operations.services.expiring import expire, past_its_time  # noqa: PLC0415

    now = datetime.now(UTC)
    if options.before is not None:
        if options.before > now.date():
            expected = f"a day not after {now.date()}, which is today in UTC"
            hint = "what is not past its time yet cannot be let go; a shorter period is set in the rules"
            raise SettingsError(field="--before", expected=expected, got=options.before.isoformat(), hint=hint)
        now = min(now, datetime.combine(options.before, time(), UTC))
    rules = read_retention(options.rules or shipped_rules())
    found = expire(rules, now=now) if options.now else past_its_time(rules, now)
    for each in found:
        what = "expired" if options.now else "past their time"
        print(f"{each.data:<15} {each.number:>9,} {what}, of before {each.before.date()}")
    if options.rules is None:
        print("these periods are proposals: give those of your law with --rules")
    if not options.now:
        print("nothing was deleted: add --now")
    elif any(each.number for each in found if each.data is KeptData.DECLARATIONS):
        make_figures()  # else their numbers would open into fewer cases than they say
    return 0
