"""Cells within cells: counts that know how they were drawn, rates that lean on what is around them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from darvoza.errors import SettingsError
from darvoza.methods.chained_rates import any_harm, effective_trials, fading, pulled, spread

FLAGS = arrays(np.bool_, st.integers(1, 40))


@given(FLAGS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_where_all_were_drawn_alike_the_counts_are_the_faded_ones(
    positive: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], probability: float, weight: float
) -> None:
    known = effective_trials(positive, np.zeros(positive.size, int), cells=1, probability=probability, weight=weight)
    assert known.trials[0] == pytest.approx(weight * positive.size)
    assert known.positives[0] == pytest.approx(weight * positive.sum())


def test_the_rate_does_not_depend_on_who_was_looked_at_more() -> None:
    rng = np.random.default_rng(3)
    bad = rng.random(200_000) < 0.02
    probability = np.where(bad, 0.5, 0.05)  # whoever chose knew something
    seen = rng.random(bad.size) < probability
    known = effective_trials(bad[seen], np.zeros(seen.sum(), int), cells=1, probability=probability[seen], weight=1.0)
    assert bad[seen].mean() > 0.1
    assert known.positives[0] / known.trials[0] == pytest.approx(0.02, abs=0.002)
    assert known.trials[0] <= seen.sum()


@given(st.integers(0, 20), st.integers(0, 20), st.floats(0.001, 0.9), st.floats(0.1, 100))
def test_a_rate_lies_between_its_own_and_the_one_around_it(y: int, more: int, around: float, strength: float) -> None:
    rate = pulled([y], [y + more], around=[around], strength=strength)[0]
    own = y / (y + more) if y + more else around
    assert min(own, around) - 1e-12 <= rate <= max(own, around) + 1e-12


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.floats(0, 1))
def test_another_hazard_never_lowers_the_score(rates: list[float], more: float) -> None:
    one = any_harm([rates], np.ones(len(rates)))[0]
    assert any_harm([[*rates, more]], np.ones(len(rates) + 1))[0] >= one - 1e-12


def test_usual_goods_get_the_share_and_none_more_than_certainty() -> None:
    assert spread([0.02, 0.04, 0.9], share=0.1, usual=0.02).tolist() == [0.1, 0.2, 1.0]
    assert fading([10.0], half_life=np.inf).tolist() == [1.0]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(SettingsError, match="ages: expected times of at least 0"):
        fading([-1.0], half_life=1)
    with pytest.raises(SettingsError, match="half_life"):
        fading([1.0], half_life=0)
    with pytest.raises(SettingsError, match="probability: expected probabilities in"):
        effective_trials([1], [0], cells=1, probability=[0.0], weight=1.0)
    with pytest.raises(SettingsError, match="weight"):
        effective_trials([1], [0], cells=1, probability=[0.5], weight=2.0)
    with pytest.raises(SettingsError, match="positives"):
        pulled([2], [1], around=[0.5])
    with pytest.raises(SettingsError, match="around"):
        pulled([0], [1], around=[0.0])
    with pytest.raises(SettingsError, match="rates"):
        any_harm([[2.0]], [1.0])
    with pytest.raises(SettingsError, match="share"):
        spread([0.1], share=0.1, usual=0.0)
