"""``darvoza office subscriptions``: list where events are sent, or end one."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """End one when asked to, and list all."""
    start(options, secret=False)
    from darvoza.office.api.services.subscribing import end_subscription, subscriptions_of  # noqa: PLC0415 - tables
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    if options.end is not None:
        end_subscription(options.end, by=SYSTEM, now=datetime.now(UTC))
    rows = subscriptions_of()
    for row in rows:
        until = f"ended {row['ended_at']}" if row["ended_at"] else f"{row['waiting']} waiting, {row['dead']} dead"
        print(f"{row['subscription']:>6}  {row['client']}  {row['url']}  since {row['made_at']}  {until}")
    if not rows:
        print("nobody has subscribed")
    return 0
