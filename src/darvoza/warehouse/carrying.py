"""Work carried to data on Spark: whole declarations, a month at a time, as Arrow.

Spark is not asked to be the executor. It reads the columns that are needed, brings the items of a declaration
together, hands each partition over as Arrow, and takes back what comes of it. The work itself is that of one machine.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql
from pyspark.sql.udf import UserDefinedFunction
from pyspark.util import PythonEvalType

MONTH = "lodged_month"
"""The folder an item was read from. It is not called month, for a fact is: a number from 1 to 12."""

FOLDER = r"month(?:=|%3D)(\d{4}-\d{2})/"
"""Where in the address of a file its month stands."""

Schema = Mapping[str, type[pl.DataType]]
Columns = Callable[[Sequence[str]], Sequence[str]]
"""Which of the columns there are, are read."""

Work = Callable[[pl.DataFrame], pl.DataFrame]
"""What is done with some goods items, every declaration of every month entire; `MONTH` is a column of both."""

Carried = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]

SPARK: Mapping[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Int64: "bigint",
    pl.Date: "date",
    pl.Boolean: "boolean",
}
ARROW: Mapping[type[pl.DataType], Any] = {
    pl.String: pa.string(),
    pl.Int64: pa.int64(),
    pl.Date: pa.date32(),
    pl.Boolean: pa.bool_(),
}


def gathered(
    session: SparkSession, months: Mapping[str, Path], columns: Columns, *, key: str, partitions: int | None = None
) -> DataFrame:
    """Read months of a history, the items of a declaration on one partition.

    Parameters
    ----------
    session
        Where it is read.
    months
        Their names and folders.
    columns
        Which of the columns there are, are read.
    key
        The column that names the declaration within its month.
    partitions
        Number of parts, each held in the memory of one Python worker; what the session says by default.
    """
    # A history of the first form has folders month=…: Spark would take its column from them, in place of the fact.
    reader = session.read.option("recursiveFileLookup", "true").option("mergeSchema", "true")
    read = reader.parquet(*map(str, months.values()))
    month = sql.regexp_extract("_metadata.file_path", FOLDER, 1).alias(MONTH)
    facts = read.select(*columns(read.columns), month)
    return facts.repartition(partitions, MONTH, key) if partitions else facts.repartition(MONTH, key)


def mapped(frame: DataFrame, make: Callable[[], Work], schema: Schema) -> DataFrame:
    """Carry work to every partition of a frame.

    `DataFrame.mapInArrow` refuses to begin without pandas, which nothing in its work needs. Where pandas is not
    installed, this makes the same two calls behind it.

    Parameters
    ----------
    frame
        As `gathered` gives it.
    make
        Makes the work, once for each partition, where that partition is.
    schema
        The columns the work gives; `MONTH` comes on top.
    """
    work = carried(make, schema)
    described = ", ".join(f"{name} {SPARK[dtype]}" for name, dtype in _with_month(schema).items())
    if find_spec("pandas") is not None:
        return frame.mapInArrow(work, described)
    function = UserDefinedFunction(work, returnType=described, evalType=PythonEvalType.SQL_MAP_ARROW_ITER_UDF)
    over = function(*frame.columns)
    inner = frame._jdf.mapInArrow(over._jc, False, None)  # noqa: SLF001, FBT003 - see above
    return DataFrame(inner, frame.sparkSession)


def carried(make: Callable[[], Work], schema: Schema) -> Carried:
    """Make the function that is carried to the data.

    Returns
    -------
    Callable
        Takes all batches of one partition, in which every declaration is whole, and gives what the work makes of it.
    """
    arrow = pa.schema([(name, ARROW[dtype]) for name, dtype in _with_month(schema).items()])

    def work_on_partition(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = [batch for batch in batches if batch.num_rows]
        if not parts:
            return
        # A declaration may lie across two batches: they are joined before any question is asked.
        facts = pl.DataFrame(pa.Table.from_batches(parts))
        made = make()(facts).select(*arrow.names)
        # Spark knows no views of strings, which is how Polars hands them over.
        yield from made.to_arrow().cast(arrow).to_batches()

    return work_on_partition


def _with_month(schema: Schema) -> Schema:
    return {**dict(schema), MONTH: pl.String}
