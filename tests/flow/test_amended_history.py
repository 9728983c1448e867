"""A declaration that was amended is judged once: in the version that was examined, or else the latest."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders import START, Item, a_profile, an_item, goods
from darvoza.cli.main import main
from darvoza.domain.profile import ProfileSet
from darvoza.flow.backtest import Backtest, Trial, backtest
from darvoza.flow.chronicle import Amended, by_month, keep_history
from darvoza.flow.intake.versions import latest_versions
from darvoza.flow.learning.history_store import open_history
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.replay import read_matches

CARS = a_profile("hs starts with 8703", code="CARS")
MANY = a_profile("count of items (hs starts with 8703) >= 2", code="MANY")
CHEAP = a_profile("customs_value < 500", code="CHEAP")
FOUND: dict[str, Any] = {"examined": True, "finding": True, "result_at": START + timedelta(hours=9), "recovered": 50}


def versions(name: str, number: int, *, apart: timedelta = timedelta(hours=1), **changes: object) -> list[Item]:
    """Versions of a declaration of one item, one after the other."""
    return [an_item(declaration_id=name, version=1 + k, lodged_at=START + k * apart, **changes) for k in range(number)]


def kept(place: Path, *rows: Item) -> Path:
    keep_history(by_month(goods(*rows)), place, told={})
    return place


def tried(place: Path, *profiles: object) -> Backtest:
    return backtest(Trial(ProfileSet(profiles), open_history(place)))  # type: ignore[arg-type]


def test_versions_are_no_items_of_one_declaration_and_a_result_counts_once(tmp_path: Path) -> None:
    place = kept(tmp_path, *versions("D1", 3, **FOUND), *versions("D2", 3, **FOUND), *versions("D3", 1))
    test = tried(place, MANY, CARS)
    cars, many = test.tried
    assert (test.items, test.declarations, test.examined, test.results, test.findings) == (3, 3, 2, 2, 2)
    assert (many.effect.declarations, many.effect.items) == (0, 0)
    assert (cars.effect.declarations, cars.effect.items, cars.effect.findings) == (3, 3, 2)
    assert cars.effect.recovered == pytest.approx(100)


def test_versions_with_others_between_them_or_in_another_month_are_one_declaration(tmp_path: Path) -> None:
    between = an_item(declaration_id="D2", lodged_at=START + timedelta(hours=2))
    place = kept(tmp_path, *versions("D1", 3, apart=timedelta(days=20)), between)
    test = tried(place, CARS)
    assert (test.declarations, test.tried[0].effect.declarations) == (2, 2)
    assert len(open_history(place).months) == 2
    assert test.end == (START + timedelta(days=40)).date()


def test_the_version_that_was_examined_is_judged_with_what_was_found_whichever_it_was_noted_with(
    tmp_path: Path,
) -> None:
    first, second, third = versions("D1", 3)
    third |= {"lodged_at": START + timedelta(days=3), "customs_value": 2000}  # corrected by the result
    place = kept(tmp_path, first | FOUND, second | {"customs_value": 100}, third)
    cheap = tried(place, CHEAP).tried[0].effect
    assert (cheap.declarations, cheap.results, cheap.findings, cheap.findings_here) == (1, 1, 1, 1)


def test_a_declaration_without_a_result_is_judged_as_it_is_decided(tmp_path: Path) -> None:
    rows = [row for n in range(9) for row in versions(f"D{n}", 1 + n % 3)]
    place = kept(tmp_path, *rows)
    assert tried(place, CARS).tried[0].effect.declarations == latest_versions(goods(*rows)).height == 9


def test_a_replay_and_a_table_hold_each_declaration_in_one_version(tmp_path: Path) -> None:
    first = versions("D1", 2, **FOUND)
    place = kept(tmp_path / "h", *first, *versions("D2", 1), *versions("D3", 2, apart=timedelta(days=40)))
    (tmp_path / "m").mkdir()
    replay_here(ProfileSet((MANY, CARS)), place, tmp_path / "m")
    found = read_matches(tmp_path / "m").collect()
    assert found.select("profile", "declaration_id", "known", "finding").sort("declaration_id").rows() == [
        ("CARS", "D1", True, True),
        ("CARS", "D2", False, False),
        ("CARS", "D3", False, False),
    ]
    words = ["replay", "--what", "table", "--history", str(place), "--out", str(tmp_path / "t")]
    assert main(words) == 0
    table = pl.read_parquet(tmp_path / "t" / "**" / "*.parquet", hive_partitioning=False)
    assert sorted(table.select("declaration_id", "version").rows()) == [("D1", 2), ("D2", 1), ("D3", 2)]


def test_nothing_is_left_out_where_nothing_was_amended(tmp_path: Path) -> None:
    place = kept(tmp_path, *versions("D1", 1), *versions("D2", 1))
    assert Amended.of(place).replaced.is_empty()


def test_a_reference_that_is_used_again_in_another_month_makes_no_rows_more(tmp_path: Path) -> None:
    again = versions("D1", 2)
    for row in again:
        row["lodged_at"] += timedelta(days=40)  # type: ignore[operator]
    place = kept(tmp_path / "h", versions("D1", 1)[0] | FOUND, *again)
    (tmp_path / "m").mkdir()
    replay_here(ProfileSet((CARS,)), place, tmp_path / "m")
    found = read_matches(tmp_path / "m").collect()
    assert found.height == tried(place, CARS).tried[0].effect.declarations == 2
    assert main(["replay", "--what", "table", "--history", str(place), "--out", str(tmp_path / "t")]) == 0
    table = pl.read_parquet(tmp_path / "t" / "**" / "*.parquet", hive_partitioning=False)
    assert table.select("version", "finding").rows() == [(1, True), (1, True)]
