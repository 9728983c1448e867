"""What is decided one after another is what would be decided of all at once."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from builders import START, a_profile, an_item, goods
from darvoza.domain.codes import Act
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.renewing import renewed, renewed_few
from darvoza.flow.inspection.orders import orders
from darvoza.flow.pipeline import assess_all
from darvoza.flow.selectivity.memory_file import memory_text
from gate_world import PROFILES, at_once, in_parts, lodged, policy


def one_after_another(items: pl.DataFrame, gate: Gate, *, seed: int = 0, most: int = 40) -> list[Decided]:
    made = []
    for part in in_parts(items, seed, most):
        made.append(gate.decide(part))
        gate.keep(made[-1])
    return made


@pytest.mark.parametrize(("seed", "most"), [(0, 60), (1, 25)])
def test_declarations_decided_a_few_at_a_time_are_decided_as_all_at_once_bit_by_bit(seed: int, most: int) -> None:
    gate = Gate(policy())
    made = pl.concat([each.decisions for each in one_after_another(lodged(), gate, seed=seed, most=most)])
    assert made.equals(at_once().decisions)
    assert memory_text(gate.policy.memory) == memory_text(at_once().memory)


def test_the_comparison_has_met_draws_kept_and_profiles_slowed() -> None:
    decisions = at_once().decisions
    kept = decisions.filter(pl.col("key_day") < pl.col("lodged_at").dt.date())
    assert kept["declaration_id"].n_unique() > 5
    floors = decisions.explode("floors").unnest("floors", separator="_")
    assert floors.filter((pl.col("floors_source") == "B") & (pl.col("floors_probability") < 1)).height > 5


def test_what_was_decided_but_not_kept_never_was() -> None:
    gate = Gate(policy())
    first, second, *_ = in_parts(lodged(), 3, 20)
    once = gate.decide(first).decisions
    gate.decide(second)
    assert gate.decide(first).decisions.equals(once)


def test_results_that_became_known_count_as_they_do_in_a_run() -> None:
    early, late = (
        lodged().filter(pl.col("lodged_at") < START + timedelta(days=5)),
        lodged().filter(pl.col("lodged_at") >= START + timedelta(days=5)),
    )
    found = early.select(
        "declaration_id",
        "item",
        agency=pl.lit("customs"),
        act=pl.lit("physical"),
        examined=pl.lit(value=True),
        finding=pl.col("item") == 1,
    ).with_columns(result_at=pl.lit(START + timedelta(days=5)).cast(pl.Datetime("us", "UTC")))
    gate = Gate(policy())
    gate.keep(gate.decide(early))
    gate.note_results(found)
    known = early.drop("examined", "finding", "result_at").join(
        found.drop("agency", "act"), on=["declaration_id", "item"]
    )
    before = policy().past
    assert before is not None
    past = pl.concat([before, known.select(HISTORY_COLUMNS)])
    again = Gate(replace(policy(), past=past, memory=gate.policy.memory, watched=gate.policy.watched))
    again.draws = gate.draws
    assert gate.decide(late).decisions.equals(again.decide(late).decisions)
    blind = Gate(policy())
    blind.keep(blind.decide(early))
    assert not gate.decide(late).decisions.equals(blind.decide(late).decisions)


def test_orders_are_those_of_the_decisions() -> None:
    decided = Gate(policy()).decide(lodged())
    assert decided.orders.equals(orders(decided.decisions, policy().profiles))
    assert decided.orders.height == decided.decisions["selected"].sum() > 0


def probabilities(frame: pl.DataFrame) -> dict[str, float]:
    return dict(frame.select("decision_id", "probability").iter_rows())


@pytest.mark.parametrize(
    "more", [a_profile("origin is CN", code="M", act=Act.SCAN), a_profile("hs starts with 87", code="N")]
)
def test_a_new_profile_raises_without_a_new_draw(more: RiskProfile) -> None:
    gate = Gate(policy())
    first = next(in_parts(lodged(), 4, 30))
    before = gate.decide(first)
    gate.keep(before)
    gate.swap(replace(policy(), profiles=ProfileSet((*PROFILES, more))))
    after = gate.decide_again(first, before.decisions).decisions
    draws = "declaration_id", "u", "fingerprint", "key_day"
    assert after.select(draws).unique().sort(draws).equals(before.decisions.select(draws).unique().sort(draws))
    old, new = probabilities(before.decisions), probabilities(after)
    assert all(new[name] >= old[name] for name in old)
    assert sum(new.values()) > sum(old.values())
    assert set(before.decisions.filter("selected")["decision_id"]) <= set(after.filter("selected")["decision_id"])


def test_few_are_renewed_as_many_are() -> None:
    more = a_profile("origin is CN", code="M", act=Act.SCAN)
    items = lodged().filter(pl.col("lodged_at") < START + timedelta(days=4))
    before = assess_all(items, policy()).decisions
    amended = items.filter(pl.col("declaration_id") != before["declaration_id"][0]).with_columns(
        hs=pl.when(pl.col("item") == 1).then(pl.lit("080810")).otherwise("hs"), transport_document=pl.lit("OTHER")
    )
    after = assess_all(amended, replace(policy(), profiles=ProfileSet((*PROFILES[1:], more)))).decisions
    late = before.filter(pl.col("declaration_id") != before["declaration_id"][-1])
    for old, new in ((before, after), (late, after), (after, before), (before, before.clear())):
        many = renewed(old, new)
        assert renewed_few(old.rows(named=True), new.rows(named=True)) == many.rows(named=True)
    columns = renewed_few(before.rows(named=True), after.rows(named=True))[0]
    assert list(columns) == after.columns


def test_an_amendment_keeps_the_draw_and_loses_no_floor() -> None:
    gate = Gate(policy())
    caught = goods(an_item(declaration_id="X", hs="080810", origin="GE", lodged_at=START + timedelta(days=20)))
    before = gate.decide(caught)
    gate.keep(before)
    harmless = caught.with_columns(version=pl.lit(2, pl.Int64), hs=pl.lit("620293"), transport_document=pl.lit("OTHER"))
    after = gate.decide_again(harmless, before.decisions)
    law = after.decisions.filter(agency="phytosanitary", act="sampling")
    assert law["probability"].to_list() == [1.0]
    assert after.decisions["channel"].to_list() == ["red"] * after.decisions.height
    assert after.decisions["u"].n_unique() == 1


def test_swapping_the_state_keeps_what_is_remembered() -> None:
    gate = Gate(policy())
    first, second, *_ = in_parts(lodged(), 5, 30)
    gate.keep(gate.decide(first))
    expected = gate.decide(second).decisions
    gate.swap(policy())
    assert gate.decide(second).decisions.equals(expected)


def test_an_amendment_that_makes_the_goods_others_buys_no_second_draw() -> None:
    gate = Gate(replace(policy(), past=None, model=None))
    items = lodged().head(60)
    first = gate.decide(items)
    gate.keep(first)
    others = items.with_columns(pl.lit("250100").alias("hs"), pl.lit("CMR-NEW").alias("transport_document"))
    again = gate.decide_again(others, first.decisions)
    columns = ["declaration_id", "u", "fingerprint", "key_day", "commitment"]
    assert (
        again.decisions.select(columns)
        .unique()
        .sort(columns)
        .equals(first.decisions.select(columns).unique().sort(columns))
    )
