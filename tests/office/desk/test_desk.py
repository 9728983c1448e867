"""The desk: one winner in any race, results that are whole, drafts that last, and nothing of why."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from darvoza.domain.casework import CaseState
from darvoza.errors import CaseRefused
from darvoza.office.desk.models import Draft
from darvoza.office.desk.queries.orders import queue
from darvoza.office.desk.services import orders as services
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Finding, Order
from office.desk.settling import settled
from office.sample import FIRST, NOW, ORDER, PASSED, SECOND, SECRETS, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
IN_ORDER = {"in_order": "1"}
REASON = "the driver answers evasively"


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def claimed(cast: Cast, name: str = "asel") -> Client:
    """A browser in which somebody has taken the order."""
    browser = cast.browser(name)
    browser.post(f"{PAGE}claim/")
    return browser


def test_the_queue_holds_what_is_of_the_agency_and_post_by_deadline(cast: Cast) -> None:
    lines = queue(cast["asel"], now=NOW).lines
    assert [line.order.declaration.declaration_id for line in lines] == [FIRST, SECOND]
    assert [line.waits for line in lines] == [timedelta(hours=3)] * 2
    assert [line.order.agency for line in queue(cast["gulnara"], now=NOW).lines] == ["phytosanitary"]


def test_ones_own_orders_come_first_and_late_ones_are_marked(cast: Cast) -> None:
    services.claim(cast["asel"], f"{SECOND}:customs:documentary", now=NOW)
    lines = queue(cast["asel"], now=NOW + timedelta(hours=6)).lines
    assert [(line.order.declaration.declaration_id, line.mine, line.late) for line in lines] == [
        (SECOND, True, False),
        (FIRST, False, True),
    ]


def test_whoever_comes_second_is_told_and_changes_nothing(cast: Cast) -> None:
    claimed(cast)
    answer = cast.browser("bakyt").post(f"{PAGE}claim/", follow=True)
    assert "Somebody was quicker" in answer.text
    assert Order.objects.get(order_id=ORDER).holder == "asel"


def test_a_stale_view_of_an_order_never_wins(cast: Cast) -> None:
    from darvoza.flow.inspection import casework
    from darvoza.office.registry.services.cases import move

    stale = Order.objects.get(order_id=ORDER)
    services.claim(cast["asel"], ORDER, now=NOW)
    hand = services.hand_of(cast["bakyt"])
    with pytest.raises(CaseRefused, match="as you saw it"):
        move(stale, "claim", lambda case: casework.claim(case, hand), by="bakyt", now=NOW)
    assert [entry.actor for entry in entries_on(ORDER)] == ["asel"]


@pytest.mark.parametrize(("name", "status"), [("gulnara", 404), ("farrukh", 404), ("jamila", 403), ("asel", 200)])
def test_an_order_is_open_to_its_agency_and_post_only(cast: Cast, name: str, status: int) -> None:
    assert cast.browser(name).get(PAGE).status_code == status


@pytest.mark.parametrize("name", ["gulnara", "farrukh"])
def test_nobody_moves_an_order_of_another_agency_or_post(cast: Cast, name: str) -> None:
    browser = cast.browser(name)
    for move in ("claim", "give-back", "depart"):
        browser.post(f"{PAGE}{move}/", {"reason": REASON})
    assert browser.post(f"{PAGE}result/", {}).status_code == 404
    assert browser.post(f"{PAGE}draft/", {"item1-words": "x"}).status_code == 409
    order = Order.objects.get(order_id=ORDER)
    assert (order.state, order.version) == (CaseState.WAITING, 0)


def test_a_result_without_a_mark_says_of_each_item_to_be_examined_that_nothing_was_found(cast: Cast) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", IN_ORDER, follow=True)
    assert "The result is recorded." in answer.text
    assert list(Finding.objects.values_list("item", "found")) == [(1, False)]
    assert Order.objects.get(order_id=ORDER).state == CaseState.RECORDED
    assert [str((entry.body or {})["what"]) for entry in entries_on(ORDER)] == ["claim", "record"]
    assert verify().faults == ()


@pytest.mark.parametrize("sent", [{}, {"item1-words": "refused entry"}, {"item1-net_mass": "12"}])
def test_a_slip_of_the_finger_closes_no_order(cast: Cast, sent: dict[str, str]) -> None:
    browser = claimed(cast)
    answer = browser.post(f"{PAGE}result/", sent)
    assert answer.status_code == 422
    assert '<a href="#in-order">Nothing is marked on item 1.' in answer.text
    assert 'id="in-order" name="in_order" value="1">' in answer.text
    assert (Finding.objects.count(), Order.objects.get(order_id=ORDER).state) == (0, CaseState.CLAIMED)
    assert browser.post(f"{PAGE}result/", {**sent, **IN_ORDER}).status_code == 302
    assert Order.objects.get(order_id=ORDER).state == CaseState.RECORDED


def test_a_result_keeps_every_value_that_was_entered(cast: Cast) -> None:
    sent = {
        "item1-areas": ["undervaluation", "documents"],
        "item1-corrected_value": "12000.50",
        "item1-additional_duty": "930.25",
        "item1-seized": "on",
        "item1-samples": "S-1 S-2",
        "item1-words": "invoice of another sale",
        "item2-net_mass": "801.5",
    }
    claimed(cast).post(f"{PAGE}result/", sent)
    first = Finding.objects.get(item=1)
    assert (first.areas, first.additional_duty, first.seized) == (
        ["undervaluation", "documents"],
        Decimal("930.25"),
        True,
    )
    assert first.record["samples"] == ["S-1", "S-2"]
    assert first.record["corrected_value"] == "12000.50"
    assert Finding.objects.get(item=2).record["net_mass"] == "801.5"


def test_a_comma_divides_in_russian(cast: Cast) -> None:
    claimed(cast)
    sent = {"item1-areas": ["quantity"], "item1-additional_duty": "1 930,25"}
    cast.browser("asel", language="ru").post(f"{PAGE}result/", sent)
    assert Finding.objects.get(item=1).additional_duty == Decimal("1930.25")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"item1-net_mass": "-1"}, "greater than or equal to 0"),
        ({"item1-net_mass": "NaN"}, "Enter a number"),
        ({"item1-areas": ["witchcraft"]}, "valid choice"),
        ({"item1-corrected_hs": "87.03"}, "6 to 10 digits"),
        ({"item2-seized": "on", "item1-words": "kept"}, "so say what was found"),
        ({"item1-severity": "4"}, "so say what was found"),
        ({"item1-corrected_hs": "240220"}, "so say what was found"),
        ({"item2-corrected_origin": "AE"}, "so say what was found"),
        ({"item1-corrected_value": "12000"}, "so say what was found"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_entered_is_lost(cast: Cast, sent: dict[str, object], told: str) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", {"item1-words": "kept", **sent})
    assert answer.status_code in {409, 422}
    assert told in answer.text
    assert "kept" in answer.text
    assert Finding.objects.count() == 0


def test_what_is_wrong_is_told_at_the_top_with_the_way_there(cast: Cast) -> None:
    sent = {"item1-net_mass": "-1", "item2-severity": "4"}
    page = claimed(cast).post(f"{PAGE}result/", sent).text
    top = page[page.index('id="faults"') : page.index("<h1>")]
    assert 'role="alert" tabindex="-1"' in top
    assert re.findall(r'href="#([^"]+)"', top) == ["id_item1-net_mass", "id_item2-areas_0"]
    assert all(f'id="{each}"' in page for each in ("id_item1-net_mass", "id_item2-areas_0"))
    assert "<details open>" in page
    assert page.count('role="alert"') == 1


def test_a_draft_comes_back_after_the_line_was_lost_and_ends_with_the_result(cast: Cast) -> None:
    browser = claimed(cast)
    sent = {"item1-areas": ["origin"], "item2-words": "half of it counted", "csrf": "x"}
    assert browser.post(f"{PAGE}draft/", sent).status_code == 204
    page = cast.browser("asel").get(PAGE).text
    assert "half of it counted" in page
    assert re.findall(r'value="(\w+)"[^>]*\bchecked\b', page) == ["origin"]
    assert "half of it counted" not in cast.browser("bakyt").get(PAGE).text
    browser.post(f"{PAGE}result/", IN_ORDER)
    assert not Draft.objects.exists()


def test_whoever_examines_does_not_read_why(cast: Cast) -> None:
    for page in (PAGE, "/queue/"):
        told = claimed(cast).get(page).text
        assert [secret for secret in SECRETS if secret in told] == []


def test_more_may_be_done_by_one_and_less_only_by_two(cast: Cast) -> None:
    browser = claimed(cast)
    browser.post(f"{PAGE}depart/", {"act": "documentary", "reason": REASON})
    assert Order.objects.get(order_id=ORDER).state == CaseState.LOWERING
    assert browser.post(f"{PAGE}settle/", {"agreed": "1", "reason": REASON}).status_code == 403
    settled(cast.browser("salima"), PAGE, agreed="1", reason=REASON)
    order = Order.objects.get(order_id=ORDER)
    assert (order.act, order.state, len(order.overrides)) == ("documentary", CaseState.WAITING, 2)
    browser.post(f"{PAGE}depart/", {"act": "scan", "reason": REASON, "more": "1"})
    assert Order.objects.get(order_id=ORDER).act == "scan"


def test_an_order_in_hand_is_not_taken_out_of_it(cast: Cast) -> None:
    browser = claimed(cast)
    other = cast.browser("bakyt")
    assert "Propose less" not in other.get(PAGE).text
    for act in ({"act": "documentary"}, {"act": "physical", "more": "1"}, {"act": ""}):
        answer = other.post(f"{PAGE}depart/", {**act, "reason": REASON}, follow=True)
        assert "Somebody else holds this order." in answer.text or "cannot be chosen here" in answer.text
    assert browser.post(f"{PAGE}result/", IN_ORDER).status_code == 302
    assert Order.objects.get(order_id=ORDER).state == CaseState.RECORDED


def test_a_supervisor_who_proposed_less_does_not_agree_to_it(cast: Cast) -> None:
    browser = cast.browser("salima")
    browser.post(f"{PAGE}depart/", {"act": "", "reason": REASON})
    answer = settled(browser, PAGE, agreed="1", reason=REASON)
    assert "a second person decides" in answer.text
    assert Order.objects.get(order_id=ORDER).state == CaseState.LOWERING


def test_an_officer_refers_on_suspicion_and_that_is_a_basis_of_its_own(cast: Cast) -> None:
    browser = cast.browser("asel")
    browser.post(f"/queue/refer/{PASSED}/", {"act": "scan", "suspicion": REASON})
    order = Order.objects.get(order_id=f"{PASSED}:customs:scan")
    assert (order.holder, order.referral, order.state) == ("asel", REASON, CaseState.CLAIMED)
    again = browser.post(f"/queue/refer/{PASSED}/", {"act": "scan", "suspicion": REASON}, follow=True)
    assert "ordered already" in again.text
    short = browser.post(f"/queue/refer/{SECOND}/", {"act": "scan", "suspicion": "."}, follow=True)
    assert "at least ten characters" in short.text


def test_what_was_recorded_as_in_order_is_ordered_anew_on_a_suspicion(cast: Cast) -> None:
    claimed(cast).post(f"{PAGE}result/", IN_ORDER)
    other = cast.browser("bakyt")
    sent = {"act": "physical", "suspicion": "the dog indicates on the body"}
    page = other.post(f"/queue/refer/{FIRST}/", sent, follow=True).text
    assert "the dog indicates on the body" in page
    order = Order.objects.get(order_id=ORDER)
    assert (order.state, order.holder, order.items, order.recorded_at) == (CaseState.CLAIMED, "bakyt", [], None)
    assert order.deadline > NOW
    told = [(entry.body or {}) for entry in entries_on(ORDER)]
    assert [str(each["what"]) for each in told] == ["claim", "record", "refer"]
    assert told[-1]["suspicion"] == "the dog indicates on the body"
    assert "referred on suspicion" in cast.browser("salima").get("/post/overrides/").text
    assert other.post(f"{PAGE}result/", {"item2-areas": ["undeclared"], **IN_ORDER}).status_code == 302
    assert Order.objects.get(order_id=ORDER).results.count() == 2
    assert verify().faults == ()


def test_a_blank_act_is_a_pdf_in_the_language_of_the_page(cast: Cast) -> None:
    english, russian = (cast.browser("asel", language=each).get("/queue/blank-act.pdf") for each in ("en", "ru"))
    assert english.content.startswith(b"%PDF")
    assert english["Content-Type"] == "application/pdf"
    assert english.content != russian.content


def test_the_queue_asks_the_database_a_bounded_number_of_times(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    browser = cast.browser("asel")
    browser.get("/queue/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        browser.get("/queue/")


def test_a_refreshed_queue_is_only_its_table(cast: Cast) -> None:
    part = cast.browser("asel").get("/queue/", headers={"hx-request": "true"}).text
    assert "<table" in part
    assert "<html" not in part
