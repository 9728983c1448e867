"""The fingerprint: re-lodging the same goods never buys a second draw."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, Item, an_item, goods
from darvoza.flow.selectivity.fingerprint import BASES, SAME_GOODS_DAYS, Marked, fingerprints, fingerprints_of_few
from darvoza.flow.selectivity.same_goods import first_draws, first_lodgings

BOXES = ["MSCU1234566", "TCLU7654321"]
NO_PAPER: dict[str, object] = {"transport_document": None}
NO_EQUIPMENT: dict[str, object] = {"transport_document": None, "container_ids": [], "vehicle_id": None}


Marks = dict[str, str]


def marks_of(*rows: Item) -> Marks:
    """The marks of one declaration, by what they rest on; of several containers that of all of them."""
    found = fingerprints(goods(*rows))
    assert found.height == 1
    marks = dict(mark.split(":") for mark in reversed(found["marks"].item().to_list()))
    marks = {basis: marks[basis] for basis in BASES if basis in marks}
    assert (found["fingerprint_basis"].item(), found["fingerprint"].item()) == next(iter(marks.items()))
    assert all(len(digits) == 64 for digits in marks.values())
    return marks


def marks(**changes: object) -> Marks:
    return marks_of(an_item(**{"container_ids": BOXES, **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"net_mass": Decimal(1), "gross_mass": Decimal(2), "packages": Decimal(99), "total_gross_mass": Decimal(5)},
        {"customs_value": Decimal(1), "price": Decimal(1), "invoice_total": Decimal(1), "freight": None},
        {"description": "spare parts", "importer_name": "Another Name", "exporter_name": "Seller"},
        {"origin": "GE", "export_country": "AE", "preference": "FTA"},
        {"post": "KG-OSH", "border_post": "KG-IRK"},
        {"declarant_id": "B-9", "carrier_id": None, "exporter_id": "EXP-9"},
        {"declaration_id": "D-OTHER", "version": 7, "lodged_at": START + timedelta(days=3)},
        {"hs": "870390"},  # another subheading of the same heading
        {"container_ids": BOXES[::-1]},
        {"seal_ids": ["S1"], "documents": [], "tax_rate": Decimal("0.05"), "item": 4},
    ],
    ids="+".join,
)
def test_what_can_change_without_moving_the_goods_does_not_change_it(changes: dict[str, object]) -> None:
    assert marks(**changes) == marks()


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({"importer_id": "IMP-2"}, {"document", "containers", "vehicle"}),
        ({"hs": "870423"}, {"document", "containers", "vehicle"}),
        ({"transport_document": "CMR-2"}, {"document"}),
        ({"container_ids": BOXES[:1]}, {"containers"}),
        ({"vehicle_id": "01KG999ABC"}, {"vehicle"}),
    ],
)
def test_other_goods_have_other_marks(changes: dict[str, object], other: set[str]) -> None:
    before, after = marks(), marks(**changes)
    assert {basis for basis in before if before[basis] != after[basis]} == other


@pytest.mark.parametrize("spelling", ["cmr-77а", "CMR 77A", " Cmr.77/a", "СМR77А", "смr-77а", "CMR--77 A "])
def test_spelling_the_transport_document_otherwise_changes_nothing(spelling: str) -> None:
    assert marks(transport_document=spelling) == marks(transport_document="CMR77A")


@pytest.mark.parametrize("field", ["importer_id", "vehicle_id"])
def test_spelling_a_trader_or_a_vehicle_otherwise_changes_nothing(field: str) -> None:
    assert marks(**{field: "o1 кг-abс"}) == marks(**{field: "O1КГABC"})


@pytest.mark.parametrize("box", ["mscu 123456-6", "МSCU1234566", "msсu1234566"])
def test_spelling_a_container_otherwise_changes_nothing(box: str) -> None:
    assert marks(container_ids=[box]) == marks(container_ids=BOXES[:1])


@pytest.mark.parametrize("box", ["mscu1234566", "МSCU1234566"])
def test_spelling_one_of_several_containers_otherwise_changes_nothing(box: str) -> None:
    assert marks(container_ids=[box, BOXES[1]]) == marks()


@settings(max_examples=40)
@given(st.permutations(["870323", "870324", "080810", "851713"]), st.integers(1, 4))
def test_the_order_and_number_of_items_do_not_matter_but_the_set_of_headings(order: list[str], kept: int) -> None:
    rows = [an_item(item=number, hs=hs) for number, hs in enumerate(order, start=1)]
    other = [an_item(item=number, hs=hs) for number, hs in enumerate(sorted(order), start=1)]
    assert marks_of(*rows) == marks_of(*other)
    headings = {hs[:4] for hs in order[:kept]}
    assert (marks_of(*rows[:kept]) == marks_of(*rows)) is (len(headings) == 3)


@pytest.mark.parametrize(
    ("changes", "bases"),
    [
        ({}, ["document", "containers", "vehicle"]),
        ({"transport_document": " - "}, ["containers", "vehicle"]),
        (NO_PAPER | {"container_ids": []}, ["vehicle"]),
        ({"container_ids": None, "vehicle_id": None}, ["document"]),
        (NO_EQUIPMENT, ["reference"]),
    ],
)
def test_the_marks_are_those_the_goods_have_and_the_reference_only_stands_in(
    changes: dict[str, object], bases: list[str]
) -> None:
    assert list(marks(**changes)) == bases


def shared(one: dict[str, object], other: dict[str, object]) -> set[str]:
    """What two lodgings of the same importer and heading have in common."""
    lodged = [goods(an_item(**{"container_ids": [], **each})) for each in (one, other)]
    first, second = (fingerprints(each)["marks"].item().to_list() for each in lodged)
    assert [fingerprints_of_few(each, np.zeros(1, dtype=np.int64))[0].marks for each in lodged] == [first, second]
    return {mark.split(":")[0] for mark in {*first} & {*second}}


@pytest.mark.parametrize(
    ("one", "other", "basis"),
    [
        ({"container_ids": BOXES[:1]}, {"container_ids": BOXES, "vehicle_id": "X1"}, "containers"),
        ({"container_ids": BOXES, "vehicle_id": "X1"}, {"container_ids": [*BOXES[1:], "HLXU1111111"]}, "containers"),
        ({"vehicle_id": "01KG777ABC"}, {"vehicle_id": "01 KG 777 ABC / 01KG55XY"}, "vehicle"),
        ({"vehicle_id": "01KG777ABC/01KG55XY"}, {"vehicle_id": "01KG55XY; 01KG777ABC"}, "vehicle"),
        ({"vehicle_id": "01KG777YI"}, {"vehicle_id": "01KG777ҮӀ"}, "vehicle"),
        ({"vehicle_id": "01KG777ABC", "trailer_id": "01KG55XY"}, {"trailer_id": "01 kg 55 xy"}, "vehicle"),
        ({"vehicle_id": "01KG777ABC", "trailer_id": "01KG55XY"}, {"vehicle_id": "01KG777ABC"}, "vehicle"),
        ({"vehicle_id": "01KG777ABC/01KG55XY"}, {"vehicle_id": "01KG888ABC", "trailer_id": "01KG55XY"}, "vehicle"),
        ({"vehicle_id": None, "trailer_id": "01KG55XY"}, {"trailer_id": "01KG55XY"}, "vehicle"),
        ({"vehicle_id": None, "trailer_id": "T1"}, {"vehicle_id": " ", "trailer_id": "t-1"}, "vehicle"),
        ({"vehicle_id": "01KG777ABC"}, {"vehicle_id": "０１ＫＧ７７７ΑΒC"}, "vehicle"),
    ],
)
def test_a_box_or_a_plate_more_or_the_same_ones_in_another_order_and_script_keep_the_mark(
    one: dict[str, object], other: dict[str, object], basis: str
) -> None:
    assert shared(NO_PAPER | one, NO_PAPER | {"vehicle_id": "Y1"} | other) == {basis}


@pytest.mark.parametrize(
    ("one", "other"),
    [("01/A123BC", "01/B777CA"), ("A123BC;KZ", "B777CA;KZ"), ("A123BC/нет", "B999BC/нет"), ("1/2", "1/3")],
)
def test_the_code_of_a_region_or_a_word_for_none_is_no_plate(one: str, other: str) -> None:
    assert shared(NO_PAPER | {"vehicle_id": one}, NO_PAPER | {"vehicle_id": other}) == set()


@pytest.mark.parametrize("trailer", [None, "", " - ", "01KG55XY"])
def test_the_fingerprint_of_a_lorry_is_the_same_whether_a_trailer_is_declared_or_not(trailer: str | None) -> None:
    lorry = NO_PAPER | {"container_ids": []}
    without, told = (
        fingerprints(goods(an_item(**lorry, trailer_id=each))).row(0, named=True) for each in (None, trailer)
    )
    assert told["fingerprint"] == without["fingerprint"] == marks(**lorry)["vehicle"]
    assert len(told["marks"]) == (2 if trailer == "01KG55XY" else 1)


def test_a_box_that_is_not_the_same_is_no_mark_of_it() -> None:
    assert (
        shared(NO_PAPER | {"container_ids": BOXES[:1]}, NO_PAPER | {"vehicle_id": "Y", "container_ids": BOXES[1:]})
        == set()
    )


def test_without_any_mark_each_declaration_is_drawn_for_by_itself() -> None:
    assert marks(**NO_EQUIPMENT) != marks(**NO_EQUIPMENT, declaration_id="D2")
    assert marks(**NO_EQUIPMENT) == marks(**NO_EQUIPMENT, net_mass=None)


def test_a_code_of_one_kind_is_never_taken_for_another() -> None:
    same = marks(transport_document="AB12", vehicle_id="AB12", container_ids=["AB12"])
    assert len(set(same.values())) == 3
    assert marks(transport_document="A|IMP", importer_id="1") != marks(transport_document="A", importer_id="IMP|1")


DAY = date(2026, 3, 1)
Lodging = tuple[int, list[str]]


def book(*lodgings: Lodging, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Draws of lodgings given as day and marks."""
    rows = [(found[0].split(":")[1], found[0].split(":")[0], found) for _, found in lodgings]
    marked = pl.DataFrame(rows, schema=["fingerprint", "fingerprint_basis", "marks"], orient="row")
    days = pl.Series([DAY + timedelta(days=day) for day, _ in lodgings], dtype=pl.Date).cast(pl.Datetime)
    numbers = pl.Series([str(number) for number in range(len(lodgings))], dtype=pl.String)
    found = first_lodgings(marked, days, earlier)
    few = [Marked(number, *row) for number, row in zip(numbers, rows, strict=True)]
    assert first_draws(few, days.to_list(), earlier) == found.drop("marks").rows()
    return found.with_columns(declaration_id=numbers, lodged_at=days)


