"""A score ready for use: how likely a positive is, of which kind, and what it would amount to.

The model is plain text and numbers. It is never pickled: a pickle is a program, and a program from a model directory
would run with the rights of whoever loads it.

Everything that trees do is also done without them, by sums and shares of smoothed rates that were learned beside them:
for the challenger that always runs, and for the day on which trees cannot be used.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import ModelError
from darvoza.json_text import read_json
from darvoza.methods.amounts import Amount
from darvoza.methods.boosting import BoostedTrees
from darvoza.methods.calibrated import CalibratedScore, RateSum
from darvoza.methods.group_share import GroupShare

Features = NDArray[np.float32]
Floats = NDArray[np.float64]

SCHEMA = 2
"""Form of the description; another form is refused, not guessed at."""

SCORE, GRAVE, LOSS, LEVEL, KIND = "score", "grave", "loss", "level", "kind."
"""Names of the parts that may have trees; kinds are named ``kind.`` and their name."""


@dataclass(frozen=True, slots=True)
class Head:
    """The score of one kind of positive: one of its own, or a share of the score of them all.

    Attributes
    ----------
    share
        Its share of the positives.
    own
        Its own score, ``None`` where it was too rare to be fitted.
    """

    share: GroupShare
    own: CalibratedScore | None = None

    def probabilities(self, features: Features, whole: Floats, *, threads: int = 1) -> Floats:
        """Probability of a positive of this kind, given that of any positive; at most that, shape ``(n,)``."""
        if self.own is None:
            return np.asarray(whole * self.share(features))
        return np.minimum(self.own.probabilities(features, threads=threads), whole)


@dataclass(frozen=True, slots=True)
class Harm:
    """What a positive amounts to.

    Attributes
    ----------
    loss
        Expected loss given a positive.
    grave
        Those that do harm which is no loss.
    level
        Expected level of that harm, given one of them.
    """

    loss: Amount
    grave: Head
    level: Amount


class Predicted(NamedTuple):
    """What is said of each row: arrays of shape ``(n,)``.

    Attributes
    ----------
    probability
        Of a positive, in (0, 1).
    loss
        Probability times the loss given a positive, ≥ 0.
    level
        Probability of a grave positive times its level given one, ≥ 0.
    """

    probability: Floats
    loss: Floats
    level: Floats


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Calibrated scores over a fixed list of features.

    Attributes
    ----------
    names
        The features, in order.
    score
        How likely a positive is.
    rates
        The same by the transparent sum of smoothed rates.
    kinds
        The kinds of positives, by name.
    harm
        What positives amount to.
    independence
        How independent the members of a group are, in [0, 1]; see `darvoza.methods.pooling`.
    typical
        Range that is usual for a feature, for comparison; not every feature has one.
    """

    names: tuple[str, ...]
    score: CalibratedScore
    rates: CalibratedScore
    kinds: Mapping[str, Head]
    harm: Harm
    independence: float
    typical: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def base_rate(self) -> float:
        """Rate of positives among the rows it was fitted on, in (0, 1)."""
        return self.rates.scorer.base_rate if isinstance(self.rates.scorer, RateSum) else 0.5

    @property
    def kind(self) -> str:
        """``trees`` or ``rates``: what the score is."""
        return self.score.kind

    def predicted(self, features: Features, *, threads: int = 1) -> Predicted:
        """Say of each row how likely it is a positive, and what it would amount to."""
        whole, grave = self._chances(features, threads)
        loss = whole * self.harm.loss(features, threads=threads)
        return Predicted(whole, loss, grave * self.harm.level(features, threads=threads))

    def probabilities(self, features: Features, *, threads: int = 1) -> Floats:
        """Probability of a positive, in (0, 1), shape ``(n,)``."""
        return self._chances(features, threads)[0]

    def kind_probabilities(self, features: Features, whole: Floats, *, threads: int = 1) -> Floats:
        """Probability of a positive of each kind, in the order of `kinds`, shape ``(n, kinds)``."""
        parts = [kind.probabilities(features, whole, threads=threads) for kind in self.kinds.values()]
        return np.column_stack(parts) if parts else np.zeros((features.shape[0], 0))

    def _chances(self, features: Features, threads: int) -> tuple[Floats, Floats]:
        """Probability of a positive, and of a grave one. What is grave is a positive: the first is never below."""
        whole = self.score.probabilities(features, threads=threads)
        if self.harm.grave.own is None:
            return whole, np.asarray(whole * self.harm.grave.share(features))
        grave = self.harm.grave.own.probabilities(features, threads=threads)
        return np.maximum(whole, grave), grave

    def contributions(self, features: Features, *, threads: int = 1) -> Floats:
        """What each feature adds to the log-odds of the score, shape ``(n, p)``."""
        return self.score.contributions(features, threads=threads)

    def transparent(self) -> Self:
        """The same model without any trees: the permanent challenger, and the fallback."""
        return replace(
            self,
            score=self.rates,
            kinds={name: Head(kind.share) for name, kind in self.kinds.items()},
            harm=Harm(self.harm.loss.without_trees(), Head(self.harm.grave.share), self.harm.level.without_trees()),
        )

    def trees(self) -> dict[str, str]:
        """The text of the trees of each part that has some."""
        return {name: scorer.text for name, scorer in self._scorers() if isinstance(scorer, BoostedTrees)}

    def _scorers(self) -> Iterator[tuple[str, object]]:
        yield SCORE, self.score.scorer
        kinds = {GRAVE: self.harm.grave, **{f"{KIND}{name}": kind for name, kind in self.kinds.items()}}
        yield from ((name, kind.own.scorer) for name, kind in kinds.items() if kind.own)
        yield from ((LOSS, self.harm.loss.trees), (LEVEL, self.harm.level.trees))

    def described(self) -> str:
        """Write everything but the trees as canonical JSON."""
        held = {
            "schema": SCHEMA,
            "kind": self.kind,
            "names": list(self.names),
            SCORE: self.score.described(),
            "rates": self.rates.described(),
            "kinds": {name: _kind_described(kind) for name, kind in self.kinds.items()},
            LOSS: self.harm.loss.described(),
            GRAVE: _kind_described(self.harm.grave),
            LEVEL: self.harm.level.described(),
            "independence": self.independence,
            "typical": {name: list(bounds) for name, bounds in self.typical.items()},
        }
        return json.dumps(held, sort_keys=True, indent=1, allow_nan=False) + "\n"

    @classmethod
    def read(cls, described: str, trees: Mapping[str, str] | None, *, expected_names: Sequence[str]) -> Self:
        """Put a model together again from its description and the texts of its trees.

        Parameters
        ----------
        described
            What `described` wrote.
        trees
            What `trees` gave; ``None`` to do without them: then it is the transparent model that comes back.
        expected_names
            The features of this version, in order.

        Raises
        ------
        ModelError
            If a part is missing or malformed, or the features are not those expected.
        """
        try:
            held: Any = read_json(described)
            _check_head(held, expected_names)
            return cls._put_together(held, trees)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise ModelError(field="model.json", expected="the description of a score", got=described) from problem

    @classmethod
    def _put_together(cls, held: Any, trees: Mapping[str, str] | None) -> Self:  # noqa: ANN401 - out of a file
        text = {} if trees is None else trees
        rates = CalibratedScore.read(held["rates"], None)
        kinds = {
            name: _kind_read(kind, text.get(f"{KIND}{name}"), bare=trees is None)
            for name, kind in held["kinds"].items()
        }
        amounts = {
            name: Amount.read({**held[name], "trees": held[name]["trees"] and trees is not None}, text.get(name))
            for name in (LOSS, LEVEL)
        }
        grave = _kind_read(held[GRAVE], text.get(GRAVE), bare=trees is None)
        score = rates if trees is None else CalibratedScore.read(held[SCORE], text.get(SCORE))
        harm = Harm(amounts[LOSS], grave, amounts[LEVEL])
        typical = {name: (float(low), float(high)) for name, (low, high) in held["typical"].items()}
        return cls(tuple(held["names"]), score, rates, kinds, harm, float(held["independence"]), typical)


def _check_head(held: Any, expected_names: Sequence[str]) -> None:  # noqa: ANN401 - out of a file
    hint = "fit the model again with `darvoza learn`"
    if held["schema"] != SCHEMA:
        raise ModelError(field="model.json.schema", expected=str(SCHEMA), got=held["schema"], hint=hint)
    if tuple(held["names"]) != tuple(expected_names):
        raise ModelError(
            field="model.json.names", expected="the features of this version", got=held["names"], hint=hint
        )


def _kind_described(kind: Head) -> dict[str, object]:
    return {"share": kind.share.described(), "own": kind.own.described() if kind.own else None}


def _kind_read(held: Mapping[str, Any], trees: str | None, *, bare: bool) -> Head:
    own = None if bare or held["own"] is None else CalibratedScore.read(held["own"], trees)
    return Head(GroupShare.read(held["share"]), own)
