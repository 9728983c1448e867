"""Spending: as declarations are lodged, without looking ahead, and the day's capacity is kept whatever the score does."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.domain.capacity import EXAMINATION
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.flow.selectivity.spending import REMEMBERED, Dial, Lodged, Memory, Spending, nothing_yet, spend

Floats = NDArray[np.float64]
HOUR_WEIGHT = np.array([1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 12, 13, 12, 10, 7, 5, 4, 3, 2, 2, 1], dtype=float)
WEEKDAY_WEIGHT = np.array([1.1, 1.15, 1.1, 1.1, 1.0, 0.6, 0.5])
MONDAY = 20_517
DIAL = Dial(0.1, (0.5, 0.5))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of stream: declarations a day at each post, drift of the worth a day, whether capacity is a share."""

    per_day: float = 100.0
    days: int = 40
    posts: int = 1
    drift: float = 0.0
    share: float = 0.1
    counted: bool = True
    alerts: float = 0.02
    ties: bool = False


@lru_cache(maxsize=32)
def lodged(kind: Kind, seed: int) -> Lodged:
    """Declarations of some posts over some weeks, busy on weekdays and by day, in order of lodging."""
    rng = np.random.default_rng(seed)
    n = int(kind.per_day * kind.days * kind.posts)
    weight = WEEKDAY_WEIGHT[np.arange(kind.days) % 7] * rng.gamma(40, 1 / 40, kind.days)
    day = rng.choice(kind.days, n, p=weight / weight.sum())
    hour = rng.choice(24, n, p=HOUR_WEIGHT / HOUR_WEIGHT.sum()) + rng.random(n)
    order = np.lexsort((hour, day))
    logs = rng.normal(-3, 1.2, (n, 2))
    if kind.ties:
        logs = np.round(logs)
    amount = kind.per_day * kind.share if kind.counted else kind.share
    return Lodged(
        logs=logs + kind.drift * day[order][:, None],
        floors=np.where(rng.random(n) < kind.alerts, 1.0, 0.01),
        costs=np.ones(n),
        posts=np.array([f"P{number}" for number in rng.integers(kind.posts, size=n)]),
        days=(MONDAY + day[order]).astype(np.int64),
        hours=hour[order],
        amounts=np.full(n, amount),
        shares=np.full(n, not kind.counted),
    )


def decided(kind: Kind, seed: int, dial: Dial = DIAL) -> tuple[Lodged, Floats]:
    """Declarations, and π of each."""
    stream = lodged(kind, seed)
    return stream, np.maximum(stream.floors, spend(stream, nothing_yet(2), dial).given)


def one_by_one(stream: Lodged, memory: Memory, dial: Dial, *, chunks: list[int]) -> tuple[Floats, Floats, Memory]:
    """Spend piece by piece, carrying what is remembered along."""
    parts: list[Spending] = []
    for start, stop in zip([0, *chunks], [*chunks, stream.days.size], strict=True):
        parts.append(spend(stream.take(slice(start, stop)), memory, dial))
        memory = parts[-1].memory
    return np.concatenate([p.given for p in parts]), np.concatenate([p.purse for p in parts]), memory


def same(one: Memory, other: Memory) -> bool:
    """Whether two memories are the same to the last digit."""
    return memory_text({EXAMINATION: one}) == memory_text({EXAMINATION: other})


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([Kind(30, 8, 2), Kind(8, 12, 3, counted=False), Kind(25, 6, 2, ties=True)]),
    st.sampled_from([Dial(0.1, (0.5, 0.5)), Dial(0.0, (1.0, 0.0)), Dial(float("inf"), (0.5, 0.5))]),
    st.data(),
)
def test_decided_in_any_pieces_the_answers_are_those_of_all_at_once(
    seed: int, kind: Kind, dial: Dial, data: st.DataObject
) -> None:
    stream = lodged(kind, seed)
    chunks = sorted(data.draw(st.lists(st.integers(0, stream.days.size), max_size=12)))
    whole = spend(stream, nothing_yet(2), dial)
    given_, purse, memory = one_by_one(stream, nothing_yet(2), dial, chunks=chunks)
    np.testing.assert_array_equal(given_, whole.given)
    np.testing.assert_array_equal(purse, whole.purse)
    assert same(memory, whole.memory)


