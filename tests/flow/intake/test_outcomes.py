"""Results of several files are one result of each goods item; what one of them leaves open contradicts nothing."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.errors import OutputError
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.outcomes import joined, with_controls

FIELDS = """fields: {declaration_id: id, item: item, lodged_at: at, post: post, importer_id: imp, hs: hs, origin: origin,
  examined: ex, finding: f, recovered: rec, inclusion_probability: ip}"""
HEAD = "id,item,at,post,imp,hs,origin,ex,f,rec,ip"
GOODS = "1,2026-03-01T10:00:00Z,P,I,870323,CN"

Read = Callable[..., pl.DataFrame]


@pytest.fixture
def read(tmp_path: Path, load: Callable[[str], Mapping]) -> Read:
    """Read files of one declaration each, given by what they say of its result."""

    def write_and_read(*said: str) -> pl.DataFrame:
        parts = []
        for number, one in enumerate(said):
            path = tmp_path / f"{number}.csv"
            path.write_text(f"{HEAD}\nD1,{GOODS},{one}\nD{number + 2},{GOODS},,,,\n", encoding="utf-8")
            parts.append(take_in([path], load(FIELDS)))
        return joined(parts).items

    return write_and_read


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_file_leaves_open_another_says(read: Read, turned: bool) -> None:
    said = ["true,true,,", "true,true,50,", "true,true,,0.2", ",,,"]
    items = read(*(said[::-1] if turned else said))
    row = items.filter(declaration_id="D1").row(0, named=True)
    assert (row["finding"], row["recovered"], row["inclusion_probability"]) == (True, Decimal(50), Decimal("0.2"))
    assert items.height == len(said) + 1


@pytest.mark.parametrize("other", ["true,true,60,0.2", "true,false,50,0.2", "true,true,50,0.3"])
def test_what_two_files_say_otherwise_is_refused(read: Read, other: str) -> None:
    with pytest.raises(OutputError, match="contradict one another on 1 goods items"):
        read("true,true,50,0.2", "true,true,,", other)


def test_what_two_acts_of_control_found_is_put_together() -> None:
    act: dict[str, Any] = {
        "declaration_id": "D1", "item": 1, "agency": "customs", "act": "physical", "finding_area": "undervaluation",
        "finding_severity": None, "recovered": None, "result_at": START,
    }  # fmt: skip
    rows = [act | {"file": "a.csv"}, act | {"file": "b.csv", "recovered": Decimal(50)}]
    types: dict[str, Any] = {"finding_severity": pl.Int64, "recovered": pl.Decimal(38, 6)}
    controls = pl.DataFrame(rows, schema_overrides=types)
    assert with_controls(goods(an_item(declaration_id="D1")), controls)["recovered"].to_list() == [Decimal(50)]
