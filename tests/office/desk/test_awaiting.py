"""Samples at the laboratory: the order awaits its word, and nobody is told an outcome before."""

from datetime import timedelta

import pytest
from django.test import Client

from darvoza.domain.casework import CaseState
from darvoza.office.api.models import Event
from darvoza.office.api.services import reading
from darvoza.office.desk.queries.orders import AT_LABORATORY
from darvoza.office.desk.queries.post import late_orders, post_today
from darvoza.office.insight.queries import columns
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Declaration, Finding, Former, Item, Order, Result
from office.desk.settling import settled
from office.sample import FIRST, ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
IN_ORDER = {"in_order": "1"}
SAMPLED = {"item1-samples": "П-17 П-18"}


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()
    Order.objects.filter(order_id=ORDER).update(act="sampling")


def state() -> tuple[str, str]:
    """How the order stands, and who holds it."""
    order = Order.objects.get(order_id=ORDER)
    return order.state, order.holder


def outcomes() -> list[tuple[int, bool]]:
    """What a gate learns of results, by item."""
    return list(reading.results_after(0, 10**9).select("item", "finding").iter_rows())


def sampled(cast: Cast) -> Client:
    """A browser of the officer who has taken samples."""
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}result/", SAMPLED, follow=True)
    assert "The samples are recorded; the order awaits the laboratory." in answer.text
    return browser


def test_samples_are_no_outcome_until_the_laboratory_has_spoken(cast: Cast) -> None:
    browser = sampled(cast)
    assert state() == (CaseState.AWAITING, "")
    page = browser.get(PAGE).text
    assert "sample taken, result awaited" in page
    assert "nothing found" not in page
    assert "Samples are at the laboratory." in page
    assert Order.objects.get(order_id=ORDER).recorded_at is None
    assert (outcomes(), columns.found().height, Event.objects.count()) == ([], 0, 0)
    assert verify().faults == ()


@pytest.mark.parametrize(("said", "found"), [(IN_ORDER, False), ({"item1-areas": ["sps"]}, True)])
def test_any_officer_of_the_post_records_what_the_laboratory_says(
    cast: Cast, said: dict[str, object], found: bool
) -> None:
    sampled(cast)
    browser = cast.browser("bakyt")
    browser.post(f"{PAGE}claim/")
    assert "Samples at the laboratory: П-17, П-18." in browser.get(PAGE).text
    assert browser.post(f"{PAGE}result/", {}).status_code == 422
    assert browser.post(f"{PAGE}result/", said).status_code == 302
    assert state() == (CaseState.RECORDED, "bakyt")
    last = Result.objects.get(number=2)
    assert Order.objects.get(order_id=ORDER).recorded_at == last.at
    assert last.findings.get().record["samples"] == ["П-17", "П-18"]
    assert outcomes() == [(1, found)]
    assert [event.body["found"] for event in Event.objects.all()] == [found]
    assert columns.found().select("found").row(0) == (found,)
    told = [(entry.body or {}) for entry in entries_on(ORDER)]
    assert [(each["what"], each["state"]) for each in told] == [
        ("claim", "claimed"), ("record", "awaiting"), ("claim", "claimed"), ("record", "recorded")
    ]  # fmt: skip


def test_an_order_that_is_given_back_awaits_the_laboratory_still(cast: Cast) -> None:
    browser = sampled(cast)
    browser.post(f"{PAGE}claim/")
    browser.post(f"{PAGE}give-back/", {"reason": "the shift is over"})
    assert state() == (CaseState.AWAITING, "")


def test_the_queue_holds_what_is_awaited_last_and_alone_where_that_is_asked_for(cast: Cast) -> None:
    browser = sampled(cast)
    page = browser.get("/queue/").text
    assert "Awaiting the laboratory (1)" in page
    assert '<span class="tag yellow">awaiting the laboratory</span>' in page
    assert browser.get("/queue/?state=awaiting").text.count('class="open"') == 1
    assert "late" not in browser.get("/queue/?state=awaiting", headers={"HX-Request": "true"}).text


def test_an_act_of_sampling_has_samples_or_says_why_none_was_taken(cast: Cast) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}result/", IN_ORDER)
    assert (answer.status_code, "say in your own words why none was taken" in answer.text) == (422, True)
    assert '<a href="#id_item1-samples">' in answer.text
    answer = browser.post(f"{PAGE}result/", {"item1-words": ".", **IN_ORDER})
    assert (answer.status_code, "in at least ten characters" in answer.text) == (422, True)
    said = {"item1-words": "one sealed bottle, which a certificate of the laboratory covers"}
    assert browser.post(f"{PAGE}result/", {**said, **IN_ORDER}).status_code == 302
    assert state() == (CaseState.RECORDED, "asel")


def test_a_correction_of_a_number_awaits_what_was_awaited(cast: Cast) -> None:
    browser = sampled(cast)
    sent = {"item1-samples": "П-71 П-18", "reason": "the label was misread"}
    assert browser.post(f"{PAGE}correct/", sent).status_code == 302
    assert state() == (CaseState.AWAITING, "")
    assert Finding.objects.get(result__number=2).record["awaited"] == ["П-71", "П-18"]


