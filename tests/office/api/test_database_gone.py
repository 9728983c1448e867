"""The database is gone for a while: the gate remembers what was kept, all of it and nothing else, and is not opened anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.db import InternalError, OperationalError, transaction

from darvoza.flow.selectivity.keys import read_key_file
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.api.models import DecidedBatch, Lodgement
from darvoza.office.api.services import batch, lodging, opening
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reading import lodged_after
from darvoza.office.api.services.replaying import replay
from office.api.systems import NOW, Systems, a_body, an_item

CARS = [an_item(hs="870323")]
FINDING = {"items": [{"item": 1, "areas": ["undervaluation"]}]}


def gone(*_: object, **__: object) -> Any:
    raise OperationalError("gone")


def unreadable(*_: object, **__: object) -> Any:
    raise InternalError("could not read block 7 in file base/5/1259: Input/output error")


@contextmanager
def unacknowledged() -> Iterator[None]:
    """A transaction that is kept, and its end is not told."""
    with transaction.atomic():
        yield
    raise OperationalError("the line broke")


def remembered(gate: OpenGate) -> dict[str, Any]:
    """What a gate remembers, in an order of its own, and what posts remember."""
    frames = {name: frame.sort(frame.columns[:4]) for name, frame in gate.gate.remembered().items() if frame.width}
    return {
        **{name: frame.to_dicts() for name, frame in frames.items()},
        "memory": memory_text(gate.gate.policy.memory),
    }


def opened() -> OpenGate:
    gate = lodging._Open.gate
    assert gate is not None
    return gate


def assert_knows_all(state_home: Path) -> None:
    """The gate of this process is the one that reads everything anew."""
    anew = OpenGate.open(state_home / "gate.yaml", now=NOW)
    held = opened()
    assert (held.batch, held.results, held.runs) == (anew.batch, anew.results, anew.runs)
    assert remembered(held) == remembered(anew)


def begun(systems: Systems, state_home: Path) -> OpenGate:
    """Some trade, and a result, before the database goes."""
    for number in range(4):
        assert systems.lodge(a_body(f"D-{number}", importer_id=f"I-{number % 2}", items=CARS)).status == 201
    assert systems.send("POST", "/orders/D-1:customs:physical/findings", FINDING).status == 201
    assert systems.lodge(a_body("D-4", items=CARS)).status == 201
    assert_knows_all(state_home)
    return opened()


def test_what_was_not_kept_is_not_remembered_and_the_gate_stays_open(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = begun(systems, state_home)
    for where, fault in {"enter_decided": gone, "insert": unreadable, "record_all": gone}.items():
        with monkeypatch.context() as broken:
            broken.setattr(batch, where, fault)
            said = systems.lodge(a_body(f"N-{where}", items=CARS), idempotency_key=where)
        assert (said.status, said.code, said.headers["Retry-After"]) == (503, "gate-closed", "5")
        assert opened() is gate
        assert_knows_all(state_home)
        assert systems.lodge(a_body(f"N-{where}", items=CARS), idempotency_key=where).status == 201
    assert_knows_all(state_home)


def test_what_was_kept_though_nobody_was_told_is_remembered_and_told_again(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = begun(systems, state_home)
    amended = a_body("D-2", items=CARS, version=2, transport_document="OTHER")
    ways: list[Callable[[], Any]] = [
        lambda: systems.lodge(a_body("L", items=CARS), idempotency_key="l"),
        lambda: systems.send("POST", "/declarations/D-2/amendments", amended, idempotency_key="a"),
    ]
    for way in ways:
        with monkeypatch.context() as broken:
            broken.setattr(lodging, "transaction", SimpleNamespace(atomic=unacknowledged))
            assert way().status == 503
        kept = Lodgement.objects.count()
        assert way().status in {200, 201}
        assert Lodgement.objects.count() == kept
        assert opened() is gate
        assert_knows_all(state_home)
    assert systems.lodge(a_body("M", items=CARS)).status == 201
    assert_knows_all(state_home)


def test_a_gate_that_heard_a_part_is_opened_anew(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = begun(systems, state_home)

    def breaking(*words: Any, **more: Any) -> Iterator[Any]:
        yield from lodged_after(*words, **more)
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(lodging, "transaction", SimpleNamespace(atomic=unacknowledged))
        assert systems.lodge(a_body("L", items=CARS)).status == 503
    with monkeypatch.context() as broken:
        broken.setattr(opening, "lodged_after", breaking)
        assert systems.lodge(a_body("M", items=CARS)).status == 503
    assert systems.lodge(a_body("M", items=CARS)).status == 201
    assert opened() is not gate
    assert_knows_all(state_home)


def test_what_posts_remember_in_the_morning_is_kept_by_a_batch_that_was_kept(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(batch, "record_all", gone)
        assert systems.lodge(a_body("A", items=CARS)).status == 503
    for name in ("A", "B"):
        assert systems.lodge(a_body(name, items=CARS)).status == 201
    told = DecidedBatch.objects.order_by("number").values_list("memory", flat=True)
    assert [memory is None for memory in told] == [False, True]
    ring = read_key_file(state_home / "key.json")
    again = replay({ring.commitment(): ring})
    assert (again.equal, again.different) == (2, 0)
    assert pl.DataFrame(opened().gate.drawn()).height > 0
