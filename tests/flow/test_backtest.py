"""A back-test over a practice world: what it says is what is counted by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from builders import a_profile, trade
from darvoza.domain.profile import ProfileSet, RiskProfile, Validity
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.backtest import Backtest, Trial, backtest
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.learning.history_store import FACTS, History, items_path, open_history
from darvoza.flow.oversight.breaker import Ceiling, alarms
from darvoza.flow.pipeline import Policy, assess
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import new_key_ring

GEORGIA = a_profile("origin is GE and hs starts with 8703", code="GEORGIA")
CHEAP = a_profile("unit_value < 4 and origin is GE", code="CHEAP")
MANY = a_profile("count of items (hs starts with 8703) >= 2", code="MANY")
ITEMS = trade(600, 5, days=75, examined=0.4)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    place = tmp_path_factory.mktemp("history")
    keep_history(by_month(ITEMS), place, told={})
    return open_history(place)


def by_hand(profile: RiskProfile) -> tuple[int, int, int]:
    """Declarations matched, with a result, with a finding: by plain filters instead of the executor."""
    car = pl.col("hs").str.starts_with("8703")
    cheap = pl.col("customs_value").cast(pl.Float64) / pl.col("net_mass").cast(pl.Float64) < 4
    test = {
        "GEORGIA": car & (pl.col("origin") == "GE"),
        "CHEAP": cheap & (pl.col("origin") == "GE"),
        "MANY": car.sum().over("declaration_id") >= 2,
    }[profile.code]
    matched = ITEMS.filter(test).get_column("declaration_id").unique()
    known = ITEMS.filter(pl.col("declaration_id").is_in(matched.to_list()) & pl.col("finding").is_not_null())
    return (
        matched.len(),
        known.get_column("declaration_id").n_unique(),
        known.filter("finding").get_column("declaration_id").n_unique(),
    )


def asked(history: History, *profiles: RiskProfile, **changes: object) -> Backtest:
    return backtest(Trial(ProfileSet(profiles), history, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", [GEORGIA, CHEAP, MANY], ids=lambda profile: profile.code)
def test_matches_results_and_findings_are_those_counted_by_hand(history: History, profile: RiskProfile) -> None:
    (tried,) = asked(history, profile).tried
    assert (tried.effect.declarations, tried.effect.results, tried.effect.findings) == by_hand(profile)
    assert tried.effect.findings > 0


def test_a_profile_gives_the_same_answer_alone_and_among_others(history: History) -> None:
    together = {one.code: one.effect for one in asked(history, GEORGIA, CHEAP, MANY).tried}
    for profile in (GEORGIA, CHEAP, MANY):
        assert asked(history, profile).tried[0].effect == together[profile.code]


def test_a_profile_not_yet_valid_is_tried_all_the_same(history: History) -> None:
    later = replace(GEORGIA, valid=Validity(date(2030, 1, 1), None))
    assert asked(history, later).tried[0].effect == asked(history, GEORGIA).tried[0].effect


def test_a_new_version_is_not_compared_with_its_old_one(history: History) -> None:
    tried = asked(history, GEORGIA, force=ProfileSet((GEORGIA, CHEAP))).tried[0]
    assert [shared.code for shared in tried.overlaps] == ["CHEAP"]
    assert tried.cost.newly > 0


def test_the_parts_of_a_period_add_up_to_the_whole(history: History) -> None:
    middle = date(2026, 4, 11)
    whole = asked(history, GEORGIA)
    parts = [asked(history, GEORGIA, end=middle), asked(history, GEORGIA, start=date(2026, 4, 12))]
    assert sum(part.declarations for part in parts) == whole.declarations == 600
    assert sum(part.tried[0].effect.findings for part in parts) == whole.tried[0].effect.findings


def test_facts_kept_month_by_month_are_those_of_one_pass(history: History) -> None:
    kept = pl.concat([history.items(month, ["declaration_id", "item", *FACTS]) for month in history.months])
    whole = enrich(ITEMS, replay=True).select("declaration_id", "item", *FACTS)
    assert len(history.months) > 2
    assert kept.sort("declaration_id", "item").equals(whole.sort("declaration_id", "item"))


def test_a_back_test_leaves_the_history_as_it_was(history: History) -> None:
    files = sorted(path for path in history.directory.rglob("*") if path.is_file())
    before = [path.read_bytes() for path in files]
    first, second = (asked(history, GEORGIA, force=ProfileSet((CHEAP,)), replaces="CHEAP") for _ in range(2))
    assert first == second
    assert [path.read_bytes() for path in files] == before


def test_days_without_history_and_profiles_not_in_force_are_refused(history: History, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="2026-03 to"):
        asked(history, GEORGIA, start=date(2031, 1, 1))
    with pytest.raises(OutputError):
        asked(history, GEORGIA, start=date(2026, 4, 2), end=date(2026, 4, 1))
    with pytest.raises(SettingsError, match="replace"):
        asked(history, GEORGIA, replaces="NONE")
    with pytest.raises(OutputError, match="darvoza history"):
        open_history(tmp_path)
    assert items_path(tmp_path, "2026-03").parent.name == "lodged_month=2026-03"


def test_a_profile_that_runs_away_at_the_gate_is_slowed_and_read_off_the_decisions() -> None:
    wide, law = a_profile("net_mass > 0", code="WIDE"), a_profile("net_mass > 0", code="LAW", floor=FloorKind.LAW)
    ring = new_key_ring(["customs", "phytosanitary"], bytes)
    policy = Policy(ProfileSet((wide,)), Budget(0.2), ring, ceiling=Ceiling(share=0.25, fewest=50))
    slowed = assess(ITEMS, policy)
    told = alarms(slowed, {"WIDE": 1.0})
    assert {alarm.post for alarm in told} == set(ITEMS["post"].unique())
    assert {alarm.lowest for alarm in told} == {0.25}
    assert alarms(assess(ITEMS, replace(policy, profiles=ProfileSet((law,)))), {"LAW": 1.0}) == ()
    within = replace(policy, profiles=ProfileSet((GEORGIA,)), ceiling=Ceiling(share=0.6, fewest=50))
    assert alarms(assess(ITEMS, within), {"GEORGIA": 1.0}) == ()
