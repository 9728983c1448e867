"""The features: every useful fact as a number, in an order that nobody changes by accident."""

from pathlib import Path

from darvoza.domain.facts import DERIVED, FACT, HISTORY, REFERENCE, FactType
from darvoza.domain.features import FEATURES

PINNED = Path(__file__).parent / "features.txt"

LEFT_OUT = {
    "chapter": "hs_chapter",
    "heading": "hs_heading",
    "subheading": "hs_heading",
    "local_weekday": "weekday",
    "document_count": "documents",
    "gross_mass_difference": "gross_mass_difference_share",
    "reference_low": "reference_unit_value",
    "reference_5_percent": "reference_unit_value",
    "reference_level": "reference_count",
}
"""Facts that are no feature, each with the feature that says as much."""

NAMES = {"origin_region_code", "establishment_code"}
"""Facts that name a place as measures compare it: no more a feature than what was declared."""


def test_the_order_of_the_features_is_the_one_that_is_pinned() -> None:
    """A vector is stored with its decision, by place: after a change on purpose, write the file anew."""
    lines = [f"{each.name} | {each.fact} | {each.concept} | {each.form}" for each in FEATURES]
    assert lines == PINNED.read_text(encoding="utf-8").splitlines()


def test_every_fact_of_history_is_a_feature() -> None:
    assert [fact.name for fact in HISTORY if fact.name not in {each.fact for each in FEATURES}] == []


def test_every_derived_or_reference_fact_is_a_feature_or_said_by_one() -> None:
    used, names = {each.fact for each in FEATURES}, {each.name for each in FEATURES}
    missing = {fact.name for fact in (*DERIVED, *REFERENCE)} - used
    assert missing == set(LEFT_OUT) | NAMES
    assert set(LEFT_OUT.values()) <= names


def test_no_feature_is_there_twice_and_no_code_of_a_trader_is_one() -> None:
    names = [each.name for each in FEATURES]
    assert len(names) == len(set(names))
    learned_by_heart = [each.name for each in FEATURES if each.form == "code" and FACT[each.fact].group == "parties"]
    assert learned_by_heart == []
    assert all(FACT[each.fact].type is not FactType.TEXT for each in FEATURES)
