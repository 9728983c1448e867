"""A past that is remembered says the same as one that is looked through, to the last bit."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from builders import START, Item, goods, trade
from darvoza.flow.enrichment import merging, remembered
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, NOTHING_ELSE, OUTCOMES, Sources, enrich, enrich_few
from darvoza.flow.enrichment.remembered import Remembered
from flow.enrichment.test_history import WITH_HOUSE, histories

ITEM = ["declaration_id", "item"]


@pytest.fixture(params=[0, 2, 2_000])
def lately(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many goods items lie beside the archives: none, so that everything is put away at once; few; many."""
    before, remembered.LATELY = remembered.LATELY, request.param
    yield request.param
    remembered.LATELY = before


def in_three(rows: Sequence[Item], *cuts: int) -> list[pl.DataFrame]:
    """Cut goods items into three, between versions of declarations."""
    items = goods(*rows)
    version = ["declaration_id", "version"]
    versions = items.select(version).unique(maintain_order=True)
    first, second = sorted(min(cut, versions.height - 1) for cut in cuts)
    parts = versions[:first], versions[first:second], versions[second:]
    return [items.join(part, on=version, how="semi", nulls_equal=True, maintain_order="left") for part in parts]


def without_outcomes(items: pl.DataFrame) -> pl.DataFrame:
    return items.select(HISTORY_COLUMNS).with_columns(pl.lit(None, items.schema[name]).alias(name) for name in OUTCOMES)


def seen_in(past: Remembered, present: pl.DataFrame, sources: Sources = NOTHING_ELSE) -> pl.DataFrame:
    """The facts in the light of a past that is remembered, alike for few."""
    facts = enrich(present, past, sources=sources)
    assert_frame_equal(enrich_few(present, past, sources=sources).frame, facts, check_exact=True)
    return facts


@pytest.mark.usefixtures("lately")
@settings(max_examples=10, deadline=None)
@given(histories(), st.integers(0, 20), st.integers(0, 20))
def test_what_was_entered_before_and_lately_is_seen_as_in_one_frame(rows: list[Item], one: int, other: int) -> None:
    old, new, present = in_three(rows, one, other)
    past = Remembered(old.select(HISTORY_COLUMNS))
    past.enter(new.select(HISTORY_COLUMNS))
    expected = enrich(present, pl.concat([old, new]), sources=WITH_HOUSE)
    assert seen_in(past, present, WITH_HOUSE).equals(expected)
    assert seen_in(past, present, WITH_HOUSE).equals(expected)


@pytest.mark.usefixtures("lately")
@settings(max_examples=10, deadline=None)
@given(histories(), st.integers(0, 20), st.integers(0, 20))
def test_results_that_become_known_later_are_seen_as_if_they_had_always_stood_there(
    rows: list[Item], one: int, other: int
) -> None:
    old, new, present = in_three(rows, one, other)
    both = pl.concat([old, new]).select(HISTORY_COLUMNS)
    told = both.unique(ITEM, keep="last", maintain_order=True).select(*ITEM, *OUTCOMES)
    past = Remembered(without_outcomes(old))
    past.enter(without_outcomes(new))
    past.note(told)
    known = both.drop(OUTCOMES).join(told, on=ITEM, how="left", maintain_order="left").select(HISTORY_COLUMNS)
    assert seen_in(past, present, WITH_HOUSE).equals(enrich(present, known, sources=WITH_HOUSE))
    assert past.frame().sort(*ITEM, "version").equals(known.sort(*ITEM, "version"))


def test_day_after_day_the_same_is_said_of_a_year_that_opens_a_new_month(lately: int) -> None:  # noqa: ARG001
    items = trade(500, 5, days=90, examined=0.5)
    cut = START + timedelta(days=65)
    past = items.filter(pl.col("lodged_at") < cut).select(HISTORY_COLUMNS)
    known = Remembered(past)
    for day in range(0, 25, 3):
        start, end = cut + timedelta(days=day), cut + timedelta(days=day + 3)
        present = items.filter(pl.col("lodged_at").is_between(start, end, closed="left"))
        assert seen_in(known, present).equals(enrich(present, past))
        past = pl.concat([past, present.select(HISTORY_COLUMNS)])
        known.enter(present.select(HISTORY_COLUMNS))


def test_what_was_lodged_before_the_month_and_entered_in_it_counts_among_the_peers(lately: int) -> None:  # noqa: ARG001
    items = trade(400, 6, days=80)
    month = START + timedelta(days=60)
    early = items.filter(pl.col("lodged_at") < START + timedelta(days=20)).select(HISTORY_COLUMNS)
    late = items.filter(pl.col("lodged_at").is_between(START + timedelta(days=20), month)).select(HISTORY_COLUMNS)
    present = items.filter(pl.col("lodged_at") > month + timedelta(days=5))
    known = Remembered(early)
    before = seen_in(known, present)
    known.enter(late)
    after = seen_in(known, present)
    assert after.equals(enrich(present, pl.concat([early, late])))
    assert not after["reference_count"].equals(before["reference_count"])


