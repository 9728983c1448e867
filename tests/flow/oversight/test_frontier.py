"""The frontier: it holds the true curve of the practice world, knows where it stands, and says when it cannot say."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.oversight.chances import with_chances
from darvoza.flow.oversight.frontier import SHARES, Frontier, Replay, as_table, frontier
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World


@lru_cache(maxsize=1)
def trade() -> pl.DataFrame:
    """Two months of the practice world with what officers would find in everything, and a score that is half right."""
    world = World(WorldSettings(months=2, declarations_per_month=4_000, seed=11))
    parts = []
    for k in range(2):
        month = world.month(k)
        ids = month.items["declaration_id"].unique(maintain_order=True).to_list()
        found = world.inspect(month, ids, rng=np.random.default_rng(k))
        heads = month.items.group_by("declaration_id", maintain_order=True).agg(
            pl.col("post").first(), pl.col("lodged_at").first().dt.date().alias("day")
        )
        results = found.group_by("declaration_id").agg(pl.col("finding").any(), pl.col("recovered").sum())
        parts.append(heads.join(results, on="declaration_id", how="left", maintain_order="left"))
    whole = pl.concat(parts)
    rng = np.random.default_rng(3)
    wrong, size = whole["finding"].to_numpy(), whole.height
    likely = 1 / (1 + np.exp(-(rng.normal(-3, 1, size) + 2 * wrong)))
    return whole.with_columns(
        unstated=pl.lit(value=False),
        probability=pl.Series(likely),
        money=pl.Series(likely * (50 + whole["recovered"].to_numpy() * rng.lognormal(0, 1, size))),
        severity=pl.lit(0.0),
        harm=pl.Series(likely),
        floor=pl.Series(np.where(rng.random(size) < 0.01, 1.0, 0.0)),
        pi=pl.Series(np.clip(likely, 0.02, 1.0)),
    )


def sampled(seed: int, whole: pl.DataFrame) -> pl.DataFrame:
    """What is known when each declaration is examined with its π."""
    drawn = np.random.default_rng(seed).random(whole.height) < whole["pi"].to_numpy()
    chosen = pl.Series(drawn)
    return whole.with_columns(
        pl.when(chosen).then("finding").alias("finding"),
        pl.when(chosen).then("recovered").alias("recovered"),
        selected=chosen,
        stated=pl.lit(None, pl.Float64),
    )


@lru_cache(maxsize=1)
def truth() -> Frontier:
    """The frontier of somebody who has examined everything."""
    return frontier(trade().with_columns(selected=pl.lit(value=False), stated=pl.lit(1.0)), Replay())


def test_the_true_curve_lies_within_the_band_as_often_as_stated() -> None:
    true = [point.findings.value for point in truth().all_posts.points if point.findings]
    assert len(true) == len(SHARES)
    held = []
    for seed in range(24):
        drawn = frontier(sampled(seed, trade()), Replay()).all_posts
        held += [p.findings.low <= t <= p.findings.high for p, t in zip(drawn.points, true, strict=True) if p.findings]
    assert len(held) == 24 * len(SHARES)
    assert np.mean(held) > 0.93


def test_detection_rises_with_the_share_examined_from_the_floors_to_everything() -> None:
    points = truth().all_posts.points
    examined, detected = ([getattr(p, name) for p in points] for name in ("examined", "findings"))
    assert examined == sorted(examined)
    assert [span.value for span in detected] == sorted(span.value for span in detected)
    assert detected[-1].value == 1.0
    for point in points[3:-2]:
        assert point.findings is not None
        assert point.findings.value > point.examined  # better than chance


def test_the_selection_that_was_made_stands_at_its_own_share() -> None:
    now = truth().all_posts.now
    assert now.examined == pytest.approx(trade()["pi"].to_numpy().mean())
    found, pi = trade()["finding"].to_numpy(), trade()["pi"].to_numpy()
    assert now.findings is not None
    assert now.findings.value == pytest.approx(pi[found].sum() / found.sum())


def test_posts_add_up_to_all_and_the_busiest_comes_first() -> None:
    drawn = truth()
    sizes = [one.declarations for one in drawn.posts]
    assert sum(sizes) == drawn.all_posts.declarations == trade().height
    assert sizes == sorted(sizes, reverse=True)


def test_one_more_examiner_finds_more_where_more_can_be_examined_and_not_more_than_he_examines() -> None:
    for one in truth().posts:
        if one.more_findings is not None:
            assert 0 <= one.more_findings.low <= one.more_findings.value <= one.more_findings.high
            assert one.more_findings.value <= Replay().examiner
    for one in frontier(sampled(1, trade()), Replay()).posts:
        assert one.more_findings is None or one.more_findings.high <= Replay().examiner + 1e-9


def test_a_post_with_too_few_findings_gets_no_number() -> None:
    drawn = frontier(sampled(1, trade()).head(400), Replay())
    few = [one for one in drawn.posts if one.why_not == "too few"]
    assert few
    assert all(p.findings is None and p.money is None for one in few for p in (*one.points, one.now))
    assert all(one.more_findings is None for one in few)


def some_missing(drawn: pl.DataFrame, missing: pl.Expr | pl.Series) -> pl.DataFrame:
    """The same, where some results have not come in."""
    return drawn.with_columns(pl.when(~missing).then("finding").alias("finding"))


def test_where_results_are_missing_nothing_is_said() -> None:
    drawn = frontier(some_missing(sampled(1, trade()), pl.int_range(pl.len()) % 2 == 0), Replay())
    assert drawn.all_posts.why_not == "incomplete"
    assert drawn.all_posts.now.findings is None


def test_one_result_with_another_chance_does_not_make_missing_results_known() -> None:
    half = some_missing(sampled(1, trade()), pl.int_range(pl.len()) % 2 == 0)
    other = pl.int_range(pl.len()) == int((~half["selected"]).arg_true()[0])
    mixed = half.with_columns(
        finding=pl.when(other).then(pl.lit(value=False)).otherwise("finding"),
        stated=pl.when(other).then(pl.lit(0.05)),
    )
    drawn = frontier(mixed, Replay())
    assert drawn.all_posts.why_not == "incomplete"
    assert drawn.aside == 1


def test_a_post_that_withholds_results_gets_no_number_and_the_others_do() -> None:
    busiest = truth().posts[0].post
    withheld = (pl.col("post") == busiest) & (pl.int_range(pl.len()) % 2 == 0)
    drawn = frontier(some_missing(sampled(1, trade()), withheld), Replay())
    assert drawn.posts[0].post == busiest
    assert drawn.posts[0].why_not == "incomplete"
    assert {one.why_not for one in drawn.posts[1:]} <= {None, "too few"}


def test_what_another_policy_found_counts_only_where_its_chance_is_known() -> None:
    """Officers chose some goods for reasons nobody wrote down; that the run would have chosen them, too, says nothing."""
    drawn = sampled(1, trade())
    by_chance = np.random.default_rng(5).random(drawn.height) < 0.05
    chosen = np.random.default_rng(6).random(drawn.height) < 0.03
    whole = trade().with_columns(
        finding=pl.when(pl.Series(by_chance | chosen)).then("finding"),
        stated=pl.when(pl.Series(by_chance)).then(pl.lit(0.05)),
        selected=drawn["selected"],
    )
    made = frontier(whole, Replay())
    assert made.all_posts.results == by_chance.sum()
    assert made.aside == (chosen & ~by_chance).sum()


def other_policy(seed: int) -> pl.DataFrame:
    """Results of which few are the run's own, with the chance of the run or another beside each."""
    drawn, rng = sampled(seed, trade()), np.random.default_rng(100 + seed)
    size = drawn.height
    own = drawn["selected"].to_numpy() & (rng.random(size) < 0.3)
    other = ~drawn["selected"].to_numpy() & (rng.random(size) < 0.3)
    return trade().with_columns(
        finding=pl.when(pl.Series(own | other)).then("finding"),
        stated=pl.when(pl.Series(own)).then("pi").when(pl.Series(other)).then(pl.lit(0.3)),
        selected=drawn["selected"],
    )


