"""Declarations that the register took in before it kept all that says which goods they are: an upgrade changes nothing of them."""

from dataclasses import fields

from darvoza.domain.declaration import GoodsItem
from darvoza.domain.goods_told import other_goods
from darvoza.flow.inspection.goods import digests, goods_digest
from darvoza.office.registry.models import Finding, Item, Order
from office.api.systems import Systems, a_body
from office.api.test_goods_that_came import CAR, amend, find, release, told

CARD = CAR | {"establishment": "KZ-17", "document_numbers": ["C-1"]}


def kept_before() -> None:
    """Leave of goods items what the version before kept."""
    known = {field.name for field in fields(GoodsItem)}
    for row in Item.objects.all():
        row.record = {name: value for name, value in row.record.items() if name in known}
        row.save()


def test_a_result_that_is_recorded_after_an_upgrade_frees_the_goods(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    kept_before()
    assert find(systems, told(1)).status == 201
    assert (Order.objects.get().state, release(systems)["release"]) == ("recorded", "free")
    amend(systems, CARD, vehicle_id="01KG777ABC")
    assert (Order.objects.get().state, release(systems)["release"]) == ("recorded", "free")
    amend(systems, CARD | {"hs": "870324"})
    assert (Order.objects.get().state, release(systems)["release"]) == ("waiting", "waiting")


def test_what_was_examined_before_an_upgrade_does_not_open_again_unless_it_is_other_goods(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    assert find(systems, told(1)).status == 201
    for row in Finding.objects.all():
        del row.record["goods"]
        row.save()
    kept_before()
    assert release(systems)["release"] == "free"
    amend(systems, CARD, vehicle_id="01KG777ABC")
    assert (Order.objects.get().state, release(systems)["release"]) == ("recorded", "free")


def test_a_word_on_all_of_the_goods_stands_where_the_register_kept_less_of_them(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    assert find(systems, told(1)).status == 201  # signed with all that is declared, as posts without a line do
    kept_before()
    assert release(systems)["release"] == "free"


def test_papers_tell_goods_apart_where_they_were_kept_also_where_there_were_none(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    assert find(systems, told(1)).status == 201
    amend(systems, CAR | {"document_numbers": ["C-1"]})
    assert (Order.objects.get().state, release(systems)["release"]) == ("waiting", "waiting")


def test_a_digest_of_less_is_not_of_other_goods() -> None:
    [more] = digests([CARD | {"item": 1}]).values()
    less = goods_digest(
        {name: value for name, value in CARD.items() if name not in ("establishment", "document_numbers")}
    )
    assert not other_goods(less, more)
    assert not other_goods(more, less)
    assert other_goods(more, goods_digest(CARD | {"establishment": "KZ-18"}))
    assert other_goods(less, goods_digest(CARD | {"origin": "CN"}))
