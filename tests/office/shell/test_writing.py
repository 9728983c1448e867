"""Rows that are written together are those that Django would have written one by one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from darvoza.office.api.models import Client, Receipt
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Decision, Declaration, Item, Run
from darvoza.office.shell.writing import insert, new_keys

NOW = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20) | st.sampled_from(
    ["\\N", "\\.", "\t", "\n", "\r\n", "\\", "\\t", "a\\", "'\"", "", "ё", "\u2028", "\x1b"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def columns(row: models.Model) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}


def said_of(number: int, **more: Any) -> dict[str, Any]:
    said = {"lodged_at": NOW, "post": "KG-TOR", "channel": "red", "importer_id": "I", "record": {"a": 1}} | more
    return {"declaration_id": f"D{number}", **said}


def a_declaration(number: int, **more: Any) -> Declaration:
    return Declaration(**said_of(number, **more))


class TestTexts(TestCase):
    """Whatever stands in a text or in JSON comes back."""

    @settings(max_examples=60, deadline=None)
    @given(TEXT, TEXT, JSON)
    def test_whatever_stands_in_a_text_comes_back(self, one: str, other: str, said: Any) -> None:
        """Write and read, beside a row that Django wrote."""
        told = {"importer_name": one, "post": other[:20], "record": {"said": said}}
        insert(Declaration, [said_of(1, **told)])
        a_declaration(2, **told).save()
        read = {each.declaration_id: columns(each) for each in Declaration.objects.all()}
        assert {**read["D1"], "declaration_id": ""} == {**read["D2"], "declaration_id": ""}


@pytest.mark.django_db
def test_a_database_that_goes_while_rows_are_written_is_told_of_as_in_any_other_statement() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that goes; these tests are run on PostgreSQL, too")

    def write() -> None:
        """Write on a connection of its own, which is ended from another one."""
        other = connection.copy()
        try:
            with transaction.atomic():
                with connection.cursor() as cursor, other.cursor() as from_there:
                    cursor.execute("SELECT pg_backend_pid()")
                    from_there.execute("SELECT pg_terminate_backend(%s, 10000)", cursor.fetchone())
                insert(Declaration, [said_of(1)])
        finally:
            other.close()
            connection.close()

    with ThreadPoolExecutor(1) as pool, pytest.raises(OperationalError):
        pool.submit(write).result()


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_is_told_of_as_in_any_other_statement() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Declaration, [said_of(1), said_of(1)])


@pytest.mark.django_db
def test_every_kind_of_value_is_written_as_django_writes_it() -> None:
    run = Run.objects.create(digest="r", name="r", loaded_at=NOW)
    parent = a_declaration(1)
    parent.save()
    told = {
        "declaration_id": parent.pk, "run_id": run.pk, "agency": "customs", "act": "physical", "items": [1, 2],
        "probability": 0.1 + 0.2, "floors": [{"kind": "law", "items": []}], "u": 5e-324, "selected": True, "basis": "law",
        "channel": "red", "score": None, "harm": 1e300, "fingerprint": "f" * 64, "key_day": date(2026, 3, 2),
        "commitment": "c", "deadline": NOW,
    }  # fmt: skip
    insert(Decision, [{"decision_id": "ours", **told}])
    Decision(decision_id="theirs", **told).save()
    ours, theirs = (columns(Decision.objects.get(decision_id=name)) for name in ("ours", "theirs"))
    assert {**ours, "decision_id": ""} == {**theirs, "decision_id": ""}


@pytest.mark.django_db
def test_keys_are_those_of_the_database_and_later_rows_follow_them() -> None:
    a_declaration(0).save()
    keys = new_keys(Declaration, 2_499)
    assert insert(Declaration, ({"id": key, **said_of(number)} for number, key in enumerate(keys, start=1))) == 2_499
    found = Declaration.objects.order_by("pk").exclude(declaration_id="D0")
    assert list(found.values_list("pk", "declaration_id")) == [(key, f"D{n}") for n, key in enumerate(keys, start=1)]
    item = {"number": 1, "hs": "870323", "origin": "CN", "record": {}}
    insert(Item, ({"declaration_id": key, **item} for key in keys[:3]))
    assert Item.objects.filter(declaration__declaration_id__in=["D1", "D2", "D3"]).count() == 3
    last = a_declaration(9_999)
    last.save()
    assert last.pk > keys[-1]


@pytest.mark.django_db
def test_nothing_is_written_of_nothing() -> None:
    assert insert(Item, []) == 0
    assert new_keys(Item, 0) == []


@pytest.mark.django_db
def test_a_row_that_lacks_a_column_of_the_others_is_refused() -> None:
    with pytest.raises(KeyError, match="post"), transaction.atomic():
        insert(Declaration, [said_of(1), {name: value for name, value in said_of(2).items() if name != "post"}])
    assert not Declaration.objects.exists()


@pytest.mark.django_db
def test_a_body_that_is_not_there_is_none_and_not_the_word() -> None:
    entry = {
        "previous": "p",
        "kind": "decision",
        "actor": "a",
        "subject": "s",
        "at": NOW,
        "body_digest": "b",
        "head": "h",
    }
    with transaction.atomic():
        insert(Entry, [{"sequence": 1, **entry}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT body IS NULL, salt IS NULL FROM journal_entry")
        assert [bool(each) for each in cursor.fetchone()] == [True, True]


@pytest.mark.django_db
def test_what_must_be_there_once_is_refused_the_second_time() -> None:
    client = Client.objects.create(name="c", token_digest="t", made_at=NOW)
    receipt = {"client_id": client.pk, "key": "k", "digest": "d", "status": 201, "answer": "{}", "at": NOW}
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        insert(Receipt, [receipt, receipt])
    assert Receipt.objects.count() == 0
