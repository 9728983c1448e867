"""What a plan does in the long run: the share it examines, and what leaves the stream unseen.

Units are marked independently with a constant probability, and a marked unit that is examined is recognised with the
sensitivity. Two ways lead to the share examined: closed formulas for the continuous plans, and the stationary
distribution of the states for every plan. Tests hold them to each other.

References
----------
Dodge (1943); Dodge & Torrey (1951), whose printed formula for CSP-3 is in error, as Hull (1967), CSP Mathematics, AEC
report Y-1585, found; the formula here agrees with Hull's numerator and with the states counted out.
"""

from collections import deque
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.states import Plan, PlanState, Result
from darvoza.methods.sampling.acceptance import Peak, first_peak
from darvoza.methods.sampling.arguments import share, share_up_to_one

Floats: TypeAlias = NDArray[np.float64]

MOST_STATES = 20_000
"""Most states of a plan that are counted out."""

MOST_SOLVED = 2_000
"""Most states whose stationary distribution is solved for."""


class LongRun(NamedTuple):
    """What a plan does in the long run; arrays of one shape.

    Attributes
    ----------
    inspected
        Share of units examined (average fraction inspected, AFI).
    treated
        Share of marked units among those that leave, when those found are put right (AOQ).
    rejected
        The same when those found are taken out, so that fewer leave.
    """

    inspected: Floats
    treated: Floats
    rejected: Floats


class Transitions(NamedTuple):
    """A plan counted out: its states, and where a pass and a failure lead from each.

    Attributes
    ----------
    states
        The states, the start first.
    fractions
        Fraction examined in each.
    passed, failed
        Index of the state that follows.
    """

    states: tuple[PlanState, ...]
    fractions: Floats
    passed: NDArray[np.intp]
    failed: NDArray[np.intp]


def transitions(plan: Plan) -> Transitions:
    """Count out the states of a plan.

    Raises
    ------
    SettingsError
        When there are more than `MOST_STATES`.

    Examples
    --------
    >>> len(transitions(ContinuousPlan(clearance=10, monitored=0.1)).states)
    11
    """
    found = {plan.start(): 0}
    waiting, steps = deque(found), []
    while waiting:
        state = waiting.popleft()
        after = [plan.after(state, Result(passed=passed)) for passed in (True, False)]
        for each in after:
            if each not in found:
                found[each] = len(found)
                waiting.append(each)
        steps.append([found[each] for each in after])
        if len(found) > MOST_STATES:
            raise SettingsError(field="plan", expected=f"a plan of at most {MOST_STATES:,} states", got=plan)
    passed, failed = np.asarray(steps, dtype=np.intp).T
    return Transitions(tuple(found), np.asarray([plan.share(state) for state in found]), passed, failed)


def long_run(plan: Plan, level: ArrayLike, *, sensitivity: float = 1.0) -> LongRun:
    """What a plan does in the long run at levels of marked units.

    Parameters
    ----------
    plan
        A continuous plan or a ladder.
    level
        Share of marked units among those that come, each in [0, 1].
    sensitivity
        Chance that a marked unit is recognised when it is examined, in (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> run = long_run(ContinuousPlan(clearance=10, monitored=0.1), 0.05)
    >>> print(f"{run.inspected:.6f} {run.treated:.6f} {run.rejected:.6f}")
    0.156528 0.042174 0.042506
    """
    p, seen = np.asarray(level, dtype=float), share_up_to_one("sensitivity", sensitivity)
    if not np.all((p >= 0) & (p <= 1)):
        raise SettingsError(field="level", expected="shares from 0 to 1", got=level, hint="write 5 % as 0.05")
    if isinstance(plan, ContinuousPlan):
        inspected = inspected_by_formula(plan, p * seen)
    else:
        inspected = inspected_by_states(plan, p * seen)
    treated = p * (1 - seen * inspected)
    left = 1 - p * seen * inspected
    # where every unit is found and taken out, none leaves and none of them is marked
    return LongRun(inspected, treated, np.where(left > 0, treated / np.where(left > 0, left, 1.0), 0.0))


