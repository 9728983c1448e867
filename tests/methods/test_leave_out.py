"""Quantiles of a group without one owner: as if his values had never been there."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.methods.leave_out import LeftOut, quantiles_of_others

PROBABILITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
Row = tuple[int, int, int]
ROWS = st.lists(st.tuples(st.integers(-3, 6), st.integers(0, 2), st.integers(0, 3)), max_size=40)
ASKED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=12)


def ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def asked_of(rows: list[Row], asked: list[tuple[int, int]]) -> LeftOut:
    return quantiles_of_others(
        np.array([float(value) for value, _, _ in rows]),
        ints([group for _, group, _ in rows]),
        ints([owner for _, _, owner in rows]),
        asked=(ints([group for group, _ in asked]), ints([owner for _, owner in asked])),
        probabilities=PROBABILITIES,
    )


@settings(max_examples=60)
@given(ROWS, ASKED)
def test_it_is_the_lower_empirical_quantile_of_the_others(rows: list[Row], asked: list[tuple[int, int]]) -> None:
    answer = asked_of(rows, asked)
    for place, (group, owner) in enumerate(asked):
        others = sorted(value for value, of, by in rows if of == group and by != owner)
        assert answer.others[place] == len(others)
        for given_, probability in zip(answer.quantiles[place].tolist(), PROBABILITIES, strict=True):
            if others:
                assert given_ == others[math.floor(probability * (len(others) - 1))]
            else:
                assert math.isnan(given_)


@settings(max_examples=60)
@given(ROWS, st.integers(0, 3), st.lists(st.integers(-100, 100), max_size=10))
def test_an_owners_own_values_never_move_his_reference(rows: list[Row], owner: int, instead: list[int]) -> None:
    asked = [(group, owner) for group in range(3)]
    others = [row for row in rows if row[2] != owner]
    swamped = others + [(value, group, owner) for value in instead for group in range(3)]
    np.testing.assert_array_equal(asked_of(rows, asked).quantiles, asked_of(swamped, asked).quantiles)


@settings(max_examples=60)
@given(ROWS, ASKED)
def test_the_order_of_observations_does_not_matter(rows: list[Row], asked: list[tuple[int, int]]) -> None:
    np.testing.assert_array_equal(asked_of(rows, asked).quantiles, asked_of(rows[::-1], asked).quantiles)
