"""What is known of those who trade before a day: each declaration once, as it was examined, with what was found.

An amendment replaces what was declared, never what was found: whoever amends a declaration after its examination keeps
the result. It is held by the version that was examined, the latest one lodged before the result became known.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Role
from darvoza.domain.standing import StandingRules
from darvoza.methods.partial_evidence import seen_beyond_chance

RESULT_DELAY: Final = timedelta(days=7)
"""A result without a date of its own counts as known so long after lodging."""


def judged_declarations(
    items: pl.DataFrame, role: Role, day: date, *, least_severity: float, chances: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Give one row a declaration of a known trader lodged before the day, traders next to each other.

    Parameters
    ----------
    items
        Canonical goods items with their outcomes, in any order, all versions of a declaration.
    role
        The part the traders play.
    day
        What was lodged or became known on the day or later is not looked at.
    least_severity
        A finding stated to be of less, by which nothing was recovered, is a result without a finding.
    chances
        ``declaration_id`` and ``chance`` of declarations that runs decided, null where the draw asked for no examination.

    Returns
    -------
    pl.DataFrame
        ``declaration_id, trader, age`` [days], ``known`` (there is a result), ``found``, ``light`` (nothing but
        light findings), ``probability`` (with what chance the examination was come by), ``decided`` (by a run), ``known_at``,
        ``found_on``.
    """
    start = datetime.combine(day, time(), UTC)
    result_at = pl.col("result_at").fill_null(pl.col("lodged_at") + RESULT_DELAY)
    known = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null() & (result_at < start)
    light = (pl.col("finding_severity") < least_severity) & (pl.col("recovered").fill_null(0) <= 0)
    finding = known & pl.col("finding").fill_null(value=False)
    seen = items.filter(pl.col("lodged_at") < start, pl.col(f"{role}_id").is_not_null()).with_columns(
        _version=pl.col("version").fill_null(1),
        _known=known,
        _found=finding & ~light.fill_null(value=False),
        _light=finding & light.fill_null(value=False),
        _result_at=result_at,
    )
    declarations = (
        seen.with_columns(_counts=_examined_version(seen))
        .with_columns(_weighed=pl.col("_known").any().over("declaration_id", "_version"))
        .group_by("declaration_id")
        .agg(
            pl.col(f"{role}_id").filter("_counts").first().alias("trader"),
            ((start - pl.col("lodged_at").min()).dt.total_days()).alias("age"),
            pl.col("_known").any().alias("known"),
            pl.col("_found").any().alias("found"),
            (pl.col("_light").any() & ~pl.col("_found").any()).alias("light"),
            _probability(),
            pl.col("_result_at").filter("_known").max().alias("known_at"),
            pl.col("_result_at").filter("_found").max().dt.date().alias("found_on"),
        )
    )
    return _by_runs(declarations, chances).sort("trader", "declaration_id")


def believable(declarations: pl.DataFrame, groups: NDArray[np.int64]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Give the chance of each examination, NaN where it is not known or not believed, and the traders it is not believed of.

    What stands beside results is believed, unless a trader was examined more often than so small chances can have drawn:
    then somebody chose. What a run decided is known: it needs no belief, and gives others none. A light finding speaks neither against a trader
    nor, as a pass of the draw would, for him.

    Parameters
    ----------
    declarations
        As `judged_declarations` gives them.
    groups
        Number of the trader of each.
    """
    probability = declarations.get_column("probability").fill_null(np.nan).to_numpy()
    known, decided = (declarations.get_column(name).to_numpy() for name in ("known", "decided"))
    if not declarations.height:
        return probability, ()
    beyond, rest = np.zeros(groups.shape, dtype=bool), ~decided
    among = groups[rest]
    beyond[rest] = seen_beyond_chance(among, seen=known[rest], probability=probability[rest])[among]
    doubted = declarations.filter(beyond).get_column("trader").unique().sort().to_list()
    light = declarations.get_column("light").to_numpy()
    return np.where((beyond | light) & (probability < 1), np.nan, probability), tuple(doubted)


def late_findings(declarations: pl.DataFrame, day: date, rules: StandingRules) -> pl.DataFrame:
    """Give the traders of whose last results too many are findings; a light finding is none of them, and no pass either.

    Parameters
    ----------
    declarations
        As `judged_declarations` gives them.
    day
        The day of the judgement.
    rules
        How many of how many are too many, and since when.

    Returns
    -------
    pl.DataFrame
        ``trader``, ``passes``: how many further results without a finding would change it.
    """
    since = datetime.combine(day, time(), UTC) - timedelta(days=rules.fresh_finding)
    last = (
        declarations.filter("known", ~pl.col("light"), pl.col("known_at") >= since)
        .sort("trader", "known_at", "declaration_id", descending=[False, True, False])
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("trader"))
        .filter(pl.col("place") <= rules.late_results, pl.col("found"))
    )
    # the results older than the finding that is one too many fall out of sight as new ones come
    return last.filter(pl.int_range(1, pl.len() + 1).over("trader") == int(rules.late_findings)).select(
        "trader", passes=(int(rules.late_results) + 1 - pl.col("place")).cast(pl.Float64)
    )


def _by_runs(declarations: pl.DataFrame, chances: pl.DataFrame | None) -> pl.DataFrame:
    """Put the chances that runs know in place of those beside the results."""
    if chances is None:
        return declarations.with_columns(decided=pl.lit(value=False))
    told = chances.select("declaration_id", "chance", decided=pl.lit(value=True))
    return (
        declarations.join(told, on="declaration_id", how="left")
        .with_columns(pl.col("decided").fill_null(value=False))
        .with_columns(probability=pl.when("decided").then("chance").otherwise("probability"))
        .drop("chance")
    )


def _examined_version(seen: pl.DataFrame) -> pl.Expr | pl.Series:
    """Tell of each row whether it is of the version that counts: the one examined, or the latest where none was.

    Of several results, that of the first finding says which one it is: a declaration examined clean and amended stays with
    the trader in whose hands the finding was made.
    """
    if seen.filter(pl.col("_version").n_unique().over("declaration_id") > 1).is_empty():
        return pl.repeat(value=True, n=seen.height, eager=True)
    at = pl.coalesce("result_at", "lodged_at")
    result = pl.coalesce(at.filter("_found").min(), at.filter("_known").min()).over("declaration_id")
    # the first version counts even where its result seems older than itself: clocks differ
    first = pl.col("_version") == pl.col("_version").min().over("declaration_id")
    before = result.is_null() | (pl.col("lodged_at") <= result) | first
    latest = pl.col("_version").filter(before).max().over("declaration_id")
    return pl.col("_version") == latest


def _probability() -> pl.Expr:
    """Give the chance of the examination: that of the versions with a result, where there is one, and of all otherwise."""
    stated = pl.col("inclusion_probability").cast(pl.Float64)
    return (pl.when(pl.col("_known").any()).then(stated.filter("_weighed").max()).otherwise(stated.max())).alias(
        "probability"
    )
