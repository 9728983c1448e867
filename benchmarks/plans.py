"""Hold every plan against its formula: a million units simulated, the share examined and what leaks, and the time.

Run with ``python benchmarks/plans.py [units]``; prints a Markdown table. The seed is fixed. The last column is the
distance between the share examined in the simulation and by formula, in points of a hundred; half a point is allowed.
"""

import sys
import time
from importlib import metadata

import numpy as np

from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.long_run import long_run
from darvoza.methods.plans.simulated import simulate
from darvoza.methods.plans.states import Plan

SEED = 20_260_301
ALLOWED = 0.5
"""Points of a hundred between simulation and formula."""

PLANS: list[tuple[str, Plan]] = [
    ("CSP-1, i 10, f 10 %", ContinuousPlan(10, 0.1)),
    ("CSP-1, i 5, f 25 %", ContinuousPlan(5, 0.25)),
    ("CSP-2, i 10, k 10, f 10 %", ContinuousPlan(10, 0.1, Variant.CSP2)),
    ("CSP-3, i 10, k 10, f 10 %", ContinuousPlan(10, 0.1, Variant.CSP3)),
    ("step-down 100/25/5 %, 5 then 20", Ladder((1.0, 0.25, 0.05), (5, 20))),
    ("skip-lot 100/50/25/10 %, 10 each", Ladder((1.0, 0.5, 0.25, 0.1), (10, 10, 10))),
    ("skip-lot, back after 5", Ladder((1.0, 0.5, 0.25, 0.1), (10, 10, 10), quick=5)),
]
LEVELS = (0.01, 0.05, 0.2)


def main() -> None:
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy"))
    print(f"{units:,} units a row, seed {SEED}; Python {sys.version.split()[0]}, {versions}\n")
    print(
        "| plan | marked | examined, simulated | by formula | leaked, simulated | by formula | points apart | CPU s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    worst, rng = 0.0, np.random.default_rng(SEED)
    for name, plan in PLANS:
        for level in LEVELS:
            began = time.process_time()
            run = simulate(plan, level, units=units, rng=rng)
            spent = time.process_time() - began
            expected = long_run(plan, level)
            apart = 100 * abs(run.inspected_share - float(expected.inspected))
            worst = max(worst, apart)
            print(
                f"| {name} | {level:.0%} | {run.inspected_share:.2%} | {float(expected.inspected):.2%} "
                f"| {run.leaked_share:.3%} | {float(expected.treated):.3%} | {apart:.2f} | {spent:.2f} |"
            )
    print(f"\nfarthest apart: {worst:.2f} points ({ALLOWED} allowed)")
    assert worst <= ALLOWED or units < 1_000_000


if __name__ == "__main__":
    main()