def test_results_of_the_run_among_those_of_another_policy_keep_the_chance_they_were_come_by() -> None:
    """Where no month of a post is the run's own, nothing is owed: no share of nothing makes a chance of nothing."""
    mixed = other_policy(1)
    made = frontier(mixed, Replay()).all_posts
    likely = with_chances(
        mixed.with_columns(month=pl.col("day").dt.strftime("%Y-%m"), known=pl.col("finding").is_not_null())
    )
    assert not likely["of_run"].any()
    assert likely["own"].any()
    seen = likely.filter(pl.col("chance").is_not_null())
    weight = (1 / seen["chance"]) * seen["finding"].cast(pl.Float64)
    assert made.now.findings is not None
    assert made.now.findings.value == pytest.approx(np.average(seen["pi"], weights=weight))


def test_what_is_missing_of_one_month_changes_no_chance_of_another() -> None:
    """In January the results are nearly all of the run; in February those of another policy, with few of the run among them."""
    first, cut = sampled(1, trade()), trade()["day"].min() + timedelta(days=31)  # type: ignore[operator]
    missing = pl.Series(np.random.default_rng(2).random(first.height) < 0.1)
    february = pl.col("day") >= cut
    half = some_missing(first, missing & first["selected"]).filter(~february)
    later = other_policy(1).select(half.columns).filter(february)
    whole = frontier(pl.concat([half, later]), Replay()).all_posts
    assert whole.more_findings is not None
    again = with_chances(
        pl.concat([half, later]).with_columns(
            month=pl.col("day").dt.strftime("%Y-%m"), known=pl.col("finding").is_not_null()
        )
    )
    owed = pl.col("selected") & pl.col("of_run")
    share = (pl.col("known") & owed).sum().over("post") / owed.sum().over("post")
    told = again.with_columns(
        chance=pl.col("chance") * pl.when(pl.col("own") & pl.col("of_run")).then(share).otherwise(1.0)
    )
    seen = told.filter(pl.col("chance").is_not_null())
    weight = (1 / seen["chance"]) * seen["finding"].cast(pl.Float64)
    assert whole.now.findings is not None
    assert whole.now.findings.value == pytest.approx(np.average(seen["pi"], weights=weight))