def test_an_item_that_is_entered_again_counts_once() -> None:
    items = trade(60, 7, days=10)
    known = Remembered(items.select(HISTORY_COLUMNS))
    known.enter(items[:9].select(HISTORY_COLUMNS))
    assert known.frame().height == items.height


@pytest.mark.parametrize("most", [60])
def test_results_and_amendments_of_all_ages_are_seen_in_whatever_archive_their_declarations_lie(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LATELY", most)
    items = trade(500, 8, days=40, examined=0.6)
    known, past = Remembered(without_outcomes(items[:0])), without_outcomes(items[:0])
    rng = np.random.default_rng(4)
    for day in range(0, 40, 2):
        start = START + timedelta(days=day)
        lodged = without_outcomes(
            items.filter(pl.col("lodged_at").is_between(start, start + timedelta(days=2), closed="left"))
        )
        names = past.filter(version=1)["declaration_id"].unique(maintain_order=True)
        again = names.filter(pl.Series(rng.random(names.len()) < 0.04, dtype=pl.Boolean))
        amended = past.filter((pl.col("version") == 1) & pl.col("declaration_id").is_in(again.implode())).with_columns(
            version=pl.lit(2, pl.Int64), lodged_at=pl.lit(start), customs_value=pl.col("customs_value") * 2
        )
        amended = without_outcomes(
            amended.join(past.filter(version=2), on="declaration_id", how="anti", maintain_order="left")
        )
        present = pl.concat([amended, lodged]).sort("lodged_at", "declaration_id", "item", maintain_order=True)
        full = items.clear().select(HISTORY_COLUMNS)
        if present.height:
            present = pl.concat([full, present])
            known.enter(present)
            past = pl.concat([past, present])
        told = past.filter(pl.Series(rng.random(past.height) < 0.06, dtype=pl.Boolean)).unique(
            ITEM, maintain_order=True
        )
        told = told.select(ITEM).join(
            items.select(*ITEM, *OUTCOMES).filter("examined"), on=ITEM, how="inner", maintain_order="left"
        )
        if told.height:
            known.note(told)
            past = past.update(told, on=ITEM, how="left")
        asking = items.filter(pl.col("lodged_at") >= start + timedelta(days=2)).head(12)
        if asking.height:
            assert enrich(asking, known).equals(enrich(asking, past))
    assert known.frame().sort(*ITEM, "version").equals(past.sort(*ITEM, "version"))


class Later:
    """Somebody who has time when he is told that he has; meanwhile declarations are decided."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.work.append(work)

    def has_time(self) -> None:
        while self.work:
            self.work.pop()()


@settings(max_examples=40, deadline=None)
@given(histories(), st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.booleans()), min_size=3, max_size=8))
def test_while_an_archive_is_made_and_when_it_is_there_the_same_is_said(
    rows: list[Item], steps: list[tuple[int, bool, bool]]
) -> None:
    whole, later = goods(*rows), Later()
    items = whole.select(HISTORY_COLUMNS)
    versions = items.select("declaration_id", "version").unique(maintain_order=True)
    of = ["declaration_id", "version"]
    past, known = Remembered(items.clear(), apart=later), items.clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(remembered, "LATELY", 2)
        for taken, told, ready in steps:
            part, versions = versions[:taken], versions[taken:]
            new = without_outcomes(items.join(part, on=of, how="semi", nulls_equal=True, maintain_order="left"))
            past.enter(new)
            known = pl.concat([known, new])
            if told:
                results = items.unique(ITEM, keep="last", maintain_order=True).select(*ITEM, *OUTCOMES)
                results = results.join(part, on="declaration_id", how="semi", maintain_order="left")
                past.note(results)
                known = known.update(results, on=ITEM, how="left").select(HISTORY_COLUMNS)
            if ready:
                later.has_time()
            assert_frame_equal(past.frame().sort(*ITEM, "version"), known.sort(*ITEM, "version"))
            if versions.height:
                present = whole.join(versions[:1], on=of, how="semi", nulls_equal=True, maintain_order="left")
                expected = enrich(present, known, sources=WITH_HOUSE)
                assert enrich(present, past, sources=WITH_HOUSE).equals(expected)


def test_an_archive_that_could_not_be_made_fails_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    items, failing = trade(3, 1).select(HISTORY_COLUMNS), Later()
    monkeypatch.setattr(remembered, "LATELY", 1)
    past = Remembered(items.clear(), apart=failing)
    past.enter(items[:2])
    with monkeypatch.context() as broken:
        broken.setattr(merging, "Archive", None)
        with pytest.raises(TypeError):
            failing.has_time()
    past.enter(items[2:])
    assert past.frame().height == items.height
