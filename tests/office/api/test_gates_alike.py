"""A gate that went on, one that takes over what was kept and one that reads everything remember the same, and decide alike."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders import trade
from darvoza.flow.gate.state_file import State, read_state
from darvoza.flow.inspection.orders import orders
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.oversight.breaker import Ceiling
from darvoza.flow.pipeline import assess_all
from darvoza.flow.selectivity.keys import KeyRing, read_key_file
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.administration.models import Post
from darvoza.office.api.models import GateMemory, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Request
from darvoza.office.api.services import keeping, lodging, opening, reading
from darvoza.office.api.services.clients import caller_of
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.api.services.replaying import replay
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.models import Decision, Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.api.systems import Systems
from office.api.test_replay import ask, examine
from office.replay_world import DAY, ORIGINS, POSTS, bodies, change, write_gate

PLANS = """\
plans:
  - {code: P, title: Goods in a plan, agency: customs, act: physical, scope: {goods: ["8703", "0808", "6203"]},
     fractions: [1, 0.5, 0.1], clearances: [2, 2], legal_basis: A law, from: 2026-01-01}
"""
KEY = ("plan", "declaration_id", "version", "item", "marks", "agency", "act", "result_at", "inclusion_probability")
COUNT = 60


def strict(file: Path, ring: KeyRing | None = None, **more: Any) -> State:
    """A state under which profiles are soon slowed."""
    state = read_state(file, ring, **more)
    return replace(state, policy=replace(state.policy, ceiling=Ceiling(share=0.2, window_days=3, fewest=5)))


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - clients come first
    """A gate with plans, scores and ceilings, that reads a little at a time."""
    write_gate(tmp_path)
    (tmp_path / "plans.yaml").write_text(PLANS, encoding="utf-8")
    another_state(tmp_path, 0)
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    for module in (opening, keeping):
        monkeypatch.setattr(module, "read_state", strict)
    monkeypatch.setattr(reading, "PAGE", 7)
    lodging.close()
    Post.objects.bulk_create(Post(code=code, name=code) for code in POSTS)
    return tmp_path


def another_state(home: Path, number: int) -> None:
    """Put another state in force; it has the plans, too."""
    change(home, number)
    file = home / "gate.yaml"
    at = file.stat().st_mtime_ns
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "plans": ["plans.yaml"]}))
    os.utime(file, ns=(at, at))


def take_in(home: Path, name: str, at: datetime) -> None:
    """Take in a run of what was lodged until a moment."""
    policy, items = strict(home / "gate.yaml").policy, trade(40, 7, days=3)
    named = pl.concat_str(pl.lit(f"{name}-"), "declaration_id")
    items = items.with_columns(pl.col("lodged_at") + (at - items["lodged_at"].max()), declaration_id=named)  # type: ignore[operator]
    done = assess_all(items, policy)
    files = RunFiles(name, name, done.decisions, orders(done.decisions, policy.profiles), {}, memory_text(done.memory))
    load(files, items, by="oraz", now=at)


def told(gate: OpenGate) -> dict[str, Any]:
    """What a gate remembers, in an order of its own; what profiles asked for with the moment at which they did."""
    frames, memory = gate.gate.remembered(), memory_text(gate.gate.policy.memory)
    lodged = frames.pop("declarations").with_row_index("declaration")
    asked = frames.pop("floors").filter(kind="profile").join(lodged, on="declaration")
    frames |= {"asked": asked.select("post", "source", "lodged_at").sort("post", "source", "lodged_at")}
    frames |= {"past": gate.gate.past()}
    sorted_frames = {
        name: frame.sort([each for each in KEY if each in frame.columns] or frame.columns)
        for name, frame in frames.items()
    }
    return {**{name: frame.to_dicts() for name, frame in sorted_frames.items()}, "memory": memory}


def decided(gate: OpenGate, now: datetime) -> list[dict[str, Any]]:
    """What a gate would decide of some goods."""
    sent = [
        {**body, "declaration_id": f"NEW-{name}", "lodged_at": now.isoformat()}
        for name, _, body in bodies(30, 5, days=1)
    ]
    items = read_lodged(sent, now=now).items.sort("lodged_at", "declaration_id", "version", "item", maintain_order=True)
    return gate.gate.decide(items, day=now.date()).decisions.to_dicts()


def gates(home: Path, now: datetime) -> Iterator[OpenGate]:
    """The gate that went on; one that takes over what it keeps; one that reads everything."""
    lodging.state_in_force(now)
    here = lodging._Open.gate
    assert here is not None
    yield here
    stored = here.stored
    assert here.to_keep()(now)
    here.stored = stored
    yield OpenGate.open(home / "gate.yaml", now=now)
    GateMemory.objects.all().delete()
    yield OpenGate.open(home / "gate.yaml", now=now)


def assert_alike(home: Path, now: datetime) -> OpenGate:
    """Hold the three gates against each other; give the one that went on."""
    here, *others = gates(home, now)
    assert [told(each) == told(here) for each in others] == [True, True]
    assert [decided(each, now) == decided(here, now) for each in others] == [True, True]
    return here


def test_whatever_happened_gates_remember_the_same_and_decide_alike(systems: Systems, home: Path) -> None:
    caller, rng, known = caller_of(systems.tokens["customs"]), random.Random(9), list[dict[str, Any]]()
    assert caller is not None
    other: OpenGate | None = None
    for number, (reference, at, sent) in enumerate(bodies(COUNT, 9, days=6)):
        again = rng.choice(known) if known and rng.random() < 0.3 else sent
        body = {**again, "declaration_id": reference, "lodged_at": sent["lodged_at"]}
        if number % 3 == 1:  # another process
            other, lodging._Open.gate = lodging._Open.gate, other
        ask(caller, LodgementKind.LODGED, body, at)
        known.append(body)
        if number % 5 == 3:
            less = {**body, "items": body["items"][:1], "vehicle_id": "V-NEW"}
            ask(caller, LodgementKind.AMENDED, less, at, reference)
        if number % 2:
            examine(caller, rng, at)
        if number % 9 == 8:
            another_state(home, number // 9 + 1)
            reassess(at)
        if number in {20, 41}:
            take_in(home, f"R{number}", at)
        if number % 12 == 11:
            assert_alike(home, at)
    ring = read_key_file(home / "key.json")
    found = replay({ring.commitment(): ring})
    assert (found.differing, found.different) == ([], 0)


def with_papers(home: Path, number: int) -> None:
    """Put a state in force that knows more permits and certificates than the one before."""
    rows = [
        f"PM-{each},veterinary,IMP-{each},08,,{4000 * each},0,2026-01-01,2026-12-31,a law"
        for each in range(1, number + 1)
    ]
    certificates = [
        f"PC-{each},851,2026-02-20,{origin},KG,0808,apples,9000,{origin},,70,a service"
        for each, origin in enumerate(ORIGINS[:number])
    ]
    write(home / "registers" / "permits.csv", "number,agency,trader,goods,origins,quantity,drawn,from,to,source", rows)
    head = "number,type,issued_on,from,to,hs,name,net_mass,origin,statement,status,issuer"
    write(home / "certificates" / "keyed.csv", head, certificates)
    write(home / "m.yaml", f"passive: []\nonce: {str(number % 2 == 0).lower()}", [])
    another_state(home, number)
    file = home / "gate.yaml"
    at = file.stat().st_mtime_ns
    more = {"registers": "registers", "certificates": "certificates", "matching_settings": "m.yaml"}
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **more}))
    os.utime(file, ns=(at, at))


def write(file: Path, head: str, rows: list[str]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")


def presenting(body: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Goods with papers, some of which nobody knows yet."""
    importer = rng.randrange(1, 4)
    papers = {"documents": ["911", "851"], "document_numbers": [f"911:PM-{importer}", f"851:PC-{rng.randrange(3)}"]}
    items = [{**item, "hs": "080810", **papers} for item in body["items"]]
    return {**body, "importer_id": f"IMP-{importer}", "items": items}


