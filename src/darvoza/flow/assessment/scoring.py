"""The score: how likely a finding is, and what it would be worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.selection import MONEY_POWER
from darvoza.methods.pooling import any_of
from darvoza.methods.score_model import ScoreModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Features = NDArray[np.float32]

SLICE = 100_000
"""Items scored at once: the features of a million would take more memory than all the rest."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The score of each declaration.

    Attributes
    ----------
    probability
        Probability of any finding, in [0, 1], shape ``(n,)``; at least that of its most suspicious item.
    money
        Expected loss of duty and tax [value], ≥ 0: Σ over items of probability × loss given a finding, shape ``(n,)``.
    severity
        Expected severity where harm is not money, ≥ 0, shape ``(n,)``; 0 from a score that knows nothing of it.
    worth
        Expected harm, in findings of mean loss: probability × (1 + loss given a finding ÷ mean loss)^m, shape ``(n,)``.
    top
        Row of the most suspicious item, shape ``(n,)``.
    """

    probability: Floats
    money: Floats
    severity: Floats
    worth: Floats
    top: Ints


def score(
    model: ScoreModel, features: NDArray[np.float32], *, starts: Ints, threads: int, money_power: float = MONEY_POWER
) -> Scores:
    """Score declarations.

    Parameters
    ----------
    model
        The fitted model.
    features
        Feature matrix of the items, shape ``(m, p)``; rows of a declaration next to each other.
    starts
        First row of each declaration, shape ``(n,)``.
    threads
        Threads used; the result does not depend on it.
    money_power
        How far money counts in the harm, in [0, 1].
    """
    said = model.predicted(features, threads=threads)
    probability = any_of(said.probability, starts, independence=model.independence)
    money = np.add.reduceat(said.loss, starts)
    return Scores(
        probability=probability,
        money=money,
        severity=np.add.reduceat(said.level, starts),
        worth=harm(probability, money, usual=model.harm.loss.usual, power=money_power),
        top=_first_maximum(said.probability, starts),
    )


def harm(probability: Floats, money: Floats, *, usual: float, power: float) -> Floats:
    """Give the expected harm, in findings of mean loss.

    A finding of mean loss counts 2^m times as much as one that brings in nothing; money far above the mean counts by its
    power. So no single guess of a sum decides, and the same harm in another currency is the same.

    Parameters
    ----------
    probability
        Of a finding, in (0, 1].
    money
        Probability times the loss given a finding, ≥ 0.
    usual
        Mean loss of a finding, above 0.
    power
        m in [0, 1]: 0 counts findings alone, 1 adds one for each mean loss.

    Examples
    --------
    >>> harm(np.array([0.1, 0.1]), np.array([0.0, 30.0]), usual=100.0, power=0.5).round(3).tolist()
    [0.1, 0.2]
    """
    chance = np.maximum(probability, np.finfo(np.float64).tiny)
    return np.asarray(probability * (1.0 + money / (chance * usual)) ** power)


def _first_maximum(values: Floats, starts: Ints) -> Ints:
    """Give the row of the first largest value of each segment."""
    sizes = np.diff(np.append(starts, values.size))
    largest = values == np.repeat(np.maximum.reduceat(values, starts), sizes)
    rows = np.flatnonzero(largest)
    return rows[np.searchsorted(rows, starts, side="left")]


def all_alike(starts: Ints) -> Scores:
    """Say that every declaration is worth the same, as nothing is known that tells them apart."""
    same = np.ones(starts.size)
    return Scores(probability=same, money=same, severity=np.zeros(starts.size), worth=same, top=starts)


def score_in_slices(
    models: Sequence[ScoreModel],
    features_of: Callable[[int, int], Features],
    *,
    starts: Ints,
    height: int,
    threads: int,
    money_power: float = MONEY_POWER,
) -> list[Scores]:
    """Score declarations with each model, some at a time: the features of all are never in memory together.

    Parameters
    ----------
    models
        Fitted models.
    features_of
        Gives the feature matrix of the items from one row up to another.
    starts
        First row of each declaration, shape ``(n,)``, n ≥ 1.
    height
        Number of items.
    threads
        Threads used; the result does not depend on it, nor on how many are scored at once.
    money_power
        How far money counts in the harm, in [0, 1].
    """
    nearest = np.searchsorted(starts, np.arange(0, height, SLICE)).clip(max=starts.size - 1)
    cuts = starts[np.unique(nearest)].tolist()
    parts: list[list[Scores]] = [[] for _ in models]
    for first, last in zip(cuts, [*cuts[1:], height], strict=True):
        begins = starts[(starts >= first) & (starts < last)] - first
        features = features_of(first, last)
        for model, made in zip(models, parts, strict=True):
            part = score(model, features, starts=begins, threads=threads, money_power=money_power)
            made.append(replace(part, top=part.top + first))
    return [_together(made) if len(made) > 1 else made[0] for made in parts]


def _together(parts: Sequence[Scores]) -> Scores:
    """Put scores of consecutive declarations one after the other."""
    return Scores(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Scores)))
