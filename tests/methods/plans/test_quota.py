"""A least share over a period is met, whatever chance does, when the length of the period was foreseen."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.plans.quota import quota

SHARES = st.sampled_from([0.01, 0.05, 0.1, 0.15, 0.29, 0.5, 1.0])


@given(SHARES, st.integers(1, 300), st.integers(0, 2**32))
def test_asking_anew_before_each_unit_meets_the_share_in_every_period(share: float, units: int, seed: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    for arrived in range(units):
        taken += rng.random() < quota(share, arrived=arrived, taken=taken, expected=units - arrived).floor
    assert taken >= math.ceil(Fraction(repr(share)) * units)


@given(SHARES, st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_floor_is_never_below_the_share_and_rises_when_fewer_were_taken(
    share: float, arrived: int, taken: int, expected: int
) -> None:
    taken = min(taken, arrived)
    stands = quota(share, arrived=arrived, taken=taken, expected=expected)
    assert share <= stands.floor <= 1
    if taken:
        assert quota(share, arrived=arrived, taken=taken - 1, expected=expected).floor >= stands.floor
        assert quota(share, arrived=arrived, taken=taken - 1, expected=expected).owed >= stands.owed


def test_who_is_on_time_keeps_the_share() -> None:
    assert quota(0.1, arrived=100, taken=10, expected=100).floor == 0.1
    assert quota(0.29, arrived=100, taken=29, expected=100).owed == 0  # 0.29 · 100 is no more than 29


def test_what_can_no_longer_be_met_is_said() -> None:
    assert quota(0.5, arrived=100, taken=0, expected=20) == (50, 60, 1.0, False)
    assert quota(0.5, arrived=100, taken=0, expected=0).floor == 1.0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"share": 0.0}, "share"), ({"share": math.nan}, "share"), ({"taken": 11}, "taken"), ({"expected": -1}, "expected")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, float], field: str) -> None:
    given = {"share": 0.1, "arrived": 10, "taken": 1, "expected": 5, **wrong}
    with pytest.raises(SettingsError, match=field):
        quota(given["share"], arrived=given["arrived"], taken=given["taken"], expected=given["expected"])  # type: ignore[arg-type]
