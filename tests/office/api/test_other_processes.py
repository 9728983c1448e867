"""What another process decided is remembered as if it had been decided here, and as a gate remembers it that is opened now."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy

import polars as pl
import pytest
from django.utils import timezone

from darvoza.flow.gate.state_file import read_state
from darvoza.flow.inspection.orders import orders
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.pipeline import assess_all
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.api.models import GateMark, GateMemory
from darvoza.office.api.services import lodging
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.registry.models import Decision
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.api.systems import PROFILE, Systems, a_body, an_item, write_state
from office.api.test_opening import taken_in


def elsewhere(do: Callable[[], None]) -> OpenGate:
    """Have another process do something; give the gate of this one once it has heard of it."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(lodging._Open, "gate", None)
        do()
    lodging.state_in_force(timezone.now())
    gate = lodging._Open.gate
    assert gate is not None
    return gate


def test_what_a_run_spent_is_remembered_whoever_amends_after_it(systems: Systems, state_home: Path) -> None:
    for name in "AB":
        assert systems.lodge(a_body(name)).status == 201
    taken_in(state_home)

    def amend(name: str) -> None:
        body = a_body(name, version=2, items=[an_item(net_mass=90)])
        assert systems.send("POST", f"/declarations/{name}/amendments", body).status == 200

    amend("A")
    gate = elsewhere(lambda: amend("B"))
    anew = OpenGate.open(state_home / "gate.yaml", now=timezone.now())
    assert gate.batch == anew.batch == 4
    assert memory_text(gate.gate.policy.memory) == memory_text(anew.gate.policy.memory)


PLANS = """\
plans:
  - {code: SUITS, title: Suits, agency: customs, act: physical, scope: {goods: ["6203"]}, fractions: [1, 0.2], clearances: [1],
     legal_basis: A law, from: 2026-01-01}
"""
EVERY = {"code": "CUS-SUITS", "title": "Suits", "agency": "customs", "area": "undervaluation", "act": "physical",
         "when": "hs starts with 6203", "given": 'hs: "620342"'}  # fmt: skip


def shares(gate: OpenGate) -> dict[str, float]:
    """With which probability each declaration came to the act of a plan."""
    goods = gate.gate.remembered()["plans"].filter(pl.col("examined").is_null())
    return dict(goods.select("declaration_id", "inclusion_probability").iter_rows())


