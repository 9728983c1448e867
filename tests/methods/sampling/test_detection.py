"""Samples that detect: smallest, exact at ties, and never silent about what cannot be."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.sampling.clusters import clustered_size, correlated, miss_per_cluster
from darvoza.methods.sampling.detection import (
    Convention,
    binomial_size,
    detectable_level,
    hypergeometric_size,
    marked_units,
    miss_probability,
    poisson_size,
)

LOTS = st.integers(1, 60)
DECIMALS = st.integers(1, 99).map(lambda hundredths: hundredths / 100)
SENSITIVITIES = st.integers(1, 100).map(lambda hundredths: hundredths / 100)


def decimal(value: float) -> Fraction:
    return Fraction(str(value))


def missed(lot: int, marked: int, size: int, seen: Fraction, acceptance: int) -> Fraction:
    """Chance that at most `acceptance` of the marked units are drawn and recognised, counted out."""
    total = Fraction(0)
    for x in range(min(marked, size) + 1):
        ways = math.comb(marked, x) * math.comb(lot - marked, size - x) if size - x <= lot - marked else 0
        few = sum(
            (math.comb(x, y) * seen**y * (1 - seen) ** (x - y) for y in range(min(acceptance, x) + 1)), Fraction(0)
        )
        total += Fraction(ways, math.comb(lot, size)) * few
    return total


@given(
    lot=LOTS,
    level=DECIMALS,
    confidence=DECIMALS,
    seen=SENSITIVITIES,
    convention=st.sampled_from(Convention),
    acceptance=st.integers(0, 2),
)
def test_the_sample_found_is_the_smallest_by_counting_out_every_case(
    lot: int, level: float, confidence: float, seen: float, convention: Convention, acceptance: int
) -> None:
    table = convention is Convention.TABLE
    marked = math.floor(decimal(level) * lot * (decimal(seen) if table else 1))
    by_case = decimal(seen) if not table else Fraction(1)
    sizes = range(acceptance + 1, lot + 1)
    limit = 1 - decimal(confidence)
    enough = [n for n in sizes if marked > acceptance and missed(lot, marked, n, by_case, acceptance) <= limit]
    found = hypergeometric_size(
        lot, level=level, confidence=confidence, sensitivity=seen, convention=convention, acceptance=acceptance
    )
    assert found == (enough[0] if enough else None)


def test_a_level_is_rounded_as_the_decimal_that_was_written() -> None:
    assert marked_units(100, level=0.29) == 29
    assert marked_units(1000, level=0.001) == 1
    assert marked_units(700, level=0.07, sensitivity=0.7) == 34


def test_a_tie_counts_as_detection() -> None:
    assert hypergeometric_size(10, level=0.1, confidence=0.9) == 9
    assert hypergeometric_size(1_000_000, level=0.000001, confidence=0.95) == 950_000
    assert hypergeometric_size(100, level=0.01, confidence=0.4, sensitivity=0.8, convention=Convention.EXACT) == 50
    assert binomial_size(0.1, confidence=0.19) == 2
    assert binomial_size(0.5, confidence=0.875) == 3


@given(level=DECIMALS, confidence=DECIMALS, seen=SENSITIVITIES)
def test_a_sample_from_an_endless_lot_is_the_smallest(level: float, confidence: float, seen: float) -> None:
    q, limit = 1 - decimal(level) * decimal(seen), 1 - decimal(confidence)
    n = binomial_size(level, confidence=confidence, sensitivity=seen)
    assert q**n <= limit
    assert n == 1 or q ** (n - 1) > limit
    assert poisson_size(level, confidence=confidence, sensitivity=seen) >= n


@given(
    level=st.integers(1, 20).map(lambda x: x / 100), confidence=st.sampled_from([0.8, 0.95, 0.99]), c=st.integers(1, 5)
)
def test_a_sample_that_tolerates_some_is_the_smallest(level: float, confidence: float, c: int) -> None:
    p, limit = decimal(level), 1 - decimal(confidence)

    def few(n: int) -> Fraction:
        return sum((math.comb(n, y) * p**y * (1 - p) ** (n - y) for y in range(c + 1)), Fraction(0))

    n = binomial_size(level, confidence=confidence, acceptance=c)
    assert few(n) <= limit < few(n - 1)


@given(lot=st.integers(1, 5000), level=DECIMALS, confidence=DECIMALS, more=DECIMALS)
def test_more_confidence_never_shrinks_a_sample(lot: int, level: float, confidence: float, more: float) -> None:
    assume(confidence < more)
    first, second = (hypergeometric_size(lot, level=level, confidence=c) for c in (confidence, more))
    assert (first is None) == (second is None)
    assert first is None or second is None or first <= second <= lot


@given(level=st.sampled_from([0.01, 0.02, 0.05, 0.1]), hundreds=st.integers(1, 200))
def test_a_larger_lot_of_whole_hundreds_never_needs_fewer_and_never_more_than_an_endless_one(
    level: float, hundreds: int
) -> None:
    sizes = [hypergeometric_size(100 * n, level=level, confidence=0.95) for n in (hundreds, hundreds + 1)]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert sizes[0] <= sizes[1] <= binomial_size(level, confidence=0.95)


def test_a_level_below_one_unit_has_no_sample_size() -> None:
    assert hypergeometric_size(100, level=0.001, confidence=0.95) is None
    assert hypergeometric_size(120, level=0.01, confidence=0.95, sensitivity=0.8) is None
    assert hypergeometric_size(200, level=0.01, confidence=0.95, acceptance=2) is None


def test_when_too_much_is_overlooked_the_whole_lot_is_not_enough() -> None:
    assert hypergeometric_size(100, level=0.01, confidence=0.95, sensitivity=0.8, convention=Convention.EXACT) is None
    assert miss_probability(100, lot_size=100, level=0.01, sensitivity=0.8, convention=Convention.EXACT) == (
        pytest.approx(0.2)
    )


def test_a_lot_of_a_billion_units_is_answered_at_once_and_like_an_endless_one() -> None:
    lot = 1_000_000_000
    assert hypergeometric_size(lot, level=0.001, confidence=0.95) == binomial_size(0.001, confidence=0.95)
    assert hypergeometric_size(lot, level=1e-9, confidence=0.95) == 950_000_000
    exact = hypergeometric_size(lot, level=0.00001, confidence=0.95, sensitivity=0.5, convention=Convention.EXACT)
    assert exact is not None
    assert exact == pytest.approx(binomial_size(0.00001, confidence=0.95, sensitivity=0.5), rel=0.001)


def test_the_chance_to_miss_agrees_with_a_hundred_thousand_samples_drawn() -> None:
    rng = np.random.default_rng(31)
    drawn = rng.hypergeometric(10, 990, 258, size=100_000)
    recognised = rng.binomial(drawn, 0.8)
    exact = miss_probability(258, lot_size=1000, level=0.01, sensitivity=0.8, convention=Convention.EXACT)
    assert (recognised == 0).mean() == pytest.approx(exact, abs=0.004)
    assert (drawn == 0).mean() == pytest.approx(miss_probability(258, lot_size=1000, level=0.01), abs=0.003)


@given(lot=st.integers(2, 400), confidence=DECIMALS, seen=SENSITIVITIES, data=st.data())
def test_the_level_detected_by_a_sample_is_the_smallest_that_asks_for_no_more(
    lot: int, confidence: float, seen: float, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, lot))
    level = detectable_level(size, confidence=confidence, lot_size=lot, sensitivity=seen, convention=Convention.EXACT)
    if level is None:
        assert (
            miss_probability(size, lot_size=lot, level=1 - 1e-9, sensitivity=seen, convention=Convention.EXACT)
            > 1 - confidence - 1e-9
            or size == lot
        )
        return
    units = round(level * lot)
    assert missed(lot, units, size, decimal(seen), 0) <= 1 - decimal(confidence)
    assert units == 1 or missed(lot, units - 1, size, decimal(seen), 0) > 1 - decimal(confidence)


def test_the_level_detected_in_an_endless_lot_is_the_bound_after_no_finding() -> None:
    assert detectable_level(59, confidence=0.95) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert detectable_level(59, confidence=0.95, sensitivity=0.5) == pytest.approx(2 * (1 - 0.05 ** (1 / 59)))
    assert detectable_level(1, confidence=0.95, sensitivity=0.5) is None
    with_one = detectable_level(93, confidence=0.95, acceptance=1)
    assert with_one is not None
    assert binomial_size(with_one, confidence=0.95, acceptance=1) in {93, 94}


def test_without_clustering_opening_clusters_is_drawing_units() -> None:
    found = clustered_size(0.01, confidence=0.95, clustering=0, units_per_cluster=1)
    assert (found.clusters, found.units) == (299, 299)
    assert miss_per_cluster(0.02, clustering=0, units_per_cluster=30, sensitivity=0.9) == pytest.approx(0.982**30)


@given(level=st.floats(0.001, 0.5), theta=st.floats(0.01, 5), units=st.integers(1, 60), seen=st.floats(0.05, 1))
def test_clustering_and_overlooking_never_help(level: float, theta: float, units: int, seen: float) -> None:
    spread = miss_per_cluster(level, clustering=0, units_per_cluster=units, sensitivity=seen)
    clustered = miss_per_cluster(level, clustering=theta, units_per_cluster=units, sensitivity=seen)
    perfect = miss_per_cluster(level, clustering=theta, units_per_cluster=units)
    assert clustered >= spread * (1 - 1e-9)
    assert clustered >= perfect * (1 - 1e-9)


def test_clusters_that_differ_are_missed_as_often_as_in_a_simulation() -> None:
    rng = np.random.default_rng(4)
    p, theta, units, seen = 0.05, 0.2, 10, 0.8
    shares = rng.beta(p / theta, (1 - p) / theta, size=200_000)
    silent = (rng.binomial(units, shares * seen) == 0).mean()
    expected = miss_per_cluster(p, clustering=theta, units_per_cluster=units, sensitivity=seen)
    assert silent == pytest.approx(expected, abs=0.004)


def test_units_that_always_agree_cannot_be_expressed() -> None:
    assert correlated(0) == 0
    with pytest.raises(SettingsError, match="rho"):
        correlated(1)


BAD: list[tuple[str, Callable[[], object]]] = [
    ("lot_size", lambda: hypergeometric_size(0, level=0.1, confidence=0.95)),
    ("lot_size", lambda: hypergeometric_size(-5, level=0.1, confidence=0.95)),
    ("lot_size", lambda: hypergeometric_size(10.5, level=0.1, confidence=0.95)),  # type: ignore[arg-type]
    ("lot_size", lambda: hypergeometric_size(True, level=0.1, confidence=0.95)),
    ("level", lambda: hypergeometric_size(10, level=1.1, confidence=0.95)),
    ("level", lambda: hypergeometric_size(10, level=0, confidence=0.95)),
    ("level", lambda: hypergeometric_size(10, level=math.nan, confidence=0.95)),
    ("level", lambda: binomial_size(5, confidence=0.95)),
    ("confidence", lambda: hypergeometric_size(10, level=0.1, confidence=1)),
    ("confidence", lambda: poisson_size(0.1, confidence=0)),
    ("sensitivity", lambda: hypergeometric_size(10, level=0.1, confidence=0.95, sensitivity=0)),
    ("sensitivity", lambda: hypergeometric_size(10, level=0.1, confidence=0.95, sensitivity=1.01)),
    ("acceptance", lambda: hypergeometric_size(10, level=0.1, confidence=0.95, acceptance=-1)),
    ("size", lambda: miss_probability(11, lot_size=10, level=0.1)),
    ("size", lambda: detectable_level(11, confidence=0.95, lot_size=10)),
    ("size", lambda: detectable_level(0, confidence=0.95, lot_size=10)),
    ("clustering", lambda: clustered_size(0.1, confidence=0.95, clustering=-1, units_per_cluster=2)),
    ("clustering", lambda: clustered_size(0.1, confidence=0.95, clustering=math.inf, units_per_cluster=2)),
]


@pytest.mark.parametrize(("field", "call"), BAD)
def test_a_wrong_argument_is_named(field: str, call: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
    assert refused.value.expected


@pytest.mark.parametrize("sensitivity", [1, 0.9])
def test_where_every_unit_is_marked_so_many_are_taken_as_must_be_recognised(sensitivity: float) -> None:
    wanted = 1 if sensitivity == 1 else 2
    assert binomial_size(1, confidence=0.95, sensitivity=sensitivity) == wanted
    size = hypergeometric_size(50, level=1, confidence=0.95, sensitivity=sensitivity, convention=Convention.EXACT)
    assert size == wanted
    assert hypergeometric_size(50, level=1, confidence=0.95, acceptance=2) == 3
