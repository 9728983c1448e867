"""The score as plain text: put together again it says the same, and a broken part is refused by name."""

import json

import numpy as np
import pytest

from darvoza.errors import ModelError
from darvoza.methods.boosting import BoostingSettings, fit
from darvoza.methods.calibration import CalibrationKind, Calibrator
from darvoza.methods.score_model import SMALLEST_PROBABILITY, RateSum, ScoreModel

NAMES = ("a", "b", "c")
PLATT = Calibrator(CalibrationKind.PLATT, intercept=-0.5, slope=1.5)
RATES = ScoreModel(NAMES, PLATT, 120.0, RateSum((0, 2), 0.1))


def some_rows(n: int = 400) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(3).random((n, 3)).astype(np.float32)
    rows[::7, 1] = np.nan
    return rows


def trees() -> ScoreModel:
    rows = some_rows()
    grown = fit(rows, (rows[:, 0] > 0.6).astype(int), names=NAMES, settings=BoostingSettings(trees=15))
    return ScoreModel(NAMES, PLATT, 80.0, grown)


@pytest.mark.parametrize("kind", ["rates", "trees"])
def test_a_model_read_back_gives_the_same_probabilities(kind: str) -> None:
    model = RATES if kind == "rates" else trees()
    text = None if isinstance(model.scorer, RateSum) else model.scorer.text
    again = ScoreModel.read(model.described(), text, expected_names=NAMES)
    assert (again.names, again.calibrator, again.typical_stake) == (model.names, model.calibrator, model.typical_stake)
    assert again.kind == kind
    np.testing.assert_array_equal(again.probabilities(some_rows()), model.probabilities(some_rows()))
    assert again.described() == model.described()


@pytest.mark.parametrize("kind", ["rates", "trees"])
def test_contributions_and_the_base_add_up_to_the_score(kind: str) -> None:
    model = RATES if kind == "rates" else trees()
    parts = model.scorer.contributions(some_rows())
    assert parts.shape == (400, 4)
    np.testing.assert_allclose(parts.sum(axis=1), model.log_odds(some_rows()), atol=1e-6)
    np.testing.assert_array_equal(model.contributions(some_rows()), parts[:, :-1])


def test_an_unknown_rate_adds_nothing_and_the_base_rate_neither() -> None:
    rows = np.array([[np.nan, 0.9, np.nan], [0.1, np.nan, 0.1]], dtype=np.float32)
    assert RATES.contributions(rows) == pytest.approx(np.zeros((2, 3)), abs=1e-6)
    assert RATES.log_odds(rows) == pytest.approx([np.log(1 / 9)] * 2)


def test_rates_of_two_features_multiply_the_odds() -> None:
    rows = np.array([[0.5, 0.0, 0.5]], dtype=np.float32)  # odds 1 against 1/9, twice
    assert np.exp(RATES.log_odds(rows)) == pytest.approx([9.0], rel=1e-5)


def test_no_score_is_certain_whatever_the_rates() -> None:
    rows = np.array([[0.0, 0, 0], [1.0, 0, 1.0]], dtype=np.float32)
    steep = ScoreModel(NAMES, Calibrator(CalibrationKind.PLATT, slope=50.0), 1.0, RateSum((0, 2), 0.5))
    low, high = steep.probabilities(rows)
    assert (low, high) == (SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)


@pytest.mark.parametrize("described", ["", "{", "[]", "{}", '{"names": 3}', RATES.described().replace("rates", "r")])
def test_a_malformed_description_is_refused(described: str) -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        ScoreModel.read(described, None, expected_names=NAMES)


def test_features_of_another_version_are_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.json\.names.*fit the model again"):
        ScoreModel.read(RATES.described(), None, expected_names=("a", "c", "b"))


def test_missing_trees_are_refused() -> None:
    with pytest.raises(ModelError, match=r"trees\.txt"):
        ScoreModel.read(trees().described(), None, expected_names=NAMES)


def test_the_description_is_canonical_json_without_the_trees() -> None:
    held = json.loads(trees().described())
    assert held["kind"] == "trees"
    assert held["rates"] is None
    assert "Tree=" not in trees().described()
