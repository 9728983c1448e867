"""Boosted trees: they find what is there, the same way every time, and come back whole from text or not at all."""

import pickle
import sys
from functools import cache

import numpy as np
import pytest

from darvoza.errors import MissingLibrary, ModelError, SettingsError, UnfitModel
from darvoza.methods.boosting import BoostedTrees, BoostingSettings, Objective, Sample, fit, lightgbm
from darvoza.methods.metrics import expected_calibration_error, roc_auc

NAMES = ("signal", "partner", "noise", "sparse")
SMALL = BoostingSettings(trees=60)


def a_sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and the true log-odds; the last feature is missing for two rows in three."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)).astype(np.float32)
    x[rng.random(n) < 2 / 3, 3] = np.nan
    log_odds = -2 + 1.5 * x[:, 0] + np.where(x[:, 1] > 0.5, 1.0, 0.0) + np.where(np.isnan(x[:, 3]), 0.0, 1.5)
    return x, (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int8), log_odds


@cache
def a_model() -> BoostedTrees:
    x, y, _ = a_sample(6_000, 1)
    return fit(Sample(x, y), names=NAMES, settings=SMALL)


def test_the_truth_is_recovered_and_calibrated_without_class_weights() -> None:
    x, y, _ = a_sample(20_000, 1)
    model = fit(Sample(x, y), names=NAMES, settings=BoostingSettings())
    fresh, labels, fresh_truth = a_sample(20_000, 2)
    got = model.raw(fresh)
    ceiling, area = roc_auc(fresh_truth, labels), roc_auc(got, labels)
    assert ceiling is not None
    assert area is not None
    assert area > ceiling - 0.01
    assert expected_calibration_error(1 / (1 + np.exp(-got)), labels) < 0.02


def test_the_same_input_gives_the_same_bytes_whatever_the_threads() -> None:
    x, y, _ = a_sample(6_000, 1)
    weights = np.random.default_rng(9).uniform(1, 20, y.size)
    texts = {fit(Sample(x, y, weights), names=NAMES, settings=SMALL, threads=n).text for n in (1, 2, 3, 1)}
    assert len(texts) == 1
    model = BoostedTrees.from_text(texts.pop())
    assert np.array_equal(model.raw(x, threads=1), model.raw(x, threads=2))
    assert np.array_equal(model.contributions(x[:500], threads=1), model.contributions(x[:500], threads=2))


def test_another_seed_grows_other_trees() -> None:
    x, y, _ = a_sample(6_000, 1)
    assert fit(Sample(x, y), names=NAMES, settings=BoostingSettings(trees=60, seed=1)).text != a_model().text


def test_contributions_add_up_to_the_score_and_name_the_cause() -> None:
    x, _, _ = a_sample(300, 3)
    parts = a_model().contributions(x)
    assert parts.shape == (300, 5)
    assert parts.sum(axis=1) == pytest.approx(a_model().raw(x))
    assert np.abs(parts[:, 0]).mean() > 5 * np.abs(parts[:, 2]).mean()
    assert np.ptp(parts[:, 4]) == 0


def test_a_missing_value_is_information_not_an_error() -> None:
    row = np.zeros((2, 4), dtype=np.float32)
    row[0, 3] = np.nan
    missing, known = a_model().raw(row)
    assert known > missing + 0.5


def test_weights_count_as_repetitions_do() -> None:
    x, y, _ = a_sample(3_000, 5)
    heavy = fit(Sample(x, y, np.where(y == 1, 5.0, 1.0)), names=NAMES, settings=SMALL)
    plain = fit(Sample(x, y), names=NAMES, settings=SMALL)
    assert (heavy.raw(x) - plain.raw(x)).mean() == pytest.approx(np.log(5), abs=0.3)


def test_growing_stops_when_later_rows_no_longer_gain() -> None:
    x, y, _ = a_sample(1_500, 6)
    later, later_labels, _ = a_sample(3_000, 7)
    eager = BoostingSettings(trees=400, learning_rate=0.3, min_leaf=5)
    stopped = fit(Sample(x, y), names=NAMES, settings=eager, later=Sample(later, later_labels))
    grown = fit(Sample(x, y), names=NAMES, settings=eager)
    assert stopped.text.count("\nTree=") < 200 < grown.text.count("\nTree=")
    fresh, labels, _ = a_sample(20_000, 8)
    assert (roc_auc(stopped.raw(fresh), labels) or 0) > (roc_auc(grown.raw(fresh), labels) or 1)


