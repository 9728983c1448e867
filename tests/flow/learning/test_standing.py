from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.codes import Role
from darvoza.domain.operators import TERMS, AuthorisedOperator
from darvoza.domain.standing import Standing, StandingCategory, StandingRule, StandingRules
from darvoza.errors import SettingsError, UnfitModel
from darvoza.flow.learning.standing import BesideDeclarations, as_standing, reach, standings
from darvoza.methods.smoothed_rates import Prior

DAY = START.date() + timedelta(days=400)


def lodged(trader: str, count: int, **outcome: object) -> list[dict[str, object]]:
    """Declarations of one importer, one a day from the start, all with the same outcome."""
    return [
        {
            "declaration_id": f"{trader}-{outcome.get('tag', '')}{k}",
            "importer_id": trader,
            "lodged_at": START + timedelta(days=k % 300),
            **{name: value for name, value in outcome.items() if name != "tag"},
        }
        for k in range(count)
    ]


def made(rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    return goods(*(an_item(**row) for row in rows))


def passed(pi: float, tag: str) -> dict[str, object]:
    return {"examined": True, "finding": False, "inclusion_probability": Decimal(str(pi)), "tag": tag}


def found(pi: float, tag: str) -> dict[str, object]:
    return {"examined": True, "finding": True, "inclusion_probability": Decimal(str(pi)), "tag": tag}


AUTHORISED = AuthorisedOperator("A", Role.IMPORTER, START.date(), ends_on=DAY + timedelta(days=5))

OTHERS = [*lodged("others", 900), *lodged("others", 90, **passed(0.1, "p")), *lodged("others", 10, **found(0.1, "f"))]


def judged(*rows: dict[str, object], day: date = DAY, rules: StandingRules | None = None, **given: object) -> Standing:
    table = standings(made([*OTHERS, *rows]), Role.IMPORTER, day, rules=rules, beside=BesideDeclarations(**given))  # type: ignore[arg-type]
    return next(one for one in table.records() if one.trader != "others")


def test_a_trader_with_few_declarations_is_new_and_told_how_many_are_wanting() -> None:
    one = judged(*lodged("A", 4))
    assert (one.category, one.rule, one.wanted) == (StandingCategory.NEW, StandingRule.FEW_DECLARATIONS, 6)


def test_random_passes_make_a_high_standing() -> None:
    one = judged(*lodged("A", 900), *lodged("A", 100, **passed(0.1, "p")))
    assert (one.category, one.rule) == (StandingCategory.HIGH, StandingRule.SURELY_BELOW)


def test_as_many_passes_for_cause_do_not() -> None:
    one = judged(*lodged("A", 900), *lodged("A", 100, **passed(1.0, "p")))
    assert (one.category, one.rule) == (StandingCategory.MEDIUM, StandingRule.LITTLE_EVIDENCE)
    assert one.chance_results == 0


def test_passes_of_unknown_chance_do_not_either() -> None:
    rows = [{**row, "inclusion_probability": None} for row in lodged("A", 100, **passed(1.0, "p"))]
    assert judged(*lodged("A", 900), *rows).rule is StandingRule.LITTLE_EVIDENCE


def test_passes_that_no_run_drew_make_no_high_standing_whatever_chance_stands_beside_them() -> None:
    rows = [*lodged("A", 900), *lodged("A", 100, **passed(0.1, "p"))]
    names = [f"A-p{k}" for k in range(100)]
    blank = pl.DataFrame({"declaration_id": names, "chance": [None] * 100}, schema_overrides={"chance": pl.Float64})
    one = judged(*rows, chances=blank)
    assert (one.rule, one.chance_results, one.results) == (StandingRule.LITTLE_EVIDENCE, 0, 100)
    assert judged(*rows, chances=blank.with_columns(chance=0.1)) == judged(*rows)


def test_what_is_examined_far_more_often_than_its_chances_say_was_chosen_by_somebody() -> None:
    rows = [*lodged("A", 30, **passed(0.01, "p")), *lodged("A", 30, inclusion_probability=Decimal("0.01"))]
    table = standings(made([*OTHERS, *rows]), Role.IMPORTER, DAY)
    assert table.doubted == ("A",)
    assert judged(*rows).chance_results == 0
    drawn = pl.DataFrame({"declaration_id": [f"A-p{k}" for k in range(30)], "chance": 0.01})
    assert judged(*rows, chances=drawn).chance_results > 10  # a run knows


def test_what_nobody_examined_and_no_chance_is_known_of_hides_no_favour() -> None:
    rows = [*lodged("A", 50, **passed(0.01, "p")), *lodged("A", 1000)]
    table = standings(made([*OTHERS, *rows]), Role.IMPORTER, DAY)
    assert table.doubted == ("A",)
    assert judged(*rows).rule is StandingRule.LITTLE_EVIDENCE
    certain = lodged("A", 500, **passed(1.0, "c"))
    assert standings(made([*OTHERS, *rows, *certain]), Role.IMPORTER, DAY).doubted == ("A",)
    runs = pl.DataFrame(
        {"declaration_id": [f"A-{k}" for k in range(1000)], "chance": None}, schema_overrides={"chance": pl.Float64}
    )
    beside = BesideDeclarations(chances=runs)
    assert standings(made([*OTHERS, *rows]), Role.IMPORTER, DAY, beside=beside).doubted == ("A",)


def test_many_findings_make_a_low_standing_and_further_passes_would_change_it() -> None:
    one = judged(*lodged("A", 60), *lodged("A", 30, **found(0.5, "f")))
    assert (one.category, one.rule) == (StandingCategory.LOW, StandingRule.SURELY_ABOVE)
    assert one.wanted is not None
    assert one.wanted > 10


def test_a_fresh_finding_keeps_a_trader_from_standing_high_until_it_is_old() -> None:
    rows = [*lodged("A", 900), *lodged("A", 100, **passed(0.1, "p")), *lodged("A", 1, **found(0.1, "f"))]
    fresh = judged(*rows, day=START.date() + timedelta(days=301))
    assert fresh.rule is StandingRule.FRESH_FINDING
    old = judged(*rows, day=START.date() + timedelta(days=301 + int(fresh.wanted or 0)))
    assert old.rule is not StandingRule.FRESH_FINDING


def test_an_authorisation_and_a_debt_are_told() -> None:
    rows = lodged("A", 40)
    assert judged(*rows, operators=[AUTHORISED]).category is StandingCategory.AUTHORISED
    debts = pl.DataFrame({"trader": ["A"], "open_debt": [12.0]})
    owing = judged(*rows, debts=debts)
    assert (owing.rule, owing.open_debt) == (StandingRule.OPEN_DEBT, 12.0)


def test_a_standing_keeps_the_terms_of_an_authorisation_and_the_rule_that_holds_without_it() -> None:
    rows = [*lodged("A", 60), *lodged("A", 30, **found(0.5, "f"))]
    one = judged(*rows, operators=[AUTHORISED, replace(AUTHORISED, ends_on=DAY)])
    assert (one.authorised_on, one.ends_on) == (START.date(), DAY + timedelta(days=5))
    assert (one.category, one.rule, one.otherwise) == (
        StandingCategory.AUTHORISED, StandingRule.AUTHORISATION, StandingRule.SURELY_ABOVE,
    )  # fmt: skip


@pytest.mark.parametrize(
    "given", [{"role": Role.CARRIER}, {"ends_on": DAY - timedelta(days=1)}, {"suspended_from": DAY}]
)
def test_an_authorisation_not_in_force_or_in_another_role_makes_no_standing(given: dict[str, Any]) -> None:
    one = judged(*lodged("A", 40), operators=[replace(AUTHORISED, **given)])
    assert (one.category, one.authorised_on, one.otherwise) == (StandingCategory.MEDIUM, None, None)


def test_an_operator_is_found_in_whatever_way_his_identifier_is_typed() -> None:
    assert judged(*lodged("А-1", 40), operators=[replace(AUTHORISED, trader="a 1")]).rule is StandingRule.AUTHORISATION


def test_a_row_that_was_kept_before_terms_were_is_read() -> None:
    row = asdict(judged(*lodged("A", 40)))
    old = {name: value for name, value in row.items() if name not in {*TERMS, "otherwise"}}
    assert as_standing(old) == as_standing({**row, "linked": 2})


def test_what_becomes_known_on_the_day_or_later_is_not_looked_at() -> None:
    rows = lodged("A", 60)
    late = [{**row, "result_at": START + timedelta(days=400)} for row in lodged("A", 30, **found(0.5, "f"))]
    before = judged(*rows, *late, day=START.date() + timedelta(days=400))
    assert (before.results, before.findings) == (0, 0)
    after = judged(*rows, *late, day=START.date() + timedelta(days=401))
    assert after.findings == 30


def test_a_declaration_replaced_by_a_later_version_counts_once() -> None:
    rows = lodged("A", 12)
    again = [{**row, "version": 2} for row in rows]
    assert judged(*rows, *again).declarations == 12


def test_an_amendment_without_a_result_takes_no_finding_away() -> None:
    rows = [*lodged("A", 60), *lodged("A", 30, **found(0.5, "f"))]
    blank = {"version": 2, "examined": None, "finding": None, "inclusion_probability": None}
    amended = [{**row, **blank, "lodged_at": row["lodged_at"] + timedelta(days=9)} for row in rows]  # type: ignore[operator]
    assert judged(*rows, *amended) == judged(*rows)


def test_a_declaration_amended_into_another_name_leaves_its_finding_with_who_was_examined() -> None:
    rows = lodged("A", 30, **found(0.5, "f"))
    again = [
        {**row, "version": 2, "importer_id": "others", "finding": None, "lodged_at": START + timedelta(days=330)}
        for row in rows
    ]
    assert judged(*lodged("A", 60), *rows, *again).findings == 30


def test_an_amendment_before_the_examination_counts_as_it_was_examined() -> None:
    rows = [{**row, "result_at": START + timedelta(days=320)} for row in lodged("A", 30, **found(0.5, "f"))]
    before = [{**row, "importer_id": "others", "finding": None} for row in rows]
    again = [{**row, "version": 2, "lodged_at": START + timedelta(days=310)} for row in rows]
    assert judged(*lodged("A", 60), *before, *again).findings == 30


def test_a_clean_result_before_an_amendment_hides_no_finding_after_it() -> None:
    clean = [{**row, "finding": False} for row in lodged("A", 30, **found(0.5, "f"))]
    again = [{**row, "version": 2, "finding": True, "lodged_at": START + timedelta(days=310)} for row in clean]
    assert judged(*lodged("A", 60), *clean, *again).findings == 30


def test_without_any_result_nobody_is_judged() -> None:
    with pytest.raises(UnfitModel, match="no result"):
        standings(made(lodged("A", 5)), Role.IMPORTER, DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"certainty": 1.0},
        {"certainty": 0.2},
        {"half_life": 0},
        {"low_floor": 1.5},
        {"least_results": -1},
        {"late_findings": 0},
        {"late_results": 0},
        {"most_belief": 0.5},
    ],
)
def test_rules_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        StandingRules(**wrong)  # type: ignore[arg-type]


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [*OTHERS, *lodged("A", 60), *lodged("A", 30, **found(0.5, "f"))]
    one = standings(made(rows), Role.IMPORTER, DAY).traders
    other = standings(made(rows[::-1]), Role.IMPORTER, DAY).traders
    assert one.equals(other)


