"""A run of the selection as files: decisions, orders, manifest."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from darvoza.errors import OutputError
from darvoza.json_text import read_json

DECISIONS, ORDERS, MANIFEST, MEMORY = "decisions.parquet", "orders.parquet", "manifest.json", "memory.json"


class RunFiles(NamedTuple):
    """What a run wrote, read."""

    name: str
    digest: str
    decisions: pl.DataFrame
    orders: pl.DataFrame
    manifest: dict[str, Any]
    memory: str = ""


def read_run(directory: Path) -> RunFiles:
    """Read what ``darvoza assess`` wrote.

    Raises
    ------
    OutputError
        When a file is missing or cannot be read.
    """
    try:
        written, memory = (directory / DECISIONS).read_bytes(), directory / MEMORY
        return RunFiles(
            name=directory.name,
            digest=hashlib.sha256(written).hexdigest(),
            decisions=pl.read_parquet(written),
            orders=pl.read_parquet(directory / ORDERS),
            manifest=read_json((directory / MANIFEST).read_text(encoding="utf-8")),
            memory=memory.read_text(encoding="utf-8") if memory.is_file() else "",
        )
    except (OSError, ValueError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(directory),
            expected="a directory that `darvoza assess` wrote",
            got="no readable run",
            hint=f"it holds {DECISIONS}, {ORDERS} and {MANIFEST}",
        ) from problem
