"""What was found holds the goods until two agree that it was not: nobody lowers alone, by no door."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from darvoza.domain.casework import CaseState
from darvoza.flow.intake.control_results import CONTROL_RESULTS
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.queries import entries_on
from darvoza.office.registry.models import Finding, Item, Order, Result
from darvoza.office.registry.services.results import load_results
from office.desk.settling import settled
from office.sample import FIRST, NOW, ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
WHY = "the second scale was broken"
FOUND = {"item1-areas": ["undervaluation"], "item1-additional_duty": "5000", "item1-seized": "on"}


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def found(cast: Cast, name: str = "asel") -> Client:
    """A browser of the officer who has found something."""
    browser = cast.browser(name)
    browser.post(f"{PAGE}claim/")
    assert browser.post(f"{PAGE}result/", FOUND).status_code == 302
    return browser


def state() -> tuple[str, int]:
    """Where the order stands, and how many results it has."""
    order = Order.objects.get(order_id=ORDER)
    return order.state, order.results.count()


@pytest.mark.parametrize(
    "less",
    [{}, {**FOUND, "item1-seized": ""}, {**FOUND, "item1-additional_duty": "0"}],
    ids=["nothing found", "not seized", "no duty"],
)
def test_a_finding_is_taken_back_by_two(cast: Cast, less: dict[str, object]) -> None:
    browser = found(cast)
    answer = browser.post(f"{PAGE}correct/", {**less, "reason": WHY}, follow=True)
    assert "a second person decides" in answer.text
    assert state() == (CaseState.LOWERING, 1)
    overrides = cast.browser("salima").get("/post/overrides/").text
    assert "taking back of a finding put forward" in overrides
    assert WHY in overrides
    assert "A finding is to be taken back." in cast.browser("salima").get(PAGE).text
    settled(cast.browser("salima"), PAGE, agreed="1", reason=WHY)
    assert state() == (CaseState.RECORDED, 2)
    assert Order.objects.get(order_id=ORDER).holder == "asel"
    told = [str((entry.body or {})["what"]) for entry in entries_on(ORDER)]
    assert told == ["claim", "record", "propose_clearing", "confirm_lowering"]
    assert (audit().holds, audit().results) == (True, 2)
    Finding.objects.filter(result__number=2).update(
        record={"item": 1, "areas": []}, found=False, areas=[], seized=False
    )
    Result.objects.filter(number=2).update(at=NOW)
    assert {each.field for each in audit().differences} >= {"result 2: by whom, when, words or act"}


def test_where_the_second_person_refuses_it_what_was_found_stands(cast: Cast) -> None:
    found(cast).post(f"{PAGE}correct/", {"reason": WHY})
    settled(cast.browser("salima"), PAGE, reason=WHY)
    assert state() == (CaseState.RECORDED, 1)
    assert Finding.objects.get().seized


def test_a_finding_that_is_said_otherwise_is_corrected_by_one(cast: Cast) -> None:
    less = {**FOUND, "item1-areas": ["quantity"], "item1-additional_duty": "4500"}
    found(cast).post(f"{PAGE}correct/", {**less, "reason": WHY})
    assert state() == (CaseState.RECORDED, 2)


def test_other_goods_are_no_way_round_and_the_words_say_why(cast: Cast) -> None:
    browser = found(cast)
    item = Item.objects.get(declaration__declaration_id=FIRST, number=1)
    item.record["description"] = "other cars"
    item.save()
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="", version=9)
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}result/", {"in_order": "1"})
    assert answer.status_code == 409
    assert "a finding is taken back, so say why" in answer.text
    browser.post(f"{PAGE}result/", {"item1-words": WHY, "in_order": "1"})
    assert state() == (CaseState.LOWERING, 1)
    settled(cast.browser("salima"), PAGE, agreed="1", reason=WHY)
    assert state() == (CaseState.RECORDED, 2)


def test_no_file_takes_a_finding_back(cast: Cast) -> None:
    import polars as pl

    found(cast)
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="", version=9)
    now: datetime = Result.objects.get().at + timedelta(hours=2)
    row = {"declaration_id": FIRST, "item": 1, "agency": "customs", "act": "physical", "result_at": now}
    loaded = load_results(pl.DataFrame([row], schema=CONTROL_RESULTS), by="system", now=now + timedelta(hours=1))
    assert (loaded.results, loaded.strange) == (0, 1)
    assert state() == (CaseState.WAITING, 1)


def test_whoever_spoke_first_corrects_his_word_after_the_order_opened_again(cast: Cast) -> None:
    first = found(cast)
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="", items=[1, 2], version=9)
    assert ">Correct<" in first.get(PAGE).text
    more = {**FOUND, "item1-net_mass": "1250", "reason": WHY}
    assert first.post(f"{PAGE}correct/", more).status_code == 302
    assert state() == (CaseState.WAITING, 2)
    assert first.post(f"{PAGE}correct/", {"reason": WHY}).status_code == 409
    second = cast.browser("bakyt")
    second.post(f"{PAGE}claim/")
    assert first.post(f"{PAGE}correct/", {**more, "item1-net_mass": "1200"}).status_code == 302
    assert second.post(f"{PAGE}result/", {"in_order": "1"}).status_code == 302
    assert ">Correct<" in first.get(PAGE).text
    assert first.post(f"{PAGE}correct/", {**more, "item1-net_mass": "1100"}).status_code == 302
    assert list(Finding.objects.values_list("result__by", "item")) == [
        ("asel", 1), ("asel", 1), ("asel", 1), ("bakyt", 2), ("asel", 1)
    ]  # fmt: skip
    assert state() == (CaseState.RECORDED, 5)


def test_a_new_finding_is_recorded_while_another_waits_to_be_taken_back(cast: Cast) -> None:
    found(cast).post(f"{PAGE}correct/", {"item2-areas": ["prohibited"], "item2-seized": "on", "reason": WHY})
    assert state() == (CaseState.LOWERING, 2)
    settled(cast.browser("salima"), PAGE, reason=WHY)
    assert list(Finding.objects.values_list("item", "found")) == [(1, True), (2, True)]
    told = [(entry.kind, str((entry.body or {})["what"])) for entry in entries_on(ORDER)]
    assert told[2:4] == [("finding", "correct"), ("override", "propose_clearing")]


def test_why_a_finding_cannot_be_taken_back_yet_is_told(cast: Cast) -> None:
    browser = found(cast)
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="", items=[1, 2], version=9)
    answer = browser.post(f"{PAGE}correct/", {"reason": WHY})
    assert "only once the order has its result" in answer.text
