"""What the score says beside a decision: why it is what it is, and of which kind a finding would be.

Both take longer than the score itself and are read one by one, so they are told where they are asked for.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import ReasonScope
from darvoza.flow.assessment.reasoning import REASON, reasons
from darvoza.methods.score_model import ScoreModel

Ints = NDArray[np.int64]
Features = NDArray[np.float32]

KIND = pl.Struct({"family": pl.String, "probability": pl.Float64})
"""How the probability of a family is stored with the decision."""

_KEY = ["_declaration", "agency", "act"]


class Telling(NamedTuple):
    """What there is to tell from.

    Attributes
    ----------
    model
        The score, or ``None``: then nothing is told.
    facts
        Facts of the items.
    top
        Row of the most suspicious item of each declaration.
    features_of
        Gives the feature vectors of some rows.
    """

    model: ScoreModel | None
    facts: pl.DataFrame
    top: Ints
    features_of: Callable[[Ints], Features]


def tell(decisions: pl.DataFrame, telling: Telling, *, scope: ReasonScope, threads: int = 1) -> pl.DataFrame:
    """Add to examinations by customs why the score is what it is (``contributions``) and of which kind (``families``).

    Parameters
    ----------
    decisions
        All decisions, those of a declaration next to each other, declarations in the order of `telling`.
    telling
        What there is to tell from.
    scope
        Of which examinations; the others get empty lists.
    threads
        Threads used; the result does not depend on it.
    """
    numbered = decisions.with_columns(pl.col("declaration_id").rle_id().alias("_declaration"))
    wanted = numbered.filter(agency=Agency.CUSTOMS.value, act=Act.PHYSICAL.value)
    if scope is not ReasonScope.ALL:
        wanted = wanted.filter(pl.col("selected") & (scope is ReasonScope.SELECTED))
    rows = telling.top[wanted.get_column("_declaration").to_numpy()]
    told = _told(telling, rows, threads).with_columns(wanted.select(_KEY).get_columns())
    joined = numbered.join(told, on=_KEY, how="left", maintain_order="left")
    filled = [pl.col(name).fill_null(pl.lit([], dtype=told.schema[name])) for name in ("contributions", "families")]
    return joined.with_columns(filled).drop("_declaration")


def _told(telling: Telling, rows: Ints, threads: int) -> pl.DataFrame:
    """Give reasons and families of some items; empty lists without a score."""
    model, schema = telling.model, {"contributions": pl.List(REASON), "families": pl.List(KIND)}
    if model is None or not rows.size:
        return pl.DataFrame({name: [[]] * rows.size for name in schema}, schema=schema)
    features = telling.features_of(rows)
    whole = model.probabilities(features, threads=threads)
    kinds = model.kind_probabilities(features, whole, threads=threads)
    families = [
        [{"family": name, "probability": value} for name, value in zip(model.kinds, row, strict=True)]
        for row in kinds.tolist()
    ]
    said = reasons(model, features, telling.facts[rows], threads=threads)
    return pl.DataFrame({"contributions": said, "families": pl.Series(families, dtype=schema["families"])})
