"""``darvoza sps alerts end``: an alert ended before its time, with the notice to be published (WTO TFA 5.1)."""

from argparse import Namespace

from darvoza.cli.alert_words import existing_book, keep_book, rules_of
from darvoza.cli.sps_notice import notice


def run(options: Namespace) -> int:
    """End an alert and write the notice."""
    rules = rules_of(options)
    book = existing_book(options.directory).end(options.code, day=options.on, reason=options.reason)
    found = book.consequences(rules)
    keep_book(options.directory, book, found)
    measure = next(each.measure for each in found if each.measure.code == options.code)
    print("\n".join(notice(measure, options.language)))
    return 0
