"""Long texts that a message cuts in pieces are read whole; a value that stands twice where one is meant is still no text."""

from pathlib import Path

import pytest

from darvoza.flow.intake.edifact import read_edifact
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.tree_path import path_of
from flow.intake.test_messages import HERE, MAPPINGS, MESSAGES


def changed(tmp_path: Path, mapping: str, *changes: tuple[str, str]) -> Intake:
    text = (HERE / MESSAGES[mapping]).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / MESSAGES[mapping]
    path.write_text(text, encoding="utf-8")
    return take_in([path], load_mapping(MAPPINGS / f"{mapping}.yaml"))


def test_a_description_of_the_union_in_several_elements_is_one(tmp_path: Path) -> None:
    pieces = "Тормозные</a:GoodsDescription>\n<a:GoodsDescription/><a:GoodsDescription>колодки"
    found = changed(tmp_path, "esadout_cu", ("Тормозные колодки", pieces))
    assert found.rejected.is_empty()
    assert found.items["description"].to_list() == ["Тормозные колодки"]


def test_a_description_and_a_name_in_several_components_are_read_to_their_end(tmp_path: Path) -> None:
    found = changed(
        tmp_path, "cusdec_d96b", ("WASHING MACHINES'", "WASHING MACHINES:::OF STEEL, USED'\nFTX+AAA+++FOR HOTELS:IN OSH'"),
        ("OSOO BAK'", "OSOO BAK:AND PARTNERS::::1'"), ("GUANGZHOU WASHERS'", "GUANGZHOU:WASHERS?: LTD.'"), ("UNT+35", "UNT+36"),
    )  # fmt: skip
    assert found.rejected.is_empty()
    item = found.items.row(0, named=True)
    assert item["description"] == "WASHING MACHINES OF STEEL, USED FOR HOTELS IN OSH"
    assert (item["importer_name"], item["exporter_name"]) == ("OSOO BAK AND PARTNERS", "GUANGZHOU WASHERS: LTD.")
    assert not {path for path in found.left["path"] if "FTX" in path}


@pytest.mark.parametrize(("field", "element"), [("hs", "GoodsTNVEDCode"), ("origin", "OriginCountryCode")])
def test_two_codes_are_not_pieces_of_one(tmp_path: Path, field: str, element: str) -> None:
    found = changed(tmp_path, "esadout_cu", (f"</a:{element}>", f"</a:{element}><a:{element}>87</a:{element}>"))
    assert found.rejected["rule"].to_list() == ["several-values"], field


def test_a_run_of_numbers_is_one_value_of_each_element() -> None:
    tree = read_edifact(b"UNH+1+CUSDEC:D:96B:UN'FTX+a:b::c:d:f'FTX+:::::g'FTX+h'UNT+5+1'", "d.edi")
    assert list(path_of("CUSDEC/FTX/1/1..5").values(tree)) == ["a b c d", "h"]
    assert list(path_of("CUSDEC/FTX/1/6..9").values(tree)) == ["f", "g"]


def test_a_text_beside_elements_and_what_the_declaration_says_of_itself_are_kept(tmp_path: Path) -> None:
    found = changed(tmp_path, "wco_dec", ("<Commodity>", "<Commodity>see the list<Extra>and <b>x</b>\n this</Extra>"))
    item = "GoodsShipment/GovernmentAgencyGoodsItem/Commodity"
    kept = dict(found.left.select("path", "value").iter_rows())
    assert kept[f"{item}/Extra"] == "and this"
    assert kept[f"{item}/Extra/b"] == "x"
    assert kept[item] == "see the list"
    union = changed(tmp_path, "esadout_cu")
    assert dict(union.left.select("path", "value").iter_rows())["@DocumentModeID"] == "1006107E"
