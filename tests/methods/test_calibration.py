"""Calibration gives true probabilities back and keeps the order of the scores."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import ModelError, SettingsError, UnfitModel
from darvoza.methods.calibration import CalibrationKind, Calibrator, fit_calibrator
from darvoza.methods.metrics import expected_calibration_error


def distorted(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True probabilities, outcomes, and over-confident scores of them."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-2, 1.2, n)
    truth = 1 / (1 + np.exp(-log_odds))
    return truth, (rng.random(n) < truth).astype(int), 2.5 * log_odds + 1


def test_isotonic_regression_recovers_the_truth_behind_distorted_scores() -> None:
    _, labels, scores = distorted(40_000, 1)
    curve = fit_calibrator(scores, labels)
    assert curve.kind is CalibrationKind.ISOTONIC
    truth, fresh, fresh_scores = distorted(40_000, 2)
    assert np.abs(curve(fresh_scores) - truth).mean() < 0.01
    assert expected_calibration_error(curve(fresh_scores), fresh) < 0.01


def test_the_sigmoid_recovers_its_parameters_from_few_positives() -> None:
    truth, labels, scores = distorted(900, 3)
    assert labels.sum() < 200
    curve = fit_calibrator(scores, labels)
    assert curve.kind is CalibrationKind.PLATT
    assert curve.slope == pytest.approx(1 / 2.5, rel=0.25)  # the distortion was 2.5·x + 1
    assert np.abs(curve(scores) - truth).mean() < 0.03


def test_weights_undo_a_selected_sample() -> None:
    # Positives were ten times as likely to be examined; with weights 1/π the curve is that of everything.
    truth, labels, scores = distorted(60_000, 4)
    rng = np.random.default_rng(5)
    pi = np.where(scores > np.quantile(scores, 0.8), 0.5, 0.1)
    taken = rng.random(labels.size) < pi * np.where(labels == 1, 1.0, 0.3)
    weights = 1 / (pi * np.where(labels == 1, 1.0, 0.3))[taken]
    weighted = fit_calibrator(scores[taken], labels[taken], weights=weights)
    naive = fit_calibrator(scores[taken], labels[taken])
    assert np.abs(weighted(scores) - truth).mean() < 0.02 < np.abs(naive(scores) - truth).mean()


@pytest.mark.parametrize("n", [800, 20_000])
def test_the_order_of_the_scores_is_kept(n: int) -> None:
    _, labels, scores = distorted(n, 6)
    curve = fit_calibrator(scores, labels)
    probabilities = curve(np.sort(scores))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()
    # Strictly, but for blocks that were equal to the last positive: at least 95 % of the neighbours stay apart.
    assert (np.diff(probabilities) > 0).mean() > 0.95


def test_scores_that_tell_nothing_or_the_opposite_give_the_base_rate() -> None:
    _, labels, scores = distorted(900, 7)
    upside_down = fit_calibrator(-scores, labels)
    assert upside_down.slope == 0
    assert upside_down([0.0])[0] == pytest.approx(labels.mean(), abs=0.01)
    flat = fit_calibrator(np.zeros(2_000), np.arange(2_000) % 4 == 0)
    assert flat([0.0])[0] == pytest.approx(0.25, abs=0.01)


@given(st.integers(0, 2**32 - 1), st.sampled_from([300, 3_000]))
def test_a_curve_comes_back_from_its_json_to_the_last_bit(seed: int, n: int) -> None:
    _, labels, scores = distorted(n, seed)
    curve = fit_calibrator(scores, labels)
    assert Calibrator.from_json(curve.to_json()) == curve


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"kind": "spline", "knots": [], "intercept": 0, "slope": 1}',
        '{"kind": "isotonic", "knots": [], "intercept": 0, "slope": 1}',
        '{"kind": "isotonic", "knots": [[1, 0.2], [0, 0.3]], "intercept": 0, "slope": 1}',
        '{"kind": "isotonic", "knots": [[0, 0.3], [1, 0.2]], "intercept": 0, "slope": 1}',
        '{"kind": "isotonic", "knots": [[0, 0.3], [1, 1.2]], "intercept": 0, "slope": 1}',
        '{"kind": "platt", "knots": [], "intercept": NaN, "slope": 1}',
        '{"kind": "platt", "knots": [], "intercept": 0, "slope": -1}',
    ],
)
def test_a_damaged_curve_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="calibration"):
        Calibrator.from_json(text)


def test_the_json_is_canonical() -> None:
    text = Calibrator(CalibrationKind.PLATT, intercept=-1.0, slope=0.5).to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_evidence_without_positives_or_with_wrong_labels_is_refused() -> None:
    with pytest.raises(UnfitModel):
        fit_calibrator([1.0, 2.0], [0, 0])
    with pytest.raises(SettingsError):
        fit_calibrator([1.0, 2.0], [0, 3])
    with pytest.raises(SettingsError):
        fit_calibrator([1.0, float("inf")], [0, 1])
