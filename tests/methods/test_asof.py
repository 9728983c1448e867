"""Sums of past events: never anything of the same moment or later."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.methods.asof import EventLog, Questions

KEYS, TIMES = st.integers(0, 3), st.integers(-5, 20)
EVENTS = st.lists(st.tuples(KEYS, TIMES, st.integers(0, 5)), max_size=25)
ASKED = st.lists(st.tuples(KEYS, TIMES), min_size=1, max_size=15)
Event = tuple[int, int, int]


def ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def log_of(events: list[Event]) -> EventLog:
    weights = np.array([[1.0, float(weight)] for _, _, weight in events]).reshape(-1, 2)
    return EventLog.of(keys=ints([e[0] for e in events]), times=ints([e[1] for e in events]), weights=weights)


def questions(asked: list[tuple[int, int]]) -> Questions:
    return Questions.of(ints([key for key, _ in asked]), ints([moment for _, moment in asked]))


def brute_force(events: list[Event], key: int, moment: int, window: int | None) -> list[float]:
    seen = [
        weight for of, at, weight in events if of == key and at < moment and (window is None or at >= moment - window)
    ]
    return [float(len(seen)), float(sum(seen))]


@settings(max_examples=60)
@given(EVENTS, ASKED, st.none() | st.integers(0, 15))
def test_what_was_known_is_the_sum_over_all_earlier_events_of_the_key(
    events: list[Event], asked: list[tuple[int, int]], window: int | None
) -> None:
    answers = log_of(events).before(questions(asked), window=window)
    assert answers.tolist() == [brute_force(events, key, moment, window) for key, moment in asked]


@settings(max_examples=60)
@given(EVENTS, ASKED)
def test_the_first_event_is_the_earliest_before_the_moment(events: list[Event], asked: list[tuple[int, int]]) -> None:
    found = log_of(events).first_before(questions(asked)).tolist()
    for answer, (key, moment) in zip(found, asked, strict=True):
        earlier = [at for of, at, _ in events if of == key and at < moment]
        assert answer == min(earlier) if earlier else math.isnan(answer)


@settings(max_examples=60)
@given(EVENTS, ASKED, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(events: list[Event], asked: list[tuple[int, int]], chance: object) -> None:
    shuffled = sorted(events, key=lambda _: chance.random())  # type: ignore[attr-defined]
    np.testing.assert_array_equal(
        log_of(events).before(questions(asked), window=7), log_of(shuffled).before(questions(asked), window=7)
    )
    backwards = log_of(events).before(questions(asked[::-1]), window=7)
    np.testing.assert_array_equal(log_of(events).before(questions(asked), window=7), backwards[::-1])


def test_an_event_at_the_very_moment_is_not_known_and_one_as_old_as_the_window_is() -> None:
    log = log_of([(1, 10, 3), (1, 20, 4)])
    assert log.before(questions([(1, 20)]), window=10).tolist() == [[1.0, 3.0]]
    assert log.before(questions([(1, 20)]), window=9).tolist() == [[0.0, 0.0]]
    assert log.before(questions([(1, 21)]), window=11).tolist() == [[2.0, 7.0]]
