"""``darvoza key reveal``: write the keys of days that are over, so that auditors can recompute their draws."""

from argparse import Namespace
from datetime import timedelta

from darvoza.cli.output import write_new
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.keys import day_keys_text, read_key_file


def run(options: Namespace) -> int:
    """Write the key of each day; the keys of other days and the shares stay secret."""
    count = (options.end - options.start).days + 1
    if count < 1:
        raise SettingsError(field="--to", expected=f"{options.start} or later", got=options.end.isoformat())
    ring = read_key_file(options.key_file)
    write_new(options.out, day_keys_text(ring, (options.start + timedelta(days=place) for place in range(count))))
    print(f"keys of {count:,} days: {options.out}; reveal them when the last of these days is over")
    return 0
