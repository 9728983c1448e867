"""The office at moments at which clocks and calendars are hard, and with a clock that is set back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from darvoza.flow.inspection.rosters import draw_holds
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import clients, lodging
from darvoza.office.desk.models import DutyRoster
from darvoza.office.desk.services import rosters
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.operations.probes import Health, worst
from darvoza.office.operations.queries import clock, readiness
from darvoza.office.operations.retention import read_retention, shipped_rules
from darvoza.office.operations.services.day_keys import commit_to, committed, reveal_over
from darvoza.office.operations.services.expiring import past_its_time
from moments import MOMENTS
from office.api.systems import CLIENTS, a_body, write_state
from office.sample import load_sample
from people import POST, Cast

hard = pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
RING = KeyRing((("customs", bytes(range(32))),))

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(settings: SimpleNamespace, tmp_path: Path) -> Caller:
    """A client that may do everything, and a state in force."""
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"
    lodging.close()
    found = clients.caller_of(clients.enter_client(CLIENTS["customs"], by="oraz", now=datetime(2026, 1, 1, tzinfo=UTC)))
    assert found is not None
    return found


def lodge(caller: Caller, reference: str, now: datetime, **more: Any) -> Lodgement:
    """Lodge a declaration at a moment; it has to be decided."""
    body = {**a_body(reference), "lodged_at": now.isoformat(), **more}
    request = Request(caller, LodgementKind.LODGED, body, key=reference, digest=reference)
    lodging.lodge([request], now=now)
    assert isinstance(request.outcome, Answer), request.outcome
    assert request.outcome.status == 201
    return Lodgement.objects.get(declaration_id=reference)


@hard
def test_what_is_lodged_just_before_at_and_after_is_decided_and_written_down(caller: Caller, moment: datetime) -> None:
    for number, seconds in enumerate((-1, 0, 1)):
        now = moment + timedelta(seconds=seconds)
        made = lodge(caller, f"D-{number}", now)
        assert made.decided_at == made.lodged_at == now
        assert {each["key_day"] for each in made.decisions} == {now.date().isoformat()}
    found = verify()
    assert (found.entries >= 3, found.faults) == (True, ())
    assert worst(readiness(Path.cwd(), moment)) is not Health.FAILED


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=366)])
def test_a_clock_that_is_set_back_is_told_and_loses_nothing(caller: Caller, back: timedelta) -> None:
    now = MOMENTS["29 February ends"]
    first = lodge(caller, "D-1", now)
    told = clock(now - back)
    assert told.health is (Health.FAILED if back > timedelta(minutes=5) else Health.WELL)
    second = lodge(caller, "D-2", now - back)
    assert (first.decided_at, second.decided_at) == (now, now - back)
    again = Request(caller, LodgementKind.LODGED, None, key="D-1", digest="D-1")
    lodging.lodge([again], now=now - back)
    assert isinstance(again.outcome, Answer)
    assert again.outcome.again
    assert verify().faults == ()


def test_a_client_is_not_refused_for_hours_because_the_clock_was_set_back(caller: Caller) -> None:
    now = MOMENTS["the year begins"]
    for _ in range(caller.per_minute):
        clients.count(caller, now)
    with pytest.raises(Problem, match="too-many"):
        clients.count(caller, now)
    clients.count(caller, now - timedelta(hours=1))


@hard
def test_keys_are_committed_to_across_it_and_revealed_after_it(moment: datetime) -> None:
    now = moment - timedelta(days=3)
    days = commit_to(RING, now.date() + timedelta(days=1), 10, now=now)
    assert (len(set(days)), all(committed(days).values())) == (10, True)
    assert reveal_over(RING, now=now) == []
    assert reveal_over(RING, now=now + timedelta(days=11)) == days
    assert verify().faults == ()


@hard
def test_periods_of_keeping_end_everywhere_in_the_calendar(moment: datetime) -> None:
    rules = read_retention(shipped_rules())
    for now in (moment, moment.replace(hour=0), moment + timedelta(days=1)):
        assert all(rule.end(now) < now for rule in rules)
        assert [each.number for each in past_its_time(rules, now)] == [0] * len(rules)


@hard
def test_a_roster_is_of_the_day_that_people_at_the_post_have(cast: Cast, moment: datetime) -> None:
    load_sample()
    midnight = datetime(moment.year, moment.month, moment.day, 19, tzinfo=UTC)  # in Tashkent, all year round
    before, after = midnight - timedelta(seconds=1), midnight
    rosters.set_roster(cast["salima"], POST, {"asel": 8.0}, now=before)
    rosters.set_roster(cast["salima"], POST, {"bakyt": 8.0}, now=after)
    first, second = DutyRoster.objects.order_by("day")
    assert second.day - first.day == timedelta(days=1)
    assert first.revealed_at == after
    assert rosters.assign(cast["salima"], POST, now=after).given > 0
    told = [entry.body for entry in entries_on(f"roster {first}") if entry.body and "key" in entry.body]
    assert [body["key"] for body in told] == [first.key]
    assert draw_holds(bytes.fromhex(first.key), first.commitment, order_id="x", on_duty=["asel"], holder="asel")
    assert verify().faults == ()
