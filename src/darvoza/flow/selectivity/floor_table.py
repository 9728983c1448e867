"""Floors as one table, in one of two forms: columns, or rows where they are few. What is asked of them means the same."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import Duty
from darvoza.domain.codes import Agency
from darvoza.domain.selection import FloorKind, PlacedFloor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AnyFloors = TypeVar("AnyFloors", pl.DataFrame, list[PlacedFloor])
"""Floors in one form or the other: the columns of `PlacedFloor`, or rows."""


class Layer(NamedTuple):
    """One floor under one act of some declarations.

    Attributes
    ----------
    duty, kind
        Which act of which agency, and where the floors come from.
    rows
        Row numbers of the declarations, shape ``(m,)``.
    probability
        The floors, in [0, 1], shape ``(m,)``; those at 0 are none.
    sources
        What each floor comes from, m of them.
    """

    duty: Duty
    kind: FloorKind
    rows: Ints
    probability: Floats
    sources: Sequence[str]


def strongest(floors: AnyFloors, declarations: int, duty: Duty) -> Floats:
    """Give the largest floor of one duty for each declaration, 0 where there is none; shape ``(declarations,)``."""
    agency, act = duty.agency.value, duty.act.value
    largest = np.zeros(declarations)
    if isinstance(floors, pl.DataFrame):
        own = floors.filter((pl.col("agency") == agency) & (pl.col("act") == act))
        np.maximum.at(largest, own.get_column("declaration").to_numpy(), own.get_column("probability").to_numpy())
        return largest
    for floor in floors:
        if floor.act == act and floor.agency == agency and floor.probability > largest[floor.declaration]:
            largest[floor.declaration] = floor.probability
    return largest


def spoken_of(floors: AnyFloors, declarations: int, agency: Agency) -> NDArray[np.bool_]:
    """Tell for which declarations an agency has any floor, under whatever act; shape ``(declarations,)``."""
    if isinstance(floors, pl.DataFrame):
        named = floors.filter(pl.col("agency") == agency.value).get_column("declaration").to_numpy()
    else:
        named = np.array([floor.declaration for floor in floors if floor.agency == agency], dtype=np.int64)
    spoken = np.zeros(declarations, dtype=np.bool_)
    spoken[named] = True
    return spoken


def with_layers(floors: AnyFloors, layers: Sequence[Layer]) -> AnyFloors:
    """Put more floors below these, in the same form."""
    if isinstance(floors, pl.DataFrame):
        return pl.concat([floors, *map(_columns, layers)])
    return [*floors, *(floor for layer in layers for floor in _rows(layer))]


def _rows(layer: Layer) -> Iterator[PlacedFloor]:
    duty, kind, rows, probability, sources = layer
    agency, act, name = duty.agency.value, duty.act.value, kind.value
    for row, part, source in zip(rows.tolist(), probability.tolist(), sources, strict=True):
        if part > 0:
            yield PlacedFloor(row, agency, act, name, source, part, [])


def _columns(layer: Layer) -> pl.DataFrame:
    duty, kind, rows, probability, sources = layer
    return (
        pl.DataFrame(
            {
                "declaration": rows.astype(np.uint32),
                "source": pl.Series(sources, dtype=pl.String),
                "probability": probability,
            }
        )
        .filter(pl.col("probability") > 0)
        .select(
            "declaration",
            agency=pl.lit(duty.agency.value),
            act=pl.lit(duty.act.value),
            kind=pl.lit(kind.value),
            source=pl.col("source"),
            probability=pl.col("probability"),
            items=pl.lit([], dtype=pl.List(pl.Int64)),
        )
    )
