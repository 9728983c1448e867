"""What the score says beside a decision: why it is what it is, and of which kind a finding would be.

Both take longer than the score itself and are read one by one, so they are told where they are asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import ReasonScope
from darvoza.flow.assessment.reasoning import REASON, reasons, reasons_of_few
from darvoza.flow.fact_table import FactTable
from darvoza.methods.score_model import ScoreModel

Ints = NDArray[np.int64]
Features = NDArray[np.float32]
Floats = NDArray[np.float64]

KIND = pl.Struct({"family": pl.String, "probability": pl.Float64})
"""How the probability of a family is stored with the decision."""

KEPT = 8
"""Numbers of families for which it is remembered how they are put into lists."""

_NOTHING = pl.DataFrame(
    {"contributions": [[]], "families": [[]]}, schema={"contributions": pl.List(REASON), "families": pl.List(KIND)}
)
_ASKED = (
    pl.col("declaration_id").rle_id().alias("declaration"),
    ((pl.col("agency") == Agency.CUSTOMS.value) & (pl.col("act") == Act.PHYSICAL.value)).alias("examined"),
    pl.col("selected").fill_null(value=False),
)
"""Place of the declaration, whether it is an examination by customs, and whether it was selected."""


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
    facts: FactTable
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
    declarations, examined, selected = decisions.select(_ASKED).get_columns()
    if scope is ReasonScope.SELECTED:
        examined &= selected
    asked = np.flatnonzero(examined.to_numpy() if scope is not ReasonScope.NONE else np.zeros(decisions.height, bool))
    told = _told(telling, telling.top[declarations.to_numpy()[asked]], threads)
    places = np.full(decisions.height, asked.size)
    places[asked] = np.arange(asked.size)
    return decisions.hstack(told[places].get_columns())


def tell_few(
    decisions: Sequence[Mapping[str, Any]], telling: Telling, *, scope: ReasonScope, threads: int = 1
) -> Iterator[dict[str, Any]]:
    """Yield the same for each of few decisions, row by row; everything as for `tell`."""
    asked = {} if telling.model is None else dict(_asked_of(decisions, scope))
    said = (
        _said_of_few(telling.model, telling, telling.top[list(asked.values())], threads)
        if telling.model and asked
        else []
    )
    of_place = dict(zip(asked, said, strict=True))
    for place in range(len(decisions)):
        contributions, families = of_place.get(place, ([], []))
        yield {"contributions": contributions, "families": families}


def _said_of_few(
    model: ScoreModel, telling: Telling, rows: Ints, threads: int
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield reasons and families of some items."""
    features = telling.features_of(rows)
    families = _kinds(model, features, threads).tolist()
    said = reasons_of_few(model, features, telling.facts, rows, threads=threads)
    for contributions, of_item in zip(said, families, strict=True):
        named = zip(model.kinds, of_item, strict=True)
        yield contributions, [{"family": name, "probability": probability} for name, probability in named]


def _asked_of(decisions: Sequence[Mapping[str, Any]], scope: ReasonScope) -> Iterator[tuple[int, int]]:
    """Yield the place of each examination by customs that is told of, and that of its declaration."""
    if scope is ReasonScope.NONE:
        return
    declaration, before = -1, None
    for place, row in enumerate(decisions):
        if row["declaration_id"] != before:
            declaration, before = declaration + 1, row["declaration_id"]
        told = row["selected"] or scope is not ReasonScope.SELECTED
        if told and row["agency"] == Agency.CUSTOMS.value and row["act"] == Act.PHYSICAL.value:
            yield place, declaration


def _kinds(model: ScoreModel, features: Features, threads: int) -> Floats:
    """Give the probability of a finding of each kind, shape ``(n, kinds)``."""
    whole = model.probabilities(features, threads=threads)
    return model.kind_probabilities(features, whole, threads=threads)


def _told(telling: Telling, rows: Ints, threads: int) -> pl.DataFrame:
    """Give reasons and families of some items, and at the end what there is to tell of others: empty lists."""
    model = telling.model
    if model is None or not rows.size:
        return _NOTHING[[0] * (rows.size + 1)]
    features = telling.features_of(rows)
    kinds = _kinds(model, features, threads)
    said = reasons(model, features, telling.facts, rows, threads=threads)
    return pl.concat([pl.DataFrame([said, _families(tuple(model.kinds), kinds)]), _NOTHING])


def _families(names: tuple[str, ...], probabilities: Floats) -> pl.Series:
    """Put the probability of each family beside its name, in lists."""
    if not names:
        return _NOTHING.get_column("families")[[0] * len(probabilities)]
    flat = pl.DataFrame(
        [
            pl.Series("family", names * len(probabilities), dtype=pl.String),
            pl.Series("probability", probabilities.ravel(), dtype=pl.Float64),
        ]
    )
    return flat.select(_listed(len(names))).to_series()


@lru_cache(maxsize=KEPT)
def _listed(families: int) -> pl.Expr:
    """Put families into lists, so many each."""
    return pl.struct("family", "probability").reshape((-1, families)).arr.to_list().alias("families")
