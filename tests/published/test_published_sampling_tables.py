"""Tables as they are printed: ISPM 31, and how much plans examine that administrations run."""

from collections.abc import Iterator

import pytest

from darvoza.methods.plans.continuous import ContinuousPlan
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.long_run import clearance_for, long_run, outgoing_limit
from darvoza.methods.sampling.detection import binomial_size, hypergeometric_size, poisson_size

# ISPM 31 (2008), appendix 2, table 1; recalled, and recomputed exactly. An asterisk marks a rounded-down number of
# infested units, a dash that the level is less than one unit.
LEVELS = (0.05, 0.02, 0.01, 0.005, 0.001)
TABLE_1 = """
25     | 24* -   -   -   -    | 25* -   -   -   -
50     | 39* 48  -   -   -    | 45* 50  -   -   -
100    | 45  78  95  -   -    | 59  90  99  -   -
200    | 51  105 155 190 -    | 73  136 180 198 -
300    | 54  117 189 285* -   | 78  160 235 297* -
500    | 56  129 225 388* -   | 83  183 300 450* -
1000   | 57  138 258 450 950  | 86  204 368 601 990
3000   | 58  145 284 542 1895 | 89  220 425 792 2353
10000  | 59  148 294 581 2588 | 90  226 448 878 3689
100000 | 59  149 298 596 2950 | 90  228 458 915 4499
"""
ENDLESS = {
    binomial_size: ((59, 149, 299, 598, 2995), (90, 228, 459, 919, 4603)),
    poisson_size: ((60, 150, 300, 600, 2996), (93, 231, 461, 922, 4606)),
}


def cells() -> Iterator[tuple[int, float, float, int | None]]:
    for line in TABLE_1.strip().splitlines():
        lot, *halves = line.split("|")
        for confidence, half in zip((0.95, 0.99), halves, strict=True):
            for level, cell in zip(LEVELS, half.split(), strict=True):
                yield int(lot), level, confidence, None if cell == "-" else int(cell.rstrip("*"))


def test_table_1_of_ispm_31_is_reproduced_cell_by_cell() -> None:
    printed = list(cells())
    assert len(printed) == 100
    assert [
        (lot, level, confidence, hypergeometric_size(lot, level=level, confidence=confidence))
        for lot, level, confidence, _ in printed
    ] == printed


@pytest.mark.parametrize("find", ENDLESS)
def test_the_rows_for_endless_lots_are_reproduced(find: object) -> None:
    assert callable(find)
    for confidence, row in zip((0.95, 0.99), ENDLESS[find], strict=True):
        assert tuple(find(level, confidence=confidence) for level in LEVELS) == row


def test_six_hundred_units_find_half_a_percent_with_ninety_five_percent() -> None:
    """The rule of Australian exports, as CEBRA (project 1501E) states it."""
    assert binomial_size(0.005, confidence=0.95) <= 600
    assert pytest.approx(0.9506, abs=0.0001) == 1 - (1 - 0.005) ** 600


# Australian compliance-based intervention: published qualification numbers and rates; shares by Dodge's formula
@pytest.mark.parametrize(
    ("clearance", "monitored", "shares"),
    [
        (10, 0.10, (0.109, 0.157, 0.242, 0.509)),
        (5, 0.10, (0.105, 0.126, 0.158, 0.253)),
        (3, 0.10, (0.103, 0.115, 0.132, 0.178)),
        (5, 0.25, (0.260, 0.301, 0.361, 0.504)),
    ],
)
def test_how_much_compliance_based_intervention_examines(
    clearance: int, monitored: float, shares: tuple[float, ...]
) -> None:
    run = long_run(ContinuousPlan(clearance, monitored), [0.01, 0.05, 0.1, 0.2])
    assert run.inspected.round(3).tolist() == list(shares)


def test_how_much_the_step_down_of_imported_food_examines() -> None:
    run = long_run(Ladder((1.0, 0.25, 0.05), (5, 20)), [0.01, 0.05, 0.1, 0.2])
    assert run.inspected.round(3).tolist() == [0.061, 0.129, 0.255, 0.489]


@pytest.mark.parametrize(
    ("monitored", "clearance", "limit", "level"),
    [(0.25, 12, None, None), (0.2, 14, 0.0483, 0.1117), (0.1, 21, 0.04992, 0.0931)],
)
def test_pairs_that_keep_the_outgoing_quality_limit_at_five_percent(
    monitored: float, clearance: int, limit: float | None, level: float | None
) -> None:
    assert clearance_for(0.05, monitored=monitored) == clearance
    peak = outgoing_limit(ContinuousPlan(clearance, monitored))
    assert limit is None or peak.value == pytest.approx(limit, abs=5e-6)
    assert level is None or peak.level == pytest.approx(level, abs=5e-5)
