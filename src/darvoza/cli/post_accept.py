"""``darvoza post accept``: take a bundle that came to the post, by whatever means."""

import secrets
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.post_home import BUNDLE, SPENT, post_home, replace_file
from darvoza.flow.post.deciding import acceptance, check_offered


def run(options: Namespace) -> int:
    """Check the bundle, put it in place of the last one, and write that down."""
    home = post_home(options.home)
    offered = home.opened(options.bundle)
    with home.record() as record:
        check_offered(offered.bundle, record.entries, home.signer())
        replace_file(home.directory / BUNDLE, options.bundle.read_bytes())
        record.append([acceptance(offered.bundle, by=options.by, now=datetime.now(UTC))], secrets.token_bytes)
        (home.directory / SPENT).unlink(missing_ok=True)
    said = offered.bundle
    print(f"bundle {said.serial} of {said.post} decides from {said.start} to {said.end}; state {said.state[:16]}…")
    return 0
