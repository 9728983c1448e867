"""Replay, back-test and facts on Spark: the work of this machine, carried to the data."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from pyspark.sql import SparkSession

from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.chronicle import Amended, ItemsKept, keep_month
from darvoza.flow.enrichment.enrich import Sources
from darvoza.flow.learning.history_store import MonthKept, held, items_path
from darvoza.flow.matching import Asked, Found, columns_asked, match_frame, standing
from darvoza.flow.pipeline import Progress
from darvoza.warehouse.carrying import MONTH, Schema, Work, gathered, mapped
from darvoza.warehouse.histories import months_of
from darvoza.warehouse.matching import MATCHES, columns_needed, match_month

Subject = TypeVar("Subject")
Made = TypeVar("Made")

FOUND: Schema = {"profile": pl.Int64, "row": pl.Int64, "declaration": pl.Int64, "hit": pl.Boolean}
"""Matches as a back-test wants them: the number of the profile, the row of the item, its declaration, its finding."""

BEYOND_MONTH = 2**40
"""More than the rows of any month."""


def replay_on_spark(
    session: SparkSession, profiles: ProfileSet, history: Path, out: Path, *, partitions: int | None = None
) -> None:
    """Decide every profile for a history, and write the matches below `out`, a folder a month.

    Parameters
    ----------
    session
        Where it runs.
    profiles
        The profiles; they travel with the work.
    history
        What `darvoza history` wrote, where every machine of the cluster sees it under the same name.
    out
        Where the matches go; must exist.
    partitions
        Number of parts; each is held in the memory of one Python worker. What the session says by default.

    Raises
    ------
    OutputError
        There is no history.
    """
    needed = partial(columns_needed, profiles)
    facts = gathered(session, months_of(history), needed, key="declaration_id", partitions=partitions)
    matches = mapped(facts, partial(_deciding, profiles, Amended.of(history)), MATCHES)
    matches.write.mode("append").partitionBy(MONTH).parquet(str(out))


def _deciding(profiles: ProfileSet, amended: Amended) -> Work:
    executor = ColumnsExecutor(profiles)

    def decide(facts: pl.DataFrame) -> pl.DataFrame:
        # A declaration may be lodged again in another month, under the same name: the month goes before it.
        named = pl.concat_str(MONTH, "declaration_id", separator="/").alias("declaration_id")
        made = match_month(amended.alone(facts, pl.col(MONTH)).with_columns(named), executor)
        apart = pl.col("declaration_id").str.splitn("/", 2).struct
        return made.with_columns(apart.field("field_0").alias(MONTH), apart.field("field_1").alias("declaration_id"))

    return decide


def match_on_spark(
    asked: Asked, progress: Progress, *, session: SparkSession, partitions: int | None = None
) -> list[list[Found]]:
    """Match profiles for a back-test; a `Matching` once it has its session.

    What comes back to the driver is four columns of every match, and no facts.
    """
    folders = {
        kept.month: items_path(asked.history.directory, kept.month, asked.history.form).parent for kept in asked.months
    }
    wanted = columns_asked(asked.profiles)
    facts = gathered(session, folders, partial(held, wanted), key="declaration", partitions=partitions)
    if asked.start is not None:
        facts = facts.filter(facts.lodged_on >= asked.start)
    if asked.end is not None:
        facts = facts.filter(facts.lodged_on <= asked.end)
    found = pl.DataFrame(mapped(facts, partial(_matching, asked.profiles), FOUND).toArrow())
    of_month = found.partition_by(MONTH, as_dict=True)
    made = []
    for kept in asked.months:
        part = of_month.get((kept.month,), found.clear()).sort("profile", "row")
        made.append(standing(asked.history, kept, _by_profile(part, len(asked.profiles))))
        progress(f"match {kept.month}", kept.items)
    return made


def _matching(profiles: Sequence[RiskProfile]) -> Work:
    def match(facts: pl.DataFrame) -> pl.DataFrame:
        # Rows and declarations are counted month by month: the number of the month goes before theirs.
        months = facts.get_column(MONTH).unique().sort()
        before = pl.col(MONTH).replace_strict(months, pl.int_range(months.len(), eager=True) * BEYOND_MONTH)
        found = match_frame(profiles, facts.with_columns(pl.col("row", "declaration") + before), whole=True)
        number = np.repeat(np.arange(len(found)), [one.rows.size for one in found])
        rows, declarations, hits = (np.concatenate(part) for part in zip(*found, strict=True))
        columns = (number, rows % BEYOND_MONTH, declarations % BEYOND_MONTH, hits)
        made = pl.DataFrame(dict(zip(FOUND, columns, strict=True)))
        return made.with_columns(months.gather(rows // BEYOND_MONTH))

    return match


def _by_profile(found: pl.DataFrame, n_profiles: int) -> list[Found]:
    """Divide the matches of a month, in order of profile, among the profiles."""
    number, rows, declarations, hits = (found.get_column(name).to_numpy() for name in FOUND)
    ends = np.searchsorted(number, np.arange(n_profiles + 1))
    return [Found(rows[start:end], declarations[start:end], hits[start:end]) for start, end in pairwise(ends)]


def keep_on_spark(session: SparkSession, items: ItemsKept, directory: Path, sources: Sources) -> tuple[MonthKept, ...]:
    """Work out the facts of each month anew, a task a month, each in the light of the months before it.

    Parameters
    ----------
    session
        Where it runs; every machine must see `items` and `directory` under the same names.
    items
        The goods items kept beside a history.
    directory
        Where the facts go.
    sources
        What facts are made from besides declarations, which travels with the work.
    """
    return tuple(for_each(session, items.months, partial(keep_month, items, directory=directory, sources=sources)))


def for_each(session: SparkSession, subjects: Sequence[Subject], work: Callable[[Subject], Made]) -> list[Made]:
    """Do something for each of some subjects, a task each, wherever there is room."""
    return session.sparkContext.parallelize(subjects, len(subjects)).map(work).collect()
