"""Capacity: what the score may spend is spent, post by post, without looking ahead."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from darvoza.errors import SettingsError
from darvoza.flow.selectivity.capacity import CATCH_UP, FEWEST, Budget, Spending, spend

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOTHING = 1e-300


@dataclass(frozen=True)
class Stream:
    """Declarations of several posts over many days, in order of lodging."""

    worth: Floats
    floors: Floats
    posts: Ints
    days: Ints

    def spent(self, budget: Budget, until: int | None = None) -> Spending:
        return spend(
            self.worth[:until], self.floors[:until], posts=self.posts[:until], days=self.days[:until], budget=budget
        )


def a_stream(seed: int, *, n: int = 6_000, days: int = 100, random_floor: float = 0.01, stops: float = 0.02) -> Stream:
    """Worth of heavy tail; some declarations are stopped by a floor of 1; one post is small."""
    rng = np.random.default_rng(seed)
    floors = np.where(rng.random(n) < stops, 1.0, random_floor)
    posts = rng.choice(4, n, p=[0.5, 0.3, 0.17, 0.03])
    return Stream(rng.lognormal(-3, 1.2, n), floors, posts, np.sort(rng.integers(1, days, n)))


@pytest.mark.parametrize("share", [0.05, 0.15, 0.5])
@pytest.mark.parametrize("dial", [0.1, 1.0])
def test_over_a_steady_stream_the_probabilities_add_up_to_the_capacity(share: float, dial: float) -> None:
    stream = a_stream(1)
    held = np.maximum(stream.floors, stream.spent(Budget(share, dial=dial)).score_floor)
    assert held.sum() == pytest.approx(share * held.size, rel=0.03)
    for post in range(3):  # the fourth is too small to tell
        assert held[stream.posts == post].mean() == pytest.approx(share, rel=0.08)


def test_the_capacity_is_about_kept_when_the_score_drifts_by_a_percent_a_day() -> None:
    stream = a_stream(2)
    drifting = Stream(stream.worth * np.exp(stream.days / 100), stream.floors, stream.posts, stream.days)
    held = np.maximum(drifting.floors, drifting.spent(Budget(0.1)).score_floor)
    assert held.mean() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("day", [2, 10, 50, 99])
def test_what_happens_later_never_changes_earlier_probabilities(day: int) -> None:
    stream, budget = a_stream(3), Budget(0.1)
    until = int(np.searchsorted(stream.days, day))
    whole, cut_off = stream.spent(budget), stream.spent(budget, until)
    np.testing.assert_array_equal(whole.score_floor[:until], cut_off.score_floor)
    np.testing.assert_array_equal(whole.cut[:until], cut_off.cut)


def test_the_order_of_declarations_does_not_matter() -> None:
    stream, budget = a_stream(4, n=1_500), Budget(0.1)
    order = np.random.default_rng(0).permutation(1_500)
    shuffled = Stream(stream.worth[order], stream.floors[order], stream.posts[order], stream.days[order])
    np.testing.assert_allclose(shuffled.spent(budget).score_floor, stream.spent(budget).score_floor[order], atol=1e-6)


def test_within_a_day_of_a_post_worth_decides_alone() -> None:
    stream = a_stream(5)
    given = stream.spent(Budget(0.1)).score_floor
    for post in range(4):
        for day in (30, 60, 90):
            rows = np.flatnonzero((stream.posts == post) & (stream.days == day))
            assert np.all(np.diff(given[rows[np.argsort(stream.worth[rows])]]) >= 0)


def test_floors_above_the_capacity_leave_nothing_to_the_score() -> None:
    stream = a_stream(6, n=1_500, stops=0.4)
    spending = stream.spent(Budget(0.1))
    later = stream.days > stream.days.min()
    assert np.all(spending.score_floor[later] < NOTHING)
    assert np.all(np.isposinf(spending.cut[later]))


def test_on_the_first_day_chance_spends_the_capacity() -> None:
    stream = a_stream(7)
    spending, first = stream.spent(Budget(0.1)), stream.days == stream.days.min()
    assert np.all(spending.score_floor[first] == 0.1)
    assert np.all(np.isnan(spending.cut[first]))
    assert not np.isnan(spending.cut[~first]).any()


def test_a_post_that_opens_late_learns_from_the_others() -> None:
    rng = np.random.default_rng(8)
    worth, days = rng.lognormal(0, 1, 400), np.repeat(np.arange(20), 20)
    posts = np.where(days == 19, 1, 0)
    spending = spend(worth, np.zeros(400), posts=posts, days=days, budget=Budget(0.2))
    cut = spending.cut[posts == 1]
    assert np.all(np.isfinite(cut))
    seen = np.exp(cut[0]) < np.sort(worth[days < 19])
    assert 0.1 < seen.mean() < 0.3
    assert (posts == 0).sum() > FEWEST


def test_what_was_overspent_is_made_up_but_never_by_more_than_half() -> None:
    days = np.repeat(np.arange(3), 200)
    worth, posts = np.ones(600), np.zeros(600, dtype=np.int64)
    floors = np.where(days == 0, 1.0, 0.0)  # the first day stops everything
    given = spend(worth, floors, posts=posts, days=days, budget=Budget(0.2, window_days=1)).score_floor
    assert np.all(given[days == 1] < NOTHING)
    floors = np.where((days == 0) & (np.arange(600) % 4 == 0), 1.0, 0.0)  # 25 % and the share of 20 % by chance
    again = spend(worth, floors, posts=posts, days=days, budget=Budget(0.2, window_days=1)).score_floor
    assert again[days == 1].mean() < (1 - CATCH_UP) * 0.2 + 1e-9


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("capacity", {"share": 0.0}),
        ("capacity", {"share": 1.01}),
        ("capacity", {"share": float("nan")}),
        ("random", {"share": 0.1, "random_floor": 0.0}),
        ("random", {"share": 0.1, "random_floor": 0.2}),
        ("dial", {"share": 0.1, "dial": 0.0}),
        ("dial", {"share": 0.1, "window_days": 0}),
    ],
)
def test_a_budget_that_cannot_be_is_refused(field: str, settings: dict[str, float]) -> None:
    with pytest.raises(SettingsError) as refused:
        Budget(**settings)  # type: ignore[arg-type]
    assert refused.value.field == field
