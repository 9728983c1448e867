"""What was read of a message is lodged by the interface as it was read, and never a part of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from darvoza.cli.main import main
from darvoza.flow.gate.lodgeable import lodgeable, reasons_told
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.intake.lodged_form import GOODS, HEADER
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.report import check_report

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


MAPPING = """
format: {{kind: {kind}}}
fields: {{declaration_id: Ref, lodged_at: Date, post: Post, importer_id: Importer, hs: HS, origin: Origin, description: Goods}}
item: {{number_within: declaration_id}}
"""
CAR, MEAT = ("2026-03-02,P1,I1,870323,CN,car", "2026-03-02,P1,I1,020130,CN,meat")


def taken_from(path: Path, content: str | bytes, kind: str) -> Intake:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    mapping = path.with_name("mapping.yaml")
    mapping.write_text(MAPPING.format(kind=kind), encoding="utf-8")
    return take_in([path], load_mapping(mapping))


def lodged(intake: Intake) -> list[str]:
    return [each["declaration_id"] for each in lodgeable(intake).declarations]


@pytest.mark.parametrize(
    "broken",
    [
        f"20,{MEAT}, boneless",
        '20,2026-03-02,P1,I1,020130,CN,"meat 5" long',
        '20,2026-03-02,P1,I1,020130,CN,"meat',
        '"20",2026-03-02,P1,I1,020130,CN,"meat" x',
    ],
)
def test_a_row_that_cannot_be_split_is_a_row_of_its_declaration(tmp_path: Path, broken: str) -> None:
    lines = ["Ref,Date,Post,Importer,HS,Origin,Goods", f"20,{CAR}", f"21,{CAR}", broken, f"20,{CAR}"]
    intake = taken_from(tmp_path / "rows.csv", "\n".join(lines), "csv")
    assert intake.rejected.get_column("declaration_id").to_list() == ["20"]
    assert lodged(intake) == ["21"]
    assert list(reasons_told(lodgeable(intake))) == ["1 left out: a row was rejected"]
    assert intake.items.sort("declaration_id", "item").get_column("item").to_list() == [1, 3, 1], "its number is taken"


@pytest.mark.parametrize(
    "broken", ["20,2026-03-02,P1", '"20"x,2026-03-02,P1,I1,020130,CN,meat', ", boneless,x", f",{MEAT}"]
)
def test_while_a_rejected_row_names_no_declaration_none_of_its_file_is_lodged(tmp_path: Path, broken: str) -> None:
    lines = ["Ref,Date,Post,Importer,HS,Origin,Goods", f"20,{CAR}", f"21,{CAR}", broken]
    intake = taken_from(tmp_path / "rows.csv", "\n".join(lines), "csv")
    found = lodgeable(intake)
    assert (found.declarations, sum(found.left_out.values())) == ([], 2)
    assert "names no declaration" in next(reasons_told(found))
    assert "rows.csv: 1 rejected rows name no declaration" in check_report(intake)


def test_a_quote_that_is_not_closed_takes_no_row_with_it(tmp_path: Path) -> None:
    head = '20,2026-03-02,P1,I1,870323,CN,"car'
    lines = ["Ref,Date,Post,Importer,HS,Origin,Goods", head, f"20,{MEAT}", f'21,{CAR}"', f"22,{CAR}"]
    intake = taken_from(tmp_path / "rows.csv", "\n".join(lines) + "\n", "csv")
    assert (intake.read, lodged(intake)) == (4, ["21", "22"])
    text = '20,2026-03-02,P1,I1,870323,CN,"car, red,\nand, as agreed, clean"\n'
    assert taken_from(tmp_path / "rows.csv", lines[0] + "\n" + text, "csv").accepted == 1


def test_a_formula_without_its_value_and_a_nested_value_are_rows_of_their_declaration(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in ("Ref,Date,Post,Importer,HS,Origin,Goods", f"30,{CAR}", f"31,{CAR}", f"30,{MEAT}"):
        sheet.append(line.split(","))
    sheet["E4"] = "=1+1"
    book.save(tmp_path / "rows.xlsx")
    assert lodged(taken_from(tmp_path / "rows.xlsx", (tmp_path / "rows.xlsx").read_bytes(), "excel")) == ["31"]
    names = ("Ref", "Date", "Post", "Importer", "HS", "Origin", "Goods")
    rows: list[dict[str, object]] = [
        dict(zip(names, f"{ref},{CAR}".split(","), strict=True)) for ref in ("40", "41", "40")
    ]
    rows[2]["Goods"] = {"name": "meat"}
    text = "\n".join(map(json.dumps, rows))
    assert lodged(taken_from(tmp_path / "rows.ndjson", text, "ndjson")) == ["41"]
    assert lodged(taken_from(tmp_path / "rows.ndjson", text + '\n{"Ref": "41", "HS', "ndjson")) == []


def test_an_item_of_a_message_with_two_values_is_a_row_of_its_declaration(tmp_path: Path) -> None:
    text = (MESSAGES / "dec.xml").read_text(encoding="utf-8").replace("GoodsItemQuantity>1<", "GoodsItemQuantity>2<")
    item = text[text.index("<GovernmentAgencyGoodsItem>") : text.index("</GoodsShipment>")]
    second = item.replace("<SequenceNumeric>1<", "<SequenceNumeric>2<", 1).replace(
        "<Commodity>", "<Commodity><Description>x</Description>"
    )
    path = tmp_path / "dec.xml"
    path.write_text(text.replace("</GoodsShipment>", f"{second}</GoodsShipment>"), encoding="utf-8")
    intake = take_in([path], load_mapping(ROOT / "mappings" / "wco_dec.yaml"))
    assert intake.rejected.get_column("rule").to_list() == ["several-values"]
    assert (intake.accepted, intake.rejected.get_column("declaration_id").to_list()) == (1, ["LRN-1"])
    assert lodged(intake) == []


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
    said = capsys.readouterr().out
    assert f"{out}: 1 to lodge" in said
    assert "goods lodged again are known (fingerprint_basis): 1 by containers\n" in said
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["items"][0]["hs"] == "7607111110"
    assert main([*words, "--json", str(out)]) == 2, "nothing is overwritten"
