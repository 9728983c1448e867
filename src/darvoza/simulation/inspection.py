"""What officers find when they look, and what they miss."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from darvoza.domain.codes import Severity
from darvoza.errors import SettingsError
from darvoza.simulation.goods import Floats, Indices
from darvoza.simulation.places import POST_CODES
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.traders import KINDS

DIFFICULTY = np.array([1.15, 1.1, 1.35, 0.65, 1.3, 0.75])
"""How easily each of `KINDS` escapes: factors on an officer's chance of missing; about 1 over the usual mix."""

FINDING_SCHEMA = {
    "declaration_id": pl.String(),
    "item": pl.Int64(),
    "examined": pl.Boolean(),
    "finding": pl.Boolean(),
    "finding_area": pl.String(),
    "finding_severity": pl.Int64(),
    "recovered": pl.Float64(),
    "result_at": pl.Datetime("us", "UTC"),
    "officer": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Officers:
    """The officers of all posts; `miss` is the chance that each misses an average offence, shape (n_officers,)."""

    names: tuple[str, ...]
    miss: Floats
    per_post: int

    def miss_chance(self, officer: str, offence: str) -> float:
        """Chance that this officer misses this kind of offence, in [0, 0.95]."""
        kind = [str(kind) for kind in KINDS].index(offence)
        return float(min(self.miss[self.names.index(officer)] * DIFFICULTY[kind], 0.95))


def appoint_officers(settings: WorldSettings, rng: np.random.Generator) -> Officers:
    """Appoint the officers of each post; their chances of missing differ, and average the rate of the settings."""
    n = len(POST_CODES) * settings.officers_per_post
    raw = rng.gamma(6.0, 1 / 6.0, n)
    miss = np.minimum(settings.officer_miss_rate * raw / raw.mean(), 0.9)
    names = tuple(f"{post}-{i + 1:02d}" for post in POST_CODES for i in range(settings.officers_per_post))
    return Officers(names, miss, settings.officers_per_post)


def examine(
    items: pl.DataFrame,
    truth: pl.DataFrame,
    declaration_ids: Sequence[str],
    *,
    officers: Officers,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Examine every item of the declarations named, and nothing else.

    One officer of the post examines a whole declaration. There are no findings where there is no offence. Results
    come after hours; where plant or animal health is controlled, samples go to a laboratory and take days.

    Raises
    ------
    SettingsError
        When a declaration is not of this month.
    """
    wanted = pl.DataFrame({"declaration_id": pl.Series(list(declaration_ids), dtype=pl.String)}).unique()
    strangers = wanted.join(items, on="declaration_id", how="anti")["declaration_id"]
    if len(strangers):
        raise SettingsError(field="declaration_ids", expected="declarations of this month", got=strangers.min())
    columns = pl.concat([items.select("post", "lodged_at", "documents"), truth], how="horizontal")
    seen = columns.join(wanted, on="declaration_id", how="semi", maintain_order="left")
    if seen.is_empty():
        return pl.DataFrame(schema=FINDING_SCHEMA)
    # One officer and one delay for a declaration: both are drawn in the order of the month, whoever asks, however.
    number = (seen["declaration_id"].rle_id()).to_numpy()
    posts = np.array([POST_CODES.index(post) for post in seen["post"]])
    draws = rng.integers(0, officers.per_post, int(number[-1]) + 1)
    officer = posts * officers.per_post + draws[number]
    offence = _positions(seen["offence"])
    missed = rng.random(len(seen)) < np.minimum(officers.miss[officer] * DIFFICULTY[offence], 0.95)
    finding = (offence >= 0) & ~missed
    return pl.DataFrame(
        {
            "declaration_id": seen["declaration_id"],
            "item": seen["item"],
            "examined": np.ones(len(seen), dtype=bool),
            "finding": finding,
            "finding_area": seen["offence"].zip_with(
                pl.Series(finding), pl.Series([None], dtype=pl.String).new_from_index(0, len(seen))
            ),
            "finding_severity": np.where(finding, levels(seen["severity"].to_numpy()), 0),
            "recovered": np.where(finding, seen["loss"].to_numpy(), 0.0),
            "result_at": _result_times(seen, number, rng),
            "officer": pl.Series(officers.names).gather(pl.Series(officer)),
        },
        schema=FINDING_SCHEMA,
    )


def levels(severity: Floats) -> Indices:
    """Grade harm in [0, 1] on the ordinal scale of findings: 0 for none, else 1 to 4 by quarters.

    Examples
    --------
    >>> levels(np.array([0.0, 0.1, 0.5, 0.51, 1.0])).tolist()
    [0, 1, 2, 3, 4]
    """
    return np.ceil(severity * int(Severity.GRAVE)).astype(np.int64)


def _positions(offence: pl.Series) -> Indices:
    place = {str(kind): position for position, kind in enumerate(KINDS)}
    return np.array([-1 if kind is None else place[kind] for kind in offence], dtype=np.int64)


def _result_times(
    seen: pl.DataFrame, number: np.ndarray[tuple[int, ...], np.dtype[np.uint32]], rng: np.random.Generator
) -> pl.Series:
    count = int(number[-1]) + 1
    hours = np.exp(rng.normal(1.8, 0.9, count))
    laboratory = rng.uniform(48, 240, count)
    controlled = (
        seen.select(pl.col("documents").list.set_intersection(["PC", "VC"]).list.len() > 0).to_series().to_numpy()
    )
    sampled = np.bincount(number, weights=controlled) > 0
    seconds = np.round(np.where(sampled, laboratory, hours) * 3600)[number]
    return seen["lodged_at"] + pl.Series((seconds * 1_000_000).astype(np.int64)).cast(pl.Duration("us"))
