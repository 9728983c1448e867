"""A small register for the tests of the office: three declarations at two posts, orders of two agencies."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl

from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.office.registry.services.loading import Loaded, load
from darvoza.office.registry.services.run_files import RunFiles

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
FIRST, SECOND, ELSEWHERE, PASSED = "KG-AKT-000001", "KG-AKT-000002", "TJ-DUS-000001", "KG-AKT-000003"
ORDER = f"{FIRST}:customs:physical"
SECRETS = ("0.4321987", "CUS-VAL-001")
"""What nobody may read who examines: the draw, and the profile behind it."""


def a_declaration(reference: str = FIRST, **changes: object) -> Declaration:
    """A declaration of two items."""
    items = (
        GoodsItem(
            1, "870322", "CN", "cars", net_mass=Decimal("1400.5"), customs_value=Decimal("9296.38"), documents=("INV",)
        ),
        GoodsItem(2, "070200", "UZ", "tomatoes", net_mass=Decimal(800)),
    )
    known = {
        "declaration_id": reference, "lodged_at": NOW - timedelta(hours=3), "post": reference[:6], "importer_id": "259662696297",
        "importer_name": "ОсОО «Ала-Тоо»", "items": items, "vehicle_id": "01KG777ABC", "container_ids": ("MSKU1234565",),
    }  # fmt: skip
    return Declaration(**{**known, **changes})  # type: ignore[arg-type]


def as_items(declarations: list[Declaration]) -> pl.DataFrame:
    """Declarations as intake gives them, one row an item."""
    head = (
        "declaration_id",
        "lodged_at",
        "post",
        "importer_id",
        "importer_name",
        "vehicle_id",
        "container_ids",
        "version",
    )
    goods = ("item", "hs", "origin", "description", "net_mass", "customs_value", "documents")
    rows = [
        {**{name: getattr(each, name) for name in head}, **{name: getattr(item, name) for name in goods}}
        for each in declarations
        for item in each.items
    ]
    listed = {"container_ids": pl.List(pl.String), "documents": pl.List(pl.String)}
    return pl.DataFrame(rows, schema_overrides=listed)


def a_decision(reference: str, agency: str, act: str, *, selected: bool = True) -> dict[str, object]:
    """A row of the decisions."""
    floors = [{"kind": "profile", "source": "CUS-VAL-001", "probability": 1.0 if selected else 0.01, "items": [1]}]
    return {
        "decision_id": f"{reference}:{agency}:{act}", "declaration_id": reference, "agency": agency, "act": act, "items": [1],
        "probability": floors[0]["probability"], "floors": floors, "u": 0.4321987, "selected": selected,
        "basis": "profile" if selected else None, "channel": "red" if selected else "green", "score": 0.2, "harm": 3.0,
        "contributions": [], "fingerprint": "ab" * 32, "key_day": date(2026, 3, 1), "commitment": "cd" * 32,
        "deadline": NOW + timedelta(hours=5),
    }  # fmt: skip


def an_order(reference: str, agency: str, act: str, turn: int) -> dict[str, object]:
    """A row of the orders."""
    return {
        "declaration_id": reference, "post": reference[:6], "day": date(2026, 3, 1), "agency": agency, "act": act, "items": [1],
        "channel": "red", "turn": turn, "deadline": NOW + timedelta(hours=5 * turn),
        "instructions_en": "Weigh the vehicle.", "instructions_ru": "Взвесить транспортное средство.",
    }  # fmt: skip


def load_sample() -> Loaded:
    """Take the sample into the register."""
    declarations = [a_declaration(each) for each in (FIRST, SECOND, ELSEWHERE, PASSED)]
    ordered = [
        (FIRST, "customs", "physical"), (SECOND, "customs", "documentary"), (FIRST, "phytosanitary", "sampling"),
        (ELSEWHERE, "customs", "physical"),
    ]  # fmt: skip
    decisions = [a_decision(*each) for each in ordered] + [a_decision(PASSED, "customs", "physical", selected=False)]
    orders = [an_order(*each, turn=turn) for turn, each in enumerate(ordered, start=1)]
    manifest = {"profiles": [{"code": "CUS-VAL-001", "title": "Undervalued cars"}]}
    run = RunFiles("run", "ee" * 32, pl.DataFrame(decisions), pl.DataFrame(orders), manifest)
    return load(run, as_items(declarations), by="system", now=NOW)
