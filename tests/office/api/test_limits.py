"""The minute of a client is one, however many processes answer it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Client
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services import clients
from darvoza.office.api.services.clients import NewClient, caller_of, count, enter_client
from office.api.systems import NOW

Left = dict[int, tuple[datetime, int]]


class Process:
    """One of several processes: what it took is its own, the row of the client is shared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: Left = {}
        self.monkeypatch = monkeypatch

    def answers(self, caller: Caller, now: datetime) -> bool:
        self.monkeypatch.setattr(clients._Taken, "left", self.left)
        try:
            count(caller, now)
        except Problem as problem:
            return not (problem.code == "too-many" and 1 <= int(problem.headers["Retry-After"]) <= 60)
        return True


@pytest.fixture
def processes(db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Process, Process]:  # noqa: ARG001 - asked for
    """Two processes of one office."""
    return Process(monkeypatch), Process(monkeypatch)


def a_client(per_minute: int) -> Caller:
    token = enter_client(NewClient("busy", (Purpose.LODGE,), per_minute=per_minute), by="oraz", now=NOW)
    made = caller_of(token)
    assert made is not None
    return made


@pytest.mark.parametrize("per_minute", [1, 3, 250, 999])
def test_two_processes_answer_no_more_than_one_minute_together(
    processes: tuple[Process, Process], per_minute: int
) -> None:
    caller = a_client(per_minute)
    for minute in range(2):
        at = NOW + timedelta(minutes=minute)
        turns = [processes[number % 2].answers(caller, at + timedelta(milliseconds=number)) for number in range(1200)]
        assert sum(turns) == per_minute
        assert turns[:per_minute].count(False) <= per_minute // 50, "little is held back by the other"


def test_what_a_process_took_is_not_taken_into_the_next_minute(processes: tuple[Process, Process]) -> None:
    caller, (one, other) = a_client(200), processes
    assert one.answers(caller, NOW)
    later = NOW + timedelta(seconds=61)
    assert sum(other.answers(caller, later) for _ in range(300)) == 200
    assert not one.answers(caller, later)


def test_what_another_took_between_a_look_and_a_taking_is_not_taken_again(processes: tuple[Process, Process]) -> None:
    caller, (one, other) = a_client(2), processes
    overtaken: list[bool] = []

    def overtake(execute: Any, sql: str, params: object, many: bool, context: object) -> object:
        if sql.startswith("UPDATE") and not overtaken:
            overtaken.append(True)
            row = Client.objects.filter(name="busy")
            assert row.update(counted_since=NOW, counted=1) == 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake):
        assert one.answers(caller, NOW)
    assert Client.objects.get(name="busy").counted == 2
    assert not one.answers(caller, NOW)
    assert not other.answers(caller, NOW)


def test_who_is_refused_costs_a_look_at_one_row(
    processes: tuple[Process, Process], django_assert_num_queries: object
) -> None:
    caller = a_client(1)
    assert processes[0].answers(caller, NOW)
    with django_assert_num_queries(9):  # type: ignore[operator]
        assert not any(processes[number % 2].answers(caller, NOW) for number in range(9))


def test_a_clock_that_is_set_back_refuses_nobody_for_long(processes: tuple[Process, Process]) -> None:
    caller = a_client(3)
    assert [processes[0].answers(caller, NOW) for _ in range(4)] == [True, True, True, False]
    assert processes[1].answers(caller, NOW - timedelta(hours=3))
    assert Client.objects.get(name="busy").counted_since == NOW - timedelta(hours=3)


def test_asking_costs_a_write_in_a_hundred(
    processes: tuple[Process, Process], django_assert_num_queries: object
) -> None:
    caller = a_client(6_000)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert all(processes[0].answers(caller, NOW) for _ in range(120))