def test_goods_in_a_plan_are_remembered_as_they_were_looked_at_again(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    write_state(tmp_path, more="plans: [plans.yaml]\n")
    (tmp_path / "plans.yaml").write_text(PLANS, encoding="utf-8")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    now = timezone.now()
    assert systems.lodge(a_body("A", lodged_at=(now - timedelta(hours=2)).isoformat())).status == 201
    found = {"items": [{"item": 1, "areas": []}]}
    assert systems.send("POST", "/orders/A:customs:physical/findings", found).status == 201
    later = timezone.now() + timedelta(minutes=1)
    assert systems.lodge(a_body("B", lodged_at=later.isoformat())).status == 201
    (tmp_path / "profiles" / "cus-suits.yaml").write_text(PROFILE.format(**EVERY), encoding="utf-8")
    at = (tmp_path / "gate.yaml").stat().st_mtime_ns + 1_000_000
    os.utime(tmp_path / "gate.yaml", ns=(at, at))
    made: list[OpenGate] = []

    def look_again() -> None:
        assert reassess(later) == 2
        assert lodging._Open.gate is not None
        made.append(lodging._Open.gate)

    heard = elsewhere(look_again)
    anew = OpenGate.open(tmp_path / "gate.yaml", now=now)
    assert shares(made[0]) == {"A": 1.0, "B": 1.0}
    assert shares(heard) == shares(anew) == shares(made[0])


FROM_DE = {"code": "CUS-DE", "title": "From there", "agency": "customs", "area": "undervaluation", "act": "physical",
           "when": "origin is DE", "given": "origin: DE"}  # fmt: skip


def watched(gate: OpenGate) -> list[str]:
    """Profiles that asked for something, once for each declaration."""
    told: list[str] = gate.gate.policy.watched.floors.filter(kind="profile").get_column("source").sort().to_list()
    return told


def test_what_goods_are_chosen_for_because_of_others_no_profile_asked_for(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    write_state(tmp_path)
    profile = tmp_path / "profiles" / "cus-de.yaml"
    profile.write_text(PROFILE.format(**FROM_DE), encoding="utf-8")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    for name, origin in (("A", "DE"), ("B", "TR"), ("C", "DE")):
        systems.lodge(a_body(name, transport_document="CMR-1", items=[an_item(origin=origin)]))
    gate = lodging._Open.gate
    assert gate is not None
    assert Decision.objects.get(declaration__declaration_id="B", act="physical").selected
    assert watched(gate) == ["CUS-DE", "CUS-DE"]
    assert watched(OpenGate.open(tmp_path / "gate.yaml", now=timezone.now())) == watched(gate)
    profile.unlink()
    assert watched(OpenGate.open(tmp_path / "gate.yaml", now=timezone.now())) == watched(gate)


def test_who_used_a_certificate_before_it_was_known_is_remembered_by_a_gate_that_went_on(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    known = Path(__file__).parents[3] / "reference_data" / "samples" / "certificates"
    (tmp_path / "certificates").mkdir()
    copy(known / "keyed.csv", tmp_path / "certificates")
    (tmp_path / "m.yaml").write_text("passive: []\n", encoding="utf-8")
    write_state(tmp_path, more="certificates: certificates\nmatching_settings: m.yaml\n")
    file = tmp_path / "gate.yaml"
    settings.GATE_FILE = file  # type: ignore[attr-defined]
    fruit = an_item(hs="080910", origin="UZ", documents=["851"], document_numbers=["851:UZ17/0031"])
    assert systems.lodge(a_body("A", items=[fruit])).status == 201
    copy(known / "UZ-17-0031.xml", tmp_path / "certificates")
    os.utime(file, ns=(file.stat().st_mtime_ns + 1_000_000,) * 2)
    assert systems.lodge(a_body("B", items=[fruit])).status == 201
    gate = lodging._Open.gate
    assert gate is not None
    here, anew = gate.gate.policy.used, OpenGate.open(file, now=timezone.now()).gate.policy.used
    assert here is not None
    assert anew is not None
    assert here.get_column("declaration_id").to_list() == ["A", "B"]
    assert here.equals(anew)


PERMIT = "number,agency,trader,goods,origins,quantity,drawn,from,to,source\nPM-1,veterinary,{},0204,KZ,200,0,2026-01-01,2026-12-31,a law\n"
MEAT = {"hs": "020410", "origin": "KZ", "documents": ["911"], "document_numbers": ["911:PM-1"]}


def every_gate(file: Path, now: datetime) -> Iterator[OpenGate]:
    """The gate that went on; one that takes over what it keeps; one that reads everything."""
    lodging.state_in_force(now)
    gate = lodging._Open.gate
    assert gate is not None
    yield gate
    assert gate.to_keep()(now)
    yield OpenGate.open(file, now=now)
    GateMemory.objects.all().delete()
    yield OpenGate.open(file, now=now)


def left_of_permit(gate: OpenGate, now: datetime) -> list[tuple[list[str], float]]:
    """What a gate would find wrong with goods that name the permit, and how much it believes to be left."""
    items = read_lodged([a_body("NEW", items=[an_item(**MEAT)])], now=now).items
    checked = gate.gate.decide(items, day=now.date()).assessed.certificates
    assert checked is not None
    return checked.checks.select("faults", "left").rows()


def test_what_was_drawn_from_a_permit_comes_out_the_same_whenever_it_came_to_be_known_or_was_corrected(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    known = tmp_path / "registers" / "permits.csv"
    known.parent.mkdir()
    known.write_text(PERMIT.format("IMP-1").replace("PM-1", "PM-0"), encoding="utf-8")
    (tmp_path / "m.yaml").write_text("passive: []\npermit_agency: veterinary\n", encoding="utf-8")
    write_state(tmp_path, more="registers: registers\nmatching_settings: m.yaml\n")
    file, now = tmp_path / "gate.yaml", timezone.now()
    settings.GATE_FILE = file  # type: ignore[attr-defined]
    assert systems.lodge(a_body("A", items=[an_item(**MEAT)])).status == 201
    assert systems.lodge(a_body("O", items=[an_item(**MEAT | {"origin": "TR"})])).status == 201
    for step, (holder, found) in enumerate((("IMP-1", ([], 100)), ("IMP-2", (["other_trader"], 200)))):
        known.write_text(PERMIT.format(holder), encoding="utf-8")
        os.utime(file, ns=(file.stat().st_mtime_ns + 1_000_000,) * 2)
        assert [left_of_permit(gate, now) for gate in every_gate(file, now)] == [[found]] * 3, step
    known.write_text(PERMIT.format("IMP-1"), encoding="utf-8")
    os.utime(file, ns=(file.stat().st_mtime_ns + 1_000_000,) * 2)
    for name in "BC":
        assert systems.lodge(a_body(name, items=[an_item(**MEAT)])).status == 201
    decided = Decision.objects.filter(agency="veterinary", act="documentary", selected=True)
    assert {row.declaration.declaration_id for row in decided} == {"A", "O", "C"}
    first, *others = [gate.gate.policy.used for gate in every_gate(file, now)]
    assert first is not None
    assert [first.equals(each) for each in others if each is not None] == [True, True]


def test_which_codes_stand_for_permits_counts_also_for_what_was_lodged_before(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "permits.csv").write_text(PERMIT.format("IMP-1"), encoding="utf-8")
    facts = "documents: [{{code: 'X1', kind: {}, source: a law, certainty: J}}]\n"
    (tmp_path / "facts.yaml").write_text(facts.format("origin"), encoding="utf-8")
    (tmp_path / "m.yaml").write_text("passive: []\n", encoding="utf-8")
    write_state(tmp_path, more="registers: registers\nmatching_settings: m.yaml\nfacts: facts.yaml\n")
    file, now = tmp_path / "gate.yaml", timezone.now()
    settings.GATE_FILE = file  # type: ignore[attr-defined]
    meat = {**MEAT, "documents": ["X1"], "document_numbers": ["X1:PM-1"]}
    assert systems.lodge(a_body("A", items=[an_item(**meat)])).status == 201
    (tmp_path / "facts.yaml").write_text(facts.format("permit"), encoding="utf-8")
    os.utime(file, ns=(file.stat().st_mtime_ns + 1_000_000,) * 2)
    found = [gate.gate.policy.used for gate in every_gate(file, now)]
    assert [each.height for each in found if each is not None] == [1, 1, 1]


def run_of(home: Path, name: str, *bodies: dict[str, object]) -> None:
    """Take in a run of some declarations."""
    policy, now = read_state(home / "gate.yaml").policy, timezone.now()
    items = read_lodged(list(bodies), now=now).items
    done = assess_all(items, policy)
    files = RunFiles(name, name, done.decisions, orders(done.decisions, policy.profiles), {}, memory_text(done.memory))
    load(files, items, by="oraz", now=now)


def drawn_for(gate: OpenGate, now: datetime) -> str:
    """By what a gate would draw for goods on a lorry that others came on before."""
    items = read_lodged([a_body("NEW", vehicle_id="01KG123ABC")], now=now).items
    return str(gate.gate.decide(items, day=now.date()).decisions.get_column("fingerprint")[0])


def test_of_goods_lodged_at_one_moment_those_count_as_the_last_that_came_last(
    systems: Systems, settings: object, tmp_path: Path
) -> None:
    write_state(tmp_path)
    file, now = tmp_path / "gate.yaml", timezone.now()
    settings.GATE_FILE = file  # type: ignore[attr-defined]

    def body(name: str) -> dict[str, object]:
        return a_body(name, vehicle_id="01KG123ABC")

    assert systems.lodge(body("A")).status == 201
    run_of(tmp_path, "R1", body("BB"))
    assert len({drawn_for(gate, now) for gate in every_gate(file, now)}) == 1
    assert systems.lodge(a_body("D", lodged_at="2026-02-27T07:00:00Z")).status == 201
    run_of(tmp_path, "R2", body("CCC"))
    late, *others = [drawn_for(gate, now) for gate in every_gate(file, now)]
    assert others == [late, late]
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr(lodging._Open, "gate", None)
        assert systems.lodge(body("DDDD")).status == 201
    run_of(tmp_path, "R3", body("EEEEE"))
    assert len({drawn_for(gate, now) for gate in every_gate(file, now)}) == 1


def test_what_comes_while_everything_is_read_again_is_heard_of_in_its_order(
    systems: Systems, settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path)
    file, now = tmp_path / "gate.yaml", timezone.now()
    settings.GATE_FILE = file  # type: ignore[attr-defined]
    assert systems.lodge(a_body("A")).status == 201
    gate = lodging._Open.gate
    assert gate is not None
    take_over = vars(OpenGate)["_take_over"]

    def lodge() -> None:
        systems.lodge(a_body("B", vehicle_id="01KG123ABC", lodged_at=now.isoformat()))

    def slowly(made: OpenGate, mark: GateMark) -> None:
        monkeypatch.undo()
        settings.GATE_FILE = file  # type: ignore[attr-defined]
        take_over(made, mark)
        elsewhere(lodge)
        run_of(tmp_path, "run", a_body("R", vehicle_id="01KG123ABC", lodged_at=now.isoformat()))

    monkeypatch.setattr(OpenGate, "_take_over", slowly)
    gate.read_again(now)  # as the worker does, while others decide
    lodging.state_in_force(now)
    assert lodging._Open.gate is gate
    anew = OpenGate.open(file, now=now)
    assert list(gate.gate.past().get_column("declaration_id")) == list(anew.gate.past().get_column("declaration_id"))
    assert drawn_for(gate, now) == drawn_for(anew, now)
