"""``darvoza post new``: make a post that can decide without a line."""

import json
import os
import secrets
from argparse import Namespace

from darvoza.cli.output import write_new
from darvoza.cli.post_home import ABOUT, SEAL_KEY, SIGN_KEY
from darvoza.errors import OutputError
from darvoza.flow.post.given import post_code, read_trusted_key
from darvoza.flow.post.signing import Signer, post_key
from darvoza.methods.sealing.sealed_box import KEY_BYTES, box_keys
from darvoza.methods.sealing.signed_note import SEED_BYTES

OWNER_ONLY = 0o600


def run(options: Namespace) -> int:
    """Make the directory and the keys of the post; print the public halves for the centre."""
    post, trusted = post_code(options.post), read_trusted_key(options.trust)
    private, public = box_keys(secrets.token_bytes(KEY_BYTES))
    signer = Signer(post, post_key(post, secrets.token_bytes(SEED_BYTES)))
    try:
        options.home.mkdir(parents=True, mode=0o700)
        for name, key in ((SEAL_KEY, private), (SIGN_KEY, signer.private)):
            handle = os.open(options.home / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{key}\n")
    except OSError as problem:
        expected = "a directory that does not exist yet"
        raise OutputError(field="home", expected=expected, got=str(options.home)) from problem
    write_new(options.home / ABOUT, json.dumps({"post": post, "trusted": trusted}, indent=1) + "\n")
    print(f"post {post}: {options.home}")
    print("public keys of the post, for the centre:")
    print(f"--sealed-for {public}")
    print(f"--signed-by {signer.public}")
    return 0
