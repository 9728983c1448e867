"""A named list of a million codes: read from its file, checked row by row, and asked about by both executors.

Beside it stand what a hand-written script would do: Python's `set` of the lines of the file, and a semi-join of
Polars. They check nothing; what the checks cost is the difference.

Run with ``python benchmarks/named_lists.py [codes] [goods items]``.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.list_files import read_lists
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse

HEADER = "name: watched\nsource: benchmark\ndate: 2026-01-01\nfile: watched.csv\n"
Made = TypeVar("Made")


def timed(what: str, run: Callable[[], Made], *, per: int = 1) -> Made:
    begin = time.process_time()
    made = run()
    spent = time.process_time() - begin
    each = f"  {1e6 * spent / per:9.2f} µs each" if per > 1 else ""
    print(f"{what:<58} {spent:8.3f} s CPU{each}")
    return made


def a_profile(named: NamedList) -> RiskProfile:
    return RiskProfile(
        code="B-1",
        title="Watched importers",
        agency=Agency.CUSTOMS,
        risk_area=RiskArea.PROCEDURE,
        condition=parse('importer in list "watched"', [named]),
        treatment=Treatment(Act.DOCUMENTARY),
        unknown=UnknownPolicy.NO_MATCH,
        valid=Validity(),
    )


def main(codes: int, items: int) -> None:
    print(f"a list of {codes:,} codes, {items:,} goods items; Polars {pl.__version__}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place), Path(place) / "watched.csv"
        (folder / "watched.yaml").write_text(HEADER)
        file.write_text("code\n" + "\n".join(f"IMP-{number:09}" for number in range(codes)) + "\n")
        lists, errors = timed("read, check and identify the list", lambda: read_lists([folder], folder))
        bare = timed("peer: a set of the lines", lambda: frozenset(file.read_text().split("\n")))
        frame = timed("peer: Polars reads the file", lambda: pl.read_csv(file, infer_schema=False))
    assert not errors
    named = lists["watched"]
    assert len(named.values) == codes
    assert len(bare) == codes + 2
    profile = timed("parse a sentence that speaks of it", lambda: a_profile(named))
    asked = pl.DataFrame({"importer": [f"IMP-{number * 7919 % (2 * codes):09}" for number in range(items)]})
    facts = asked.with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("declaration_id"), lodged_on=date(2026, 1, 2)
    )
    columns = timed("columns executor: compile", lambda: ColumnsExecutor((profile,)))
    matches = timed("columns executor: match", lambda: columns.match(facts), per=items)
    joined = timed(
        "peer: Polars semi-join", lambda: asked.join(frame, left_on="importer", right_on="code", how="semi"), per=items
    )
    record = timed("record executor: compile", lambda: RecordExecutor((profile,)))
    rows = [[{"importer": importer}] for importer in asked.get_column("importer").to_list()]
    found = timed(
        "record executor: match", lambda: sum(bool(record.match(row, date(2026, 1, 2))) for row in rows), per=items
    )
    assert len(matches.rows) == joined.height == found


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [1_000_000, 200_000][len(given) :]))
