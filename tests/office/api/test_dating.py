"""Which law counts: that of the day of lodging, which nobody moves or sets long ago, and that of the day of decision."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from darvoza.flow.selectivity.keys import read_key_file
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import DecidedBatch, Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import arriving, batch, keeping, lodging, reassessing
from darvoza.office.api.services.arriving import tell_arrival
from darvoza.office.api.services.clients import caller_of
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.api.services.replaying import Replayed, replay
from darvoza.office.api.services.returned import Stands, enter_returned, last_lodged
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.lodging import stand_again
from office.api.systems import POST, PROFILE, Systems, a_body, write_state
from office.api.test_reassessing import TROUSERS

AT = datetime(2026, 3, 10, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FROM, TO = date(2026, 3, 12), date(2026, 3, 14)


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state of its own, with a profile that is in force for three days."""
    write_state(tmp_path, within=None)
    text = PROFILE.format(**TROUSERS).replace("{from: 2026-01-01, to: 2031-12-31}", f"{{from: {FROM}, to: {TO}}}")
    (tmp_path / "profiles" / "new.yaml").write_text(text, encoding="utf-8")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


@pytest.fixture
def caller(systems: Systems, home: Path) -> Caller:  # noqa: ARG001 - the state comes first
    found = caller_of(systems.tokens["customs"])
    assert found is not None
    return found


def channel(
    caller: Caller, now: datetime, lodged_at: datetime, name: str = "D", kind: LodgementKind = LodgementKind.LODGED
) -> str:
    """Lodge trousers, or amend them, at a moment; give the channel."""
    body = a_body(name, transport_document=name, lodged_at=lodged_at.isoformat())
    request = Request(caller, kind, body, reference="" if kind is LodgementKind.LODGED else name)
    lodging.lodge([request], now=now)
    assert isinstance(request.outcome, Answer), request.outcome
    return Lodgement.objects.filter(declaration_id=name).latest("revision").channel


def again(home: Path) -> Replayed:
    ring = read_key_file(home / "key.json")
    return replay({ring.commitment(): ring})


@pytest.mark.usefixtures("home")
def test_what_says_that_it_was_lodged_more_than_a_week_ago_is_refused_with_what_to_do(systems: Systems) -> None:
    now = datetime.now(UTC)
    said = systems.lodge(a_body("OLD", lodged_at=(now - 8 * DAY).isoformat()))
    (fault,) = said.body["errors"]
    assert (said.status, fault["field"], fault["code"]) == (422, "lodged_at", "too-long-ago")
    assert (now - 7 * DAY).date().isoformat() in fault["expected"]
    assert (now - 8 * DAY).date().isoformat() in fault["got"]
    assert "comes in with a run" in fault["hint"]
    assert systems.lodge(a_body("WEEK", lodged_at=(now - 7 * DAY).date().isoformat())).status == 201
    assert [row.declaration_id for row in Lodgement.objects.all()] == ["WEEK"]


def test_the_state_says_how_long_ago_it_may_be(systems: Systems, home: Path) -> None:
    now = datetime.now(UTC)
    write_state(home, within=1)
    assert systems.lodge(a_body("OLD", lodged_at=(now - 2 * DAY).isoformat())).code == "invalid"
    write_state(home, within=2)
    os.utime(home / "gate.yaml", ns=(1, 1))
    assert systems.lodge(a_body("OLD", lodged_at=(now - 2 * DAY).isoformat())).status == 201


@pytest.mark.usefixtures("home")
def test_an_amendment_does_not_move_the_moment_of_lodging(systems: Systems) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - DAY
    assert systems.lodge(a_body(lodged_at=at.isoformat())).status == 201
    path = "/declarations/D-1/amendments"
    for other in (at - timedelta(seconds=1), at + timedelta(hours=1)):
        said = systems.send("POST", path, a_body(lodged_at=other.isoformat()))
        (fault,) = said.body["errors"]
        assert (said.status, fault["field"], fault["code"], fault["expected"]) == (
            422, "lodged_at", "moved", at.isoformat(),
        )  # fmt: skip
    same = at.isoformat().replace("+00:00", "Z")
    for stated in ({"lodged_at": same}, {"lodged_at": None}):
        assert systems.send("POST", path, a_body() | stated).status == 200
    assert {row.lodged_at for row in Lodgement.objects.all()} == {at}


