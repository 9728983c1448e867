"""The stability index: what it is at rest, by chance, and after a move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.drift.stability import MOVED, stability

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=8)


@given(COUNTS.filter(any))
def test_it_is_symmetric_never_negative_and_blind_to_the_order_of_classes(counts: list[int]) -> None:
    other = counts[::-1]
    there, back = stability(counts, other), stability(other, counts)
    assert there.moved_by == pytest.approx(back.moved_by)
    assert there.moved_by >= 0
    order = np.random.default_rng(len(counts)).permutation(len(counts))
    assert stability(np.array(counts)[order], np.array(other)[order]).moved_by == pytest.approx(there.moved_by)


def test_a_known_value() -> None:
    # shares .5 .5 against .8 .2: .3 ln 1.6 + (-.3) ln .4
    assert stability([50_000, 50_000], [80_000, 20_000]).moved_by == pytest.approx(0.3 * np.log(1.6 / 0.4), abs=1e-4)


def test_with_nothing_moved_it_stays_below_what_is_said_in_95_of_100() -> None:
    rng = np.random.default_rng(3)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    shifts = [stability(rng.multinomial(900, shares), rng.multinomial(400, shares)) for _ in range(4000)]
    assert np.mean([shift.moved_by < shift.by_chance for shift in shifts]) == pytest.approx(0.95, abs=0.012)


def test_a_class_that_was_never_seen_does_not_make_it_infinite() -> None:
    assert MOVED < stability([100, 0], [50, 50]).moved_by < 10


@pytest.mark.parametrize(("before", "now"), [([1], [1]), ([1, 2], [1, 2, 3]), ([0, 0], [1, 1]), ([1, -1], [1, 1])])
def test_counts_that_cannot_be_compared_are_refused(before: list[int], now: list[int]) -> None:
    with pytest.raises(SettingsError, match="counts"):
        stability(before, now)
