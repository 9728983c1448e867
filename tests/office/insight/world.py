"""A month of declarations at two posts for the tests of the figures: a profile, a score, chance, and a known truth."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
from django.db import transaction

from darvoza.domain.casework import CaseState
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.draw import permanent_random_number
from darvoza.office.journal.services import record_all
from darvoza.office.registry.attested import ORDER, RESULTS
from darvoza.office.registry.models import Finding, Order, Result
from darvoza.office.registry.services.attesting import told_of_results
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.registry.services.sealing import told_of_change
from office.sample import a_declaration, as_items

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 4, 15, 9, tzinfo=UTC)
POSTS = ("KG-AKT", "KG-DOS")
DECLARATIONS = 400
RING = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(32))))
CHANCE = 0.2
GOODS = "ab" * 48 + "@importer:12;document:34;vehicle:56"
"""On which goods every word of the world was given."""
"""Probability that chance gives every declaration of this world: enough of it for an estimate."""

Row = dict[str, object]


def _number(text: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def references() -> list[str]:
    """The declarations, post by post in turn."""
    return [f"{POSTS[n % 2]}-{n:06d}" for n in range(DECLARATIONS)]


def is_bad(reference: str) -> bool:
    """Whether there is something to find: in one of four with a match, one of ten without."""
    return _number(f"truth {reference}") < (0.25 if _matched(reference) else 0.10)


def _matched(reference: str) -> bool:
    return _number(f"match {reference}") < 0.10


def lodged_at(reference: str) -> datetime:
    """A moment in the month."""
    return START + timedelta(hours=int(reference[-6:]) * 1.7)


def decision_of(reference: str) -> Row:
    """The decision on the physical examination by customs."""
    day, fingerprint = lodged_at(reference).date(), hashlib.sha256(reference.encode()).hexdigest()
    score, u = _number(f"score {reference}"), permanent_random_number(RING.key(day), bytes.fromhex(fingerprint))
    floors = [{"kind": "random", "source": "random floor", "probability": CHANCE, "items": []}]
    if score > 0.9:
        floors.insert(0, {"kind": "score", "source": "harm", "probability": 0.6, "items": [1]})
    if _matched(reference):
        floors.insert(0, {"kind": "profile", "source": "CUS-VAL-001", "probability": 1.0, "items": [1]})
    probability = max(float(str(floor["probability"])) for floor in floors)
    selected = u < probability
    over = [floor["kind"] for floor in floors if u < float(str(floor["probability"]))]
    return {
        "decision_id": f"{reference}:customs:physical", "declaration_id": reference, "agency": "customs", "act": "physical",
        "items": [1], "probability": probability, "floors": floors, "u": u, "selected": selected,
        "basis": over[0] if selected else None, "channel": "red" if selected else "green", "score": score, "harm": 3.0,
        "contributions": [], "fingerprint": fingerprint,
        "key_day": day, "commitment": RING.commitment(day), "deadline": lodged_at(reference) + timedelta(hours=8),
    }  # fmt: skip


def _order(decision: Row, turn: int) -> Row:
    reference = str(decision["declaration_id"])
    return {
        "declaration_id": reference, "post": reference[:6], "day": date(2026, 3, 1), "agency": "customs", "act": "physical",
        "items": [1], "channel": "red", "turn": turn, "deadline": decision["deadline"],
        "instructions_en": "Weigh the vehicle.", "instructions_ru": "Взвесить транспортное средство.",
    }  # fmt: skip


def a_world() -> None:
    """Take the month into the register, without any result."""
    declarations = [a_declaration(each, lodged_at=lodged_at(each)) for each in references()]
    decisions = [decision_of(each) for each in references()]
    orders = [_order(each, turn) for turn, each in enumerate((d for d in decisions if d["selected"]), start=1)]
    manifest = {"profiles": [{"code": "CUS-VAL-001", "title": "Undervalued cars"}]}
    run = RunFiles("run", "fa" * 32, pl.DataFrame(decisions), pl.DataFrame(orders), manifest)
    load(run, as_items(declarations), by="system", now=NOW)


def recorded() -> None:
    """Record the result of every order, four hours after lodging, as the truth is; the journal tells of each."""
    orders = list(Order.objects.select_related("declaration"))
    moments = {order.pk: order.declaration.lodged_at + timedelta(hours=4) for order in orders}
    sealed = {}
    for order in orders:
        state, at = CaseState.RECORDED, moments[order.pk]
        sealed[order.order_id] = told_of_change(order, {"state": state, "recorded_at": at})
        order.state, order.recorded_at = state, at
    Order.objects.bulk_update(orders, ["state", "recorded_at"])
    results = [Result(order=order, number=1, by="asel", at=moments[order.pk]) for order in orders]
    Finding.objects.bulk_create(
        _finding(result, item) for result in Result.objects.bulk_create(results) for item in (1, 2)
    )
    told = told_of_results(results)
    with transaction.atomic():
        record_all(
            JournalEvent(
                EntryKind.FINDING,
                "asel",
                each.order.order_id,
                NOW,
                {"what": "record", ORDER: sealed[each.order.order_id], RESULTS: [told[each.pk]]},
            )
            for each in results
        )


def _finding(result: Result, item: int) -> Finding:
    found = item == 1 and is_bad(result.order.declaration.declaration_id)
    duty = Decimal(500) if found else None
    areas = ["undervaluation"] if found else []
    return Finding(
        result=result,
        item=item,
        found=found,
        areas=areas,
        additional_duty=duty,
        record={"item": item, "areas": areas, "goods": GOODS} | ({"additional_duty": "500"} if found else {}),
    )


def world_frames() -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The same as files hold it: decisions, items with results, and how many of the released hide something."""
    decisions = pl.DataFrame([decision_of(each) for each in references()]).with_columns(
        post=pl.col("declaration_id").str.slice(0, 6),
        lodged_at=pl.col("declaration_id").map_elements(lodged_at, return_dtype=pl.Datetime("us", "UTC")),
    )
    drawn = dict(decisions.select("declaration_id", "selected").iter_rows())
    hidden = sum(is_bad(each) for each in references() if not drawn[each])
    rows = [
        {
            "declaration_id": each,
            "item": item.item,
            "hs": item.hs,
            "customs_value": float(item.customs_value) if item.customs_value is not None else None,
            "examined": True if drawn[each] else None,
            "finding": (item.item == 1 and is_bad(each)) if drawn[each] else None,
            "finding_area": "undervaluation" if item.item == 1 and is_bad(each) else None,
            "recovered": (500.0 if item.item == 1 and is_bad(each) else 0.0) if drawn[each] else None,
            "result_at": lodged_at(each) + timedelta(hours=4) if drawn[each] else None,
        }
        for each in references()
        for item in a_declaration(each).items
    ]
    return decisions, pl.DataFrame(rows, infer_schema_length=None), hidden
