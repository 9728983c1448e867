"""The post of a supervisor: roster, verifiable draw, what is late, what was overridden; and nobody else's post."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from darvoza.domain.codes import Act
from darvoza.domain.journal import EntryKind
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.rosters import draw_holds
from darvoza.office.accounts.models import Person
from darvoza.office.desk.models import DutyRoster
from darvoza.office.desk.queries.post import departures, late_orders, post_today
from darvoza.office.desk.services import orders, rosters
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Order
from office.sample import FIRST, NOW, ORDER, SECOND, load_sample
from people import POST, Cast

BOTH = {"asel": 8.0, "bakyt": 4.0}
ROSTER = f"roster customs {POST} 2026-03-01"
REASON = "the driver answers evasively"


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def test_orders_that_wait_go_to_those_on_duty_and_to_nobody_else(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW)
    assert rosters.assign(cast["salima"], POST, now=NOW) == (2, 0, 0)
    held = dict(Order.objects.filter(state="claimed").values_list("order_id", "holder"))
    assert set(held) == {ORDER, f"{SECOND}:customs:documentary"}
    assert set(held.values()) <= set(BOTH)
    assert set(Order.objects.filter(state="waiting").values_list("agency", "post")) == {
        ("phytosanitary", POST),
        ("customs", "TJ-DUS"),
    }


def test_an_auditor_recomputes_the_draw_once_the_day_is_over(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW)
    rosters.assign(cast["salima"], POST, now=NOW)
    key = DutyRoster.objects.get().key
    before = str([entry.body for entry in (*entries_on(ROSTER), *entries_on(ORDER))])
    assert key not in before
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW + timedelta(days=1))
    committed, told = entries_on(ROSTER)
    assert [committed.kind, told.kind] == [EntryKind.KEY_COMMITMENT, EntryKind.KEY_REVEAL]
    assert committed.body
    assert told.body
    [assigned] = [entry.body for entry in entries_on(ORDER) if entry.body and entry.body["what"] == "assign"]
    assert draw_holds(
        bytes.fromhex(str(told.body["key"])),
        str(committed.body["commitment"]),
        order_id=ORDER,
        on_duty=assigned["on_duty"],  # type: ignore[arg-type]
        holder=str(assigned["holder"]),
    )
    assert Order.objects.get(order_id=ORDER).holder == assigned["holder"]
    assert verify().faults == ()


def test_a_roster_that_is_changed_keeps_its_key(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW)
    first = DutyRoster.objects.get()
    rosters.set_roster(cast["salima"], POST, {"asel": 6.0}, now=NOW)
    again = DutyRoster.objects.get()
    assert (again.key, again.commitment, again.hours) == (first.key, first.commitment, {"asel": 6.0})
    assert [entry.kind for entry in entries_on(ROSTER)] == [EntryKind.KEY_COMMITMENT, EntryKind.SETTINGS_CHANGE]


@pytest.mark.parametrize("stranger", ["gulnara", "farrukh", "timur", "nobody"])
def test_only_line_officers_of_the_post_are_on_duty(cast: Cast, stranger: str) -> None:
    with pytest.raises(CaseRefused, match="line officers of the post"):
        rosters.set_roster(cast["salima"], POST, {stranger: 8.0}, now=NOW)
    assert not DutyRoster.objects.exists()


def test_whoever_left_is_not_drawn(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW)
    Person.objects.filter(username="asel").update(is_active=False)
    rosters.assign(cast["salima"], POST, now=NOW)
    assert set(Order.objects.filter(state="claimed").values_list("holder", flat=True)) == {"bakyt"}


def test_without_anybody_on_duty_nothing_is_given(cast: Cast) -> None:
    answer = cast.browser("salima").post("/post/assign/", follow=True)
    assert "Nobody is on duty today" in answer.text
    assert not Order.objects.filter(state="claimed").exists()


@pytest.mark.parametrize("name", ["gulnara", "timur"])
def test_a_post_is_for_its_supervisor_only(cast: Cast, name: str) -> None:
    assert cast.browser(name).get("/post/").status_code == 403
    with pytest.raises(PermissionDenied):
        rosters.assign(cast["salima"], "TJ-DUS", now=NOW)
    assert cast.browser("salima").post("/post/roster/", {"post": "TJ-DUS"}).status_code == 403


def test_the_page_takes_hours_and_gives_out_the_orders(cast: Cast) -> None:
    browser = cast.browser("salima", language="ru")
    assert browser.post("/post/roster/", {"hours-asel": "7,5"}).status_code == 302
    page = browser.get("/post/").text
    assert 'value="7,5"' in page
    assert "gulnara" not in page
    assert DutyRoster.objects.get().key not in page
    browser.post("/post/assign/")
    assert set(Order.objects.filter(state="claimed").values_list("holder", flat=True)) == {"asel"}


def test_impossible_hours_are_told_beside_the_officer(cast: Cast) -> None:
    answer = cast.browser("salima").post("/post/roster/", {"hours-asel": "25"})
    assert (answer.status_code, "less than or equal to 24" in answer.text) == (422, True)
    assert not DutyRoster.objects.exists()


def test_work_is_told_in_hours_against_those_of_the_roster(cast: Cast) -> None:
    rosters.set_roster(cast["salima"], POST, BOTH, now=NOW)
    told = post_today(cast["salima"], POST, now=NOW)
    assert (told.waiting, told.held, told.late, told.load, told.capacity) == (2, 0, 0, 2.25, 12.0)


def test_what_is_late_is_listed_and_given_out_alone(cast: Cast) -> None:
    later = NOW + timedelta(hours=6)
    _, lines = late_orders(cast["salima"], now=later)
    assert [(line.order.order_id, line.since) for line in lines] == [(ORDER, timedelta(hours=1))]
    browser = cast.browser("salima")
    assert FIRST in browser.get("/post/late/").text
    browser.post("/post/roster/", {"hours-bakyt": "8"})
    browser.post("/post/assign/", {"order": ORDER})
    assert dict(Order.objects.filter(state="claimed").values_list("order_id", "holder")) == {ORDER: "bakyt"}


def test_overrides_are_listed_and_those_that_wait_come_first(cast: Cast) -> None:
    orders.raise_act(cast["asel"], f"{SECOND}:customs:documentary", Act.SCAN, reason=REASON, now=NOW)
    orders.propose_lowering(cast["asel"], ORDER, None, reason="a lorry of the army", now=NOW - timedelta(hours=1))
    _, lines = departures(cast["salima"])
    assert [(line.order.order_id, line.pending) for line in lines] == [
        (ORDER, True),
        (f"{SECOND}:customs:documentary", False),
    ]
    page = cast.browser("salima").get("/post/overrides/").text
    assert "a lorry of the army" in page
    assert REASON in page