def erase(until: datetime) -> None:
    """Erase who traded, of what was lodged until a moment."""
    Order.objects.filter(declaration__lodged_at__lt=until).delete()
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    [done] = expire(rules, now=until.replace(year=until.year + 5))
    assert done.number


def test_what_was_presented_cancelled_and_erased_leaves_gates_alike(systems: Systems, home: Path) -> None:
    caller, rng = caller_of(systems.tokens["customs"]), random.Random(4)
    assert caller is not None
    other: OpenGate | None = None
    here: OpenGate | None = None
    with_papers(home, 0)
    for number, (reference, at, sent) in enumerate(bodies(COUNT, 4, days=6)):
        body = presenting(sent, rng) if number % 2 else sent
        if number % 3 == 1:  # another process
            other, lodging._Open.gate = lodging._Open.gate, other
        ask(caller, LodgementKind.LODGED, body, at)
        if number % 5 == 3:
            ask(caller, LodgementKind.AMENDED, {**body, "items": body["items"][:1]}, at, reference)
        if number % 7 == 4:
            lodging.lodge([Request(caller, LodgementKind.CANCELLED, None, reference=reference)], now=at)
        if number % 4 == 2:
            examine(caller, rng, at)
        if number % 11 == 10:
            with_papers(home, number // 11 + 1)
            reassess(at)
        if number in {20, 41}:
            take_in(home, f"R{number}", at)
        if number in {25, 50}:
            erase(at - timedelta(days=1))
        if number % 12 == 11:
            here = assert_alike(home, at)
    assert here is not None
    assert_all_of_it_happened(here)


def assert_all_of_it_happened(gate: OpenGate) -> None:
    assert Lodgement.objects.filter(kind=LodgementKind.CANCELLED).exists()
    assert gate.gate.policy.used is not None
    assert gate.gate.policy.used.height > 20
    assert not [each for each in lodging.gate_alarms(DAY) if "cannot be read" in each]
    floors = [row["source"] for made in Decision.objects.values_list("floors", flat=True) for row in made]
    assert {"PERMIT-QUANTITY", "CERTIFICATE-PHYTOSANITARY-QUANTITY"} <= set(floors), set(floors)
