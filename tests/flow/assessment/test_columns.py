from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from conditions import LODGED, a_profile
from darvoza.domain.profile import UnknownPolicy
from darvoza.errors import InvalidValue
from darvoza.flow.assessment import columns as by_columns
from darvoza.flow.assessment.columns import ColumnsExecutor, Groups
from darvoza.flow.assessment.index import Index
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.sentence import parse


def rows_of(sentence: str, frame: pl.DataFrame, unknown: UnknownPolicy = UnknownPolicy.NO_MATCH) -> list[int]:
    return [int(row) for row in ColumnsExecutor([a_profile(parse(sentence), unknown=unknown)]).match(frame).rows]


def a_frame(**columns: Any) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame(
        {"declaration_id": [f"D{row}" for row in range(height)], "lodged_on": [LODGED] * height, **columns}
    )


def test_a_missing_column_is_unknown_in_every_row() -> None:
    frame = a_frame(price=[1, 2])
    assert rows_of("origin is GE", frame) == []
    assert rows_of("origin is GE", frame, UnknownPolicy.MATCH) == [0, 1]
    assert rows_of("net_mass > 3 or documents include CO or importer_is_new", frame, UnknownPolicy.MATCH) == [0, 1]
    assert rows_of("origin is missing and documents is missing and net_mass is missing", frame) == [0, 1]


def test_matches_are_ordered_by_profile_and_row_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    profiles = [a_profile(parse(text)) for text in ("origin in (GE, AE)", "price > 1")]
    frame = a_frame(origin=["GE", "CN", "AE"], price=[1, 2, 3])
    matches = ColumnsExecutor(profiles).match(frame, on_progress=lambda done, total: told.append((done, total)))
    assert list(zip(matches.profiles.tolist(), matches.rows.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 1), (1, 2)]
    assert (str(matches.profiles.dtype), str(matches.rows.dtype)) == ("int32", "int64")
    assert told == [(1, 2), (2, 2)]


def test_no_rows_give_no_matches() -> None:
    assert len(ColumnsExecutor([a_profile(parse("any item (price > 1)"))]).match(a_frame(price=[1]).clear())) == 0


@pytest.mark.parametrize(
    ("sentence", "column"),
    [
        ("origin is GE", {"origin": [5]}),
        ("price > 5", {"price": ["5"]}),
        ("price > 5", {"price": [date(2026, 1, 1)]}),
        ("importer_is_new", {"importer_is_new": [1]}),
        ("documents include CO", {"documents": ["CO"]}),
    ],
)
def test_a_column_of_another_type_is_an_error(sentence: str, column: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match="expected a column of"):
        rows_of(sentence, a_frame(**column))


