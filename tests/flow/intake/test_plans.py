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
    ],
)
def test_what_is_wrong_with_a_plan_is_told(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        read_plans(written(tmp_path, GOOD.replace(old, new)))
    assert any(said in str(error) for error in refused.value.exceptions)


@pytest.mark.parametrize("text", ["", "plans: 1", "measures: []"])
def test_a_file_without_plans_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidMeasure):
        read_plans(written(tmp_path, text))
