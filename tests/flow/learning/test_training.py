"""Training: what was planted is found again, too little evidence is refused, the same input gives the same score."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from darvoza.domain.codes import RiskFamily
from darvoza.domain.features import FEATURES
from darvoza.errors import MissingLibrary, UnfitModel
from darvoza.flow.learning import training
from darvoza.flow.learning.examples import FAMILIES, Examples
from darvoza.flow.learning.heads import NAMES
from darvoza.flow.learning.splitting import split_in_time
from darvoza.flow.learning.training import FEWEST_FINDINGS, Trained, train
from darvoza.methods.boosting import BoostedTrees, BoostingSettings
from darvoza.methods.calibrated import RateSum
from darvoza.methods.metrics import roc_auc

SETTINGS = BoostingSettings(trees=40)
SIGNAL = NAMES.index("unit_value_z")
RATE, STAKE, CHAPTER = (NAMES.index(name) for name in ("importer_finding_rate", "stake", "hs_chapter"))


@lru_cache(maxsize=8)
def planted(n: int, *, rate: float = 0.2, seed: int = 1) -> Examples:
    """Findings that follow two features; the others are noise, some of it missing.

    Findings of chapter 1 are of the family SPS and grave, the others of valuation; a loss is half the stake.
    """
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, len(FEATURES))).astype(np.float32)
    rates = [place for place, name in enumerate(NAMES) if name.endswith("_finding_rate")]
    features[:, rates] = 0.1
    features[:, RATE] = rng.beta(1, 6, n)
    features[:, STAKE] = rng.normal(6, 1, n)
    features[rng.random((n, len(FEATURES))) < 0.05] = np.nan
    features[:, CHAPTER] = rng.integers(1, 4, n)
    odds = np.log(rate / (1 - rate)) - 0.4 - 1.5 * np.nan_to_num(features[:, SIGNAL])
    odds += 6 * (np.nan_to_num(features[:, RATE], nan=0.15) - 0.15)
    findings = rng.random(n) < 1 / (1 + np.exp(-odds))
    sps = findings & (features[:, CHAPTER] == 1)
    family = np.where(sps, FAMILIES.index(RiskFamily.SPS), FAMILIES.index(RiskFamily.VALUATION))
    lodged = np.arange(n, dtype=np.int64) * 3600
    return Examples(
        features=features,
        findings=findings,
        weights=rng.choice([1.0, 5.0, 50.0], n),
        by_chance=np.ones(n, dtype=bool),
        families=np.where(findings, family, -1),
        severities=np.where(sps, 2, 0),
        losses=np.where(findings, 0.5 * np.exp(np.nan_to_num(features[:, STAKE], nan=6.0)), 0.0),
        lodged=lodged,
        known=lodged + 1800,
        declarations=np.arange(n, dtype=np.int64) // 2,
        precedents={"a pair": rng.integers(0, 200, n)},
    )


@lru_cache(maxsize=2)
def with_trees() -> Trained:
    return train(planted(1_500), settings=SETTINGS, threads=1)


def test_a_planted_signal_is_recovered_on_later_rows() -> None:
    trained, later = with_trees(), planted(1_500, seed=2)
    assert isinstance(trained.model.score.scorer, BoostedTrees)
    score = trained.model.score.log_odds(later.features)
    assert (roc_auc(score, later.findings) or 0) > 0.75
    likely = trained.model.probabilities(later.features)
    assert likely.mean() == pytest.approx(later.findings.mean(), abs=0.1)  # 225 weighted rows calibrate it
    moved = np.abs(trained.model.contributions(later.features)).mean(axis=0)
    assert {NAMES[place] for place in np.argsort(-moved)[:2]} == {"unit_value_z", "importer_finding_rate"}


def test_the_card_measures_the_last_rows_in_time() -> None:
    card, examples = with_trees().card, planted(1_500)
    parts = (card.fitted_on, card.calibrated_on, card.measured_on, card.set_aside)
    assert (card.kind, *parts) == ("trees", 1050, 224, 226, 0)
    assert card.findings == examples.findings.sum()
    whole, chosen, seen, unseen = card.slices
    assert (whole.name, whole.rows, whole.findings) == ("all rows", 226, examples.findings[1274:].sum())
    assert (chosen.name, chosen.rows) == ("chosen with a known π", 226)
    codes = examples.precedents["a pair"]
    known = int(np.isin(codes[1274:], codes[:1274]).sum())
    assert (seen.name, seen.rows) == ("a pair seen before", known)
    assert (unseen.name, unseen.rows) == ("a pair never seen", 226 - known)
    assert (whole.auc or 0) > 0.7


def test_where_nothing_is_to_be_learned_nothing_is_claimed() -> None:
    examples = planted(1_500)
    shuffled = replace(examples, findings=np.random.default_rng(5).permutation(examples.findings))
    try:
        auc = train(shuffled, settings=SETTINGS, threads=1).card.slices[0].auc
    except UnfitModel:
        return
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
    scorer = trained.model.score.scorer
    assert isinstance(scorer, RateSum)
    assert {NAMES[column] for column in scorer.columns} == {name for name in NAMES if name.endswith("_finding_rate")}
    assert (trained.card.kind, trained.card.trees) == ("rates", 0)
    assert (roc_auc(trained.model.score.log_odds(examples.features), examples.findings) or 0) > 0.55


def test_a_family_with_findings_enough_has_a_head_of_its_own_and_one_without_takes_its_share() -> None:
    trained = train(planted(2_500, rate=0.3), settings=SETTINGS, threads=1)
    heads = {head.name: head for head in trained.card.heads}
    assert heads["valuation"].own
    assert not heads["origin"].own
    assert heads["origin"].findings == heads["origin"].observed == 0
    later = planted(1_500, seed=2)
    model = trained.model
    likely = model.kind_probabilities(later.features, model.probabilities(later.features))
    sps = likely[:, FAMILIES.index(RiskFamily.SPS)]
    assert (roc_auc(sps, later.of_family(RiskFamily.SPS)) or 0) > 0.8
    assert np.all(likely[:, FAMILIES.index(RiskFamily.ORIGIN)] == 0)


def test_the_share_of_a_rare_family_is_learned_by_chapter() -> None:
    model = train(planted(999, rate=0.3), settings=SETTINGS, threads=1).model
    assert model.kinds["sps"].own is None
    rows = np.full((3, len(FEATURES)), np.nan, dtype=np.float32)
    rows[:, CHAPTER] = [1, 2, 99]
    first, second, unknown = model.kinds["sps"].share(rows)
    assert first > 0.8 > unknown > 0.1 > second


def test_the_loss_planted_is_recovered() -> None:
    later = planted(1_500, seed=2)
    for n in (999, 4_000):
        harm = train(planted(n, rate=0.3), settings=SETTINGS, threads=1).model.harm
        found = later.findings & np.isfinite(later.features[:, STAKE])
        assert (harm.loss.trees is None) == (n == 999)
        got = harm.loss(later.features[found])
        assert got.sum() == pytest.approx(later.losses[found].sum(), rel=0.1)
        assert np.median(np.abs(np.log(got / later.losses[found]))) < 0.15


def test_where_nobody_recorded_what_was_recovered_the_stake_stands_for_the_loss() -> None:
    examples = planted(999, rate=0.3)
    unknown = replace(examples, losses=np.full(999, np.nan))
    trained = train(unknown, settings=SETTINGS, threads=1)
    harm, loss = trained.model.harm, trained.card.heads[-1]
    assert (loss.name, loss.observed) == ("loss", None)
    assert loss.unstated > 0
    row = np.full((1, len(FEATURES)), np.log1p(80.0), dtype=np.float32)
    assert harm.loss(row) == pytest.approx([81.0], rel=1e-4)


def test_severity_is_learned_from_what_is_grave() -> None:
    trained = train(planted(2_500, rate=0.3), settings=SETTINGS, threads=1)
    later = planted(1_500, seed=2)
    level = trained.model.predicted(later.features).level
    assert level[later.features[:, CHAPTER] == 1].mean() > 5 * level[later.features[:, CHAPTER] != 1].mean()
    assert trained.model.harm.level(later.features[:1]).tolist() == [2.0]


def test_a_result_known_only_after_the_next_part_began_is_in_no_part() -> None:
    examples = planted(1_500)
    late = replace(examples, known=examples.lodged + np.where(np.arange(1_500) % 10 == 0, 10**9, 1800))
    split = split_in_time(late)
    assert split.set_aside == 128
    assert not np.any(np.concatenate([split.fit, split.calibrate]) % 10 == 0)
    assert np.all(late.known[split.fit] < late.lodged[split.calibrate[0]])


def test_a_declaration_is_in_one_part() -> None:
    for n in (1_500, 1_501, 1_507):
        parts = split_in_time(planted(n))[:3]
        held = [set(planted(n).declarations[part].tolist()) for part in parts]
        assert not held[0] & held[1]
        assert not held[1] & held[2]


def test_trees_that_do_worse_than_the_rates_on_later_rows_are_not_used() -> None:
    examples = planted(2_500, rate=0.3)
    turned = examples.features.copy()
    turned[2_125:, SIGNAL] *= -1  # what the trees relied on says the opposite from one day on
    trained = train(replace(examples, features=turned), settings=SETTINGS, threads=1)
    assert isinstance(trained.model.score.scorer, RateSum)
    assert trained.card.verdict.why_not
    assert not any(head.own for head in trained.card.heads)


def test_without_the_library_the_rates_are_fitted_and_the_card_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> BoostedTrees:
        raise MissingLibrary("LightGBM cannot be loaded")

    monkeypatch.setattr(training, "fit", missing)
    trained = train(planted(1_500), settings=SETTINGS, threads=1)
    assert (trained.model.kind, trained.card.verdict.why_not) == ("rates", ("too-few",))


def test_a_score_too_good_to_be_true_is_taken_for_leakage() -> None:
    examples = planted(1_500)
    leaking = examples.features.copy()
    leaking[:, NAMES.index("customs_value")] = np.where(examples.findings, 3.0, -3.0)  # corrected after the finding
    card = train(replace(examples, features=leaking), settings=SETTINGS, threads=1).card
    assert card.warnings == ("too-good",)
    assert with_trees().card.warnings == ()
