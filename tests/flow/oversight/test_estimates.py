"""What was released unseen, group by group: recovered where it can be, refused where it cannot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, as_frame
from darvoza.flow.oversight.estimates import estimates, estimates_of, group_estimates, profile_lifts
from darvoza.flow.oversight.examinations import examinations, settled
from flow.oversight.made_runs import Acts, an_item, decisions_of, rows_of

EPSILON = 0.07
START = datetime(2026, 3, 1, tzinfo=UTC)
PHYSICAL, PAPERS = ("customs", "physical"), ("customs", "documentary")


def a_world(seed: int, n: int = 2_400) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Decisions, items with the results of what was drawn, and the truth of every declaration."""
    rng = np.random.default_rng(seed)
    risk, u = rng.beta(0.6, 6, n), rng.random(n)
    rows: list[dict[str, object]] = []
    items, truth = [], []
    for i in range(n):
        name, post = f"W{i:05d}", ("KG-OSH", "KG-TOR")[i % 3 == 0]
        score = float(np.clip(3 * risk[i], 0, 0.9))
        acts: Acts = {PHYSICAL: [("random", "random", EPSILON), ("score", "score", score)]}
        if i % 4 == 0:
            acts[PAPERS] = [("profile", "PAPER", 0.5)]
        matched = bool(rng.random() < 4 * risk[i])
        if matched:
            acts[PHYSICAL].append(("profile", "LIFT", 0.4))
        made = rows_of(name, acts, u=float(u[i]), post=post)
        pi = max(p for _, _, p in acts[PHYSICAL])
        found, drawn = bool(rng.random() < risk[i]), bool(u[i] < pi)
        lodged = START + timedelta(hours=6 * (i % 240))
        rows += [row | {"lodged_at": lodged} for row in made]
        stake = float(rng.lognormal(5, 0.6))
        loss = 0.5 * stake if found else 0.0
        changes = {"examined": drawn, "finding": found if drawn else None, "recovered": loss if drawn else None}
        area = ("undervaluation", "origin")[i % 2] if found and drawn else None
        goods = {"post": post, "hs": ("870323", "080810")[i % 2], "customs_value": stake, "tax_rate": 1.0}
        when = lodged + timedelta(days=float(rng.exponential(3 if found else 1))) if drawn else None
        items.append(an_item(name, **goods, **changes, finding_area=area, result_at=when))
        truth.append({"declaration_id": name, "found": found, "drawn": drawn, "loss": loss, "channel": made[0]["channel"],
                      "post": post, "matched": matched, "papers": PAPERS in acts})  # fmt: skip
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {"examined": pl.Boolean, "finding": pl.Boolean, "finding_area": pl.String, "recovered": pl.Float64,
             "result_at": pl.Datetime("us", "UTC")}  # fmt: skip
    return decisions_of(rows), pl.DataFrame(items, schema_overrides=kinds), pl.DataFrame(truth)


@lru_cache(maxsize=64)
def estimated(seed: int) -> tuple[Estimates, pl.DataFrame]:
    decisions, items, truth = a_world(seed)
    return estimates(decisions, items, titles={"LIFT": "A profile that finds"}), truth


def test_with_the_help_of_the_score_the_same_is_recovered() -> None:
    ratios = []
    held = 0
    for seed in range(4):
        decisions, items, truth = a_world(seed, 1_600)
        known = dict(truth.select("declaration_id", "found").iter_rows())
        names = decisions["declaration_id"].to_list()
        rng = np.random.default_rng(seed)
        score = {
            name: float(np.clip(0.06 + 0.3 * found + rng.normal(0, 0.02), 0.01, 1)) for name, found in known.items()
        }
        helped = estimates(
            decisions.with_columns(score=pl.Series([score[name] for name in names])), items, titles={}
        ).helped
        assert helped is not None
        assert helped.high is not None
        hidden = truth.filter(pl.col("found") & ~pl.col("drawn")).height
        ratios.append(helped.value / hidden)
        held += helped.low <= hidden <= helped.high
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)
    assert held >= 3


def test_without_a_score_there_is_no_help() -> None:
    decisions, items, _ = a_world(1, 400)
    assert estimates(decisions.with_columns(score=pl.lit(None, pl.Float64)), items, titles={}).helped is None


def groups(made: Estimates) -> dict[tuple[str, str], GroupEstimate]:
    return {(one.by, one.group): one for one in made.groups}


SEEDS = range(16)


