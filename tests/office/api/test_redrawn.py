"""Whoever is handed the journal of an office recomputes what its gate drew, with one file and what was revealed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from darvoza import darvoza_verify
from darvoza.darvoza_redraw import redraw
from darvoza.flow.gate.state_file import ring_of
from darvoza.office.journal.exports import write_out
from darvoza.office.journal.services import SYSTEM
from darvoza.office.operations.services.day_keys import commit_to, reveal_over
from office.api.systems import Systems, a_body, an_item

TODAY = datetime.now(UTC).date()


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def lodged(reference: str, ago: int, **changes: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) if not ago else datetime.combine(days_ago(ago), datetime.min.time(), UTC)
    return a_body(reference, lodged_at=moment.isoformat(), **changes)


def test_an_export_of_a_gate_agrees_draw_by_draw(systems: Systems, settings: Any, tmp_path: Path) -> None:
    ring = ring_of(settings.GATE_FILE)
    commit_to(ring, days_ago(3), 3, now=datetime.combine(days_ago(4), datetime.min.time(), UTC))
    for number in range(4):
        goods = [an_item(net_mass=50 + number), an_item(hs="080810", origin="KZ")]
        assert systems.lodge(lodged(f"A-{number}", number, items=goods)).status == 201
        assert systems.lodge(lodged(f"B-{number}", 0, items=goods, transport_document=f"CMR-A-{number}")).status == 201
    other = lodged("A-2", 2, items=[an_item(hs="080810", net_mass=70)])
    assert systems.send("POST", "/declarations/A-2/amendments", other).status == 200
    reveal_over(ring, now=datetime.now(UTC))
    path = tmp_path / "journal.ndjson"
    write_out(path, by=SYSTEM, now=datetime.now(UTC))
    assert darvoza_verify.check(darvoza_verify.lines_of(path)).faults == ()
    found = redraw(path)
    assert found.faults == []
    assert found.decisions == 9
    assert found.agreed >= 4  # those of three days, and what was lodged again with their draws
    assert set(found.not_yet) == set(found.unbound) == {TODAY.isoformat()}


@pytest.mark.parametrize(
    ("old", "new"), [(b'"selected":false', b'"selected":true'), (b'"channel":"green"', b'"channel":"red"')]
)
def test_an_entry_that_was_written_anew_is_named(systems: Systems, tmp_path: Path, old: bytes, new: bytes) -> None:
    assert systems.lodge(lodged("A-1", 0)).status == 201
    path = tmp_path / "journal.ndjson"
    write_out(path, by=SYSTEM, now=datetime.now(UTC))
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))
    [fault] = redraw(path).faults
    assert ", A-1: " in fault
