"""What the dates of profiles say on a day: which are over, and which are due to be looked at."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from darvoza.domain.profile import RiskProfile

SHOWN: Final = 20
"""Most profiles named in one line."""


def date_warnings(profiles: Iterable[RiskProfile], day: date) -> Iterator[str]:
    """Say which profiles are in force no longer on a day, and which should have been looked at again.

    Examples
    --------
    >>> list(date_warnings((), date(2026, 1, 1)))
    []
    """
    known = tuple(profiles)
    over = {each.code: each.valid.end for each in known if each.valid.end is not None and each.valid.end < day}
    due = {each.code: each.review_by for each in known if each.review_by is not None and each.review_by < day}
    told = (
        ("EXPIRED", f"no longer in force on {day} (valid.to)", "until", over),
        ("REVIEW DUE", f"to be looked at again before {day} (review_by)", "by", due),
    )
    for head, what, word, found in told:
        if found:
            named = ", ".join(f"{code} {word} {when}" for code, when in list(found.items())[:SHOWN])
            more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
            yield f"{head}: {len(found):,} of {len(known):,} profiles {what}: {named}{more}"
