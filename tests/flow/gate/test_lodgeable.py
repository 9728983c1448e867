"""What was read of a message is lodged by the interface as it was read, and never a part of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli.main import main
from darvoza.flow.gate.lodgeable import lodgeable, reasons_told
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.lodged import GOODS, HEADER, read_lodged
from darvoza.flow.intake.mapping import load_mapping

ROOT = Path(__file__).parents[3]
MESSAGES = ROOT / "tests" / "flow" / "intake" / "messages"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
FIELDS = [field.name for field in (*HEADER, *GOODS)]


def taken(message: str, mapping: str) -> Intake:
    return take_in([MESSAGES / message], load_mapping(ROOT / "mappings" / f"{mapping}.yaml"))


def with_items(intake: Intake, items: pl.DataFrame) -> Intake:
    return replace(intake, items=items, accepted=len(items), read=len(items), rejected_rows=0)


@pytest.mark.parametrize(
    ("message", "mapping"), [("cusdec.edi", "cusdec_d96b"), ("dec.xml", "wco_dec"), ("esadout.xml", "esadout_cu")]
)
def test_a_message_is_lodged_as_it_was_read(message: str, mapping: str) -> None:
    intake = taken(message, mapping)
    found = lodgeable(intake)
    assert (len(found.declarations), dict(found.left_out)) == (1, {})
    read = read_lodged([json.loads(line) for line in found.text().splitlines()], now=NOW)
    assert not read.wrong
    version = pl.col("version").fill_null(1)
    assert read.items.select(FIELDS).equals(intake.items.select(FIELDS).with_columns(version))


def test_a_declaration_with_a_rejected_row_is_left_out_as_a_whole() -> None:
    found = lodgeable(taken("sad.xml", "asycuda_sad"))
    assert found.declarations == []
    assert list(reasons_told(found)) == ["1 left out: a row was rejected"]


def test_of_several_versions_the_last_is_given_and_rows_have_to_agree() -> None:
    intake = taken("cusdec.edi", "cusdec_d96b")
    earlier = intake.items.with_columns(version=pl.lit(1, pl.Int64))
    both = pl.concat([earlier, earlier.with_columns(version=pl.lit(2, pl.Int64))])
    found = lodgeable(with_items(intake, both))
    assert [each["version"] for each in found.declarations] == [2]
    assert found.left_out == {"an earlier version": 1}
    odd = intake.items.with_columns(importer_id=pl.Series(["A", "B"]))
    found = lodgeable(with_items(intake, odd))
    assert (found.declarations, list(found.left_out)) == ([], ["its rows do not agree on what they declare in common"])
    many = pl.concat([intake.items] * 500)
    assert list(lodgeable(with_items(intake, many)).left_out) == ["more than 999 goods items"]


def test_the_command_writes_what_can_be_lodged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.ndjson"
    words = ["intake", "check", str(MESSAGES / "dec.xml"), "--mapping", str(ROOT / "mappings" / "wco_dec.yaml")]
    assert main([*words, "--json", str(out)]) == 0
    assert f"{out}: 1 to lodge" in capsys.readouterr().out
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["items"][0]["hs"] == "7607111110"
    assert main([*words, "--json", str(out)]) == 2, "nothing is overwritten"