def test_a_version_that_is_not_stated_is_the_first() -> None:
    rows = [*OTHERS, *lodged("X", 20, **found(1.0, "f"))]
    plain = made([{**row, "version": None} for row in rows])
    assert standings(plain, Role.IMPORTER, DAY).traders.equals(standings(made(rows), Role.IMPORTER, DAY).traders)


def test_the_belief_counts_as_no_more_results_than_it_is_allowed_to() -> None:
    alike = made(
        [
            row
            for k in range(40)
            for row in (*lodged(f"T{k}", 27, **passed(0.5, "p")), *lodged(f"T{k}", 3, **found(0.5, "f")))
        ]
    )
    table = standings(alike, Role.IMPORTER, DAY)
    assert table.fitted > 100
    assert table.base.strength == StandingRules().most_belief == 20
    assert standings(alike, Role.IMPORTER, DAY, rules=StandingRules(most_belief=1000)).base.strength == table.fitted


def test_reach_is_what_it_takes_and_not_one_less() -> None:
    rules = StandingRules(late_results=1, late_findings=2, least_declarations=0, least_tenure=0, fresh_finding=0)
    table = standings(made(OTHERS), Role.IMPORTER, DAY, rules=rules)
    findings, passes = reach(table.base, rules)
    assert findings is not None
    assert passes is not None
    assert reach(Prior(table.base.rate, 500.0), rules).findings > findings  # type: ignore[operator]
    assert reach(Prior(0.6, 5.0), rules).findings is None  # twice the base rate is more than all
    assert reach(table.base, StandingRules(least_results=3000.0)).passes == 3000