def test_a_profile_counts_that_is_in_force_on_the_day_of_lodging_or_of_the_decision(caller: Caller, home: Path) -> None:
    before, first, last = AT, datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 3, 14, 23, tzinfo=UTC)
    told = {
        "BEFORE": channel(caller, before, before, "BEFORE"),
        "LATE": channel(caller, first, before, "LATE"),
        "IN": channel(caller, last, last, "IN"),
        "ENDED": channel(caller, last + 2 * DAY, last, "ENDED"),
        "AFTER": channel(caller, last + 2 * DAY, last + 2 * DAY, "AFTER"),
    }
    profile = {name for name, each in told.items() if each == "red" and _by_profile(name)}
    assert profile == {"LATE", "IN", "ENDED"}
    assert channel(caller, first, before, "BEFORE", LodgementKind.AMENDED) == "red"
    assert _by_profile("BEFORE")
    assert again(home).different == 0


def _by_profile(name: str) -> bool:
    row = Lodgement.objects.filter(declaration_id=name).latest("revision")
    return any(floor["source"] == "CUS-NEW" for each in row.decisions for floor in each["floors"])


def test_what_comes_into_force_after_goods_were_lodged_reaches_them_while_they_are_on_their_way(
    caller: Caller, home: Path
) -> None:
    channel(caller, AT, AT)
    assert reassess(AT + DAY) == 0
    assert reassess(AT + 2 * DAY) == 1
    assert _by_profile("D")
    assert reassess(AT + 2 * DAY) == 0
    assert Order.objects.get(act="physical").state == "waiting"
    assert again(home).different == 0


def test_what_comes_into_force_meanwhile_reaches_goods_when_they_arrive(caller: Caller, home: Path) -> None:
    channel(caller, AT, AT)
    tell_arrival(caller, "D", POST, None, now=AT + DAY)
    assert Lodgement.objects.count() == 1
    channel(caller, AT, AT, "E")
    tell_arrival(caller, "E", POST, None, now=AT + 2 * DAY)
    assert (_by_profile("D"), _by_profile("E")) == (False, True)
    assert again(home).different == 0


def returned(name: str, at: datetime) -> None:
    """Write what a post brought back of a declaration: its goods as they stand."""
    row = Declaration.objects.get(declaration_id=name)
    last = last_lodged(name)
    assert last is not None
    stands = Stands(last.items, last.decisions, last.channel)
    with transaction.atomic():
        enter_returned(row, stands, stands, now=at)


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("arrives", [False, True])
def test_what_a_post_brought_back_has_not_seen_what_began_since_the_decision(
    caller: Caller, home: Path, *, arrives: bool, cancelled: bool
) -> None:
    channel(caller, AT, AT)
    begins = AT + 2 * DAY
    if cancelled:
        lodging.lodge([Request(caller, LodgementKind.CANCELLED, None, reference="D")], now=begins)
        stand_again(Declaration.objects.get(), now=begins)
    returned("D", begins + timedelta(hours=1))
    if arrives:
        tell_arrival(caller, "D", POST, None, now=begins + timedelta(hours=2))
    else:
        assert reassess(begins + timedelta(hours=2)) == 1
    assert _by_profile("D")
    assert Order.objects.get(act="physical").state == "waiting"
    returned("D", begins + timedelta(hours=3))
    assert reassess(begins + timedelta(hours=4)) == 0
    assert again(home).different == 0


