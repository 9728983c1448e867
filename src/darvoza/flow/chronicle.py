"""The decided history as it was lived: declarations in time order, each with the facts of its own moment.

intake → enrichment (as known then) → history, month by month
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import polars as pl

from darvoza.errors import OutputError
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, NOTHING_ELSE, Sources, enrich
from darvoza.flow.intake.versions import examined_versions
from darvoza.flow.learning.history_store import (
    OUTCOMES,
    History,
    MonthKept,
    declarations_path,
    goods_path,
    items_path,
    outcomes_of_items,
    write_goods,
    write_manifest,
    write_month,
)
from darvoza.flow.pipeline import Progress, silent

Month = tuple[str, pl.DataFrame]
"""The name of a month, as ``2026-01``, and its canonical goods items in order of lodging."""


def by_month(items: pl.DataFrame) -> Iterator[Month]:
    """Divide goods items, sorted by time of lodging, into months."""
    months = items.get_column("lodged_at").dt.strftime("%Y-%m")
    for run in months.rle().struct.unnest().with_columns(first=pl.col("len").cum_sum() - pl.col("len")).iter_rows():
        length, month, first = run
        yield month, items.slice(first, length)


def keep_history(
    months: Iterable[Month],
    directory: Path,
    *,
    told: Mapping[str, object],
    sources: Sources = NOTHING_ELSE,
    keep_items: bool = False,
    progress: Progress = silent,
) -> tuple[MonthKept, ...]:
    """Write declarations with their facts and outcomes, month by month.

    Facts are worked out for one month at a time in the light of everything before it; they are the same as those of
    one pass over all. What is in memory is one month whole, and of all months before it the `HISTORY_COLUMNS`.

    Parameters
    ----------
    months
        Months in order; goods items with outcomes where something was examined.
    directory
        An empty directory.
    told
        What went in, for the manifest.
    sources
        What facts are made from, besides declarations.
    keep_items
        Whether the goods items are kept, too, so that their facts can be worked out anew.
    progress
        Told of every finished month.
    """
    kept = []
    past: pl.DataFrame | None = None
    for month, present in months:
        facts = enrich(present, past, sources=sources, replay=True)
        kept.append(write_month(directory, month, present, facts))
        if keep_items:
            write_goods(directory, month, present)
        lived = present.select(HISTORY_COLUMNS)
        past = lived if past is None else pl.concat([past, lived])
        progress(month, present.height)
    write_manifest(directory, kept, told)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class ItemsKept:
    """The goods items kept beside a history: where it lies, and its months in order."""

    history: Path
    months: tuple[str, ...]

    @classmethod
    def of(cls, history: History) -> "ItemsKept":
        """Find the goods items beside a history.

        Raises
        ------
        OutputError
            They were not kept.
        """
        months = tuple(kept.month for kept in history.months)
        for month in months:
            if not goods_path(history.directory, month).is_file():
                raise OutputError(
                    field="history",
                    expected=f"the goods items of {month} beside their facts",
                    got="none",
                    hint="write the history with `darvoza history --keep-items`",
                )
        return cls(history.directory, months)


def keep_month(items: ItemsKept, month: str, *, directory: Path, sources: Sources = NOTHING_ELSE) -> MonthKept:
    """Work out the facts of one month anew, in the light of the months before it; the same as `keep_history` does.

    What is in memory is this month whole, and of all months before it the `HISTORY_COLUMNS`. Months do not wait for
    one another, so that each may be worked out elsewhere.

    Parameters
    ----------
    items
        The goods items.
    month
        The month.
    directory
        Where the facts and the goods items go.
    sources
        What facts are made from, besides declarations.
    """
    present = pl.read_parquet(goods_path(items.history, month), hive_partitioning=False)
    earlier = [goods_path(items.history, one) for one in items.months if one < month]
    past = pl.scan_parquet(earlier, hive_partitioning=False).select(HISTORY_COLUMNS).collect() if earlier else None
    facts = enrich(present, past, sources=sources, replay=True)
    write_goods(directory, month, present)
    return write_month(directory, month, present, facts)


@dataclass(frozen=True, slots=True)
class Amended:
    """The amended declarations of a history: each is judged once, in the version that was examined, or else the latest.

    A result counts for that version, whichever it was noted with, and once.

    Attributes
    ----------
    replaced
        The versions that do not count: ``month``, ``declaration`` as the month counts it, ``declaration_id``,
        ``version``, ``lodged_at``.
    standing
        The goods items of those that do, with the same, ``row``, ``item``, and what was found, with whichever version it
        was noted; empty where nothing was amended.
    """

    replaced: pl.DataFrame
    standing: pl.DataFrame

    @classmethod
    def of(cls, directory: Path) -> Self:
        """Look for them below the directory of a history; one that does not tell versions apart has none."""
        states = _versions(directory)
        amended = states.filter(pl.col("version").n_unique().over("declaration_id") > 1)
        if amended.is_empty():
            return cls(amended, amended)
        items = pl.concat(_rows(directory, of_month) for of_month in amended.partition_by("month", maintain_order=True))
        standing = examined_versions(items.sort("lodged_at", "declaration_id", "version", "item", nulls_last=True))
        return cls(amended.join(standing, on=["month", "declaration"], how="anti", maintain_order="left"), standing)

    def alone(self, facts: pl.DataFrame, month: pl.Expr) -> pl.DataFrame:
        """Leave the goods items of replaced versions out, and put what was found beside those that count.

        Parameters
        ----------
        facts
            Goods items of the history, in any order, with ``declaration``; without ``version``, nothing is left out.
        month
            The month that each stands in: a reference that is used again in another month is another declaration there.
        """
        if "version" not in facts.columns or self.replaced.is_empty():
            return facts
        key = ["month", "declaration", "item"]
        own = facts.with_columns(month.alias("_month"))
        to = ["_month", *key[1:]]
        left = own.join(self.replaced, left_on=to[:2], right_on=key[:2], how="anti", maintain_order="left")
        told = [name for name in OUTCOMES if name in facts.columns]
        found = self.standing.select(*key, *told)
        joined = left.join(
            found, left_on=to, right_on=key, how="left", suffix="_told", nulls_equal=True, maintain_order="left"
        )
        return joined.with_columns(pl.coalesce(f"{name}_told", name).alias(name) for name in told).select(facts.columns)

    def decided(self, history: History, months: Iterable[MonthKept]) -> pl.DataFrame:
        """Give every version of the declarations of some months, whether it ``stands``, and what was found."""
        numbered = pl.concat(history.declarations([kept]).with_columns(month=pl.lit(kept.month)) for kept in months)
        if self.replaced.is_empty():
            return numbered.with_columns(stands=pl.lit(value=True))
        key = ["month", "declaration"]
        outcomes = self.standing.group_by(key).agg(outcomes_of_items())
        replaced = self.replaced.select(*key, stands=pl.lit(value=False))
        return (
            numbered.update(outcomes, on=key, how="left")
            .join(replaced, on=key, how="left", maintain_order="left")
            .with_columns(pl.col("stands").fill_null(value=True))
        )


def _versions(directory: Path) -> pl.DataFrame:
    """Give the versions of declarations there are, month by month."""
    wanted = ("declaration", "declaration_id", "version", "lodged_at")
    parts = [
        table.select(pl.lit(path.stem).alias("month"), *wanted).collect()
        for path in sorted(declarations_path(directory, "").parent.glob("*.parquet"))
        if "version" in (table := pl.scan_parquet(path, hive_partitioning=False)).collect_schema()
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"month": pl.String, **dict.fromkeys(wanted, pl.String)})


def _rows(directory: Path, amended: pl.DataFrame) -> pl.DataFrame:
    """Read the goods items of amended declarations of one month."""
    month = amended.item(0, "month")
    moments = amended.select("month", "declaration", "lodged_at")
    return (
        pl.scan_parquet(items_path(directory, month), hive_partitioning=False)
        .filter(pl.col("declaration").is_in(moments.get_column("declaration").implode()))
        .select("row", "declaration", "declaration_id", "version", "item", *OUTCOMES)
        .collect()
        .join(moments, on="declaration")
    )


@lru_cache(maxsize=2)
def _amended(directory: Path, digest: str) -> Amended:  # noqa: ARG001 - what is read is known by the digest
    return Amended.of(directory)


def amended_of(history: History) -> Amended:
    """Give the amended declarations of a history, which are looked for once."""
    return _amended(history.directory, history.digest)