def draws(*lodgings: Lodging, earlier: pl.DataFrame | None = None) -> list[tuple[str, int]]:
    found = book(*lodgings, earlier=earlier)
    return [(mark, (day - DAY).days) for mark, day in found.select("fingerprint", "key_day").iter_rows()]


def days_of(basis: str, *days: int) -> list[int]:
    """Days of the draws of the same goods, lodged on some days."""
    return [day for _, day in draws(*((day, [f"{basis}:a"]) for day in days))]


@pytest.mark.parametrize("basis", BASES)
def test_the_same_goods_keep_their_draw_for_as_long_as_the_mark_says(basis: str) -> None:
    window = SAME_GOODS_DAYS[basis]
    assert window == (3 if basis == "vehicle" else 30)
    assert days_of(basis, 0, 0, window, window + 1) == [0, 0, 0, window + 1]


def test_the_window_runs_from_the_first_lodging_so_that_re_lodging_does_not_stretch_it() -> None:
    assert days_of("vehicle", 0, 2, 3, 4, 6, 7, 8) == [0, 0, 0, 4, 4, 4, 8]
    assert days_of("document", 0, 20, 29, 31) == [0, 0, 0, 31]


@pytest.mark.parametrize("kept", ["document:a", "containers:b", "vehicle:c"])
def test_any_one_mark_kept_keeps_the_draw(kept: str) -> None:
    whole = ["document:a", "containers:b", "vehicle:c"]
    new = [kept if kept.split(":", maxsplit=1)[0] == mark.split(":")[0] else f"{mark}-new" for mark in whole]
    assert draws((0, whole), (2, new)) == [("a", 0), ("a", 0)]
    assert book((0, whole), (2, new))["fingerprint_basis"].to_list() == ["document", kept.split(":", maxsplit=1)[0]]