def test_findings_that_were_all_certain_do_not_make_the_rest_clean() -> None:
    """Profiles find all that is found; by chance nothing was. What another selection detects is then hardly known."""
    rng, size = np.random.default_rng(7), 4_000
    profiled, risk = np.arange(size) < 120, rng.lognormal(0, 1, size)
    likely, pi = np.where(profiled, 0.3, 0.003), np.where(profiled, 1.0, 0.03)
    decided = pl.DataFrame(
        {"post": "P", "severity": 0.0, "harm": risk, "money": risk, "probability": np.minimum(risk / 50, 0.9),
         "floor": np.zeros(size), "pi": pi}
    ).with_columns(day=pl.lit(date(2026, 1, 1)), stated=pl.lit(None, pl.Float64))  # fmt: skip
    held = []
    for _ in range(60):
        wrong, drawn = rng.random(size) < likely, rng.random(size) < pi
        known = decided.with_columns(
            finding=pl.when(pl.Series(drawn)).then(pl.Series(wrong)), recovered=pl.Series(wrong * 100.0),
            selected=pl.Series(drawn), unstated=pl.lit(value=False),
        )  # fmt: skip
        true = frontier(
            known.with_columns(finding=pl.Series(wrong), selected=pl.lit(value=False), stated=1.0), Replay()
        )
        points = zip(frontier(known, Replay()).all_posts.points, true.all_posts.points, strict=True)
        held += [a.findings.low <= b.findings.value <= a.findings.high for a, b in points if a.findings and b.findings]
    assert len(held) > 500
    assert np.mean(held) >= 0.93


def test_amounts_that_nobody_stated_are_counted_and_are_not_nought() -> None:
    whole = sampled(1, trade())
    silent = pl.col("finding").fill_null(value=False) & (pl.int_range(pl.len()) % 2 == 0)
    partly = whole.with_columns(unstated=silent, recovered=pl.when(~silent).then("recovered"))
    drawn, full = frontier(partly, Replay()).all_posts, frontier(whole, Replay()).all_posts
    seen = int(partly.select(silent.sum()).item())
    assert (drawn.unstated, full.unstated) == (seen, 0)
    assert drawn.now.findings == full.now.findings
    assert drawn.now.money is not None, "half of the amounts are stated"
    none = whole.with_columns(unstated=pl.col("finding").fill_null(value=False), recovered=pl.lit(None, pl.Float64))
    unknown = frontier(none, Replay())
    assert (unknown.all_posts.now.money, unknown.all_posts.unstated) == (None, full.findings)
    assert as_table(unknown).filter(pl.col("post") == "all")["unstated"].to_list()[0] == full.findings


def test_the_table_has_a_row_for_each_post_and_share_and_for_the_selection_made() -> None:
    table = as_table(truth())
    assert table.height == (len(truth().posts) + 1) * (len(SHARES) + 1)
    assert table.filter(pl.col("share").is_null()).height == len(truth().posts) + 1


def test_nothing_decided_and_no_examiner_are_refused() -> None:
    with pytest.raises(OutputError, match="decided declarations"):
        frontier(sampled(1, trade()).clear(), Replay())
    with pytest.raises(SettingsError, match="examiner"):
        Replay(examiner=0)
