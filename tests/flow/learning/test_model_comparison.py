"""Champion and challenger compared: the better is found better, without bias, and chance is called chance."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from darvoza.errors import OutputError
from darvoza.flow.learning.model_comparison import Comparison, compare_models

FLOOR = 0.05
N = 4_000


def world(seed: int, *, noise: float) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray]:
    """Decisions of a champion that sees the truth through a mist, a challenger with `noise` of its own, and results."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2, 1.4, N)
    truth = 1 / (1 + np.exp(-odds))
    score, other = (1 / (1 + np.exp(-odds - rng.normal(0, spread, N))) for spread in (0.8, noise))
    u, chance = rng.random(N), np.clip(1.2 * score, FLOOR, 1)
    floors = [[{"kind": "random", "source": "random", "probability": FLOOR, "items": []}]] * N
    ids = [f"D{number}" for number in range(N)]
    decisions = pl.DataFrame(
        {"declaration_id": ids, "agency": ["customs"] * N, "act": ["physical"] * N, "score": score,
         "challenger_score": other, "model_digest": ["A"] * N, "challenger_digest": ["B"] * N, "u": u,
         "probability": chance, "selected": u < chance, "floors": floors}
    )  # fmt: skip
    found = rng.random(N) < truth
    results = pl.DataFrame(
        {"declaration_id": ids, "examined": u < chance, "finding": found, "recovered": np.where(found, 100.0, 0.0)}
    ).filter("examined")
    return decisions, results, found


@cache
def compared(seed: int, noise: float) -> Comparison:
    decisions, results, _ = world(seed, noise=noise)
    return compare_models(decisions, results, share=0.1)


def test_a_better_challenger_is_found_better_and_a_worse_one_worse() -> None:
    assert compared(1, 0.0).verdict == "better"
    assert compared(1, 2.5).verdict == "worse"


def test_two_that_are_equally_good_are_told_apart_by_nothing_but_chance() -> None:
    verdicts = [compared(seed, 0.8).verdict for seed in range(30)]
    assert verdicts.count("undecided") >= 26


def test_the_hit_rate_at_capacity_is_that_of_everything_examined_though_only_some_was() -> None:
    covered = []
    for seed in range(40):
        decisions, results, found = world(seed, noise=0.0)
        sample = compare_models(decisions, results, share=0.1).samples[0]
        rate = next(measure for measure in sample.measures if measure.name == "hit_rate")
        top = np.argsort(-decisions["challenger_score"].to_numpy())[: N // 10]
        covered.append(rate.challenger.low <= found[top].mean() <= rate.challenger.high)
    assert np.mean(covered) >= 0.93


def test_hit_rates_of_a_thin_random_floor_are_shares_that_hold_or_are_not_given() -> None:
    """±1.96 standard errors went below 0, and held the truth 59 to 81 times in 100."""
    held, given = [], 0
    for seed in range(60):
        decisions, results, found = world(seed, noise=0.0)
        sample = compare_models(decisions, results, share=0.2).samples[1]
        rates = [measure for measure in sample.measures if measure.name == "hit_rate"]
        given += len(rates)
        for rate in rates:
            assert 0 <= rate.champion.low < rate.champion.high <= 1
            tops = [np.argsort(-decisions[name].to_numpy())[: N // 5] for name in ("score", "challenger_score")]
            one, other = (found[top].mean() for top in tops)
            held += [
                rate.champion.low <= one <= rate.champion.high,
                rate.challenger.low <= other <= rate.challenger.high,
            ]
            held.append(rate.difference.low <= other - one <= rate.difference.high)
    assert given > 30
    assert np.mean(held) >= 0.93


def test_too_few_at_capacity_get_no_rate() -> None:
    decisions, results, _ = world(1, noise=0.0)
    names = [measure.name for measure in compare_models(decisions, results, share=0.01).samples[1].measures]
    assert names == ["log_loss"]


def test_it_is_counted_on_how_many_results_a_measure_at_capacity_rests() -> None:
    decisions, results, _ = world(1, noise=0.0)
    seen = set(results["declaration_id"])
    top = decisions.sort("score", descending=True).head(N // 10)["declaration_id"]
    champion, challenger = compare_models(decisions, results, share=0.1).samples[0].at_capacity
    assert champion == len(seen.intersection(top)) > 30
    assert 30 < challenger <= N // 10


def test_results_that_may_be_a_choice_are_refused() -> None:
    decisions, results, _ = world(1, noise=0.0)
    with pytest.raises(OutputError, match="results of at least 80%"):
        compare_models(decisions, results.head(results.height // 2), share=0.1)


def test_the_random_floor_is_a_sample_of_its_own() -> None:
    whole, random = compared(1, 0.0).samples
    assert (whole.name, random.name) == ("all", "random")
    assert random.results == pytest.approx(FLOOR * N, rel=0.3)
    assert random.measures[0].difference.value == pytest.approx(whole.measures[0].difference.value, abs=0.1)


def test_how_many_findings_state_no_amount_is_told_beside_the_money() -> None:
    decisions, results, _ = world(1, noise=0.5)
    whole = compare_models(decisions, results, share=0.2)
    assert [sample.unstated for sample in whole.samples] == [0 for _ in whole.samples]
    silent = pl.when(pl.col("finding") & (pl.int_range(pl.len()) % 2 == 0)).then(None).otherwise(pl.col("recovered"))
    partly = compare_models(decisions, results.with_columns(recovered=silent), share=0.2)
    assert 0 < partly.samples[0].unstated < partly.samples[0].findings
    told = partly.as_json()["samples"]
    assert isinstance(told, list)
    assert told[0]["unstated"] == partly.samples[0].unstated


def test_a_comparison_is_plain_values() -> None:
    held = compared(1, 0.0).as_json()
    assert (held["champion"], held["challenger"], held["verdict"]) == ("A", "B", "better")


def test_too_few_results_no_challenger_and_two_pairs_of_models_are_refused() -> None:
    decisions, results, _ = world(1, noise=0.0)
    with pytest.raises(OutputError, match="at least 20"):
        compare_models(decisions, results.head(5), share=0.1)
    with pytest.raises(OutputError, match="challenger_score"):
        compare_models(decisions.drop("challenger_score"), results, share=0.1)
    mixed = decisions.with_columns(
        model_digest=pl.when(pl.int_range(pl.len()) < 9).then(pl.lit("C")).otherwise("model_digest")
    )
    with pytest.raises(OutputError, match="one champion"):
        compare_models(mixed, results, share=0.1)
