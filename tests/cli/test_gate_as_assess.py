"""What `assess` was told by options, `gate.yaml` is told by fields, and the gate decides the same."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from cli.conftest import ROOT
from cli.declared import declared, one_profile
from darvoza.cli.main import main
from darvoza.cli.reference_data import COMPETENCE, shipped
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.state_file import KNOWN, read_state
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping

SAMPLES = ROOT / "reference_data" / "samples"
FRUIT = {"hs": "0809100000", "origin": "UZ", "export_country": "UZ", "documents": "851",
         "document_numbers": "851:UZ17/0031"}  # fmt: skip
HISTORY = [
    {**FRUIT, "declaration_id": f"H{n}", "lodged_at": f"2026-0{1 + n // 20}-{1 + n % 20:02}T08:00:00Z",
     "result_at": f"2026-0{1 + n // 20}-{2 + n % 20:02}T08:00:00Z", "inclusion_probability": "1",
     "examined": "true" if n % 5 in {0, 2} else "", "finding": {0: "true", 2: "false"}.get(n % 5, ""),
     "importer_id": "I1" if n % 5 == 0 else "I0"}
    for n in range(40)
]  # fmt: skip
NEW = [
    {
        **FRUIT,
        "declaration_id": f"N{n}",
        "lodged_at": f"2026-03-25T{8 + n // 6:02}:{n % 6}0:00Z",
        "importer_id": f"I{n % 3}",
    }
    for n in range(30)
]
PLANS = """\
plans:
  - {code: P, title: Dried fruit, agency: phytosanitary, act: documentary, scope: {goods: ["0809"]},
     fractions: [1, 0.2], clearances: [3], legal_basis: L, from: 2026-01-01}
"""
MEASURES = """\
measures:
  - {code: M, title: Dried fruit, agency: phytosanitary, kind: frequency, scope: {goods: ["0809"]}, legal_basis: Order 1,
     from: 2026-01-01, yearly: 400, acts: {physical: 0.9}, instructions: {en: Look., ru: Смотреть.}}
"""
CAPACITY = "capacity:\n- {post: KG-TOR, per_day: 6}\n"


def command(*words: object) -> None:
    assert main([*map(str, words)]) == 0


def written(place: Path, text: str) -> Path:
    place.write_text(text, encoding="utf-8")
    return place


def everything(tmp_path: Path) -> dict[str, object]:
    """Every option that decides, but those of scores and of a run before, each with something to say."""
    history = declared(tmp_path, *HISTORY, name="history")
    plans, measures = written(tmp_path / "plans.yaml", PLANS), written(tmp_path / "measures.yaml", MEASURES)
    capacity, matching = written(tmp_path / "capacity.yaml", CAPACITY), written(tmp_path / "m.yaml", "passive: []\n")
    command("key", "new", "--agency", "customs", "--out", tmp_path / "key.json")
    whose = ("--outcomes-of", "phytosanitary:documentary")
    command("sps", "states", *history, "--plans", plans, "--day", "2026-03-20", *whose, "--out", tmp_path / "states")
    command("sps", "quotas", *history, "--measures", measures, "--day", "2026-03-20", "--out", tmp_path / "quotas")
    rules = written(tmp_path / "rules.yaml", "low_above: 1.2\nlow_floor: 0.4\ncertainty: 0.6\n")
    command("trader", "standing", *history, "--rules", rules, "--day", "2026-03-20", "--out", tmp_path / "standing")
    return {
        "profiles": one_profile(tmp_path), "key_file": tmp_path / "key.json", "capacity": capacity, "random": "0.02",
        "dial": "0.2", "purses": "0.2,0.8,0,0", "money_power": "0.5", "measures": measures, "quotas": tmp_path / "quotas",
        "registers": SAMPLES / "registers", "certificates": SAMPLES / "certificates", "matching_settings": matching,
        "standing": tmp_path / "standing", "plans": plans, "plan_states": tmp_path / "states",
        "competence": shipped(COMPETENCE), "reasons": "all",
    }  # fmt: skip


def words_of(fields: Mapping[str, object]) -> list[object]:
    """Options as they are typed."""
    return [word for name, value in fields.items() for word in (f"--{name.replace('_', '-')}", value)]


def test_whatever_a_run_is_told_the_gate_is_told_and_decides_the_same(tmp_path: Path) -> None:
    new, fields = declared(tmp_path, *NEW, name="new"), everything(tmp_path)
    command("assess", *new, *words_of(fields), "--out", tmp_path / "run")
    listed = {name: [str(fields[name])] for name in ("measures", "plans", "standing")}
    said = {name: str(value) for name, value in fields.items()} | listed | {"purses": ["0.2", "0.8", "0", "0"]}
    state = read_state(written(tmp_path / "gate.yaml", json.dumps(said)))
    items = take_in([Path(new[0])], load_mapping(Path(new[2]))).items
    gate, made = Gate(state.policy), []
    for first in range(0, 30, 7):
        names = [f"N{n}" for n in range(first, min(first + 7, 30))]
        made.append(gate.decide(items.filter(pl.col("declaration_id").is_in(names))))
        gate.keep(made[-1])
    run = pl.read_parquet(tmp_path / "run" / "decisions.parquet")
    whole = pl.concat([each.decisions for each in made])
    assert [name for name in run.columns if not whole[name].equals(run[name])] == []
    assert whole.equals(run)
    # turns and slots are those of what is decided together; what officers are told of each act is not
    said_of = ["declaration_id", "agency", "act", "instructions_en", "instructions_ru"]
    orders = pl.read_parquet(tmp_path / "run" / "orders.parquet").select(said_of).sort(said_of)
    assert pl.concat([each.orders for each in made]).select(said_of).sort(said_of).equals(orders)
    assert orders.get_column("instructions_en").str.contains("Phytosanitary certificate UZ").any()
    sources = set(run["floors"].explode().struct.field("source"))
    assert {"P", "M", "M:owed", "CERTIFICATE-PHYTOSANITARY-QUANTITY", "standing"} <= sources
    assert set(fields) <= KNOWN
    assert {"model", "challenger", "hazards", "facts"} == {
        name.replace("-", "_") for name in OPTIONS if name.replace("-", "_") not in fields
    } - APART


OPTIONS = (
    "profiles", "capacity", "random", "dial", "purses", "money-power", "reasons", "key-file", "model", "challenger",
    "competence", "registers", "certificates", "matching-settings", "hazards", "facts", "measures", "previous", "standing",
    "plans", "plan-states", "quotas", "out", "mapping", "workers",
)  # fmt: skip
APART = {"previous", "out", "mapping", "workers"}
"""What a run before left, the register knows; the others say where a run reads and writes."""
