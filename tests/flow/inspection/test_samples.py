"""Rules of sampling applied: never more than there is, never beyond the table without saying so."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.sampling import Strictness
from darvoza.errors import SettingsError
from darvoza.flow.inspection import samples
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.methods.plans.continuous import ContinuousPlan
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.sampling.acceptance import SinglePlan, acceptance_probability

RULES = read_sampling_rules(shipped("sampling_rules.yaml"))
TABLES = RULES.attributes


@given(st.sampled_from(sorted(RULES.packages)), st.integers(1, 20_000))
def test_no_rule_opens_more_packages_than_there_are_or_fewer_for_more(code: str, packages: int) -> None:
    rule = RULES.packages[code]
    opened, next_opened = (samples.packages_to_open(rule, n) for n in (packages, packages + 1))
    assert 1 <= opened <= packages
    assert next_opened >= opened


@pytest.mark.parametrize(("packages", "opened"), [(1, 1), (25, 2), (1200, 13), (1201, 14), (1300, 14), (1301, 15)])
def test_each_begun_hundred_packages_above_twelve_hundred_adds_one(packages: int, opened: int) -> None:
    assert samples.packages_to_open(RULES.packages["gost_12430_table_34"], packages) == opened


@given(st.sampled_from(sorted(RULES.parts)), st.floats(0.001, 1400))
def test_larger_lots_are_never_sampled_less(code: str, tonnes: float) -> None:
    part = RULES.parts[code]
    smaller, larger = (samples.division(part, mass) for mass in (tonnes, tonnes * 1.05))
    assert larger.sublots * larger.each.increments >= smaller.sublots * smaller.each.increments
    assert smaller.each.aggregate_kg <= larger.each.aggregate_kg


@pytest.mark.parametrize("code", sorted(RULES.parts))
def test_the_mass_of_the_aggregate_is_about_that_of_its_increments(code: str) -> None:
    part = RULES.parts[code]
    for count, kilograms in zip(part.increments, part.aggregate_kg, strict=True):
        if count >= 10:
            assert float(count * part.increment_kg) == pytest.approx(float(kilograms), rel=0.25)
    assert part.sublot_increments == part.increments[-1]
    assert part.sublot_aggregate_kg == part.aggregate_kg[-1]


@pytest.mark.parametrize(
    ("code", "tonnes", "sublots"),
    [("D", 14, 1), ("D", 15, 1), ("D", 31, 2), ("D", 125, 5), ("D", 126, 5), ("D", 499, 5), ("D", 500, 5),
     ("D", 601, 6), ("A", 99, 1), ("A", 300, 3), ("A", 301, 3), ("B", 40, 2)],
)  # fmt: skip
def test_lots_are_divided_as_the_table_says(code: str, tonnes: int, sublots: int) -> None:
    assert samples.division(RULES.parts[code], tonnes).sublots == sublots


def test_the_laboratory_gets_as_many_samples_as_the_aggregate_weighs() -> None:
    figs = [samples.increments(RULES.parts["C"], tonnes).laboratory_samples for tonnes in (1, 1.1, 6)]
    assert figs == [1, 2, 3]
    assert samples.division(RULES.parts["D"], 40).each.laboratory_samples == 2
    assert samples.division(RULES.parts["A"], 40).each.laboratory_samples == 1


def test_a_lot_at_the_bound_for_salmonella_is_a_large_one() -> None:
    assert [samples.salmonella_units(RULES, tonnes) for tonnes in (0.1, 19.999, 20, 400)] == [5, 5, 10, 10]


@pytest.mark.parametrize("strictness", Strictness)
def test_a_double_plan_judges_like_its_single_plan(strictness: Strictness) -> None:
    compared = 0
    for letter in TABLES.letters:
        for limit in TABLES.aql_percent:
            try:
                double = samples.double_plan(TABLES, letter, aql_percent=limit, strictness=strictness)
            except SettingsError:
                continue
            single = samples.single_plan(TABLES, letter, aql_percent=limit, strictness=strictness)
            level = np.linspace(0, min(1, 4 * (single.acceptance + 1) / single.size), 100)
            apart = acceptance_probability(double, level) - acceptance_probability(single, level)
            assert np.abs(apart).max() < 0.09, (letter, limit)
            compared += 1
    assert compared > 100


def test_tightened_plans_accept_less_often_than_normal_ones() -> None:
    for letter in TABLES.letters:
        for limit in TABLES.aql_percent[3:]:
            normal, tightened = (
                samples.single_plan(TABLES, letter, aql_percent=limit, strictness=each) for each in Strictness
            )
            level = float(limit) / 100
            assert acceptance_probability(tightened, level) <= acceptance_probability(normal, level) + 1e-12


@pytest.mark.parametrize(
    ("letter", "limit", "plan"),
    [("L", 1.5, (200, 7)), ("A", 6.5, (2, 0)), ("A", 10, (5, 1)), ("F", 1.0, (13, 0)), ("G", 1.0, (50, 1)),
     ("H", 1.0, (50, 1)), ("J", 0.01, (1250, 0)), ("R", 10, (125, 21))],
)  # fmt: skip
def test_arrows_of_the_table_are_followed(letter: str, limit: float, plan: tuple[int, int]) -> None:
    assert samples.single_plan(TABLES, letter, aql_percent=limit) == SinglePlan(*plan)


def test_code_letters_rise_with_the_lot_and_with_the_level() -> None:
    for level in TABLES.levels:
        letters = [samples.code_letter(TABLES, size, level=level) for size in (2, 9, 100, 1000, 20_000, 10**9)]
        assert all(first <= second for first, second in pairwise(letters))
    assert [samples.code_letter(TABLES, 1000, level=level) for level in ("I", "II", "III")] == ["G", "J", "K"]


def test_published_plans_become_plans() -> None:
    plans = {code: samples.plan_of(named) for code, named in RULES.plans.items()}
    assert plans["cbis_saffron"] == ContinuousPlan(3, 0.1)
    assert plans["imported_food_step_down"] == Ladder((1.0, 0.25, 0.05), (5, 20))


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("packages", lambda: samples.packages_to_open(RULES.packages["gost_12430_table_34"], 0)),
        ("count", lambda: samples.packages_to_open(RULES.packages["identity"], 0)),
        ("tonnes", lambda: samples.division(RULES.parts["A"], 0)),
        ("tonnes", lambda: samples.division(RULES.parts["A"], float("nan"))),
        ("tonnes", lambda: samples.division(RULES.parts["A"], 1500)),
        ("tonnes", lambda: samples.increments(RULES.parts["D"], 16)),
        ("tonnes", lambda: samples.salmonella_units(RULES, -1)),
        ("crop", lambda: samples.average_sample_grams(RULES, "cotton")),
        ("lot_size", lambda: samples.code_letter(TABLES, 1)),
        ("level", lambda: samples.code_letter(TABLES, 100, level="IV")),
        ("aql_percent", lambda: samples.single_plan(TABLES, "L", aql_percent=1.2)),
        ("aql_percent", lambda: samples.single_plan(TABLES, "I", aql_percent=1.5)),
        (
            "aql_percent",
            lambda: samples.single_plan(TABLES, "R", aql_percent=Decimal("0.025"), strictness=Strictness.TIGHTENED),
        ),
        ("aql_percent", lambda: samples.double_plan(TABLES, "C", aql_percent=2.5)),
        ("lot_size", lambda: samples.variables_row(RULES, 100, aql_percent=1.5)),
    ],
)
def test_what_no_table_answers_is_refused_by_name(field: str, call: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
