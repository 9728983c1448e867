"""A word counts for the goods it was given on, and for no others that take their number by an amendment."""

from typing import Any

import pytest

from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration, Finding, Order
from office.api.systems import NOW, POST, Systems, a_body, an_item
from office.api.test_goods_that_came import CAR, NAME, SUIT, amend, find, release, told

TOBACCO = an_item(hs="240220", origin="AE", net_mass=15_000, gross_mass=16_000)
OTHERWISE: list[dict[str, Any]] = [
    {"hs": "870324"}, {"origin": "AE"}, {"net_mass": 101}, {"description": "cigarettes"}, {"customs_value": "1.00"},
    {"packages": 3}, {"establishment": "KZ-17"}, {"documents": ["851"]},
]  # fmt: skip


def standing(systems: Systems) -> tuple[str, list[int], str]:
    """How the order stands, for which items its goods are others, and what is said of the release."""
    order = systems.send("GET", f"/orders/{NAME}").body
    return order["state"], order["changed"], release(systems)["release"]


def recorded(systems: Systems, *items: dict[str, Any], found: int = 0) -> None:
    """A declaration on all of whose items there is a word."""
    systems.lodge(a_body(items=list(items)))
    due = systems.send("GET", f"/orders/{NAME}").body["items"]
    assert find(systems, told(*due, found=found)).status == 201


def test_other_goods_under_the_same_number_are_not_free_by_an_old_word(systems: Systems) -> None:
    recorded(systems, CAR)
    assert standing(systems) == ("recorded", [], "free")
    amend(systems, TOBACCO)
    assert standing(systems) == ("waiting", [1], "waiting")
    [reopened] = Entry.objects.filter(body__what="reopen")
    assert (reopened.body or {})["changed"] == [1]
    assert systems.send("GET", "/orders?state=waiting").body["orders"][0]["changed"] == [1]
    assert find(systems, told(1)).status == 201
    assert standing(systems) == ("recorded", [], "free")


@pytest.mark.parametrize("change", OTHERWISE, ids="".join)
def test_whatever_is_declared_otherwise_of_the_goods_needs_another_word(
    systems: Systems, change: dict[str, Any]
) -> None:
    recorded(systems, CAR, CAR)
    amend(systems, CAR | change, CAR)
    assert standing(systems) == ("waiting", [1], "waiting")
    assert find(systems, told(2)).code == "invalid"
    assert find(systems, told(1)).status == 201
    assert standing(systems)[2] == "free"


def test_what_changes_nothing_of_the_goods_asks_for_nothing(systems: Systems) -> None:
    recorded(systems, CAR, SUIT)
    amend(systems, CAR | {"net_mass": "100.000"}, an_item(net_mass=5), vehicle_id="01KG777ABC", total_packages=4)
    assert standing(systems) == ("recorded", [], "free")


def test_what_was_found_on_the_goods_as_they_were_still_holds_the_others(systems: Systems) -> None:
    recorded(systems, CAR, found=1)
    amend(systems, TOBACCO)
    assert standing(systems) == ("waiting", [1], "held")


def test_goods_that_go_and_come_again_as_others_need_a_word(systems: Systems) -> None:
    recorded(systems, CAR, CAR)
    amend(systems, CAR)
    assert standing(systems) == ("recorded", [], "free")
    amend(systems, CAR, CAR | {"origin": "AE"})
    assert standing(systems) == ("waiting", [2], "waiting")


def test_a_word_that_does_not_say_on_which_goods_counts_for_those_that_were_declared_until_then(
    systems: Systems,
) -> None:
    recorded(systems, CAR)
    for row in Finding.objects.all():
        del row.record["goods"]
        row.save()
    assert standing(systems) == ("recorded", [], "free")
    amend(systems, CAR)
    amend(systems, TOBACCO)
    assert standing(systems) == ("waiting", [1], "waiting")


