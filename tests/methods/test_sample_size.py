"""Planning numbers, against the tables they come from."""

import pytest

from darvoza.errors import SettingsError
from darvoza.methods.sample_size import more_needed, sample_size, sample_size_to_see_one


def test_planning_numbers_agree_with_the_tables() -> None:
    # ±50 %, ±30 % and ±20 % of a rate of 5 %; ±1 point; at least one case at a prevalence of 1, 2 and 5 %.
    assert [sample_size(0.05, 0.05 * part) for part in (0.5, 0.3, 0.2)] == [292, 811, 1825]
    assert sample_size(0.05, 0.01, population=2_000) == 955
    assert [sample_size_to_see_one(rate) for rate in (0.01, 0.02, 0.05)] == [299, 149, 59]
    with pytest.raises(SettingsError, match="rate"):
        sample_size_to_see_one(0.0)


def test_what_is_still_needed_is_what_is_wished_for_less_what_there_is() -> None:
    assert more_needed(100, 0.05, relative=0.5, fewest=30) == 292 - 100
    assert more_needed(5_000, 0.05, relative=0.5, fewest=30) == 0
    assert more_needed(12.5, 0.0, relative=0.5, fewest=30) == 18
    assert more_needed(5, 0.9, relative=0.5, fewest=30) == 25, "a rate that two units would show still needs thirty"
