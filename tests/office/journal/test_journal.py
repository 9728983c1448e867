"""The journal: nothing is changed unseen, and nothing is written apart from what it tells of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from darvoza.domain.journal import EntryKind
from darvoza.flow.journal.entries import erasure
from darvoza.methods.sealing.hash_chain import Link
from darvoza.office.journal.models import End, Entry
from darvoza.office.journal.queries import search, tail_faults, verify
from darvoza.office.journal.services import record, record_alone
from people import Cast

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@transaction.atomic
def _record_and_fail() -> None:
    """Write an entry and fail after it."""
    record(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_an_entry_is_kept_only_with_what_it_tells_of() -> None:
    with pytest.raises(ZeroDivisionError):
        _record_and_fail()
    assert verify().entries == 0
    assert verify().faults == ()


def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(EntryKind.ORDER, "KG-1", by="asel", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE journal_entry SET actor = 'nobody'", "DELETE FROM journal_entry WHERE sequence = 1"]
)
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_body_can_be_erased_and_nothing_else_and_that_counts_as_broken_until_it_is_told() -> None:
    record_alone(EntryKind.SENSITIVE_READ, "KG-1", {"name": "somebody"}, by="asel", now=NOW)
    Entry.objects.update(body=None, salt=None)
    assert len(verify().faults) == 1
    told = erasure([1], actor="retention", at=NOW, basis="five years are over")
    record_alone(told.kind, told.subject, told.body, by=told.actor, now=NOW)
    assert (verify().erased, verify().faults) == (1, ())


@pytest.mark.django_db
def test_a_body_that_is_not_plain_is_written_as_json_writes_it() -> None:
    bodies: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({EntryKind.ORDER: 1}, {"order": 1}),
        ({"link": Link(1, "ab")}, {"link": [1, "ab"]}),
        ({"at": NOW}, {"at": "2026-03-01T09:00:00Z"}),
    ]
    for body, plain in bodies:
        entry = record_alone(EntryKind.ORDER, "KG-1", body, by="asel", now=NOW)
        assert entry.body == plain
        assert Entry.objects.get(sequence=entry.sequence).body == entry.body
    assert verify().faults == ()


@pytest.mark.django_db
def test_the_chain_in_the_table_holds_and_a_lost_end_is_seen() -> None:
    for number in range(3):
        record_alone(EntryKind.ORDER, f"KG-{number}", {"at": NOW, "n": number}, by="asel", now=NOW)
    assert (verify().entries, verify().faults) == (3, ())
    with connection.cursor() as cursor:
        on = " ON journal_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER journal_append_only{on}")
    Entry.objects.filter(sequence=3).delete()
    assert [(fault.first, fault.last) for fault in verify().faults] == [(3, 3)]


def test_the_auditor_finds_who_did_what_and_verifies_in_russian(cast: Cast) -> None:
    record_alone(EntryKind.ORDER, "KG-77", by="asel", now=NOW)
    page = cast.browser("umar", language="ru")
    assert "KG-77" in page.get("/journal/", {"q": "asel order"}).text
    assert "KG-77" not in page.get("/journal/", {"q": "bakyt"}).text
    assert "Цепочка цела" in page.post("/journal/verified/").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", 4), ("asel", 2), ("ASEL", 2), ("order", 4), ("KG-1", 3), ("KG-12", 1), ("asel order", 2), ("bakyt order", 1),
        ("asel bakyt", 0), ("sign-in", 1), ("nothing", 0), ("asel nothing", 0), ("G-1", 0),
    ],
)  # fmt: skip
def test_entries_are_found_by_who_by_kind_and_by_subject(words: str, found: int) -> None:
    for actor, subject, kind in (
        ("asel", "KG-1", EntryKind.ORDER),
        ("asel", "KG-12", EntryKind.ORDER),
        ("bakyt", "KG-1", EntryKind.ORDER),
        ("order", "order", EntryKind.SIGN_IN_REFUSED),
    ):
        record_alone(kind, subject, by=actor, now=NOW)
    page = search(words)
    told = [entry.sequence for entry in page]
    assert len(told) == page.paginator.count == found
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("name", ["", "\x00", "a\nb", "x" * 5000, "имя", "\ud800"])
def test_a_strange_name_at_sign_in_is_written_down_and_breaks_nothing(cast: Cast, name: str) -> None:
    answer = cast.browser().post(
        "/account/sign-in/", {"login": name.encode("utf-8", "replace").decode(), "password": "x"}
    )
    assert answer.status_code == 200
    assert verify().faults == ()


def test_a_refused_page_is_written_down(cast: Cast) -> None:
    assert cast.browser("asel").get("/journal/").status_code == 403
    assert [(entry.actor, (entry.body or {})["path"]) for entry in search("refused")] == [("asel", "/journal/")]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_the_end_of_the_journal_can_be_checked_alone(count: int) -> None:
    for number in range(4):
        record_alone(EntryKind.ORDER, f"KG-{number}", {"n": number}, by="asel", now=NOW)
    Entry.objects.filter(sequence=1).update(body=None, salt=None)
    told = erasure([1], actor="retention", at=NOW, basis="five years are over")
    record_alone(told.kind, told.subject, told.body, by=told.actor, now=NOW)
    assert tail_faults(count) == ()
    End.objects.update(number=4)
    assert [fault.what for fault in tail_faults(count)] == ["the end that was kept is another"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=вход", ["umar", "umar"]),  # the browser of the test signs in as well
        ("q=Вход+umar", ["umar", "umar"]),
        ("day=2026-03-01", ["asel"]),  # until 19:00 UTC the clock of the office is on that day
        ("q=2026-03-02", ["bakyt"]),
        ("q=02.03.2026", ["bakyt"]),
        ("q=02.03.2026+asel", []),
        ("day=yesterday&q=asel", ["asel"]),
        ("day=0001-01-01&q=asel", ["asel"]),
    ],
)
def test_entries_are_found_as_the_page_writes_them(cast: Cast, asked: str, found: list[str]) -> None:
    record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    record_alone(EntryKind.ORDER, "KG-2", by="bakyt", now=NOW.replace(hour=19))
    record_alone(EntryKind.SIGN_IN, "umar", by="umar", now=NOW.replace(day=7))
    page = cast.browser("umar", language="ru").get(f"/journal/?{asked}")
    assert page.status_code == 200
    assert [entry.actor for entry in page.context["found"]] == found


@pytest.mark.django_db
def test_a_day_stays_asked_for_on_the_next_page(cast: Cast) -> None:
    for _ in range(51):
        record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    assert "?q=KG&amp;day=2026-03-01&amp;page=2" in cast.browser("umar").get("/journal/?q=KG+2026-03-01").text


@pytest.mark.django_db
def test_details_are_told_by_the_clock_of_the_office_and_without_brackets(cast: Cast) -> None:
    body = {
        "at": "2026-03-01T10:30:22.628Z",
        "codes removed": ["HK", "SG"],
        "falls": [{"version": 2}],
        "until": "2026-03-31",
    }
    record_alone(EntryKind.LIST_CHANGE, "list x", {**body, "odd": "2026-99-01T10:30:00Z"}, by="oraz", now=NOW)
    page = cast.browser("umar").get("/journal/").text
    assert "at: 1 Mar 2026, 15:30; " in page
    assert "codes removed: HK, SG" in page
    assert "falls: version: 2" in page
    assert "until: 31 Mar 2026" in page
    assert "odd: 2026-99-01T10:30:00Z" in page
