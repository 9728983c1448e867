"""The smallest plan whose curve passes two points: good lots are seldom rejected, bad lots seldom accepted."""

import math
from typing import NamedTuple

import numpy as np
import scipy

from darvoza.errors import SettingsError
from darvoza.methods.sampling.acceptance import SinglePlan
from darvoza.methods.sampling.arguments import share

LARGEST = 1_000_000
"""Largest sample that is looked for."""


class RiskPoint(NamedTuple):
    """A level and the probability with which lots of that level are to be accepted."""

    level: float
    accepted: float


class VariablesPlan(NamedTuple):
    """Accept when the mean of `size` measurements is at least `factor` standard deviations inside the limit."""

    size: int
    factor: float


def attributes_plan(producer: RiskPoint, consumer: RiskPoint) -> SinglePlan:
    """Find the smallest single plan that accepts good lots at least, and bad lots at most, as often as asked.

    Parameters
    ----------
    producer
        Level of good lots, and the least probability with which they are to be accepted, such as ``(0.01, 0.95)``.
    consumer
        Level of bad lots, and the largest probability with which they may be accepted, such as ``(0.05, 0.10)``.

    Raises
    ------
    SettingsError
        When the points cannot be met by any plan, or only by one above `LARGEST` units.

    Examples
    --------
    >>> attributes_plan(RiskPoint(0.05, 0.95), RiskPoint(0.15, 0.075))
    SinglePlan(size=80, acceptance=7)
    """
    good, bad = _points(producer, consumer)
    acceptance = 0
    while True:
        size = _size_for(bad, acceptance)
        if float(scipy.special.bdtr(acceptance, size, good.level)) >= good.accepted:
            return SinglePlan(size, acceptance)
        acceptance += 1


def _size_for(bad: RiskPoint, acceptance: int) -> int:
    """Smallest sample that accepts bad lots seldom enough."""
    low = high = acceptance + 1
    while float(scipy.special.bdtr(acceptance, high, bad.level)) > bad.accepted:
        low, high = high, 2 * high
        if low > LARGEST:
            raise SettingsError(
                field="consumer",
                expected=f"points that a sample of at most {LARGEST:,} units tells apart",
                got=bad,
                hint="move the two levels further apart, or allow larger risks",
            )
    while low < high:
        middle = (low + high) // 2
        enough = float(scipy.special.bdtr(acceptance, middle, bad.level)) <= bad.accepted
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def variables_plan_known_sigma(producer: RiskPoint, consumer: RiskPoint) -> VariablesPlan:
    """Find the plan by measurement for a standard deviation that is known.

    Parameters
    ----------
    producer, consumer
        As for `attributes_plan`; the measured quantity is normally distributed.

    Raises
    ------
    SettingsError
        When the points cannot be met.

    References
    ----------
    Kiermeier (2008), Journal of Statistical Software 26(6); Schilling & Neubauer (2017), chapter 10.

    Examples
    --------
    >>> plan = variables_plan_known_sigma(RiskPoint(0.05, 0.95), RiskPoint(0.15, 0.075))
    >>> plan.size, round(plan.factor, 6)
    (26, 1.322271)
    """
    good, bad = _points(producer, consumer)
    far = float(scipy.special.ndtri(1 - good.level) - scipy.special.ndtri(1 - bad.level))
    spread = float(scipy.special.ndtri(good.accepted) - scipy.special.ndtri(bad.accepted))
    size = max(1, math.ceil((spread / far) ** 2))
    return VariablesPlan(
        size, float(scipy.special.ndtri(1 - good.level) - scipy.special.ndtri(good.accepted) / math.sqrt(size))
    )


def variables_plan_unknown_sigma(producer: RiskPoint, consumer: RiskPoint) -> VariablesPlan:
    """Find the plan by measurement when the standard deviation is estimated from the same sample.

    Its factor meets the producer's point; any factor down to the consumer's meets both.

    Raises
    ------
    SettingsError
        When the points cannot be met.

    References
    ----------
    Kiermeier (2008); acceptance probabilities come from the noncentral t distribution, without approximation.

    Examples
    --------
    >>> variables_plan_unknown_sigma(RiskPoint(0.05, 0.95), RiskPoint(0.15, 0.075)).size
    49
    """
    good, bad = _points(producer, consumer)
    low = high = max(2, variables_plan_known_sigma(producer, consumer).size)
    while not _told_apart(high, good, bad):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _told_apart(middle, good, bad) else (middle + 1, high)
    return VariablesPlan(low, _factor(low, good))


def _told_apart(size: int, good: RiskPoint, bad: RiskPoint) -> bool:
    return _factor(size, good) >= _factor(size, bad)


def _factor(size: int, point: RiskPoint) -> float:
    """Factor at which lots of a level are accepted exactly as often as stated."""
    noncentral = math.sqrt(size) * float(scipy.special.ndtri(1 - point.level))
    return float(scipy.special.nctdtrit(size - 1, noncentral, 1 - point.accepted)) / math.sqrt(size)


def variables_acceptance(plan: VariablesPlan, level: float, *, sigma_known: bool) -> float:
    """Probability that a plan by measurement accepts a lot of a level in (0, 1).

    Raises
    ------
    SettingsError
        When the level is out of range.

    Examples
    --------
    >>> round(variables_acceptance(VariablesPlan(26, 1.322271), 0.05, sigma_known=True), 4)
    0.95
    """
    root, z = math.sqrt(plan.size), float(scipy.special.ndtri(1 - share("level", level)))
    if sigma_known:
        return float(scipy.special.ndtr(root * (z - plan.factor)))
    return float(1 - scipy.special.nctdtr(plan.size - 1, root * z, root * plan.factor))


def _points(producer: RiskPoint, consumer: RiskPoint) -> tuple[RiskPoint, RiskPoint]:
    good, bad = (RiskPoint(share("level", p.level), share("accepted", p.accepted)) for p in (producer, consumer))
    if not (good.level < bad.level and good.accepted > bad.accepted):
        raise SettingsError(
            field="consumer",
            expected="a higher level than the producer's, accepted less often",
            got=(tuple(producer), tuple(consumer)),
            hint="good lots have the lower level; accept them with, say, 0.95 and bad ones with at most 0.10",
        )
    return good, bad


def discriminates(plan: SinglePlan, producer: RiskPoint, consumer: RiskPoint) -> bool:
    """Whether a single plan meets both points.

    Examples
    --------
    >>> discriminates(SinglePlan(80, 7), RiskPoint(0.05, 0.95), RiskPoint(0.15, 0.075))
    True
    """
    levels = np.asarray([producer.level, consumer.level])
    first, second = scipy.special.bdtr(plan.acceptance, plan.size, levels)
    return bool(first >= producer.accepted and second <= consumer.accepted)
