"""Ranking and calibration figures against values worked by hand and against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.metrics import (
    at_share,
    average_precision,
    brier,
    expected_calibration_error,
    gains,
    reliability,
    roc_auc,
)

SAMPLES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(1, 4)), min_size=2, max_size=40)


def columns(sample: list[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    scores, labels, weights = (list(column) for column in zip(*sample, strict=True))
    return scores, labels, weights


@given(SAMPLES)
def test_auc_is_the_share_of_pairs_in_the_right_order(sample: list[tuple[int, int, int]]) -> None:
    scores, labels, weights = columns(sample)
    pairs = [
        (w1 * w0, 1.0 if s1 > s0 else 0.5 if s1 == s0 else 0.0)
        for s1, y1, w1 in sample
        for s0, y0, w0 in sample
        if y1 == 1 and y0 == 0
    ]
    got = roc_auc(scores, labels, weights=weights)
    if not pairs:
        assert got is None
    else:
        assert got == pytest.approx(sum(w * right for w, right in pairs) / sum(w for w, _ in pairs))


@given(SAMPLES, st.randoms(use_true_random=False))
def test_no_figure_depends_on_the_order_of_the_rows(sample: list[tuple[int, int, int]], random: object) -> None:
    shuffled = list(sample)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    (s, y, w), (s2, y2, w2) = columns(sample), columns(shuffled)
    for figure in (roc_auc, average_precision):
        assert figure(s, y, weights=w) == pytest.approx(figure(s2, y2, weights=w2))
    assert at_share(s, y, 0.3, weights=w)[1:] == pytest.approx(at_share(s2, y2, 0.3, weights=w2)[1:])


@given(SAMPLES)
def test_a_weight_of_three_is_three_rows(sample: list[tuple[int, int, int]]) -> None:
    scores, labels, weights = columns(sample)
    long_scores, long_labels = np.repeat(scores, weights), np.repeat(labels, weights)
    for figure in (roc_auc, average_precision):
        assert figure(scores, labels, weights=weights) == pytest.approx(figure(long_scores, long_labels))
    probabilities, long = np.array(scores) / 5, long_scores / 5
    assert brier(probabilities, labels, weights=weights) == pytest.approx(brier(long, long_labels))
    assert expected_calibration_error(probabilities, labels, weights=weights, bins=2) == pytest.approx(
        expected_calibration_error(long, long_labels, bins=2)
    )


def test_hanley_and_mcneil_1982_area_is_reproduced() -> None:
    # Hanley & McNeil (1982), Radiology 143:29, table I: 109 CT images rated 1 to 5; Wilcoxon area 0.893.
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    scores = np.concatenate([np.repeat(range(1, 6), normal), np.repeat(range(1, 6), abnormal)])
    labels = np.repeat([0, 1], [sum(normal), sum(abnormal)])
    assert roc_auc(scores, labels) == pytest.approx(0.893, abs=5e-4)


def test_average_precision_by_hand() -> None:
    # Ranks of the positives 1, 3 and 5 of six: (1/1 + 2/3 + 3/5)/3.
    assert average_precision([6, 5, 4, 3, 2, 1], [1, 0, 1, 0, 1, 0]) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert average_precision([1, 1, 1, 1], [1, 0, 0, 0]) == pytest.approx(0.25)
    assert average_precision([1, 2], [0, 0]) is None


def test_a_cut_through_a_tie_takes_it_in_proportion() -> None:
    got = at_share([9, 5, 5, 5, 1], [1, 1, 0, 0, 0], 0.4)
    assert got.precision == pytest.approx((1 + 1 / 3) / 2)
    assert got.recall == pytest.approx((1 + 1 / 3) / 2)
    assert at_share([1.0], [0], 1.0).recall is None


def test_the_gains_curve_rises_from_nothing_to_everything() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 50, 500)
    curve = gains(scores, rng.random(500) < scores / 50)
    assert curve is not None
    assert (curve.examined[0], curve.found[0], curve.examined[-1], curve.found[-1]) == (0, 0, 1, 1)
    assert (np.diff(curve.examined) > 0).all()
    assert (np.diff(curve.found) >= 0).all()
    assert gains([1, 2], [0, 0]) is None


def test_true_probabilities_show_no_calibration_error() -> None:
    rng = np.random.default_rng(1)
    p = rng.random(200_000)
    y = rng.random(200_000) < p
    assert expected_calibration_error(p, y) < 0.01
    assert brier(p, y) == pytest.approx(1 / 6, abs=0.003)  # E[p(1 − p)] of a uniform p
    assert expected_calibration_error(p**2, y) == pytest.approx(1 / 2 - 1 / 3, abs=0.01)


def test_the_bins_of_the_reliability_table_hold_equal_weight() -> None:
    table = reliability(np.linspace(0, 1, 95), np.arange(95) % 2)
    assert table.weight == pytest.approx([9.5] * 10)
    assert (np.diff(table.predicted) > 0).all()


@pytest.mark.parametrize(
    ("scores", "labels", "weights"),
    [([], [], None), ([1.0], [2], None), ([float("nan")], [1], None), ([1.0], [1], [0.0]), ([1.0, 2.0], [1], None)],
)
def test_impossible_input_is_refused(scores: list[float], labels: list[int], weights: list[float] | None) -> None:
    with pytest.raises(SettingsError):
        roc_auc(scores, labels, weights=weights)


def test_probabilities_above_one_and_empty_shares_are_refused() -> None:
    with pytest.raises(SettingsError):
        brier([1.2], [1])
    with pytest.raises(SettingsError, match="share"):
        at_share([1.0], [1], 0.0)
    with pytest.raises(SettingsError, match="bins"):
        reliability([0.5], [1], bins=0)
