"""Statements made with every batch: the one row of a table, and rows found by lists of values."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from darvoza.office.api.models import GateMark, Receipt
from darvoza.office.journal.models import End
from darvoza.office.registry.models import Declaration
from darvoza.office.shell.statements import found_among, hold, put

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def heard(said: list[str]) -> AbstractContextManager[None]:
    """Write down what the database is asked."""

    def note(execute: Callable[..., Any], sql: str, *told: Any) -> Any:
        said.append(sql)
        return execute(sql, *told)

    return connection.execute_wrapper(note)


def test_the_one_row_is_made_once_and_then_given_as_it_stands() -> None:
    with transaction.atomic():
        made = hold(End, number=7, head="h")
        assert (made.number, made.head) == (7, "h")
        made.number = 8
        put(made)
        again = hold(End, number=0, head="")
    assert (again.number, again.head) == (8, "h")
    assert End.objects.count() == 1


def test_what_is_put_is_what_django_reads_and_writes_over() -> None:
    with transaction.atomic():
        mark = hold(GateMark)
        mark.batch, mark.memory, mark.state = 2**40, "a 'text'\\ with % and\nlines", "s" * 64
        put(mark)
    told = GateMark.objects.get()
    assert (told.batch, told.memory, told.state) == (2**40, "a 'text'\\ with % and\nlines", "s" * 64)
    held = hold(GateMark)
    held.batch = 3
    held.save()
    assert GateMark.objects.get().batch == 3


def test_it_is_held_where_the_database_can() -> None:
    hold(GateMark)
    said: list[str] = []
    with transaction.atomic(), heard(said):
        hold(GateMark)
    assert said[-1].endswith("FOR UPDATE") is connection.features.has_select_for_update


def test_rows_are_found_by_lists_of_values_as_django_finds_them() -> None:
    for number in range(5):
        Declaration(declaration_id=f"D{number}", lodged_at=NOW, post="KG-TOR", importer_id="I", record={}).save()
    names = ["D1", "D3", "D9", "d1", "D'2", "%s"]
    found = found_among(Declaration, ("declaration_id", "post"), declaration_id=names)
    rows = Declaration.objects.filter(declaration_id__in=names)
    assert sorted(found) == sorted(rows.values_list("declaration_id", "post")) != []
    assert found_among(Declaration, ("id",), declaration_id=names, post=["elsewhere"]) == []


def test_nothing_is_found_of_no_value_and_nobody_is_asked() -> None:
    said: list[str] = []
    with heard(said):
        assert found_among(Receipt, ("status",), client_id=[1], key=[]) == []
    assert said == []
