"""Rows of the register and the records they hold; the one place that knows both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from darvoza.domain.casework import Case, CaseState, ExaminationResult, ItemResult, Override
from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.office.registry import models
from darvoza.office.registry.plain import plain_record, revived

TAIL = 8
"""How many last characters of a reference are enough to find it by."""


def declaration_row(said: Mapping[str, Any]) -> models.Declaration:
    """Make the row of a declaration from its plain values."""
    return models.Declaration(
        declaration_id=said["declaration_id"],
        lodged_at=datetime.fromisoformat(said["lodged_at"]),
        post=said["post"],
        importer_id=said["importer_id"],
        importer_name=said.get("importer_name", ""),
        record=said,
    )


def item_row(said: Mapping[str, Any], declaration: int | None = None) -> models.Item:
    """Make the row of a goods item from its plain values; with the key of its declaration, if that has one."""
    made = models.Item(number=said["item"], hs=said["hs"], origin=said["origin"], record=said)
    if declaration is not None:
        made.declaration_id = declaration
    return made


def item_record(row: models.Item) -> GoodsItem:
    """Give the goods item that a row holds."""
    return revived(GoodsItem, row.record)


def declaration_record(row: models.Declaration, items: Iterable[models.Item]) -> Declaration:
    """Give the declaration that a row and the rows of its items hold."""
    goods = tuple(item_record(item) for item in sorted(items, key=lambda item: item.number))
    return replace(revived(Declaration, {**row.record, "items": []}), items=goods)


def marks(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give every identifier by which a declaration is found, as kind and value in capitals, from its plain values."""
    found: list[tuple[str, str | None]] = [
        ("declaration", said["declaration_id"]),
        ("tail", said["declaration_id"][-TAIL:]),
        ("importer", said["importer_id"]),
        ("exporter", said.get("exporter_id")),
        ("declarant", said.get("declarant_id")),
        ("carrier", said.get("carrier_id")),
        ("vehicle", said.get("vehicle_id")),
        ("transport document", said.get("transport_document")),
        *(("container", each) for each in said.get("container_ids", ())),
        *(("seal", each) for each in said.get("seal_ids", ())),
    ]
    seen = set()
    for kind, value in found:
        if value and (kind, value) not in seen:
            seen.add((kind, value))
            yield kind, value.upper()[:80]


def case_of(order: models.Order, declared: Iterable[int], results: Iterable[models.Result]) -> Case:
    """Give the case that an order holds.

    Parameters
    ----------
    declared
        Numbers of the items of its declaration.
    results
        Its results, with their findings at hand.
    """
    return Case(
        order_id=order.order_id,
        agency=Agency(order.agency),
        post=order.post,
        act=Act(order.act),
        declared=tuple(sorted(declared)),
        state=CaseState(order.state),
        holder=order.holder or None,
        results=tuple(result_record(row) for row in sorted(results, key=lambda row: row.number)),
        overrides=tuple(revived(Override, each) for each in order.overrides),
        referral=order.referral,
    )


def result_record(row: models.Result) -> ExaminationResult:
    """Give the result that a row and the rows of its findings hold."""
    items = tuple(revived(ItemResult, finding.record) for finding in row.findings.all())
    return ExaminationResult(by=row.by, at=row.at, items=items, words=row.words)


def finding_row(record: ItemResult) -> models.Finding:
    """Make the row of what was found on one item, without its result."""
    return models.Finding(
        item=record.item,
        found=record.found,
        areas=[area.value for area in record.areas],
        additional_duty=record.additional_duty,
        seized=record.seized,
        record=plain_record(record),
    )
