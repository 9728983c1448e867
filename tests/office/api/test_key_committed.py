"""The key that is drawn with is the one that was committed to: else the gate is shut, and whoever looks is told."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from darvoza.flow.gate.state_file import ring_of
from darvoza.flow.selectivity.keys import KeyRing, changed_ring, key_file_text, rings_of
from darvoza.office.api.models import KeptState, Lodgement
from darvoza.office.api.services import lodging
from darvoza.office.api.services.drawn_keys import drawn_with
from darvoza.office.api.services.lodging import gate_alarms
from darvoza.office.api.services.replaying import replay
from darvoza.office.journal.queries import committed_to
from darvoza.office.operations import queries
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services.day_keys import commit_to
from darvoza.office.registry.models import Decision, Run
from office.api.systems import Systems, a_body, write_state

OTHER = KeyRing((("customs", bytes([7]) * 32),))


def commit(ring: KeyRing, day: date) -> None:
    """Commit to the key of a day on the day before."""
    before = datetime.combine(day - timedelta(days=1), datetime.min.time(), UTC)
    commit_to(ring, day, 1, now=before)


@pytest.fixture
def ring(systems: Systems, settings: object) -> KeyRing:  # noqa: ARG001 - the state is where the systems ask
    """The key of the state in force."""
    return ring_of(settings.GATE_FILE)  # type: ignore[attr-defined]


def test_nothing_is_decided_today_with_another_key_than_the_one_committed_to(systems: Systems) -> None:
    now = datetime.now(UTC)
    commit(OTHER, now.date())
    said = systems.lodge(a_body(lodged_at=now.isoformat()))
    assert (said.status, said.code) == (503, "gate-closed")
    assert "committed to for today" in said.body["detail"]
    assert not Lodgement.objects.exists()
    alarms = systems.send("GET", "/gate").body["alarms"]
    assert alarms == [f"the journal commits to another key than that of the state in force for 1 days, {now.date()}"]
    assert tuple(alarms) == gate_alarms(now)
    ready = Browser().get("/health/ready")
    assert (ready.status_code, ready.json()["probes"]["keys"]) == (503, "failed")
    assert queries.keys(now).found == f"another key is committed to: {now.date()}"
    assert queries.keys_around(now).health is Health.FAILED


def test_the_key_that_was_committed_to_decides(systems: Systems, ring: KeyRing) -> None:
    now = datetime.now(UTC)
    for day in (now.date() - timedelta(days=2), now.date(), now.date() + timedelta(days=1)):
        commit(ring, day)
    assert systems.lodge(a_body("A", lodged_at=now.isoformat())).status == 201
    assert systems.lodge(a_body("B", lodged_at=(now - timedelta(days=2)).isoformat())).status == 201
    assert systems.send("GET", "/gate").body["alarms"] == []
    assert queries.keys(now).health is queries.keys_around(now).health is Health.WELL


def test_a_day_that_nobody_committed_to_is_drawn_for_as_before(systems: Systems) -> None:
    now = datetime.now(UTC)
    assert systems.lodge(a_body(lodged_at=now.isoformat())).status == 201
    assert queries.keys(now).health is Health.WARNING


def test_a_day_that_was_drawn_for_keeps_its_key_though_nobody_committed_to_it(
    systems: Systems, settings: Any, tmp_path: Path
) -> None:
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"
    key, now = tmp_path / "key.json", datetime.now(UTC)
    first = key.read_text(encoding="utf-8")
    told = a_body("A", lodged_at=now.isoformat(), transport_document="CMR-1")
    assert systems.lodge(told).status == 201
    key.write_text(key_file_text(OTHER), encoding="utf-8")
    for times in (1, 2):
        os.utime(settings.GATE_FILE, (times, times))
        said = systems.lodge(told | {"declaration_id": "B"})
        assert (said.status, said.code) == (503, "gate-closed")
        assert "that today was drawn with" in said.body["detail"]
        lodging.close()
    assert gate_alarms(now) == ()
    assert systems.send("GET", "/gate").body["alarms"] == [
        f"another key than that of the state in force was drawn with on 1 days, {now.date()}"
    ]
    assert Browser().get("/health/ready").json()["probes"]["keys"] == "failed"
    assert queries.keys(now).found == f"another key was drawn with: {now.date()}"
    assert queries.keys_around(now).health is Health.FAILED
    late = a_body("C", lodged_at=(now - timedelta(days=1)).isoformat())
    assert systems.lodge(late).status == 503
    key.write_text(first, encoding="utf-8")
    os.utime(settings.GATE_FILE, (3, 3))
    assert systems.lodge(told | {"declaration_id": "B"}).status == 201
    assert len(set(Decision.objects.values_list("key_day", "u", "commitment"))) == 1


def test_days_without_a_draw_are_asked_for_together(systems: Systems) -> None:
    now = datetime.now(UTC)
    for number in (0, 3):
        lodged = now - timedelta(days=number)
        assert systems.lodge(a_body(f"KG-{number}", lodged_at=lodged.isoformat())).status == 201
    days = [now.date() - timedelta(days=number) for number in range(50)]
    with CaptureQueriesContext(connection) as asked:
        drawn = drawn_with(days)
    assert set(drawn) == {days[0], days[3]}
    assert drawn == dict(Decision.objects.values_list("key_day", "commitment"))
    assert len(asked) <= 3
    with CaptureQueriesContext(connection) as asked:
        gate_alarms(now)
    assert len(asked) <= 6
    Decision.objects.update(key_day=days[2])
    assert set(drawn_with(days)) == {days[2]}
    assert drawn_with([]) == {}


def test_days_are_asked_for_among_any_number_of_runs(systems: Systems) -> None:
    now = datetime.now(UTC)
    assert systems.lodge(a_body("KG-1", lodged_at=now.isoformat())).status == 201
    days = [now.date() - timedelta(days=number) for number in range(50)]
    with CaptureQueriesContext(connection) as few:
        drawn_with(days)
    # 50 days by these is more than SQLite takes as values of one question
    digests = [f"{number:064x}" for number in range(700)]
    Run.objects.bulk_create(Run(digest=each, name=each, loaded_at=now) for each in digests)
    KeptState.objects.bulk_create(KeptState(digest=each, kept_at=now, commitment="", files={}) for each in digests)
    with CaptureQueriesContext(connection) as many:
        assert set(drawn_with(days)) == {days[0]}
    longest = [max(len(each["sql"]) for each in asked) for asked in (few, many)]
    assert longest[1] < longest[0] + 100


def test_goods_of_a_day_that_another_key_drew_for_are_refused_and_those_of_today_are_not(
    systems: Systems, settings: Any, tmp_path: Path
) -> None:
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"
    now = datetime.now(UTC)
    then = now - timedelta(days=2)
    assert systems.lodge(a_body("A", lodged_at=then.isoformat())).status == 201
    (tmp_path / "key.json").write_text(key_file_text(OTHER), encoding="utf-8")
    os.utime(settings.GATE_FILE, (1, 1))
    said = systems.lodge(a_body("B", lodged_at=then.isoformat()))
    assert [(each["field"], each["code"]) for each in said.body["errors"]] == [("lodged_at", "other-key")]
    assert systems.lodge(a_body("C", lodged_at=now.isoformat())).status == 201
    assert len(gate_alarms(now)) == 1


def test_what_is_lodged_for_an_earlier_day_of_another_key_is_refused_alone(systems: Systems) -> None:
    now, then = datetime.now(UTC), datetime.now(UTC) - timedelta(days=3)
    commit(OTHER, then.date())
    said = systems.lodge(a_body("A", lodged_at=then.isoformat()))
    assert [(each["field"], each["code"]) for each in said.body["errors"]] == [("lodged_at", "other-key")]
    assert systems.lodge(a_body("B", lodged_at=now.isoformat())).status == 201


def test_tomorrow_is_told_before_it_begins(systems: Systems, ring: KeyRing) -> None:
    now = datetime.now(UTC)
    commit(ring, now.date())
    commit(OTHER, now.date() + timedelta(days=1))
    assert systems.lodge(a_body(lodged_at=now.isoformat())).status == 201
    assert queries.keys(now).health is Health.WARNING
    assert queries.keys_around(now).health is Health.FAILED
    assert len(gate_alarms(now)) == 1


def test_a_commitment_that_came_after_its_day_began_binds_nobody(systems: Systems) -> None:
    from django.db import transaction

    from darvoza.domain.journal import EntryKind
    from darvoza.office.journal.queries import key_subject
    from darvoza.office.journal.services import record

    now = datetime.now(UTC)
    with transaction.atomic():
        body = {"what": "day key", "day": now.date(), "commitment": OTHER.commitment(now.date()), "run": "d1"}
        record(EntryKind.KEY_COMMITMENT, key_subject(now.date()), body, by="oraz", now=now)
    assert committed_to([now.date()]) == {}
    assert systems.lodge(a_body(lodged_at=now.isoformat())).status == 201


def test_goods_that_are_lodged_again_after_the_key_was_changed_keep_their_draw(
    systems: Systems, settings: Any, tmp_path: Path
) -> None:
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"
    now, old = datetime.now(UTC), ring_of(settings.GATE_FILE)
    yesterday = now.date() - timedelta(days=1)
    commit(old, yesterday)
    first = a_body("A", lodged_at=(now - timedelta(days=1)).isoformat(), transport_document="CMR-1")
    assert systems.lodge(first).status == 201
    ring = changed_ring(old, OTHER, now.date())
    commit(ring, now.date())
    lodging.close()  # it has asked for today already, and no commitment to a day comes after the day began
    assert systems.lodge(a_body("B", lodged_at=now.isoformat())).status == 503
    (tmp_path / "key.json").write_text(key_file_text(ring), encoding="utf-8")
    os.utime(settings.GATE_FILE, (1, 1))
    assert systems.lodge(a_body("C", lodged_at=now.isoformat(), transport_document="CMR-1")).status == 201
    assert systems.lodge(a_body("D", lodged_at=now.isoformat())).status == 201
    drawn = dict(Decision.objects.values_list("declaration__declaration_id", "u"))
    assert drawn["C"] == drawn["A"] != drawn["D"]
    kept = set(Decision.objects.values_list("key_day", "commitment"))
    assert kept == {(yesterday, old.commitment(yesterday)), (now.date(), OTHER.commitment(now.date()))}
    found = replay({each.commitment(): each for each in rings_of(ring)})
    assert (found.equal, found.different) == (3, 0)
