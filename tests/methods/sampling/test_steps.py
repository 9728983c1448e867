"""Rules in steps: the bound belongs to the step below it, and nothing lies beyond the last."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.sampling.steps import (
    fewest_parts,
    further,
    interval_of_packages,
    share_within,
    step,
)


def test_a_bound_written_as_a_decimal_holds_for_the_same_number_as_a_float() -> None:
    assert step(0.1, up_to=[Decimal("0.1"), Decimal("0.2")], rows="ab") == "a"
    assert step(0.1000001, up_to=[Decimal("0.1"), Decimal("0.2")], rows="ab") == "b"


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 91])
def test_what_lies_outside_a_table_is_refused_by_name(value: float) -> None:
    with pytest.raises(SettingsError, match="packages"):
        step(value, up_to=[25, 90], rows=[2, 3], field="packages")


@given(st.integers(1, 100_000))
def test_a_share_within_bounds_is_never_more_than_there_are(count: int) -> None:
    part = share_within(count, fraction=0.01, least=2, most=10)
    assert part == min(count, max(2, min(10, math.ceil(count / 100))))


@given(st.integers(1201, 100_000))
def test_each_begun_hundred_adds_one(count: int) -> None:
    assert further(count, beyond=1200, start=13, every=100) == 13 + -(-(count - 1200) // 100)


def test_a_lot_smaller_than_what_is_taken_is_sampled_in_every_package() -> None:
    assert interval_of_packages(1, increment=0.2, aggregate=20, package=25) == 1


@pytest.mark.parametrize("field", ["lot", "increment", "aggregate", "package"])
def test_a_mass_of_nothing_is_refused(field: str) -> None:
    masses = {"lot": 100.0, "increment": 0.1, "aggregate": 1.0, "package": 10.0} | {field: 0.0}
    with pytest.raises(SettingsError, match=field):
        interval_of_packages(masses.pop("lot"), **masses)


@given(st.integers(1, 5000))
def test_parts_are_as_few_as_their_weight_allows(tonnes: int) -> None:
    parts = fewest_parts(tonnes, weight=25, excess=0.2)
    assert tonnes / parts <= 30
    assert parts == 1 or tonnes / (parts - 1) > 30
