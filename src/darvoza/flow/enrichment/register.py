"""The register: every goods item once, in the version that stood, with its result from the moment it became known.

Three rules keep the history honest. A declaration is seen by others in the version that stood at the moment they ask:
an amendment takes the earlier version back and puts the new one in its place. A result counts once, from the moment
it became known, in whatever version it was noted. And no declaration ever sees itself, not in an earlier version either.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import ONE_BY_ONE, KeyCodes
from darvoza.flow.enrichment.timeline import LODGED, NEVER, RESULTS, Versions, counts_once, lodged_of_few
from darvoza.methods.fading import changes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEW = 8
"""So many times more items must there be than those that ask before the rest is looked through for what they ask."""

BOXED = ("declaration_id", "entry_post")
"""What is asked of containers."""

OUTCOMES = ("examined", "finding", "result_at")
IDENTITY = ("declaration_id", "version", "item")


def all_items(present: pl.DataFrame, past: pl.DataFrame | None, *, replay: bool) -> tuple[pl.DataFrame, int]:
    """Put the past and the present below each other, each goods item once.

    Parameters
    ----------
    present, past
        Goods items with their outcomes; an item of the past that is among the present again gives it its outcome.
    replay
        Whether the outcomes of the present count.

    Returns
    -------
    tuple[pl.DataFrame, int]
        All items, and the row where the present begins.
    """
    if not replay:
        present = present.with_columns(pl.lit(None, present.schema[name]).alias(name) for name in OUTCOMES)
    if past is None or past.is_empty():
        return present, 0
    again = past.join(present.select(IDENTITY), on=IDENTITY, how="semi", nulls_equal=True)
    if again.height:
        told = (pl.col(name).alias(f"_{name}") for name in OUTCOMES)
        earlier = again.unique(IDENTITY, keep="last").select(*IDENTITY, *told)
        present = present.join(earlier, on=IDENTITY, how="left", nulls_equal=True, maintain_order="left")
        known = pl.col("examined").is_not_null() | pl.col("finding").is_not_null()
        present = present.with_columns(
            pl.when(known).then(pl.col(name)).otherwise(f"_{name}").alias(name) for name in OUTCOMES
        ).drop(f"_{name}" for name in OUTCOMES)
        past = past.join(present.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([past, present]), past.height


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together.

    Attributes
    ----------
    fields
        The fields that make the key; none: everything.
    name
        What tells it from others with the same key.
    weights
        Gives what each item adds, whole numbers of shape ``(n, k)``, from the register and the codes of the key; one by
        default.
    """

    fields: tuple[str, ...]
    name: str = ""
    weights: "Callable[[Register, Ints], Ints] | None" = None


EVERYTHING = Kind(())


class Ahead(NamedTuple):
    """What is read of goods items together with the moments: single fields, and what is measured."""

    fields: Collection[str] = ()
    measured: Collection[str] = ()


NOTHING_AHEAD = Ahead()
"""Nothing else."""


class Boxes(NamedTuple):
    """Containers: the item of each, the first of its version of a declaration, and its number."""

    rows: Ints
    numbers: Ints