def test_an_open_order_says_that_its_goods_were_changed(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    tag = systems.send("GET", f"/orders/{NAME}").headers["ETag"]
    amend(systems, CAR | {"origin": "AE"})
    assert systems.send("POST", f"/orders/{NAME}/findings", told(1), if_match=tag).code == "changed"
    assert (Entry.objects.get(body__what="goods").body or {})["changed"] == [1]


def test_that_nothing_was_to_be_done_was_agreed_on_for_the_goods_as_they_were(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    Order.objects.update(state="withdrawn")
    amend(systems, CAR)
    assert standing(systems) == ("withdrawn", [], "free")
    amend(systems, CAR | {"origin": "AE"})
    assert standing(systems) == ("waiting", [], "waiting")


def test_a_suspicion_that_was_allayed_is_so_for_the_goods_as_they_were(systems: Systems) -> None:
    systems.lodge(a_body(items=[SUIT]))
    told_of = {"agency": "customs", "post": POST, "act": "physical", "channel": "red", "turn": 0, "day": NOW.date()}
    row = Order.objects.create(
        **told_of, order_id=NAME, declaration=Declaration.objects.get(), deadline=NOW, referral="the dog sits down"
    )
    assert find(systems, told(1)).status == 201
    assert standing(systems) == ("recorded", [], "free")
    amend(systems, TOBACCO)
    assert standing(systems) == ("waiting", [1], "waiting")
    assert Order.objects.get(pk=row.pk).deadline > row.deadline


def test_what_was_found_on_the_goods_as_they_were_is_taken_back_by_two_and_with_a_reason(systems: Systems) -> None:
    recorded(systems, CAR, found=1)
    amend(systems, TOBACCO)
    refused = find(systems, told(1))
    assert (refused.code, refused.body["errors"][0]["field"]) == ("invalid", "items.1.words")
    why = {"items": [{"item": 1, "words": "the value was mended"}]}
    assert find(systems, why).body["state"] == "lowering"
    assert release(systems)["release"] == "held"


def test_a_severity_without_a_finding_is_none(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    refused = find(systems, {"items": [{"item": 1, "severity": 4}]})
    assert (refused.code, refused.body["errors"][0]["field"]) == ("invalid", "items.1.areas")
    assert release(systems)["release"] == "waiting"


CARRIED: dict[str, Any] = {
    "transport_document": "CMR-1",
    "vehicle_id": "01KG777ABC/01KG888XY",
    "container_ids": ["MSCU1234566", "CSQU3054383"],
}
OTHER_CARRIAGE: list[dict[str, Any]] = [
    {"importer_id": "IMP-2"}, {"transport_document": "CMR-2"}, {"vehicle_id": "07B777CC"},
    {"vehicle_id": "01KG777ABC/07B777CC"}, {"container_ids": ["MSCU1234566", "CSQU3054383", "TGHU7599330"]},
    {"transport_document": None, "vehicle_id": None, "container_ids": []},
]  # fmt: skip
SAME_CARRIAGE: list[dict[str, Any]] = [
    {"importer_id": "imp 1"}, {"transport_document": "смr1"}, {"vehicle_id": "01KG888XY / 01-KG-777-ABC"},
    {"vehicle_id": "01KG777ABC"}, {"container_ids": ["CSQU3054383"]}, {"container_ids": ["CSQU3054383", "MSCU 123456-6"]},
    {"vehicle_id": None}, {"total_packages": 4, "carrier_id": "C-1"},
]  # fmt: skip


def carried(systems: Systems, **changes: Any) -> None:
    """Amend the same goods to another carriage."""
    assert amend(systems, CAR, SUIT, **{**CARRIED, **changes}).status == 200


@pytest.mark.parametrize("change", OTHER_CARRIAGE, ids=str)
def test_what_came_on_another_lorry_or_is_anothers_was_not_examined(systems: Systems, change: dict[str, Any]) -> None:
    systems.lodge(a_body(items=[CAR, SUIT], **CARRIED))
    assert find(systems, told(1)).status == 201
    assert standing(systems) == ("recorded", [], "free")
    carried(systems, **change)
    assert standing(systems) == ("waiting", [1], "waiting")
    carried(systems)
    assert find(systems, told(1)).status == 201, "an order that opened again has its word"
    assert standing(systems) == ("recorded", [], "free")


@pytest.mark.parametrize("change", SAME_CARRIAGE, ids=str)
def test_what_is_the_same_carriage_written_otherwise_or_less_of_it_asks_for_nothing(
    systems: Systems, change: dict[str, Any]
) -> None:
    systems.lodge(a_body(items=[CAR, SUIT], **CARRIED))
    assert find(systems, told(1)).status == 201
    carried(systems, **change)
    assert standing(systems) == ("recorded", [], "free")


def test_a_lorry_that_was_told_after_the_examination_is_from_then_on_the_one(systems: Systems) -> None:
    recorded(systems, CAR)
    amend(systems, CAR, vehicle_id="01KG777ABC")
    assert standing(systems) == ("recorded", [], "free"), "what was left out is filled in"
    amend(systems, CAR, vehicle_id="07B777CC")
    assert standing(systems) == ("waiting", [1], "waiting")


def test_a_word_of_an_earlier_version_was_given_on_what_carried_the_goods_until_now(systems: Systems) -> None:
    recorded(systems, CAR)
    for row in Finding.objects.all():
        row.record["goods"] = row.record["goods"].partition("@")[0]
        row.save()
    amend(systems, CAR, importer_name="As it is written")
    assert standing(systems) == ("recorded", [], "free")
    amend(systems, CAR, transport_document="CMR-2")
    assert standing(systems) == ("waiting", [1], "waiting")


def test_less_was_agreed_on_for_the_lorry_that_was_declared(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR], **CARRIED))
    Order.objects.update(state="withdrawn")
    amend(systems, CAR, **{**CARRIED, "vehicle_id": "07B777CC"})
    assert standing(systems) == ("waiting", [], "waiting")
