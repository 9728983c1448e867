"""The figures of a register to which much has happened, against a recount of its rows; and as many cases behind each number."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from darvoza.domain.casework import CaseState
from darvoza.flow.oversight.estimate_records import GroupEstimate
from darvoza.office.insight.periods import spanning
from darvoza.office.insight.queries.figures import last_figures
from darvoza.office.insight.records import Figures
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.registry.models import Decision, Declaration, Finding, Item, Order, Result
from office.insight.keeping import kept_for_a_module
from office.insight.recount import Estimated, Register, Unit, estimated, wilson
from office.insight.world import NOW, a_world, recorded
from people import Cast

DAY = timedelta(days=1)


def lived_through() -> None:
    """Let months, cancellations, corrections, laboratories, suspicions, other acts, posts and agencies come to the month."""
    orders = list(Order.objects.order_by("pk"))
    later = [row.pk for row in Declaration.objects.order_by("pk")[::3]]
    Declaration.objects.filter(pk__in=later).update(lodged_at=F("lodged_at") - 31 * DAY)
    Order.objects.filter(declaration__in=later).update(recorded_at=F("recorded_at") - 31 * DAY)
    Result.objects.filter(order__declaration__in=later).update(at=F("at") - 31 * DAY)
    passed = Declaration.objects.filter(orders=None).order_by("pk")
    Declaration.objects.filter(pk__in=[row.pk for row in passed[:9]]).update(cancelled_at=NOW)  # before any check
    Declaration.objects.filter(pk__in=[order.declaration_id for order in orders[:3]]).update(cancelled_at=NOW)
    _reset(orders[3:6], CaseState.WITHDRAWN)
    Declaration.objects.filter(pk__in=[order.declaration_id for order in orders[3:6]]).update(cancelled_at=NOW)
    _reset(orders[6:7], CaseState.WITHDRAWN)  # two persons agreed
    _reset(orders[7:8], CaseState.WAITING)
    _at_the_laboratory(orders[10])
    found = [order for order in orders[11:] if order.results.filter(findings__found=True).exists()]
    for order in found[:3]:
        _said(order, 2, found=False)  # two persons took it back
    Order.objects.filter(pk__in=[order.pk for order in found[3:5]]).update(state=CaseState.LOWERING)
    Item.objects.filter(declaration=found[5].declaration_id, number=1).delete()  # amended away
    Finding.objects.filter(result__order=found[6], found=True).update(additional_duty=None)
    Order.objects.filter(pk__in=[order.pk for order in orders[-4:-2]]).update(post="KG-OSH")
    Order.objects.filter(pk=orders[-1].pk).update(act="documentary")  # less was agreed on
    _others(passed[9:15])


def _reset(orders: list[Order], state: CaseState) -> None:
    """Put orders back to where nothing was recorded."""
    keys = [order.pk for order in orders]
    Result.objects.filter(order__in=keys).delete()
    Order.objects.filter(pk__in=keys).update(state=state, recorded_at=None)


def _at_the_laboratory(order: Order) -> None:
    """Leave one of two items clean, and of the other samples at a laboratory."""
    Finding.objects.filter(result__order=order).update(found=False, areas=[], additional_duty=None)
    Finding.objects.filter(result__order=order, item=2).update(record={"item": 2, "awaited": ["A-1"]})
    Order.objects.filter(pk=order.pk).update(state=CaseState.AWAITING, recorded_at=None)


def _said(order: Order, number: int, *, found: bool) -> None:
    areas = ["undervaluation"] if found else []
    result = Result.objects.create(order=order, number=number, by="asel", at=order.declaration.lodged_at + DAY / 3)
    Finding.objects.create(result=result, item=1, found=found, areas=areas, record={"item": 1, "areas": areas})


def _others(passed: Iterable[Declaration]) -> None:
    """Let officers of customs suspect something of some, and another agency be asked about the others, and both find something."""
    for number, row in enumerate(passed):
        asked = number % 2
        agency, act = ("veterinary", "sampling") if asked else ("customs", "physical")
        name = f"{row.declaration_id}:{agency}:{act}"
        if asked:
            told = Decision.objects.filter(declaration=row).values().get()
            fields = {**told, "id": None, "decision_id": name, "agency": agency, "act": act, "selected": True}
            Decision.objects.create(**fields | {"basis": "random"})
        same = {"declaration": row, "agency": agency, "act": act, "post": row.post, "channel": "red", "turn": 0}
        moments = {"day": NOW.date(), "deadline": NOW, "recorded_at": row.lodged_at + DAY / 3}
        referral = "" if asked else "the driver answers evasively"
        order = Order.objects.create(order_id=name, state=CaseState.RECORDED, referral=referral, **same, **moments)
        _said(order, 1, found=number < 4)


@pytest.fixture(scope="module")
def _lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 - made by asking
    with kept_for_a_module(django_db_blocker, a_world, recorded, lived_through, partial(reckon, now=NOW)):
        yield


@pytest.fixture
def shown(_lived: None, db: None) -> Figures:  # noqa: ARG001 - made by asking
    """The figures as they were kept."""
    kept = last_figures()
    assert kept is not None
    return kept.figures


def test_counts_are_those_of_the_rows(shown: Figures) -> None:
    register = Register()
    assert {tuple(row[:4]): row.declarations for row in shown.declared} == register.declarations()
    assert {tuple(row[:5]): [*row[5:8], row.recovered, row.unstated] for row in shown.checks} == register.checked()
    load = {(row.agency, row.post, row.act, row.month): list(row[3:7]) for row in shown.load}
    assert load == {key: [pytest.approx(sums[0], abs=1e-5), *sums[1:]] for key, sums in register.load().items()}
    released = {
        (one.post, one.channel): (one.released, one.waiting, one.held, one.median and pytest.approx(one.median))
        for one in shown.releases
    }
    assert register.releases() == released


def _agree(shown: GroupEstimate, counted: Estimated) -> None:
    """Hold one group of the estimates against its recount."""
    assert (shown.declarations, shown.examined, shown.known, shown.findings) == counted.counts
    assert shown.released == counted.released
    if shown.leaked and shown.leakage:
        assert shown.leaked.value == pytest.approx(min(counted.leaked, counted.released))
        assert shown.leakage.value == pytest.approx(min(counted.leaked / counted.released, 1.0))
    if shown.lost:
        assert shown.lost.value == pytest.approx(counted.lost)
    if shown.hit_rate:
        assert (shown.hit_rate.low, shown.hit_rate.high) == pytest.approx(wilson(shown.findings, shown.known))


def test_estimates_are_those_of_weights_written_out(shown: Figures) -> None:
    made = shown.estimates
    assert made is not None
    assert made.whole is not None
    assert made.whole.leaked is not None
    units, every = Register().units(made.settled_until), Register().units(None)
    assert made.outstanding == sum(one.drawn and not one.known for one in every) > 0
    for one in made.groups:
        if one.by in {"all", "post", "month"}:
            _agree(one, estimated(unit for unit in units if one.group in {"all", unit.post, unit.month}))
    for span in shown.spans or ():
        own = [unit for unit in units if spanning(span.name).holds(unit.month)]
        for one in span.groups:
            _agree(one, estimated(unit for unit in own if one.group in {"all", unit.post}))
    _lifts(made.lifts[0].code, shown, units)


def _lifts(code: str, shown: Figures, units: list[Unit]) -> None:
    """Hold the lift of a profile against its recount."""
    made = shown.estimates
    assert made is not None
    told, own = made.lifts[0], estimated(unit for unit in units if code in unit.profiles)
    assert (told.matched, told.known, told.findings) == (own.counts[0], own.counts[2], own.counts[3])
    if told.rate and told.lift:
        assert told.rate.value == pytest.approx(own.rate)
        assert told.lift.value == pytest.approx(own.rate / estimated(units).rate)


@pytest.mark.parametrize("agency", ["customs", "veterinary"])
def test_each_count_of_checks_opens_into_as_many_cases(shown: Figures, cast: Cast, agency: str) -> None:
    browser = cast.browser("jamila")
    for name, which in (("channel", "found"), ("basis", "checked"), ("month", "ordered"), ("post", "found")):
        for value in {str(getattr(row, name)) for row in shown.checks if row.agency == agency}:
            counted = sum(
                getattr(row, which) for row in shown.checks if (row.agency, getattr(row, name)) == (agency, value)
            )
            asked = {"which": which, "agency": agency, name: value}
            assert browser.get("/figures/cases/", asked).context["found"].paginator.count == counted, asked
