"""Requests gathered into batches: nobody waits who asks alone, and those who were just answered are waited for."""

import concurrent.futures
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future

from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services.gathering import Gathering
from darvoza.office.api.services.reassessing import SYSTEM

LONG, SOON = 60.0, 0.3


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Give the seconds that have passed."""
        return self.now


def asked(count: int) -> list[Request]:
    return [Request(SYSTEM, LodgementKind.LODGED, {}) for _ in range(count)]


def answered(gathering: Gathering, clock: Clock, count: int, *, seconds: float, together: bool = False) -> None:
    """Have a batch that answers so many, who ask one by one or as one, and takes so long."""
    requests = asked(count)
    for each in [requests] if together else [[request] for request in requests]:
        gathering.add(each)
    batch = gathering.take(requests)
    assert batch == requests
    clock.now += seconds
    for request in batch:
        request.outcome = Answer(201, "{}")
    gathering.give_back(batch)
    assert gathering.take(requests) == []


def soon(gathering: Gathering, requests: Sequence[Request]) -> list[Request]:
    """Take a batch, which is not waited for: a wait would be one of minutes."""
    return taken(gathering, requests).result(LONG)


def taken(gathering: Gathering, requests: Sequence[Request]) -> "Future[list[Request]]":
    """Take a batch in a thread of its own."""
    future: Future[list[Request]] = Future()
    threading.Thread(target=lambda: future.set_result(gathering.take(requests)), daemon=True).start()
    return future


def waits(future: "Future[list[Request]]") -> bool:
    try:
        future.result(SOON)
    except TimeoutError:
        return True
    return False


def test_who_was_just_answered_is_waited_for_and_no_longer() -> None:
    clock = Clock()
    gathering = Gathering(500, 1.0, clock, longest=LONG)
    answered(gathering, clock, 3, seconds=LONG)
    first = asked(1)
    gathering.add(first)
    batch = taken(gathering, first)
    assert waits(batch), "the batch began without those who come again"
    gathering.add(second := asked(1))
    assert waits(batch)
    gathering.add(third := asked(1))
    assert batch.result(LONG) == [*first, *second, *third]


def test_who_asks_alone_waits_for_nobody() -> None:
    clock = Clock()
    gathering = Gathering(500, 1.0, clock)
    answered(gathering, clock, 1, seconds=10 * LONG)
    gathering.add(requests := asked(1))
    assert soon(gathering, requests) == requests


def test_nobody_is_waited_for_long_after_a_batch() -> None:
    clock = Clock()
    gathering = Gathering(500, 0.5, clock)
    answered(gathering, clock, 3, seconds=20 * LONG)
    clock.now += 10 * LONG
    gathering.add(requests := asked(1))
    assert soon(gathering, requests) == requests


def test_a_batch_that_is_full_waits_for_nobody() -> None:
    clock = Clock()
    gathering = Gathering(4, 1.0, clock)
    requests = asked(6)
    for request in requests:
        gathering.add([request])
    assert gathering.take(requests) == requests[:4]
    clock.now += 10 * LONG
    gathering.give_back(requests[:4])
    gathering.add(asked(2))
    assert len(soon(gathering, requests[4:])) == 4


def test_who_asks_for_many_at_once_is_one_who_asks() -> None:
    clock = Clock()
    gathering = Gathering(500, 1.0, clock)
    answered(gathering, clock, 100, seconds=10 * LONG, together=True)
    gathering.add(requests := asked(1))
    assert soon(gathering, requests) == requests


def test_nobody_is_waited_for_longer_than_a_part_of_the_last_batch() -> None:
    clock = Clock()
    gathering = Gathering(500, 0.5, clock)
    answered(gathering, clock, 3, seconds=2 * SOON)
    gathering.add(requests := asked(1))
    began = time.monotonic()
    assert soon(gathering, requests) == requests
    assert SOON <= time.monotonic() - began + 0.01 < LONG / 2


def test_a_batch_that_took_minutes_lets_nobody_wait_for_minutes() -> None:
    clock = Clock()
    gathering = Gathering(500, 0.5, clock, longest=SOON)
    answered(gathering, clock, 3, seconds=10 * LONG)
    gathering.add(requests := asked(1))
    began = time.monotonic()
    assert soon(gathering, requests) == requests
    assert SOON <= time.monotonic() - began + 0.01 < LONG / 2


def test_those_who_were_left_waiting_are_counted_and_never_more_than_allowed_are_taken() -> None:
    clock = Clock()
    gathering = Gathering(2, 1.0, clock, longest=LONG)
    gathering.add(requests := asked(3))
    batch = gathering.take(requests[:1])
    assert batch == requests[:2]
    clock.now += LONG
    gathering.give_back(batch)
    assert [type(request.outcome) for request in requests] == [Problem, Problem, type(None)], "what is left has failed"
    last = taken(gathering, requests[2:])
    assert waits(last)
    gathering.add(asked(2))
    assert len(last.result(LONG)) == 2


def test_one_of_those_who_wait_has_the_next_turn_and_the_others_sleep_on() -> None:
    gathering = Gathering(500, 0.0)
    gathering.add(first := asked(1))
    assert gathering.take(first) == first
    waiting = [asked(1) for _ in range(8)]
    turns = []
    for each in waiting:
        gathering.add(each)
        turns.append(taken(gathering, each))
    assert all(waits(turn) for turn in turns[:2])
    gathering.give_back(first)
    concurrent.futures.wait(turns, LONG, concurrent.futures.FIRST_COMPLETED)
    time.sleep(SOON)
    led = [turn for turn in turns if turn.done()]
    assert len(led) == 1
    batch = led[0].result()
    assert sorted(map(id, batch)) == sorted(id(request) for each in waiting for request in each)
    gathering.give_back(batch)
    assert [turn.result(LONG) for turn in turns if turn is not led[0]] == [[]] * 7


def test_many_threads_that_ask_again_and_again_are_all_answered_once() -> None:
    gathering, seen = Gathering(7, 0.1), []

    def ask() -> None:
        for _ in range(50):
            gathering.add(requests := asked(1))
            while batch := gathering.take(requests):
                for request in batch:
                    request.outcome = Answer(201, "{}")
                seen.extend(batch)
                gathering.give_back(batch)
            assert requests[0].outcome is not None

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in threads)
    assert len(seen) == len(set(map(id, seen))) == 600
