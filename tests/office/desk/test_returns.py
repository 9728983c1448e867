"""Orders come back into the queue with a reason; nobody steers the draw by a roster unseen."""

from datetime import timedelta

import pytest

from darvoza.errors import CaseRefused
from darvoza.office.administration.services import people
from darvoza.office.desk.models import Draft, GivenBack
from darvoza.office.desk.queries.post import post_today
from darvoza.office.desk.services import orders, returns, rosters
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Order
from office.sample import NOW, ORDER, SECOND, load_sample
from people import POST, Cast

PAGE = f"/queue/{ORDER}/"
OTHER = f"{SECOND}:customs:documentary"
REASON = "called to another lorry"
SHORT = {"asel": 0.01}


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def held_by(order_id: str) -> str:
    """Who holds an order, as the register has it."""
    return Order.objects.values_list("holder", flat=True).get(order_id=order_id)


def test_whoever_gives_an_order_back_says_why(cast: Cast) -> None:
    orders.claim(cast["asel"], ORDER, now=NOW)
    browser = cast.browser("asel")
    assert "at least ten characters" in browser.post(f"{PAGE}give-back/", follow=True).text
    assert held_by(ORDER) == "asel"
    browser.post(f"{PAGE}give-back/", {"reason": REASON})
    assert (held_by(ORDER), Order.objects.get(order_id=ORDER).state) == ("", "waiting")
    assert REASON in browser.get(PAGE).text
    assert REASON in cast.browser("salima").get("/post/overrides/").text


def test_a_supervisor_takes_an_order_out_of_absent_hands(cast: Cast) -> None:
    orders.claim(cast["asel"], ORDER, now=NOW)
    orders.save_draft(cast["asel"], ORDER, {"item1-words": ["begun"]}, now=NOW)
    browser = cast.browser("salima")
    assert "Take the order back" in browser.get(PAGE).text
    address = f"/post/take-back/{ORDER}/"
    assert "at least ten characters" in browser.post(address, {"reason": " "}, follow=True).text
    page = browser.post(address, {"reason": "she fell ill this morning"}, follow=True).text
    assert "taken back by the supervisor" in page
    assert "she fell ill this morning" in page
    assert held_by(ORDER) == ""
    told = entries_on(ORDER)[-1]
    assert (told.actor, (told.body or {})["held"]) == ("salima", "asel")
    assert Draft.objects.get().person == "asel"
    assert verify().faults == ()


@pytest.mark.parametrize(("name", "status"), [("bakyt", 403), ("gulnara", 403), ("farrukh", 403)])
def test_only_a_supervisor_takes_back(cast: Cast, name: str, status: int) -> None:
    orders.claim(cast["asel"], ORDER, now=NOW)
    assert cast.browser(name).post(f"/post/take-back/{ORDER}/", {"reason": REASON}).status_code == status
    assert held_by(ORDER) == "asel"
    assert "Take the order back" not in cast.browser("bakyt").get(PAGE).text


def test_what_nobody_holds_is_not_taken_back(cast: Cast) -> None:
    with pytest.raises(CaseRefused, match="state"):
        returns.take_back(cast["salima"], ORDER, reason=REASON, now=NOW)
    assert not GivenBack.objects.exists()


def test_a_closed_officer_holds_nothing_and_his_hours_do_not_count(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, {"asel": 8.0, "bakyt": 4.0}, now=NOW)
    orders.claim(cast["asel"], ORDER, now=NOW)
    people.close(cast["oraz"], "asel", now=NOW)
    assert held_by(ORDER) == ""
    told = post_today(cast["salima"], POST, now=NOW)
    assert (told.held, told.waiting, told.capacity) == (0, 2, 4.0)
    page = cast.browser("bakyt").get(PAGE).text
    assert "who held it is not at the post any more" in page
    assert verify().faults == ()


@pytest.mark.parametrize(
    "changed", [{"post": "TJ-DUS"}, {"agency": "veterinary"}, {"roles": ["supervisor"]}], ids=["post", "agency", "role"]
)
def test_whoever_works_elsewhere_now_holds_nothing_here(cast: Cast, changed: dict[str, object]) -> None:
    orders.claim(cast["asel"], ORDER, now=NOW)
    people.change(cast["oraz"], "asel", {"name": "Asel A."}, now=NOW)
    assert held_by(ORDER) == "asel"
    people.change(cast["oraz"], "asel", changed, now=NOW)
    assert held_by(ORDER) == ""
    assert GivenBack.objects.get().holder == "asel"


def test_a_roster_of_one_for_a_minute_steers_one_order_and_is_seen(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, SHORT, now=NOW)
    assert rosters.assign(cast["salima"], POST, now=NOW) == (1, 0, 1)
    assert held_by(ORDER) == "asel"
    assert rosters.assign(cast["salima"], POST, now=NOW, only=OTHER) == (0, 0, 1)
    later = NOW + timedelta(minutes=5)
    rosters.set_roster(cast["salima"], POST, {"asel": 8.0, "bakyt": 8.0}, now=later)
    page = cast.browser("salima").get("/post/overrides/").text
    assert "Rosters that were changed" in page
    assert "asel 0.01" in page
    assert rosters.assign(cast["salima"], POST, now=later) == (1, 0, 0)


def test_what_was_recorded_today_counts_for_the_hours_of_today(cast: Cast) -> None:
    Order.objects.filter(order_id=ORDER).update(state="recorded", holder="asel", recorded_at=NOW)
    rosters.set_roster(cast["salima"], POST, {"asel": 2.0, "bakyt": 1.0}, now=NOW)
    assert rosters.assign(cast["salima"], POST, now=NOW) == (1, 0, 0)
    assert held_by(OTHER) == "bakyt"


def test_the_page_tells_what_is_left(cast: Cast) -> None:
    browser = cast.browser("salima")
    browser.post("/post/roster/", {"hours-asel": "0.01"})
    page = browser.post("/post/assign/", follow=True).text
    assert "1 order stays in the queue: the hours of those on duty are used up." in page
