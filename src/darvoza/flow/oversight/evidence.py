"""Decided declarations and the matches among them, as sets of row numbers: what every judgement of a profile rests on."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

from darvoza.domain.profile import RiskProfile

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Decided declarations as columns, all of shape ``(n,)``.

    Attributes
    ----------
    known
        Whether the result of an examination is known.
    examined
        Whether it was examined at all.
    found
        Whether something was found; false where nothing is known.
    recovered
        Duty and tax recovered [currency of the customs value]; NaN where nobody said.
    probability
        π with which it was examined; NaN where that is not known.
    about
        ``post``, ``lodged_on``, ``importer``, ``origin``, row by row.
    slots, slot
        Posts and weeks (``post``, ``week`` the Monday, ``declarations``), and the slot of each declaration.
    """

    known: Flags
    examined: Flags
    found: Flags
    recovered: Floats
    probability: Floats
    about: pl.DataFrame
    slots: pl.DataFrame
    slot: Ints

    @classmethod
    def of(cls, declarations: pl.DataFrame) -> Self:
        """Read evidence off declarations.

        Parameters
        ----------
        declarations
            One row each: ``post, lodged_on, importer, origin, examined, known, finding, recovered,
            inclusion_probability``.
        """
        known = declarations.get_column("known").to_numpy()
        placed = declarations.select("post", pl.col("lodged_on").dt.truncate("1w").alias("week"))
        slots = placed.group_by("post", "week").agg(pl.len().alias("declarations")).sort("post", "week")
        numbered = slots.select("post", "week").with_row_index("slot")
        slot = placed.join(numbered, on=["post", "week"], how="left", maintain_order="left").get_column("slot")
        chances = declarations.get_column("inclusion_probability").cast(pl.Float64).fill_null(np.nan)
        return cls(
            known=known,
            examined=declarations.get_column("examined").to_numpy(),
            found=declarations.get_column("finding").to_numpy() & known,
            recovered=declarations.get_column("recovered").cast(pl.Float64).fill_null(np.nan).to_numpy(),
            probability=chances.to_numpy(),
            about=declarations.select("post", "lodged_on", "importer", "origin"),
            slots=slots,
            slot=slot.cast(pl.Int64).to_numpy(),
        )

    def __len__(self) -> int:
        return self.known.size

    def money(self, rows: Ints) -> float | None:
        """Sum up what was recovered from these rows; ``None`` where there are findings, and no amount is stated of any."""
        found, amounts = self.found[rows], self.recovered[rows]
        stated = np.isfinite(amounts)
        return None if found.any() and not stated[found].any() else float(amounts[stated].sum())

    def unstated(self, rows: Ints) -> int:
        """Count the findings among these rows of which no amount is stated: what they brought is not in the sum."""
        return int((self.found[rows] & ~np.isfinite(self.recovered[rows])).sum())


@dataclass(frozen=True, slots=True)
class Matched:
    """What one profile matched.

    Attributes
    ----------
    profile
        The profile.
    items
        Numbers of the goods items, ascending, each once; shape ``(n_items,)``.
    declarations
        Rows of the declarations they belong to, ascending, each once; shape ``(n,)``.
    found_here
        Rows of the declarations with a finding on one of these very items, ascending, each once.
    """

    profile: RiskProfile
    items: Ints
    declarations: Ints
    found_here: Ints

    @property
    def code(self) -> str:
        """The code of the profile."""
        return self.profile.code

    @property
    def share(self) -> float:
        """The share of its matches for which the profile asks its act."""
        return float(self.profile.treatment.share)

    def asks_like(self, other: "Matched") -> bool:
        """Tell whether both ask the same agency for the same act."""
        mine, its = self.profile, other.profile
        return (mine.agency, mine.treatment.act) == (its.agency, its.treatment.act)


def incidence(sets: list[Ints], width: int) -> "scipy.sparse.csr_array":
    """Write sets of row numbers as a 0/1 matrix, one row a set; shape ``(len(sets), width)``."""
    ends = np.cumsum([0, *(part.size for part in sets)])
    columns = np.concatenate(sets) if sets else np.empty(0, np.int64)
    return scipy.sparse.csr_array((np.ones(columns.size, np.int64), columns, ends), shape=(len(sets), width))
