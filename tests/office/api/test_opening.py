"""The gate opens with what it knew: read anew, taken over from what was kept, or from a run that was taken in."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from builders import START, trade
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS
from darvoza.flow.gate.keeping import unpacked
from darvoza.flow.gate.state_file import State, read_state
from darvoza.flow.inspection.orders import orders
from darvoza.flow.pipeline import Assessed, Policy, assess_all
from darvoza.flow.selectivity.keys import read_key_file
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.api.awaited import expect_opening
from darvoza.office.api.models import GateMark, GateMemory, Lodgement
from darvoza.office.api.services import lodging, opening
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reading import ERASING
from darvoza.office.api.services.replaying import replay
from darvoza.office.operations.probes import Health
from darvoza.office.operations.queries import gate as gate_probe
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.api.systems import NOW, Systems, a_body, an_item, write_state

CARS = [an_item(hs="870323")]
HALF = START + timedelta(days=5)


def parts() -> tuple[pl.DataFrame, pl.DataFrame]:
    items = trade(160, 5, days=10)
    return items.filter(pl.col("lodged_at") < HALF), items.filter(pl.col("lodged_at") >= HALF)


def taken_in(state_home: Path) -> tuple[Policy, Assessed]:
    """A run over the first half, taken into the register as files hold it."""
    policy = read_state(state_home / "gate.yaml").policy
    first, _ = parts()
    done = assess_all(first, policy)
    ordered = orders(done.decisions, policy.profiles)
    load(RunFiles("run", "d1", done.decisions, ordered, {}, memory_text(done.memory)), first, by="oraz", now=NOW)
    return policy, done


@pytest.mark.django_db
def test_after_a_run_that_was_taken_in_the_gate_decides_as_a_run_that_follows_it(state_home: Path) -> None:
    policy, done = taken_in(state_home)
    first, second = parts()
    gate = OpenGate.open(state_home / "gate.yaml", now=HALF).gate
    past = first.select(HISTORY_COLUMNS).with_columns(
        pl.lit(None, first.schema[name]).alias(name) for name in ("examined", "finding", "result_at")
    )
    after = replace(policy, past=past, earlier=done.decisions, memory=done.memory, watched=done.watched(policy))
    whole = assess_all(second, after)
    made = gate.decide(second)
    assert made.decisions.equals(whole.decisions)
    assert not made.decisions.equals(assess_all(second, replace(after, memory={})).decisions)
    gate.keep(made)
    assert gate.policy.watched.declarations.equals(whole.watched(after).declarations)
    order = ["declaration", "source"]
    assert gate.policy.watched.floors.sort(order).equals(whole.watched(after).floors.sort(order))


def test_a_run_that_is_taken_in_while_the_gate_is_open_is_heard_of(systems: Systems, state_home: Path) -> None:
    systems.lodge(a_body("A", items=CARS))
    taken_in(state_home)
    same = parts()[0].row(0, named=True)
    body = a_body("B", importer_id=same["importer_id"], transport_document=same["transport_document"],
                  lodged_at="2026-03-03T08:00:00Z", items=[an_item(hs=hs) for hs in parts()[0].filter(
                      declaration_id=same["declaration_id"])["hs"]])  # fmt: skip
    assert systems.lodge(body).status == 201
    told = {row.decisions[0]["u"] for row in Lodgement.objects.filter(declaration_id="B")}
    assert told == {Declaration.objects.get(declaration_id=same["declaration_id"]).decisions.first().u}  # type: ignore[union-attr]
    memory = GateMark.objects.get(pk=1).memory
    assert all(post in memory for post in ("KG-TOR", "KG-OSH", "KG-IRK"))
    ring = read_key_file(state_home / "key.json")
    again = replay({ring.commitment(): ring})
    assert (again.equal, again.different) == (2, 0)


def test_a_gate_that_takes_over_what_was_kept_is_the_gate_that_read_everything(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        systems.lodge(a_body(f"D-{number}", importer_id=f"I-{number % 2}", items=CARS))
    systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 1, "areas": ["undervaluation"]}]})
    amended = a_body("D-2", items=CARS, version=2, transport_document="OTHER")
    assert systems.send("POST", "/declarations/D-2/amendments", amended).status == 200
    now = timezone.now()
    assert lodging.keep_memory(now)
    assert not lodging.keep_memory(now), "nothing is new"
    systems.lodge(a_body("D-9", items=CARS))
    kept = OpenGate.open(state_home / "gate.yaml", now=now)
    assert kept.stored == kept.batch - 1
    GateMemory.objects.all().delete()
    read = OpenGate.open(state_home / "gate.yaml", now=now)
    assert (read.batch, read.results, read.stored) == (kept.batch, kept.results, -1)
    one, other = kept.gate.remembered(), read.gate.remembered()
    for name in one:
        key = [
            each for each in ("declaration_id", "version", "item", "marks", "declaration") if each in one[name].columns
        ]
        assert one[name].sort(key).equals(other[name].sort(key)), name
    monkeypatch.setattr(opening, "MANY", 1)
    lodging.close()
    assert lodging.keep_memory(now)
    assert GateMemory.objects.get().batch == kept.batch


def test_the_history_of_a_score_is_remembered_by_a_gate_that_takes_over_what_was_kept(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = parts()[0]

    def with_history(file: Path) -> State:
        state = read_state(file)
        return replace(state, policy=replace(state.policy, past=history))

    monkeypatch.setattr(opening, "read_state", with_history)
    systems.lodge(a_body("D-1", items=CARS))
    now = timezone.now()
    assert lodging.keep_memory(now)
    kept = OpenGate.open(state_home / "gate.yaml", now=now)
    assert kept.stored == kept.batch
    GateMemory.objects.all().delete()
    read = OpenGate.open(state_home / "gate.yaml", now=now)
    assert read.gate.past().height == history.height + 1
    assert kept.gate.past().equals(read.gate.past())


def test_what_was_kept_for_another_state_or_cannot_be_read_is_not_used(systems: Systems, state_home: Path) -> None:
    systems.lodge(a_body("A", items=CARS))
    now = timezone.now()
    assert lodging.keep_memory(now)

    def opened_with(**changes: object) -> OpenGate:
        GateMemory.objects.update(**changes)
        return OpenGate.open(state_home / "gate.yaml", now=now)

    assert opened_with().stored == 1
    for changes in ({"content": b"no frames"}, {"needs": "x"}):
        made = opened_with(**changes)
        assert (made.stored, made.batch) == (-1, 1)
        assert made.gate.drawn() is not None


def test_a_process_that_opens_its_gate_is_not_ready_until_then(systems: Systems, state_home: Path) -> None:
    file, now = state_home / "gate.yaml", timezone.now()
    assert expect_opening()
    assert gate_probe(file, now).health is Health.FAILED
    lodging.open_early(now)
    assert gate_probe(file, now).health is Health.WELL
    assert systems.lodge(a_body("A")).status == 201


def test_a_gate_that_could_not_be_opened_early_says_so(systems: Systems, settings: object, tmp_path: Path) -> None:
    assert systems.tokens
    file = tmp_path / "gate.yaml"
    file.write_text("profiles: none\nkey_file: none\n", encoding="utf-8")
    settings.GATE_FILE = file  # type: ignore[attr-defined]
    assert expect_opening()
    lodging.open_early(timezone.now())
    found = gate_probe(file, timezone.now())
    assert (found.health, "cannot be opened" in found.found) == (Health.FAILED, True)
    settings.GATE_FILE = tmp_path / "nowhere.yaml"  # type: ignore[attr-defined]
    assert not expect_opening()


def test_what_was_erased_is_not_kept_again_by_a_process_that_remembers_it(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A-1", "A-2", "A-3", "A-4"):
        systems.lodge(a_body(name, importer_id="GONE"))
    Order.objects.all().delete()
    now = timezone.now()
    assert lodging.keep_memory(now)
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    assert {KeptData.IDENTITIES, KeptData.DECLARATIONS} == set(ERASING)
    [gone] = expire(rules, now=now.replace(year=now.year + 6, day=1))
    assert (gone.number, GateMemory.objects.count()) == (4, 0)
    monkeypatch.setattr(opening, "MANY", 1)
    systems.lodge(a_body("B", importer_id="HERE"))
    assert lodging.keep_memory(now)
    assert kept_importers() == {"HERE"}
    gate = lodging._Open.gate
    assert gate is not None
    keep = gate.to_keep()
    Order.objects.all().delete()
    assert expire(rules, now=now.replace(year=now.year + 6, day=1) + timedelta(days=1))[0].number == 1
    assert not keep(now), "who was erased meanwhile is not kept"
    assert GateMemory.objects.count() == 0


def erase_all(days: int = 0) -> None:
    """Erase who traded, of all that was lodged."""
    Order.objects.all().delete()
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    now = timezone.now()
    assert expire(rules, now=now.replace(year=now.year + 6, day=1) + timedelta(days=days))[0].number


def importers() -> set[str]:
    """Of whom the gate of this process remembers something."""
    gate = lodging._Open.gate
    assert gate is not None
    return set(gate.gate.past().get_column("importer_id"))


def test_what_was_erased_is_let_go_with_the_next_batch_or_round(systems: Systems) -> None:
    systems.lodge(a_body("A", importer_id="GONE"))
    assert importers() == {"GONE"}
    erase_all()
    systems.lodge(a_body("B", importer_id="HERE"))
    assert importers() == {"HERE"}
    erase_all(days=1)
    assert lodging.keep_memory(timezone.now())
    assert importers() == kept_importers() == set()


def test_where_there_is_much_to_read_a_batch_waits_for_a_while_until_a_round_has_kept_it(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MANY", 2)
    for name in "ABC":
        systems.lodge(a_body(name, importer_id="GONE"))
    erase_all()
    systems.lodge(a_body("D", importer_id="HERE"))
    assert importers() == {"GONE", "HERE"}
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(lodging._Open, "gate", None)
        assert lodging.keep_memory(timezone.now())
    systems.lodge(a_body("E", importer_id="HERE"))
    assert importers() == {"HERE"}
    systems.lodge(a_body("F", importer_id="HERE"))
    erase_all(days=1)
    monkeypatch.setattr(opening, "PATIENCE", timedelta(0))
    systems.lodge(a_body("G", importer_id="LATER"))
    assert importers() == {"LATER"}


def test_a_state_that_cannot_be_read_keeps_nobody_from_letting_go_what_was_erased(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    systems.lodge(a_body("A", importer_id="GONE"))
    (tmp_path / "gate.yaml").write_text("profiles: [", encoding="utf-8")
    erase_all()
    assert systems.lodge(a_body("B", importer_id="HERE")).status == 201
    assert importers() == {"HERE"}


def kept_importers() -> set[str]:
    """Of whom the gate remembers something in what was kept."""
    return set(unpacked(bytes(GateMemory.objects.get().content))["past"].get_column("importer_id"))
