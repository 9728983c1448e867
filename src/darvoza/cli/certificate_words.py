"""What is wrong with the certificates and permits of a run, told beside its decisions."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from darvoza.domain.certificate_words import ITEM, document_named, faults_named

CHECKED = "certificates.parquet"


def faults_told(directory: Path, declaration: str, language: str) -> Iterator[str]:
    """Say what is wrong with the documents that the goods items of a declaration refer to; nothing where nothing is."""
    path = directory / CHECKED
    if not path.is_file():
        return
    checks = pl.scan_parquet(path).filter(pl.col("declaration_id") == declaration).collect()
    for row in checks.filter(pl.col("faults").list.len() > 0).iter_rows(named=True):
        # runs of an older make keep the number only as it is compared
        named = document_named(row["kind"], row.get("declared", row["number"]), language)
        yield f"{ITEM[language]} {row['item']}, {named}: {faults_named(row['faults'], language)}"
