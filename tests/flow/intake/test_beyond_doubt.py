"""What is taken without asking the rules is what the rules would have read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.domain.fields import FIELDS, Kind, Level
from darvoza.flow.intake import lodged
from darvoza.flow.intake.beyond_doubt import READERS, Doubt
from darvoza.flow.intake.lodged import Lodged

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)

TEXTS = st.sampled_from(
    ["", " ", "A", " A", "a b", "кар-строй", "ё" * 70, "x\n", "x\x00", "\u00a0x", "\ud800", "ß", "A" * 5000, "1.0", "0",
     "KG-B0015", "bad 1", "ВАD1", "Ａ１", "-", "1.5e10", "ﬃ" * 60, "½1"]
)  # fmt: skip
NUMBERS = st.sampled_from(
    [0, 1, -1, 7, 10**15, 10**40, 1.5, 0.1, 1e-9, 1e30, float("nan"), float("inf"), True, "1", "1.50", "+1", "-1", ".5",
     "1e3", "1,5", " 1", "0001", "9" * 15, "9" * 33, "1.1234567", "1.123456"]
)  # fmt: skip
MOMENTS = st.sampled_from(
    ["2026-03-01", "2026-03-01T09:30", "2026-03-01T09:30:00", "2026-03-01T09:30:00Z", "2026-03-01 09:30:00+06:00",
     "2026-03-01T09:30:00.5Z", "2026-02-30", "2026-03-01T24:00:00Z", "2026-03-01T23:59:60Z", "1989-12-31T23:59:59Z",
     "2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000001Z", "2026-03-02T13:59:00+06:00", "2026-03-01T09:30:00+24:00",
     "2026-03-01T09:30:00+06:60", "2026-03-01T09:30:00-05:99",
     "0001-01-01T00:00:00+06:00", "9999-12-31T23:59:59-06:00"]
)  # fmt: skip
LISTS = st.lists(
    TEXTS | st.sampled_from(["MSKU1234565", "TGHU7654321", "MSKU 1234565", "MSKU1234565/1", "2940123", "A,B", "C D"]),
    max_size=3,
)
OF_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.AMOUNT: NUMBERS,
    Kind.INTEGER: NUMBERS,
    Kind.MOMENT: MOMENTS,
    Kind.HS: st.sampled_from(["870323", "87.03", "8703231900", "87032319001", "８７０３２３"]),
    Kind.COUNTRY: st.sampled_from(["CN", "cn", "ZZ", "", "ΚΓ"]),
    Kind.CURRENCY: st.sampled_from(["USD", "usd", "ABC"]),
    Kind.FLAG: st.sampled_from([True, False, "true", "TRUE", "yes", "1", 1, 0, "2"]),
    Kind.CODES: LISTS | TEXTS,
}
ANYTHING = st.none() | NUMBERS | TEXTS | MOMENTS | LISTS | st.dictionaries(TEXTS, TEXTS, max_size=1)
GIVEN = tuple(field for field in FIELDS if field.level is not Level.OUTCOME)


def values(draw: st.DrawFn, level: Level) -> dict[str, Any]:
    """Some fields of an object, mostly with values of their kind."""
    named = draw(st.lists(st.sampled_from([field for field in GIVEN if field.level is level]), max_size=4, unique=True))
    return {
        field.name: draw(OF_KIND.get(field.kind, TEXTS | st.sampled_from([*field.choices, "A"])) if draw(st.booleans()) else ANYTHING)
        for field in named
    }  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> list[Any]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        items = [{"hs": "870323", "origin": "CN"} | values(draw, Level.ITEM) for _ in range(draw(st.integers(1, 3)))]
        head = {"declaration_id": f"D{number}", "post": "KG-TOR", "importer_id": "I"} | values(draw, Level.DECLARATION)
        made.append(head | {"items": items})
    return made


def taken(sent: list[Any]) -> Lodged | None:
    try:
        return lodged._taken(sent, NOW)
    except Doubt:
        return None


@settings(max_examples=200)
@given(bodies())
def test_what_is_taken_is_what_the_rules_read(sent: list[Any]) -> None:
    made = taken(sent)
    if made is not None:
        read = lodged._by_the_rules(sent, NOW)
        assert not read.wrong
        assert made.items.schema == read.items.schema
        assert made.items.equals(read.items)
        assert made.places == read.places


@settings(max_examples=150)
@given(st.data(), st.sampled_from([field for field in GIVEN if field.name not in {"declaration_id", "item"}]))
def test_each_value_is_doubted_or_read_as_by_the_rules(data: st.DataObject, field: Any) -> None:
    value = data.draw(OF_KIND.get(field.kind, TEXTS | st.sampled_from([*field.choices, "A"])))
    body: dict[str, Any] = {"declaration_id": "D", "post": "KG-TOR", "importer_id": "I"}
    item: dict[str, Any] = {"hs": "870323", "origin": "CN"}
    (item if field.level is Level.ITEM else body)[field.name] = value
    made = taken([body | {"items": [item]}])
    read = lodged._by_the_rules([body | {"items": [item]}], NOW)
    if made is not None:
        assert made.items.equals(read.items)
        assert not read.wrong


def test_what_a_system_usually_sends_is_beyond_doubt() -> None:
    item = {"hs": "870323", "origin": "CN", "net_mass": 100.5, "gross_mass": "110", "documents": ["380", "705"],
            "description": "автомобиль легковой", "packages": 1, "customs_value": "9296.38"}  # fmt: skip
    body = {"declaration_id": "D", "lodged_at": "2026-03-02T07:00:00Z", "post": "KG-TOR", "importer_id": "I",
            "declarant_id": "KG-B0015", "carrier_id": "Тj c0298", "container_ids": [], "importer_name": "ОсОО «Ала-Тоо»", "items": [item, item]}  # fmt: skip
    made = taken([body])
    assert made is not None
    assert made.items.equals(lodged._by_the_rules([body], NOW).items)


@pytest.mark.parametrize("items", [[], "x", [{"hs": "870323"}], [{"hs": "870323", "origin": "CN", "item": 1}] * 2])
def test_goods_that_are_not_plain_are_left_to_the_rules(items: object) -> None:
    assert taken([{"declaration_id": "D", "post": "P", "importer_id": "I", "items": items}]) is None


@pytest.mark.parametrize("zone", ["+06:60", "-05:99", "+24:00"])
def test_a_zone_that_no_clock_has_is_refused_whatever_is_lodged_beside_it(zone: str) -> None:
    body = {"declaration_id": "D1", "lodged_at": f"2026-03-01T09:30:00{zone}", "post": "KG-TOR", "importer_id": "I",
            "items": [{"hs": "870323", "origin": "CN"}]}  # fmt: skip
    doubted = body | {"declaration_id": "D2", "lodged_at": "2026-03-01T09:30"}
    alone, beside = lodged.read_lodged([body], now=NOW), lodged.read_lodged([body, doubted], now=NOW)
    assert [fault.rule for fault in alone.wrong[0]] == [fault.rule for fault in beside.wrong[0]] == ["not-a-date"]


def test_every_field_has_a_reader() -> None:
    assert set(READERS) == {field.name for field in FIELDS}