@pytest.mark.parametrize(("count", "rule"), [(4, StandingRule.FRESH_FINDING), (5, StandingRule.LATE_FINDINGS)])
def test_findings_in_the_last_results_make_a_low_standing_however_many_passes_came_before(
    count: int, rule: StandingRule
) -> None:
    last = [
        {**row, "lodged_at": START + timedelta(days=310 + k)}
        for k, row in enumerate(lodged("A", count, **found(0.1, "f")))
    ]
    one = judged(*lodged("A", 900), *lodged("A", 100, **passed(0.1, "p")), *last)
    assert one.rule is rule
    assert one.category is (StandingCategory.LOW if count == 5 else StandingCategory.MEDIUM)


def test_light_findings_push_no_findings_out_of_the_last_results() -> None:
    """A light finding is no pass: it takes no place among the results that count."""
    rules = StandingRules(late_findings=5, late_results=10, low_above=100)
    light = [
        {**row, "finding_severity": 0, "lodged_at": START + timedelta(days=350)}
        for row in lodged("A", 6, **found(1.0, "l"))
    ]
    rows = [
        {**row, "finding_severity": 3, "lodged_at": START + timedelta(days=300)}
        for row in lodged("A", 5, **found(1.0, "f"))
    ]
    alone, beside = judged(*rows, rules=rules), judged(*rows, *light, rules=rules)
    assert alone.rule is beside.rule is StandingRule.LATE_FINDINGS
    assert alone.wanted == beside.wanted


