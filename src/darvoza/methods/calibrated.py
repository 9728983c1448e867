"""A calibrated score: trees where there is evidence for them, a sum of smoothed rates where there is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import ModelError
from darvoza.methods.boosting import BoostedTrees
from darvoza.methods.calibration import Calibrator
from darvoza.methods.smoothed_rates import logit

Features = NDArray[np.float32]
Floats = NDArray[np.float64]

SMALLEST_PROBABILITY = 1e-6
"""No score is 0 or 1: a leaf without positives is a small sample, not an impossibility."""


@dataclass(frozen=True, slots=True)
class RateSum:
    """The transparent score: log-odds of the base rate plus what each smoothed rate adds to it.

    Attributes
    ----------
    columns
        Which features are smoothed rates, already shrunken towards the base rate.
    base_rate
        Rate of the whole, in (0, 1).
    """

    columns: tuple[int, ...]
    base_rate: float

    def contributions(self, features: Features) -> Floats:
        """Give what each feature adds, shape ``(n, p + 1)``, the base last; an unknown rate adds nothing."""
        parts = np.zeros((features.shape[0], features.shape[1] + 1))
        parts[:, list(self.columns)] = self._parts(features)
        parts[:, -1] = logit(self.base_rate)
        return parts

    def log_odds(self, features: Features) -> Floats:
        """Give the score in log-odds, shape ``(n,)``; that of a row does not depend on how many there are."""
        whole = np.zeros(features.shape[0])
        for part in self._parts(features).T:  # in order: `sum` adds in another order when there is one row
            whole += part
        return np.asarray(whole + logit(self.base_rate))

    def _parts(self, features: Features) -> Floats:
        rates = np.clip(features[:, list(self.columns)].astype(np.float64), 1e-4, 1 - 1e-4)
        return np.asarray(np.nan_to_num(logit(rates) - logit(self.base_rate)))


@dataclass(frozen=True, slots=True)
class CalibratedScore:
    """A score with the curve from its log-odds to a probability.

    Attributes
    ----------
    scorer
        The trees or the sum of rates.
    calibrator
        From log-odds to probability.
    """

    scorer: BoostedTrees | RateSum
    calibrator: Calibrator

    @property
    def kind(self) -> str:
        """``trees`` or ``rates``."""
        return "trees" if isinstance(self.scorer, BoostedTrees) else "rates"

    def log_odds(self, features: Features, *, threads: int = 1) -> Floats:
        """Give the uncalibrated score in log-odds, shape ``(n,)``; its order is the order of the score."""
        return log_odds(self.scorer, features, threads=threads)

    def probabilities(self, features: Features, *, threads: int = 1) -> Floats:
        """Give the calibrated probability of each row, in (0, 1), shape ``(n,)``."""
        likely = self.calibrator(self.log_odds(features, threads=threads))
        return np.clip(likely, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)

    def contributions(self, features: Features, *, threads: int = 1) -> Floats:
        """Give what each feature adds to the log-odds, shape ``(n, p)``."""
        if isinstance(self.scorer, BoostedTrees):
            return self.scorer.contributions(features, threads)[:, :-1]
        return self.scorer.contributions(features)[:, :-1]

    def described(self) -> dict[str, object]:
        """Give everything but the trees as plain values."""
        rates = None
        if isinstance(self.scorer, RateSum):
            rates = {"columns": list(self.scorer.columns), "base_rate": self.scorer.base_rate}
        return {"kind": self.kind, "calibrator": self.calibrator.described(), "rates": rates}

    @classmethod
    def read(cls, held: Mapping[str, object], trees: str | None) -> Self:
        """Put a score together again from its description and, if it has any, the text of its trees.

        Raises
        ------
        ModelError
            If a part is missing or malformed.
        """
        calibrator, rates = Calibrator.read(held["calibrator"]), held["rates"]
        if isinstance(rates, Mapping):
            return cls(RateSum(tuple(rates["columns"]), float(rates["base_rate"])), calibrator)
        if trees is None:
            raise ModelError(field="trees", expected="the text of the trees", got=None)
        return cls(BoostedTrees.from_text(trees), calibrator)


def log_odds(scorer: BoostedTrees | RateSum, features: Features, *, threads: int = 1) -> Floats:
    """Give the score of either kind in log-odds, shape ``(n,)``."""
    if isinstance(scorer, BoostedTrees):
        return scorer.raw(features, threads)
    return scorer.log_odds(features)