@dataclass(frozen=True, slots=True)
class Register:
    """Goods items on one time axis, in seconds; all arrays of shape ``(n,)``.

    Attributes
    ----------
    first
        Row where the present begins; the past stands before it.
    codes
        Codes of keys over every goods item once: the past, then the present.
    lodged
        When each item was lodged.
    replaced
        When a later version replaced it; `NEVER` where none did.
    opens
        Whether it belongs to the version of its declaration that came first.
    known
        When its result became known; meaningless where `examined` is false.
    examined, finding
        Whether a result exists that counts, and whether it is a finding.
    declaration, version, stated
        Code of its declaration, number of its version, and code of this version of it.
    amended
        Rows of the present, counted from `first`, whose declaration has several versions.
    boxes
        The containers, if they were looked up before.
    """

    first: int
    codes: KeyCodes
    lodged: Ints
    replaced: Ints
    opens: Flags
    known: Ints
    examined: Flags
    finding: Flags
    declaration: Ints
    version: Ints
    stated: Ints
    amended: Ints
    boxes: Boxes | None = None

    @classmethod
    def of(
        cls,
        items: pl.DataFrame,
        first: int,
        codes: KeyCodes | None = None,
        *,
        ahead: Ahead = NOTHING_AHEAD,
        blind: bool = False,
    ) -> Self:
        """Read the register off goods items.

        Parameters
        ----------
        items
            The goods items with their outcomes, and with ``unit_value`` unless they are read one by one.
        first
            Row where the present begins.
        codes
            Their codes; by default they are numbered as they come.
        ahead
            What is read together with them.
        blind
            Whether outcomes are not looked at.
        """
        codes = codes or KeyCodes(items)
        asked = {"declaration_id", *ahead.fields}
        if blind and items.height <= ONE_BY_ONE:
            made = codes.prepare(asked, ahead.measured)
            lodged, version = lodged_of_few(items)
        else:
            made = codes.prepare(asked, ahead.measured, **(LODGED if blind else {**LODGED, **RESULTS}))
            lodged, version = (made.get_column(name).to_numpy() for name in ("lodged", "version"))
        declaration = codes.of("declaration_id")
        stated = np.cumsum(changes(declaration) | changes(version)) - 1
        versions = Versions.of(stated, declaration=declaration, version=version, lodged=lodged)
        known, examined, finding = lodged, np.zeros(lodged.size, dtype=bool), np.zeros(lodged.size, dtype=bool)
        if not blind:
            known, examined, finding = (made.get_column(name).to_numpy() for name in ("known", "examined", "finding"))
            if versions.several.any():
                examined = examined & counts_once(items, declaration, version, lodged=lodged, known=known)
        return cls(
            first=first,
            codes=codes,
            lodged=lodged,
            replaced=versions.replaced,
            opens=versions.opens,
            known=known,
            examined=examined,
            finding=finding,
            declaration=declaration,
            version=version,
            stated=stated,
            amended=np.flatnonzero(versions.several[first:]),
        )

    @property
    def size(self) -> int:
        """Number of goods items."""
        return self.lodged.size

    @property
    def items(self) -> pl.DataFrame:
        """Every goods item; not known of chosen rows."""
        return self.codes.items

    @property
    def asked(self) -> Ints:
        """When each item of the present was lodged: the moments that ask."""
        return self.lodged[self.first :]

    def own(self, field: str, number: int) -> Ints:
        """Give so many numbers of a field: those of the items of the present, over and over."""
        return np.resize(self.codes.single(field)[self.first :], number)

    @property
    def has_replaced(self) -> bool:
        """Whether any version was replaced by a later one."""
        return bool((self.replaced < NEVER).any())

    @property
    def leaders(self) -> Ints:
        """The first item of each version of a declaration."""
        return np.flatnonzero(changes(self.stated))

    def ready(self) -> Self:
        """Give the register with its containers looked up, so that others can be put below it."""
        return replace(self, boxes=self.containers())

    def followed_by(self, other: Self) -> Self:
        """Put a register with other declarations below this one, which is its past; both are ready, with the same read ahead."""
        columns = {name: np.concatenate((getattr(self, name), getattr(other, name))) for name in _COLUMNS}
        ours, theirs = self.containers(), other.containers()
        return replace(
            other,
            first=self.size + other.first,
            codes=self.codes.followed_by(other.codes),
            stated=np.append(self.stated, other.stated + (int(self.stated[-1]) + 1 if self.size else 0)),
            boxes=Boxes(np.append(ours.rows, theirs.rows + self.size), np.append(ours.numbers, theirs.numbers)),
            **columns,
        )

    def without(self, declarations: Ints) -> Self:
        """Leave declarations of the past out; the register is ready."""
        rows = np.flatnonzero(~np.isin(self.declaration, declarations))
        return self if rows.size == self.size else self._at(rows, self.codes.at(rows), self.containers())

    def boxed(self) -> tuple[Self, Ints]:
        """Give a register with a row for each container of each declaration, and the row here from which each comes."""
        rows, numbers = self.containers()
        self.codes.prepare(BOXED)
        return self._at(rows, self.codes.at(rows, container_ids=numbers)), rows

    def containers(self) -> Boxes:
        """Give the containers."""
        return self.boxes or Boxes(*self.codes.listed("container_ids", self.leaders))

    def spoken_of(self, keys: Ints) -> Ints:
        """Give the rows whose key some item of the present has: where few ask, most of the past is about others."""
        present = keys[self.first :]
        if present.size * FEW > keys.size:
            return np.flatnonzero(keys >= 0)
        return np.flatnonzero(np.isin(keys, np.unique(present[present >= 0])))

    def _at(self, rows: Ints, codes: KeyCodes, boxes: Boxes | None = None) -> Self:
        """Give chosen rows, in their order."""
        first = int(np.searchsorted(rows, self.first))
        several = np.zeros(self.size - self.first, dtype=bool)
        several[self.amended] = True
        if boxes is not None:
            kept = np.isin(boxes.rows, rows)
            boxes = Boxes(np.searchsorted(rows, boxes.rows[kept]), boxes.numbers[kept])
        return replace(
            self,
            first=first,
            codes=codes,
            stated=np.cumsum(changes(self.stated[rows])) - 1,
            amended=np.flatnonzero(several[rows[first:] - self.first]),
            boxes=boxes,
            **{name: getattr(self, name)[rows] for name in _COLUMNS},
        )


_COLUMNS = ("lodged", "replaced", "opens", "known", "examined", "finding", "declaration", "version")
