"""Gradient-boosted trees: fitted the same way every time, kept as text, with additive reasons.

The trees are small on purpose (15 leaves, depth 5): they score as well as large ones here, and exact TreeSHAP is ten
times faster. No class weights and no oversampling: both ruin calibration.

LightGBM is loaded when it is first needed, not when this module is: it needs the system library libgomp, and where
that is missing everything that does without trees goes on.
"""

import importlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import MissingLibrary, ModelError, SettingsError, UnfitModel

Floats = NDArray[np.float64]
Features = NDArray[np.float32]
_PATIENCE = 20  # rounds without improvement before early stopping
_TWEEDIE_POWER = 1.5  # between counts (1) and amounts without zeros (2)


class Objective(StrEnum):
    """What the trees are fitted to."""

    LOG_LOSS = "binary"  # labels 0 or 1; the raw score is log-odds
    AMOUNT = "tweedie"  # labels >= 0, some of them 0; the raw score is the logarithm of the expected amount


class _Silence:
    """Takes LightGBM's messages and drops them: what matters comes back as a result or an exception."""

    def info(self, msg: str) -> None:
        """Drop a note."""

    def warning(self, msg: str) -> None:
        """Drop a warning; LightGBM warns of every tree that finds no further split, which is normal."""


@cache
def lightgbm() -> Any:  # noqa: ANN401 - a module without types
    """Load LightGBM.

    Raises
    ------
    MissingLibrary
        When it or a system library it needs is not there.
    """
    # Threads that spin while they wait bring a shared machine to a stand: a fit of one second took forty.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        library = importlib.import_module("lightgbm")
    except (ImportError, OSError) as problem:
        raise MissingLibrary(
            f"LightGBM cannot be loaded: {str(problem)[:200]}", field="lightgbm", hint="apt-get install libgomp1"
        ) from problem
    library.register_logger(_Silence())
    return library


@dataclass(frozen=True, slots=True)
class BoostingSettings:
    """How the trees are grown.

    Attributes
    ----------
    trees, leaves, depth
        Number of trees at most, leaves of a tree at most, depth of a tree at most.
    learning_rate
        Shrinkage of each tree, in (0, 1].
    min_leaf
        Fewest training rows in a leaf.
    feature_fraction
        Share of the features each tree may look at, in (0, 1].
    l2
        L2 penalty on leaf values.
    seed
        Seed of every random choice.
    objective
        What they are fitted to.
    """

    trees: int = 100
    leaves: int = 15
    depth: int = 5
    learning_rate: float = 0.08
    min_leaf: int = 40
    feature_fraction: float = 0.5
    l2: float = 5.0
    seed: int = 0
    objective: Objective = Objective.LOG_LOSS


class Sample(NamedTuple):
    """Rows to learn from.

    Attributes
    ----------
    features
        Shape (n, p); NaN is missing and goes its own way at each split.
    labels
        0 or 1, or amounts >= 0, shape (n,).
    weights
        Positive row weights, such as 1/π, shape (n,); 1 when left out.
    offset
        Where the raw score of each row starts, shape (n,); the trees explain the rest. 0 when left out.
    """

    features: Features
    labels: NDArray[np.generic]
    weights: Floats | None = None
    offset: Floats | None = None


