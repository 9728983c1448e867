"""Training: what was planted is found again, too little evidence is refused, the same input gives the same score."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from darvoza.domain.features import FEATURES
from darvoza.errors import UnfitModel
from darvoza.flow.learning.training import FEWEST_FINDINGS, NAMES, Examples, Trained, train
from darvoza.methods.boosting import BoostedTrees, BoostingSettings
from darvoza.methods.metrics import roc_auc
from darvoza.methods.score_model import RateSum

SETTINGS = BoostingSettings(trees=40)
SIGNAL = NAMES.index("unit_value_z")
RATE = NAMES.index("importer_finding_rate")


@lru_cache(maxsize=8)
def planted(n: int, *, rate: float = 0.2, seed: int = 1) -> Examples:
    """Findings that follow two features; the others are noise, some of it missing."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, len(FEATURES))).astype(np.float32)
    rates = [place for place, name in enumerate(NAMES) if name.endswith("_finding_rate")]
    features[:, rates] = 0.1
    features[:, RATE] = rng.beta(1, 6, n)
    features[rng.random((n, len(FEATURES))) < 0.05] = np.nan
    odds = np.log(rate / (1 - rate)) - 0.4 - 1.5 * np.nan_to_num(features[:, SIGNAL])
    odds += 6 * (np.nan_to_num(features[:, RATE], nan=0.15) - 0.15)
    return Examples(
        features=features,
        findings=rng.random(n) < 1 / (1 + np.exp(-odds)),
        weights=rng.choice([1.0, 5.0, 50.0], n),
        stakes=np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(5, 1, n)),
        slices={"never seen": rng.integers(0, 200, n)},
    )


@lru_cache(maxsize=2)
def with_trees() -> Trained:
    return train(planted(1_500), settings=SETTINGS, threads=1)


def test_a_planted_signal_is_recovered_on_later_rows() -> None:
    trained, later = with_trees(), planted(1_500, seed=2)
    assert isinstance(trained.model.scorer, BoostedTrees)
    score = trained.model.log_odds(later.features)
    assert (roc_auc(score, later.findings) or 0) > 0.75
    likely = trained.model.probabilities(later.features)
    assert likely.mean() == pytest.approx(later.findings.mean(), abs=0.1)  # 225 weighted rows calibrate it
    moved = np.abs(trained.model.contributions(later.features)).mean(axis=0)
    assert {NAMES[place] for place in np.argsort(-moved)[:2]} == {"unit_value_z", "importer_finding_rate"}


def test_the_card_measures_the_last_rows_in_time() -> None:
    card, examples = with_trees().card, planted(1_500)
    assert (card.kind, card.fitted_on, card.calibrated_on, card.measured_on) == ("trees", 1050, 225, 225)
    assert card.findings == examples.findings.sum()
    whole, unseen = card.slices
    assert (whole.name, whole.rows, whole.findings) == ("all rows", 225, examples.findings[1275:].sum())
    codes = examples.slices["never seen"]
    assert (unseen.name, unseen.rows) == ("never seen", int((~np.isin(codes[1275:], codes[:1275])).sum()))
    assert (whole.auc or 0) > 0.7


def test_where_nothing_is_to_be_learned_the_card_says_so() -> None:
    examples = planted(1_500)
    shuffled = replace(examples, findings=np.random.default_rng(5).permutation(examples.findings))
    auc = train(shuffled, settings=SETTINGS, threads=1).card.slices[0].auc
    assert auc == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("findings", [0, FEWEST_FINDINGS - 1])
@pytest.mark.parametrize("found", [True, False])
def test_too_few_findings_fit_no_score_and_neither_do_too_few_without(findings: int, found: bool) -> None:
    examples = planted(400)
    results = np.full(400, not found)
    results[:findings] = found
    with pytest.raises(UnfitModel, match="at least 20 findings"):
        train(replace(examples, findings=results), settings=SETTINGS, threads=1)


def test_findings_all_of_the_first_days_fit_no_score_either() -> None:
    results = np.arange(400) < 60
    with pytest.raises(UnfitModel):
        train(replace(planted(400), findings=results), settings=SETTINGS, threads=1)


@pytest.mark.parametrize(("n", "rate"), [(999, 0.3), (1_500, 0.03)])
def test_with_some_evidence_the_smoothed_rates_stand_in_for_trees(n: int, rate: float) -> None:
    examples = planted(n, rate=rate)
    assert examples.findings.sum() >= FEWEST_FINDINGS
    assert n < 1_000 or examples.findings.sum() < 100, "this is evidence enough for trees"
    trained = train(examples, settings=SETTINGS, threads=1)
    scorer = trained.model.scorer
    assert isinstance(scorer, RateSum)
    assert {NAMES[column] for column in scorer.columns} == {name for name in NAMES if name.endswith("_finding_rate")}
    assert (trained.card.kind, trained.card.trees) == ("rates", 0)
    assert (roc_auc(trained.model.log_odds(examples.features), examples.findings) or 0) > 0.55


def test_the_typical_stake_is_the_median_of_those_known() -> None:
    examples = planted(999, rate=0.3)
    known = examples.stakes[~np.isnan(examples.stakes)]
    assert train(examples, settings=SETTINGS, threads=1).model.typical_stake == np.median(known)
    without = replace(examples, stakes=np.full(999, np.nan))
    assert train(without, settings=SETTINGS, threads=1).model.typical_stake == 1.0
