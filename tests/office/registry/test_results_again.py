"""Files of results of orders that opened again: what they find is kept, what they do not know of stays open."""

from datetime import UTC, datetime, timedelta
from functools import partial

import polars as pl
import pytest

from darvoza.domain.casework import CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.learned import outcomes_of
from darvoza.flow.intake.control_results import CONTROL_RESULTS
from darvoza.office.insight.queries import columns
from darvoza.office.registry.models import Finding, Item, Order
from darvoza.office.registry.services.cases import gather, move
from darvoza.office.registry.services.results import ResultsLoaded, load_results
from office.sample import FIRST, NOW, ORDER, load_sample

ASEL = Hand("asel", Agency.CUSTOMS)
HOUR = timedelta(hours=1)
LATER = datetime(2026, 3, 3, 9, tzinfo=UTC)


def take(at: datetime, *rows: dict[str, object]) -> ResultsLoaded:
    """Take in a file of a moment on the first declaration."""
    known = {"declaration_id": FIRST, "agency": "customs", "act": "physical", "result_at": at, "officer": "AKT-01"}
    return load_results(pl.DataFrame([known | row for row in rows], schema=CONTROL_RESULTS), by="system", now=LATER)


def order() -> Order:
    return Order.objects.select_related("declaration").get(order_id=ORDER)


def state() -> tuple[str, list[tuple[int, int, bool]]]:
    """Where the order stands, and what results say of items."""
    return order().state, list(Finding.objects.values_list("result__number", "item", "found"))


def suspected(at: datetime) -> None:
    """An officer suspects something of the whole consignment."""
    act = partial(casework.refer_again, hand=ASEL, act=Act.PHYSICAL, suspicion="the dog sat down twice", at=at)
    move(order(), "refer", act, by="asel", now=at)


@pytest.fixture
def _examined(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    """The first declaration, of two items, both examined; on the first something was found."""
    load_sample()
    Order.objects.filter(order_id=ORDER).update(items=[])
    said = ExaminationResult("asel", NOW, (ItemResult(1, (RiskArea.UNDERVALUATION,)), ItemResult(2)))
    move(order(), "claim", partial(casework.claim, hand=ASEL), by="asel", now=NOW)
    move(order(), "record", partial(casework.record, hand=ASEL, result=said), by="asel", now=NOW)


@pytest.mark.usefixtures("_examined")
def test_a_new_finding_after_a_suspicion_is_kept_and_the_finding_before_it_stands() -> None:
    suspected(NOW + HOUR)
    loaded = take(NOW + 2 * HOUR, {"item": 2, "finding_area": "sps"})
    assert (loaded.results, loaded.findings, loaded.taken_back) == (1, 1, 0)
    assert state() == (CaseState.CLAIMED, [(1, 1, True), (1, 2, False), (2, 2, True)])


@pytest.mark.usefixtures("_examined")
def test_a_new_finding_on_goods_that_changed_is_kept() -> None:
    for item in Item.objects.filter(declaration__declaration_id=FIRST):
        item.record["description"] = "other goods"
        item.save()
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="")
    assert take(NOW + 2 * HOUR, {"item": 2, "finding_area": "sps"}).results == 1
    assert state() == (CaseState.WAITING, [(1, 1, True), (1, 2, False), (2, 2, True)])


@pytest.mark.usefixtures("_examined")
def test_only_the_rows_that_take_a_finding_back_are_left_out_and_told() -> None:
    suspected(NOW + HOUR)
    loaded = take(NOW + 2 * HOUR, {"item": 1}, {"item": 2, "finding_area": "sps"})
    assert (loaded.results, loaded.strange, loaded.taken_back) == (1, 0, 1)
    assert state() == (CaseState.CLAIMED, [(1, 1, True), (1, 2, False), (2, 2, True)])
    assert take(NOW + 3 * HOUR, {"item": 1}) == (0, 0, 0, 1, 1)
    assert take(NOW + 3 * HOUR, {"item": 1, "finding_area": "sps"}, {"item": 2, "finding_area": "sps"}).results == 1
    assert state()[0] == CaseState.RECORDED


@pytest.mark.usefixtures("_examined")
def test_a_file_from_before_a_suspicion_leaves_the_order_open() -> None:
    suspected(NOW + 3 * HOUR)
    assert take(NOW + 2 * HOUR, {"item": 1, "finding_area": "sps"}, {"item": 2}).results == 1
    found = order()
    assert (found.state, found.holder) == (CaseState.CLAIMED, "asel")


def sampled(*numbers: str) -> None:
    """Samples were taken of the first item."""
    Order.objects.filter(order_id=ORDER).update(items=[])
    said = ExaminationResult("asel", NOW, (ItemResult(1, samples=numbers), ItemResult(2)))
    move(order(), "claim", partial(casework.claim, hand=ASEL), by="asel", now=NOW)
    move(order(), "record", partial(casework.record, hand=ASEL, result=said), by="asel", now=NOW)


@pytest.mark.django_db
def test_what_was_said_before_the_sampling_is_no_word_of_the_laboratory() -> None:
    load_sample()
    sampled("A-1", "A-2")
    # the file tells more than was known: the other item later, and the sampled one as it was before
    take(NOW + HOUR, {"item": 1, "result_at": NOW - HOUR}, {"item": 2})
    assert state()[0] == CaseState.AWAITING
    assert Finding.objects.filter(item=1).latest("pk").record["awaited"] == ["A-1", "A-2"]
    take(NOW + 2 * HOUR, {"item": 1})
    assert state()[0] == CaseState.RECORDED
    assert Finding.objects.filter(item=1).latest("pk").record["analysed"] == ["A-1", "A-2"]


@pytest.mark.django_db
def test_a_file_speaks_of_samples_of_goods_that_are_declared_no_more() -> None:
    load_sample()
    sampled("A-1")
    Item.objects.filter(declaration__declaration_id=FIRST, number=1).delete()
    take(NOW + HOUR, {"item": 2})
    assert state()[0] == CaseState.AWAITING
    take(NOW + 2 * HOUR, {"item": 1, "finding_area": "sps"})
    assert state()[0] == CaseState.RECORDED
    assert Finding.objects.get(found=True).item == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        ItemResult(1, samples=("A-1",)),
        ItemResult(1, (RiskArea.SPS,), samples=("A-1",)),
        ItemResult(1, words="in order, as before"),
    ],
)
def test_figures_and_the_learner_take_the_last_word_of_all_and_none_where_it_is_awaited(more: ItemResult) -> None:
    load_sample()
    Order.objects.filter(order_id=ORDER).update(items=[])
    first = ExaminationResult("asel", NOW, (ItemResult(1), ItemResult(2)))
    move(order(), "claim", partial(casework.claim, hand=ASEL), by="asel", now=NOW)
    move(order(), "record", partial(casework.record, hand=ASEL, result=first), by="asel", now=NOW)
    suspected(NOW + HOUR)
    anew = ExaminationResult("asel", NOW + HOUR, (more, ItemResult(2)))
    move(order(), "record", partial(casework.record, hand=ASEL, result=anew), by="asel", now=NOW + HOUR)
    learned = {(row["item"], row["finding"]) for row in outcomes_of(gather(order()))}
    known = columns.items().filter(pl.col("declaration_id") == FIRST, pl.col("examined"))
    assert set(known.select("item", "finding").iter_rows()) == learned
    assert ((1, False) in learned, (1, True) in learned) == (not more.samples, more.found)
