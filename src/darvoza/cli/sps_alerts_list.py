"""``darvoza sps alerts list``: the alerts that are kept, and which of them are in force."""

from argparse import Namespace
from datetime import date

from darvoza.cli.alert_words import existing_book, rules_of, told
from darvoza.cli.sps_measures import contradictions_told
from darvoza.domain.sps.measure import Measure
from darvoza.flow.intake.measures import expired


def run(options: Namespace) -> int:
    """List the alerts; exit with 1 when one is past its day of review."""
    book = existing_book(options.directory)
    found = book.consequences(rules_of(options))
    for each in found:
        print(f"{each.measure.code}: {_state(each.measure, options.day)}")
        print("\n".join(told(each)))
    live = [each.measure for each in found if _in_force(each.measure, options.day)]
    for line in contradictions_told(live):
        print(line)
    late = expired(tuple(live), options.day)
    print(
        f"{len(found)} alerts in {len(book.versions)} versions, {len(live)} in force on {options.day}, {len(late)} to review"
    )
    return 1 if late else 0


def _in_force(measure: Measure, day: date) -> bool:
    return measure.start <= day and (measure.last_day is None or day <= measure.last_day)


def _state(measure: Measure, day: date) -> str:
    if _in_force(measure, day):
        late = measure.review_by is not None and measure.review_by < day
        return "in force, past its day of review: review, extend or end it" if late else "in force"
    if day < measure.start:
        return "not yet in force"
    return "ended" if measure.terminated_on else "run out"
