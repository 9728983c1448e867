"""Practice of Central Asian posts replayed from declaration to outcome and the next state of a plan; files in scenarios/."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from builders import an_item, goods
from darvoza.cli.reference_data import competence_register
from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.profile import ProfileSet
from darvoza.domain.sps.control import AgencyDecision, Check, CheckStatus, ControlOutcome, LaboratoryTest, Sample
from darvoza.domain.sps.entry import EntryConsignment, EntryControl, EntryDocument, OrderedAct
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.laboratory import accepted, laboratory_verdict, with_result
from darvoza.flow.inspection.orders import orders
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.pipeline import Policy, assess_all
from darvoza.flow.plan_book import keep_plans
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.sampling.detection import hypergeometric_size
from darvoza.methods.sampling.units import units_drawn

PLACE = Path(__file__).parent / "scenarios"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGISTER = competence_register(None)
RING = KeyRing((("customs", bytes(32)), ("phytosanitary", bytes(range(32)))))

Scenario = dict[str, Any]
FILES = sorted(path.stem for path in PLACE.glob("*.yaml"))


def load(name: str) -> Scenario:
    made: Scenario = yaml.safe_load((PLACE / f"{name}.yaml").read_text(encoding="utf-8"))
    return made


def policy(scenario: Scenario, tmp_path: Path, *, states: pl.DataFrame | None = None) -> Policy:
    """Measures and plans of a scenario, read from files as a service would hand them over."""
    for kind in ("measures", "plans"):
        (tmp_path / f"{kind}.yaml").write_text(yaml.safe_dump({kind: scenario.get(kind, [])}), encoding="utf-8")
    measures = read_measures(tmp_path / "measures.yaml") if scenario.get("measures") else ()
    plans = read_plans(tmp_path / "plans.yaml") if scenario.get("plans") else ()
    profiles = ProfileSet(measure_profiles(measures))
    return Policy(profiles, Budget(0.1), RING, competence=REGISTER, plans=plans, plan_states=states)


def declared(scenario: Scenario, **changes: object) -> pl.DataFrame:
    plain: dict[str, object] = {"post": "KG-DOS", "lodged_at": NOON}
    return goods(
        *(an_item(**{**plain, **item, "packages": Decimal(item["packages"]), **changes}) for item in scenario["goods"])
    )


def selected(decisions: pl.DataFrame) -> list[str]:
    certain = decisions.filter(pl.col("selected") & (pl.col("probability") == 1))
    return sorted(f"{agency} {act}" for agency, act in certain.select("agency", "act").rows())


def documents(scenario: Scenario, decisions: pl.DataFrame) -> dict[Agency, EntryDocument]:
    """One entry document for every competent service, with what was selected for it."""
    items = tuple(GoodsItem(item["item"], item["hs"], item["origin"]) for item in scenario["goods"])
    stated = EntryConsignment(Declaration("D", NOON, "KG-DOS", "T-1", items))
    made = {}
    for agency in map(Agency, scenario["agencies"]):
        acts = decisions.filter(pl.col("selected") & (pl.col("probability") == 1), agency=agency.value)
        ordered = tuple(OrderedAct(Act(act)) for act in acts.get_column("act"))
        made[agency] = EntryDocument(f"E-{agency}", agency, stated, EntryControl(ordered=ordered))
    return made


def done(control: EntryControl, step: Scenario, agency: Agency, at: datetime) -> EntryControl:
    """Carry one step out: a check, a sample, a report, or a word."""
    items = tuple(step.get("items", ()))
    if "check" in step:
        check = Check(agency, Act(step["check"]), CheckStatus(step["status"]), "officer", at, items=items)
        return replace(control, checks=(*control.checks, check))
    if "sample" in step:
        test = LaboratoryTest(
            step["sample"], step["analyte"], step["unit"], step["suspicion"], at, limit=Decimal(step["limit"])
        )
        sample = Sample(step["sample"], 1, "1", 100, (3, 14), taken_at=at, officer="officer")
        return replace(control, samples=(*control.samples, sample), tests=(*control.tests, accepted(test, at=at)))
    if "report" in step:
        tests = tuple(
            with_result(test, Decimal(step["result"]), unit=step["unit"], expanded_uncertainty=Decimal(step["uncertainty"]), at=at)
            for test in control.tests
        )  # fmt: skip
        assert [laboratory_verdict(test).value for test in tests] == [step.get("verdict", "accept")]
        return replace(control, tests=tests)
    until = at + timedelta(days=step["days"]) if "days" in step else None
    word = AgencyDecision(agency, ControlOutcome(step["decide"]), at, items, until, step["reason"])
    return replace(control, decisions=(*control.decisions, word))


@pytest.mark.parametrize("name", FILES)
def test_a_scenario_goes_from_declaration_to_outcome(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    items = declared(scenario)
    used = policy(scenario, tmp_path)
    decisions = assess_all(items, used).decisions
    assert selected(decisions) == sorted(scenario["certain"])
    for item in scenario["goods"]:
        routed = REGISTER.route(item["hs"], process=item.get("process"), use=item.get("intended_use"))
        assert [agency.value for agency in routed.agencies] == scenario["agencies"]
        assert scenario.get("ispm32") == (routed.ispm32 and str(routed.ispm32))

    told = orders(decisions, used.profiles)
    assert told.get_column("urgency").unique().to_list() == [scenario.get("urgency", "perishable")]
    assert any(scenario.get("instruction", "") in text for text in told.get_column("instructions_en"))

    if "opens" in scenario:
        opens = scenario["opens"]
        assert hypergeometric_size(opens["packages"], level=opens["level"], confidence=0.95) == opens["size"]
        drawn = units_drawn(RING.key(NOON.date()), lot=("D", "1"), lot_size=opens["packages"], size=opens["size"])
        assert len(set(drawn)) == opens["size"]

    held = documents(scenario, decisions)
    at = NOON
    for number, step in enumerate(scenario["steps"], start=1):
        at += timedelta(hours=1, days=step.get("after_days", 0))
        agency = Agency(step.get("agency", "phytosanitary"))
        held[agency] = replace(held[agency], control=done(held[agency].control, step, agency, at))
        word = joint_word(tuple(held.values()), items=[item["item"] for item in scenario["goods"]], now=at)
        assert (word.word.value, word.customs) == (step["word"], step["customs"]), f"step {number}"
        assert "outcome" not in step or word.items[0].outcome is ControlOutcome(step["outcome"])
        assert word.partial is step.get("partial", word.partial)


def test_dried_apricots_earn_fewer_examinations_and_lose_them_with_a_failure(tmp_path: Path) -> None:
    scenario = load("apricots")
    used = policy(scenario, tmp_path)
    needed = scenario["passes_until_monitored"]

    def state(results: list[bool]) -> pl.DataFrame:
        rows = [
            declared(
                scenario, declaration_id=f"D{k:02d}", lodged_at=NOON + timedelta(days=k), examined=True, finding=not passed,
                result_at=NOON + timedelta(days=k, hours=5), inclusion_probability=Decimal(1),
            )
            for k, passed in enumerate(results)
        ]  # fmt: skip
        day = (NOON + timedelta(days=len(results) + 1)).date()
        return keep_plans(pl.concat(rows), used.plans, competence=REGISTER, day=day)

    def floor(states: pl.DataFrame) -> float:
        decisions = assess_all(declared(scenario), replace(used, plan_states=states)).decisions
        floors = (
            decisions.filter(agency="phytosanitary", act="physical").explode("floors").unnest("floors", separator="_")
        )
        return float(floors.filter(floors_kind="plan").item(0, "floors_probability"))

    assert floor(state([True] * (needed - 1))) == 1
    assert floor(state([True] * needed)) == scenario["monitored"]
    assert floor(state([*[True] * needed, False])) == 1
