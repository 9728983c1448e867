from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from conditions import LODGED, a_profile
from darvoza.domain.expression import InList
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import Match, UnknownPolicy, Validity
from darvoza.errors import InvalidValue
from darvoza.flow.assessment import record, shelves
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse


def matched(sentence: str, *items: dict[str, object], unknown: UnknownPolicy = UnknownPolicy.NO_MATCH) -> list[Match]:
    return list(RecordExecutor([a_profile(parse(sentence), unknown=unknown)]).match(items, LODGED))


def test_a_profile_matches_the_items_for_which_it_holds() -> None:
    items = [{"item": 7, "hs": "870323"}, {"item": 8, "hs": "010121"}, {"item": 9, "hs": "870490"}]
    assert matched("hs starts with 87", *items) == [Match("T-1", (7, 9))]


def test_a_header_fact_holds_for_every_item() -> None:
    assert matched("importer is A", {"importer": "A"}, {"importer": "A"}) == [Match("T-1", (1, 2))]


def test_a_profile_behind_an_unknown_fact_is_woken_where_doubt_counts() -> None:
    assert matched("hs starts with 87", {}, {"hs": "01"}, unknown=UnknownPolicy.MATCH) == [Match("T-1", (1,))]
    assert matched("hs starts with 87", {}) == []


def test_a_value_seen_before_is_answered_as_the_first_time() -> None:
    executor = RecordExecutor([a_profile(parse("hs starts with (87, 8703) and price > 5"))])
    for price, expected in ((6, 1), (4, 0), (7, 1)):
        assert len(executor.match([{"hs": "870323", "price": price}], LODGED)) == expected


def test_a_declaration_without_items_matches_nothing() -> None:
    assert matched("importer_is_new is missing") == []


@pytest.mark.parametrize(
    "facts", [{"hs": 870323}, {"hs": "870323", "price": "6"}, {"hs": "870323", "item": "1", "price": 6}]
)
def test_a_value_of_another_type_is_an_error(facts: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        matched("hs starts with 87 and price > 5", facts)


@pytest.mark.parametrize(
    ("sentence", "guarded"),
    [
        ("hs starts with 87 and price > 5", True),
        ("price > 5", False),
        ("hs starts with 87 or hs is 010121", True),
        ("hs starts with 87 or price > 5", False),
        ("not hs starts with 87", False),
        ('description contains "x"', True),
    ],
)
def test_a_profile_sleeps_until_its_guard_wakes_it(sentence: str, guarded: bool) -> None:
    executor = RecordExecutor([a_profile(parse(sentence))])
    assert bool(executor._header or executor._item) is guarded


def test_money_is_compared_as_decimals() -> None:
    facts: dict[str, object] = {"price": Decimal("0.1"), "customs_value": Decimal("0.2")}
    assert matched("price + customs_value = 0.3", facts) == [Match("T-1", (1,))]


def test_profiles_woken_together_are_told_apart_by_a_further_code() -> None:
    sentences = (
        "hs starts with 87 and origin is GE",
        "hs starts with 87 and not origin is GE",
        "hs starts with 87 and origin is known and price > 5",
        "hs starts with 87 and origin in (AE, GE) and not origin is AE",
    )
    executor = RecordExecutor([a_profile(parse(text), code=f"T-{place}") for place, text in enumerate(sentences)])
    facts: list[dict[str, object]] = [
        {"hs": "870323", "origin": origin, "price": 6} for origin in ("GE", "AE", None, "GE", "AE", None)
    ]
    expected = {"T-0": (1, 4), "T-1": (2, 5), "T-2": (1, 2, 4, 5), "T-3": (1, 4)}
    for _ in range(2):
        assert {match.profile: match.items for match in executor.match(facts, LODGED)} == expected


def test_what_concerns_the_whole_declaration_is_asked_once() -> None:
    class Counting(dict[str, object]):
        asked = 0

        def get(self, key: str, default: object = None) -> object:
            Counting.asked += key == "importer_is_new"
            return super().get(key, default)

    items = [Counting(hs="870323", importer_is_new=True) for _ in range(5)]
    (match,) = RecordExecutor([a_profile(parse("hs starts with 87 and importer_is_new"))]).match(items, LODGED)
    assert (match.items, Counting.asked) == ((1, 2, 3, 4, 5), 1)


def test_a_list_of_many_codes_wakes_by_membership() -> None:
    watched = NamedList("watched", tuple(f"{n:06d}" for n in range(100_000)))
    executor = RecordExecutor([a_profile(InList("importer", watched))])
    assert len(executor.match([{"importer": "099999"}], LODGED)) == 1
    assert executor.match([{"importer": "100000"}], LODGED) == ()


def test_a_profile_out_of_force_does_not_match() -> None:
    valid = Validity(LODGED, LODGED)
    executor = RecordExecutor([a_profile(parse("origin is GE"), valid=valid)])
    assert len(executor.match([{"origin": "GE"}], LODGED)) == 1
    assert executor.match([{"origin": "GE"}], LODGED + timedelta(days=1)) == ()


def test_what_is_remembered_is_bounded_and_forgetting_changes_no_answer() -> None:
    with patch.object(record, "REMEMBERED", 2), patch.object(shelves, "REMEMBERED", 2):
        executor = RecordExecutor([a_profile(parse("hs starts with 87 and origin in (GE, AE)"))])
        for hs, origin, expected in [
            ("870323", "GE", 1),
            ("870422", "CN", 0),
            ("870190", "AE", 1),
            ("010121", "GE", 0),
        ] * 3:
            for n_items in (1, 2, 3):
                items: list[dict[str, object]] = [{"hs": hs, "origin": origin}] * n_items
                found = executor.match(items, LODGED)
                assert [match.items for match in found] == [tuple(range(1, n_items + 1))] * expected
        assert len(executor._made) <= 2
        assert all(len(shelf.seen) <= 2 for shelf in executor._item)


def test_threads_that_share_an_executor_decide_as_one_alone() -> None:
    sentences = (
        "hs starts with 87 and origin in (GE, AE)",
        "importer is A and price > 5",
        'description contains "car"',
    )
    profiles = [a_profile(parse(text), code=f"T-{place}") for place, text in enumerate(sentences)]
    declared: list[list[dict[str, object]]] = [
        [{"hs": f"87{n % 40:02d}", "origin": ("GE", "AE", "CN")[n % 3], "importer": "AB"[n % 2], "price": n % 9}]
        for n in range(300)
    ]
    alone = [RecordExecutor(profiles).match(items, LODGED) for items in declared]
    with patch.object(record, "REMEMBERED", 3), patch.object(shelves, "REMEMBERED", 3):  # forget all the time
        shared = RecordExecutor(profiles)
        with ThreadPoolExecutor(4) as threads:
            rounds = [threads.submit(lambda: [shared.match(items, LODGED) for items in declared]) for _ in range(8)]
        assert all(one.result() == alone for one in rounds)


@pytest.mark.parametrize("numbers", [(4, 2), (True, 2), (None, 7)])
def test_items_bear_the_numbers_they_were_given(numbers: tuple[object, object]) -> None:
    items = [{"hs": "870323", "item": number} for number in numbers if number is not None]
    items += [{"hs": "870323"}] * (2 - len(items))
    expected = tuple(item.get("item", place) for place, item in enumerate(items, 1))
    assert matched("hs starts with 87", *items) == [Match("T-1", expected)]  # type: ignore[arg-type]
