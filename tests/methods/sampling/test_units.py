"""Units drawn: the same for everybody, uniform, and not to be had anew by asking differently."""

import math
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from darvoza.errors import SettingsError
from darvoza.methods.sampling.units import LARGEST_LOT, every_nth, in_proportion, key_of_number, units_drawn

KEY = bytes(range(32))
SIZES = st.integers(1, 80).flatmap(lambda lot: st.tuples(st.just(lot), st.integers(0, lot)))


@given(SIZES, st.text(min_size=1, max_size=8))
def test_units_are_numbers_of_the_lot_each_once_in_order(sizes: tuple[int, int], name: str) -> None:
    lot, size = sizes
    units = units_drawn(KEY, lot=(name,), lot_size=lot, size=size)
    assert len(units) == size
    assert list(units) == sorted(set(units))
    assert set(units) <= set(range(1, lot + 1))


@given(SIZES)
def test_the_auditor_with_the_same_key_recomputes_the_same_units_and_a_larger_sample_holds_them(
    sizes: tuple[int, int],
) -> None:
    lot, size = sizes
    units = units_drawn(KEY, lot=("C-1", "2"), lot_size=lot, size=size)
    assert units == units_drawn(bytes(KEY), lot=["C-1", "2"], lot_size=lot, size=size)
    assert set(units) <= set(units_drawn(KEY, lot=("C-1", "2"), lot_size=lot, size=lot))
    assert set(units) <= set(units_drawn(KEY, lot=("C-1", "2"), lot_size=lot, size=min(lot, size + 3)))


def test_another_key_lot_or_part_gives_other_units() -> None:
    drawn = {
        units_drawn(key, lot=lot, lot_size=1000, size=20)
        for key in (KEY, bytes(32))
        for lot in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "bd"))
    }
    assert len(drawn) == 8


def test_every_unit_is_taken_equally_often() -> None:
    taken = Counter(unit for n in range(6000) for unit in units_drawn(KEY, lot=(str(n),), lot_size=20, size=5))
    # one draw's counts are negatively correlated; the exact statistic scales the usual one by (N − 1)/(N − n)
    counts = np.array([taken[unit] for unit in range(1, 21)])
    assert counts.sum() == 30_000
    statistic = ((counts - 1500) ** 2 / 1500).sum() * 19 / 15
    assert stats.chi2.sf(statistic, 19) > 0.001
    assert counts / 6000 == pytest.approx(5 / 20, abs=0.025)


def test_every_set_of_units_is_equally_likely() -> None:
    drawn = Counter(units_drawn(KEY, lot=("set", str(n)), lot_size=6, size=3) for n in range(8000))
    sets = list(combinations(range(1, 7), 3))
    assert stats.chisquare([drawn[each] for each in sets]).pvalue > 0.001


def test_which_units_are_taken_does_not_depend_on_the_number_that_selected_the_lot() -> None:
    first = [units_drawn(key_of_number(u), lot=("x",), lot_size=10, size=1)[0] for u in np.linspace(0, 0.0999, 4000)]
    assert stats.chisquare(list(Counter(first).values())).pvalue > 0.001


def test_a_systematic_sample_takes_each_unit_with_the_same_probability() -> None:
    taken: Counter[int] = Counter()
    for u in np.arange(0, 1, 0.001):
        taken.update(every_nth(float(u), lot_size=23, every=4))
    assert set(taken.values()) == {250}


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.data())
def test_a_divided_sample_is_whole_and_as_proportional_as_whole_numbers_can_be(
    sizes: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(sizes)))
    parts = in_proportion(sizes, total=total)
    assert sum(parts) == total
    for part, size in zip(parts, sizes, strict=True):
        assert math.floor(size * total / sum(sizes) - 1e-9) <= part <= math.ceil(size * total / sum(sizes) + 1e-9)
        assert part <= size


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("size", lambda: units_drawn(KEY, lot=("a",), lot_size=5, size=6)),
        ("size", lambda: units_drawn(KEY, lot=("a",), lot_size=5, size=-1)),
        ("lot_size", lambda: units_drawn(KEY, lot=("a",), lot_size=0, size=0)),
        ("lot_size", lambda: units_drawn(KEY, lot=("a",), lot_size=LARGEST_LOT + 1, size=1)),
        ("lot", lambda: units_drawn(KEY, lot=(), lot_size=5, size=1)),
        ("lot", lambda: units_drawn(KEY, lot=("a", ""), lot_size=5, size=1)),
        ("u", lambda: every_nth(1.0, lot_size=5, every=1)),
        ("u", lambda: key_of_number(float("nan"))),
        ("every", lambda: every_nth(0.5, lot_size=5, every=0)),
        ("sizes", lambda: in_proportion([], total=0)),
        ("size", lambda: in_proportion([3], total=4)),
    ],
)
def test_a_draw_that_cannot_be_is_refused(field: str, call: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
