"""The score as plain text: put together again it says the same, and a broken part is refused by name."""

import json
from functools import cache

import numpy as np
import pytest

from darvoza.errors import ModelError
from darvoza.methods.amounts import Amount, Base
from darvoza.methods.boosting import BoostedTrees, BoostingSettings, Objective, Sample, fit
from darvoza.methods.calibrated import SMALLEST_PROBABILITY, CalibratedScore, RateSum
from darvoza.methods.calibration import CalibrationKind, Calibrator
from darvoza.methods.group_share import GroupShare
from darvoza.methods.score_model import Harm, Head, ScoreModel

NAMES = ("a", "b", "c")
PLATT = Calibrator(CalibrationKind.PLATT, intercept=-0.5, slope=1.5)
RATES = CalibratedScore(RateSum((0, 2), 0.1), PLATT)
SHARE = GroupShare(1, (0.0, 1.0), (0.2, 0.6), 0.3)


def some_rows(n: int = 400) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(3).random((n, 3)).astype(np.float32)
    rows[::7, 1] = np.nan
    return rows


@cache
def grown(objective: Objective = Objective.LOG_LOSS) -> BoostedTrees:
    rows = some_rows()
    return fit(Sample(rows, (rows[:, 0] > 0.6).astype(int)), names=NAMES,
               settings=BoostingSettings(trees=15, objective=objective))  # fmt: skip


def a_model(kind: str = "trees") -> ScoreModel:
    """A model with trees wherever there may be some, or with none."""
    own = CalibratedScore(grown(), PLATT)
    loss = Amount(Base(1, 50.0), 0.5, grown(Objective.AMOUNT), 1.2)
    whole = ScoreModel(NAMES, own, RATES, {"one": Head(SHARE, own), "other": Head(SHARE)},
                       Harm(loss, Head(SHARE, own), Amount(Base(), 2.0)), 0.25)  # fmt: skip
    return whole if kind == "trees" else whole.transparent()


@pytest.mark.parametrize("kind", ["rates", "trees"])
def test_a_model_read_back_says_the_same(kind: str) -> None:
    model = a_model(kind)
    again = ScoreModel.read(model.described(), model.trees(), expected_names=NAMES)
    assert again.kind == kind
    assert (again.names, again.independence) == (model.names, model.independence)
    for one, other in zip(again.predicted(some_rows()), model.predicted(some_rows()), strict=True):
        np.testing.assert_array_equal(one, other)
    whole = model.probabilities(some_rows())
    np.testing.assert_array_equal(
        again.kind_probabilities(some_rows(), whole), model.kind_probabilities(some_rows(), whole)
    )
    assert again.described() == model.described()


def test_read_without_trees_it_is_the_transparent_model() -> None:
    bare = ScoreModel.read(a_model().described(), None, expected_names=NAMES)
    assert bare.trees() == {}
    assert bare.described() == a_model("rates").described()


@pytest.mark.parametrize("kind", ["rates", "trees"])
def test_contributions_and_the_base_add_up_to_the_score(kind: str) -> None:
    score = a_model(kind).score
    parts = score.scorer.contributions(some_rows())
    assert parts.shape == (400, 4)
    np.testing.assert_allclose(parts.sum(axis=1), score.log_odds(some_rows()), atol=1e-6)
    np.testing.assert_array_equal(a_model(kind).contributions(some_rows()), parts[:, :-1])


def test_an_unknown_rate_adds_nothing_and_the_base_rate_neither() -> None:
    rows = np.array([[np.nan, 0.9, np.nan], [0.1, np.nan, 0.1]], dtype=np.float32)
    assert RATES.contributions(rows) == pytest.approx(np.zeros((2, 3)), abs=1e-6)
    assert RATES.log_odds(rows) == pytest.approx([np.log(1 / 9)] * 2)


def test_rates_of_two_features_multiply_the_odds() -> None:
    rows = np.array([[0.5, 0.0, 0.5]], dtype=np.float32)  # odds 1 against 1/9, twice
    assert np.exp(RATES.log_odds(rows)) == pytest.approx([9.0], rel=1e-5)


def test_no_score_is_certain_whatever_the_rates() -> None:
    rows = np.array([[0.0, 0, 0], [1.0, 0, 1.0]], dtype=np.float32)
    steep = CalibratedScore(RateSum((0, 2), 0.5), Calibrator(CalibrationKind.PLATT, slope=50.0))
    low, high = steep.probabilities(rows)
    assert (low, high) == (SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)


@pytest.mark.parametrize("kind", ["rates", "trees"])
def test_a_kind_is_never_likelier_than_the_whole_and_harm_is_never_negative(kind: str) -> None:
    model = a_model(kind)
    said = model.predicted(some_rows())
    assert np.all((said.probability > 0) & (said.probability < 1))
    assert np.all((said.loss >= 0) & (said.level >= 0))
    assert np.all(model.kind_probabilities(some_rows(), said.probability) <= said.probability[:, None])


def test_what_is_grave_is_a_positive_even_where_the_score_of_all_sees_nothing() -> None:
    model = a_model()
    blind = CalibratedScore(RateSum((0,), 0.001), Calibrator(CalibrationKind.PLATT, intercept=-9.0, slope=0.0))
    harm = model.harm
    sighted = ScoreModel(NAMES, blind, RATES, {}, harm, 0.0)
    assert harm.grave.own is not None
    np.testing.assert_array_equal(sighted.probabilities(some_rows()), harm.grave.own.probabilities(some_rows()))


@pytest.mark.parametrize(
    "described", ["", "{", "[]", "{}", '{"names": 3}', a_model("rates").described().replace("rates", "r")]
)
def test_a_malformed_description_is_refused(described: str) -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        ScoreModel.read(described, {}, expected_names=NAMES)


def test_features_of_another_version_are_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.json\.names.*fit the model again"):
        ScoreModel.read(a_model().described(), {}, expected_names=("a", "c", "b"))


def test_another_form_of_description_is_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.json\.schema"):
        ScoreModel.read(a_model().described().replace('"schema": 2', '"schema": 1'), {}, expected_names=NAMES)


@pytest.mark.parametrize("part", sorted(a_model().trees()))
def test_missing_trees_are_refused(part: str) -> None:
    kept = {name: text for name, text in a_model().trees().items() if name != part}
    with pytest.raises(ModelError, match="the text of the trees"):
        ScoreModel.read(a_model().described(), kept, expected_names=NAMES)


def test_the_description_is_canonical_json_without_the_trees() -> None:
    held = json.loads(a_model().described())
    assert held["kind"] == "trees"
    assert held["score"]["rates"] is None
    assert "Tree=" not in a_model().described()
