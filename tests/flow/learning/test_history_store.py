"""The decided history on disk: its form, the form before it, and what is neither."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from builders import a_profile, an_item, goods, trade
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.profile import ProfileSet
from darvoza.errors import OutputError
from darvoza.flow.backtest import Trial, backtest
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.flow.enrichment.enrich import Sources
from darvoza.flow.learning.history_store import FACTS, MANIFEST, PARTITION, open_history, outdated
from darvoza.warehouse.local import replay_here


@pytest.fixture
def place(tmp_path: Path) -> Path:
    keep_history(by_month(trade(60, 2, days=40, examined=0.4)), tmp_path, told={})
    return tmp_path


def of_the_first_form(place: Path) -> Path:
    """Turn a history into one as it was written before."""
    for folder in place.glob("lodged_month=*"):
        folder.rename(folder.with_name(folder.name.removeprefix("lodged_")))
    manifest = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(manifest | {"history": 1}))
    return place


def test_what_was_recovered_is_unknown_where_no_item_says_it(tmp_path: Path) -> None:
    seen = {"examined": True, "finding": True}
    rows = [
        an_item(declaration_id="A", **seen), an_item(declaration_id="B", **seen, recovered=7.0),
        an_item(declaration_id="B", item=2, **seen),
    ]  # fmt: skip
    keep_history(by_month(goods(*rows)), tmp_path, told={})
    history = open_history(tmp_path)
    held = history.declarations(history.months).select("declaration_id", "recovered")
    assert dict(held.iter_rows()) == {"A": None, "B": 7.0}


def test_no_fact_has_the_name_of_the_folders() -> None:
    assert PARTITION[1] in FACTS
    assert PARTITION[2] not in FACTS


def test_a_reader_that_takes_columns_from_paths_keeps_the_fact_month(place: Path) -> None:
    read = pl.scan_parquet(place / "lodged_month=*" / "*.parquet", hive_partitioning=True).collect()
    assert read.schema["month"] == pl.Int64
    assert set(read["lodged_month"].cast(pl.String).str.slice(0, 7)) == {
        kept.month for kept in open_history(place).months
    }


def test_a_history_of_the_first_form_is_read_and_it_is_said(place: Path) -> None:
    before = open_history(place)
    items = before.items(before.months[0], ["declaration_id", "month"])
    earlier = open_history(of_the_first_form(place))
    assert earlier.items(earlier.months[0], ["declaration_id", "month"]).equals(items)
    assert outdated(place, before.form) is None
    said = outdated(place, earlier.form) or ""
    assert "folders month=…" in said
    assert "write it again with `darvoza history`" in said


def test_a_history_of_a_form_not_known_is_refused_with_what_to_do(place: Path) -> None:
    manifest = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(manifest | {"history": 9}))
    with pytest.raises(OutputError, match=r"form 1 to 3 with months, got 'form 9 with 2 months.*write it again with"):
        open_history(place)


@pytest.mark.parametrize(("zone", "first"), [("Asia/Bishkek", 6), ("America/Bogota", -5), ("UTC", 0)])
def test_a_period_of_local_days_holds_all_that_was_lodged_on_them(tmp_path: Path, zone: str, first: int) -> None:
    start = datetime(2026, 2, 28, tzinfo=UTC)
    rows = [an_item(declaration_id=f"D{n:02}", lodged_at=start + timedelta(hours=n)) for n in range(48)]
    sources = Sources(settings=FactSettings(time_zone=zone))
    keep_history(by_month(goods(*rows)), tmp_path, told={}, sources=sources)
    cars, march = ProfileSet((a_profile("hs starts with 8703"),)), date(2026, 3, 1)
    later = backtest(Trial(cars, open_history(tmp_path), start=march))
    earlier = backtest(Trial(cars, open_history(tmp_path), end=march - timedelta(days=1)))
    assert (later.declarations, earlier.declarations) == (24 + first, 24 - first)
    assert later.tried[0].effect.declarations == 24 + first
    with pytest.raises(OutputError, match="a period within 2026-02 to 2026-03"):
        open_history(tmp_path).within(date(2026, 4, 2), None)


def test_a_history_that_was_written_before_a_fact_was_known_says_so(place: Path) -> None:
    for path in place.glob("lodged_month=*/*.parquet"):
        pl.read_parquet(path, hive_partitioning=False).drop("origin_region_code").write_parquet(path)
    manifest = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(manifest | {"history": 2}))
    known, unknown = a_profile("hs starts with 8703"), a_profile('origin_region_code is "CNSD"', code="NEW")
    assert backtest(Trial(ProfileSet((known,)), open_history(place))).declarations > 0
    with pytest.raises(
        OutputError, match=r"expected the facts origin_region_code.*write it again with `darvoza history`"
    ):
        backtest(Trial(ProfileSet((known, unknown)), open_history(place)))
    with pytest.raises(OutputError, match="expected the facts origin_region_code"):
        replay_here(ProfileSet((unknown,)), place, place / "out")


def test_a_history_with_a_file_missing_is_refused(place: Path) -> None:
    next(place.rglob("part-0.parquet")).unlink()
    with pytest.raises(OutputError, match="expected the file lodged_month="):
        open_history(place)
