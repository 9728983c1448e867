"""Rows of the register and the records they hold; the one place that knows both."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from darvoza.domain.casework import Case, CaseState, ExaminationResult, ItemResult, Override
from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.office.registry import models
from darvoza.office.registry.plain import plain_record, revived

TAIL = 8
"""How many last characters of a reference are enough to find it by."""

_ITEMS = frozenset({"items"})


def declaration_row(record: Declaration) -> models.Declaration:
    """Make the row of a declaration."""
    return models.Declaration(
        declaration_id=record.declaration_id,
        lodged_at=record.lodged_at,
        post=record.post,
        importer_id=record.importer_id,
        importer_name=record.importer_name or "",
        record=plain_record(record, without=_ITEMS),
    )


def item_row(record: GoodsItem) -> models.Item:
    """Make the row of a goods item, without its declaration."""
    return models.Item(number=record.item, hs=record.hs, origin=record.origin, record=plain_record(record))


def item_record(row: models.Item) -> GoodsItem:
    """Give the goods item that a row holds."""
    return revived(GoodsItem, row.record)


def declaration_record(row: models.Declaration, items: Iterable[models.Item]) -> Declaration:
    """Give the declaration that a row and the rows of its items hold."""
    goods = tuple(item_record(item) for item in sorted(items, key=lambda item: item.number))
    return replace(revived(Declaration, {**row.record, "items": []}), items=goods)


def marks(record: Declaration) -> Iterator[tuple[str, str]]:
    """Give every identifier by which a declaration is found, as kind and value in capitals."""
    found: list[tuple[str, str | None]] = [
        ("declaration", record.declaration_id),
        ("tail", record.declaration_id[-TAIL:]),
        ("importer", record.importer_id),
        ("exporter", record.exporter_id),
        ("declarant", record.declarant_id),
        ("carrier", record.carrier_id),
        ("vehicle", record.vehicle_id),
        ("transport document", record.transport_document),
        *(("container", each) for each in record.container_ids),
        *(("seal", each) for each in record.seal_ids),
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