def test_the_text_alone_brings_the_model_back(capfd: pytest.CaptureFixture[str]) -> None:
    x, _, _ = a_sample(500, 4)
    again = BoostedTrees.from_text(a_model().text)
    assert again.names == NAMES
    assert again.text == a_model().text
    assert np.array_equal(again.raw(x), a_model().raw(x))
    assert capfd.readouterr() == ("", "")


def test_a_damaged_text_is_refused_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    text = a_model().text
    half = text[: len(text) // 2]
    without_a_tree = text.replace(text[text.index("Tree=3\n") : text.index("Tree=4\n")], "")
    for damaged in ("", "hello", half, without_a_tree, text.replace("Tree=0\n", "Tree=0\n\n", 1), text[:200]):
        with pytest.raises(ModelError, match="model"):
            BoostedTrees.from_text(damaged)
    assert capfd.readouterr() == ("", "")


def test_a_model_is_never_pickled() -> None:
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(a_model())


def test_no_rows_give_no_scores_and_a_wrong_width_is_refused() -> None:
    assert a_model().raw(np.zeros((0, 4), dtype=np.float32)).shape == (0,)
    assert a_model().contributions(np.zeros((0, 4), dtype=np.float32)).shape == (0, 5)
    with pytest.raises(ModelError, match="4 columns"):
        a_model().raw(np.zeros((1, 3), dtype=np.float32))


def test_evidence_that_does_not_fit_is_refused_and_says_why() -> None:
    x, y, _ = a_sample(200, 1)
    with pytest.raises(UnfitModel, match="all labels are the same"):
        fit(Sample(x, np.zeros(200, dtype=np.int8)), names=NAMES, settings=SMALL)
    with pytest.raises(SettingsError, match="names"):
        fit(Sample(x, y), names=("a", "b", "c"), settings=SMALL)
    with pytest.raises(SettingsError, match="names"):
        fit(Sample(x, y), names=("a", "a", "b", "c"), settings=SMALL)
    with pytest.raises(SettingsError, match="names"):
        fit(Sample(x, y), names=("a b", "b", "c", "d"), settings=SMALL)
    with pytest.raises(SettingsError, match="labels"):
        fit(Sample(x, y[:-1]), names=NAMES, settings=SMALL)
    with pytest.raises(SettingsError, match="weights"):
        fit(Sample(x, y, np.zeros(200)), names=NAMES, settings=SMALL)
    with pytest.raises(SettingsError, match="matrix"):
        fit(Sample(x[:, 0], y), names=NAMES, settings=SMALL)


def test_features_without_any_signal_give_the_base_rate() -> None:
    model = fit(Sample(np.zeros((400, 1), dtype=np.float32), np.arange(400) % 4 == 0), names=["flat"], settings=SMALL)
    assert model.raw(np.zeros((1, 1), dtype=np.float32))[0] == pytest.approx(np.log(1 / 3), abs=1e-5)


def amounts(n: int, seed: int) -> tuple[Sample, np.ndarray]:
    """Amounts around a multiple of a base, a tenth of them 0, with the expected amount of each row."""
    rng = np.random.default_rng(seed)
    x, base = rng.normal(size=(n, 4)).astype(np.float32), rng.lognormal(6, 1.5, n)
    expected = base * np.exp(0.8 * x[:, 0] - 1)
    got = np.where(rng.random(n) < 0.1, 0.0, expected / 0.9 * rng.lognormal(-0.125, 0.5, n))
    return Sample(x, got, offset=np.log(base)), expected


def test_amounts_are_recovered_beside_their_base() -> None:
    sample, _ = amounts(8_000, 1)
    model = fit(sample, names=NAMES, settings=BoostingSettings(objective=Objective.AMOUNT))
    fresh, expected = amounts(4_000, 2)
    assert fresh.offset is not None
    got = np.exp(model.raw(fresh.features) + fresh.offset)
    assert got.sum() == pytest.approx(expected.sum(), rel=0.1)
    assert np.corrcoef(np.log(got), np.log(expected))[0, 1] > 0.98


def test_a_negative_amount_is_refused() -> None:
    sample, _ = amounts(200, 1)
    negative = sample._replace(labels=np.full(200, -1.0))
    with pytest.raises(SettingsError, match="amounts of at least 0"):
        fit(negative, names=NAMES, settings=BoostingSettings(objective=Objective.AMOUNT))


def test_where_the_library_is_missing_trees_are_refused_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_model().text
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    lightgbm.cache_clear()
    with pytest.raises(MissingLibrary, match="libgomp1"):
        BoostedTrees.from_text(text)
    monkeypatch.undo()
    lightgbm.cache_clear()
    assert BoostedTrees.from_text(text).names == NAMES
