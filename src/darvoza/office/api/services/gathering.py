"""Requests of many threads gathered into batches, each of which falls to one of these threads."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from darvoza.office.api.problems import Problem
from darvoza.office.api.requests import Request

PATIENCE: Final = 0.6
"""For which part of the time that the last batch took the next one waits for those who were just answered."""

LONGEST: Final = 2.0
"""For how long it waits at most [s]: a batch in which the gate was opened may have taken minutes."""


class Gathering:
    """Requests that wait, and whose turn it is to decide them.

    Whoever was just answered often asks again at once. To begin before he does would leave him to the batch after this one, and
    two batches of eight cost far more than one of sixteen. So a batch that follows another waits a little for as many as
    the last one answered and left waiting, each with however much they ask at once; who asks after that, or alone, waits for nobody.

    Parameters
    ----------
    most
        Requests that are decided together.
    patience
        For which part of the time that a batch took the next one waits.
    clock
        Seconds that pass.
    longest
        For how long it waits at most [s].
    """

    def __init__(
        self,
        most: int,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        *,
        longest: float = LONGEST,
    ) -> None:
        self._most, self._patience, self._clock, self._longest = most, patience, clock, longest
        self._lock = threading.Lock()
        self._more = threading.Condition(self._lock)
        """Told to whoever has the turn, once there is enough to begin with."""
        self._sleeping: list[_Sleeper] = []
        self._waiting: deque[list[Request]] = deque()  # of each who asks, what he asks
        self._busy = False
        self._begun = self._until = 0.0
        self._asking = self._expected = 0

    def add(self, requests: Sequence[Request]) -> None:
        """Have requests wait."""
        with self._lock:
            self._waiting.append(list(requests))
            if self._are_enough():
                self._more.notify()

    def take(self, requests: Sequence[Request]) -> list[Request]:
        """Wait until these requests are answered, or it falls to this thread to decide all that wait; nothing once they are."""
        while True:
            with self._lock:
                if _are_answered(requests):
                    return []
                if not self._busy:
                    return self._turn()
                sleeper = _Sleeper(requests)
                self._sleeping.append(sleeper)
            sleeper.sleep()

    def _turn(self) -> list[Request]:
        """Have the turn: wait for those who are expected, and take what waits."""
        self._busy = True
        self._more.wait_for(self._are_enough, max(self._until - self._clock(), 0.0))
        self._begun = self._clock()
        return self._batch()

    def _are_enough(self) -> bool:
        """Tell whether all have come who are expected, or no more can be taken."""
        return len(self._waiting) >= self._expected or sum(map(len, self._waiting)) >= self._most

    def _batch(self) -> list[Request]:
        """Take what waits, as much as is decided together; the rest of what somebody asks waits on."""
        batch: list[Request] = []
        self._asking = 0
        while self._waiting and len(batch) < self._most:
            asked, room = self._waiting.popleft(), self._most - len(batch)
            batch += asked[:room]
            self._asking += 1
            if len(asked) > room:
                self._waiting.appendleft(asked[room:])
        return batch

    def give_back(self, batch: Sequence[Request]) -> None:
        """Let others have their turn; what this one left unanswered has failed."""
        with self._lock:
            for request in batch:
                request.outcome = request.outcome or Problem("failed")
            ended = self._clock()
            self._expected = self._asking + len(self._waiting)
            self._until = ended + min(self._patience * (ended - self._begun), self._longest)
            self._busy = False
            self._wake()

    def _wake(self) -> None:
        """Wake those who are answered, and of the others one, who has the next turn: who is woken for nothing takes time from all."""
        left: list[_Sleeper] = []
        for each in self._sleeping:
            if _are_answered(each.requests):
                each.wake()
            else:
                left.append(each)
        if left:
            left.pop(0).wake()
        self._sleeping = left


class _Sleeper:
    """A thread that sleeps until its requests are answered or it has the turn."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self._awake = threading.Lock()
        self._awake.acquire()

    def sleep(self) -> None:
        """Sleep until woken, also where that was before."""
        self._awake.acquire()

    def wake(self) -> None:
        """Wake it; once."""
        self._awake.release()


def _are_answered(requests: Sequence[Request]) -> bool:
    return all(request.outcome is not None for request in requests)
