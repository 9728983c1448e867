"""What changed between two versions of a profile; and that a proof of narrowing is one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_profile
from conditions import declarations, of_one_item
from darvoza.domain.expression import Expression, Not, both, either
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, UnknownPolicy, Validity
from darvoza.flow.assessment.differences import Effect, Status, difference, differences, effect_of
from darvoza.flow.assessment.implication import implies
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.sentence import parse

LISTS = [NamedList("watched", ("A", "B", "C"))]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("origin in (GE, AE)", "origin is GE", Effect.NARROWED),
        ("hs starts with 8703", "hs starts with 87", Effect.WIDENED),
        ("hs starts with 87", "hs in (870323, 870324)", Effect.NARROWED),
        ("price > 5", "price >= 5", Effect.WIDENED),
        ("price > 5", "price > 6", Effect.NARROWED),
        ("price > 5", "price < 5", Effect.CHANGED),
        ("price between 1 and 5", "price between 2 and 4", Effect.NARROWED),
        ("price != 5", "price = 6", Effect.NARROWED),
        ("lodged_on > 2026-01-01", "lodged_on > 2026-02-01", Effect.NARROWED),
        ("price > 5 and origin is GE", "origin is GE and price > 5", Effect.SAME),
        ("price > 5", "price > 5 and origin is GE", Effect.NARROWED),
        ("price > 5", "price > 5 or origin is GE", Effect.WIDENED),
        ("not price > 5", "not price > 6", Effect.WIDENED),
        ("origin not in (GE, AE)", "origin is not GE", Effect.WIDENED),
        ("any item (price > 5)", "any item (price > 6)", Effect.NARROWED),
        ('importer in list "watched"', "importer in (A, B)", Effect.NARROWED),
        ('description contains "hev"', 'description has word "hev"', Effect.NARROWED),
        ("documents include all of (A, B)", "documents include A", Effect.WIDENED),
        ("documents include all of (A, B)", "documents include any of (B, C)", Effect.WIDENED),
        ("unit_value < 0.6 * reference_unit_value", "unit_value < 0.5 * reference_unit_value", Effect.CHANGED),
    ],
)
def test_the_effect_of_a_change_is_told_where_its_form_proves_it(old: str, new: str, effect: Effect) -> None:
    assert effect_of(parse(old, LISTS), parse(new, LISTS)) is effect


ORDER = {False: 0, None: 1, True: 2}


@given(one=of_one_item, other=of_one_item, declared=declarations(), joint=st.sampled_from(["and", "or", "not", ""]))
@settings(max_examples=60, deadline=None)
def test_what_implies_another_is_never_truer(
    one: Expression, other: Expression, declared: list[list[dict[str, object]]], joint: str
) -> None:
    first, second = {
        "and": (both(one, other), one),
        "or": (other, either(one, other)),
        "not": (Not(either(one, other)), Not(one)),
        "": (one, other),
    }[joint]
    assert implies(first, second) or not joint
    if implies(first, second):
        for items in declared:
            truths = [(evaluate(first, items, place), evaluate(second, items, place)) for place in range(len(items))]
            assert all(ORDER[narrow] <= ORDER[wide] for narrow, wide in truths)


def test_every_setting_that_decides_is_told() -> None:
    old = a_profile("price > 5 and origin is GE and net_mass > 1", share="0.5", valid=Validity(date(2026, 1, 1)))
    new = replace(
        a_profile("price > 6 and net_mass > 1 and hs starts with 87"),
        unknown=UnknownPolicy.MATCH,
        valid=Validity(date(2025, 1, 1), date(2026, 12, 31)),
        title="Another title",
    )
    made = difference(old, new)
    assert made.status is Status.CHANGED
    assert made.words == ("title",)
    assert [(change.what, change.old, change.new, change.effect) for change in made.meaning] == [
        ("share", "0.5", "1", "raised"),
        ("unknown", "no match", "match", Effect.WIDENED),
        ("valid from", "2026-01-01", "2025-01-01", "begins earlier"),
        ("valid to", "open", "2026-12-31", "ends earlier"),
        (
            "condition",
            "price > 5 and origin is GE and net_mass > 1",
            "price > 6 and net_mass > 1 and hs starts with 87",
            Effect.CHANGED,
        ),
        ("term", "price > 5", "price > 6", Effect.NARROWED),
        ("term removed", "origin is GE", "", Effect.WIDENED),
        ("term added", "", "hs starts with 87", Effect.NARROWED),
    ]


def test_another_spelling_of_one_sentence_changes_words_only() -> None:
    old, new = a_profile("origin in (GE, AE)"), a_profile("origin IN (AE,GE)")
    made = difference(old, new)
    assert (made.status, made.words, made.meaning) == (Status.REWORDED, ("sentence",), ())
    assert difference(old, old).status is Status.UNCHANGED


def test_another_state_of_a_list_is_told_by_its_codes() -> None:
    before, after = (NamedList("watched", codes, "police", date(2026, 1, 1)) for codes in (("A", "B"), ("B", "C", "D")))
    profiles = [
        replace(a_profile("price > 1"), condition=parse('importer in list "watched"', [named]))
        for named in (before, after)
    ]
    (change,) = difference(*profiles).meaning
    assert change.what == "list watched"
    assert change.effect == "2 added (C, D); 1 removed (A)"


def test_sets_are_compared_by_code() -> None:
    old = ProfileSet(tuple(a_profile("price > 1", code=code) for code in ("A", "B", "C")))
    new = ProfileSet(
        (a_profile("price > 1", code="A"), a_profile("price > 2", code="B"), a_profile("price > 1", code="D"))
    )
    assert [(one.code, one.status) for one in differences(old, new)] == [
        ("A", Status.UNCHANGED),
        ("B", Status.CHANGED),
        ("C", Status.REMOVED),
        ("D", Status.ADDED),
    ]


def test_two_single_profiles_are_compared_whatever_their_codes() -> None:
    old, new = (ProfileSet((a_profile("price > 1", code=code),)) for code in ("A", "B"))
    (made,) = differences(old, new)
    assert [change.what for change in made.meaning] == ["code"]
    assert Decimal(1) == old["A"].treatment.share
