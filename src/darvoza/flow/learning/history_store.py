"""The decided history: facts as known then, and outcomes, as Parquet, month by month.

::

    DIR/lodged_month=2026-01/part-0.parquet    one row a goods item, sorted by HS code
    DIR/_declarations/2026-01.parquet          one row a version of a declaration, in order of lodging
    DIR/_items/lodged_month=2026-01/…          where asked for: the goods items as taken in, in order of lodging
    DIR/manifest.json                          what went in, and the digest of every file

Goods items are sorted by HS code in small row groups, so that a question about some codes skips the rest of the file.
Their `declaration` counts the rows of the second table, and their `row` is the place in the file: two integers stand
for identity wherever sets of matches are compared. Every version is kept, with the facts of its own moment; which of them
counts is known only when the later months are, and is asked of the whole history (`darvoza.flow.chronicle.Amended`).

In the second form of a history there were no versions: those that stood next to each other were one declaration. No fact is called ``lodged_month``, so a reader may take it from the
paths or leave it. In the first form of a history the folders were called ``month=2026-01``, and a reader that took
columns from paths lost the fact ``month``; that form is still read.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from darvoza.domain.facts import CATALOGUE
from darvoza.errors import OutputError
from darvoza.json_text import read_json

ROW_GROUP = 16_384
A_DAY = timedelta(days=1)
FORMAT = 3
PARTITION = {1: "month", 2: "lodged_month", 3: "lodged_month"}
"""What the folders of a month are called, by the form of a history."""

MANIFEST, GOODS, COMPETENCE = "manifest.json", "_items", "competence.csv"
OUTCOMES = (
    "examined",
    "finding",
    "finding_area",
    "finding_severity",
    "recovered",
    "result_at",
    "inclusion_probability",
)
FACTS = tuple(fact.name for fact in CATALOGUE)
IDENTITY = ("row", "declaration", "declaration_id", "version", "item", "post")


@dataclass(frozen=True, slots=True)
class MonthKept:
    """A month of the history: its name as ``2026-01``, and how much it holds."""

    month: str
    items: int
    declarations: int

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def day_after(self) -> date:
        """The first day of the month after."""
        year, number = map(int, self.month.split("-"))
        return date(year + number // 12, number % 12 + 1, 1)


def items_path(directory: Path, month: str, form: int = FORMAT) -> Path:
    """Name the file of the goods items of a month."""
    return directory / f"{PARTITION[form]}={month}" / "part-0.parquet"


def goods_path(directory: Path, month: str) -> Path:
    """Name the file of the goods items of a month as they were taken in, where they are kept beside their facts."""
    return directory / GOODS / f"{PARTITION[FORMAT]}={month}" / "part-0.parquet"


def declarations_path(directory: Path, month: str) -> Path:
    """Name the file of the declarations of a month."""
    return directory / "_declarations" / f"{month}.parquet"


def write_month(directory: Path, month: str, items: pl.DataFrame, facts: pl.DataFrame) -> MonthKept:
    """Write one month.

    Parameters
    ----------
    directory
        Where the history lies.
    month
        Its name, as ``2026-01``.
    items
        Canonical goods items of the month with their outcomes, in order of lodging.
    facts
        Their facts as known when lodged, row by row.
    """
    whole = facts.select("declaration_id", "item", *FACTS).with_columns(
        items.get_column("version").fill_null(1).alias("version"),
        items.get_column("lodged_at"),
        items.get_column("post"),
        *(items.get_column(name) for name in OUTCOMES),
    )
    whole = whole.with_columns(pl.struct("declaration_id", "version").rle_id().cast(pl.UInt32).alias("declaration"))
    declarations = _declarations(whole)
    ordered = whole.sort("hs", "declaration", "item", nulls_last=True).with_row_index("row")
    for path in (items_path(directory, month), declarations_path(directory, month)):
        path.parent.mkdir(parents=True, exist_ok=True)
    _write(ordered.select(*IDENTITY, *(name for name in FACTS if name not in IDENTITY), *OUTCOMES),
           items_path(directory, month))  # fmt: skip
    _write(declarations, declarations_path(directory, month))
    return MonthKept(month, whole.height, declarations.height)


def _write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True)


def _declarations(whole: pl.DataFrame) -> pl.DataFrame:
    """Sum the goods items of each version of a declaration up."""
    return (
        whole.group_by("declaration", maintain_order=True)
        .agg(
            pl.col("declaration_id", "version", "lodged_at", "post", "lodged_on", "importer").first(),
            pl.col("origin").sort_by("customs_value", descending=True, nulls_last=True, maintain_order=True).first(),
            pl.len().alias("items"),
            *outcomes_of_items(),
        )
        .sort("declaration")
    )


def outcomes_of_items() -> tuple[pl.Expr, ...]:
    """Sum the outcomes of goods items up: a result counts when one item has it, a finding when one has one.

    What was recovered is unknown where no item says it, which is not nothing.
    """
    result = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()
    recovered = pl.col("recovered").filter(result).cast(pl.Float64)
    return (
        pl.col("examined").fill_null(value=False).any(),
        result.any().alias("known"),
        (result & pl.col("finding").fill_null(value=False)).any().alias("finding"),
        pl.when(recovered.count() > 0).then(recovered.sum()),
        pl.col("inclusion_probability").cast(pl.Float64).max(),
    )


def write_goods(directory: Path, month: str, items: pl.DataFrame) -> None:
    """Write the goods items of a month as they were taken in."""
    path = goods_path(directory, month)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(items, path)


def write_manifest(directory: Path, months: Sequence[MonthKept], told: Mapping[str, object]) -> None:
    """Write what went in, what the months hold, and the digest of every file."""
    entries = [
        {
            "month": kept.month,
            "items": kept.items,
            "declarations": kept.declarations,
            "files": {
                path.relative_to(directory).as_posix(): _digest(path)
                for path in (items_path(directory, kept.month), declarations_path(directory, kept.month))
            },
        }
        for kept in months
    ]
    content = {"history": FORMAT, "facts": list(FACTS), "months": entries, **told}
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class History:
    """A decided history on disk, opened for reading only.

    Attributes
    ----------
    directory
        Where it lies.
    months
        Its months, in order.
    digest
        SHA-256 of its manifest, which holds the digests of its files.
    form
        Its form, see `PARTITION`.
    """

    directory: Path
    months: tuple[MonthKept, ...]
    digest: str
    form: int = FORMAT

    def within(self, start: date | None, end: date | None) -> tuple[MonthKept, ...]:
        """Give the months that may hold days of a period, both ends included; ``None`` is open.

        Months are those of UTC, days are local: the day before a month, and the one after, may be in it too.

        Raises
        ------
        OutputError
            When the history holds nothing of it, or the period ends before it begins.
        """
        kept = tuple(
            month
            for month in self.months
            if (end is None or month.first_day - A_DAY <= end) and (start is None or start <= month.day_after)
        )
        if not kept or (start is not None and end is not None and end < start):
            held = f"a period within {self.months[0].month} to {self.months[-1].month}"
            raise OutputError(field="from/to", expected=held, got=f"{start or 'open'} to {end or 'open'}")
        return kept

    def items(self, month: MonthKept, columns: Iterable[str], where: pl.Expr | None = None) -> pl.DataFrame:
        """Read some columns of the goods items of a month, in the order of the file; `where` skips row groups.

        Raises
        ------
        OutputError
            When the history was written before there was a fact of that name.
        """
        rows = pl.scan_parquet(items_path(self.directory, month.month, self.form), hive_partitioning=False)
        columns = held(columns, rows.collect_schema().names())
        return (rows if where is None else rows.filter(where)).select(*dict.fromkeys(columns)).collect()

    def declarations(self, months: Iterable[MonthKept]) -> pl.DataFrame:
        """Read the versions of declarations of some months, one below the other."""
        paths = [declarations_path(self.directory, month.month) for month in months]
        return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths])


def held(columns: Iterable[str], there: Collection[str]) -> list[str]:
    """Give the columns asked for, all of which a history holds.

    Raises
    ------
    OutputError
        When it was written before there were facts of that name: that they were not there is not that nothing matched.
    """
    wanted = list(columns)
    absent = [name for name in wanted if name not in there]
    if absent:
        raise OutputError(
            field="history",
            expected=f"the facts {', '.join(sorted(absent))}",
            got="a history that was written before there were such facts",
            hint="write it again with `darvoza history`, or leave out the profiles that ask for them",
        )
    return wanted


def outdated(directory: Path, form: int) -> str | None:
    """Say what to know about a history of an earlier form; ``None`` when it is of the present one."""
    if form == FORMAT:
        return None
    lost = {
        1: "with folders month=…; it is read, but a tool that takes columns from paths loses the fact month, and",
        2: "it is read, but",
    }
    return (
        f"{directory} is a history of form {form}, {lost[form]} every version of an amended declaration counts: "
        "write it again with `darvoza history`"
    )


def open_history(directory: Path) -> History:
    """Open a history.

    Raises
    ------
    OutputError
        When the directory holds none, or one of another form.
    """
    path = directory / MANIFEST
    try:
        text = path.read_bytes()
        content = read_json(text)
        entries = content["months"]
        months = tuple(MonthKept(entry["month"], entry["items"], entry["declarations"]) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise OutputError(
            field="history", expected="a directory that `darvoza history` wrote", got=str(directory)
        ) from problem
    form = content.get("history")
    if form not in PARTITION or not months:
        raise OutputError(
            field="history",
            expected=f"a history of form 1 to {FORMAT} with months",
            got=f"form {form} with {len(months)} months in {directory}",
            hint="write it again with `darvoza history` of this version",
        )
    for kept in months:
        for file in (items_path(directory, kept.month, form), declarations_path(directory, kept.month)):
            if not file.is_file():
                raise OutputError(field="history", expected=f"the file {file.relative_to(directory)}", got="none")
    return History(directory, months, hashlib.sha256(text).hexdigest(), form)
