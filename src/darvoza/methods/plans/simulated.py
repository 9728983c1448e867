"""A plan at work on a simulated stream, to hold against its formula: what it examines, finds and lets through."""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from darvoza.methods.plans.long_run import transitions
from darvoza.methods.plans.states import Plan
from darvoza.methods.sampling.arguments import amount, share_up_to_one, whole

PARTS = 40
"""Parts a stream is cut into, to tell how sure its mean is."""


class Simulated(NamedTuple):
    """Counts of a simulated stream.

    Attributes
    ----------
    units
        Units that came.
    inspected
        Units examined.
    marked
        Units that were marked.
    found
        Marked units that were examined and recognised; the others leaked.
    standard_error
        Standard error of the share examined, from parts of the stream; 0 when it is too short to tell.
    """

    units: int
    inspected: int
    marked: int
    found: int
    standard_error: float

    @property
    def inspected_share(self) -> float:
        """Share of units examined."""
        return self.inspected / self.units

    @property
    def leaked_share(self) -> float:
        """Share of units that were marked and left unrecognised."""
        return (self.marked - self.found) / self.units

    @property
    def rejected_share(self) -> float:
        """The same among those that leave when those found are taken out; 0 when none leaves."""
        left = self.units - self.found
        return (self.marked - self.found) / left if left else 0.0


def simulate(plan: Plan, level: float, *, units: int, rng: Generator, sensitivity: float = 1.0) -> Simulated:
    """Run a plan over a stream of units that are marked independently.

    The stream begins where the plan begins, so a short one shows the cost of a beginner. The states are counted out
    before, so that a unit costs two look-ups.

    Parameters
    ----------
    plan
        The plan.
    level
        Probability that a unit is marked, in [0, 1].
    units
        Units that come, at least 1.
    rng
        Where chance comes from.
    sensitivity
        Chance that a marked unit is recognised when it is examined, in (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> from darvoza.methods.plans.continuous import ContinuousPlan
    >>> plan = ContinuousPlan(clearance=10, monitored=0.1)
    >>> run = simulate(plan, 0.05, units=100_000, rng=np.random.default_rng(1))
    >>> abs(run.inspected_share - 0.1565) < 0.01
    True
    """
    p = 0.0 if amount("level", level) == 0 else share_up_to_one("level", level)
    seen = share_up_to_one("sensitivity", sensitivity)
    fate = rng.random(whole("units", units))
    table = transitions(plan)
    inspected = _inspected(
        table.fractions.tolist(),
        (table.passed.tolist(), table.failed.tolist()),
        rng.random(units).tolist(),
        (fate < p * seen).tolist(),
    )
    examined = np.frombuffer(inspected, dtype=np.bool_)
    found = int(np.count_nonzero(examined & (fate < p * seen)))
    marked = int(np.count_nonzero(fate < p))
    return Simulated(units, int(np.count_nonzero(examined)), marked, found, _standard_error(examined))


def _standard_error(examined: NDArray[np.bool_]) -> float:
    """Spread of the means of consecutive parts: units close together are not independent, long parts nearly are."""
    length = examined.size // PARTS
    if length == 0:
        return 0.0
    means = examined[: length * PARTS].reshape(PARTS, length).mean(1)
    return float(means.std(ddof=1) / np.sqrt(PARTS))


def _inspected(
    fractions: list[float], following: tuple[list[int], list[int]], numbers: list[float], failing: list[bool]
) -> bytearray:
    """Which units are examined, one byte each."""
    flags, state, here = bytearray(len(numbers)), 0, fractions[0]
    for at, number in enumerate(numbers):
        if number < here:
            flags[at] = 1
            state = following[failing[at]][state]
            here = fractions[state]
    return flags
