"""``darvoza post record``: write down what was found at a post without a line."""

import secrets
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.post_home import post_home
from darvoza.errors import PostError
from darvoza.flow.fields import read_yaml
from darvoza.flow.post.deciding import check_clock_goes_on, check_clock_is_near
from darvoza.flow.post.results import not_written_yet, read_results, result_event, without_word


def run(options: Namespace) -> int:
    """Write the results of a file down, all of them or none."""
    now = datetime.now(UTC)
    content = read_yaml(options.results, options.results.name, error=PostError)
    results = read_results(content, options.results.name, now)
    home = post_home(options.home)
    with home.record() as record:
        check_clock_goes_on(record.entries, now)
        if (bundle := home.held()) is not None:
            check_clock_is_near(bundle, now)
        events = [
            result_event(each, record.entries, now=now, where=f"{options.results.name}: results.{place}.")
            for place, each in not_written_yet(results, record.entries)
        ]
        record.append(events, secrets.token_bytes)
        open_ = {name: without_word(name, record.entries) for name in dict.fromkeys(each.order_id for each in results)}
    print(f"results written down: {len(events)}")
    if len(events) < len(results):
        print(f"written down before, and not again: {len(results) - len(events)}")
    for name, items in open_.items():
        if items:
            print(f"{name}: no word yet on items {', '.join(map(str, items))}")
    return 0
