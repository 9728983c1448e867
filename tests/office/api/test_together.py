"""Requests of many threads are decided together, each is answered, and nobody waits for more than his own batch."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from darvoza.office.api.callers import Caller
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import lodging
from office.api.systems import NOW

CALLER = Caller(1, "a", "", "", frozenset(), 1)


def a_request(number: int) -> Request:
    return Request(CALLER, LodgementKind.LODGED, number)


def test_many_threads_are_answered_in_few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[tuple[int, datetime]] = []

    def slow(batch: Sequence[Request], now: datetime) -> None:
        time.sleep(0.02)
        batches.append((len(batch), now))
        for request in batch:
            request.outcome = Answer(201, str(request.body))

    monkeypatch.setattr(lodging, "_settle", slow)
    requests = [a_request(number) for number in range(60)]
    moments = [NOW + timedelta(seconds=number) for number in range(60)]
    threads = [
        threading.Thread(target=lodging.lodge, args=([request],), kwargs={"now": now})
        for request, now in zip(requests, moments, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert [request.outcome for request in requests] == [Answer(201, str(number)) for number in range(60)]
    assert sum(size for size, _ in batches) == 60
    assert len(batches) < 30
    assert max(now for _, now in batches) == moments[-1]  # nobody is decided before he came


def test_a_thread_that_dies_leaves_the_others_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(batch: Sequence[Request], _now: datetime) -> None:
        if any(request.body == 0 for request in batch):
            raise KeyboardInterrupt
        for request in batch:
            request.outcome = Answer(201, "")

    monkeypatch.setattr(lodging, "_settle", dying)
    first, second = a_request(0), a_request(1)
    with pytest.raises(KeyboardInterrupt):
        lodging.lodge([first], now=NOW)
    lodging.lodge([second], now=NOW)
    assert second.outcome == Answer(201, "")
    assert not isinstance(first.outcome, Answer)
    lodging.lodge([], now=NOW)
