"""``darvoza key reveal``: write the keys of days that are over, so that auditors can recompute their draws."""

from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from darvoza.cli.output import write_new
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.keys import day_keys_text, read_key_file


def run(options: Namespace) -> int:
    """Write the key of each day, for everybody to read; the keys of other days and the shares stay secret."""
    count = (options.end - options.start).days + 1
    if count < 1:
        raise SettingsError(field="--to", expected=f"{options.start} or later", got=options.end.isoformat())
    reveal(options.key_file, options.start, count, options.out, now=datetime.now(UTC))
    print(f"keys of {count:,} days: {options.out}")
    return 0


def reveal(key_file: Path, start: date, count: int, out: Path, *, now: datetime) -> None:
    """Write the keys of days that are over.

    Parameters
    ----------
    start, count
        First day, and how many.
    now
        The moment; a day is over when the next one has begun in UTC.

    Raises
    ------
    SettingsError
        When one of the days is not over: who knew its key would know its draws beforehand.
    """
    days, today = [start + timedelta(days=place) for place in range(count)], now.astimezone(UTC).date()
    if days[-1] >= today:
        hint = "the key of a day tells its draws; it is revealed when the day is over"
        expected = f"a day before {today}, which is today in UTC"
        raise SettingsError(field="--to", expected=expected, got=days[-1].isoformat(), hint=hint)
    write_new(out, day_keys_text(read_key_file(key_file), days))
