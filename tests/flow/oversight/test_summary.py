"""The summary counts what was decided, and estimates what was missed only where it can."""

import json

import polars as pl
import pytest

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.oversight.summary import RunSummary, summarise
from flow.oversight.made_runs import TITLES, a_run, an_item, decisions_of, rows_of

PHYSICAL, PAPERS = ("customs", "physical"), ("customs", "documentary")


def four_declarations() -> tuple[pl.DataFrame, pl.DataFrame]:
    """One by law, one by profile on its papers, one by chance, one released."""
    chance = ("random", "random", 0.1)
    rows = [
        *rows_of("D1", {PHYSICAL: [chance, ("law", "L1", 1.0), ("profile", "P1", 0.8)]}, u=0.5),
        *rows_of("D2", {PHYSICAL: [chance], PAPERS: [("profile", "P1", 0.9)]}, u=0.5),
        *rows_of("D3", {PHYSICAL: [chance]}, u=0.05),
        *rows_of("D4", {PHYSICAL: [chance, ("score", "score", 0.3)]}, u=0.5, post="KG-TOR"),
    ]
    items = [an_item(name) for name in ("D1", "D2", "D3", "D4")] + [an_item("D4", item=2)]
    items[0] |= {"examined": True, "finding": True}
    items[2] |= {"examined": True, "finding": False}
    return decisions_of(rows), pl.DataFrame(items)


def summed(decisions: pl.DataFrame, items: pl.DataFrame, capacity: float = 0.3) -> RunSummary:
    return summarise(decisions, items, capacity=capacity, random_floor=0.1, titles={"P1": "A profile"})


def test_declarations_are_counted_once_by_channel_and_by_their_strongest_basis() -> None:
    summary = summed(*four_declarations())
    assert (summary.declarations, summary.items, summary.decisions) == (4, 5, 5)
    assert (summary.selected, summary.stopped) == (3, 2)
    assert {c.name: c.declarations for c in summary.channels} == {"green": 1, "blue": 0, "yellow": 1, "red": 2}
    assert {b.name: b.declarations for b in summary.bases if b.declarations} == {"law": 1, "profile": 1, "random": 1}


def test_capacity_is_counted_in_physical_examinations_at_each_post() -> None:
    osh, torugart = summed(*four_declarations()).posts
    assert (osh.post, osh.declarations, osh.selected) == ("KG-OSH", 3, 2)
    assert (osh.capacity, osh.demanded, osh.expected) == pytest.approx((0.9, 1.0, 1.2))
    assert osh.overburdened  # the law alone asks for 1.0 of 0.9
    assert (torugart.demanded, torugart.expected) == pytest.approx((0.0, 0.3))
    assert not torugart.overburdened
    assert not summed(*four_declarations(), capacity=1 / 3).posts[0].overburdened


def test_a_profile_is_counted_by_declarations_and_by_what_it_alone_matched() -> None:
    uses = {use.code: use for use in summed(*four_declarations()).profiles}
    assert set(uses) == {"P1", "L1"}
    assert (uses["P1"].declarations, uses["P1"].share, uses["P1"].alone) == (2, 0.5, 0.5)
    assert (uses["L1"].declarations, uses["L1"].alone) == (1, 0.0)
    assert (uses["P1"].title, uses["L1"].title) == ("A profile", "L1")


def test_the_histogram_shows_the_chance_of_being_stopped() -> None:
    bins = {(b.low, b.high): b.declarations for b in summed(*four_declarations()).probabilities}
    assert {edges: n for edges, n in bins.items() if n} == {(1.0, 1.0): 1, (0.05, 0.1): 2, (0.2, 0.5): 1}


