"""Facts as tables of three engines of SQL, and what conditions say about them there."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb
import polars as pl
import pytest

from conditions import DTYPES
from darvoza.domain.expression import Expression, facts_used
from darvoza.domain.facts import FACT, FactType
from darvoza.errors import ProfileError
from darvoza.flow.assessment.sql import translate
from darvoza.flow.assessment.sql_columns import Kept
from darvoza.flow.assessment.sql_table import with_texts

BATCH = 12
"""Conditions asked about in one statement."""


def absent(engine: str, problem: Exception) -> None:
    """Skip loudly what is not there; where everything must be there, fail."""
    said = f"{engine} is not there, so SQL was not executed on it: {problem}"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)


def tabled(frame: pl.DataFrame, conditions: Sequence[Expression]) -> pl.DataFrame:
    """Give a frame every column the conditions speak of, and folded texts."""
    names = sorted({name for condition in conditions for name in facts_used(condition)} - set(frame.columns))
    missing = [pl.lit(None, DTYPES.get(FACT[name].type, pl.String)).alias(name) for name in names]
    frame = frame.with_columns(missing)
    return with_texts(frame)


def kept_of(frame: pl.DataFrame) -> dict[str, Kept]:
    """Tell from the types of the columns how numbers are kept."""
    made = {}
    for name, dtype in frame.schema.items():
        if name in FACT and FACT[name].type is FactType.NUMBER:
            made[name] = Kept.FLOAT if dtype.is_float() else Kept.WHOLE if dtype.is_integer() else Kept.DECIMAL
    return made


Answers = dict[tuple[str, int], tuple[bool | None, bool]]


class Said:
    """What SQL says of each condition: truth and doubt by declaration and item, or why it refuses."""

    def __init__(
        self,
        conditions: Sequence[Expression],
        dialect: str,
        frame: pl.DataFrame,
        kept: Mapping[str, Kept] | None = None,
    ) -> None:
        kept = kept_of(frame) | dict(kept or {})
        self.dialect = dialect
        self.refused: dict[int, ProfileError] = {}
        self.parts: dict[int, tuple[str, str]] = {}
        for place, condition in enumerate(conditions):
            try:
                said = translate(condition, dialect, kept)
            except ProfileError as problem:
                self.refused[place] = problem
            else:
                self.parts[place] = (said.truth, said.doubt or "FALSE")

    def statements(self) -> Iterator[tuple[list[int], str]]:
        """Give statements that ask about a few conditions each."""
        places = list(self.parts)
        for start in range(0, len(places), BATCH):
            asked = places[start : start + BATCH]
            columns = [f"{part}" for place in asked for part in self.parts[place]]
            named = [f"{column} AS c{number}" for number, column in enumerate(columns)]
            yield asked, f"SELECT declaration_id, item, {', '.join(named)} FROM facts"  # noqa: S608 - rendered from nodes

    def answers(self, ask: Any) -> dict[int, Answers]:
        """Execute the statements; `ask` gives the rows of one."""
        made: dict[int, Answers] = {}
        for asked, statement in self.statements():
            rows = ask(statement)
            for number, place in enumerate(asked):
                made[place] = {(row[0], row[1]): (row[2 + 2 * number], row[3 + 2 * number]) for row in rows}
        return made


@contextmanager
def in_duckdb(frame: pl.DataFrame) -> Iterator[Any]:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.register("facts", frame.to_arrow())
    try:
        yield lambda statement: connection.execute(statement).fetchall()
    finally:
        connection.close()


POSTGRES_TYPES: dict[Any, str] = {
    pl.Date: "date",
    pl.Boolean: "boolean",
    pl.Float64: "double precision",
    pl.Int64: "bigint",
    pl.List(pl.String): "text[]",
    pl.Decimal(38, 6): "numeric(38, 6)",
    pl.String: "text",
}


@contextmanager
def in_postgres(frame: pl.DataFrame) -> Iterator[Any]:
    try:
        import psycopg

        address = os.environ.get("DARVOZA_TEST_POSTGRES", "host=127.0.0.1 user=postgres dbname=test")
        connection = psycopg.connect(address, connect_timeout=3)
    except Exception as problem:
        absent("PostgreSQL", problem)
        raise
    with connection:
        declared = ", ".join(f'"{name}" {POSTGRES_TYPES[dtype]}' for name, dtype in frame.schema.items())
        connection.execute(f"CREATE TEMPORARY TABLE facts ({declared}) ON COMMIT DROP")
        holes = ", ".join(["%s"] * frame.width)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO facts VALUES ({holes})", frame.rows())  # noqa: S608 - only holes
        yield lambda statement: connection.execute(statement).fetchall()
        connection.rollback()


@contextmanager
def in_clickhouse(frame: pl.DataFrame) -> Iterator[Any]:
    """ClickHouse within this process, where somebody has installed `chdb`; it keeps true and false as 1 and 0."""
    from importlib import import_module

    chdb = import_module("chdb.session").Session()
    with NamedTemporaryFile(suffix=".parquet") as file:
        frame.write_parquet(file.name)
        source = f"SELECT * FROM file('{file.name}', Parquet)"  # noqa: S608 - a name made here
        chdb.query(f"CREATE OR REPLACE TABLE facts ENGINE=Memory AS {source}")

    def ask(statement: str) -> list[tuple[Any, ...]]:
        rows = (tuple(row.values()) for row in chdb.query(statement, "ArrowTable").to_pylist())
        return [(*row[:2], *(None if each is None else bool(each) for each in row[2:])) for row in rows]

    yield ask


INTERPRETED = {"spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.codegen.wholeStage": "false"}


@contextmanager
def in_spark(frame: pl.DataFrame, session: Any, *, compiled: bool = True) -> Iterator[Any]:
    """A view in Spark, whose expressions are compiled, or interpreted: so that few rows do not wait for a compiler."""
    from pyspark.sql import types

    kinds: dict[Any, Any] = {
        pl.Date: types.DateType(),
        pl.Boolean: types.BooleanType(),
        pl.Float64: types.DoubleType(),
        pl.Int64: types.LongType(),
        pl.List(pl.String): types.ArrayType(types.StringType()),
        pl.Decimal(38, 6): types.DecimalType(38, 6),
        pl.String: types.StringType(),
    }
    schema = types.StructType([types.StructField(name, kinds[dtype]) for name, dtype in frame.schema.items()])
    changed = {} if compiled else INTERPRETED
    for name, value in changed.items():
        session.conf.set(name, value)
    session.createDataFrame(frame.rows(), schema).coalesce(1).createOrReplaceTempView("facts")
    session.catalog.cacheTable("facts")
    yield lambda statement: session.sql(statement).collect()
    session.catalog.uncacheTable("facts")
    for name in changed:
        session.conf.unset(name)
