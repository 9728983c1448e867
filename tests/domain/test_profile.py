from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from conditions import LISTS, a_profile
from darvoza.domain.codes import Act
from darvoza.domain.expression import Flag, InList, OneOf
from darvoza.domain.profile import Outcome, ProfileSet, Treatment, UnknownPolicy, Validity, WorkedCase

NEW = Flag("importer_is_new")
YEAR = Validity(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_the_first_and_the_last_day_are_valid(day: date, valid: bool) -> None:
    assert (day in YEAR) is valid


def test_only_profiles_in_force_are_kept() -> None:
    profiles = ProfileSet((a_profile(NEW, code="B", valid=YEAR), a_profile(NEW, code="A", valid=Validity())))
    assert [profile.code for profile in profiles] == ["A", "B"]
    assert [profile.code for profile in profiles.in_force(date(2027, 1, 1))] == ["A"]


@pytest.mark.parametrize(
    "change",
    [
        {"condition": OneOf("origin", ("GE",))},
        {"treatment": Treatment(Act.AUDIT)},
        {"treatment": Treatment(Act.PHYSICAL, Decimal("0.5"))},
        {"unknown": UnknownPolicy.MATCH},
        {"valid": YEAR},
        {"code": "T-2"},
    ],
)
def test_whatever_can_change_a_decision_changes_the_digest(change: dict[str, object]) -> None:
    profile = a_profile(NEW)
    changed = replace(profile, **change)  # type: ignore[arg-type]
    assert changed.digest != profile.digest
    assert ProfileSet((changed,)).digest != ProfileSet((profile,)).digest


def test_words_beside_a_decision_do_not_change_the_digest() -> None:
    profile = a_profile(NEW)
    assert replace(profile, title="Another", owner="someone").digest == profile.digest


def test_a_profile_is_found_by_its_code() -> None:
    profile = a_profile(NEW)
    assert ProfileSet((profile,))["T-1"] is profile
    with pytest.raises(KeyError):
        ProfileSet((profile,))["T-2"]


def test_a_list_its_source_no_longer_vouches_for_is_named() -> None:
    stale = replace(LISTS[0], expires=date(2026, 6, 30))
    profiles = ProfileSet((a_profile(InList("importer", stale)), a_profile(InList("importer", LISTS[1]), code="T-2")))
    assert profiles.expired_lists(date(2026, 6, 30)) == ()
    assert profiles.expired_lists(date(2026, 7, 1)) == (stale,)


def test_the_items_of_a_case_bear_the_facts_of_its_declaration() -> None:
    case = WorkedCase("x", {"flow": "I"}, Outcome.MATCH, ({"origin": "GE"}, {"origin": "AE", "flow": "E"}))
    assert case.rows == ({"flow": "I", "origin": "GE"}, {"flow": "E", "origin": "AE"})
    assert WorkedCase("x", {"flow": "I"}, Outcome.MATCH).rows == ({"flow": "I"},)
