"""How much a positive amounts to: a multiple of a base, which trees may refine row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import ModelError
from darvoza.methods.boosting import BoostedTrees

Features = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Base:
    """What an amount is a multiple of: a feature that holds ln(1 + x), or 1.

    Attributes
    ----------
    column
        The feature; ``None`` for 1.
    typical
        What stands in where the feature is unknown, ≥ 0.
    """

    column: int | None = None
    typical: float = 0.0

    def logarithm(self, features: Features) -> Floats:
        """Logarithm of 1 + the base of each row, shape (n,); 0 where the base is 1."""
        if self.column is None:
            return np.zeros(features.shape[0])
        held = features[:, self.column].astype(np.float64)
        return np.where(np.isfinite(held), np.maximum(held, 0.0), np.log1p(self.typical))


@dataclass(frozen=True, slots=True)
class Amount:
    """Expected amount of a positive: (1 + base) × factor, or (1 + base) × exp(trees) × their factor.

    Attributes
    ----------
    base
        What it is a multiple of.
    factor
        Mean multiple, ≥ 0: all there is without trees.
    trees
        Trees on the logarithm of the multiple, or ``None``.
    trees_factor
        What makes the sum over later rows right, > 0.
    mean
        Mean amount of the positives it was fitted on, ≥ 0; 0 where it is not known.
    """

    base: Base
    factor: float
    trees: BoostedTrees | None = None
    trees_factor: float = 1.0
    mean: float = 0.0

    def __call__(self, features: Features, *, threads: int = 1) -> Floats:
        """Expected amount of each row were it a positive, ≥ 0, shape (n,).

        Examples
        --------
        >>> stake = np.log1p(np.array([[99.0], [np.nan]], dtype=np.float32))
        >>> Amount(Base(0, typical=49.0), 0.5)(stake).round(2).tolist()
        [50.0, 25.0]
        """
        level = self.base.logarithm(features)
        if self.trees is None:
            return np.asarray(np.exp(level) * self.factor)
        return np.asarray(np.exp(level + self.trees.raw(features, threads)) * self.trees_factor)

    @property
    def usual(self) -> float:
        """The mean amount of a positive, above 0: a yardstick. The amount at the typical base where it is not known.

        Examples
        --------
        >>> Amount(Base(0, typical=49.0), 0.5).usual, Amount(Base(0, typical=49.0), 0.5, mean=80.0).usual
        (25.0, 80.0)
        """
        return max(self.mean or (1.0 + self.base.typical) * self.factor, 1e-9)

    def without_trees(self) -> Self:
        """The plain multiple."""
        return replace(self, trees=None)

    def described(self) -> dict[str, object]:
        """Give everything but the trees as plain values."""
        return {
            "column": self.base.column,
            "typical": self.base.typical,
            "factor": self.factor,
            "trees": self.trees is not None,
            "trees_factor": self.trees_factor,
            "mean": self.mean,
        }

    @classmethod
    def read(cls, held: Mapping[str, object], trees: str | None) -> Self:
        """Put it together again from its description and, if it has any, the text of its trees.

        Raises
        ------
        ModelError
            If the trees are missing.
        """
        column = held["column"]
        base = Base(None if column is None else int(str(column)), float(str(held["typical"])))
        if held["trees"] and trees is None:
            raise ModelError(field="trees", expected="the text of the trees of an amount", got=None)
        grown = BoostedTrees.from_text(trees) if held["trees"] and trees is not None else None
        factor, trees_factor = float(str(held["factor"])), float(str(held["trees_factor"]))
        # written since the yardstick is a mean; a model of before keeps the yardstick it had
        return cls(base, factor, grown, trees_factor, float(str(held.get("mean", 0.0))))
