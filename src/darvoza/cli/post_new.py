"""``darvoza post new``: make a post that can decide without a line."""

import json
import os
import secrets
from argparse import Namespace

from darvoza.cli.journal_files import text_of
from darvoza.cli.output import write_new
from darvoza.cli.post_home import ABOUT, SEAL_KEY
from darvoza.errors import OutputError
from darvoza.methods.sealing.sealed_box import KEY_BYTES, box_keys

OWNER_ONLY = 0o600


def run(options: Namespace) -> int:
    """Make the directory and the key of the post; print the public half for the centre."""
    trusted = text_of(options.trust, "the public key of the centre").strip()
    private, public = box_keys(secrets.token_bytes(KEY_BYTES))
    try:
        options.home.mkdir(parents=True, mode=0o700)
        handle = os.open(options.home / SEAL_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as problem:
        expected = "a directory that does not exist yet"
        raise OutputError(field="home", expected=expected, got=str(options.home)) from problem
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{private}\n")
    write_new(options.home / ABOUT, json.dumps({"post": options.post, "trusted": trusted}, indent=1) + "\n")
    print(f"post {options.post}: {options.home}")
    print(f"public key of the post, for the centre: {public}")
    return 0