def test_only_all_marks_changed_at_once_give_another_draw() -> None:
    assert draws((0, ["document:a", "vehicle:b"]), (1, ["document:x", "vehicle:y"])) == [("a", 0), ("x", 1)]


def test_changing_one_mark_after_the_other_does_not_shake_the_draw_off() -> None:
    steps: list[Lodging] = [(0, ["document:a", "vehicle:b"]), (1, ["document:x", "vehicle:b"]), (2, ["document:x"])]
    assert draws(*steps) == [("a", 0)] * 3


def test_a_vehicle_that_comes_back_a_week_later_brings_other_goods() -> None:
    assert draws((0, ["document:a", "vehicle:b"]), (7, ["document:x", "vehicle:b"])) == [("a", 0), ("x", 7)]


def test_different_goods_are_drawn_for_on_their_own_day() -> None:
    lodgings: list[Lodging] = [(0, ["document:a"]), (1, ["document:b"]), (2, ["document:a"]), (2, ["vehicle:a"])]
    assert draws(*lodgings) == [("a", 0), ("b", 1), ("a", 0), ("a", 2)]


@pytest.mark.parametrize(("lodged", "expected"), [(5, 0), (30, 0), (31, 31)])
def test_goods_that_were_drawn_for_earlier_keep_their_draw(lodged: int, expected: int) -> None:
    earlier = book((0, ["document:a"]), (3, ["document:b"]))
    assert draws((lodged, ["document:a"]), earlier=earlier) == [("a", expected)]


