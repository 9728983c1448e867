"""``darvoza post decide``: decide declarations at a post without a line."""

import secrets
import sys
from argparse import Namespace
from datetime import UTC, datetime, timedelta

import polars as pl

from darvoza.cli.declarations import take_in_files
from darvoza.cli.post_home import PostHome, post_home
from darvoza.cli.progress import Progress
from darvoza.flow.post.deciding import WARNING_DAYS, PostDecision, check_clock, decide_at_post, decision_event


def run(options: Namespace) -> int:
    """Decide the declarations of files, write the decisions down, then tell them."""
    return decide(options, datetime.now(UTC))


def decide(options: Namespace, now: datetime) -> int:
    """Decide as of a moment."""
    home = post_home(options.home)
    bundle = home.opened()
    with home.record() as record:
        check_clock(bundle.bundle, record.entries, now)
        intake = take_in_files(options, Progress())
        gate, alarms = home.gate(bundle, record)
        made = decide_at_post(gate, intake.items, record.entries, bundle=bundle.bundle, now=now)
        record.append([decision_event(each, bundle.bundle, now=now) for each in made], secrets.token_bytes)
        home.keep_spent(gate)
    for alarm in (*alarms, *_ending(home, bundle.bundle.end - now.date())):
        print(f"ALARM: {alarm}", file=sys.stderr)
    for each in made:
        _tell(each, options.language)
    if intake.rejected_rows:
        print(
            f"{intake.rejected_rows} rows were refused and decided nothing; see: darvoza intake check", file=sys.stderr
        )
    return 0


def _ending(home: PostHome, left: timedelta) -> list[str]:
    """Say when the bundle is soon over."""
    if left.days > WARNING_DAYS:
        return []
    when = "today" if left.days == 0 else "tomorrow"
    return [f"{home.post} decides for the last time {when}; ask the centre for a new bundle"]


def _tell(made: PostDecision, language: str) -> None:
    """Print the channel, and what is to be done, in a language of officers."""
    print(f"{made.declaration_id}  {made.channel}")
    columns = ("agency", "act", "items", f"instructions_{language}")
    for agency, act, items, words in made.orders.sort(pl.col("turn")).select(columns).iter_rows():
        where = f" items {', '.join(map(str, items))}" if items else ""
        print(f"  {made.declaration_id}:{agency}:{act}{where}: {' '.join(words.split())}")
