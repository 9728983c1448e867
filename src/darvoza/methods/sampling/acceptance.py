"""Acceptance by attributes: how often a plan accepts, what leaves after it, and how much is examined.

A plan accepts a lot when few marked units are found in a sample. The operating characteristic (OC) curve tells how
often it accepts lots of each level; no plan is understood without it.

References
----------
Schilling & Neubauer (2017), Acceptance Sampling in Quality Control, 3rd ed., chapters 5 and 6.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import share_up_to_one, whole
from darvoza.methods.sampling.detection import size_within
from darvoza.methods.sampling.tails import hypergeometric_pmf

Floats = NDArray[np.float64]

GRID = 400
"""Levels tried before the peak of a curve is refined."""


class Peak(NamedTuple):
    """The highest point of a curve of outgoing quality: where, and how high."""

    level: float
    value: float


class Curves(NamedTuple):
    """What a plan does at each level; arrays of one shape.

    Attributes
    ----------
    accepted
        Probability of acceptance (OC).
    outgoing
        Average outgoing quality: share of marked units after rejected lots were sorted (AOQ).
    inspected
        Average units examined per lot when rejected lots are examined whole (ATI).
    sampled
        Average units examined per lot in the samples alone (ASN).
    """

    accepted: Floats
    outgoing: Floats
    inspected: Floats
    sampled: Floats


class AttributesPlan(Protocol):
    """A plan that accepts or rejects by counting marked units."""

    @property
    def largest(self) -> int:
        """Most units that the plan may examine in its samples."""

    def parts(self, level: Floats) -> tuple[Floats, Floats, Floats]:
        """Probabilities to accept at the first sample, to accept at a second, and to need a second."""

    def sizes(self) -> tuple[int, int]:
        """Units in the first and in the second sample."""


@dataclass(frozen=True, slots=True)
class SinglePlan:
    """Take `size` units and accept when at most `acceptance` are marked.

    Examples
    --------
    >>> plan = SinglePlan(size=80, acceptance=5)
    >>> round(float(acceptance_probability(plan, 0.025)), 6)
    0.984785
    """

    size: int
    acceptance: int

    def __post_init__(self) -> None:
        whole("size", self.size)
        if whole("acceptance", self.acceptance, least=0) >= self.size:
            raise SettingsError(
                field="acceptance",
                expected=f"fewer than the {self.size} units of the sample",
                got=self.acceptance,
                hint="a plan that accepts whatever is found examines nothing",
            )

    @property
    def largest(self) -> int:
        """Most units that the plan may examine in its sample."""
        return self.size

    def parts(self, level: Floats) -> tuple[Floats, Floats, Floats]:
        """Probabilities to accept at the first sample, to accept at a second, and to need a second."""
        nothing = np.zeros_like(level)
        return np.asarray(scipy.special.bdtr(self.acceptance, self.size, level)), nothing, nothing

    def sizes(self) -> tuple[int, int]:
        """Units in the first and in the second sample."""
        return self.size, 0


@dataclass(frozen=True, slots=True)
class DoublePlan:
    """Decide on a first sample if it is clear, and else on both samples together.

    Attributes
    ----------
    sizes_taken
        Units in the first and in the second sample.
    acceptances
        Accept at the first with at most so many marked; at the second with at most so many in both.
    rejections
        Reject at the first with at least so many; at the second it is one more than accepts.

    Examples
    --------
    >>> plan = DoublePlan(sizes_taken=(125, 125), acceptances=(3, 8), rejections=(7, 9))
    >>> round(float(acceptance_probability(plan, 0.015)), 4)
    0.9878
    """

    sizes_taken: tuple[int, int]
    acceptances: tuple[int, int]
    rejections: tuple[int, int]

    def __post_init__(self) -> None:
        for size in self.sizes_taken:
            whole("sizes_taken", size)
        (a1, a2), (r1, r2) = self.acceptances, self.rejections
        if not (0 <= a1 < r1 - 1 and a1 <= a2 and r1 <= r2 == a2 + 1):
            raise SettingsError(
                field="acceptances",
                expected="0 <= first accept < first reject − 1, and second reject = second accept + 1",
                got=(self.acceptances, self.rejections),
            )

    @property
    def largest(self) -> int:
        """Most units that the plan may examine in its samples."""
        return sum(self.sizes_taken)

    def parts(self, level: Floats) -> tuple[Floats, Floats, Floats]:
        """Probabilities to accept at the first sample, to accept at a second, and to need a second."""
        n1, n2 = self.sizes_taken
        at_once = np.asarray(scipy.special.bdtr(self.acceptances[0], n1, level))
        open_counts = np.arange(self.acceptances[0] + 1, self.rejections[0])
        p, x = np.expand_dims(level, -1), open_counts
        chance = scipy.special.bdtr(x, n1, p) - scipy.special.bdtr(x - 1, n1, p)
        left = self.acceptances[1] - x
        later = np.where(left >= 0, scipy.special.bdtr(np.maximum(left, 0), n2, p), 0.0)
        return at_once, np.asarray((chance * later).sum(-1)), np.asarray(chance.sum(-1))

    def sizes(self) -> tuple[int, int]:
        """Units in the first and in the second sample."""
        return self.sizes_taken


def acceptance_probability(plan: AttributesPlan, level: ArrayLike) -> Floats:
    """Probability that a plan accepts a lot from a stream of the level: the type B operating characteristic.

    Parameters
    ----------
    plan
        The plan.
    level
        Share of marked units, each in [0, 1].

    Raises
    ------
    SettingsError
        When a level is out of range.

    Examples
    --------
    >>> acceptance_probability(SinglePlan(60, 0), [0.0, 0.05, 1.0]).round(5).tolist()
    [1.0, 0.04607, 0.0]
    """
    first, second, _ = plan.parts(_levels(level))
    return first + second


def lot_acceptance(plan: SinglePlan, marked: ArrayLike, *, lot_size: int) -> Floats:
    """Probability that a single plan accepts one finite lot with so many marked units: the type A characteristic.

    Parameters
    ----------
    plan
        A single plan not larger than the lot.
    marked
        Marked units in the lot, each from 0 to `lot_size`.
    lot_size
        Units in the lot.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> lot_acceptance(SinglePlan(22, 0), [0, 5], lot_size=50).round(4).tolist()
    [1.0, 0.0464]
    """
    size_within(plan.size, lot_size)
    counts = np.atleast_1d(np.asarray(marked))
    if not (np.issubdtype(counts.dtype, np.integer) and np.all(counts >= 0) and np.all(counts <= lot_size)):
        raise SettingsError(field="marked", expected=f"whole numbers from 0 to {lot_size}", got=marked)
    x = np.arange(plan.acceptance + 1)
    found = [hypergeometric_pmf(x, lot_size=lot_size, marked=int(m), size=plan.size).sum() for m in counts.ravel()]
    return np.asarray(found, dtype=float).reshape(np.shape(marked))


def curves(plan: AttributesPlan, level: ArrayLike, *, lot_size: int, sensitivity: float = 1.0) -> Curves:
    """What a plan does at each level when rejected lots are examined whole and marked units replaced.

    Parameters
    ----------
    plan
        The plan, not larger than the lot.
    level
        Share of marked units, each in [0, 1].
    lot_size
        Units in each lot.
    sensitivity
        Chance that a marked unit is recognised, in (0, 1]; what is overlooked leaves with the lot.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Dodge & Romig (1941), Bell System Technical Journal 20:1.

    Examples
    --------
    >>> found = curves(SinglePlan(60, 0), 0.01, lot_size=1000)
    >>> [round(float(each), 4) for each in found]
    [0.5472, 0.0051, 485.6728, 60.0]
    """
    size_within(plan.largest, lot_size)
    seen = share_up_to_one("sensitivity", sensitivity)
    p, (n1, n2) = _levels(level), plan.sizes()
    first, second, need = plan.parts(p * seen)
    inspected = n1 * first + (n1 + n2) * second + lot_size * (1 - first - second)
    outgoing = p * (1 - seen * inspected / lot_size)
    return Curves(first + second, outgoing, inspected, n1 + n2 * need)


def outgoing_limit(plan: AttributesPlan, *, lot_size: int, sensitivity: float = 1.0) -> Peak:
    """Worst average outgoing quality over all levels (AOQL), and the level at which it comes.

    With an imperfect examination the worst is nothing but overlooked units at a level of 1, so the peak is sought
    where the plan still discriminates: the first one from the left.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> peak = outgoing_limit(SinglePlan(60, 0), lot_size=1000)
    >>> round(peak.level, 4), round(peak.value, 5)
    (0.0164, 0.00572)
    """
    return first_peak(lambda p: curves(plan, p, lot_size=lot_size, sensitivity=sensitivity).outgoing)


class Curve(Protocol):
    """A curve over levels."""

    def __call__(self, level: Floats, /) -> Floats:
        """Give the height at each level."""


def first_peak(curve: Curve) -> Peak:
    """Highest point of a curve over levels in (0, 1) before it falls for the first time.

    Examples
    --------
    >>> first_peak(lambda p: p * (1 - p) ** 9).level.__round__(6)
    0.1
    """
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, GRID)])
    heights = np.asarray(curve(grid))
    falls = np.flatnonzero(np.diff(heights) < 0)
    at = int(falls[0]) if falls.size else len(grid) - 1
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)]
    found = scipy.optimize.minimize_scalar(
        lambda p: -float(curve(np.asarray(p))), bounds=(low, high), method="bounded", options={"xatol": 1e-10}
    )
    best = max((float(heights[at]), float(grid[at])), (-float(found.fun), float(found.x)))
    return Peak(level=best[1], value=best[0])


def switching_acceptance(normal: ArrayLike, tightened: ArrayLike) -> Floats:
    """Probability of acceptance of a scheme that switches between a normal and a tightened plan.

    Two rejections among five lots bring the tightened plan; five acceptances in a row bring the normal one back.

    Parameters
    ----------
    normal, tightened
        Probabilities of acceptance under each plan at the same levels, in [0, 1].

    References
    ----------
    Stephens & Larson (1967), Industrial Quality Control 24:310.

    Examples
    --------
    >>> level = 0.01933
    >>> plans = (SinglePlan(200, 7), SinglePlan(200, 5))
    >>> round(float(switching_acceptance(*(acceptance_probability(plan, level) for plan in plans))), 4)
    0.95
    """
    pn, pt = np.asarray(normal, dtype=float), np.asarray(tightened, dtype=float)
    # expected lots under each plan before the switch, both multiplied by all denominators
    in_normal = (2 - pn**4) * (1 - pt) * pt**5
    in_tightened = (1 - pt**5) * (1 - pn) * (1 - pn**4)
    total = in_normal + in_tightened
    share_normal = np.where(total > 0, in_normal / np.where(total > 0, total, 1.0), 1.0)
    return np.asarray(share_normal * pn + (1 - share_normal) * pt)


def _levels(level: ArrayLike) -> Floats:
    p = np.asarray(level, dtype=float)
    if not np.all((p >= 0) & (p <= 1)):
        raise SettingsError(field="level", expected="shares from 0 to 1", got=level, hint="write 5 % as 0.05")
    return p