@pytest.mark.usefixtures("home")
def test_the_first_batch_of_a_day_keeps_what_posts_remember_though_a_post_brought_something_back_before(
    caller: Caller,
) -> None:
    channel(caller, AT, AT)
    lodging.close()  # of the next day another process decides
    returned("D", AT + DAY)
    channel(caller, AT + DAY + timedelta(hours=1), AT, "E")
    told = DecidedBatch.objects.order_by("number").values_list("memory", flat=True)
    assert [memory is None for memory in told] == [False, True, False]


def test_what_failed_on_arrival_is_left_to_the_next_round_and_told_in_the_log(
    caller: Caller, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    channel(caller, AT, AT)
    begins = AT + 2 * DAY

    def refused(requests: Sequence[Request], *, now: datetime) -> None:  # noqa: ARG001 - as `lodge` is
        for request in requests:
            request.outcome = Problem("gate-closed", "the key is another one")

    with monkeypatch.context() as patch:
        patch.setattr(reassessing, "lodge", refused)
        tell_arrival(caller, "D", POST, None, now=begins)
        assert reassess(begins + timedelta(minutes=1)) == 0
    told = [each.fields for each in caplog.records if "looked at again" in each.message]  # type: ignore[attr-defined]
    assert len(told) == 2
    assert (told[0]["declaration"], "gate-closed" in told[0]["problem"]) == ("D", True)
    channel(caller, begins + timedelta(hours=1), begins, "OTHER")
    assert reassess(begins + timedelta(hours=2)) == 1
    assert _by_profile("D")
    assert Order.objects.get(declaration__declaration_id="D", act="physical").state == "waiting"
    assert reassess(begins + timedelta(hours=3)) == 0
    assert again(home).different == 0


def test_what_arrived_and_was_looked_at_does_not_see_what_begins_afterwards(caller: Caller) -> None:
    channel(caller, AT, AT)
    tell_arrival(caller, "D", POST, None, now=AT + DAY)
    assert reassess(AT + 2 * DAY) == 0
    assert not _by_profile("D")


def test_a_state_that_came_into_force_before_goods_arrived_reaches_them_and_one_that_came_after_does_not(
    caller: Caller, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOST", "GONE"):
        channel(caller, AT, AT, name)
    tell_arrival(caller, "GONE", POST, None, now=AT + timedelta(hours=1))
    channel(caller, AT + timedelta(hours=2), AT, "BEFORE")
    write_state(home, within=None, more='random: "0.03"\n')
    os.utime(home / "gate.yaml", ns=(1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(arriving, "look_at_arrival", lambda *_: None)  # the process dies
        tell_arrival(caller, "LOST", POST, None, now=AT + timedelta(hours=3))
    channel(caller, AT + timedelta(hours=4), AT, "AFTER")
    reassess(AT + timedelta(hours=5))
    again_of = Lodgement.objects.filter(kind=LodgementKind.REASSESSED).values_list("declaration_id", flat=True)
    assert set(again_of) == {"LOST", "BEFORE"}
    assert reassess(AT + timedelta(hours=6)) == 0


def test_goods_that_arrived_and_were_looked_at_do_not_see_a_state_that_comes_after_without_any_lodging(
    caller: Caller, home: Path
) -> None:
    channel(caller, AT, AT, "GONE")
    tell_arrival(caller, "GONE", POST, None, now=AT + timedelta(hours=1))
    another_state(home)
    assert reassess(AT + timedelta(hours=30)) == 0


def another_state(home: Path) -> None:
    """Put another state in force."""
    write_state(home, within=None, more='random: "0.03"\n')
    os.utime(home / "gate.yaml", ns=(1, 1))


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The process dies when goods that arrived are to be looked at."""
    monkeypatch.setattr(arriving, "look_at_arrival", lambda *_: None)
    return monkeypatch


@pytest.mark.usefixtures("dying")
def test_goods_that_arrived_unseen_are_looked_at_though_a_post_brings_something_back_or_more_begins(
    caller: Caller, home: Path
) -> None:
    channel(caller, AT, AT, "OTHER")
    channel(caller, AT, AT, "LOST")
    another_state(home)
    tell_arrival(caller, "LOST", POST, None, now=AT + timedelta(hours=1))
    returned("OTHER", AT + timedelta(hours=2))
    reassess(AT + timedelta(hours=3))
    assert "LOST" in Lodgement.objects.filter(kind=LodgementKind.REASSESSED).values_list("declaration_id", flat=True)
    assert not Declaration.objects.get(declaration_id="LOST").look_due


@pytest.mark.usefixtures("dying")
def test_a_later_beginning_does_not_hide_the_one_that_goods_missed(caller: Caller, home: Path) -> None:
    text = (home / "profiles" / "new.yaml").read_text(encoding="utf-8")
    later = text.replace("CUS-NEW", "CUS-LATER").replace(f"from: {FROM}", "from: 2026-03-13")
    (home / "profiles" / "later.yaml").write_text(later, encoding="utf-8")
    channel(caller, AT, AT, "LOST")
    tell_arrival(caller, "LOST", POST, None, now=datetime(2026, 3, 12, 17, tzinfo=UTC))
    assert reassess(datetime(2026, 3, 12, 20, tzinfo=UTC)) == 1
    assert _by_profile("LOST")


@pytest.mark.usefixtures("dying")
def test_an_arrival_that_had_seen_everything_is_not_due_any_more_once_somebody_has_asked(
    caller: Caller, home: Path
) -> None:
    channel(caller, AT, AT, "SEEN")
    tell_arrival(caller, "SEEN", POST, None, now=AT + timedelta(hours=1))
    assert Declaration.objects.get().look_due
    assert reassess(AT + timedelta(hours=2)) == 0
    another_state(home)
    assert (reassess(AT + timedelta(hours=3)), Declaration.objects.get().look_due) == (0, False)


@pytest.mark.usefixtures("dying")
def test_what_arrives_while_a_round_asks_is_due_in_the_next_one(
    caller: Caller, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel(caller, AT, AT, "A")
    channel(caller, AT, AT, "B")
    another_state(home)
    tell_arrival(caller, "A", POST, None, now=AT + timedelta(hours=1))
    through = reassessing._looked

    def meanwhile(declarations: Collection[str]) -> None:
        if not Declaration.objects.get(declaration_id="B").arrived_at:
            tell_arrival(caller, "B", POST, None, now=AT + timedelta(hours=2))
        through(declarations)

    with monkeypatch.context() as patch:
        patch.setattr(reassessing, "_looked", meanwhile)
        patch.setattr(reassessing, "_open", lambda rows, _: rows.none())
        reassess(AT + timedelta(hours=2))
    assert Declaration.objects.get(declaration_id="B").look_due
    assert reassess(AT + timedelta(hours=3)) == 2


def test_what_cannot_be_looked_at_keeps_no_other_from_its_turn(
    caller: Caller, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"D-{number}" for number in range(3)]
    for name in names:
        channel(caller, AT, AT, name)
    another_state(home)
    monkeypatch.setattr(reassessing, "AT_ONCE", 1)
    asked: list[str] = []
    through = lodging.lodge

    def failing(requests: Sequence[Request], *, now: datetime) -> None:
        asked.extend(request.reference for request in requests)
        if requests[0].reference == names[0]:
            requests[0].outcome = Problem("failed")
        else:
            through(requests, now=now)

    monkeypatch.setattr(reassessing, "lodge", failing)
    assert [reassess(AT + timedelta(hours=hour)) for hour in range(1, 5)].count(1) == 2
    assert set(asked) == set(names)


def test_what_was_decided_by_the_day_of_lodging_alone_comes_out_as_it_was_decided(
    caller: Caller, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        for module in (batch, keeping):
            before.setattr(module, "day_of", lambda *_: None)
        channel(caller, AT + 2 * DAY, AT)
    assert (_by_profile("D"), DecidedBatch.objects.get().day) == (False, None)
    channel(caller, AT + 2 * DAY, AT, "E")
    found = again(home)
    assert (found.equal, found.different, _by_profile("E")) == (2, 0, True)
    DecidedBatch.objects.update(day=None)
    assert again(home).different == 1
