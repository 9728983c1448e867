"""Sums of past events: never anything of the same moment or later."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.methods.asof import EventLog, Past, Questions

KEYS, TIMES = st.integers(0, 3), st.integers(-5, 20)
EVENTS = st.lists(st.tuples(KEYS, TIMES, st.integers(0, 5)), max_size=25)
ASKED = st.lists(st.tuples(KEYS, TIMES), min_size=1, max_size=15)
LABELS = st.integers(0, 2)
Event = tuple[int, int, int]


def ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def log_of(events: list[Event], since: list[int] | None = None) -> EventLog:
    weights = np.array([[1, weight] for _, _, weight in events], dtype=np.int64).reshape(-1, 2)
    keys, times = ints([e[0] for e in events]), ints([e[1] for e in events])
    return EventLog(keys, times, weights, since=None if since is None else ints(since))


def questions(asked: list[tuple[int, int]]) -> Questions:
    return Questions.of(ints([key for key, _ in asked]), ints([moment for _, moment in asked]))


def summed(seen: list[float]) -> list[float]:
    return [float(len(seen)), float(sum(seen))]


@settings(max_examples=60)
@given(EVENTS, ASKED, st.none() | st.integers(0, 15))
def test_what_was_known_is_the_sum_over_all_earlier_events_of_the_key(
    events: list[Event], asked: list[tuple[int, int]], window: int | None
) -> None:
    past = log_of(events).before(questions(asked))
    answers = past.total() if window is None else past.within(window)
    expected = [
        summed([w for of, at, w in events if of == key and at < now and (window is None or at >= now - window)])
        for key, now in asked
    ]
    assert answers.tolist() == expected


@settings(max_examples=60)
@given(EVENTS, ASKED, st.lists(st.integers(0, 12), min_size=25, max_size=25), st.integers(0, 15))
def test_an_event_that_counts_since_earlier_is_known_only_from_its_own_moment(
    events: list[Event], asked: list[tuple[int, int]], ages: list[int], window: int
) -> None:
    since = [at - age for (_, at, _), age in zip(events, ages, strict=False)]
    past = log_of(events, since).before(questions(asked))
    for counted, faded, (key, now) in zip(past.within(window).tolist(), past.fading(3).tolist(), asked, strict=True):
        known = [(w, s) for (of, at, w), s in zip(events, since, strict=True) if of == key and at < now]
        assert counted == summed([w for w, s in known if s >= now - window])
        halved = [2.0 ** (-(now - s) / 3) for _, s in known]
        assert faded == pytest.approx([sum(halved), sum(h * w for h, (w, _) in zip(halved, known, strict=True))])


@settings(max_examples=60)
@given(EVENTS, ASKED, st.sampled_from([1, 2, 5, 40]))
def test_a_fading_sum_halves_every_event_for_each_half_life(
    events: list[Event], asked: list[tuple[int, int]], half_life: int
) -> None:
    answers = log_of(events).before(questions(asked)).fading(half_life).tolist()
    for answer, (key, now) in zip(answers, asked, strict=True):
        halved = [(2.0 ** (-(now - at) / half_life), w) for of, at, w in events if of == key and at < now]
        assert answer == pytest.approx([sum(h for h, _ in halved), sum(h * w for h, w in halved)], rel=1e-7)


def test_a_fading_sum_stays_right_over_many_half_lives() -> None:
    events = [(0, at, 1) for at in range(0, 5000, 7)]
    answer = log_of(events).before(questions([(0, 5000)])).fading(10)[0, 0]
    assert answer == pytest.approx(sum(2.0 ** (-(5000 - at) / 10) for _, at, _ in events), rel=1e-8)


@settings(max_examples=60)
@given(EVENTS, ASKED, st.sampled_from([1, 5]))
def test_other_keys_and_later_events_change_no_answer_by_a_single_bit(
    events: list[Event], asked: list[tuple[int, int]], half_life: int
) -> None:
    key, now = asked[0]
    whole = log_of(events).before(questions(asked[:1]))
    own = log_of([event for event in events if event[0] == key and event[1] < now]).before(questions(asked[:1]))
    answers: list[Callable[[Past], NDArray[np.float64]]] = [lambda past: past.fading(half_life), Past.total]
    for answer in answers:
        assert answer(whole).tobytes() == answer(own).tobytes()


@settings(max_examples=80)
@given(
    st.lists(st.tuples(KEYS, TIMES, LABELS, LABELS), max_size=25),
    st.lists(st.tuples(KEYS, TIMES, LABELS, LABELS), min_size=1, max_size=15),
)
def test_the_first_and_the_last_event_can_be_asked_to_differ_in_their_labels(
    events: list[tuple[int, int, int, int]], asked: list[tuple[int, int, int, int]]
) -> None:
    log = log_of([(key, at, 0) for key, at, _, _ in events])
    past = log.before(questions([(key, now) for key, now, _, _ in asked]))
    labels = [(ints([e[place] for e in events]), ints([a[place] for a in asked])) for place in (2, 3)]
    for pairs in ([], labels[:1], labels):
        first, last = past.time_of(past.first(*pairs)), past.time_of(past.last(*pairs))
        for place, (key, now, *own) in enumerate(asked):
            times = [
                at
                for of, at, *has in events
                if of == key and at < now and all(has[k] != own[k] for k in range(len(pairs)))
            ]
            assert first[place] == min(times) if times else math.isnan(first[place])
            assert last[place] == max(times) if times else math.isnan(last[place])


@settings(max_examples=60)
@given(EVENTS, ASKED, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(events: list[Event], asked: list[tuple[int, int]], chance: object) -> None:
    shuffled = sorted(events, key=lambda _: chance.random())  # type: ignore[attr-defined]
    straight = log_of(events).before(questions(asked)).within(7)
    np.testing.assert_array_equal(straight, log_of(shuffled).before(questions(asked)).within(7))
    np.testing.assert_array_equal(straight, log_of(events).before(questions(asked[::-1])).within(7)[::-1])


def test_an_event_at_the_very_moment_is_not_known_and_one_as_old_as_the_window_is() -> None:
    log = log_of([(1, 10, 3), (1, 20, 4)])
    assert log.before(questions([(1, 20)])).within(10).tolist() == [[1.0, 3.0]]
    assert log.before(questions([(1, 20)])).within(9).tolist() == [[0.0, 0.0]]
    assert log.before(questions([(1, 21)])).within(11).tolist() == [[2.0, 7.0]]


def test_events_of_the_very_moment_are_told_apart_and_as_far_as_they_stand_above() -> None:
    log = log_of([(1, 10, 3), (1, 20, 4), (2, 20, 50), (1, 20, 5), (1, 21, 6), (2, 21, 60)])
    past = log.before(questions([(1, 20), (1, 20), (1, 21), (1, 11), (3, 20), (2, 22)]))
    assert past.sums_now()[:, 1].tolist() == [9, 9, 6, 0, 0, 0]
    assert past.sums_now_before(ints(list(range(6))), ints([3, 4, 4, 6, 6, 6]))[:, 1].tolist() == [4, 9, 0, 0, 0, 0]


def test_sums_beyond_what_a_double_holds_stay_exact() -> None:
    large = 2**60 + 1
    log = EventLog(ints([0] * 9 + [1]), ints(list(range(10))), ints([large] * 9 + [3])[:, None])
    assert log.before(questions([(1, 10)])).total().tolist() == [[3.0]]


def test_keys_beyond_the_range_are_refused() -> None:
    with pytest.raises(ValueError, match="below"):
        EventLog(ints([2**31]), ints([0]))
