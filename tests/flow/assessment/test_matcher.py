"""The matcher of a set of profiles: what counts on the day of decision, in both executors, and what is compiled anew."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from builders import a_profile
from darvoza.domain.profile import ProfileSet, Validity
from darvoza.flow.assessment.matcher import FEW, matcher_of
from darvoza.flow.fact_table import FactTable

FIRST = date(2026, 3, 10)
PROFILES = ProfileSet(
    tuple(
        a_profile("hs starts with 87", code=code, valid=Validity(start, end))
        for code, start, end in (
            ("PAST", None, FIRST - timedelta(1)),
            ("NOW", FIRST, FIRST),
            ("LATER", FIRST + timedelta(2), None),
            ("EVER", None, None),
        )
    )
)


def matched(lodged_on: date, day: date | None, height: int) -> set[str]:
    """Name the profiles that match goods lodged on a day, decided on another."""
    facts = pl.DataFrame(
        {
            "declaration_id": [f"D{place}" for place in range(height)],
            "item": [1] * height,
            "hs": ["870323"] * height,
            "lodged_on": [lodged_on] * height,
        }
    )
    found = matcher_of(PROFILES, day).match(FactTable.of(facts), np.arange(height, dtype=np.int64))
    assert len(found.rows) % height == 0
    codes = [profile.code for profile in PROFILES]
    return {codes[place] for place in found.profiles}


@pytest.mark.parametrize("height", [3, FEW + 1])
@pytest.mark.parametrize(
    ("lodged", "decided", "expected"),
    [
        (0, None, {"NOW", "EVER"}),
        (0, 0, {"NOW", "EVER"}),
        (-1, 0, {"PAST", "NOW", "EVER"}),
        (0, 2, {"NOW", "LATER", "EVER"}),
        (1, 1, {"EVER"}),
    ],
)
def test_what_is_valid_on_the_day_of_lodging_or_of_the_decision_counts(
    height: int, lodged: int, decided: int | None, expected: set[str]
) -> None:
    day = None if decided is None else FIRST + timedelta(decided)
    assert matched(FIRST + timedelta(lodged), day, height) == expected


def test_nothing_is_compiled_anew_while_the_same_profiles_are_valid() -> None:
    later = FIRST + timedelta(2)
    assert matcher_of(PROFILES, later) is matcher_of(PROFILES, later + timedelta(30))
    assert matcher_of(PROFILES, FIRST) is not matcher_of(PROFILES, later)
