"""Results that were recorded elsewhere come into the register whole, once, and told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from darvoza.domain.casework import CaseState
from darvoza.flow.intake.control_results import CONTROL_RESULTS
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.queries import search, verify
from darvoza.office.registry.models import Declaration, Finding, Order
from darvoza.office.registry.services.results import ResultsLoaded, load_results
from office.sample import FIRST, NOW, ORDER, PASSED, SECOND, load_sample
from people import Cast

LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)


def results(*rows: dict[str, object]) -> pl.DataFrame:
    """Results as they are read, one row an act and item."""
    known = {
        "item": 1,
        "agency": "customs",
        "act": "physical",
        "result_at": NOW + timedelta(hours=2),
        "officer": "AKT-01",
    }
    return pl.DataFrame([known | row for row in rows], schema=CONTROL_RESULTS)


FOUND = {
    "declaration_id": FIRST,
    "finding_area": "undervaluation",
    "recovered": Decimal("12.50"),
    "finding_severity": 0,
}


def take(*rows: dict[str, object]) -> ResultsLoaded:
    """Take results into a register that holds the sample."""
    return load_results(results(*rows), by="system", now=LATER)


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def test_a_result_ends_its_order_and_says_something_of_every_item_that_was_to_be_examined() -> None:
    assert take(FOUND) == (1, 1, 0, 0, 0)
    order = Order.objects.get(order_id=ORDER)
    assert (order.state, order.holder, order.recorded_at) == (CaseState.RECORDED, "AKT-01", NOW + timedelta(hours=2))
    assert list(Finding.objects.values_list("item", "found", "additional_duty")) == [(1, True, Decimal("12.50"))]


def test_of_the_whole_consignment_every_item_is_said_something_of_and_of_another_item_what_is_told() -> None:
    Order.objects.filter(order_id=ORDER).update(items=[])
    take(FOUND)
    assert list(Finding.objects.values_list("item", "found")) == [(1, True), (2, False)]
    take({"declaration_id": SECOND, "act": "documentary", "item": 2})
    assert list(Finding.objects.filter(result__order__act="documentary").values_list("item", flat=True)) == [1, 2]


def test_an_order_that_opened_again_takes_another_result_and_keeps_the_first() -> None:
    take(FOUND)
    Order.objects.filter(order_id=ORDER).update(state=CaseState.WAITING, items=[1, 2], holder="")
    assert take({"declaration_id": FIRST, "item": 2}).results == 1
    assert list(Finding.objects.values_list("result__number", "item", "found")) == [(1, 1, True), (2, 2, False)]


def test_a_file_that_comes_again_does_not_speak_of_goods_that_came_after_it() -> None:
    take(FOUND)
    Order.objects.filter(order_id=ORDER).update(state=CaseState.WAITING, items=[1, 2], holder="")
    assert (again := take(FOUND)).strange == 1
    assert (again.results, Order.objects.get(order_id=ORDER).state) == (0, CaseState.WAITING)
    assert list(Finding.objects.values_list("result__number", "item")) == [(1, 1)]


def test_a_suspicion_opens_an_order_of_its_own() -> None:
    told = take({"declaration_id": PASSED, "referral": "the seal has been put on twice"})
    assert (told.results, told.referrals) == (1, 1)
    order = Order.objects.get(order_id=f"{PASSED}:customs:physical")
    assert (order.referral, order.state, order.post) == ("the seal has been put on twice", "recorded", PASSED[:6])


def test_what_is_not_here_or_done_already_is_counted_and_left_out() -> None:
    take(FOUND)
    strange: dict[str, object] = {"declaration_id": "XX-000001"}
    assert take(FOUND, strange, strange | {"referral": "looks odd to me"}).strange == 2
    assert Order.objects.get(order_id=f"{SECOND}:customs:documentary").state == CaseState.WAITING
    assert Finding.objects.count() == 1


def test_each_result_is_told_to_whoever_subscribed() -> None:
    from darvoza.office.api.models import Event

    take(FOUND, {"declaration_id": SECOND, "act": "documentary"})
    told = Event.objects.order_by("declaration_id").values_list("kind", "declaration_id", "body__found", "at")
    assert list(told) == [("order.recorded", FIRST, True, LATER), ("order.recorded", SECOND, False, LATER)]


def test_the_journal_tells_of_all_of_them_once_and_of_each() -> None:
    take(FOUND, {"declaration_id": SECOND, "act": "documentary"})
    whole, *each = [(entry.subject, entry.body or {}) for entry in search("finding")]
    assert (whole[1]["results"], whole[1]["findings"]) == (2, 1)
    assert {subject for subject, _ in each} == {ORDER, f"{SECOND}:customs:documentary"}
    assert all(body["what"] == "record" and [told["number"] for told in body["results"]] == [1] for _, body in each)
    assert verify().faults == ()
    assert "12.5" not in str(each)  # digests, and nothing of what was found


def test_what_came_with_a_file_is_held_against_the_journal() -> None:
    take(FOUND)
    done = audit()
    assert (done.holds, done.results, done.unattested) == (True, 1, 0)
    Finding.objects.update(additional_duty=0)
    assert [each.field for each in audit().differences] == ["result 1: additional_duty of item 1"]


def test_the_page_says_when_it_was_recorded(cast: Cast) -> None:
    take(FOUND)
    page = cast.browser("asel").get(f"/declarations/{FIRST}/").text
    assert "AKT-01" in page
    assert "result sent" in page


def test_a_file_says_what_a_laboratory_found_and_its_silence_is_not_that_it_found_nothing() -> None:
    from darvoza.domain.casework import ItemResult
    from darvoza.office.registry.mapping import finding_row
    from darvoza.office.registry.models import Result

    order = Order.objects.get(order_id=ORDER)
    row = finding_row(ItemResult(1, samples=("A-1",), awaited=("A-1",)))
    row.result = Result.objects.create(order=order, number=1, by="asel", at=NOW)
    row.save()
    Order.objects.filter(pk=order.pk).update(state=CaseState.AWAITING, items=[1, 2])
    assert take({"declaration_id": FIRST, "item": 2}).results == 1
    order.refresh_from_db()
    assert (order.state, order.holder, order.recorded_at) == (CaseState.AWAITING, "", None)
    assert take(FOUND | {"result_at": NOW + timedelta(hours=5)}).results == 1
    order.refresh_from_db()
    assert (order.state, order.recorded_at) == (CaseState.RECORDED, NOW + timedelta(hours=5))
    assert list(Finding.objects.values_list("item", "found")) == [(1, False), (2, False), (1, True)]


SAMPLING = f"{FIRST}:phytosanitary:sampling"
SAMPLED: dict[str, object] = {"declaration_id": FIRST, "agency": "phytosanitary", "act": "sampling"}


def after_sampling() -> tuple[str, list[tuple[int, bool, str]]]:
    """Where the order to sample two items stands, and what is said of them."""
    said = (
        Finding.objects.filter(result__order__order_id=SAMPLING).order_by("pk").values_list("item", "found", "record")
    )
    state = Order.objects.get(order_id=SAMPLING).state
    return state, [(item, found, record["words"]) for item, found, record in said]


def test_of_goods_to_be_sampled_nothing_is_said_of_an_item_that_is_not_named() -> None:
    Order.objects.filter(order_id=SAMPLING).update(items=[])
    assert take(SAMPLED | {"words": "S-17"}).results == 1
    assert after_sampling() == (CaseState.WAITING, [(1, False, "S-17")])
    second = SAMPLED | {"item": 2, "words": "frozen through, no drill went in"}
    assert take(second | {"result_at": NOW + timedelta(hours=3)}).results == 1
    state, said = after_sampling()
    assert (state, said[-1]) == (CaseState.RECORDED, (2, False, "frozen through, no drill went in"))
    assert verify().faults == ()


def test_orders_to_sample_are_asked_for_together() -> None:
    known = Order.objects.get(order_id=SAMPLING)
    names = [SECOND, PASSED]
    for name in names:
        row = Declaration.objects.get(declaration_id=name)
        known.pk, known.order_id, known.declaration = None, f"{name}:phytosanitary:sampling", row
        known.save(force_insert=True)
    with CaptureQueriesContext(connection) as one:
        assert take(SAMPLED | {"words": "S-1"}).results == 1
    with CaptureQueriesContext(connection) as two:
        assert take(*(SAMPLED | {"declaration_id": name, "words": "S-2"} for name in names)).results == 2
    goods = [sum('FROM "registry_item"' in each["sql"] for each in asked.captured_queries) for asked in (one, two)]
    said = [sum('FROM "registry_finding"' in each["sql"] for each in asked.captured_queries) for asked in (one, two)]
    assert goods[0] == goods[1]
    assert said[0] == said[1]
    assert verify().faults == ()


@pytest.mark.parametrize("words", [None, "none"])
def test_goods_to_be_sampled_stay_open_where_a_file_is_silent_of_samples(words: str | None) -> None:
    Order.objects.filter(order_id=SAMPLING).update(items=[])
    assert take(SAMPLED | {"words": words}) == (0, 0, 0, 1, 0)
    assert after_sampling() == (CaseState.WAITING, [])
    assert take(SAMPLED | {"words": words}, SAMPLED | {"item": 2, "finding_area": "sps"}).findings == 1
    assert after_sampling() == (CaseState.WAITING, [(2, True, "")])
