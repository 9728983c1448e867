"""The journal: nothing is changed unseen, and nothing is written apart from what it tells of."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from darvoza.office.journal.chain import BEGINNING, Line, digest, first_broken
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import search, verify
from darvoza.office.journal.services import record, record_alone
from people import Cast

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def chain(count: int) -> list[tuple[Line, str]]:
    """A chain of so many entries."""
    made, previous = [], BEGINNING
    for number in range(1, count + 1):
        line = Line(number, NOW, "asel", "order.claimed", f"KG-{number}", {"n": number})
        previous = digest(line, previous)
        made.append((line, previous))
    return made


@given(st.integers(2, 12), st.data())
def test_whatever_is_changed_removed_or_put_in_is_found_where_it_stands(count: int, data: st.DataObject) -> None:
    lines = chain(count)
    at = data.draw(st.integers(0, count - 2))
    line, kept = lines[at]
    changed = Line(line.number, line.at, "bakyt", line.action, line.subject, line.data)
    assert first_broken(lines) is None
    assert first_broken([*lines[:at], (changed, kept), *lines[at + 1 :]]) == at + 1
    assert first_broken([*lines[:at], *lines[at + 1 :]]) == at + 1
    assert first_broken([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]) == at + 1


@transaction.atomic
def _record_and_fail() -> None:
    """Write an entry and fail after it."""
    record("order.claimed", "KG-1", by="asel", now=NOW)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_an_entry_is_kept_only_with_what_it_tells_of() -> None:
    with pytest.raises(ZeroDivisionError):
        _record_and_fail()
    assert verify().entries == 0
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record("order.claimed", "KG-1", by="asel", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE journal_entry SET by = 'nobody'", "DELETE FROM journal_entry WHERE number = 1"]
)
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    record_alone("order.claimed", "KG-1", by="asel", now=NOW)
    statement = statement.replace(" by =", f" {connection.ops.quote_name('by')} =")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_chain_in_the_table_holds_and_a_lost_end_is_seen() -> None:
    for number in range(3):
        record_alone("order.claimed", f"KG-{number}", {"at": NOW, "n": number}, by="asel", now=NOW)
    assert (verify().entries, verify().broken) == (3, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER journal_no_delete"
            if connection.vendor == "sqlite"
            else "DROP TRIGGER journal_append_only ON journal_entry"
        )
    Entry.objects.filter(number=3).delete()
    assert verify().broken == 3


def test_the_auditor_finds_who_did_what_and_verifies_in_russian(cast: Cast) -> None:
    record_alone("order.claimed", "KG-77", by="asel", now=NOW)
    page = cast.browser("umar", language="ru")
    assert "KG-77" in page.get("/journal/", {"q": "asel claimed"}).text
    assert "KG-77" not in page.get("/journal/", {"q": "bakyt"}).text
    assert "Цепочка цела" in page.post("/journal/verified/").text


def test_a_refused_page_is_written_down(cast: Cast) -> None:
    assert cast.browser("asel").get("/journal/").status_code == 403
    assert [(entry.by, entry.data["path"]) for entry in search("refused")] == [("asel", "/journal/")]
