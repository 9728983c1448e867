"""What a post brings back of a declaration that came with a run changes nothing of what was decided before it came back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.post.deciding import PostDecision
from darvoza.flow.selectivity.keys import read_key_file
from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services import lodging
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.replaying import replay
from darvoza.office.operations.services.joining import join
from darvoza.office.registry.models import Decision, Declaration
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.api.systems import NOW, POST, PROFILE, Systems, a_body, write_state

KNOWN = {
    "code": "CUS-KNOWN",
    "title": "Importers of whom something is known",
    "agency": "customs",
    "area": "undervaluation",
    "act": "documentary",
    "when": "importer_items > 1",
    "given": "importer_items: 3",
}


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - the office is made by asking
    """A gate whose decisions look at what else was declared by the importer, and at how often profiles ask."""
    write_state(tmp_path, more="random: 0.05\n")
    (tmp_path / "profiles" / "known.yaml").write_text(PROFILE.format(**KNOWN), encoding="utf-8")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def goods(reference: str, *, importer: str, version: int = 1, hs: str = "870323") -> pl.DataFrame:
    """Goods items of a declaration, as intake gives them."""
    head = {
        "declaration_id": reference,
        "version": version,
        "post": POST,
        "lodged_at": NOW - timedelta(days=3),
        "importer_id": importer,
    }
    rows = [
        {**head, "item": number, "hs": hs, "origin": "GE", "transport_document": f"CMR-{reference}"}
        for number in (1, 2)
    ]
    return pl.DataFrame(rows, schema_overrides={name: ITEM_SCHEMA[name] for name in rows[0]}).select(
        *(
            pl.col(name).cast(kind) if name in rows[0] else pl.lit(None, kind).alias(name)
            for name, kind in ITEM_SCHEMA.items()
        )
    )


def decided(home: Path, items: pl.DataFrame) -> Decided:
    return Gate(read_state(home / "gate.yaml").policy).decide(items)


def came_with_a_run(home: Path, reference: str, importer: str, hs: str = "870323") -> PostDecision:
    """A declaration that was decided elsewhere, in the register."""
    items = goods(reference, importer=importer, hs=hs)
    made = decided(home, items)
    load(RunFiles("run", reference * 8, made.decisions, made.orders, {}), items, by="system", now=NOW)
    return PostDecision(reference, items, made.decisions, made.orders)


def brought(made: PostDecision, number: int) -> None:
    """A post brings a decision back."""
    told = {"actor": "post", "subject": made.declaration_id, "at": NOW, "body": {}, "salt": "", "previous": "0" * 64}
    entry = JournalEntry(sequence=number, kind=EntryKind.DECISION, head=f"{number:064}", body_digest="", **told)  # type: ignore[arg-type]
    join(POST, entry, made, now=NOW)


def probabilities(reference: str) -> dict[str, float]:
    """What the register holds."""
    rows = Decision.objects.filter(declaration__declaration_id=reference)
    return {row.decision_id: row.probability for row in rows}


def replayed(home: Path) -> tuple[int, int]:
    ring = read_key_file(home / "key.json")
    found = replay({ring.commitment(): ring})
    assert found.differing in (None, [])
    return found.equal, found.different


def test_decisions_before_an_amendment_at_a_post_come_out_the_same_again(systems: Systems, home: Path) -> None:
    came_with_a_run(home, "R-000001", "IMP-1")
    assert systems.lodge(a_body("D-1")).status == 201
    later = goods("R-000001", importer="IMP-2", version=2)
    made = decided(home, later)
    brought(PostDecision("R-000001", later, made.decisions, made.orders), 1)
    assert Declaration.objects.get(declaration_id="R-000001").record["importer_id"] == "IMP-2"
    assert systems.lodge(a_body("D-2")).status == 201
    lodging.close()
    assert systems.lodge(a_body("D-3", importer_id="IMP-2")).status == 201
    asked = {
        row.declaration_id: "documentary" in {each["act"] for each in row.decisions if each["selected"]}
        for row in Lodgement.objects.filter(kind=LodgementKind.LODGED)
    }
    assert asked["D-1"]
    assert replayed(home) == (3, 0)


def test_decisions_before_a_post_asked_for_more_come_out_the_same_again(systems: Systems, home: Path) -> None:
    made = came_with_a_run(home, "R-000001", "IMP-1", hs="620342")
    assert systems.lodge(a_body("D-1")).status == 201
    before = probabilities("R-000001")
    floors = [
        [*each, {"kind": "plan", "source": "AT-THE-POST", "probability": 1.0, "items": [1]}]
        for each in made.decisions["floors"]
    ]
    more = made.decisions.with_columns(
        pl.Series("floors", floors, dtype=made.decisions.schema["floors"]), pl.lit(1.0).alias("probability")
    )
    brought(replace(made, decisions=more), 1)
    after = probabilities("R-000001")
    assert before != after
    first, second = Lodgement.objects.filter(declaration_id="R-000001").order_by("revision")
    assert {each["decision_id"]: each["probability"] for each in first.decisions} == before
    assert {each["decision_id"]: each["probability"] for each in second.decisions} == after
    assert systems.lodge(a_body("D-2")).status == 201
    assert replayed(home) == (2, 0)


PLANS = """\
plans:
  - {code: CARS, title: Cars, agency: customs, act: physical, scope: {goods: ["8703"]}, fractions: [1, 0.2], clearances: [1],
     legal_basis: A law, from: 2026-01-01}
"""


def test_what_a_post_amended_stands_in_the_place_of_what_came_with_a_run_also_after_a_start(
    systems: Systems, home: Path
) -> None:
    (home / "plans.yaml").write_text(PLANS, encoding="utf-8")
    write_state(home, more="plans: [plans.yaml]\n")
    came_with_a_run(home, "R-000001", "IMP-1")
    assert systems.lodge(a_body("D-1")).status == 201
    later = goods("R-000001", importer="IMP-2", version=2)
    made = decided(home, later)
    brought(PostDecision("R-000001", later, made.decisions, made.orders), 1)
    assert systems.lodge(a_body("D-2")).status == 201
    gate = lodging._Open.gate
    assert gate is not None
    assert over(gate) == {1: True, 2: False}
    assert over(OpenGate.open(home / "gate.yaml", now=NOW)) == over(gate)
    assert replayed(home) == (2, 0)


def over(gate: OpenGate) -> dict[int, bool]:
    """Which versions another one came in the place of, for a plan."""
    goods = gate.gate.remembered()["plans"].filter(declaration_id="R-000001")
    return dict(goods.select("version", pl.col("superseded_at").is_not_null()).iter_rows())
