"""``darvoza journal key``: make the key that heads of the journal are signed with."""

import os
import secrets
from argparse import Namespace

from darvoza.cli.output import write_new
from darvoza.errors import InvalidHead, OutputError
from darvoza.methods.sealing.signed_note import SEED_BYTES, private_key, public_key

OWNER_ONLY = 0o600


def run(options: Namespace) -> int:
    """Write a private key that only its owner can read, and its public half."""
    try:
        private = private_key(options.name, secrets.token_bytes(SEED_BYTES))
    except ValueError as problem:
        raise InvalidHead(str(problem), field="name") from problem
    write_new(options.public, f"{public_key(private)}\n")
    try:
        handle = os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as problem:
        options.public.unlink()
        raise OutputError(
            field="out",
            expected="a file that does not exist yet in a place that can be written to",
            got=str(options.out),
            hint="a key is never overwritten: nobody could tell any more who signed",
        ) from problem
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{private}\n")
    print(f"private key: {options.out}")
    print(f"public key, to hand to other agencies: {options.public}")
    return 0
