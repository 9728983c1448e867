"""``darvoza post decide``: decide declarations at a post without a line."""

import secrets
import sys
from argparse import Namespace
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from darvoza.cli.declarations import take_in_files, torn_declarations
from darvoza.cli.post_home import PostHome, post_home
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.records import Intake
from darvoza.flow.post.deciding import (
    WARNING_DAYS,
    PostDecision,
    check_clock,
    check_taken,
    decide_at_post,
    decision_event,
    may_be_decided,
)
from darvoza.flow.post.set_aside import SetAside
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Decide the declarations of files, write the decisions down, then tell them."""
    return decide(options, datetime.now(UTC))


def decide(options: Namespace, now: datetime) -> int:
    """Decide as of a moment; 1 where a declaration was not decided: a row of it cannot be read, or it is not for this post or day."""
    home = post_home(options.home)
    bundle = home.opened()
    with home.record() as record:
        check_taken(bundle.bundle, record.entries)
        check_clock(bundle.bundle, record.entries, now)
        intake = take_in_files(options, Progress())
        torn = torn_declarations(intake)
        items = intake.items.filter(~pl.col("declaration_id").is_in(list(torn)))
        gate, state = home.gate(bundle, record)
        zone = load_mapping(options.mapping).form.time_zone
        items, aside = may_be_decided(gate, items, record.entries, bundle=bundle.bundle, now=now, zone=zone)
        binds = state.binds(home.post)
        made = decide_at_post(gate, items, record.entries, bundle=bundle.bundle, now=now, binds=binds)
        record.append([decision_event(each, bundle.bundle, now=now) for each in made], secrets.token_bytes)
        for each in made:
            _tell(each, options.language)
        spent = _keep_spent(home, gate)
    if not binds:
        print("another system decides at this post: nothing is ordered, this is kept to be compared", file=sys.stderr)
    for alarm in (*state.alarms, *spent, *_ending(home, bundle.bundle.end - now.date())):
        print(f"ALARM: {alarm}", file=sys.stderr)
    return max(_told_of_wrong(intake, torn), _told_aside(aside))


def _keep_spent(home: PostHome, gate: Gate) -> list[str]:
    """Keep what was spent; say where it cannot be: what was decided stands."""
    try:
        home.keep_spent(gate)
    except OSError as problem:
        return [
            f"what was spent of the capacity is not kept ({problem.strerror}): pacing begins anew, no floor is lowered"
        ]
    return []


def _told_of_wrong(intake: Intake, torn: Collection[str]) -> int:
    """Say what could not be read, and which declarations were not decided for it."""
    for row in intake.rejected.iter_rows(named=True):
        print(
            f"NOT DECIDED: {row['file']}, row {row['row']}: {row['column'] or row['field']}: "
            f"expected {row['expected']}, got {row['got']}",
            file=sys.stderr,
        )
    for name in sorted(torn):
        print(
            f"NOT DECIDED: {name}: a row of it cannot be read; mend it, or examine all of it by hand", file=sys.stderr
        )
    return 1 if intake.rejected_rows else 0


def _told_aside(aside: Sequence[SetAside]) -> int:
    """Say which declarations this post may not decide."""
    for each in aside:
        print(
            f"NOT DECIDED: {each.declaration_id}: {each.field}: expected {each.expected}, got {each.got}; "
            "mend it, or examine it by hand and tell the centre",
            file=sys.stderr,
        )
    return 1 if aside else 0


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