def test_leakage_recovers_what_was_really_released_by_group_and_in_money() -> None:
    kinds = {("all", "all"), ("post", "KG-OSH"), ("channel", "green"), ("channel", "yellow")}
    errors: dict[str, list[float]] = {}
    covered: dict[str, int] = {}
    for seed in SEEDS:
        made, truth = estimated(seed)
        hidden = truth.filter(pl.col("found") & ~pl.col("drawn"))
        for by, group in kinds:
            own = hidden if by == "all" else hidden.filter(pl.col(by) == group)
            one = groups(made)[by, group]
            assert one.leaked is not None
            assert one.leaked.high is not None
            errors.setdefault(f"{by} {group}", []).append(one.leaked.value / own.height - 1)
            covered[f"{by} {group}"] = covered.get(f"{by} {group}", 0) + (
                one.leaked.low <= own.height <= one.leaked.high
            )
        assert made.whole is not None
        assert made.whole.lost is not None
        assert made.whole.lost.high is not None
        lost = float(hidden["loss"].sum())
        errors.setdefault("money", []).append(made.whole.lost.value / lost - 1)
        covered["money"] = covered.get("money", 0) + (made.whole.lost.low <= lost <= made.whole.lost.high)
    for name, made_errors in errors.items():
        assert np.mean(made_errors) == pytest.approx(0, abs=4 * np.std(made_errors) / len(SEEDS) ** 0.5), name
    # of sixteen intervals of 95 %, five misses have a chance of one in a thousand
    assert all(count >= 12 for count in covered.values()), covered


def test_a_profile_is_compared_with_chance() -> None:
    lifts = []
    for seed in SEEDS:
        made, truth = estimated(seed)
        lift = next(one for one in made.lifts if one.code == "LIFT")
        true = truth.filter("matched")["found"].to_numpy().mean() / truth["found"].to_numpy().mean()
        assert lift.lift is not None
        assert lift.lift.high is not None
        lifts.append(lift.lift.low <= true <= lift.lift.high)
        assert lift.title == "A profile that finds"
    assert sum(lifts) >= 12


def test_the_parts_add_up_to_the_whole() -> None:
    made, _ = estimated(1)
    whole = made.whole
    assert whole is not None
    for by in ("post", "chapter", "family", "area", "month"):
        parts = made.of(by)
        assert sum(part.findings for part in parts) == whole.findings
    posts = made.of("post")
    assert sum(part.declarations for part in posts) == whole.declarations
    assert sum(part.released for part in made.of("channel")) == pytest.approx(whole.released, rel=0.05)
    leaked = [part.leaked for part in made.of("area")]
    assert sum(part.value for part in leaked if part) == pytest.approx(whole.leaked and whole.leaked.value)


def test_what_was_found_without_being_drawn_is_not_part_of_the_sample() -> None:
    decisions, items, _ = a_world(3, 800)
    plain = estimates(decisions, items, titles={})
    elsewhere = items.with_columns(
        examined=pl.lit(value=True), finding=pl.when(pl.col("finding").is_null()).then(True).otherwise("finding")
    )
    assert estimates(decisions, elsewhere, titles={}).whole == plain.whole


def test_five_random_checks_give_no_number() -> None:
    rows = [
        row for i in range(100) for row in rows_of(f"D{i:03d}", {PHYSICAL: [("random", "random", 0.05)]}, u=i / 100)
    ]
    items = pl.DataFrame(
        [an_item(f"D{i:03d}", examined=i < 5, finding=(i == 0) if i < 5 else None) for i in range(100)]
    )
    whole = estimates(decisions_of(rows), items, titles={}).whole
    assert whole is not None
    assert (whole.known, whole.findings, whole.why_not, whole.leakage, whole.detected) == (5, 1, "too few", None, None)
    assert whole.needed == 25
    assert whole.hit_rate is not None, "what was found among the five is a fact, with a wide interval"


def test_a_sample_with_missing_results_gives_no_estimate() -> None:
    decisions, items, _ = a_world(5, 1_500)
    lost = items.with_columns(
        finding=pl.when(pl.col("declaration_id").str.ends_with("7")).then(None).otherwise("finding")
    )
    whole = estimates(decisions, lost.drop("result_at"), titles={}).whole
    assert whole is not None
    assert (whole.why_not, whole.leaked) == ("incomplete", None)