def test_hit_rates_count_only_known_results() -> None:
    rates = {rate.basis: rate for rate in summed(*four_declarations()).hit_rates}
    assert (rates["law"].examined, rates["law"].findings, rates["law"].rate) == (1, 1, 1.0)
    assert "profile" not in rates, "it asked for the papers; nothing was examined for it"
    assert (rates["random"].rate, rates["random"].low) == (0.0, 0.0)
    assert rates["random"].high == pytest.approx(0.793, abs=1e-3)


def test_a_finding_is_credited_to_the_ground_of_the_examination_that_made_it() -> None:
    """Chance opened the load; that a profile wanted its papers has found nothing."""
    chance, papers = ("random", "random", 0.1), [("profile", "P1", 1.0)]
    decisions = decisions_of(rows_of("D1", {PHYSICAL: [chance], PAPERS: papers}, u=0.05))
    summary = summed(decisions, pl.DataFrame([an_item("D1", examined=True, finding=True)]))
    assert [(rate.basis, rate.selected, rate.findings) for rate in summary.hit_rates] == [("random", 1, 1)]
    assert {b.name for b in summary.bases if b.declarations} == {"profile"}


def test_one_examination_by_chance_is_too_few_to_say_what_was_missed() -> None:
    estimates = summed(*four_declarations()).estimates
    assert estimates is not None
    assert estimates.whole is not None
    assert (estimates.whole.examined, estimates.whole.known, estimates.whole.why_not) == (2, 2, "too few")
    assert (estimates.whole.leaked, estimates.whole.leakage) == (None, None)


def test_without_results_nothing_is_said_about_findings() -> None:
    decisions, items = four_declarations()
    for bare in (items.drop("examined", "finding"), items.with_columns(examined=None, finding=None)):
        summary = summed(decisions, bare)
        assert (summary.results, summary.estimates, summary.hit_rates, summary.gains) == (0, None, (), None)


def test_a_whole_run_is_summarised_in_plain_numbers() -> None:
    decisions, items = a_run()
    summary = summarise(decisions, items, capacity=0.1, random_floor=0.02, titles=TITLES)
    assert sum(c.declarations for c in summary.channels) == sum(b.declarations for b in summary.probabilities) == 3_000
    assert sum(b.declarations for b in summary.bases) == summary.selected
    assert summary.gains is not None
    assert [cut.share for cut in summary.gains.cuts] == [0.01, 0.02, 0.05, 0.1, 0.2]
    assert len(summary.gains.examined) <= 102
    assert summary.gains.examined[-1] == summary.gains.found[-1] == 1
    read = json.loads(summary.to_json())
    assert read["declarations"] == 3_000
    assert read["examples"][0]["floors"][0]["kind"] in {"law", "random", "score", "profile"}


def test_the_order_of_the_rows_changes_nothing() -> None:
    decisions, items = a_run(500)
    settings = {"capacity": 0.1, "random_floor": 0.02, "titles": TITLES}
    first = summarise(decisions, items, **settings)  # type: ignore[arg-type]
    shuffled = summarise(decisions.sample(fraction=1, shuffle=True, seed=1), items, **settings)  # type: ignore[arg-type]
    assert first.to_json() == shuffled.to_json()


def test_the_examples_are_ten_declarations_of_every_basis_and_one_released() -> None:
    decisions, items = a_run()
    examples = summarise(decisions, items, capacity=0.1, random_floor=0.02, titles=TITLES).examples
    assert len(examples) == len({example.declaration_id for example in examples}) == 10
    assert {example.basis for example in examples} == {"law", "alert", "profile", "plan", "score", "random", None}
    for example in examples:
        assert (example.u < example.probability) == (example.basis is not None)
        assert example.goods


def test_settings_and_results_that_cannot_be_are_refused() -> None:
    decisions, items = four_declarations()
    with pytest.raises(SettingsError, match="capacity"):
        summed(decisions, items, capacity=0.0)
    with pytest.raises(OutputError, match="at least one"):
        summed(decisions.clear(), items)
    with pytest.raises(OutputError, match="floors"):
        summed(decisions.drop("floors"), items)