def test_goods_that_come_with_an_earlier_day_keep_the_draw_that_was_made_for_them() -> None:
    earlier = book((20, ["document:a"]))
    assert draws((5, ["document:a"]), (49, ["document:a"]), earlier=earlier) == [("a", 20), ("a", 49)]


def test_an_amended_declaration_is_known_by_the_marks_of_every_version() -> None:
    versions = book((0, ["document:a"])), book((1, ["document:b"]))
    told = ["fingerprint", "fingerprint_basis", "key_day"]
    kept = versions[1].with_columns(versions[0][name] for name in told)
    earlier = pl.concat([versions[0], kept])
    assert draws((2, ["document:a"]), (2, ["document:b"]), earlier=earlier) == [("a", 0), ("a", 0)]


def test_of_several_earlier_draws_the_latest_counts() -> None:
    earlier = book((0, ["document:a"]), (40, ["document:a"]))
    assert draws((60, ["document:a"]), earlier=earlier[::-1]) == [("a", 40)]


MARKS = st.lists(st.sampled_from(BASES[:3]), min_size=1, max_size=3, unique=True).flatmap(
    lambda bases: st.tuples(*(st.sampled_from([f"{basis}:{basis}1", f"{basis}:{basis}2"]) for basis in bases))
)
LODGINGS = st.lists(st.tuples(st.integers(0, 40), MARKS.map(list)), min_size=1, max_size=8).map(sorted)


