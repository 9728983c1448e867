"""One draw for all services stops Σ max π consignments, and never more than a draw for each."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from darvoza.flow.oversight.joint_draw import joint_draw

SERVICES = ("customs", "phytosanitary", "sanitary", "veterinary")
ONE = st.lists(st.tuples(*[st.floats(0, 1)] * 4, st.floats(0, 1, exclude_max=True)), min_size=1, max_size=30)


def decided(
    probabilities: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> pl.DataFrame:
    rows = [
        (f"D{row}", service, "physical", float(pi), bool(draws[row] < pi))
        for row, those in enumerate(probabilities)
        for service, pi in zip(SERVICES, those, strict=True)
    ]
    return pl.DataFrame(rows, schema=["declaration_id", "agency", "act", "probability", "selected"], orient="row")


@given(ONE)
def test_one_draw_never_stops_more_on_the_average_than_a_draw_each(rows: list[tuple[float, ...]]) -> None:
    table = np.array(rows)
    found = joint_draw(decided(table[:, :4], table[:, 4]))
    assert found is None or 0 <= found.fewer < 1
    if found:
        assert found.expected <= found.apart + 1e-6
        assert max(service.expected for service in found.services) <= found.expected + 1e-6


def test_what_is_stopped_is_the_sum_of_the_largest_probabilities_within_sampling_error() -> None:
    rng = np.random.default_rng(17)
    scores = []
    for _ in range(60):
        probabilities, draws = rng.beta(1, 8, (1000, 4)), rng.random(1000)
        found = joint_draw(decided(probabilities, draws))
        assert found is not None
        assert abs(found.expected - probabilities.max(axis=1).sum()) < 1e-4
        scores.append((found.stopped - found.expected) / found.deviation)
    assert abs(np.mean(scores)) < 3 / np.sqrt(60)
    assert 0.6 < np.std(scores) < 1.4


def test_a_draw_for_each_service_stops_as_many_as_is_said() -> None:
    rng = np.random.default_rng(5)
    probabilities = rng.beta(1, 8, (20_000, 4))
    found = joint_draw(decided(probabilities, rng.random(20_000)))
    assert found is not None
    apart = (rng.random((20_000, 4)) < probabilities).any(axis=1).sum()
    assert abs(apart - found.apart) < 4 * np.sqrt(found.apart)
    assert found.fewer > 0.3


def test_acts_of_one_service_are_drawn_once_and_documents_stop_nothing() -> None:
    rows = [
        ("D1", "customs", "physical", 0.2, False),
        ("D1", "customs", "sampling", 0.5, True),
        ("D1", "sanitary", "documentary", 0.9, True),
    ]
    table = pl.DataFrame(rows, schema=["declaration_id", "agency", "act", "probability", "selected"], orient="row")
    found = joint_draw(table)
    assert found is not None
    assert (found.expected, found.apart, found.stopped, len(found.services)) == (0.5, 0.5, 1, 1)
    assert joint_draw(table.filter(act="documentary")) is None
