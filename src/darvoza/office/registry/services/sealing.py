"""What the journal keeps of orders and of what is declared, so that a change by another way than the office is seen.

Each change of an order says what the order was before it and what it is since. So a change that no entry tells of is seen also
where another one, in good order, followed it. Nothing of it depends on who traded, or on the numbers of papers: those are erased
when their time is over.
"""

import copy
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from darvoza.flow.inspection.goods import digest_without_papers
from darvoza.office.registry.attested import DECLARED, GIVEN, IDENTITIES, ORDERS, PAPERS, WAS, WAS_GIVEN, within
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.plain import as_plain

LENGTH: Final = 32
"""Signs of a digest."""

OPENLY: Final = ("agency", "act", "post", "state")
"""What of an order the journal keeps in clear."""

_MOMENTS: Final = ("deadline", "claimed_at", "recorded_at")
_REST: Final = ("items", "turn", "day", "instructions", "referral", "left_post")
_CODES: Final = ("channel", "holder")


def told_of_order(order: Order) -> dict[str, str]:
    """Give what the journal keeps of an order: what is to be done where, how far it is, and a digest of all that it holds.

    When it was given stands beside the digest, and not in it: what was told of orders before it was kept agrees as it did.

    Examples
    --------
    >>> order = Order(agency="customs", act="scan", post="KG-OSH", day="2026-03-01", deadline=datetime(2026, 3, 1, tzinfo=UTC), turn=1)
    >>> told = told_of_order(order)
    >>> told["state"], len(told["digest"])
    ('waiting', 32)
    """
    openly = {name: str(getattr(order, name)) for name in OPENLY}
    held = {
        **{name: str(getattr(order, name)) for name in _CODES},
        **{name: as_plain(getattr(order, name)) for name in _REST},
        **{name: _moment(getattr(order, name)) for name in _MOMENTS},
        "overrides": [override_without_papers(each) for each in order.overrides],
    }
    return {**openly, "digest": _digest([openly, held]), GIVEN: _moment(order.given_at) or ""}


def told_of_change(order: Order, fields: Mapping[str, Any]) -> dict[str, str]:
    """Give what the journal keeps of an order of which some fields change, and what it was before.

    Parameters
    ----------
    order
        The order before it.
    fields
        The columns that change, with what they hold since.
    """
    after = copy.copy(order)
    for name, value in fields.items():
        setattr(after, name, value)
    before = told_of_order(order)
    return {**told_of_order(after), WAS: before["digest"], WAS_GIVEN: before[GIVEN]}


def told_of_given(orders: Iterable[Order]) -> dict[str, dict[str, str]]:
    """Give what the journal keeps of orders of one declaration, by their names within it."""
    return {within(order.order_id): told_of_order(order) for order in orders}


def declared_digest(header: Mapping[str, Any], goods: Sequence[Mapping[str, Any]]) -> str:
    """Give the digest of what is declared, as the register keeps it: without who trades, and without the numbers of papers.

    Parameters
    ----------
    header, goods
        What is said of the whole declaration, and of each goods item; in plain values.

    Examples
    --------
    >>> one = declared_digest({"post": "KG-OSH", "importer_id": "I-1"}, [{"item": 1, "hs": "930200", "document_numbers": ["862:1"]}])
    >>> one == declared_digest({"post": "KG-OSH", "importer_id": "erased"}, [{"item": 1, "hs": "930200"}])
    True
    >>> one == declared_digest({"post": "KG-OSH"}, [{"item": 1, "hs": "240220"}])
    False
    """
    said = {name: value for name, value in header.items() if name not in _OF_PERSONS}
    items = sorted(goods, key=lambda each: int(each["item"]))
    return _digest([said, [{name: value for name, value in each.items() if name != PAPERS} for each in items]])


_OF_PERSONS: Final = frozenset({*IDENTITIES, "importer_id"})


def told_of_register(declaration_id: str, *, without: Iterable[str]) -> dict[str, Any]:
    """Give what the journal keeps of a declaration as the register holds it: what is declared, and the orders that are new.

    Parameters
    ----------
    without
        Names of orders that were there before.
    """
    row = Declaration.objects.get(declaration_id=declaration_id)
    goods = list(row.items.order_by("number").values_list("record", flat=True))
    new = row.orders.exclude(order_id__in=list(without)).order_by("order_id")
    return {DECLARED: declared_digest(row.record, goods), ORDERS: told_of_given(new)}


def override_without_papers(override: Mapping[str, Any]) -> dict[str, Any]:
    """Give an override in plain values whose result says of which goods it is without the numbers of their papers.

    Examples
    --------
    >>> told = override_without_papers({"move": "propose_clearing", "result": {"items": [{"item": 1, "goods": "ab" * 48}]}})
    >>> told["result"]["items"][0]["goods"]
    'abababababababababababababababab'
    """
    result = override.get("result")
    if not result:
        return dict(override)
    items = [
        {**item, "goods": digest_without_papers(goods)} if (goods := item.get("goods")) else dict(item)
        for item in result["items"]
    ]
    return {**override, "result": {**result, "items": items}}


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _digest(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:LENGTH]
