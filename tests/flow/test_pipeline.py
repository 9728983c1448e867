"""The whole flow: the same decisions every time, every declaration with a chance, nothing taken from a title."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from builders import START, a_profile, an_item, goods, trade
from darvoza.domain.codes import Act, Agency, Channel, RiskFamily
from darvoza.domain.facts import FACT
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.selection import FloorKind, ReasonScope
from darvoza.errors import UnfitModel
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, OUTCOMES
from darvoza.flow.learning.examples import Replay
from darvoza.flow.pipeline import Learned, Policy, assess, learn
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing

RING = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(32))))
BUDGET = Budget(0.2, random_floor=0.02)
PROFILES = ProfileSet(
    (
        a_profile("hs starts with 8703 and origin is GE", code="A", share=Decimal("0.5")),
        a_profile("importer_is_new", code="B", act=Act.DOCUMENTARY),
        a_profile("hs is 080810", code="C", agency=Agency.PHYTOSANITARY, act=Act.SAMPLING, floor=FloorKind.LAW),
    )
)
ACT = ["declaration_id", "agency", "act"]
_RANK = {channel.value: rank for rank, channel in enumerate(Channel)}


@lru_cache(maxsize=1)
def learned() -> Learned:
    return learn(trade(900, 1, days=60, examined=1.0))


@lru_cache(maxsize=1)
def lodged() -> pl.DataFrame:
    return trade(400, 2, examined=0.5)


def a_policy(*profiles: RiskProfile, score: bool = True) -> Policy:
    model = learned() if score else None
    return Policy(
        ProfileSet((*PROFILES, *profiles)),
        BUDGET,
        RING,
        model=model.model if model else None,
        model_digest="ab" if model else None,
        past=model.history if model else None,
    )


@lru_cache(maxsize=2)
def decisions(*, score: bool = True) -> pl.DataFrame:
    return assess(lodged(), a_policy(score=score))


def examinations(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(agency="customs", act="physical")


def test_two_threads_decide_as_one_does() -> None:
    assert learned().model.kind == "trees"
    assert assess(lodged(), a_policy(), threads=2).equals(decisions())


def test_outcomes_of_what_is_decided_are_not_looked_at() -> None:
    blind = lodged().with_columns(pl.lit(None).cast(lodged().schema[name]).alias(name) for name in OUTCOMES)
    found = lodged().with_columns(examined=pl.lit(value=True), finding=pl.lit(value=True), result_at="lodged_at")
    assert assess(blind, a_policy()).equals(decisions())
    assert assess(found, a_policy()).equals(decisions())


@pytest.mark.parametrize("score", [True, False])
def test_every_declaration_can_be_examined_and_chance_is_never_nought(score: bool) -> None:
    looked = examinations(decisions(score=score))
    assert sorted(looked["declaration_id"]) == sorted(lodged()["declaration_id"].unique())
    assert (looked["probability"] >= BUDGET.random_floor).all()
    kinds = looked["floors"].list.eval(pl.element().struct.field("kind"))
    assert kinds.list.contains("random").all()


def test_decisions_agree_with_their_own_floors_and_draw() -> None:
    frame = decisions()
    largest = frame["floors"].list.eval(pl.element().struct.field("probability")).list.max()
    assert (frame["probability"] == largest).all()
    assert (frame["selected"] == (frame["u"] < frame["probability"])).all()
    assert (frame["basis"].is_not_null() == frame["selected"]).all()
    assert frame["decision_id"].is_unique().all()
    assert frame.group_by("declaration_id").agg(pl.col("u").n_unique(), pl.col("channel").n_unique())["u"].max() == 1


def test_profiles_act_on_the_declarations_they_match_and_name_the_items() -> None:
    items = lodged()
    for code, mask in (
        ("A", pl.col("hs").str.starts_with("8703") & (pl.col("origin") == "GE")),
        ("C", pl.col("hs") == "080810"),
    ):
        expected = items.filter(mask).group_by("declaration_id").agg(pl.col("item").sort())
        rows = decisions().explode("floors").unnest("floors", separator="_").filter(floors_source=code)
        found = rows.select("declaration_id", item=pl.col("floors_items").list.sort())
        assert found.sort("declaration_id").equals(expected.sort("declaration_id"))


def test_capacity_is_about_kept_and_the_score_spends_it_on_what_is_wrong() -> None:
    looked = examinations(decisions())
    assert looked["probability"].mean() == pytest.approx(BUDGET.share, rel=0.15)
    assert np.corrcoef(looked["score"], looked["harm"])[0, 1] > 0.5
    cheap = (
        lodged().filter(origin="GE").filter(pl.col("customs_value") < 4 * pl.col("net_mass"))["declaration_id"].unique()
    )
    suspicious = looked["declaration_id"].is_in(cheap.to_list())
    risky, other = (looked.filter(mask)["probability"].mean() for mask in (suspicious, ~suspicious))
    assert isinstance(risky, float)
    assert isinstance(other, float)
    assert risky > 1.5 * other


def test_reasons_stand_with_every_examination_carried_out_and_nowhere_else() -> None:
    frame = decisions()
    expected = frame["selected"] & (frame["act"] == "physical")
    assert ((frame["contributions"].list.len() > 0) == expected).all()
    assert expected.any()


@pytest.mark.parametrize("scope", ReasonScope)
def test_reasons_and_families_are_told_where_they_are_asked_for(scope: ReasonScope) -> None:
    frame = assess(lodged(), replace(a_policy(), reasons=scope))
    wanted = frame.select(_told(scope)).to_series()
    for name in ("contributions", "families"):
        assert ((frame[name].list.len() > 0) == wanted).all()
    assert frame.drop("contributions", "families").equals(decisions().drop("contributions", "families"))


def _told(scope: ReasonScope) -> pl.Expr:
    asked = {ReasonScope.NONE: pl.lit(value=False), ReasonScope.SELECTED: pl.col("selected")}
    return (pl.col("act") == "physical") & asked.get(scope, pl.lit(value=True))


def test_a_family_is_never_likelier_than_any_finding() -> None:
    told = decisions().explode("families").drop_nulls("families").unnest("families", separator="_")
    assert set(told["families_family"]) == set(RiskFamily)
    assert told.select((pl.col("families_probability") <= pl.col("score") + 1e-9).all()).item()


def test_without_a_model_chance_spends_the_capacity() -> None:
    frame = decisions(score=False)
    looked = examinations(frame)
    assert frame["score"].null_count() == frame.height
    assert frame["model_digest"].null_count() == frame.height
    assert (frame["contributions"].list.len() == 0).all()
    rows = looked.explode("floors").unnest("floors", separator="_").filter(floors_kind="score").sort("lodged_at")
    assert set(rows["floors_source"]) == {"chance"}
    value = rows.join(lodged().group_by("declaration_id").agg(pl.col("customs_value").sum()), on="declaration_id")
    related = np.corrcoef(value["customs_value"].cast(pl.Float64).log(), value["floors_probability"])[0, 1]
    assert abs(related) < 0.15  # only the pace of the day moves it
    assert looked["probability"].mean() == pytest.approx(BUDGET.share, rel=0.15)


def test_re_lodged_goods_keep_the_draw_of_an_earlier_run() -> None:
    first = assess(goods(an_item()), a_policy(score=False))
    again = goods(an_item(declaration_id="D2", lodged_at=START + timedelta(days=2), net_mass=Decimal(7)))
    policy = Policy(PROFILES, BUDGET, RING, earlier=first)
    assert set(assess(again, policy)["u"]) == set(first["u"])


def by_act(frame: pl.DataFrame, *, without_score: bool) -> pl.DataFrame:
    """π of every act, with or without the part that the score is given."""
    rows = frame.explode("floors").unnest("floors", separator="_")
    if without_score:
        rows = rows.filter(pl.col("floors_kind") != "score")
    return rows.group_by(ACT).agg(pl.col("floors_probability").max().alias("pi"), pl.col("u").first())


ADDED = [
    a_profile("origin is CN", code="X", share=Decimal("0.6")),
    a_profile("origin is CN", code="X", share=Decimal("0.6"), act=Act.SCAN),
    a_profile("net_mass > 100", code="X", agency=Agency.VETERINARY, act=Act.DOCUMENTARY),
    a_profile("item_count > 1", code="X", floor=FloorKind.ALERT),
    a_profile("origin is CN", code="A0", share=Decimal("0.01")),
]


@pytest.mark.parametrize("added", ADDED)
def test_one_more_profile_never_lowers_what_law_alerts_profiles_plans_and_chance_ask_for(added: RiskProfile) -> None:
    after = assess(lodged(), a_policy(added))
    both = by_act(decisions(), without_score=True).join(by_act(after, without_score=True), on=ACT, suffix="_after")
    assert both.height == by_act(decisions(), without_score=True).height
    assert (both["pi_after"] >= both["pi"]).all()
    assert (both["pi_after"] > both["pi"]).any() or after.height > decisions().height or added.code == "A0"
    whole = by_act(decisions(), without_score=False).join(by_act(after, without_score=False), on=ACT, suffix="_after")
    assert (whole["u_after"] == whole["u"]).all()
    elsewhere = whole.filter((pl.col("agency") != "customs") | (pl.col("act") != "physical"))
    assert (elsewhere["pi_after"] >= elsewhere["pi"]).all()


@pytest.mark.parametrize("added", ADDED)
def test_a_channel_only_ever_gets_lighter_where_the_score_had_less_left_to_spend(added: RiskProfile) -> None:
    after = assess(lodged(), a_policy(added))
    rank = pl.col("channel").replace_strict(_RANK, return_dtype=pl.Int8)
    before, now = (frame.group_by("declaration_id").agg(rank.first()) for frame in (decisions(), after))
    both = before.join(now, on="declaration_id", suffix="_after")
    lighter = both.filter(pl.col("channel_after") < pl.col("channel"))["declaration_id"]
    bases = examinations(decisions()).filter(pl.col("declaration_id").is_in(lighter.to_list()))["basis"]
    assert set(bases) <= {"score"}
    if added.treatment.act is not Act.PHYSICAL:
        assert lighter.is_empty()


def test_the_matched_declarations_themselves_are_examined_at_least_as_often_as_the_profile_says() -> None:
    after = assess(lodged(), a_policy(ADDED[0]))
    matched = lodged().filter(origin="CN")["declaration_id"].unique().to_list()
    assert (examinations(after).filter(pl.col("declaration_id").is_in(matched))["probability"] >= 0.6).all()


def test_declarations_lodged_later_never_change_a_decision() -> None:
    ids = lodged()["declaration_id"].unique(maintain_order=True)[:150].to_list()
    early = lodged().filter(pl.col("declaration_id").is_in(ids))
    whole = decisions().filter(pl.col("declaration_id").is_in(ids))
    assert assess(early, a_policy()).equals(whole)


def test_an_amendment_lodged_after_another_declaration_is_decided() -> None:
    items = goods(
        an_item(declaration_id="D1", version=1),
        an_item(declaration_id="D2", lodged_at=START + timedelta(hours=1), transport_document="CMR-2"),
        an_item(declaration_id="D1", version=2, lodged_at=START + timedelta(hours=2)),
    )
    assert assess(items, a_policy(score=False))["declaration_id"].n_unique() == 2


def test_what_an_amendment_replaced_is_history_and_not_decided_again() -> None:
    items = goods(
        an_item(declaration_id="D1", version=1, importer_id="IMP-9"),
        an_item(declaration_id="D2", lodged_at=START + timedelta(hours=1), importer_id="IMP-9"),
        an_item(declaration_id="D1", version=2, lodged_at=START + timedelta(hours=2), importer_id="IMP-8"),
        an_item(declaration_id="D3", lodged_at=START + timedelta(hours=3), importer_id="IMP-9"),
    )
    seen = a_profile("importer_items = 1", code="SEEN", act=Act.SCAN)
    decided = assess(items, a_policy(seen, score=False)).filter(act=Act.SCAN.value)
    assert decided["declaration_id"].to_list() == ["D2", "D3"], (
        "D1 is decided once, and its first version was D2's past"
    )


def test_a_policy_asks_for_the_facts_it_needs_and_decides_as_with_all() -> None:
    policy = a_policy()
    assert {"lodged_on", "stake", "importer_items_recent"} <= policy.facts()
    assert "importer_items_recent" not in a_policy(score=False).facts()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Policy, "facts", lambda _: frozenset(FACT))
        everything = assess(lodged(), policy)
    assert everything.equals(decisions())


def test_scores_do_not_depend_on_how_many_are_worked_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darvoza.flow.assessment.scoring.SLICE", 7)
    assert assess(lodged(), a_policy()).equals(decisions())


def test_nothing_lodged_means_nothing_decided() -> None:
    assert assess(lodged().clear(), a_policy(score=False)).height == 0


def test_stages_report_their_rows() -> None:
    told: list[tuple[str, int]] = []
    frame = assess(lodged(), a_policy(score=False), progress=lambda stage, rows: told.append((stage, rows)))
    assert [stage for stage, _ in told] == ["enrichment", "assessment", "selectivity", "reasons"]
    assert (told[0][1], told[2][1]) == (lodged().height, frame.height)


def test_learning_keeps_the_history_it_learned_from() -> None:
    items = trade(900, 1, days=60, examined=1.0)
    assert learned().history.equals(items.select(HISTORY_COLUMNS))
    cut = items["declaration_id"].unique(maintain_order=True)[:100].to_list()
    past, rest = (items.filter(m) for m in (pl.col("declaration_id").is_in(cut), ~pl.col("declaration_id").is_in(cut)))
    assert learn(rest, past=past).history.equals(learned().history)


def test_learning_from_too_few_findings_is_refused() -> None:
    with pytest.raises(UnfitModel, match="at least 20 findings"):
        learn(trade(60, 3, examined=0.3))


def test_a_challenger_scores_beside_the_champion_and_changes_nothing() -> None:
    policy = a_policy()
    assert policy.model is not None
    alone = assess(lodged(), policy)
    beside = assess(lodged(), replace(policy, challenger=policy.model, challenger_digest="C"))
    told = ["challenger_score", "challenger_digest"]
    assert alone.drop(told).equals(beside.drop(told))
    assert beside["challenger_score"].equals(beside["score"], check_names=False)
    assert set(beside["challenger_digest"]) == {"C"}


def test_the_smoothed_rates_of_the_champion_are_its_challenger_when_no_other_is_named() -> None:
    policy = a_policy()
    assert policy.model is not None
    rates = assess(lodged(), replace(policy, model=policy.model.transparent()))
    alone = assess(lodged(), policy)
    assert alone["challenger_score"].equals(rates["score"], check_names=False)
    assert set(alone["challenger_digest"]) == {f"{policy.model_digest}:rates"}
    assert set(alone["score_source"]) == {policy.model.kind}


def test_without_a_model_the_decision_says_that_nothing_scored() -> None:
    decisions = assess(lodged(), a_policy(score=False))
    assert set(decisions["score_source"]) == {"none"}
    assert decisions["challenger_score"].null_count() == decisions.height


def test_nothing_known_after_the_cut_off_is_learned_from() -> None:
    items = trade(900, 1, days=60, examined=1.0)
    cut_off = START + timedelta(days=40)
    early = learn(items, replay=Replay(until=cut_off))
    assert early.card.label_cut_off < cut_off.timestamp()
    forgotten = items.with_columns(
        pl.when(pl.col("result_at") < cut_off).then(pl.col(name)).alias(name)
        for name in ("examined", "finding", "result_at")
    )
    assert early.model.described() == learn(forgotten).model.described()
