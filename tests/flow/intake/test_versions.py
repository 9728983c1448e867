"""Of an amended declaration, the version examined is learned from, never one corrected after the result."""

from datetime import timedelta
from decimal import Decimal

from builders import START, an_item, goods
from darvoza.flow.intake.versions import examined_versions, latest_versions


def version(number: int, hours: float, value: int, **changes: object) -> dict[str, object]:
    return an_item(version=number, lodged_at=START + timedelta(hours=hours), customs_value=Decimal(value), **changes)


FOUND = {"examined": True, "finding": True, "finding_area": "undervaluation", "result_at": START + timedelta(hours=5)}


def test_a_value_corrected_after_the_finding_is_never_learned_from() -> None:
    kept = examined_versions(goods(version(1, 0, 400, **FOUND), version(2, 9, 1000)))
    assert kept.select("version", "customs_value", "finding").rows() == [(1, Decimal(400), True)]


def test_a_result_recorded_with_the_corrected_version_belongs_to_the_one_examined() -> None:
    kept = examined_versions(goods(version(1, 0, 400), version(2, 9, 1000, **FOUND)))
    assert kept.select("version", "customs_value", "finding", "finding_area").rows() == [
        (1, Decimal(400), True, "undervaluation")
    ]


def test_an_amendment_before_the_examination_replaces_what_it_amends() -> None:
    kept = examined_versions(goods(version(1, 0, 400), version(2, 2, 500, **FOUND), version(3, 9, 1000, **FOUND)))
    assert kept.select("version", "customs_value").rows() == [(2, Decimal(500))]


def test_declarations_that_were_not_examined_count_in_their_latest_version() -> None:
    items = goods(
        version(1, 0, 400, declaration_id="D2"), version(2, 9, 1000, declaration_id="D2"), version(1, 0, 7, **FOUND)
    )
    assert examined_versions(items).select("declaration_id", "version").rows() == [("D1", 1), ("D2", 2)]


def test_without_amendments_nothing_changes() -> None:
    items = goods(version(1, 0, 400, **FOUND), an_item(declaration_id="D2"))
    assert examined_versions(items).equals(items)
    assert examined_versions(items).equals(latest_versions(items))


def test_a_result_without_a_date_belongs_to_the_version_it_stands_with() -> None:
    undated = {**FOUND, "result_at": None}
    kept = examined_versions(goods(version(1, 0, 400), version(2, 9, 1000, **undated), version(3, 12, 1200)))
    assert kept.select("version", "finding").rows() == [(2, True)]


def test_each_item_keeps_its_own_result() -> None:
    items = goods(
        version(1, 0, 400, item=1), version(1, 0, 50, item=2),
        version(2, 9, 900, item=1, **FOUND), version(2, 9, 50, item=2, **{**FOUND, "finding": False}),
    )  # fmt: skip
    assert examined_versions(items).select("item", "version", "finding").rows() == [(1, 1, True), (2, 1, False)]
