"""What is declared held against the journal: goods and head are those that were decided on, and results speak of those of their day.

So is where and when the goods arrived, and whether the declaration was cancelled.

Who trades, and the numbers of papers, are no part of it: they are erased when their time is over.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.hearing import DeclarationHeard, Heard, act_of
from darvoza.office.registry.mapping import declaration_values, item_values
from darvoza.office.registry.models import Declaration, Former
from darvoza.office.registry.services.sealing import declared_digest

WRITTEN: Final = timedelta(milliseconds=1)
"""The journal writes moments with thousandths of a second."""


def goods_held(row: Declaration, on_it: DeclarationHeard, heard: Mapping[str, Heard]) -> list[Difference]:
    """Hold what is declared against the journal; nothing where it keeps nothing of it.

    Parameters
    ----------
    row
        A declaration with its items, its orders, and their results with what they speak of, at hand.
    on_it
        What the journal tells of the declaration.
    heard
        What it tells of orders, by their names.
    """
    if not on_it.declared:
        return []
    of = Difference(row.declaration_id, "", "goods and head as declared", None, None)
    goods = [item.record for item in row.items.all()]
    now = declared_digest(row.record, goods)
    found = [*_columns(of, row), *_course(of, row, on_it)]
    last = on_it.declared[-1][1]
    if last != now:
        return [*found, of._replace(journal=last, register=now)]
    return [*found, *_speak_of(row, on_it, heard, now)]


def _columns(of: Difference, row: Declaration) -> Iterator[Difference]:
    """Give the columns of a declaration and of its items that stand otherwise than their records say."""
    yield from _beside(of, "", declaration_values(row.record), row)
    for item in row.items.all():
        yield from _beside(of, f" of item {item.number}", item_values(item.record), item)


def _course(of: Difference, row: Declaration, on_it: DeclarationHeard) -> Iterator[Difference]:
    """Give what stands otherwise of where and when the goods arrived, and of whether the declaration was cancelled."""
    if on_it.erased or not on_it.whole:
        return
    if (row.cancelled_at is not None) != on_it.cancelled:
        standing = None if row.cancelled_at is None else row.cancelled_at.isoformat()
        yield of._replace(field="cancelled", journal="cancelled" if on_it.cancelled else None, register=standing)
    told = on_it.arrived
    if (told.post if told else "") != row.arrived_post or not _same_moment(told.at if told else None, row.arrived_at):
        said = f"{told.post} {told.at.isoformat()}" if told else None
        stands = f"{row.arrived_post} {row.arrived_at.isoformat()}" if row.arrived_at else row.arrived_post or None
        yield of._replace(field="arrived", journal=said, register=stands)


def _same_moment(one: datetime | None, other: datetime | None) -> bool:
    """Tell whether two moments are the same as the journal writes them."""
    return one == other or (one is not None and other is not None and abs(one - other) < WRITTEN)


def _beside(of: Difference, where: str, said: Mapping[str, Any], row: object) -> Iterator[Difference]:
    for name, value in said.items():
        stands = getattr(row, name)
        if value != stands and name != "record":
            yield of._replace(field=f"{name}{where}", journal=str(value), register=str(stands))


def _speak_of(row: Declaration, on_it: DeclarationHeard, heard: Mapping[str, Heard], now: str) -> Iterator[Difference]:
    """Give the results that speak of other goods than were declared when they were recorded, or of goods that were changed."""
    forms: dict[int, str] = {}
    for order in row.orders.all():
        told_at = heard[order.order_id].told_at if order.order_id in heard else {}
        for result in order.results.all():
            then = _declared_before(told_at.get(result.number, 0), on_it)
            speaks = _form(result.declared, forms) if result.declared else now
            if then is not None and then != speaks:
                field = f"result {result.number}: goods that it speaks of"
                yield Difference(row.declaration_id, act_of(order.order_id), field, then, speaks)


def _declared_before(sequence: int, on_it: DeclarationHeard) -> str | None:
    """Give the digest of what was declared when an entry was written; nothing where it is not known."""
    return next((digest for since, digest in reversed(on_it.declared) if since < sequence), None)


def _form(former: Former, forms: dict[int, str]) -> str:
    """Give the digest of what was declared before an amendment; reckoned once."""
    if former.pk not in forms:
        forms[former.pk] = declared_digest(former.record, former.items)
    return forms[former.pk]