def test_as_many_further_passes_as_are_told_change_a_standing_that_late_findings_made() -> None:
    def after(passes: int) -> Standing:
        rows = [
            *lodged("A", 5, **found(0.1, "f")),
            *lodged("A", 2, **passed(0.1, "p")),
            *lodged("A", passes, **passed(0.1, "q")),
        ]
        later = [{**row, "lodged_at": START + timedelta(days=300 + k)} for k, row in enumerate(rows)]
        return judged(*lodged("A", 900), *lodged("A", 100, **passed(0.1, "old")), *later)

    wanted = after(0).wanted
    assert wanted == 4
    assert after(3).rule is StandingRule.LATE_FINDINGS
    assert after(4).rule is not StandingRule.LATE_FINDINGS


def test_old_findings_are_no_late_ones() -> None:
    rows = [*lodged("A", 900), *lodged("A", 5, **found(0.1, "f"))]
    day = START.date() + timedelta(days=300)
    assert judged(*rows, day=day).rule is StandingRule.LATE_FINDINGS
    assert judged(*rows, day=day, rules=StandingRules(fresh_finding=100)).rule is not StandingRule.LATE_FINDINGS


LIGHT = {"finding_area": "documents", "finding_severity": 0, "recovered": Decimal(0)}


def test_light_findings_speak_neither_against_a_trader_nor_for_him() -> None:
    rows = lodged("A", 30, **found(0.5, "f"), **LIGHT)
    one = judged(*lodged("A", 60), *rows)
    assert (one.category, one.rule) == (StandingCategory.MEDIUM, StandingRule.LITTLE_EVIDENCE)
    assert (one.results, one.findings, one.light_findings, one.chance_results) == (30, 0, 30, 0)
    assert judged(*lodged("A", 60), *rows, rules=StandingRules(least_severity=0)).category is StandingCategory.LOW


@pytest.mark.parametrize("weighty", [{"finding_severity": 1}, {"finding_severity": None}, {"recovered": Decimal(5)}])
def test_a_finding_that_is_weighty_or_whose_weight_is_not_said_counts(weighty: dict[str, Any]) -> None:
    one = judged(*lodged("A", 60), *lodged("A", 30, **found(0.5, "f"), **{**LIGHT, **weighty}))
    assert (one.findings, one.light_findings, one.category) == (30, 0, StandingCategory.LOW)
