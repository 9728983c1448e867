"""A small share of `benchmarks/estimates.py`: the same worlds, fewer draws, bounds as wide as so few draws allow."""

from collections.abc import Callable

import pytest
from benchmarks.estimates import (
    WORLDS,
    Method,
    Row,
    by_difference,
    by_wald,
    by_weights,
    gated,
    holds,
    officers_who_miss,
    rates_and_lift,
    replicate,
    results_that_are_late,
)

POPULATIONS, DRAWS = 20, 15
CHANCE = 3.3  # standard errors: one honest row in a thousand falls outside


@pytest.mark.parametrize("world", [name for name in WORLDS if gated((name, "", None))])  # type: ignore[arg-type]
def test_estimates_are_unbiased_and_their_intervals_hold(world: str) -> None:
    methods: dict[str, Method] = {"Horvitz–Thompson": by_weights, "difference": by_difference}
    made = replicate(WORLDS[world], methods, populations=POPULATIONS, draws=DRAWS, seed=11)
    for method, tally in made.items():
        assert tally.refused == 0
        assert holds((world, method, tally), chance=CHANCE), (method, tally.bias, tally.coverage)


@pytest.mark.parametrize("part", [rates_and_lift, officers_who_miss, results_that_are_late])
def test_rates_second_looks_and_late_results_hold_too(part: Callable[..., list[Row]]) -> None:
    for row in part(populations=POPULATIONS, draws=DRAWS, seed=5):
        if gated(row):
            assert holds(row, chance=CHANCE), row[:2]


def test_the_gate_shuts_on_what_does_not_hold() -> None:
    few = WORLDS["hardly any findings (1 %), one by chance"]
    (wald,) = replicate(few, {"± 1.96 se": by_wald}, populations=POPULATIONS, draws=DRAWS, seed=11).values()
    assert not holds(("few", "± 1.96 se", wald), chance=CHANCE)
    naive = officers_who_miss(populations=5, draws=10, seed=5)[1]
    assert not holds(naive, chance=CHANCE)
    assert not gated(naive)
