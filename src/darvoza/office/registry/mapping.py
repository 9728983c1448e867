"""Rows of the register and the records they hold; the one place that knows both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from darvoza.domain.casework import Case, CaseState, ExaminationResult, ItemResult, Override
from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.folding import folded_trader
from darvoza.flow.inspection.goods import digest_without_papers, digests, under_head
from darvoza.methods.sealing.canonical_json import digest
from darvoza.office.registry import models
from darvoza.office.registry.plain import plain_record, revived

Plain = Mapping[str, Any]
"""Values as JSON holds them."""

GOODS = "goods"
"""Of what a word was given: a part of it goes when identities are erased, and words of before do not say it."""

TAIL = 8
"""How many last characters of a reference are enough to find it by."""


def declaration_values(said: Plain) -> dict[str, Any]:
    """Give what the row of a declaration holds, from its plain values."""
    return {
        "declaration_id": said["declaration_id"],
        "lodged_at": datetime.fromisoformat(said["lodged_at"]),
        "post": said["post"],
        "importer_id": said["importer_id"],
        "importer_name": said.get("importer_name", ""),
        "record": said,
    }


def item_values(said: Plain) -> dict[str, Any]:
    """Give what the row of a goods item holds, from its plain values."""
    return {"number": said["item"], "hs": said["hs"], "origin": said["origin"], "record": said}


def decision_values(told: Plain) -> dict[str, Any]:
    """Give what the row of a decision holds, from its plain values."""
    deadline = told.get("deadline")
    return {
        **{name: told[name] for name in _DECIDED},
        **{name: told.get(name) or [] for name in ("items", "floors", "contributions")},
        "basis": told.get("basis", ""),
        "score": told.get("score"),
        "harm": told.get("harm"),
        "key_day": date.fromisoformat(told["key_day"]),
        "deadline": datetime.fromisoformat(deadline) if deadline else None,
    }


_DECIDED = ("decision_id", "agency", "act", "probability", "u", "selected", "channel", "fingerprint", "commitment")


def order_values(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the row of an order holds, from the row of a frame of orders."""
    return {
        "order_id": f"{told['declaration_id']}:{told['agency']}:{told['act']}",
        "items": list(told["items"] or []),
        "instructions": {language: told[f"instructions_{language}"] for language in ("en", "ru")},
        **{name: told[name] for name in ("agency", "post", "act", "channel", "turn", "day", "deadline")},
    }


def item_record(row: models.Item) -> GoodsItem:
    """Give the goods item that a row holds."""
    return revived(GoodsItem, row.record)


def declaration_record(row: models.Declaration, items: Iterable[models.Item]) -> Declaration:
    """Give the declaration that a row and the rows of its items hold."""
    goods = tuple(item_record(item) for item in sorted(items, key=lambda item: item.number))
    return replace(revived(Declaration, {**row.record, "items": []}), items=goods)


def former_record(row: models.Former) -> Declaration:
    """Give the declaration as it stood before an amendment."""
    goods = tuple(revived(GoodsItem, item) for item in row.items)
    return replace(revived(Declaration, {**row.record, "items": []}), items=goods)


_TYPED_ANEW: Final = frozenset({"vehicle", "trailer", "transport document", "container", "seal"})
"""Kinds of identifiers that are kept as somebody wrote them."""


def marks(said: Plain) -> Iterator[tuple[str, str]]:
    """Give every identifier by which a declaration is found, as kind and value in capitals, from its plain values.

    A plate, and whatever else is kept as it is written, is found by its letters and digits, too.
    """
    found: list[tuple[str, str | None]] = [
        ("declaration", said["declaration_id"]),
        ("tail", said["declaration_id"][-TAIL:]),
        ("importer", said["importer_id"]),
        ("exporter", said.get("exporter_id")),
        ("declarant", said.get("declarant_id")),
        ("carrier", said.get("carrier_id")),
        ("vehicle", said.get("vehicle_id")),
        ("trailer", said.get("trailer_id")),
        ("transport document", said.get("transport_document")),
        *(("container", each) for each in said.get("container_ids", ())),
        *(("seal", each) for each in said.get("seal_ids", ())),
    ]
    seen = set()
    for kind, value in found:
        forms = [] if not value else [value.upper(), folded_trader(value)] if kind in _TYPED_ANEW else [value.upper()]
        for form in forms:
            if (kind, form) not in seen:
                seen.add((kind, form))
                yield kind, form[:80]


def case_of(order: models.Order, goods: Iterable[Plain], results: Iterable[models.Result]) -> Case:
    """Give the case that an order holds.

    Parameters
    ----------
    goods
        The items of its declaration in plain values.
    results
        Its results, with their findings at hand.
    """
    declared = digests(under_head(order.declaration.record, goods))
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
        items=tuple(order.items),
        goods=declared,
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


def told_of_result(row: models.Result) -> dict[str, Any]:
    """Give what the journal keeps of one result, with its findings at hand: its number, a digest of its head, and one an item.

    Each digest is of the salt of the result, too, which stays in the register: what was found is mostly nothing, and whoever
    reads the journal could try that out. A result without one is of a version that kept digests before there were salts: it is told
    as that version told it.
    """
    head = {
        "by": row.by,
        "at": row.at.astimezone(UTC).isoformat(),
        "words": row.words,
        "act": row.act,
    }
    findings = sorted(row.findings.all(), key=lambda each: each.item)
    return {
        "number": row.number,
        "digest": digest([row.salt, head] if row.salt else head),
        "items": [told_of_finding(each, row.salt) for each in findings],
    }


def told_of_finding(row: models.Finding, salt: str) -> dict[str, Any]:
    """Give what the journal keeps of what a result says of one item.

    One digest is of what is left when identities are erased; the other, where goods are named, of all that is said of them:
    whose they were, by which papers, and what carried them.

    Examples
    --------
    >>> said = {"item": 1, "areas": ["sps"], "goods": "ab" * 48 + "@importer:1"}
    >>> told, cut = (told_of_finding(models.Finding(item=1, record=said | {"goods": each}), "00") for each in (said["goods"], "ab" * 16))
    >>> told["digest"] == cut["digest"], told["goods"] == cut["goods"]
    (True, False)
    >>> told["digest"] == told_of_finding(models.Finding(item=1, record=said), "01")["digest"]
    False
    """
    goods = row.record.get(GOODS)
    if not salt:
        left = {name: value for name, value in row.record.items() if name != GOODS}
        return {"item": row.item, "digest": digest(left)} | ({GOODS: digest_without_papers(goods)} if goods else {})
    left = {**row.record, GOODS: digest_without_papers(goods)} if goods else row.record
    on = {GOODS: digest([salt, row.item, goods])} if goods else {}
    return {"item": row.item, "digest": digest([salt, left]), **on}
