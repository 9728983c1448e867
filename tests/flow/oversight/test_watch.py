"""The watch over few declarations is the breaker over all of them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.domain.selection import PlacedFloor
from darvoza.flow.oversight.breaker import UNWATCHED, Asked, Ceiling, Watched, restrain_after
from darvoza.flow.oversight.watch import LATELY, Watch

START = datetime(2026, 3, 2, tzinfo=UTC)
RULE = Ceiling(share=0.4, window_days=1, fewest=3)
Lodged = list[tuple[str, datetime, list[tuple[str, str, float]]]]

FLOORS = st.lists(
    st.tuples(st.sampled_from(["profile", "law"]), st.sampled_from(["A", "B"]), st.sampled_from([0.02, 0.5, 1.0])),
    max_size=2,
    unique_by=lambda floor: floor[1],
)
HOURS = st.one_of(st.integers(0, 60).map(float), st.floats(0, 60, allow_nan=False))
LODGED = st.lists(st.tuples(st.sampled_from(["OSH", "TOR"]), HOURS, FLOORS), max_size=30).map(
    lambda rows: [
        (post, START + timedelta(hours=after), floors) for post, after, floors in sorted(rows, key=lambda row: row[1])
    ]
)


def rows_of(lodged: Lodged) -> tuple[list[tuple[str, datetime]], list[PlacedFloor]]:
    """Declarations and their floors."""
    where = [(post, moment) for post, moment, _ in lodged]
    floors = [
        PlacedFloor(number, "customs", "scan", kind, source, probability, [])
        for number, (*_, held) in enumerate(lodged)
        for kind, source, probability in held
    ]
    return where, floors


def columns_of(where: list[tuple[str, datetime]], floors: list[PlacedFloor]) -> Watched:
    """The same as columns."""
    return Asked(where, floors).as_columns()


def parts_of(lodged: Lodged, cuts: list[int]) -> list[Lodged]:
    """Some at a time."""
    edges = sorted({0, len(lodged), *(cut for cut in cuts if cut < len(lodged))})
    return [lodged[first:last] for first, last in pairwise(edges)]


def same(ours: Watched, theirs: Watched) -> bool:
    return ours.declarations.equals(theirs.declarations) and ours.floors.equals(theirs.floors)


@settings(max_examples=150, deadline=None)
@given(LODGED, st.lists(st.integers(0, 29), max_size=4), st.integers(0, 12))
def test_few_after_many_are_slowed_as_in_columns(lodged: Lodged, cuts: list[int], late: int) -> None:
    watch, watched = Watch(UNWATCHED, days=1), UNWATCHED
    for number, part in enumerate(parts_of(lodged, cuts)):
        # some come later than others with a later moment
        shift = timedelta(hours=late if number % 2 else 0)
        where, floors = rows_of([(post, moment - shift, held) for post, moment, held in part])
        slowed = watch.restrained(floors, where, ceiling=RULE, random_floor=0.05)
        asked = columns_of(where, floors)
        expected = restrain_after(watched.in_order(), asked, ceiling=RULE, random_floor=0.05)
        assert [floor.probability for floor in slowed] == expected["probability"].to_list()
        watched = watched.in_order().followed_by(asked).lately(1)
        watch.enter(Asked(where, floors) if number % 3 else asked, days=1)
        if number % 2:
            assert same(watch.told(), watched.in_order())
    assert same(watch.told(), watched.in_order())


def test_what_lay_beside_for_long_is_put_into_the_columns_and_still_counts() -> None:
    watch = Watch(UNWATCHED, days=1)
    where, floors = rows_of(
        [("OSH", START + timedelta(seconds=second), [("profile", "A", 1.0)]) for second in range(700)]
    )
    for _ in range(2 * LATELY // 700 + 1):
        watch.enter(Asked(where, floors), days=1)
    assert watch.declarations.height == watch.floors.height > LATELY
    (slowed,) = watch.restrained(floors[:1], [("OSH", where[-1][1])], ceiling=RULE, random_floor=0.05)
    assert slowed.probability == 0.4
    assert watch.declarations["lodged_at"].is_sorted()


def test_what_counts_no_longer_is_not_kept() -> None:
    watch = Watch(UNWATCHED, days=1)
    watch.restrained([], [], ceiling=RULE, random_floor=0.05)
    for day in range(12):
        lodged: Lodged = [("OSH", START + timedelta(days=day), [("profile", "A", 1.0)])] * 700
        where, floors = rows_of(lodged)
        watch.enter(Asked(where, floors), days=1)
        assert len(watch._parts) <= 3
    assert watch._counts is not None
    assert len(watch._counts.lodged["OSH"]) <= 1_400
    assert len(watch._counts.met["OSH", "A"]) <= 1_400
    assert watch.declarations.height == watch.floors.height == 700


def test_a_ceiling_of_everything_slows_nothing() -> None:
    where, floors = rows_of([("OSH", START, [("profile", "A", 1.0)])] * 10)
    watch = Watch(columns_of(where, floors), days=1)
    assert watch.restrained(floors, where, ceiling=Ceiling(share=1, fewest=1), random_floor=0.05) == floors


def test_many_that_are_heard_of_at_once_count() -> None:
    where, floors = rows_of([("OSH", START, [("profile", "A", 1.0)])] * (LATELY + 1))
    watch = Watch(UNWATCHED, days=1)
    watch.enter(columns_of(where, floors), days=1)
    assert watch.restrained(floors[:1], where[:1], ceiling=RULE, random_floor=0.05)[0].probability == 0.4
    assert isinstance(watch.floors, pl.DataFrame)