@settings(max_examples=40)
@given(LODGINGS)
def test_a_draw_is_always_that_of_an_earlier_lodging_or_its_own(lodgings: list[Lodging]) -> None:
    held = draws(*lodgings)
    for place, (day, found) in enumerate(lodgings):
        own = (found[0].split(":")[1], day)
        assert held[place] == own or held[place] in held[:place]


def test_the_book_reads_the_same_in_one_run_or_two() -> None:
    lodgings: list[Lodging] = [(0, ["document:a", "vehicle:b"]), (2, ["document:x", "vehicle:b"]), (31, ["document:x"])]
    assert draws(lodgings[2], earlier=book(*lodgings[:2])) == draws(*lodgings)[2:]


@settings(max_examples=60)
@given(LODGINGS, st.integers(0, 8))
def test_splitting_a_run_in_two_never_changes_a_draw(lodgings: list[Lodging], first: int) -> None:
    before, after = lodgings[:first], lodgings[first:]
    if before and after:
        assert draws(*before) + draws(*after, earlier=book(*before)) == draws(*lodgings)


def test_what_is_lodged_late_counts_where_its_moment_puts_it() -> None:
    """It does not matter whether it is decided together with what came after it."""
    earlier = book((0, ["document:a"]), (4, ["containers:c"]))
    late: Lodging = (0, ["document:a", "containers:c"])
    last: Lodging = (32, ["containers:c"])
    between = book(late, earlier=earlier).with_columns(declaration_id=pl.lit("late"))
    alone = draws(last, earlier=pl.concat([earlier, between]))
    assert draws(late, last, earlier=earlier) == [("a", 0), *alone] == [("a", 0), ("c", 4)]


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 40), MARKS.map(list)), max_size=6), LODGINGS)
def test_it_does_not_matter_what_is_decided_together(before: list[Lodging], after: list[Lodging]) -> None:
    """Neither where some state moments before those of lodgings that were decided before them."""
    parts: list[pl.DataFrame] = []
    for number, lodging in enumerate([*before, *after]):
        earlier = pl.concat(parts) if parts else None
        parts.append(book(lodging, earlier=earlier).with_columns(declaration_id=pl.lit(str(number))))
    decided = pl.concat(parts[: len(before)]) if before else None
    alone = pl.concat(parts[len(before) :]).select("fingerprint", "key_day").rows()
    assert book(*after, earlier=decided).select("fingerprint", "key_day").rows() == alone


CODES = st.one_of(
    st.none(),
    st.text("aZ0 ,.-/|Ыёіѕcс", max_size=6),
    st.text(max_size=4),
    st.sampled_from(["", "ß", "ŉ", "İ", "ⅷ", "٣"]),
)
PLATES = st.one_of(CODES, st.sampled_from(["01KG55XY", "01KG77AB/01KG55XY", "01kg 77 аb; 01"]))
LODGED = st.lists(
    st.tuples(
        st.integers(0, 4),
        CODES,
        PLATES,
        PLATES,
        st.one_of(st.none(), st.lists(CODES, max_size=3)),
        CODES,
        st.text(max_size=5),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(LODGED)
def test_few_are_marked_as_many_are(lodged: list[tuple[object, ...]]) -> None:
    schema = ["number", "transport_document", "vehicle_id", "trailer_id", "container_ids", "hs", "importer_id"]
    table = pl.DataFrame(
        [
            (number, paper, vehicle, trailer, boxes, hs, importer or "I")
            for number, paper, vehicle, trailer, boxes, hs, importer in lodged
        ],
        schema={name: pl.List(pl.String) if name == "container_ids" else pl.String for name in schema}
        | {"number": pl.Int64},
        orient="row",
    ).sort("number", maintain_order=True)
    items = table.with_columns(declaration_id=pl.format("D{}", "number"))
    starts = np.flatnonzero(items["number"].is_first_distinct().to_numpy())
    few = fingerprints_of_few(items, starts)
    assert [tuple(one) for one in few] == fingerprints(items).select(Marked._fields).rows()
