"""Release times: what is measured, and what is not guessed at."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from darvoza.flow.oversight.release_times import ReleaseTime, release_times

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
Row = tuple[str, str, float | None]


def measured(rows: list[Row], held: list[bool] | None = None) -> dict[tuple[str, str], ReleaseTime]:
    """Release times by post and channel."""
    frame = pl.DataFrame(
        {
            "post": [post for post, _, _ in rows],
            "channel": [channel for _, channel, _ in rows],
            "lodged_at": [START for _ in rows],
            "released_at": [None if hours is None else START + timedelta(hours=hours) for _, _, hours in rows],
            "held": held or [False] * len(rows),
        },
        schema_overrides={
            "lodged_at": pl.Datetime("us", "UTC"),
            "released_at": pl.Datetime("us", "UTC"),
            "held": pl.Boolean,
        },
    )
    return {(one.post, one.channel): one for one in release_times(frame)}


def test_the_median_of_twenty_lies_between_the_sixth_and_the_fifteenth() -> None:
    one = measured([("KG-AKT", "red", float(hours)) for hours in range(1, 21)])["KG-AKT", "red"]
    assert (one.median, one.low, one.high) == (10.5, 6.0, 15.0)
    assert one.slow is not None
    assert 18 <= one.slow <= 19


def test_what_waits_is_counted_and_has_no_time() -> None:
    found = measured([("KG-AKT", "red", 2.0), ("KG-AKT", "red", None), ("TJ-DUS", "red", None)])
    assert (found["KG-AKT", "red"].released, found["KG-AKT", "red"].waiting, found["KG-AKT", "red"].median) == (
        1,
        1,
        2.0,
    )
    assert found["TJ-DUS", "red"] == ReleaseTime("TJ-DUS", "red", 0, 1, None, None, None, None)
    assert (found["", "red"].released, found["", "red"].waiting) == (1, 2)


def test_goods_with_a_finding_are_held_and_have_no_release_time() -> None:
    rows: list[Row] = [("A", "red", 2.0), ("A", "red", 90.0), ("A", "red", None)]
    one = measured(rows, [False, True, True])["A", "red"]
    assert (one.released, one.held, one.waiting, one.median) == (1, 1, 1, 2.0)
    only = measured(rows[1:2], [True])["", "red"]
    assert (only.released, only.held, only.waiting, only.median) == (0, 1, 0, None)


def test_few_releases_have_a_median_and_no_limits() -> None:
    one = measured([("KG-AKT", "yellow", 1.0), ("KG-AKT", "yellow", 3.0)])["", "yellow"]
    assert (one.median, one.low, one.high) == (2.0, None, None)


def test_a_result_before_its_lodging_is_no_negative_time() -> None:
    assert measured([("KG-AKT", "red", -5.0)])["", "red"].median == 0.0


def test_nothing_ordered_is_nothing_measured() -> None:
    assert measured([]) == {}


CHANNELS = st.sampled_from(["green", "blue", "yellow", "red"])
ROWS = st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), CHANNELS, st.none() | st.floats(0, 1e4)), max_size=30)


@given(ROWS)
def test_posts_add_up_to_all_posts_and_the_median_lies_within_its_limits(rows: list[Row]) -> None:
    found = measured(rows)
    for channel in {channel for _, channel, _ in rows}:
        parts = [one for (post, of), one in found.items() if post and of == channel]
        whole = found["", channel]
        assert (whole.released, whole.waiting) == (sum(p.released for p in parts), sum(p.waiting for p in parts))
        if whole.median is not None and whole.slow is not None:
            assert (whole.low or 0.0) <= whole.median + 1e-6
            assert whole.median <= (whole.high if whole.high is not None else whole.slow) + 1e-6
            assert whole.median <= whole.slow + 1e-6
