"""The breaker: a profile that runs away is slowed by a stated rule and reported, never dropped in silence.

A profile written too widely can ask for every second lorry of a post and bury the work of all others. So each profile
has a ceiling: a share of the declarations of a post, over a rolling window. While its matches are within it, nothing
happens. Beyond it, its floor for a declaration becomes

    share × ceiling ÷ realised share, but not below the random floor,

so that about as many are asked for as the ceiling allows, spread by the draw over all matches alike. The realised
share is counted up to and including the declaration itself, so no decision depends on what is lodged later. What the
law or an alert asks for is exempt. Each profile is judged by its own matches alone: adding a profile lowers no other.
The floor keeps its source; that it is lower than the share of the profile is the alarm, and anyone who reads the
decisions can raise it again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.selection import FloorKind
from darvoza.errors import SettingsError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much one profile may ask of a post.

    Attributes
    ----------
    share
        Matches per declaration of the post, in (0, 1]; 1 means no ceiling. One third by default: the widest profile
        of the starter set reaches 11 % at its busiest post in the practice world.
    window_days
        Over how many days it is counted, at least 1.
    fewest
        Declarations of the post within the window before anything is judged, at least 1.
    """

    share: float = 1 / 3
    window_days: int = 28
    fewest: int = 200

    def __post_init__(self) -> None:
        if not (0 < self.share <= 1 and self.window_days >= 1 and self.fewest >= 1):
            expected = "a share in (0, 1], a window of at least a day and at least one declaration"
            raise SettingsError(field="ceiling", expected=expected, got=self)


@dataclass(frozen=True, slots=True)
class Watched:
    """What profiles asked for before: by it a ceiling holds across declarations that are decided one after another.

    Attributes
    ----------
    declarations
        ``post`` and ``lodged_at`` of each declaration, in order of lodging.
    floors
        Floors of profiles as they asked for them: ``declaration`` (row number), ``kind``, ``source``, ``probability``.
    """

    declarations: pl.DataFrame
    floors: pl.DataFrame

    def followed_by(self, later: "Watched | Asked") -> "Watched":
        """Put what is asked for later below it."""
        if isinstance(later, Asked):
            later = later.as_columns()
        below = later.floors.select(self.floors.columns).with_columns(pl.col("declaration") + self.declarations.height)
        return Watched(pl.concat([self.declarations, later.declarations]), pl.concat([self.floors, below]))

    def as_rows(self) -> "Asked":
        """Give the same row by row."""
        return Asked(self.declarations.rows(), list(map(AskedOnce._make, self.floors.iter_rows())))

    def in_order(self) -> "Watched":
        """Put declarations in order of lodging: some came later than others with a later moment, or from a run."""
        if self.declarations.get_column("lodged_at").is_sorted():
            return self
        return self._only(self.declarations.with_row_index("declaration").sort("lodged_at", maintain_order=True))

    def lately(self, days: int) -> "Watched":
        """Leave out what was lodged so many days before the latest, for it counts no longer."""
        kept = self.declarations.with_row_index("declaration").filter(
            pl.col("lodged_at") > pl.col("lodged_at").max() - pl.duration(days=days)
        )
        return self._only(kept)

    def _only(self, kept: pl.DataFrame) -> "Watched":
        """Keep some declarations, told with their former number, and the floors under them."""
        places = kept.select("declaration", place=pl.int_range(pl.len(), dtype=pl.UInt32))
        floors = self.floors.join(places, on="declaration", how="inner", maintain_order="left")
        floors = floors.with_columns(declaration="place").select(self.floors.columns)
        return Watched(kept.drop("declaration"), floors)


class Asking(Protocol):
    """A floor as a profile asked for it: what the floors of `Watched` tell of it."""

    @property
    def declaration(self) -> int:
        """Row number of the declaration."""

    @property
    def kind(self) -> str:
        """Where the floor comes from."""

    @property
    def source(self) -> str:
        """The code of the profile."""

    @property
    def probability(self) -> float:
        """The floor itself."""


class AskedOnce(NamedTuple):
    """A row of the floors of `Watched`."""

    declaration: int
    kind: str
    source: str
    probability: float


class Asked(NamedTuple):
    """What profiles ask for of few declarations: the rows of `Watched`."""

    declarations: Sequence[tuple[str, datetime]]
    floors: Sequence[Asking]

    def as_columns(self) -> Watched:
        """Give the same in columns."""
        floors = [(one.declaration, one.kind, one.source, one.probability) for one in self.floors]
        return Watched(
            pl.DataFrame(list(self.declarations), schema=UNWATCHED.declarations.schema, orient="row"),
            pl.DataFrame(floors, schema=UNWATCHED.floors.schema, orient="row"),
        )


UNWATCHED = Watched(
    pl.DataFrame(schema={"post": pl.String, "lodged_at": pl.Datetime("us", "UTC")}),
    pl.DataFrame(schema={"declaration": pl.UInt32, "kind": pl.String, "source": pl.String, "probability": pl.Float64}),
)
"""Nothing was asked for before."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A profile that ran away at a post.

    Attributes
    ----------
    profile, post
        Which and where.
    declarations
        Declarations whose floor was lowered.
    since
        When the first of them was lodged.
    lowest
        The lowest floor that was left, in (0, 1].
    """

    profile: str
    post: str
    declarations: int
    since: datetime
    lowest: float


