"""The key of a day is committed to before the day and revealed after it, in the journal, and anybody can check both."""

from datetime import UTC, date, datetime, timedelta

import pytest

from darvoza.darvoza_verify import check
from darvoza.errors import CommitmentMismatch, SettingsError
from darvoza.flow.journal.export import entry_line
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.draw import commitment
from darvoza.office.journal.mapping import as_entry
from darvoza.office.journal.models import Entry
from darvoza.office.operations import queries
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services.day_keys import commit_to, reveal_over

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


def test_who_looks_at_the_office_is_told_when_a_key_is_not_committed_to() -> None:
    assert queries.keys(NOW).found == "not committed to: 2026-03-01, 2026-03-02"
    commit_to(RING, TOMORROW, 2, now=NOW)
    assert queries.keys(NOW).found == "not committed to: 2026-03-01"
    assert queries.keys(NOW + timedelta(days=1)).health is Health.WELL