def test_amounts_that_nobody_stated_are_counted_and_are_not_nought() -> None:
    decisions, items, _ = a_world(5, 4_000)
    items = items.drop("result_at")
    silent = pl.col("finding").fill_null(value=False) & pl.col("declaration_id").str.ends_with("7")
    partly = items.with_columns(recovered=pl.when(~silent).then("recovered"))
    made, full = (estimates(decisions, rows, titles={}).groups for rows in (partly, items))
    count = int(items.select(silent.sum()).item())
    assert (made[0].unstated, full[0].unstated) == (count, 0)
    assert made[0].recovered == pytest.approx(float(partly["recovered"].sum()))
    for by in ("post", "chapter", "area", "month"):
        assert sum(one.unstated for one in made if one.by == by) == count
    none = items.with_columns(recovered=pl.when(~pl.col("finding").fill_null(value=False)).then("recovered"))
    whole = estimates(decisions, none, titles={}).groups[0]
    assert (whole.recovered, whole.lost, whole.why_not_lost) == (None, None, "amounts unknown")
    assert whole.unstated == whole.findings


def test_results_still_to_come_are_not_taken_for_clean_ones() -> None:
    decisions, items, truth = a_world(7)
    now = START + timedelta(days=50)
    late = pl.col("result_at") > now
    seen = items.with_columns(pl.when(late).then(None).otherwise(pl.col(name)).alias(name) for name in ("finding", "recovered", "result_at"))  # fmt: skip
    kept = settled(examinations(decisions, seen), now=now)
    assert kept.settled_until is not None
    assert START + timedelta(days=30) < kept.settled_until < now - timedelta(days=8)
    assert kept.outstanding > 0
    assert kept.declarations.filter(pl.col("lodged_at") > kept.settled_until).is_empty()
    drawn = kept.declarations.filter("drawn")
    assert drawn.filter("known").height > 0.98 * drawn.height
    whole = group_estimates(kept)[0]
    assert whole.declarations < truth.height
    assert whole.why_not is None
    assert settled(examinations(decisions, items)).settled_until is None, "with every result in, nothing is left out"


def test_where_nothing_is_old_enough_it_is_said_when_something_will_be() -> None:
    decisions, items, _ = a_world(7)
    whole = examinations(decisions, items)
    now = START + timedelta(hours=37)
    young = whole.declarations.head(5).with_columns(
        drawn=pl.lit(value=True),
        known=pl.int_range(pl.len()) == 0,
        lodged_at=pl.lit(START, pl.Datetime("us", "UTC")),
        result_at=pl.lit(START + timedelta(hours=36), pl.Datetime("us", "UTC")),
    )
    made = estimates_of(settled(replace(whole, declarations=young, outstanding=4), now=now), decisions, titles={})
    assert (made.groups, made.whole, made.settled_until) == ((), None, now - timedelta(days=2))
    assert made.begins == START + timedelta(days=2)
    assert estimates(decisions, items, titles={}).begins is None
    assert settled(replace(whole, declarations=young.clear(), outstanding=4), now=now).begins is None


def test_goods_lodged_again_share_a_draw_and_make_the_estimate_less_sure() -> None:
    decisions, items, _ = a_world(9, 1_200)
    again = [pl.concat([frame, frame.with_columns(pl.col("declaration_id") + "R")]) for frame in (decisions, items)]
    once, twice = (estimates(*pair, titles={}).whole for pair in ((decisions, items), (again[0], again[1])))
    assert once is not None
    assert twice is not None
    assert once.leaked is not None
    assert twice.leaked is not None
    assert twice.leaked.value == pytest.approx(2 * once.leaked.value)
    assert twice.leaked.low == pytest.approx(2 * once.leaked.low, rel=0.02), "a second lodging is no second look"


def test_a_declaration_without_any_chance_is_counted_apart() -> None:
    decisions, items, _ = a_world(11, 600)
    name = decisions["declaration_id"][0]
    blind = decisions.filter(~((pl.col("declaration_id") == name) & (pl.col("act") == "physical")))
    blind = pl.concat([blind, decisions_of(rows_of(name, {PAPERS: [("law", "L", 1.0)]}, u=0.5))])
    assert estimates(blind, items, titles={}).unmeasured == 1


def test_the_tables_are_flat_and_hold_every_limit() -> None:
    made, _ = estimated(1)
    table = as_frame(made.groups)
    assert table.height == len(made.groups)
    assert {"by", "group", "leakage", "leakage_low", "leakage_high", "hit_rate_low", "why_not"} <= set(table.columns)
    assert as_frame(made.lifts)["lift"].to_list() == [one.lift and one.lift.value for one in made.lifts]
    assert as_frame([]).is_empty()


def test_nothing_decided_is_nothing_estimated() -> None:
    decisions, items, _ = a_world(2, 60)
    empty = settled(examinations(decisions.clear(), items))
    assert group_estimates(empty) == ()
    assert profile_lifts(empty, decisions.clear(), {}) == ()
