"""An office that systems lodge with, for the tests of the figures: one post decides, at the other one another system does."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from darvoza.office.api.services import lodging
from darvoza.office.api.services.clients import enter_client
from darvoza.office.insight.queries.figures import last_figures
from darvoza.office.insight.records import Figures
from darvoza.office.insight.services.reckoning import reckon
from office.api.systems import CLIENTS, NOW, OTHER, Systems, a_body, an_item, write_state

CAR = an_item(hs="870323")
ORDER = "/orders/D-1:customs:physical"
FOUND = {"areas": ["undervaluation"], "additional_duty": "100"}


@pytest.fixture
def systems(db: None, settings: object, tmp_path: Path) -> Systems:  # noqa: ARG001 - the database is made by asking
    """Every client with its token, before a gate that is silent at one post."""
    write_state(tmp_path, more=f"silent: [{OTHER}]\n")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    settings.DEMO = True  # type: ignore[attr-defined]
    lodging.close()
    return Systems(Browser(), {name: enter_client(new, by="oraz", now=NOW) for name, new in CLIENTS.items()})


def lodged(systems: Systems, reference: str = "D-1", **changes: Any) -> None:
    """Lodge a declaration; of a car, which is always examined, where nothing else is said."""
    said = systems.lodge(a_body(reference, **{"items": [CAR], **changes}))
    assert said.status == 201, said.body


def amended(systems: Systems, **changes: Any) -> None:
    """Amend the first declaration."""
    said = systems.send("POST", "/declarations/D-1/amendments", a_body("D-1", **{"items": [CAR], **changes}))
    assert said.status == 200, said.body


def told(systems: Systems, *items: dict[str, Any], order: str = ORDER, by: str = "customs", **more: str) -> str:
    """Record the result of an order; give the state in which that leaves it."""
    said = systems.send("POST", f"{order}/findings", {"items": list(items), **more}, by=by)
    assert said.status == 201, said.body
    return str(said.body["state"])


def figures() -> Figures:
    """Make the figures anew, and give them."""
    reckon(now=timezone.now())
    kept = last_figures()
    assert kept is not None
    return kept.figures