class BoostedTrees:
    """Fitted trees; `text` is the whole model and its only lasting form.

    Build one with `fit` or `from_text`. It refuses to be pickled: a pickle runs code when it is read.
    """

    __slots__ = ("_booster", "names", "text")

    def __init__(self, text: str) -> None:
        _check_text(text)
        library = lightgbm()
        try:
            booster = library.Booster(model_str=text)
        except library.basic.LightGBMError as error:
            raise ModelError("the text model cannot be read", field="model", hint=str(error)[:200]) from error
        self._booster = booster
        self.text = text
        self.names: tuple[str, ...] = tuple(booster.feature_name())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a model back from its text.

        Verify the digest of the text first: the check here finds damage, not malice.

        Raises
        ------
        ModelError
            When the text is not a whole model of this kind.

        Examples
        --------
        >>> BoostedTrees.from_text("hello")
        Traceback (most recent call last):
        darvoza.errors.ModelError: model: expected a LightGBM text model, got 'hello'
        """
        return cls(text)

    @property
    def size(self) -> int:
        """Number of trees."""
        return self.text.count("\nTree=")

    def raw(self, features: Features, threads: int = 1) -> Floats:
        """Raw score of each row, shape (n,): log-odds, or the logarithm of an amount.

        Parameters
        ----------
        features
            Shape (n, p) in the order of `names`; NaN is missing.
        threads
            Threads used; does not change the result.

        Raises
        ------
        ModelError
            When the number of columns is not that of the model.
        """
        return self._predict(features, threads, raw_score=True)

    def contributions(self, features: Features, threads: int = 1) -> Floats:
        """Exact TreeSHAP values, shape (n, p + 1); the last column is the base value.

        Each row sums to its `raw` score.

        Parameters
        ----------
        features
            Shape (n, p) in the order of `names`; NaN is missing.
        threads
            Threads used; does not change the result.

        Raises
        ------
        ModelError
            When the number of columns is not that of the model.

        References
        ----------
        Lundberg et al. (2020), Nature Machine Intelligence 2:56.
        """
        return self._predict(features, threads, pred_contrib=True)

    def _predict(self, features: Features, threads: int, **kind: bool) -> Floats:
        rows = _matrix(features)
        if rows.shape[1] != len(self.names):
            raise ModelError(field="features", expected=f"{len(self.names)} columns", got=rows.shape[1])
        if rows.shape[0] == 0:  # LightGBM refuses an empty matrix
            return np.zeros((0, len(self.names) + 1) if "pred_contrib" in kind else 0)
        return np.asarray(self._booster.predict(rows, num_threads=threads, **kind), dtype=np.float64)

    def __reduce__(self) -> NoReturn:
        raise TypeError("BoostedTrees is kept as text, never pickled; use .text and from_text()")


def fit(
    sample: Sample,
    *,
    names: Sequence[str],
    settings: BoostingSettings,
    later: Sample | None = None,
    threads: int = 1,
) -> BoostedTrees:
    """Fit boosted trees.

    The same input gives the same text, byte for byte, whatever the number of threads.

    Parameters
    ----------
    sample
        The rows to learn from.
    names
        One name per feature: letters, digits, underscore and dot.
    settings
        How the trees are grown, and to what.
    later
        Later rows; when given, growing stops 20 trees after the loss on them was best.
    threads
        Threads used, ``>= 1``.

    Raises
    ------
    SettingsError
        When shapes, names, labels or weights do not fit together.
    UnfitModel
        When all labels are the same.
    MissingLibrary
        When LightGBM cannot be loaded.

    Examples
    --------
    >>> x = np.arange(400, dtype=np.float32).reshape(-1, 1)
    >>> sample = Sample(x, (x[:, 0] > 200).astype(int))
    >>> model = fit(sample, names=["age"], settings=BoostingSettings(trees=20))
    >>> low, high = model.raw(np.array([[10], [390]], dtype=np.float32))
    >>> bool(low < 0 < high)
    True
    """
    if len(names) != len(set(names)) or not all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names):
        raise SettingsError(field="names", expected="distinct names of letters, digits, _ and .", got=list(names))
    train = _dataset(sample, names, settings.objective)
    if (sample.labels == sample.labels[:1]).all():
        raise UnfitModel("all labels are the same; positives and negatives are both needed", field="labels")
    valid: list[Any] = []
    callbacks: list[Callable[..., Any]] = []
    if later is not None:
        valid = [_dataset(later, names, settings.objective).set_reference(train)]
        callbacks = [lightgbm().early_stopping(_PATIENCE, verbose=False)]
    booster = lightgbm().train(
        _parameters(settings, threads), train, num_boost_round=settings.trees, valid_sets=valid, callbacks=callbacks
    )
    text = booster.model_to_string(num_iteration=booster.best_iteration if later is not None else -1)
    # LightGBM writes the thread count into the text, where it would change the digest of an equal model.
    return BoostedTrees(re.sub(r"\[num_threads: \d+\]", "[num_threads: 1]", text))


def _parameters(settings: BoostingSettings, threads: int) -> dict[str, object]:
    return {
        "objective": settings.objective.value,
        "tweedie_variance_power": _TWEEDIE_POWER,
        "num_leaves": settings.leaves,
        "max_depth": settings.depth,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.min_leaf,
        "feature_fraction": settings.feature_fraction,
        "lambda_l2": settings.l2,
        "seed": settings.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }


def _matrix(features: Features) -> Features:
    if features.ndim != 2:
        raise SettingsError(field="features", expected="a matrix of shape (rows, features)", got=features.shape)
    return np.ascontiguousarray(features, dtype=np.float32)


def _dataset(sample: Sample, names: Sequence[str], objective: Objective) -> Any:  # noqa: ANN401 - of LightGBM
    """Check one set of rows and hand it to LightGBM."""
    rows, labels, weights = _matrix(sample.features), sample.labels, sample.weights
    if rows.shape[1] != len(names):
        raise SettingsError(field="names", expected=f"{rows.shape[1]} names, one per feature", got=len(names))
    flags = objective is Objective.LOG_LOSS
    right = np.isin(labels, (0, 1)) if flags else np.isfinite(labels) & (labels.astype(np.float64) >= 0)
    if labels.shape != rows.shape[:1] or not right.all():
        words = "labels of 0 or 1" if flags else "amounts of at least 0"
        raise SettingsError(field="labels", expected=f"{rows.shape[0]} {words}", got=labels.shape)
    if weights is not None and (weights.shape != labels.shape or not np.all((weights > 0) & np.isfinite(weights))):
        raise SettingsError(field="weights", expected=f"{rows.shape[0]} positive finite weights", got=weights.shape)
    return lightgbm().Dataset(
        rows,
        label=labels.astype(np.float32),
        weight=weights,
        init_score=sample.offset,
        feature_name=list(names),
        params={"verbosity": -1},
    )


def _check_text(text: str) -> None:
    """Refuse a text that is not a whole model before LightGBM's parser, which may crash on it, sees it."""
    if not text.startswith("tree\nversion="):
        raise ModelError(field="model", expected="a LightGBM text model", got=text)
    sizes = re.search(r"^tree_sizes=([\d ]*)$", text, flags=re.MULTILINE)
    start, end = text.find("\nTree=0\n") + 1, text.find("\nend of trees")
    if sizes is None or "\nnum_class=1\n" not in text or start == 0 or end < start:
        raise ModelError(field="model", expected="one whole set of trees for one class", got="a damaged text")
    stated = sum(int(size) for size in sizes[1].split())
    found = len(text[start : end + 1].encode())
    if stated != found:
        raise ModelError(field="model", expected=f"{stated} bytes of trees, as the header says", got=found)
