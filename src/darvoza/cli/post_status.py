"""``darvoza post status``: what a post without a line holds, and for how long."""

from argparse import Namespace
from collections import Counter
from datetime import UTC, datetime

from darvoza.cli.post_home import RECORD, post_home
from darvoza.errors import ExpiredBundle, PostError
from darvoza.flow.post.deciding import check_clock, check_taken


def run(options: Namespace) -> int:
    """Say it; 0 when the post may decide now, 1 when not."""
    home = post_home(options.home)
    bundle = home.opened().bundle
    with home.record() as record:
        kinds = Counter(entry.kind.value for entry in record.entries)
        print(f"post {home.post}: bundle {bundle.serial}, {bundle.start} to {bundle.end}, state {bundle.state[:16]}…")
        print(f"record: {home.directory / RECORD}, {record.end.number} entries, head {record.end.head[:16]}…")
        print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing was written down yet")
        try:
            check_taken(bundle, record.entries)
            check_clock(bundle, record.entries, datetime.now(UTC))
        except (ExpiredBundle, PostError) as problem:
            print(f"ALARM: nothing is decided: {problem}")
            return 1
    return 0
