"""``darvoza key new``: make a key of one share per agency."""

import secrets
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

from darvoza.cli.output import write_alone
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.selectivity.keys import KeyRing, changed_ring, key_file_text, new_key_ring, read_key_file


def run(options: Namespace) -> int:
    """Write a key file that only its owner can read, and print the commitment to publish."""
    ring = _ring(options, today=datetime.now(UTC).date())
    write_key(options.out, key_file_text(ring))
    print(f"key: {options.out}")
    print(f"commitment to publish before the first day: {ring.commitment()}")
    return 0


def write_key(out: Path, text: str) -> None:
    """Write what nobody but its owner may read to a file that does not exist yet.

    Raises
    ------
    OutputError
        When it exists, or cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_alone(out, text)
    except OSError as problem:
        raise _refusal(out, problem) from problem


def _ring(options: Namespace, *, today: date) -> KeyRing:
    """Make a ring, which may come in the place of another from a day on that has not begun."""
    ring = new_key_ring(options.agency, secrets.token_bytes)
    if (options.after is None) != (options.start is None):
        raise SettingsError(field="--after", expected="the key before, with --from its first day", got="one of both")
    if options.after is None:
        return ring
    if options.start <= today:
        hint = "draws of a day that has begun were made with its key"
        expected = f"a day after {today}, which is today in UTC"
        raise SettingsError(field="--from", expected=expected, got=options.start.isoformat(), hint=hint)
    return changed_ring(read_key_file(options.after), ring, options.start)


def _refusal(out: Path, problem: OSError) -> OutputError:
    """Say why no key could be written: there is one, or the system does not let it be."""
    if isinstance(problem, FileExistsError) and problem.filename == str(out):
        hint = "a key is never overwritten: draws made with it could not be verified any more"
        return OutputError(field="out", expected="a file that does not exist yet", got=str(out), hint=hint)
    expected = "a place that can be written to"
    return OutputError(field=str(problem.filename or out), expected=expected, got=problem.strerror)
