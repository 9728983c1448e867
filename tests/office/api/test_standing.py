"""What stands within a batch: of many alike only the last are looked at, however many came before."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from darvoza.flow.gate.draws import MOST, DrawBook, Number
from darvoza.office.api.services import standing
from darvoza.office.api.services.standing import Together

DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)


def decided(name: int, day: int = 1, u: float = 0.5) -> list[dict[str, Any]]:
    act = {
        "agency": "customs", "act": "physical", "selected": True, "decision_id": f"D-{name}",
        "floors": [{"kind": "profile", "source": "P", "probability": 1.0, "items": []}],
    }  # fmt: skip
    draw = {"fingerprint": "f", "key_day": date(2026, 3, 1), "u": u, "marks": ["vehicle:a"]}
    return [{**act, **draw, "declaration_id": f"D-{name}", "lodged_at": DAY.replace(day=day)}]


def test_the_window_of_a_mark_begins_with_the_first_of_the_batch_though_it_is_long_past() -> None:
    together, draws = Together(), DrawBook()
    together.enter(decided(0, day=1), {})
    for name in range(1, MOST + 2):
        together.enter(decided(name, day=3), {})
    assert [len(together.beside(decided(99, day, u=0.7), draws)) for day in (3, 4, 5)] == [MOST, MOST, 0]


def test_a_batch_of_many_alike_is_not_looked_at_again_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    together, draws, looked = Together(), DrawBook(), 0

    def counting(one: Any) -> Number:
        nonlocal looked
        looked += 1
        first = one.own[0]
        return first["fingerprint"], first["key_day"]

    monkeypatch.setattr(standing._Decided, "number", property(counting))
    for name in range(500):
        assert len(together.beside(decided(name), draws)) == min(name, MOST)
        together.enter(decided(name), {})
    assert looked < 500 * 3 * MOST
