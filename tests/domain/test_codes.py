"""The vocabularies: every area has a family and a severity."""

from darvoza.domain.codes import FAMILY_OF_AREA, SEVERITY_OF_AREA, RiskArea, RiskFamily, Severity


def test_every_risk_area_belongs_to_one_family_and_every_family_has_an_area() -> None:
    assert set(FAMILY_OF_AREA) == set(RiskArea)
    assert set(FAMILY_OF_AREA.values()) == set(RiskFamily)


def test_every_risk_area_says_how_grave_a_finding_is_that_nobody_graded() -> None:
    assert set(SEVERITY_OF_AREA) == set(RiskArea)


def test_where_the_harm_is_money_there_is_no_severity_beside_it() -> None:
    money = {RiskArea.UNDERVALUATION, RiskArea.MISCLASSIFICATION, RiskArea.ORIGIN, RiskArea.UNDECLARED}
    assert {SEVERITY_OF_AREA[area] for area in money} == {Severity.NONE}
