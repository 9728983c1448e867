from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.errors import InvalidMeasure
from darvoza.flow.intake.plans import read_plans

GOOD = (
    'plans:\n  - {code: P, title: T, agency: phytosanitary, scope: {goods: ["0813"]}, fractions: [1, 0.1], '
    "clearances: [3], legal_basis: L, from: 2026-01-01}\n"
)


def written(place: Path, text: str) -> Path:
    path = place / "plans.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_is_read(tmp_path: Path) -> None:
    (plan,) = read_plans(written(tmp_path, GOOD))
    assert (plan.code, plan.fractions, plan.clearances, plan.act.value) == ("P", (1.0, 0.1), (3,), "physical")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[1, 0.1]", "[0.1, 1]", "falling fractions"),
        ("[1, 0.1]", "[1, 0]", "falling fractions"),
        ("[1, 0.1]", "[1]", "a number of passes for each step"),
        ("[3]", "[3, 4]", "a number of passes for each step"),
        ("[3]", "[none]", "a number"),
        ("phytosanitary", "police", "agency"),
        ("from: 2026-01-01", "from: never", "a date"),
        ("code: P", "cod: P", "did you mean code?"),
        ("legal_basis: L, ", "", "legal_basis"),
        ("[1, 0.1]", "[0.5, 0.1]", "from a census"),
        ("[3]", "[3.7]", "whole"),
        ("legal_basis", "validity: 0, legal_basis", "validity"),
        ("legal_basis", "least_mass: -1, legal_basis", "least_mass"),
        ("legal_basis", "distinct_days: perhaps, legal_basis", "distinct_days"),
        ("from: 2026-01-01", "from: 2026-01-01, to: 2025-12-31", "a day not before 2026-01-01"),
        ('{goods: ["0813"]}', "{}", "a limit by one of"),
        ('{goods: ["0813"]}', "{flows: [I]}", "a limit by one of"),
        ('goods: ["0813"]', 'goods: ["0813"], flows: [import]', "some of I, E, T"),
        ("[1, 0.1], clearances: [3]", "[1, 0.5, 0.1], clearances: [3, 3], memory: 5", "a plan of two fractions"),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        read_plans(written(tmp_path, GOOD.replace(old, new)))
    assert any(said in str(error) for error in refused.value.exceptions)


def test_a_plan_is_about_imports_unless_it_names_other_flows(tmp_path: Path) -> None:
    (usual,) = read_plans(written(tmp_path, GOOD))
    (other,) = read_plans(written(tmp_path, GOOD.replace('["0813"]', '["0813"], flows: [E, T]')))
    assert (usual.scope.flows, other.scope.flows) == (("I",), ("E", "T"))


def test_what_a_plan_asks_of_a_pass_is_off_unless_stated(tmp_path: Path) -> None:
    (usual,) = read_plans(written(tmp_path, GOOD))
    (asking,) = read_plans(
        written(tmp_path, GOOD.replace("legal_basis", "least_mass: 500, distinct_days: true, legal_basis"))
    )
    assert (usual.least_mass, usual.distinct_days, usual.validity) == (Decimal(0), False, 365)
    assert (asking.least_mass, asking.distinct_days) == (Decimal(500), True)


@pytest.mark.parametrize("text", ["", "plans: 1", "measures: []"])
def test_a_file_without_plans_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidMeasure):
        read_plans(written(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("[1, 0.1]", "[0.5, 0.1]", ((0.5, 0.1), (3,), 0)),
        ("[3]", "[3.7]", ((1.0, 0.1), (3,), 0)),
        ('{goods: ["0813"]}', "{}", ((1.0, 0.1), (3,), 0)),
        ("from: 2026-01-01", "from: 2026-01-01, to: 2025-12-31", ((1.0, 0.1), (3,), 0)),
        ("legal_basis", "validity: 0, legal_basis", ((1.0, 0.1), (3,), 0)),
        ("[1, 0.1], clearances: [3]", "[1, 0.5, 0.1], clearances: [3, 3], memory: 5", ((1.0, 0.5, 0.1), (3, 3), 5)),
    ],
)
def test_a_plan_that_is_kept_means_what_it_meant(
    old: str, new: str, meant: tuple[tuple[float, ...], tuple[int, ...], int], tmp_path: Path
) -> None:
    (plan,) = read_plans(written(tmp_path, GOOD.replace(old, new)), kept=True)
    assert (plan.fractions, plan.clearances, plan.memory) == meant
    assert plan.validity == 365


def test_a_plan_that_is_kept_and_never_could_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup):
        read_plans(written(tmp_path, GOOD.replace("[1, 0.1]", "[0.1, 1]")), kept=True)