def inspected_by_formula(plan: ContinuousPlan, failing: ArrayLike) -> Floats:
    """Share of units that a continuous plan examines in the long run, by its closed formula.

    Parameters
    ----------
    plan
        The plan.
    failing
        Probability that an examined unit fails, each in [0, 1].
    """
    q = 1 - np.asarray(failing, dtype=float)
    f, cleared = plan.monitored, q**plan.clearance
    if plan.variant is Variant.CSP1:
        return np.asarray(f / (f + (1 - f) * cleared))
    forgot = q**plan.remembered
    if plan.variant is Variant.CSP2:
        # units in the census and under monitoring between two returns to the census, times p·qⁱ·(1 − qᵏ)
        census, monitored = (1 - cleared) * (1 - forgot), (2 - forgot) * cleared
        return np.asarray((census + monitored) / (census + monitored / f))
    tight = q**plan.tight
    monitored = cleared * (1 + tight - tight * forgot)
    whole = f * (1 - tight * forgot) * (1 - cleared) + monitored + f * cleared * (1 - tight)
    return np.asarray(1 - (1 - f) * monitored / whole)


def inspected_by_states(plan: Plan, failing: ArrayLike) -> Floats:
    """Share of units that any plan examines in the long run, by the stationary distribution of its states.

    Parameters
    ----------
    plan
        A plan that does not end, of at most `MOST_SOLVED` states.
    failing
        Probability that an examined unit fails, each in [0, 1].

    Raises
    ------
    SettingsError
        When the plan ends or has more states.

    Examples
    --------
    >>> from darvoza.methods.plans.ladder import Ladder
    >>> print(f"{inspected_by_states(Ladder((1.0, 0.25, 0.05), (5, 20)), 0.05):.6f}")
    0.128873
    """
    table = transitions(plan)
    if np.any(table.fractions == 0) or len(table.states) > MOST_SOLVED:
        expected = f"a plan of at most {MOST_SOLVED:,} states that never stops examining"
        raise SettingsError(field="plan", expected=expected, got=plan)
    p = np.asarray(failing, dtype=float)
    found = [1 / (_stationary(table, float(each)) @ (1 / table.fractions)) for each in p.ravel()]
    return np.asarray(found, dtype=float).reshape(p.shape)


def _stationary(table: Transitions, failing: float) -> Floats:
    """Share of *examined* units that are examined in each state."""
    count = len(table.states)
    here = np.arange(count)
    flow = -np.eye(count)
    np.add.at(flow, (table.passed, here), 1 - failing)
    np.add.at(flow, (table.failed, here), failing)
    flow[0] = 1.0  # one balance follows from the others; in its place, the shares add up to 1
    return np.asarray(np.linalg.solve(flow, np.eye(1, count)[0]))


def outgoing_limit(plan: Plan, *, sensitivity: float = 1.0) -> Peak:
    """Worst share of marked units that leaves in the long run (AOQL) when those found are put right, and where.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> peak = outgoing_limit(ContinuousPlan(clearance=21, monitored=0.1))
    >>> print(f"{peak.value:.5f} at {peak.level:.4f}")
    0.04992 at 0.0931
    """
    return first_peak(lambda p: long_run(plan, p, sensitivity=sensitivity).treated)


def clearance_for(limit: float, *, monitored: float) -> int:
    """Smallest clearance number of a CSP-1 plan that keeps the worst outgoing share at or below a limit.

    Parameters
    ----------
    limit
        The limit (AOQL), in (0, 1).
    monitored
        Fraction examined under monitoring, in (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Dodge (1943), chart for determining i for given f and AOQL.

    Examples
    --------
    >>> [clearance_for(0.05, monitored=f) for f in (0.25, 0.2, 0.1)]
    [12, 14, 21]
    """
    share("limit", limit)

    def kept(clearance: int) -> bool:
        return outgoing_limit(ContinuousPlan(clearance, monitored)).value <= limit

    high = 1
    while not kept(high):
        high *= 2
    low = high // 2 + 1 if high > 1 else 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle + 1, high)
    return low
