"""Amendments that are decided together are decided alike, in whichever order they came in."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from darvoza.flow.selectivity.keys import read_key_file
from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Request
from darvoza.office.api.services import lodging
from darvoza.office.api.services.clients import caller_of
from darvoza.office.api.services.replaying import replay
from office.api.systems import Systems, a_body, an_item, write_state

NAMES = [f"D{number:02}" for number in range(40)]


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A gate with little capacity, which days share out by chance."""
    write_state(tmp_path, more="capacity: capacity.yaml\n")
    (tmp_path / "capacity.yaml").write_text("capacity:\n- {post: '*', per_day: 2}\n", encoding="utf-8")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def amended(systems: Systems, home: Path, order: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What stands of declarations of four days when they are amended together; nothing of it stays."""
    now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    caller = caller_of(systems.tokens["customs"])
    assert caller is not None
    with transaction.atomic():
        for place, name in enumerate(NAMES):
            lodged = (now - timedelta(days=4) + timedelta(hours=2 * place)).isoformat()
            assert systems.lodge(a_body(name, lodged_at=lodged)).status == 201
        items = [an_item(item=2, customs_value=0.1), an_item(item=1, customs_value=0.7)]
        bodies = {name: {**a_body(name, items=items), "lodged_at": None} for name in order}
        lodging.lodge(
            [Request(caller, LodgementKind.AMENDED, bodies[name], reference=name) for name in order], now=timezone.now()
        )
        ring = read_key_file(home / "key.json")
        assert replay({ring.commitment(): ring}).different == 0
        rows = Lodgement.objects.filter(kind=LodgementKind.AMENDED)
        made = {row.declaration_id: json.loads(json.dumps(row.decisions)) for row in rows}
        transaction.set_rollback(True)
    lodging.close()
    return made


@pytest.mark.django_db
def test_the_order_in_which_amendments_came_in_decides_nothing(systems: Systems, home: Path) -> None:
    first, last = (amended(systems, home, order) for order in (NAMES, NAMES[::-1]))
    assert first.keys() == last.keys() == set(NAMES)
    assert first == last
