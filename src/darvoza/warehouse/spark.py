"""Replay on Spark: the columns executor goes to the data, a partition at a time.

Spark is not asked to be the executor. It reads the columns that are needed, brings the items of a declaration
together, hands each partition over as Arrow, and writes what comes back.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql
from pyspark.sql.udf import UserDefinedFunction
from pyspark.util import PythonEvalType

from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.warehouse.histories import months_of
from darvoza.warehouse.matching import columns_needed, match_month

MONTH = "lodged_month"
"""The folder an item was read from. It is not called month, for a fact is: a number from 1 to 12."""

SCHEMA = (
    "profile string, declaration_id string, item bigint, lodged_on date, known boolean, finding boolean, "
    f"{MONTH} string"
)
Carried = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def replay_on_spark(
    session: SparkSession, profiles: ProfileSet, history: Path, out: Path, *, partitions: int | None = None
) -> None:
    """Decide every profile for a history, and write the matches below `out`, a folder a month.

    Parameters
    ----------
    session
        Where it runs.
    profiles
        The profiles.
    history
        Folders named ``month=YYYY-MM`` with Parquet.
    out
        Where the matches go; must exist.
    partitions
        Number of parts; each is held in the memory of one Python worker. What the session says by default.

    Raises
    ------
    OutputError
        There is no history.
    """
    read = [_month(session, profiles, month, folder) for month, folder in months_of(history).items()]
    facts = read[0]
    for part in read[1:]:
        facts = facts.unionByName(part, allowMissingColumns=True)
    key = (MONTH, "declaration_id")
    gathered = facts.repartition(partitions, *key) if partitions else facts.repartition(*key)
    matches = _mapped(gathered, carried(profiles))
    matches.write.mode("append").partitionBy(MONTH).parquet(str(out))


def _month(session: SparkSession, profiles: ProfileSet, month: str, folder: Path) -> DataFrame:
    """Read the columns that are needed of one month."""
    # Spark would take a column `month` from the name of the folder, in the place of the fact.
    read = session.read.option("recursiveFileLookup", "true").parquet(str(folder))
    return read.select(*columns_needed(profiles, read.columns)).withColumn(MONTH, sql.lit(month))


def _mapped(frame: DataFrame, work: Carried) -> DataFrame:
    """Map a frame in Arrow.

    `DataFrame.mapInArrow` refuses to begin without pandas, which nothing in its work needs. Where pandas is not
    installed, this makes the same two calls behind it.
    """
    if find_spec("pandas") is not None:
        return frame.mapInArrow(work, SCHEMA)
    function = UserDefinedFunction(work, returnType=SCHEMA, evalType=PythonEvalType.SQL_MAP_ARROW_ITER_UDF)
    over = function(*frame.columns)
    inner = frame._jdf.mapInArrow(over._jc, False, None)  # noqa: SLF001, FBT003 - see above
    return DataFrame(inner, frame.sparkSession)


def carried(profiles: ProfileSet) -> Carried:
    """Make the function that is carried to the data.

    Parameters
    ----------
    profiles
        The profiles; they travel with it.

    Returns
    -------
    Callable
        Takes all batches of one partition, in which every declaration is whole, and gives the matches of each
        month in it.
    """

    def match_partition(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = [batch for batch in batches if batch.num_rows]
        if not parts:
            return
        # A declaration may lie across two batches: they are joined before any question is asked.
        facts = pl.DataFrame(pa.Table.from_batches(parts))
        executor = ColumnsExecutor(profiles)
        for (month,), rows in facts.partition_by(MONTH, as_dict=True, include_key=False).items():
            matched = match_month(rows, executor).with_columns(pl.lit(month).alias(MONTH))
            yield from _as_spark_expects(matched).to_batches()

    return match_partition


def _as_spark_expects(matched: pl.DataFrame) -> pa.Table:
    """Give Arrow in the plain types of Spark, which knows no views of strings."""
    schema = pa.schema(
        [
            ("profile", pa.string()),
            ("declaration_id", pa.string()),
            ("item", pa.int64()),
            ("lodged_on", pa.date32()),
            ("known", pa.bool_()),
            ("finding", pa.bool_()),
            (MONTH, pa.string()),
        ]
    )
    return matched.to_arrow().cast(schema)
