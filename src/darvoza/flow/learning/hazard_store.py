"""The book of hazards on disk: the cells, and what they were made with."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from darvoza.domain.sps.hazard import CELL_LEVELS, HazardSettings, cells_of
from darvoza.domain.sps.measure import MeasureKind
from darvoza.errors import OutputError
from darvoza.flow.learning.hazards import CELLS
from darvoza.json_text import read_json

TABLE, NOTE = "hazards.parquet", "hazards.json"


@dataclass(frozen=True, slots=True)
class HazardBook:
    """What was learned of hazards.

    Attributes
    ----------
    cells
        The table of hazards.
    usual
        Service → average score of the goods it controls, above 0.
    settings
        How results count.
    day
        The day before which everything was known.
    """

    cells: pl.DataFrame
    usual: Mapping[str, float]
    settings: HazardSettings
    day: date


def write_hazards(book: HazardBook, directory: Path) -> None:
    """Write a book into a directory that exists."""
    book.cells.write_parquet(directory / TABLE)
    settings = asdict(book.settings) | {
        "alert_weights": {str(kind): value for kind, value in book.settings.alert_weights.items()}
    }
    note = {
        "day": book.day.isoformat(),
        "usual": dict(book.usual),
        "settings": settings | {"severities": dict(book.settings.severities)},
    }
    (directory / NOTE).write_text(json.dumps(note, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_hazards(directory: Path) -> HazardBook:
    """Read a book that `write_hazards` wrote.

    Raises
    ------
    OutputError
        When the directory does not hold one.
    """
    try:
        cells = _refolded(pl.read_parquet(directory / TABLE).select(list(CELLS)))
        note = read_json((directory / NOTE).read_text(encoding="utf-8"))
        told = note["settings"]
        weights = {MeasureKind(kind): float(value) for kind, value in told.pop("alert_weights").items()}
        settings = HazardSettings(**told, alert_weights=weights)
        return HazardBook(
            cells, {str(k): float(v) for k, v in note["usual"].items()}, settings, date.fromisoformat(note["day"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(directory), expected="what `darvoza sps hazards` wrote", got="no readable hazards"
        ) from problem


def _refolded(cells: pl.DataFrame) -> pl.DataFrame:
    """Fold the establishments of an older book as they are compared today; of cells that fall together the worst is kept."""
    narrow = cells.filter(level=CELL_LEVELS.index("cell_establishment")).get_column("place").unique().to_list()
    folded = {place: cells_of(*place.split(" ", 2))[-1] for place in narrow}
    odd = {place: now for place, now in folded.items() if now != place}
    if not odd:
        return cells
    where = ["agency", "hazard", "level", "place"]
    told = cells.with_columns(pl.col("place").replace(odd)).drop_nulls("place")
    worst = pl.col("rate") == pl.col("rate").max().over(where)
    return told.filter(worst).unique(where, keep="first", maintain_order=True)
