from datetime import date, timedelta

import polars as pl
import pytest

from darvoza.domain.standing import StandingRules
from darvoza.flow.assessment.standing_floors import (
    Judged,
    few_low_standing_floors,
    low_standing_floors,
    standing_factors,
    standing_of,
)

RULES = StandingRules(low_floor=0.2, high_factor=0.5, authorised_factor=0.25)
TRADERS = pl.DataFrame(
    {
        "importer_id": ["low", "high", "aeo", "nobody", "high", None],
        "declarant_id": ["b", "b", "b", "b", "bad", "b"],
        "exporter_id": [None] * 6,
        "carrier_id": [None] * 6,
    },
    schema_overrides={"exporter_id": pl.String, "carrier_id": pl.String},
)
STANDINGS = pl.DataFrame(
    {
        "trader": ["low", "high", "aeo", "bad", "low"],
        "role": ["importer", "importer", "importer", "declarant", "exporter"],
        "category": ["low", "high", "authorised", "low", "low"],
    }
)
CATEGORIES = standing_of(TRADERS, STANDINGS)


def test_the_strictest_category_of_those_who_take_part_counts() -> None:
    assert CATEGORIES.to_list() == ["low", "high", "authorised", None, "low", None]


def test_a_low_standing_puts_a_floor_under_the_examination() -> None:
    floors = low_standing_floors(CATEGORIES, RULES)
    assert floors.select("declaration", "act", "kind", "probability").rows() == [
        (0, "physical", "plan", 0.2),
        (4, "physical", "plan", 0.2),
    ]
    assert low_standing_floors(CATEGORIES, StandingRules(low_floor=0.0)).is_empty()


def test_a_high_standing_only_makes_expected_harm_count_less() -> None:
    assert standing_factors(CATEGORIES, RULES).tolist() == [1.0, 0.5, 0.25, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("standings", [STANDINGS.clear(), STANDINGS.filter(pl.col("trader") == "none")])
def test_where_nobody_is_judged_nothing_changes(standings: pl.DataFrame) -> None:
    categories = standing_of(TRADERS, standings)
    assert categories.null_count() == TRADERS.height
    assert low_standing_floors(categories, RULES).is_empty()
    assert set(standing_factors(categories, RULES)) == {1.0}


@pytest.mark.parametrize("standings", [STANDINGS, STANDINGS.clear()])
@pytest.mark.parametrize("rules", [RULES, StandingRules(low_floor=0.0)])
def test_few_are_judged_as_many_are(standings: pl.DataFrame, rules: StandingRules) -> None:
    few, many = Judged(Judged(standings)).strictest(TRADERS), standing_of(TRADERS, standings)
    assert few == many.to_list()
    assert [tuple(floor) for floor in few_low_standing_floors(few, rules)] == low_standing_floors(many, rules).rows()
    assert standing_factors(few, rules).tolist() == standing_factors(many, rules).tolist()


DAY = date(2026, 11, 30)
TERMS = {"authorised_on": pl.Date, "ends_on": pl.Date, "suspended_from": pl.Date, "suspended_to": pl.Date}


def on_days(*days: date, ends_on: date | None = None, **suspended: date) -> list[str | None]:
    """The category of a trader who was authorised, and would stand low, on some days, in both forms."""
    row = {"trader": "A", "role": "importer", "category": "authorised", "otherwise": "surely_above"}
    terms = {"authorised_on": date(2026, 1, 1), "ends_on": ends_on, **suspended}
    standings = pl.DataFrame(
        [
            {**row, **{name: terms.get(name) for name in TERMS}},
            {**row, "trader": "B", "category": "high", "otherwise": None},
        ],
        schema_overrides=TERMS,
    )
    traders = pl.DataFrame({"importer_id": ["A", "B"] * len(days), "lodged_on": [day for day in days for _ in "AB"]})
    many = standing_of(traders, standings).to_list()
    assert Judged(standings).strictest(traders) == many
    assert many[1::2] == ["high"] * len(days)
    return many[::2]


def test_an_authorisation_counts_on_days_when_it_is_in_force_and_on_no_other() -> None:
    after = DAY + timedelta(days=1)
    assert on_days(DAY, after, ends_on=DAY) == ["authorised", "low"]
    assert on_days(date(2025, 12, 31), after) == ["low", "authorised"]
    assert on_days(DAY, after, suspended_from=after) == ["authorised", "low"]
    assert on_days(DAY, after, suspended_from=DAY, suspended_to=DAY) == ["low", "authorised"]


def test_a_standing_that_was_kept_before_terms_were_counts_as_it_did() -> None:
    traders = TRADERS.with_columns(lodged_on=pl.lit(DAY))
    assert standing_of(traders, STANDINGS).to_list() == CATEGORIES.to_list()
    old_and_new = pl.concat(
        [STANDINGS, STANDINGS.clear().with_columns(otherwise=None, **dict.fromkeys(TERMS))], how="diagonal"
    )
    typed = old_and_new.cast({"otherwise": pl.String, **TERMS})  # type: ignore[dict-item]
    assert standing_of(traders, typed).to_list() == CATEGORIES.to_list()
    assert Judged(typed).strictest(traders) == CATEGORIES.to_list()


def test_who_was_judged_before_identifiers_were_folded_is_known_in_both_forms() -> None:
    standings = pl.DataFrame({"trader": ["IMP-7", "ok"], "role": "importer", "category": ["low", "high"]})
    ids = ["IMP7", "IMP-7", "OK", "ok", "IMP8"]
    empty = pl.lit(None, dtype=pl.String)
    traders = pl.DataFrame({"importer_id": ids}).with_columns(
        **{f"{role}_id": empty for role in ("exporter", "declarant", "carrier")}
    )
    expected = ["low", "low", "high", "high", None]
    assert standing_of(traders, standings).to_list() == expected
    assert Judged(standings).strictest(traders) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_who_fold_alike_the_stricter_counts_though_one_has_the_folded_name(order: int) -> None:
    standings = pl.DataFrame(
        {"trader": ["bad-1", "BAD1"][::order], "role": "importer", "category": ["low", "high"][::order]}
    )
    traders = pl.DataFrame({"importer_id": ["BAD1", "bad-1"]})
    assert standing_of(traders, standings).to_list() == ["low", "low"]
    assert Judged(standings).strictest(traders) == ["low", "low"]
    milder = standings.with_columns(category=pl.Series(["high", "low"][::order]))
    assert standing_of(traders, milder).to_list() == Judged(milder).strictest(traders) == ["low", "high"]


def test_who_takes_the_place_of_one_who_folds_alike_brings_his_terms() -> None:
    terms = {**dict.fromkeys(TERMS), "authorised_on": date(2026, 1, 1), "ends_on": DAY}
    held = {"role": "importer", "category": "authorised", **terms}
    standings = pl.DataFrame(
        [
            {"trader": "A1", **held, "otherwise": "surely_below"},
            {"trader": "a-1", **held, "otherwise": "surely_above"},
            {"trader": "B1", **held, "otherwise": "surely_above"},
            {"trader": "b-1", "role": "importer", "category": "medium", **dict.fromkeys([*TERMS, "otherwise"])},
        ],
        schema_overrides={**TERMS, "otherwise": pl.String},
    )
    days = [DAY, DAY + timedelta(days=1)]
    traders = pl.DataFrame({"importer_id": ["A1", "A1", "B1", "B1"], "lodged_on": days * 2})
    expected = ["authorised", "low", "medium", "medium"]
    assert standing_of(traders, standings).to_list() == expected
    assert Judged(standings).strictest(traders) == expected