def test_samples_are_taken_out_of_a_result_by_two(cast: Cast) -> None:
    browser = sampled(cast)
    browser.post(f"{PAGE}correct/", {"item1-samples": "", "reason": "no sample was taken at all"})
    assert state()[0] == CaseState.LOWERING
    assert Finding.objects.get().record["awaited"] == ["П-17", "П-18"]
    settled(cast.browser("salima"), PAGE, agreed="1", reason="seen on the photographs")
    assert state() == (CaseState.RECORDED, "asel")
    assert Order.objects.get(order_id=ORDER).recorded_at is not None


def test_further_samples_are_awaited_too(cast: Cast) -> None:
    sampled(cast)
    browser = cast.browser("bakyt")
    browser.post(f"{PAGE}claim/")
    assert browser.post(f"{PAGE}result/", {"item1-samples": "П-19"}).status_code == 302
    assert state() == (CaseState.AWAITING, "")
    assert Finding.objects.get(result__number=2).record["awaited"] == ["П-17", "П-18", "П-19"]


def test_a_note_on_what_is_at_the_laboratory_does_not_release_it(cast: Cast) -> None:
    sampled(cast)
    Order.objects.filter(order_id=ORDER).update(items=[1, 2], state=CaseState.WAITING)
    browser = cast.browser("bakyt")
    browser.post(f"{PAGE}claim/")
    assert "П-17, П-18. They are awaited still, whatever is recorded here." in browser.get(PAGE).text
    sent = {"item1-words": "it stands in the shade", "item2-words": "of a lot that was sampled", **IN_ORDER}
    assert browser.post(f"{PAGE}result/", sent).status_code == 302
    assert state() == (CaseState.AWAITING, "")


def test_what_a_laboratory_says_of_goods_that_are_declared_no_more_is_recorded_here(cast: Cast) -> None:
    sampled(cast)
    row, goods = Declaration.objects.get(declaration_id=FIRST), Item.objects.filter(declaration__declaration_id=FIRST)
    Former.objects.create(declaration=row, record=row.record, items=list(goods.values_list("record", flat=True)))
    goods.filter(number=1).delete()
    Order.objects.filter(order_id=ORDER).update(items=[])
    browser = cast.browser("bakyt")
    browser.post(f"{PAGE}claim/")
    page = browser.get(PAGE).text
    assert "They are awaited still, whatever is recorded here." in page
    browser.post(f"{PAGE}result/", {"item2-words": "of a lot that was sampled", **IN_ORDER})
    assert state() == (CaseState.AWAITING, "")
    browser.post(f"{PAGE}claim/")
    assert "What is recorded now is what the laboratory says." in browser.get(PAGE).text
    assert browser.post(f"{PAGE}result/", {"item1-areas": ["sps"]}).status_code == 302
    assert state() == (CaseState.RECORDED, "bakyt")
    assert Finding.objects.get(found=True).item == 1


def test_nothing_is_not_ordered_while_samples_are_at_the_laboratory(cast: Cast) -> None:
    browser = sampled(cast)
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}depart/", {"act": "", "reason": "a known trader"}, follow=True)
    assert "Samples are at the laboratory: the order ends with what it says" in answer.text
    assert state() == (CaseState.CLAIMED, "asel")


def test_a_laboratory_that_is_silent_for_long_is_told_among_what_is_late(cast: Cast) -> None:
    sampled(cast)
    at = Result.objects.get().at
    Order.objects.exclude(order_id=ORDER).delete()
    assert late_orders(cast["salima"], now=at + timedelta(days=13))[1] == []
    _, [line] = late_orders(cast["salima"], now=at + timedelta(days=15))
    assert (line.order.order_id, line.due, line.since) == (ORDER, at + AT_LABORATORY, timedelta(days=1))
    assert post_today(cast["salima"], "KG-AKT", now=at + timedelta(days=15)).late == 1
    Result.objects.update(at=at - timedelta(days=15))
    assert '<span class="tag late">' in cast.browser("asel").get("/queue/?state=awaiting").text
    assert ORDER in cast.browser("salima").get("/post/late/").text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_act_can_be_printed_while_the_laboratory_is_awaited(cast: Cast, language: str) -> None:
    sampled(cast)
    assert cast.browser("asel", language=language).get(f"{PAGE}act.pdf").content.startswith(b"%PDF")


def test_samples_recorded_before_anything_was_awaited_stay_an_outcome(cast: Cast) -> None:
    sampled(cast)
    finding = Finding.objects.get()
    del finding.record["awaited"]
    finding.save()
    Order.objects.filter(order_id=ORDER).update(state=CaseState.RECORDED, holder="asel")
    assert outcomes() == [(1, False)]
    assert "nothing found" in cast.browser("asel").get(PAGE).text
