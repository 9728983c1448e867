"""The act of a result is the act that was made, whatever is declared later; each is printed, and all of them together."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from darvoza.office.registry.models import Former, Order, Result
from darvoza.office.registry.queries import act_for
from office.api.systems import Systems, a_body, an_item
from people import Cast

CAR = an_item(hs="870323", description="a Toyota")
NAME = "D-1:customs:physical"
SEIZED = {"items": [{"item": 1}, {"item": 2, "areas": ["prohibited"], "seized": True}], "words": "a false floor"}


def test_the_act_of_a_seizure_stays_as_it_was_made(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR, CAR]))
    assert systems.send("POST", f"/orders/{NAME}/findings", SEIZED).status == 201
    browser = cast.browser("asel")
    first = browser.get(f"/queue/{NAME}/act-1.pdf").content
    arms = an_item(hs="870332", description="arms")
    assert systems.send("POST", "/declarations/D-1/amendments", a_body(items=[arms])).status == 200
    assert browser.get(f"/queue/{NAME}/act-1.pdf").content == first
    declared, case, result = act_for(cast["asel"], NAME, 1) or ()  # type: ignore[misc]
    assert [item.description for item in declared.items] == ["a Toyota", "a Toyota"]
    assert case.declared == (1,)
    assert [item.seized for item in result.items] == [False, True]
    joint = act_for(cast["asel"], NAME, None)
    assert joint is not None
    assert [item.item for item in joint[2].items] == [1, 2]


def test_each_result_is_printed_and_the_last_act_sums_up_all(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR, CAR]))
    systems.send("POST", f"/orders/{NAME}/findings", SEIZED)
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=[CAR, CAR, CAR]))
    more = {"items": [{"item": 3, "areas": ["quantity"]}], "words": "one too many"}
    assert systems.send("POST", f"/orders/{NAME}/findings", more).status == 201
    assert [row.declared is None for row in Result.objects.order_by("number")] == [False, True]
    told = {number: act_for(cast["asel"], NAME, number) for number in (1, 2, None)}
    assert all(told.values())
    shown = {number: ([i.item for i in each[2].items], len(each[0].items)) for number, each in told.items() if each}
    assert shown == {1: ([1, 2], 2), 2: ([3], 3), None: ([1, 2, 3], 3)}
    joint = told[None]
    assert joint is not None
    assert joint[2].words == "a false floor\none too many"
    browser = cast.browser("asel")
    page = browser.get(f"/queue/{NAME}/").text
    for address in (f"/queue/{NAME}/act-1.pdf", f"/queue/{NAME}/act-2.pdf", f"/queue/{NAME}/act.pdf"):
        assert address in page
        assert browser.get(address)["Content-Type"] == "application/pdf"
    assert browser.get(f"/queue/{NAME}/act-3.pdf").status_code == 404
    assert cast.browser("farrukh").get(f"/queue/{NAME}/act-1.pdf").status_code == 404


def test_what_nobody_has_spoken_of_is_not_kept_twice(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=[CAR, CAR]))
    assert not Former.objects.exists()


def test_a_seizure_is_printed_with_the_goods_that_were_seized(cast: Cast, systems: Systems) -> None:
    tobacco = an_item(hs="240220", origin="AE", description="tobacco")
    seized = {"items": [{"item": 1, "areas": ["prohibited"], "seized": True}]}
    systems.lodge(a_body(items=[CAR]))
    assert systems.send("POST", f"/orders/{NAME}/findings", seized).status == 201
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=[tobacco, CAR]))
    assert systems.send("POST", f"/orders/{NAME}/findings", {"items": [{"item": 2}]}).status == 201
    declared, _, result = act_for(cast["asel"], NAME, None) or ()  # type: ignore[misc]
    assert [(item.item, item.seized) for item in result.items] == [(1, True), (2, False)]
    assert [item.description for item in declared.items] == ["a Toyota", "a Toyota"]


def test_what_corrects_an_earlier_word_is_printed_with_the_goods_of_that_word(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    browser = cast.browser("asel")
    browser.post(f"/queue/{NAME}/claim/")
    found = {"item1-areas": ["prohibited"], "item1-seized": "on"}
    assert browser.post(f"/queue/{NAME}/result/", found).status_code == 302
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=[an_item(hs="870332", description="arms")]))
    corrected = {**found, "item1-net_mass": "1250", "reason": "the scale was read wrongly"}
    assert browser.post(f"/queue/{NAME}/correct/", corrected).status_code == 302
    for number in (1, 2, None):
        declared, _, result = act_for(cast["asel"], NAME, number) or ()  # type: ignore[misc]
        assert [item.description for item in declared.items] == ["a Toyota"]
        assert result.items[0].seized


def test_an_act_tells_what_was_done_and_not_what_was_ordered_since(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    assert systems.send("POST", f"/orders/{NAME}/findings", SEIZED | {"items": SEIZED["items"][:1]}).status == 201
    Order.objects.update(act="identity")
    told = [act_for(cast["asel"], NAME, number) for number in (1, None)]
    assert [each[1].act for each in told if each] == ["physical", "physical"]
    Result.objects.update(act="")  # by a version that did not keep it
    _, case, _ = act_for(cast["asel"], NAME, 1) or ()  # type: ignore[misc]
    assert case.act == "identity"
    import_module("darvoza.office.registry.migrations.0010_act_done").fill(apps, connection.schema_editor())
    assert Result.objects.get().act == "identity"
