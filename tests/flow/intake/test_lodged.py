"""What other systems send is read field by field; what is wrong with one declaration touches no other."""

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.fields import FIELDS, LARGEST_ITEM, Level
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.intake.lodged_form import GOODS, MOST_ITEMS, MOST_UNKNOWN
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.selectivity.fingerprint import fingerprints

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def a_body(**changes: Any) -> dict[str, Any]:
    """A declaration as a system sends it; ``...`` leaves a field out."""
    body = {
        "declaration_id": "D1",
        "lodged_at": "2026-03-02T07:00:00+00:00",
        "post": "KG-TOR",
        "importer_id": "IMP-1",
        "container_ids": ["MSKU1234565", "MSKU7654321"],
        "items": [an_item(), an_item(hs="080810")],
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


def an_item(**changes: Any) -> dict[str, Any]:
    return {"hs": "870323", "origin": "CN", "net_mass": 100.5, "gross_mass": "110", "documents": []} | changes


def told(body: object) -> list[tuple[str, str]]:
    read = read_lodged([body], now=NOW)
    assert read.items.is_empty()
    return [(fault.field, fault.rule) for fault in read.wrong[0]]


def test_a_declaration_becomes_canonical_goods_items() -> None:
    read = read_lodged([a_body()], now=NOW)
    assert not read.wrong
    assert read.items.schema == pl.Schema(ITEM_SCHEMA)
    assert read.items["item"].to_list() == [1, 2]
    assert read.items["net_mass"].to_list() == [Decimal("100.5")] * 2
    assert read.items["container_ids"].to_list() == [["MSKU1234565", "MSKU7654321"]] * 2
    assert read.items["documents"].to_list() == [[], []]
    assert read.items["seal_ids"].to_list() == [None, None]
    assert read.places == {"D1": 0}


@pytest.mark.parametrize(
    "typed",
    [["MSKU 1234565"], ["MSKU 123456-5"], ["MSKU1234565/1"], ["MSKU1234565(22G1)"], "msku 1234565", ["МSKU1234565"]],
)
def test_a_container_typed_otherwise_leaves_the_same_marks(typed: object) -> None:
    usual, odd = (read_lodged([a_body(container_ids=one)], now=NOW).items for one in (["MSKU1234565"], typed))
    assert fingerprints(usual)["marks"].to_list() == fingerprints(odd)["marks"].to_list()
    twice = read_lodged([a_body(container_ids=["MSKU1234565", "MSKU1234565"])], now=NOW).items
    assert twice["container_ids"][0].to_list() == ["MSKU1234565"], "the same one twice is no second container"


@pytest.mark.parametrize(
    ("elements", "kept"),
    [
        (["MSCU1234566 MSCU", "7654321"], ["MSCU1234566", "MSCU", "7654321"]),
        (["MSCU", "1234566"], ["MSCU", "1234566"]),
        (["MSCU123456", "6TGHU7654321"], ["MSCU123456", "6TGHU7654321"]),
        (["MSCU123456", "6", "TGHU7654321"], ["MSCU123456", "6", "TGHU7654321"]),
        (["TGHU7654321 MSCU123456 7654321"], ["TGHU7654321", "MSCU123456", "7654321"]),
        (["MSCU 123456-6", "TGHU7654321"], ["MSCU1234566", "TGHU7654321"]),
    ],
)
def test_torn_containers_are_kept_as_they_are_written_and_no_two_elements_become_one(
    elements: list[str], kept: list[str]
) -> None:
    read = read_lodged([a_body(container_ids=elements)], now=NOW).items
    assert read["container_ids"][0].to_list() == kept


def test_elements_of_a_list_are_split_only_where_codes_have_no_blanks() -> None:
    body = a_body(seal_ids=["A 1", "B2"], container_ids=["TRUCK 7", "TRUCK8"], transit_countries=["KZ IR"])
    body["items"] = [an_item(documents=["851 911"], document_numbers=["851:UZ 17", "911:2"])]
    (read,) = read_lodged([body], now=NOW).items.to_dicts()
    assert (read["seal_ids"], read["container_ids"]) == (["A 1", "B2"], ["TRUCK 7", "TRUCK8"])
    assert (read["transit_countries"], read["documents"]) == (["KZ", "IR"], ["851", "911"]), (
        "nothing hides behind a blank"
    )
    assert read["document_numbers"] == ["851:UZ 17", "911:2"]


def test_a_declaration_without_a_moment_is_lodged_now() -> None:
    read = read_lodged([a_body(lodged_at=..., declaration_id="D2")], now=NOW)
    assert read.items["lodged_at"].to_list() == [NOW, NOW]
    assert read.items["version"].to_list() == [1, 1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], [("", "not-an-object")]),
        (a_body(items=...), [("items", "items")]),
        (a_body(items=[]), [("items", "items")]),
        (a_body(items=[an_item()] * (MOST_ITEMS + 1)), [("items", "items")]),
        (a_body(items=["car"]), [("items.1", "not-an-object")]),
        (a_body(post=...), [("post", "missing")]),
        (a_body(lane_wanted="green"), [("lane_wanted", "unknown-field")]),
        (a_body(examined=True), [("examined", "unknown-field")]),
        (a_body(items=[an_item(), an_item(finding=True)]), [("items.2.finding", "unknown-field")]),
        (a_body(importer_id={"id": 1}), [("importer_id", "nested")]),
        (a_body(container_ids=[1]), [("container_ids", "nested")]),
        (a_body(declaration_id=17), [("declaration_id", "type")]),
        (a_body(declaration_id=True, post=Decimal("1.5")), [("declaration_id", "type"), ("post", "type")]),
        (a_body(importer_id=["A", "B"]), [("importer_id", "type")]),
        (a_body(lodged_at=20260302, container_ids=7), [("lodged_at", "type"), ("container_ids", "type")]),
        (a_body(version=True, items=[an_item(hs=870323, net_mass=False)]), [("version", "type"), ("items.1.hs", "type"), ("items.1.net_mass", "type")]),
        (a_body(importer_name="\ud800"), [("importer_name", "encoding")]),
        (a_body(items=[an_item(hs="000000"), an_item(hs="0012345678")]), [("items.1.hs", "no-chapter"), ("items.2.hs", "no-chapter")]),
        (a_body(items=[an_item(hs="87.03"), an_item(origin="QQ")]), [("items.1.hs", "not-hs"), ("items.2.origin", "unknown-country")]),
        (a_body(items=[an_item(net_mass=0)]), [("items.1.net_mass", "below-minimum")]),
        (a_body(items=[an_item(net_mass=120)]), [("items.1.gross_mass", "gross-below-net")]),
        (a_body(items=[an_item(item=LARGEST_ITEM + 1)]), [("items.1.item", "above-maximum")]),
        (a_body(items=[an_item(item=str(2**31))]), [("items.1.item", "above-maximum")]),
        (a_body(items=[an_item(item=1), an_item(item=1)]), [("items", "duplicate-item")]),
        (a_body(lodged_at=(NOW + timedelta(hours=1)).isoformat()), [("lodged_at", "after-now")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_path(body: object, expected: list[tuple[str, str]]) -> None:
    assert told(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (a_body(colour="red", post=...), [("colour", "unknown-field"), ("post", "missing")]),
        (a_body(declaration_id=17, items=[an_item(hs="87.03")]), [("declaration_id", "type"), ("items.1.hs", "not-hs")]),
        (a_body(post=None, items=[]), [("items", "items"), ("post", "missing")]),
        (a_body(items=["car", an_item(origin="QQ")]), [("items.1", "not-an-object"), ("items.2.origin", "unknown-country")]),
        (a_body(items=[an_item(item=True), an_item(item=2), an_item(item=2)]), [("items.1.item", "type"), ("items", "duplicate-item")]),
        (a_body(items=[an_item(item=True), an_item(item=1)]), [("items.1.item", "type")]),
    ],
)  # fmt: skip
def test_faults_of_form_and_of_value_are_told_together(body: object, expected: list[tuple[str, str]]) -> None:
    assert told(body) == expected


def test_fields_that_are_wrong_in_form_are_told_in_no_more_time_the_more_items_there_are() -> None:
    def took(items: int) -> float:
        nested: dict[str, Any] = {field.name: {} for field in GOODS}
        body = a_body(items=[an_item(**nested) for _ in range(items)])
        began = time.process_time()
        assert len(told(body)) == len(GOODS) * items
        return time.process_time() - began

    took(1)
    few = min(took(MOST_ITEMS // 9) for _ in range(3))
    assert took(MOST_ITEMS) < 4 * 9 * few


def test_numbers_are_numbers_and_flags_are_flags() -> None:
    item = an_item(net_mass=Decimal("100.5"), gross_mass="110", packages=3, item=1)
    written = an_item(net_mass="100.5", gross_mass=110, packages="3", item="1")
    read = [read_lodged([a_body(version=each, items=[goods])], now=NOW) for each, goods in ((1, item), ("1", written))]
    assert read[0].items.equals(read[1].items)
    assert not read[0].wrong


def test_what_one_declaration_says_is_not_known_of_another() -> None:
    silent = a_body(declaration_id="D2", container_ids=...)
    both = read_lodged([a_body(seal_ids=["S1"]), silent], now=NOW).items.filter(declaration_id="D2")
    assert both.equals(read_lodged([silent], now=NOW).items)
    assert both["seal_ids"].to_list() == [None, None]


def test_one_wrong_declaration_leaves_the_others() -> None:
    sent = [a_body(), a_body(declaration_id="D2", post=None), a_body(declaration_id="D3"), a_body()]
    read = read_lodged(sent, now=NOW)
    assert read.items["declaration_id"].unique(maintain_order=True).to_list() == ["D1", "D3"]
    assert {place: faults[0].rule for place, faults in read.wrong.items()} == {1: "missing", 3: "duplicate"}
    assert read.places == {"D1": 0, "D3": 2}


def test_codes_of_which_nothing_is_said_are_as_unknown_in_a_file_as_in_a_message(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [{"documents": None}, {}, {"documents": []}, {"documents": ""}, {"documents": ["380"]}]
    bodies = [
        a_body(declaration_id=f"D{place}", items=[{"hs": "870323", "origin": "CN"} | each])
        for place, each in enumerate(said)
    ]
    message = read_lodged(bodies, now=NOW).items["documents"].to_list()
    assert message == [None, None, [], [], ["380"]]
    rows = [{**body, "item": 1, **body["items"][0]} for body in bodies]
    lines, table = tmp_path / "some.ndjson", tmp_path / "some.parquet"
    lines.write_text("\n".join(json.dumps(row | {"items": None}) for row in rows), encoding="utf-8")
    named = ["declaration_id", "lodged_at", "post", "importer_id", "item", "hs", "origin", "documents"]
    pl.DataFrame(
        [
            {**{name: row.get(name) for name in named}, "documents": codes}
            for row, codes in zip(rows, message, strict=True)
        ]
    ).write_parquet(table)
    mapping = tmp_path / "m.yaml"
    fields = "".join(f"  {name}: {name}\n" for name in named)
    mapping.write_text(f"title: T\nsource: S\nlicence: L\nfields:\n{fields}", encoding="utf-8")
    for file in (lines, table):
        assert take_in([file], load_mapping(mapping)).items["documents"].to_list() == message, file.suffix
    mapping.write_text(
        mapping.read_text().replace(" documents\n", ' {column: documents, missing: ["-"]}\n'), encoding="utf-8"
    )
    cells = tmp_path / "some.csv"
    cells.write_text(
        ",".join(named)
        + "".join(f"\nD{n},2026-03-01,P,I,1,870323,CN,{cell}" for n, cell in enumerate(["-", "", "380"]))
    )
    assert take_in([cells], load_mapping(mapping)).items["documents"].to_list() == [None, [], ["380"]]


def test_a_file_and_a_message_say_the_same(tmp_path: Path) -> None:
    body = a_body(seal_ids=[], transit_countries=[], items=[an_item(document_numbers=[])] * 2)
    rows = [
        {**{n: v for n, v in body.items() if n != "items"}, **item, "item": place}
        for place, item in enumerate(body["items"], 1)
    ]
    file = tmp_path / "one.ndjson"
    named = {field.name: None for field in FIELDS if field.level is not Level.OUTCOME}
    file.write_text("\n".join(json.dumps(named | {"version": 1} | row) for row in rows), encoding="utf-8")
    mapping = load_mapping(Path("mappings/own.yaml"))
    read = take_in([file], mapping).items.drop("file", "row")
    assert read_lodged([body], now=NOW).items.drop("file", "row").equals(read)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from([field.name for field in FIELDS] + ["items", "x"])


@given(
    st.dictionaries(_NAMES, _JSON, max_size=6),
    st.lists(st.dictionaries(_NAMES, _JSON, max_size=4) | _JSON, max_size=3),
)
def test_whatever_is_sent_is_read_or_refused_with_a_path(header: dict[str, Any], items: list[Any]) -> None:
    read = read_lodged([a_body() | header | {"items": items}, a_body(declaration_id="GOOD")], now=NOW)
    assert "GOOD" in read.places or header.get("declaration_id") == "GOOD"
    assert (0 in read.wrong) or 0 in read.places.values()
    assert all(fault.rule and fault.expected for faults in read.wrong.values() for fault in faults)


LATE_EVENING = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
"""Half past one of the 28th in Bishkek."""


@pytest.mark.parametrize(
    ("stated", "zone", "lodged"),
    [
        ("2026-11-28", "Asia/Bishkek", LATE_EVENING),  # the day has begun there
        ("2026-11-28", "UTC", None),
        ("2026-11-29", "Asia/Bishkek", None),
        ("2026-11-27", "Asia/Bishkek", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2026-11-27T19:30:02Z", "UTC", LATE_EVENING),  # the other clock is a little ahead
        ("2026-11-27T19:35:00Z", "Asia/Bishkek", LATE_EVENING),
        ("2026-11-27T19:35:01Z", "UTC", None),
        ("2026-11-28T01:29:00+06:00", "UTC", LATE_EVENING - timedelta(minutes=1)),
    ],
)
def test_a_day_counts_by_the_clock_of_the_office_and_a_clock_may_be_a_little_ahead(
    stated: str, zone: str, lodged: datetime | None
) -> None:
    read = read_lodged([a_body(lodged_at=stated)], now=LATE_EVENING.astimezone(ZoneInfo(zone)))
    assert read.items["lodged_at"].to_list() == ([lodged] * 2 if lodged else [])
    assert [fault.rule for faults in read.wrong.values() for fault in faults] == ([] if lodged else ["after-now"])


def test_references_that_look_alike_are_one_or_refused() -> None:
    composed, apart = (read_lodged([a_body(declaration_id=one)], now=NOW) for one in ("КЙ-1", "КИ\u0306-1"))
    assert composed.places == apart.places == {"КЙ-1": 0}
    assert told(a_body(declaration_id="KG\u200b-1")) == [("declaration_id", "control-characters")]
    both = read_lodged([a_body(declaration_id="КЙ-1"), a_body(declaration_id="КИ\u0306-1")], now=NOW)
    assert [fault.rule for fault in both.wrong[1]] == ["duplicate"]


def test_of_fields_that_no_declaration_has_the_first_are_told_and_how_many_more_there_are() -> None:
    strange = {f"x{number}": 1 for number in range(50_000)}
    (faults,) = read_lodged([a_body(items=[an_item(), an_item(hs="87.03", **strange)])], now=NOW).wrong.values()
    assert [fault.field for fault in faults[:MOST_UNKNOWN]] == [f"items.2.x{number}" for number in range(MOST_UNKNOWN)]
    assert [(fault.field, fault.got) for fault in faults[MOST_UNKNOWN:]] == [
        ("items.2", "49980 more that it has not"),
        ("items.2.hs", "'87.03'"),
    ]
