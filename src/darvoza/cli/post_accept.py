"""``darvoza post accept``: take a bundle that came to the post, by whatever means."""

import secrets
import sys
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.post_home import BUNDLE, SPENT, PostHome, post_home, replace_file
from darvoza.errors import InvalidBundle, PostError
from darvoza.flow.post.deciding import acceptance, check_clock_goes_on, check_offered
from darvoza.flow.post.record import PostRecord


def run(options: Namespace) -> int:
    """Check the bundle, put it in place of the last one, and write that down."""
    home, now = post_home(options.home), datetime.now(UTC)
    offered = home.opened(options.bundle)
    with home.record() as record:
        check_clock_goes_on(record.entries, now)
        check_offered(offered.bundle, record.entries, home.signer(), held=home.held(), today=now.date())
        if not record.entries and (home.directory / SPENT).exists():
            raise PostError(
                field="record", expected="the record of what was decided here", got="none", hint="tell the centre"
            )
        if record.entries:
            _keep_keys(home, record)
        replace_file(home.directory / BUNDLE, options.bundle.read_bytes())
        record.append([acceptance(offered.bundle, by=options.by, now=now)], secrets.token_bytes)
        (home.directory / SPENT).unlink(missing_ok=True)
    said = offered.bundle
    print(f"bundle {said.serial} of {said.post} decides from {said.start} to {said.end}; state {said.state[:16]}…")
    return 0


def _keep_keys(home: PostHome, record: PostRecord) -> None:
    """Keep the keys of earlier draws; a bundle that is damaged does not stop the next one from being taken."""
    try:
        home.keep_keys(record)
    except (InvalidBundle, PostError) as problem:
        print(f"ALARM: the keys of earlier draws are not kept: {problem}", file=sys.stderr)
