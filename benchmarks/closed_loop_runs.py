"""Runs of the closed loop: how they are kept, and what they say over seeds.

Means are given with the standard deviation over seeds. What a policy has over another is told with a 90 % interval of
the mean of the differences, seed by seed (Student's t): both met the same goods.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from scipy import stats

from closed_loop_world import WORLDS, Floats  # type: ignore[import-not-found] # beside this script
from darvoza.domain.selection import MONEY_POWER

MONEY_POWERS = {"Darvoza": MONEY_POWER, "Darvoza, findings": 0.3}
"""How far money counts in the harm: the default of the product, and towards findings alone."""

POLICIES = (
    "random", "amount only", "smoothed rates", "GBM, lifetime counters", "GBM", "GBM by money", "GBM 95 + random 5",
    "GBM 90 + random 10", "45/45/10", *MONEY_POWERS,
)  # fmt: skip
"""All but one that learn have lifetime and forgetting counters."""


@dataclass(frozen=True, slots=True)
class Run:
    """One policy in one world."""

    world: str
    policy: str
    seed: int
    rate: float
    delay: int
    precision: float
    revenue: float
    all_precision: float
    all_revenue: float
    scheme_caught: float
    recall: float
    leaked: float
    leaked_estimate: float
    leaked_low: float
    leaked_high: float
    per_week: int


MEASURED = tuple(each.name for each in fields(Run))[5:-1]
"""What is measured of a run."""


def read(file: Path) -> list[Run]:
    """Read the runs that were kept."""
    return [Run(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def of(runs: list[Run], world: str, policy: str, regime: tuple[float, int]) -> list[Run]:
    """Take the runs of a policy in a world, by seed."""
    mine = [r for r in runs if (r.world, r.policy, r.rate, r.delay) == (world, policy, *regime)]
    return sorted(mine, key=lambda run: run.seed)


def table(runs: list[Run]) -> Iterator[str]:
    """Say means and standard deviations over seeds, and what Darvoza has over others."""
    for regime in sorted({(run.rate, run.delay) for run in runs}, key=lambda one: (one[1], -one[0])):
        yield f"\nExamined {regime[0]:.0%}, results known after {regime[1]} further weeks.\n"
        yield "| world | policy | leaked | its estimate | norm-precision | recall | norm-revenue | scheme caught | seeds |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        yield from (
            _line(world, policy, mine)
            for world in WORLDS
            for policy in POLICIES
            if (mine := of(runs, world, policy, regime))
        )
        yield from _differences(runs, regime)


def _line(world: str, policy: str, mine: list[Run]) -> str:
    def told(read: Callable[[Run], float], digits: int = 3) -> str:
        values = np.array([read(run) for run in mine])
        values = values[~np.isnan(values)]
        return f"{values.mean():.{digits}f} ± {values.std():.{digits}f}" if values.size else "–"

    known = [run for run in mine if not np.isnan(run.leaked_estimate)]
    held = sum(run.leaked_low <= run.leaked <= run.leaked_high for run in known)
    estimate = f"{told(lambda run: run.leaked_estimate, 0)}, {held} of {len(known)} hold" if known else "none"
    cells = [told(lambda run: run.leaked, 0), estimate, told(lambda run: run.precision), told(lambda run: run.recall)]
    cells += [told(lambda run: run.revenue), told(lambda run: run.scheme_caught), str(len(mine))]
    return f"| {world} | {policy} | {' | '.join(cells)} |"


def _differences(runs: list[Run], regime: tuple[float, int]) -> Iterator[str]:
    """Say what each setting of Darvoza has over each other policy."""
    yield "\n| world | policy | over | norm-precision | norm-revenue |\n| --- | --- | --- | --- | --- |"
    for world in WORLDS:
        for policy in MONEY_POWERS:
            for other in ("GBM", "GBM 95 + random 5", "GBM 90 + random 10", "45/45/10"):
                pairs = paired(of(runs, world, policy, regime), of(runs, world, other, regime))
                if len(pairs) > 1:
                    cells = [interval(np.array([getattr(a, name) - getattr(b, name) for a, b in pairs]))
                             for name in ("precision", "revenue")]  # fmt: skip
                    yield f"| {world} | {policy} | {other} | {cells[0]} | {cells[1]} |"


def paired(mine: list[Run], others: list[Run]) -> list[tuple[Run, Run]]:
    """Set runs of the same seed beside each other."""
    by_seed = {run.seed: run for run in others}
    return [(run, by_seed[run.seed]) for run in mine if run.seed in by_seed]


def interval(differences: Floats) -> str:
    """Give the mean with its 90 % interval."""
    half = float(stats.t.ppf(0.95, differences.size - 1) * differences.std(ddof=1) / np.sqrt(differences.size))
    return f"{differences.mean():+.3f} ± {half:.3f}"
