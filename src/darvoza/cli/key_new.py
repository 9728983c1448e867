"""``darvoza key new``: make a key of one share per agency."""

import os
import secrets
from argparse import Namespace
from pathlib import Path

from darvoza.errors import OutputError
from darvoza.flow.selectivity.keys import key_file_text, new_key_ring

OWNER_ONLY = 0o600


def run(options: Namespace) -> int:
    """Write a key file that only its owner can read, and print the commitment to publish."""
    ring = new_key_ring(options.agency, secrets.token_bytes)
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(str(options.out), os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as problem:
        raise _refusal(options.out, problem) from problem
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key_file_text(ring))
    print(f"key: {options.out}")
    print(f"commitment to publish before the first day: {ring.commitment()}")
    return 0


def _refusal(out: Path, problem: OSError) -> OutputError:
    """Say why no key could be written: there is one, or the system does not let it be."""
    if isinstance(problem, FileExistsError) and problem.filename == str(out):
        hint = "a key is never overwritten: draws made with it could not be verified any more"
        return OutputError(field="out", expected="a file that does not exist yet", got=str(out), hint=hint)
    expected = "a place that can be written to"
    return OutputError(field=str(problem.filename or out), expected=expected, got=problem.strerror)
