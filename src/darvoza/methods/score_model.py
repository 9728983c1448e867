"""A score ready for use: trees where there is evidence for them, a sum of smoothed rates where there is not.

The model is plain text and numbers. It is never pickled: a pickle is a program, and a program from a model directory
would run with the rights of whoever loads it.
"""

import json
from collections.abc import Sequence
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
        base = float(logit(self.base_rate))
        parts = np.zeros((features.shape[0], features.shape[1] + 1))
        for column in self.columns:
            rate = np.clip(features[:, column].astype(np.float64), 1e-4, 1 - 1e-4)
            parts[:, column] = np.nan_to_num(logit(rate) - base)
        parts[:, -1] = base
        return parts

    def log_odds(self, features: Features) -> Floats:
        """Give the score in log-odds, shape ``(n,)``."""
        return np.asarray(self.contributions(features).sum(axis=1))


def log_odds(scorer: BoostedTrees | RateSum, features: Features, *, threads: int = 1) -> Floats:
    """Give the score of either kind in log-odds, shape ``(n,)``."""
    if isinstance(scorer, BoostedTrees):
        return scorer.log_odds(features, threads)
    return scorer.log_odds(features)


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A calibrated score over a fixed list of features.

    Attributes
    ----------
    names
        The features, in order.
    calibrator
        From log-odds to probability.
    typical_stake
        Median stake among the rows it was fitted on, > 0.
    scorer
        The trees or the sum of rates.
    """

    names: tuple[str, ...]
    calibrator: Calibrator
    typical_stake: float
    scorer: BoostedTrees | RateSum

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

    def described(self) -> str:
        """Write everything but the trees as canonical JSON."""
        rates = None
        if isinstance(self.scorer, RateSum):
            rates = {"columns": list(self.scorer.columns), "base_rate": self.scorer.base_rate}
        held = {
            "schema": 1,
            "kind": self.kind,
            "names": list(self.names),
            "calibrator": json.loads(self.calibrator.to_json()),
            "typical_stake": self.typical_stake,
            "rates": rates,
        }
        return json.dumps(held, sort_keys=True, indent=1, allow_nan=False) + "\n"

    @classmethod
    def read(cls, described: str, trees: str | None, *, expected_names: Sequence[str]) -> Self:
        """Put a model together again from its description and, if it has any, the text of its trees.

        Raises
        ------
        ModelError
            If a part is missing or malformed, or the features are not those expected.
        """
        try:
            held = json.loads(described)
            names = tuple(held["names"])
            calibrator = Calibrator.from_json(json.dumps(held["calibrator"]))
            rates, stake = held["rates"], float(held["typical_stake"])
        except (ValueError, KeyError, TypeError) as problem:
            raise ModelError(field="model.json", expected="the description of a score", got=described) from problem
        if names != tuple(expected_names):
            raise ModelError(
                field="model.json.names",
                expected="the features of this version",
                got=names,
                hint="fit the model again with `darvoza learn`",
            )
        if rates is not None:
            return cls(names, calibrator, stake, RateSum(tuple(rates["columns"]), float(rates["base_rate"])))
        if trees is None:
            raise ModelError(field="trees.txt", expected="the text of the trees", got=None)
        return cls(names, calibrator, stake, BoostedTrees.from_text(trees))