def test_record_by_record_the_answers_are_those_of_the_columns() -> None:
    stream = lodged(Kind(20, 12, 2), 3)
    whole = spend(stream, nothing_yet(2), DIAL)
    given_, _, memory = one_by_one(stream, nothing_yet(2), DIAL, chunks=list(range(1, stream.days.size)))
    np.testing.assert_array_equal(given_, whole.given)
    assert same(memory, whole.memory)


@pytest.mark.parametrize("until", [1, 57, 400, 1_900])
def test_what_is_lodged_later_never_changes_an_earlier_probability(until: int) -> None:
    stream = lodged(Kind(50, 30, 2), 4)
    whole = spend(stream, nothing_yet(2), DIAL).given
    np.testing.assert_array_equal(spend(stream.take(slice(0, until)), nothing_yet(2), DIAL).given, whole[:until])


def test_nobodys_luck_in_the_draw_is_looked_at() -> None:
    # there is nothing by which it could: what is remembered holds worth, floors, costs and counts, and no draw
    assert {"u", "selected"} & {field for part in (Lodged, Memory) for field in dir(part)} == set()


def days_of(stream: Lodged, pi: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """By day: acts drawn, Σπ, the standard deviation of the acts, declarations."""
    day = stream.days - stream.days.min()
    drawn = rng.random(pi.size) < pi
    sums = [
        np.bincount(day, weights).astype(np.float64)
        for weights in (drawn.astype(float), pi, pi * (1 - pi), np.ones(pi.size))
    ]
    return sums[0], sums[1], np.sqrt(sums[2]), sums[3]


@pytest.mark.parametrize("drift", [0.0, 0.025, -0.025])
@pytest.mark.parametrize("counted", [True, False])
def test_a_day_stays_within_two_standard_deviations_of_its_capacity(drift: float, *, counted: bool) -> None:
    inside, spent = [], []
    for seed in range(8):
        kind = Kind(200, 70, drift=drift, counted=counted)
        stream, pi = decided(kind, seed)
        drawn, expected, deviation, number = days_of(stream, pi, np.random.default_rng(seed))
        capacity = np.full(kind.days, 20.0) if counted else 0.1 * number
        known = np.arange(kind.days) >= 14
        inside.append((np.abs(drawn - capacity) <= 2 * deviation)[known])
        spent.append((expected / capacity)[known])
    assert np.mean(inside) > 0.90  # a normal count of exactly this mean would be within 95.4 % of the time
    assert np.mean(spent) == pytest.approx(1, abs=0.015)


def test_a_post_too_small_for_a_day_keeps_its_capacity_over_the_weeks() -> None:
    for drift in (0.0, 0.025):
        spent = [decided(Kind(8, 150, drift=drift), seed)[1].sum() for seed in range(4)]
        assert np.mean(spent) == pytest.approx(0.8 * 150, rel=0.12)


def test_totals_weighted_by_one_over_pi_are_unbiased_although_the_cuts_follow_the_score() -> None:
    stream, pi = decided(Kind(100, 30, drift=0.05), 5)
    rng = np.random.default_rng(6)
    wrong = rng.random(pi.size) < 0.02 + 0.3 * (stream.logs[:, 0] > np.quantile(stream.logs[:, 0], 0.8))
    draws = rng.random((4_000, pi.size)) < pi
    estimates = (draws * (wrong / pi)).sum(axis=1)
    error = np.sqrt((wrong * (1 - pi) / pi).sum() / estimates.size)
    assert estimates.mean() == pytest.approx(wrong.sum(), abs=3.5 * error)
    assert estimates.std() == pytest.approx(error * np.sqrt(estimates.size), rel=0.05)


def test_scaling_the_worth_changes_nothing() -> None:
    stream = lodged(Kind(60, 20, 2), 7)
    scaled = stream._replace(logs=stream.logs + 3.0)
    first, again = (spend(one, nothing_yet(2), DIAL).given for one in (stream, scaled))
    np.testing.assert_allclose(again, first, atol=1e-3)


def test_relabelling_posts_changes_nothing() -> None:
    stream = lodged(Kind(60, 20, 3), 8)
    names = {"P0": "Z", "P1": "A", "P2": "M"}
    other = stream._replace(posts=np.array([names[code] for code in stream.posts]))
    first, again = (spend(one, nothing_yet(2), DIAL).given for one in (stream, other))
    np.testing.assert_array_equal(again, first)


def test_posts_do_not_spend_for_one_another() -> None:
    stream = lodged(Kind(60, 30, 2), 9)
    mine = stream.posts == "P0"
    later = stream.days > MONDAY + 3  # until then a young post looks at what all posts have seen
    more = stream._replace(floors=np.where(mine, stream.floors, 1.0))
    first, again = (spend(one, nothing_yet(2), DIAL).given for one in (stream, more))
    np.testing.assert_array_equal(again[mine & later], first[mine & later])


def test_without_a_past_the_first_day_is_left_to_chance() -> None:
    stream = lodged(Kind(100, 3, alerts=0.0), 10)
    spending = spend(stream, nothing_yet(2), DIAL)
    first = stream.days == MONDAY
    assert set(spending.purse[first].tolist()) == {2}
    assert spending.given[first].mean() == pytest.approx(0.1, rel=0.3)
    assert set(spending.purse[~first].tolist()) > {0}


def test_a_post_that_opens_late_learns_from_the_others() -> None:
    stream = lodged(Kind(100, 10), 11)
    late = stream.days == MONDAY + 9
    stream = stream._replace(posts=np.where(late, "NEW", "OLD"))
    spending = spend(stream, nothing_yet(2), DIAL)
    best = stream.logs[late].max(axis=1)
    assert np.corrcoef(best, spending.given[late])[0, 1] > 0.5
    assert spending.memory.posts["NEW"].recent.shape[0] == late.sum()


def test_the_purses_share_what_floors_leave() -> None:
    stream = lodged(Kind(300, 40, alerts=0.0), 12)
    for parts in ((0.5, 0.5), (0.2, 0.8)):
        spending = spend(stream, nothing_yet(2), Dial(0.1, parts))
        known = stream.days > MONDAY + 7
        by_purse = np.bincount(spending.purse[known], spending.given[known], minlength=3)
        # what both would give counts for the one that gives more, so halves are halves and the rest lies between
        assert by_purse[0] / by_purse.sum() == pytest.approx(parts[0], abs=0.08)


def test_when_floors_spend_everything_nothing_is_taken_from_them_and_nothing_is_added() -> None:
    stream, pi = decided(Kind(100, 20, alerts=0.5), 13)
    known = stream.days > MONDAY + 7
    assert np.all(pi >= stream.floors)
    assert pi[known & (stream.floors < 1)].mean() < 0.02


def test_a_declaration_that_arrives_with_an_earlier_day_counts_as_one_of_today() -> None:
    stream = lodged(Kind(50, 10), 14)
    late = stream.take(np.concatenate([np.arange(400), np.array([10])]))
    spending = spend(late, nothing_yet(2), DIAL)
    assert spending.memory.posts["P0"].day == stream.days[399]
    assert sum(spending.memory.posts["P0"].counts) == (stream.days[:400] == stream.days[399]).sum() + 1


def test_a_post_remembers_no_more_than_it_needs() -> None:
    memory = spend(lodged(Kind(200, 20), 15), nothing_yet(2), DIAL).memory
    assert memory.posts["P0"].recent.shape == (REMEMBERED, 4)
    assert memory.before.shape[0] == REMEMBERED
    assert memory.today.shape[0] <= REMEMBERED


def test_on_the_day_a_score_begins_what_came_before_it_is_not_taken_for_worthless() -> None:
    stream = lodged(Kind(4, 120, 5, counted=False, alerts=0.0), 16)
    begun = stream.days >= MONDAY + 60
    stream = stream._replace(logs=np.where(begun[:, None], stream.logs, -np.inf))
    given_ = spend(stream, nothing_yet(2), DIAL).given
    for weeks in (0, 2, 4):
        window = begun & (stream.days - MONDAY - 60 >= 7 * weeks) & (stream.days - MONDAY - 60 < 7 * weeks + 14)
        assert given_[window].mean() == pytest.approx(0.1, rel=0.2)


def test_nothing_lodged_changes_nothing() -> None:
    memory = nothing_yet(2)
    spending = spend(lodged(Kind(50, 2), 0).take(slice(0, 0)), memory, DIAL)
    assert spending.memory is memory
    assert spending.given.size == 0
