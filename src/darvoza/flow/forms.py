"""The two forms in which declarations are decided: columns where they are many, rows where they are few.

The stages mean the same in both. Columns cost their set-up, however few rows there are; rows cost the same for each.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, ClassVar, Final, Generic, NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import CapacityPlan
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import PlacedFloor, ReasonScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.domain.standing import StandingRules
from darvoza.flow.assessment.columns import Matches
from darvoza.flow.assessment.floors import few_profile_floors, profile_floors
from darvoza.flow.assessment.plan_floors import few_plan_floors, plan_floors
from darvoza.flow.assessment.standing_floors import (
    Judged,
    few_low_standing_floors,
    low_standing_floors,
    standing_factors,
    standing_of,
)
from darvoza.flow.assessment.telling import Telling, tell, tell_few
from darvoza.flow.fact_table import FactTable
from darvoza.flow.intake.versions import latest_versions
from darvoza.flow.oversight.breaker import UNWATCHED, Asked, Ceiling, Watched, restrain_after
from darvoza.flow.oversight.watch import Watch
from darvoza.flow.selectivity.deciding import decide, decide_few
from darvoza.flow.selectivity.drawing import draw, draw_for_few
from darvoza.flow.selectivity.durations import pressing_columns, pressing_rows
from darvoza.flow.selectivity.floor_table import AnyFloors
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.places import Where
from darvoza.flow.selectivity.same_goods import Earlier
from darvoza.flow.tables import DECISION_SCHEMA, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows: TypeAlias = list[dict[str, Any]]

FEW: Final = 1_000
"""Declarations up to which they are decided as rows."""

Draws = TypeVar("Draws", pl.DataFrame, Rows)
"""One row a declaration: its draw, and whatever else stands beside its decisions."""

Beside: TypeAlias = Mapping[str, NDArray[np.float64] | str | None]
"""What stands beside decisions, by column: a value for each declaration, or one for all."""


class Lodged(NamedTuple):
    """Goods items as they were lodged.

    Attributes
    ----------
    items
        All of them.
    current
        Those that no later version of their declaration has replaced.
    starts
        First row of each declaration among these.
    """

    items: pl.DataFrame
    current: pl.DataFrame
    starts: Ints

    @classmethod
    def of(cls, items: pl.DataFrame) -> Self:
        """Look for what counts."""
        current = latest_versions(items)
        return cls(items, current, _starts(current.get_column("declaration_id")))

    def rows(self) -> pl.Series:
        """Give where those that count stand among all."""
        return latest_versions(self.items.with_row_index("_row")).get_column("_row")


class Form(ABC, Generic[AnyFloors, Draws]):
    """How declarations are decided, from the draw to the decision."""

    many: ClassVar[bool]
    """Whether they are so many that threads are worth their while."""

    @abstractmethod
    def draw(self, items: pl.DataFrame, starts: Ints, ring: KeyRing, earlier: Earlier | None) -> Draws:
        """Draw for each declaration."""

    @abstractmethod
    def where(self, draws: Draws) -> Where:
        """Say where and when each was lodged."""

    @abstractmethod
    def asked(self, profiles: ProfileSet, matches: Matches, items: pl.Series, starts: Ints) -> AnyFloors:
        """Give the floors that matches of profiles ask for.

        Parameters
        ----------
        profiles, matches
            The profiles, and where they match.
        items
            Number of each goods item.
        starts
            First row of each declaration.
        """

    @abstractmethod
    def noted(self, asked: AnyFloors, where: Where) -> Watched | Asked:
        """Note what profiles asked for, by which they are watched afterwards."""

    @abstractmethod
    def restrained(
        self, asked: AnyFloors, where: Where, watched: Watched | Watch, *, ceiling: Ceiling, random_floor: float
    ) -> AnyFloors:
        """Lower the floors of profiles that ran away."""

    @abstractmethod
    def of_plans(
        self, facts: pl.DataFrame, plans: tuple[SamplingPlan, ...], states: pl.DataFrame | None, *, starts: Ints
    ) -> AnyFloors:
        """Give the floors of sampling plans."""

    @abstractmethod
    def of_standing(
        self, traders: pl.DataFrame, standings: pl.DataFrame | Judged, rules: StandingRules
    ) -> tuple[AnyFloors, Floats]:
        """Give the floors of low standing, and what expected harm counts."""

    @abstractmethod
    def joined(self, floors: AnyFloors, more: Sequence[pl.DataFrame | AnyFloors]) -> AnyFloors:
        """Put other floors below."""

    @abstractmethod
    def beside(self, draws: Draws, columns: Beside) -> Draws:
        """Put columns beside the draws."""

    @abstractmethod
    def pressing(self, draws: Draws, facts: FactTable, starts: Ints, plan: CapacityPlan) -> Draws:
        """Put beside the draws by when each declaration is to be seen, and how pressing it is."""

    @abstractmethod
    def decided(self, floors: AnyFloors, draws: Draws) -> Draws:
        """Decide every act for which there is a floor, one row an act."""

    @abstractmethod
    def told(self, decisions: Draws, telling: Telling, *, scope: ReasonScope, threads: int) -> Table:
        """Name decisions, and put beside them why the score is what it is; see `tell`."""


class InColumns(Form[pl.DataFrame, pl.DataFrame]):
    """Many, as columns."""

    many = True

    def draw(self, items: pl.DataFrame, starts: Ints, ring: KeyRing, earlier: Earlier | None) -> pl.DataFrame:  # noqa: ARG002
        """Draw for each declaration."""
        return draw(items, ring, earlier)

    def where(self, draws: pl.DataFrame) -> Where:
        """Say where and when each was lodged."""
        return draws.select("post", "lodged_at")

    def asked(self, profiles: ProfileSet, matches: Matches, items: pl.Series, starts: Ints) -> pl.DataFrame:
        """Give the floors that matches of profiles ask for."""
        declarations = np.searchsorted(starts, matches.rows, side="right") - 1
        return profile_floors(
            profiles,
            matched=matches.profiles.astype(np.int64),
            declarations=declarations.astype(np.int64),
            items=items.to_numpy()[matches.rows],
        )

    def noted(self, asked: pl.DataFrame, where: Where) -> Watched | Asked:
        """Note what profiles asked for."""
        return Watched(_columns_of(where), asked.select(UNWATCHED.floors.columns))

    def restrained(
        self, asked: pl.DataFrame, where: Where, watched: Watched | Watch, *, ceiling: Ceiling, random_floor: float
    ) -> pl.DataFrame:
        """Lower the floors of profiles that ran away."""
        before = watched.told() if isinstance(watched, Watch) else watched
        return restrain_after(before, Watched(_columns_of(where), asked), ceiling=ceiling, random_floor=random_floor)

    def of_plans(
        self, facts: pl.DataFrame, plans: tuple[SamplingPlan, ...], states: pl.DataFrame | None, *, starts: Ints
    ) -> pl.DataFrame:
        """Give the floors of sampling plans."""
        return plan_floors(facts, plans, states, starts=starts)

    def of_standing(
        self, traders: pl.DataFrame, standings: pl.DataFrame | Judged, rules: StandingRules
    ) -> tuple[pl.DataFrame, Floats]:
        """Give the floors of low standing, and what expected harm counts."""
        categories = standing_of(traders, standings.standings if isinstance(standings, Judged) else standings)
        return low_standing_floors(categories, rules), standing_factors(categories, rules)

    def joined(self, floors: pl.DataFrame, more: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Put other floors below."""
        return pl.concat([floors, *more])

    def beside(self, draws: pl.DataFrame, columns: Beside) -> pl.DataFrame:
        """Put columns beside the draws."""
        kinds = {name: DECISION_SCHEMA[name] for name in columns}
        return draws.with_columns(
            pl.Series(name, values, dtype=kinds[name])
            if isinstance(values, np.ndarray)
            else pl.lit(values, dtype=kinds[name]).alias(name)
            for name, values in columns.items()
        )

    def pressing(self, draws: pl.DataFrame, facts: FactTable, starts: Ints, plan: CapacityPlan) -> pl.DataFrame:
        """Put beside the draws by when each declaration is to be seen, and how pressing it is."""
        return draws.hstack(pressing_columns(facts, draws.get_column("lodged_at"), starts, plan))

    def decided(self, floors: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
        """Decide every act for which there is a floor."""
        return decide(floors, draws)

    def told(self, decisions: pl.DataFrame, telling: Telling, *, scope: ReasonScope, threads: int) -> Table:
        """Name decisions, and put beside them why the score is what it is."""
        named = pl.concat_str("declaration_id", "agency", "act", separator=":").alias("decision_id")
        return Table(tell(decisions, telling, scope=scope, threads=threads).select(named, pl.all()), DECISION_SCHEMA)


class InRows(Form[list[PlacedFloor], Rows]):
    """Few, as rows."""

    many = False

    def draw(self, items: pl.DataFrame, starts: Ints, ring: KeyRing, earlier: Earlier | None) -> Rows:
        """Draw for each declaration."""
        return draw_for_few(items, starts, ring, earlier)

    def where(self, draws: Rows) -> Where:
        """Say where and when each was lodged."""
        return [(row["post"], row["lodged_at"]) for row in draws]

    def asked(self, profiles: ProfileSet, matches: Matches, items: pl.Series, starts: Ints) -> list[PlacedFloor]:
        """Give the floors that matches of profiles ask for."""
        numbers, rows = items.to_list(), matches.rows.tolist()
        declarations = (np.searchsorted(starts, matches.rows, side="right") - 1).tolist()
        return few_profile_floors(
            profiles, zip(matches.profiles.tolist(), declarations, (numbers[row] for row in rows), strict=True)
        )

    def noted(self, asked: list[PlacedFloor], where: Where) -> Watched | Asked:
        """Note what profiles asked for."""
        return Asked(_rows_of(where), asked)

    def restrained(
        self, asked: list[PlacedFloor], where: Where, watched: Watched | Watch, *, ceiling: Ceiling, random_floor: float
    ) -> list[PlacedFloor]:
        """Lower the floors of profiles that ran away."""
        watch = watched if isinstance(watched, Watch) else Watch(watched, days=ceiling.window_days)
        return watch.restrained(asked, _rows_of(where), ceiling=ceiling, random_floor=random_floor)

    def of_plans(
        self, facts: pl.DataFrame, plans: tuple[SamplingPlan, ...], states: pl.DataFrame | None, *, starts: Ints
    ) -> list[PlacedFloor]:
        """Give the floors of sampling plans."""
        return few_plan_floors(facts, plans, states, starts=starts)

    def of_standing(
        self, traders: pl.DataFrame, standings: pl.DataFrame | Judged, rules: StandingRules
    ) -> tuple[list[PlacedFloor], Floats]:
        """Give the floors of low standing, and what expected harm counts."""
        judged = standings if isinstance(standings, Judged) else Judged(standings)
        categories = judged.strictest(traders)
        return few_low_standing_floors(categories, rules), standing_factors(categories, rules)

    def joined(self, floors: list[PlacedFloor], more: Sequence[pl.DataFrame | list[PlacedFloor]]) -> list[PlacedFloor]:
        """Put other floors below."""
        rows = (map(PlacedFloor._make, each.iter_rows()) if isinstance(each, pl.DataFrame) else each for each in more)
        return [*floors, *chain.from_iterable(rows)]

    def beside(self, draws: Rows, columns: Beside) -> Rows:
        """Put columns beside the draws."""
        values = [each.tolist() if isinstance(each, np.ndarray) else [each] * len(draws) for each in columns.values()]
        return [{**row, **dict(zip(columns, told, strict=True))} for row, *told in zip(draws, *values, strict=True)]

    def pressing(self, draws: Rows, facts: FactTable, starts: Ints, plan: CapacityPlan) -> Rows:
        """Put beside the draws by when each declaration is to be seen, and how pressing it is."""
        moments = [row["lodged_at"] for row in draws]
        return [{**row, **told} for row, told in zip(draws, pressing_rows(facts, moments, starts, plan), strict=True)]

    def decided(self, floors: list[PlacedFloor], draws: Rows) -> Rows:
        """Decide every act for which there is a floor."""
        return decide_few(floors, draws)

    def told(self, decisions: Rows, telling: Telling, *, scope: ReasonScope, threads: int) -> Table:
        """Name decisions, and put beside them why the score is what it is."""
        beside = tell_few(decisions, telling, scope=scope, threads=threads)
        return Table(
            [
                {"decision_id": f"{row['declaration_id']}:{row['agency']}:{row['act']}", **row, **told}
                for row, told in zip(decisions, beside, strict=True)
            ],
            DECISION_SCHEMA,
        )


def _starts(declarations: pl.Series) -> Ints:
    """Give the first row of each declaration."""
    if declarations.len() <= FEW:
        names = declarations.to_list()
        return np.array([row for row, name in enumerate(names) if not row or name != names[row - 1]], dtype=np.int64)
    return np.flatnonzero(np.diff(declarations.rle_id().to_numpy(), prepend=np.int64(-1))).astype(np.int64)


def _columns_of(where: Where) -> pl.DataFrame:
    return (
        where
        if isinstance(where, pl.DataFrame)
        else pl.DataFrame(where, schema=UNWATCHED.declarations.schema, orient="row")
    )


def _rows_of(where: Where) -> Sequence[tuple[str, datetime]]:
    return where.rows() if isinstance(where, pl.DataFrame) else where