def realised_shares(matched: NDArray[np.bool_], seconds: Ints, *, window: int) -> tuple[Floats, Ints]:
    """Count matches per declaration up to each declaration of one post.

    Parameters
    ----------
    matched
        Whether the profile matches, shape ``(n,)``.
    seconds
        Times of lodging, ascending, shape ``(n,)``.
    window
        Length of the window [s].

    Returns
    -------
    shares, counted : arrays of shape ``(n,)``
        The share within the window that ends with the declaration, itself included, and the declarations in it.

    Examples
    --------
    >>> shares, counted = realised_shares(np.array([True, False, True]), np.array([0, 10, 25]), window=20)
    >>> shares.tolist(), counted.tolist()
    ([1.0, 0.5, 0.5], [1, 2, 2])
    """
    opened = np.searchsorted(seconds, seconds - window, side="right")
    upto = np.arange(1, seconds.size + 1)
    sums = np.concatenate(([0], np.cumsum(matched)))
    counted = upto - opened
    return (sums[upto] - sums[opened]) / counted, counted.astype(np.int64)


def restrain_after(watched: Watched, asked: Watched, *, ceiling: Ceiling, random_floor: float) -> pl.DataFrame:
    """Lower the floors of profiles that ran away, in the light of what they asked for before; see `restrain`."""
    whole = watched.followed_by(asked)
    held = restrain(whole.floors, whole.declarations, ceiling=ceiling, random_floor=random_floor)
    return asked.floors.with_columns(held.get_column("probability").tail(asked.floors.height))


def restrain(
    floors: pl.DataFrame, declarations: pl.DataFrame, *, ceiling: Ceiling, random_floor: float
) -> pl.DataFrame:
    """Lower the floors of profiles that ran away.

    Parameters
    ----------
    floors
        Floors of profiles: ``declaration`` (row number of the declaration), ``kind``, ``source``, ``probability``.
    declarations
        ``post`` and ``lodged_at`` of each declaration, in order of lodging.
    ceiling
        What is allowed.
    random_floor
        No floor is lowered below this.

    Returns
    -------
    pl.DataFrame
        The same rows in the same order; only ``probability`` may be lower.
    """
    suspects = _suspects(floors, declarations, ceiling)
    if suspects.is_empty() or ceiling.share == 1:
        return floors
    capped = floors.get_column("probability").to_numpy(writable=True)
    names = pl.concat([declarations.get_column("post"), floors.get_column("source")]).unique()
    number = dict(zip(names, range(names.len()), strict=True))
    posts, sources = (
        column.replace_strict(number, return_dtype=pl.Int32).to_numpy()
        for column in (declarations.get_column("post"), floors.get_column("source"))
    )
    seconds = declarations.get_column("lodged_at").dt.epoch("s").to_numpy()
    rows = floors.get_column("declaration").to_numpy()
    exempt = (floors.get_column("kind") != FloorKind.PROFILE.value).to_numpy()
    posts_of_rows = posts[rows]
    for source, post in suspects.iter_rows():
        place = np.flatnonzero((sources == number[source]) & (posts_of_rows == number[post]) & ~exempt)
        here = np.flatnonzero(posts == number[post])
        at = np.searchsorted(here, rows[place])
        matched = np.zeros(here.size, np.bool_)
        matched[at] = True
        shares, counted = realised_shares(matched, seconds[here], window=ceiling.window_days * DAY)
        over = (shares[at] > ceiling.share) & (counted[at] >= ceiling.fewest)
        asked = capped[place[over]]
        lowered = asked * ceiling.share / shares[at[over]]
        capped[place[over]] = np.maximum(lowered, np.minimum(asked, random_floor))
    return floors.with_columns(probability=capped)


def _suspects(floors: pl.DataFrame, declarations: pl.DataFrame, ceiling: Ceiling) -> pl.DataFrame:
    """Name the profiles and posts with so many matches that the ceiling could have been exceeded at all."""
    placed = declarations.select("post").with_row_index("declaration")
    return (
        floors.filter(pl.col("kind") == FloorKind.PROFILE.value)
        .join(placed, on="declaration", how="left")
        .group_by("source", "post")
        .len()
        .filter(pl.col("len") > ceiling.share * ceiling.fewest)
        .select("source", "post")
        .sort("source", "post")
    )


def alarms(decisions: pl.DataFrame, asked: Mapping[str, float]) -> tuple[Alarm, ...]:
    """Find the floors that were lowered, in the decisions themselves.

    Parameters
    ----------
    decisions
        Decisions as written, with ``post``, ``lodged_at`` and ``floors``.
    asked
        The share each profile asks for, by code.
    """
    return tuple(_alarms(decisions, asked))


def _alarms(decisions: pl.DataFrame, asked: Mapping[str, float]) -> Iterator[Alarm]:
    floor = pl.col("floors").struct
    lowered = (
        decisions.select("post", "lodged_at", "floors")
        .explode("floors", empty_as_null=False, keep_nulls=False)
        .select("post", "lodged_at", floor.field("kind"), floor.field("source"), floor.field("probability"))
        .filter(pl.col("kind") == FloorKind.PROFILE.value)
        .with_columns(asked=pl.col("source").replace_strict(dict(asked), default=None, return_dtype=pl.Float64))
        .filter(pl.col("probability") < pl.col("asked"))
        .group_by("source", "post")
        .agg(pl.len(), pl.col("lodged_at").min(), pl.col("probability").min())
        .sort("source", "post")
    )
    for source, post, count, since, lowest in lowered.iter_rows():
        yield Alarm(source, post, count, since, lowest)
