"""What comes into somebody's hands is seen as it is once the mark of the gate is held: the person, the order, the post."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act
from darvoza.errors import CaseRefused
from darvoza.office.administration.services import people
from darvoza.office.desk.services import orders, rosters
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services import telling
from darvoza.office.registry.services.arrivals import arrive
from office.sample import FIRST, NOW, ORDER, PASSED, load_sample
from people import POST, Cast

WHY = "the dog sat down twice"
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen while somebody waits for the mark of the gate, once."""

    def happens(what: Callable[[], object]) -> None:
        left = [what]

        def hold() -> None:
            if left:
                left.pop()()

        listener = telling.Listener(hold=hold, tell=lambda *_: None)
        monkeypatch.setattr(telling, "_LISTENERS", [listener])

    return happens


def closing(cast: Cast, name: str) -> Callable[[], object]:
    return lambda: people.close(cast["oraz"], name, now=NOW)


TAKEN: dict[str, Callable[[Any], object]] = {
    "claim": lambda person: orders.claim(person, ORDER, now=NOW),
    "refer": lambda person: orders.refer(person, PASSED, Act.SCAN, suspicion=WHY, now=NOW),
}


@pytest.mark.parametrize("way", TAKEN)
def test_who_is_closed_meanwhile_takes_nothing(cast: Cast, meanwhile: Meanwhile, way: str) -> None:
    meanwhile(closing(cast, "asel"))
    with pytest.raises(PermissionDenied):
        TAKEN[way](cast["asel"])
    assert not Order.objects.filter(holder="asel").exists()


def test_who_works_elsewhere_meanwhile_takes_nothing_here(cast: Cast, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: people.change(cast["oraz"], "asel", {"post": "TJ-DUS"}, now=NOW))
    with pytest.raises(CaseRefused, match="post"):
        orders.claim(cast["asel"], ORDER, now=NOW)


def test_no_order_is_drawn_for_who_is_closed_meanwhile(cast: Cast, meanwhile: Meanwhile) -> None:
    rosters.set_roster(cast["salima"], POST, {"asel": 8.0}, now=NOW)
    meanwhile(closing(cast, "asel"))
    assert rosters.assign(cast["salima"], POST, now=NOW) == (0, 0, 2)
    assert not Order.objects.filter(holder="asel").exists()


def test_an_order_that_the_gate_gives_meanwhile_is_not_opened_a_second_time(cast: Cast, meanwhile: Meanwhile) -> None:
    def given() -> None:
        order = Order.objects.get(order_id=ORDER)
        order.pk, order.order_id, order.act = None, f"{PASSED}:customs:scan", "scan"
        order.declaration = Declaration.objects.get(declaration_id=PASSED)
        order.save(force_insert=True)

    meanwhile(given)
    with pytest.raises(CaseRefused, match="not ordered now"):
        orders.refer(cast["asel"], PASSED, Act.SCAN, suspicion=WHY, now=NOW)


def test_a_suspicion_is_acted_on_where_the_goods_are(cast: Cast) -> None:
    officer = cast.browser("asel")
    officer.post(f"/queue/{ORDER}/claim/")
    officer.post(f"/queue/{ORDER}/result/", {"in_order": "1"})
    arrive(FIRST, "TJ-DUS", None, by="x", now=NOW)
    assert Order.objects.get(order_id=ORDER).post == POST
    there = cast.browser("farrukh")
    there.post(f"/queue/refer/{FIRST}/", {"act": "physical", "suspicion": WHY})
    order = Order.objects.get(order_id=ORDER)
    assert (order.post, order.left_post, order.state, order.holder) == ("TJ-DUS", POST, CaseState.CLAIMED, "farrukh")
    told = [(entry.body or {}) for entry in entries_on(ORDER)][-2:]
    assert [(each["what"], each.get("to")) for each in told] == [("rerouted", "TJ-DUS"), ("refer", None)]
    assert officer.get(f"/queue/{ORDER}/").status_code == 200
    assert there.post(f"/queue/{ORDER}/result/", {"in_order": "1"}).status_code == 302
    assert verify().faults == ()


def test_a_suspicion_that_is_refused_sends_no_order_away(cast: Cast) -> None:
    Order.objects.filter(order_id=ORDER).update(state="recorded")
    arrive(FIRST, "TJ-DUS", None, by="x", now=NOW)
    with pytest.raises(CaseRefused):
        orders.refer(cast["farrukh"], FIRST, Act.PHYSICAL, suspicion=".", now=NOW)
    assert Order.objects.get(order_id=ORDER).post == POST
