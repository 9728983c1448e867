"""Declarations as other systems write them: each mapping beside a message written for this test."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.parser import Parser

from darvoza.errors import InvalidMapping, UnreadableFile
from darvoza.flow.intake.edifact import _segments, read_edifact
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.reading_tree import read_declarations_xml
from darvoza.flow.selectivity.fingerprint import fingerprints

HERE = Path(__file__).parent / "messages"
MAPPINGS = Path(__file__).parents[3] / "mappings"
MESSAGES = {"asycuda_sad": "sad.xml", "esadout_cu": "esadout.xml", "wco_dec": "dec.xml", "cusdec_d96b": "cusdec.edi"}


def taken(mapping: str, path: Path | None = None) -> Intake:
    return take_in([path or HERE / MESSAGES[mapping]], load_mapping(MAPPINGS / f"{mapping}.yaml"))


def first(intake: Intake) -> dict[str, Any]:
    return intake.items.row(0, named=True)


def differing(found: dict[str, Any], **wanted: object) -> dict[str, object]:
    return {name: found[name] for name, value in wanted.items() if found[name] != value}


def test_a_sad_of_asycuda_is_read_with_its_misspellings_and_its_nulls() -> None:
    found = first(taken("asycuda_sad"))
    assert not differing(
        found, declaration_id="KG10/2026-03-02/I/1207", lodged_at=datetime(2026, 3, 2, tzinfo=UTC), post="KG10",
        importer_id="01234567890123", exporter_id=None, exporter_name="NORTH ORCHARD LTD., UNIT 3, FERGANA", incoterm="CFR",
        transport_mode="3", transport_document="CMR4471", item=1, hs="08131000", description="Dried apricots in cartons",
        origin="UZ", preference=None, packages=Decimal("0.06"), net_mass=Decimal(990), price=Decimal("1500.5"),
        customs_value=Decimal("130543.5"), supplementary_unit="KGM", supplementary_quantity=Decimal(990), destination_country=None,
    )  # fmt: skip


def test_an_item_that_cannot_be_used_is_rejected_and_the_others_go_on() -> None:
    intake = taken("asycuda_sad")
    assert (intake.read, intake.accepted) == (2, 1)
    assert intake.rejected.row(0, named=True)["got"] == "'0806'"
    assert "Grapes" in intake.rejected.row(0, named=True)["record"]


def test_a_declaration_of_the_union_is_read_whatever_the_version_of_its_namespaces() -> None:
    found = first(taken("esadout_cu"))
    assert not differing(
        found, declaration_id="6F9619FF-8B86-D011-B42D-00CF4FC964FF", flow="I", procedure="4000", post="39855302",
        importer_id="020240000555", importer_name="ТОО «Темир»", transport_mode="3", vehicle_id="123ABC02", trailer_id="77TRL02", hs="8708309109",
        supplementary_unit="C62", exporter_country="CN", net_mass=Decimal(500), package_kind="CS", packages=Decimal(20),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "preference"),
    [("ОО", None), ("OO", None), ("-", None), ("ОП", "ОП")],  # Cyrillic, Latin; goods of a developing country
)
def test_a_tariff_preference_of_the_union_is_the_privilege_of_the_duty(
    written: str, preference: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "declared.xml"
    text = (HERE / "esadout.xml").read_text()
    path.write_text(
        text.replace("<a:Rate>ОО", f"<a:CustomsDuty>{written}</a:CustomsDuty><a:Excise>-</a:Excise><a:Rate>ЛД")
    )
    assert first(taken("esadout_cu", path))["preference"] == preference
    assert first(taken("esadout_cu"))["preference"] is None


def test_a_dec_of_the_wco_is_read_with_its_zone_its_parts_of_the_code_and_its_lists() -> None:
    found = first(taken("wco_dec"))
    assert not differing(
        found, declaration_id="LRN-1", flow="I", lodged_at=datetime(2026, 3, 2, 3, 30, tzinfo=UTC), hs="7607111110",
        invoice_currency="USD", invoice_total=Decimal("864.95"), procedure="4000", documents=["851", "935"],
        container_ids=["MSCU1234566", "TGHU7654321"], exporter_country="UZ", package_kind="PK",
    )  # fmt: skip


def test_a_cusdec_is_read_segment_by_segment() -> None:
    intake = taken("cusdec_d96b")
    assert not differing(
        first(intake), declaration_id="00505655KG20260302000088", lodged_at=datetime(2026, 3, 2, tzinfo=UTC), post="KG10",
        importer_id="01234567890123", importer_name="OSOO BAK", exporter_name="GUANGZHOU WASHERS", declarant_id="791",
        export_country="CN", total_gross_mass=Decimal(500), container_ids=["MSCU1234566"], hs="845012907", item=1,
        transport_document="081-21333222", supplementary_quantity=Decimal(20), price=Decimal(2250), customs_value=Decimal("2310.5"),
    )  # fmt: skip
    assert intake.items["description"].to_list() == ["WASHING MACHINES", "PARTS OF THEM"]


@pytest.mark.parametrize("mapping", MESSAGES)
def test_what_a_mapping_does_not_speak_of_is_kept(mapping: str) -> None:
    intake = taken(mapping)
    kept = dict(intake.left.select("path", "value").iter_rows())
    expected = {
        "asycuda_sad": ("Item/Tarification/A.I._code", "7"),
        "esadout_cu": ("ESADout_CUGoodsShipment/TotalCustCost", "1912060"),
        "wco_dec": ("GoodsShipment/GovernmentAgencyGoodsItem/GovernmentProcedure/CurrentCode", "000"),
        "cusdec_d96b": ("PAC/PCI/2/1", "CARTONS, BROKER'S MARK"),
    }[mapping]
    assert kept[expected[0]] == expected[1]


@pytest.mark.parametrize("mapping", MESSAGES)
def test_what_is_mapped_or_left_out_by_name_is_not_kept_twice(mapping: str) -> None:
    loaded = load_mapping(MAPPINGS / f"{mapping}.yaml")
    plain = {source.column for source in loaded.fields if not source.paths and "[" not in source.column}
    assert not plain & set(taken(mapping).left["path"])


def test_a_value_that_stands_twice_where_one_is_meant_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "twice.xml"
    text = (
        (HERE / "dec.xml").read_text().replace("<ID>UZ</ID>", "<ID>UZ</ID></ExportCountry><ExportCountry><ID>CN</ID>")
    )
    path.write_text(text)
    row = taken("wco_dec", path).rejected.row(0, named=True)
    assert (row["rule"], row["got"]) == ("several-values", "UZ, CN")


@pytest.mark.parametrize(
    ("mapping", "message", "fits"),
    [
        ("asycuda_sad", "dec.xml", "wco_dec"),
        ("asycuda_sad", "esadout.xml", "esadout_cu"),
        ("wco_dec", "sad.xml", "asycuda_sad"),
        ("wco_dec", "esadout.xml", "esadout_cu"),
        ("esadout_cu", "dec.xml", "wco_dec"),
        ("esadout_cu", "sad.xml", "asycuda_sad"),
    ],
)
def test_a_message_of_another_kind_is_refused_with_the_mapping_that_reads_it(
    mapping: str, message: str, fits: str
) -> None:
    with pytest.raises(UnreadableFile, match=rf"another kind: read it with the mapping {fits}\.yaml"):
        taken(mapping, HERE / message)


def test_a_declaration_without_goods_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    text = (HERE / "dec.xml").read_text()
    path.write_text(text[: text.index("<GovernmentAgencyGoodsItem>")] + "</GoodsShipment></Declaration></md:MetaData>")
    assert taken("wco_dec", path).rejected["rule"].to_list() == ["no-items"]


def test_a_draft_without_registration_number_has_no_identity(tmp_path: Path) -> None:
    path = tmp_path / "draft.xml"
    path.write_text((HERE / "sad.xml").read_text().replace("<Number>1207</Number>", "<Number/>"))
    errors = taken("asycuda_sad", path).rejected.filter(pl.col("field") == "declaration_id")
    assert errors["rule"].to_list() == ["missing"] * 2


def test_cyrillic_in_the_encoding_of_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.xml"
    text = (HERE / "esadout.xml").read_text().replace('encoding="UTF-8"', 'encoding="windows-1251"')
    path.write_bytes(text.encode("cp1251"))
    assert first(taken("esadout_cu", path))["description"] == "Тормозные колодки"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_message_in_utf_16_that_says_so_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.xml"
    text = (HERE / "esadout.xml").read_text(encoding="utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"')
    path.write_bytes(f"\ufeff{text}".encode(encoding))
    assert first(taken("esadout_cu", path))["description"] == "Тормозные колодки"


BOMB = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 99 + b'">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_declarations_xml, BOMB),
        (read_declarations_xml, b"<a>" * 70),
        (read_declarations_xml, b"<a><b></a>"),
        (read_declarations_xml, b"<a>" + b"<b/>" * 400_001 + b"</a>"),
        (read_declarations_xml, b" " * (32 * 2**20 + 1)),
        (read_edifact, b"UNH+1+CUSDEC:D:96B:UN'BGM+929'"),
        (read_edifact, b"UNB+UNOA:3+A+B+260302:0930+1'UNH+1+CUSDEC'FTX+AAA+++\xd0'UNT+3+1'"),
        (read_edifact, b" " * (16 * 2**20 + 1)),
        (read_edifact, b"hello"),
    ],
)
def test_a_damaged_or_hostile_message_is_refused(read: Callable[[bytes, str], object], data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(data, "message")


ENDS = [
    (
        "CST+0002+845090000:108:ZZZ+4000'\nFTX+AAA+++PARTS OF THEM'\nLOC+27+CN'\nMOA+38:100'\nMOA+40:104'\n",
        "",
        "segments",
    ),
    ("UNT+35+1'", "UNT+3+1'", "35 segments"),
    ("UNT+35+1'", "UNT+35+2'", "the reference 1 in UNT"),
    ("UNT+35+1'", "", "a UNT before UNZ"),
    ("UNZ+1+1'", "UNZ+2+1'", "1 groups or messages"),
    ("UNZ+1+1'", "UNZ+1+7'", "the reference 1 in UNZ"),
    ("UNZ+1+1'", "", "UNZ at the end"),
    ("UNB+UNOC:3+BROKER+KGCUSTOMS+260302:0930+1'\n", "", "the beginning of what UNZ ends"),
    (
        "UNH+1+CUSDEC:D:96B:UN'\n",
        "UNG+CUSDEC+A+B+260302:0930+9+UN+D:96B'\nUNH+1+CUSDEC:D:96B:UN'\n",
        "a UNE before UNZ",
    ),
]


@pytest.mark.parametrize(("old", "new", "why"), ENDS)
def test_a_message_that_lost_something_on_the_way_is_refused(old: str, new: str, why: str) -> None:
    text = (HERE / "cusdec.edi").read_text()
    assert text.count(old) == 1
    with pytest.raises(UnreadableFile, match=why):
        read_edifact(text.replace(old, new).encode(), "cusdec.edi")


def test_groups_and_several_messages_are_counted() -> None:
    one = "UNH+{0}+CUSDEC:D:96B:UN'BGM+929+A'UNT+3+{0}'"
    both = one.format(1) + one.format(2)
    group = f"UNB+UNOC:3+A+B+260302:0930+7'UNG+CUSDEC+A+B+260302:0930+9+UN+D:96B'{both}UNE+2+9'UNZ+1+7'"
    plain = f"UNB+UNOC:3+A+B+260302:0930+7'{both}UNZ+2+7'"
    assert [len(read_edifact(text.encode(), "two.edi").below) for text in (both, plain, group)] == [2, 2, 2]


@pytest.mark.parametrize(("began", "ended"), [("0001", "1"), ("R1", "01"), ("R1 ", "R1"), ("1", "0001"), ("01", "R1")])
def test_references_are_compared_as_numbers_and_without_blanks(began: str, ended: str) -> None:
    text = f"UNB+UNOC:3+A+B+260302:0930+{began}'UNH+1+CUSDEC:D:96B:UN'BGM+929+X+9'UNT+3+1'UNZ+1+{ended}'"
    if "R1" in {began, ended} and began.strip() != ended:
        with pytest.raises(UnreadableFile, match="the reference"):
            read_edifact(text.encode(), "d.edi")
    else:
        assert read_edifact(text.encode(), "d.edi").below[0].name == "CUSDEC"


@pytest.mark.parametrize(
    ("mapping", "old", "new"),
    [
        ("esadout_cu", "TotalGoodsNumber>1<", "TotalGoodsNumber>2<"),
        ("wco_dec", "GoodsItemQuantity>1<", "GoodsItemQuantity>x<"),
        ("asycuda_sad", "Total_number_of_items>2<", "Total_number_of_items>3<"),
        ("cusdec_d96b", "UNS+S'\n", "UNS+S'\nCNT+5:3'\n"),
    ],
)
def test_a_declaration_with_another_number_of_goods_items_than_it_states_is_kept_aside(
    tmp_path: Path, mapping: str, old: str, new: str
) -> None:
    text = (HERE / MESSAGES[mapping]).read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / MESSAGES[mapping]
    path.write_text(text.replace(old, new).replace("UNT+35", "UNT+36"), encoding="utf-8")
    intake = taken(mapping, path)
    usual = taken(mapping)
    assert (intake.accepted, set(intake.rejected["rule"])) == (0, {"item-count"})
    assert set(intake.rejected["declaration_id"]) == set(usual.items["declaration_id"]) | set(
        usual.rejected["declaration_id"]
    )


DOCUMENT = "<e:ESADout_CUPresentedDocument><c:PrDocumentNumber>{1}</c:PrDocumentNumber><e:PresentedDocumentModeCode>{0}</e:PresentedDocumentModeCode></e:ESADout_CUPresentedDocument>"
BOX = "<e:ESADContainer><c:ContainerNumber>{}</c:ContainerNumber></e:ESADContainer>"


def test_what_carries_the_goods_is_read_at_any_item_and_marks_all_of_them(tmp_path: Path) -> None:
    text = (HERE / "esadout.xml").read_text(encoding="utf-8").replace("TotalGoodsNumber>1<", "TotalGoodsNumber>2<")
    item = text[text.index("<e:ESADout_CUGoods>") : text.index("</e:ESADout_CUGoods>")]
    second = item.replace("GoodsNumeric>1<", "GoodsNumeric>2<") + BOX.format("TGHU7654321")
    papers = [("01401", "КД 17"), ("02015", "CMR-1"), ("02015", "CMR-2")]
    second += "".join(DOCUMENT.format(*each) for each in papers)
    path = tmp_path / "two.xml"
    path.write_text(
        text.replace(item, f"{item}{BOX.format('MSCU1234566')}</e:ESADout_CUGoods>{second}"), encoding="utf-8"
    )
    rows = taken("esadout_cu", path).items.to_dicts()
    assert [row["transport_document"] for row in rows] == ["CMR-1", "CMR-1"]
    assert [row["container_ids"] for row in rows] == [["MSCU1234566", "TGHU7654321"]] * 2
    assert [row["document_numbers"] for row in rows] == [[], ["01401:КД 17", "02015:CMR-1", "02015:CMR-2"]]
    assert fingerprints(taken("esadout_cu", path).items)["fingerprint_basis"].to_list() == ["document"]


def test_numbers_of_documents_are_read_with_their_codes() -> None:
    assert first(taken("wco_dec"))["document_numbers"] == ["851:PH-77", "935:INV-1"]
    left = taken("wco_dec").left["path"].to_list()
    assert not [path for path in left if path.endswith("AdditionalDocument/ID")]


def test_a_message_needs_a_mapping_for_messages() -> None:
    with pytest.raises(InvalidMapping, match="the paths declaration and item"):
        take_in([HERE / "dec.xml"], load_mapping(MAPPINGS / "own.yaml"))


def test_another_message_than_the_mapping_means_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="declarations at Declaration, got 'a ASYCUDA'"):
        taken("wco_dec", HERE / "sad.xml")


@settings(deadline=None)
@given(noise=st.binary(max_size=200), mapping=st.sampled_from(sorted(MESSAGES)), at=st.integers(0, 3000))
def test_damage_anywhere_is_an_error_with_a_name_and_never_a_crash(noise: bytes, mapping: str, at: int) -> None:
    data = (HERE / MESSAGES[mapping]).read_bytes()
    at = min(at, len(data))
    with TemporaryDirectory() as directory:
        path = Path(directory) / MESSAGES[mapping]
        path.write_bytes(data[:at] + noise + data[at + len(noise) :])
        with suppress(UnreadableFile, InvalidMapping):
            intake = taken(mapping, path)
            assert intake.read == intake.accepted + intake.rejected_rows > 0


@pytest.mark.filterwarnings("ignore")
@given(
    body=st.lists(st.text("?+:' \nAБ", max_size=12), max_size=6),
    service=st.sampled_from(["", "UNA:+.? '", "UNA+:.?*~"]),
)
def test_a_text_is_cut_as_pydifact_cuts_it_or_refused_with_a_reason(body: list[str], service: str) -> None:
    end, data = (service[8], service[4]) if service else ("'", "+")
    message = service + "".join(f"FTX{data}{text}{end}" for text in body)
    with suppress(UnreadableFile):
        ours = [
            (tag, [each if len(each) > 1 else each[0] for each in elements])
            for tag, elements in _segments(message, "a")
        ]
        theirs = [(segment.tag, segment.elements) for segment in Parser().parse(message) if segment.tag != "UNA"]
        assert ours == theirs


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A+b'", "tags of three"),
        ("FTX+b?'", "without an end"),
        ("FTX+b?\nc'", "the end of a line"),
        ("FTX+b", "without an end"),
        ("UNA:+.??'FTX+b'", None),
        ("UNA:+.:'FTX+b'", "which differ"),
        ("UNA:+", "which differ"),
        ("FTX+b?+\ufdd0'", "none"),
        ("FTX'" * 50_001, "at most 50000"),
        ("FTX" + "+" * 400_001 + "'", "at most 400000"),
        ("UNS+D'" * 4_001, "at most 4000 segments of service"),
        ("UNB'", "UN/EDIFACT segments"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_a_reason(text: str, why: str | None) -> None:
    with pytest.raises(UnreadableFile, match=why) if why else nullcontext():
        list(_segments(text, "a.edi"))


def test_a_character_is_released_and_a_space_releases_nothing() -> None:
    assert list(_segments("UNA:+.? 'FTX+b?+?'????:c?d'\r\nBGM+1::'", "a")) == [
        ("FTX", [["b+'??", "cd"]]),
        ("BGM", [["1"]]),
    ]
    assert list(_segments("UNA:+.  'FTX+b c'", "a")) == [("FTX", [["b c"]])]
