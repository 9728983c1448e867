"""The key of a day is committed to before the day and revealed after it, in the journal, and anybody can check both."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from django.db import transaction

from darvoza.darvoza_verify import check
from darvoza.domain.journal import EntryKind
from darvoza.errors import CommitmentMismatch, SettingsError
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.journal.export import entry_line
from darvoza.flow.selectivity.keys import KeyRing, changed_ring
from darvoza.methods.draw import commitment
from darvoza.office.journal.mapping import as_entry
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import committed_to, key_subject, verify
from darvoza.office.journal.services import record
from darvoza.office.operations import queries
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services.day_keys import commit_to, reveal_over
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TOMORROW = date(2026, 3, 2)
RING, OTHER = (KeyRing((("customs", bytes([each]) * 32), ("veterinary", bytes(32)))) for each in (1, 2))

pytestmark = pytest.mark.django_db


def test_commitments_come_first_and_keys_come_out_when_their_day_is_over() -> None:
    assert commit_to(RING, TOMORROW, 3, now=NOW) == [TOMORROW + timedelta(days=each) for each in range(3)]
    assert commit_to(RING, TOMORROW, 4, now=NOW) == [date(2026, 3, 5)]
    assert reveal_over(RING, now=NOW + timedelta(days=1)) == []
    assert reveal_over(OTHER, now=NOW + timedelta(days=30)) == []
    assert reveal_over(RING, now=NOW + timedelta(days=3)) == [TOMORROW, date(2026, 3, 3)]
    assert reveal_over(RING, now=NOW + timedelta(days=3)) == []
    told = Entry.objects.filter(kind="key-reveal", subject="key of 2026-03-02").values_list("body", flat=True).get()
    assert told is not None
    assert commitment(bytes.fromhex(told["key"])) == told["commitment"] == RING.commitment(TOMORROW)
    lines = [entry_line(as_entry(row)) for row in Entry.objects.order_by("sequence")]
    assert check(lines).faults == ()
    assert RING.key(date(2026, 3, 5)).hex().encode() not in b"".join(lines)


def test_a_day_that_has_begun_cannot_be_committed_to_any_more() -> None:
    for first, count in ((NOW.date(), 1), (NOW.date() - timedelta(days=1), 3), (TOMORROW, 0), (TOMORROW, 400)):
        with pytest.raises(SettingsError, match="that have not begun"):
            commit_to(RING, first, count, now=NOW)


def test_a_day_is_committed_to_with_one_key() -> None:
    commit_to(RING, TOMORROW, 2, now=NOW)
    with pytest.raises(CommitmentMismatch, match="the ring was changed"):
        commit_to(OTHER, TOMORROW, 3, now=NOW)
    assert Entry.objects.count() == 2


def test_other_keys_come_in_the_place_of_all_days_to_come_with_a_reason() -> None:
    commit_to(RING, TOMORROW, 5, now=NOW)
    ring, later = changed_ring(RING, OTHER, date(2026, 3, 4)), NOW + timedelta(days=1)
    with pytest.raises(CommitmentMismatch, match="2026-03-04"):
        commit_to(ring, date(2026, 3, 3), 2, now=later)
    assert commit_to(ring, date(2026, 3, 3), 2, now=later, reason="Marat left") == [
        date(2026, 3, 4 + each) for each in range(3)
    ]
    body = Entry.objects.filter(subject="key of 2026-03-04").values_list("body", flat=True)[0]
    assert (body or {})["reason"] == "Marat left"
    assert (body or {})["replaces"] == RING.commitment(date(2026, 3, 4))
    told = committed_to([date(2026, 3, 1 + each) for each in range(7)])
    assert told == {date(2026, 3, each): ring.commitment(date(2026, 3, each)) for each in range(2, 7)}
    assert commit_to(ring, date(2026, 3, 3), 4, now=later) == []


def test_a_key_that_was_replaced_is_never_revealed_and_would_not_be_believed() -> None:
    commit_to(RING, TOMORROW, 3, now=NOW)
    ring = changed_ring(RING, OTHER, date(2026, 3, 3))
    commit_to(ring, TOMORROW, 1, now=NOW, reason="Marat left")
    after = NOW + timedelta(days=9)
    assert reveal_over(RING, now=after) == [TOMORROW]
    assert reveal_over(ring, now=after) == [date(2026, 3, 3), date(2026, 3, 4)]
    assert check([entry_line(as_entry(row)) for row in Entry.objects.order_by("sequence")]).faults == ()
    with transaction.atomic():
        day = date(2026, 3, 4)
        body = {"what": "day key", "day": day, "commitment": RING.commitment(day), "key": RING.key(day).hex()}
        record(EntryKind.KEY_REVEAL, key_subject(day), body, by="system", now=after)
    [fault] = check([entry_line(as_entry(row)) for row in Entry.objects.order_by("sequence")]).faults
    assert "no earlier entry commits" in str(fault)


def test_a_day_that_has_begun_keeps_its_commitment_whatever_the_reason() -> None:
    commit_to(RING, TOMORROW, 2, now=NOW)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with pytest.raises(SettingsError, match="that have not begun"):
        commit_to(OTHER, TOMORROW, 2, now=noon, reason="Marat left")
    commit_to(OTHER, date(2026, 3, 3), 1, now=noon, reason="Marat left")
    assert committed_to([TOMORROW]) == {TOMORROW: RING.commitment(TOMORROW)}


def test_who_looks_at_the_office_is_told_when_a_key_is_not_committed_to() -> None:
    assert queries.keys(NOW).found == "not committed to: 2026-03-01, 2026-03-02"
    assert queries.keys(NOW).remedy == queries.COMMIT
    commit_to(RING, TOMORROW, 2, now=NOW)
    assert queries.keys(NOW).found == "not committed to: 2026-03-01"
    assert "today stays so" in queries.keys(NOW).remedy
    assert queries.keys(NOW + timedelta(days=1)).health is Health.WELL


def test_a_run_that_is_taken_in_tells_by_which_keys_it_drew() -> None:
    ring, other = KeyRing((("customs", bytes(32)),)), KeyRing((("customs", bytes(range(32))),))
    now = datetime(2026, 3, 10, 9, tzinfo=UTC)
    commit_to(other, date(2026, 3, 11), 1, now=now)
    days = [date(2026, 3, 9), date(2026, 3, 11)]
    nothing = pl.DataFrame(schema={"declaration_id": pl.String, "channel": pl.String})
    told = {"commitments": {day.isoformat(): ring.commitment(day) for day in days}}
    items = pl.DataFrame(schema=ITEM_SCHEMA)
    load(RunFiles("run", "d1", nothing, nothing, told), items, by="oraz", now=now)
    rows = Entry.objects.filter(kind="key-commitment").order_by("sequence").values_list("subject", "body__commitment")
    assert list(rows) == [
        ("key of 2026-03-11", other.commitment(days[1])),
        ("key of 2026-03-09", ring.commitment(days[0])),
        ("run d1: key of 2026-03-11", ring.commitment(days[1])),
    ]
    assert reveal_over(ring, now=now) == [days[0]]
    assert verify().faults == ()