@pytest.mark.parametrize("before", [0, 1])
def test_a_column_of_another_type_is_an_error_whatever_was_asked_before(before: int) -> None:
    executor = ColumnsExecutor([a_profile(parse("origin is GE and hs starts with 87"))])
    for _ in range(before):
        executor.match(a_frame(origin=["CN", "CN"], hs=["870323", "870322"]))
    with pytest.raises(InvalidValue, match="expected a column of a text of digits") as caught:
        executor.match(a_frame(origin=["CN", "CN"], hs=[870323, 870322]))
    assert caught.value.field == "hs"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The heights of the frames for which guards were chosen, in order."""
    heights: list[int] = []
    by_guard = ColumnsExecutor._by_guard  # whether guards are chosen anew shows in nothing but the time

    def told(executor: ColumnsExecutor, index: Index, worth: float) -> Groups:
        heights.append(round(worth / by_columns.WORTH))
        return by_guard(executor, index, worth)

    monkeypatch.setattr(ColumnsExecutor, "_by_guard", told)
    return heights


@pytest.mark.parametrize(
    ("heights", "anew"),
    [
        ((10, 10, 19, 6), [10]),
        ((10, 20, 11), [10, 20]),
        ((10, 5, 9), [10, 5]),
        ((by_columns.FEW, by_columns.FEW), [by_columns.FEW]),
        (
            (by_columns.FEW, by_columns.FEW + 1, by_columns.FEW + 1),
            [by_columns.FEW, by_columns.FEW + 1, by_columns.FEW + 1],
        ),
        ((10,) * (by_columns.AGAIN + 2), [10, 10]),
    ],
)
def test_guards_are_kept_for_frames_of_about_the_height_they_were_chosen_for(
    heights: tuple[int, ...], anew: list[int], chosen: list[int]
) -> None:
    executor = ColumnsExecutor([a_profile(parse("origin is GE and hs starts with 87"))])
    for height in heights:
        executor.match(a_frame(origin=["GE"] * height, hs=["870323"] * height))
    assert chosen == anew


def test_guards_that_were_chosen_for_other_rows_find_the_same() -> None:
    profiles = [
        a_profile(parse(text), unknown=unknown)
        for text in ("origin is GE and hs starts with 87", "origin is CN or importer_is_new", "price > 5")
        for unknown in UnknownPolicy
    ]
    executor = ColumnsExecutor(profiles)
    for turn in range(3):
        rows = [((row + turn) % 3, (row * turn) % 4) for row in range(8)]
        frame = a_frame(
            origin=[("GE", "CN", None)[one] for one, _ in rows],
            hs=[("870323", None, "0101", "870322")[other] for _, other in rows],
            importer_is_new=[(True, None, False)[one] for one, _ in rows],
            price=[other * 3 for _, other in rows],
        )
        found, fresh = (each.match(frame) for each in (executor, ColumnsExecutor(profiles)))
        assert found.profiles.tolist() == fresh.profiles.tolist()
        assert found.rows.tolist() == fresh.rows.tolist()


def test_rows_of_a_declaration_lie_together() -> None:
    frame = a_frame(price=[1, 2, 3]).with_columns(declaration_id=pl.Series(["A", "B", "A"]))
    with pytest.raises(InvalidValue, match="together"):
        rows_of("price > 5", frame)


@pytest.mark.parametrize("column", ["declaration_id", "lodged_on"])
def test_the_columns_every_profile_needs_are_asked_for(column: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        rows_of("price > 5", a_frame(price=[1]).drop(column))
    assert caught.value.field == column


@pytest.mark.parametrize("scale", [1, 10**7, 10**13, 10**20])
def test_sums_of_money_are_decided_in_decimals_however_large(scale: int) -> None:
    base = [Decimal("0.1") * scale, Decimal("0.2") * scale, Decimal("0.3") * scale]
    tick = Decimal("0.000001")
    columns = {
        name: pl.Series([value, value, value], dtype=pl.Decimal(38, 6))
        for name, value in zip(("price", "customs_value"), base, strict=False)
    }
    net = pl.Series([base[2], base[2] + tick, base[2] - tick], dtype=pl.Decimal(38, 6))
    frame = a_frame(**columns, net_mass=net)
    assert rows_of("price + customs_value = net_mass", frame) == [0]
    assert rows_of("price + customs_value < net_mass", frame) == [1]
    assert rows_of("not price + customs_value <= net_mass", frame) == [2]


def test_decimals_beyond_the_reach_of_floats_are_told_apart() -> None:
    large = Decimal(10) ** 20
    values = pl.Series([large, large + Decimal("0.000001")], dtype=pl.Decimal(38, 6))
    frame = a_frame(price=values, customs_value=pl.Series([large, large], dtype=pl.Decimal(38, 6)))
    assert rows_of("price = customs_value", frame) == [0]
    assert rows_of("price > 100000000000000000000", frame) == [1]


@pytest.mark.parametrize("sentence", [
    "sum of reference_unit_value > reference_unit_value",
    "sum of reference_unit_value <= reference_unit_value",
    "reference_unit_value + 0 > reference_unit_value",
    "not reference_unit_value - 0 = reference_unit_value",
])  # fmt: skip
@pytest.mark.parametrize("value", [5e-324, 1.5e-323, 1e-300, 0.1])
def test_the_least_of_floats_are_compared_as_their_decimals(sentence: str, value: float) -> None:
    condition = parse(sentence)
    holds = evaluate(condition, [{"reference_unit_value": value}], 0)
    assert rows_of(sentence, a_frame(reference_unit_value=[value])) == ([0] if holds else [])
