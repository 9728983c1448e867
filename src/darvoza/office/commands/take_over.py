"""``darvoza office take-over``: say what would be ordered if silent posts took over now."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Count, and order nothing."""
    start(options, secret=False)
    from darvoza.office.api.services.reassessing import FRESH  # noqa: PLC0415 - Django comes first
    from darvoza.office.api.services.taking_over import foreseen  # noqa: PLC0415

    told = foreseen(options.post, datetime.now(UTC))
    if not told.posts:
        print("no post is silent")
        return 0
    posts = "every silent post" if told.posts == ("*",) else ", ".join(told.posts)
    print(f"taking over {posts} now would order {told.orders:,} acts on {told.declarations:,} declarations")
    if told.oldest is not None:
        days = FRESH // timedelta(days=1)
        print(f"{told.long_ago:,} of them on goods lodged more than {days} days ago, the first on {told.oldest.date()}")
        print("each is due from the moment of its order; of goods that have left, tell the arrivals beforehand")
    print("nothing was ordered: take the posts out of silent in gate.yaml")
    return 0
