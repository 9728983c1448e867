"""Whatever `assess` can be told the gate can be told, and decides the same: certificates, standing, plans, registers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.codes import Act, Agency
from darvoza.domain.matching import MatchingSettings
from darvoza.domain.profile import ProfileSet
from darvoza.domain.sps.certificate import Certificate, CertifiedGoods, Permit
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.domain.sps.registers import OriginStatus, StatusCode
from darvoza.flow import pipeline
from darvoza.flow.assessment.matching_profiles import matching_profiles
from darvoza.flow.enrichment.certificate_checks import Attested
from darvoza.flow.enrichment.enrich import Registers
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.gate.deciding import RESULTS, Gate, ordered
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.inspection.faulty_documents import Faulty, faulty_documents
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.pipeline import Assessed, Policy, assess_all
from darvoza.flow.plan_book import keep_plans
from darvoza.flow.selectivity.memory_file import memory_text
from gate_world import PROFILES, in_parts, lodged, policy

COMPETENCE = CompetenceRegister.of(read_competence(Path("reference_data/sps_competence.csv")))
LOT = CertifiedGoods("080810", "apples", Decimal(1500), ("CN", "GE", "AE"))
CERTIFICATES = tuple(
    Certificate(f"PC-{n}", "A", "851", "70", datetime(2026, 2, 1, tzinfo=UTC), "CN", "KG", (), (LOT,)) for n in range(6)
)
PERMIT = Permit("PM-1", "IMP-1", date(2026, 1, 1), date(2026, 12, 31), Decimal(2000), ("0808",), ("CN",), Decimal(0))
ATTESTED = Attested(CERTIFICATES, (PERMIT,), MatchingSettings(passive=(), once=False))
STANDINGS = pl.DataFrame(
    {"trader": ["IMP-1", "IMP-2", "IMP-3"], "role": ["importer"] * 3, "category": ["low", "high", "authorised"]}
)
PLAN = SamplingPlan(
    "P", "Apples", Agency.PHYTOSANITARY, Act.PHYSICAL, MeasureScope(goods=("0808",)), (1.0, 0.25, 0.1), (2, 3), "Order 1",
    date(2026, 1, 1), validity=90,
)  # fmt: skip
ZONES = (OriginStatus("CAPSND", "CN", "", ("0808",), StatusCode.PRESENT, date(2026, 1, 1), None, "register"),)


@lru_cache(maxsize=1)
def everything() -> Policy:
    """A state in force in which everything is named that can be."""
    return replace(
        policy(),
        profiles=ProfileSet((*PROFILES, *matching_profiles(ATTESTED.settings))),
        competence=COMPETENCE,
        registers=Registers.of(ZONES, ()),
        attested=ATTESTED,
        standings=STANDINGS,
        plans=(PLAN,),
        challenger=policy().model,
        challenger_digest="cd",
    )


@lru_cache(maxsize=1)
def attested_goods() -> pl.DataFrame:
    """The trade of the gate, in which apples refer to certificates of which there is not enough for all."""
    number = pl.col("transport_document").str.extract(r"(\d)$").fill_null("0").cast(pl.Int64) % 7
    named = pl.concat_list(pl.format("851:PC-{}", number), pl.lit("911:PM-1"))
    apples = pl.col("hs") == "080810"
    return lodged().with_columns(
        documents=pl.when(apples).then(pl.lit(["851", "911"])).otherwise("documents"),
        document_numbers=pl.when(apples).then(named).otherwise(pl.lit([], dtype=pl.List(pl.String))),
    )


@pytest.mark.parametrize(("seed", "most"), [(0, 50), (2, 9)])
def test_a_state_with_everything_in_it_decides_a_few_at_a_time_as_all_at_once(seed: int, most: int) -> None:
    whole = assess_all(attested_goods(), everything())
    gate, made = Gate(everything()), []
    for part in in_parts(attested_goods(), seed, most):
        made.append(gate.decide(part))
        gate.keep(made[-1])
    assert pl.concat([each.decisions for each in made]).equals(whole.decisions)
    assert memory_text(gate.policy.memory) == memory_text(whole.memory)
    assert whole.certificates is not None
    assert gate.policy.used is not None
    assert gate.policy.used.equals(whole.certificates.uses)


@pytest.mark.parametrize("known", [True, False])
def test_few_are_decided_in_rows_as_many_are_in_columns(monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    early, late = halves(attested_goods())
    state = everything() if known else replace(everything(), model=None, model_digest=None, challenger=None)
    before = assess_all(early, state)
    after = replace(state, earlier=before.decisions, memory=before.memory, watched=before.watched(state))
    rows = assess_all(late, after)
    monkeypatch.setattr(pipeline, "FEW", 0)
    columns = assess_all(late, after)
    assert rows.told.in_rows
    assert not columns.told.in_rows
    assert rows.decisions.equals(columns.decisions)
    assert rows.told.rows == columns.told.rows
    assert list(plain_rows(rows.told)) == list(plain_rows(columns.told)) == list(plain_rows(columns.decisions))
    assert rows.load.equals(columns.load)
    assert memory_text(rows.memory) == memory_text(columns.memory)
    (ours, theirs) = rows.watched(after), columns.watched(after)
    assert ours.declarations.equals(theirs.declarations)
    assert ours.floors.equals(theirs.floors)
    (few, many) = (ordered(each.told, state.profiles, faulty_in(each)) for each in (rows, columns))
    assert few.frame.equals(many.frame)
    assert few.rows == many.rows
    assert few.frame.get_column("instructions_en").str.contains("PC-6 (item 1): none is known", literal=True).any()


def faulty_in(assessed: Assessed) -> Faulty:
    """What was found wrong with certificates and permits, in words."""
    assert assessed.certificates is not None
    return faulty_documents(assessed.certificates.checks, ATTESTED.settings)


def halves(items: pl.DataFrame) -> list[pl.DataFrame]:
    """What was lodged in the first five days, and what came later."""
    later = pl.col("lodged_at") >= START + timedelta(days=5)
    return [items.filter(~later), items.filter(later)]


def test_the_comparison_has_met_certificates_that_ran_out_low_standing_and_plans() -> None:
    whole = assess_all(attested_goods(), everything())
    sources = whole.decisions["floors"].explode().struct.unnest()
    for kind, source in (("law", "CERTIFICATE-PHYTOSANITARY-QUANTITY"), ("standing", "standing"), ("plan", "P")):
        assert sources.filter(source=source).height > 3, (kind, source)


def apples(*importers: str, first: int, day: int) -> pl.DataFrame:
    return goods(*(
        an_item(
            declaration_id=f"A{first + n:03}", hs="080810", origin="CN", importer_id=importer,
            transport_document=f"CMR-A{first + n}", lodged_at=START + timedelta(days=day, minutes=n),
        )
        for n, importer in enumerate(importers)
    ))  # fmt: skip


def test_orders_of_what_is_decided_again_name_the_documents_as_they_are_declared_now() -> None:
    def naming(number: str, version: int) -> pl.DataFrame:
        row = an_item(declaration_id="X", hs="080810", origin="CN", lodged_at=START + timedelta(days=20))
        named = pl.lit([f"851:{number}"]).alias("document_numbers")
        return goods(row).with_columns(
            pl.lit(["851"]).alias("documents"), named, pl.lit(version, pl.Int64).alias("version")
        )

    gate = Gate(everything())
    before = gate.decide(naming("PC-7", 1))
    gate.keep(before)
    after = gate.decide_again(naming("PC-8", 2), before.decisions)
    inherited = gate.inheriting(before, {"X": after.told.rows})
    for made, number in ((before, "PC-7"), (after, "PC-8"), (inherited, "PC-7")):
        told = made.orders.filter(agency="phytosanitary").get_column("instructions_en")
        assert told.str.contains(f"Phytosanitary certificate {number} (item 1): none is known", literal=True).all()
        assert told.len() > 0


def results_of(
    items: pl.DataFrame, at: datetime, *, failed: tuple[str, ...] = (), act: str = "physical"
) -> pl.DataFrame:
    """What the service found when it examined all of these."""
    return pl.DataFrame(
        [(name, 1, "phytosanitary", act, True, name in failed, at) for name in items["declaration_id"]],
        schema=RESULTS,
        orient="row",
    )


def with_outcomes(items: pl.DataFrame, decisions: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """The same goods as a file with results holds them."""
    drawn = decisions.filter(agency="phytosanitary", act="physical").select(
        "declaration_id", inclusion_probability=pl.col("probability").cast(items.schema["inclusion_probability"])
    )
    outcome = results.select("declaration_id", "item", "examined", "finding", "result_at")
    return (
        items.drop("examined", "finding", "result_at", "inclusion_probability")
        .join(outcome, on=["declaration_id", "item"], how="left", maintain_order="left")
        .join(drawn, on="declaration_id", how="left", maintain_order="left")
        .select(items.columns)
    )


@pytest.mark.parametrize("failed", [(), ("A001",)])
def test_plans_move_with_results_as_if_they_had_been_replayed(failed: tuple[str, ...]) -> None:
    came = apples("I-1", "I-1", "I-1", "I-2", first=0, day=0)
    gate = Gate(replace(everything(), past=None, model=None, challenger=None))
    done = gate.decide(came)
    gate.keep(done)
    found = results_of(came, START + timedelta(days=2), failed=failed)
    gate.note_results(found)
    later = apples("I-1", "I-2", "I-3", first=10, day=4)
    day = (START + timedelta(days=4)).date()
    states = keep_plans(with_outcomes(came, done.decisions, found), (PLAN,), competence=COMPETENCE, day=day)
    assert gate.stands(START + timedelta(days=4)).drop("day", "until").equals(states.drop("day", "until"))
    run = assess_all(
        later,
        replace(gate.policy, earlier=done.decisions, plan_states=states, past=gate.past()),
    )
    assert gate.decide(later).decisions.equals(run.decisions)
    shares = dict(states.select("importer_id", "fraction").iter_rows())
    assert shares == {"I1": 1.0 if failed else 0.25, "I2": 1.0}, "importers are known by letters and digits"


def test_a_result_moves_the_plan_at_once_and_a_look_at_the_documents_does_not() -> None:
    came = apples("I-1", "I-1", first=0, day=0)
    at = START + timedelta(hours=5)

    def share(act: str) -> float:
        gate = Gate(replace(everything(), past=None, model=None, challenger=None))
        gate.keep(gate.decide(came))
        gate.note_results(results_of(came, at, act=act))
        return float(gate.stands(at + timedelta(seconds=1))["fraction"].item())

    assert (share("physical"), share("documentary")) == (0.25, 1.0)


def test_a_stream_goes_on_from_where_it_stood_when_goods_began_to_come_here() -> None:
    before, after = apples("I-1", "I-1", first=0, day=0), apples("I-1", "I-1", "I-1", first=5, day=10)
    gate = Gate(replace(everything(), past=None, model=None, challenger=None))
    done = gate.decide(before)
    told = with_outcomes(before, done.decisions, results_of(before, START + timedelta(days=1)))
    since = keep_plans(told, (PLAN,), competence=COMPETENCE, day=(START + timedelta(days=5)).date())
    late = Gate(replace(gate.policy, plan_states=since))
    first = late.decide(after)
    late.keep(first)
    floors = (
        first.decisions.filter(act="physical", agency="phytosanitary").explode("floors").unnest("floors", separator="_")
    )
    assert floors.filter(floors_source="P")["floors_probability"].to_list() == [0.25] * 3
    late.note_results(results_of(after, START + timedelta(days=12), failed=("A006",)))
    assert late.stands(START + timedelta(days=13)).select("fraction", "consignments", "examined", "failures").row(0) == (
        1.0, 5, 5, 1,
    )  # fmt: skip


def test_a_documentary_pass_that_comes_later_hides_no_finding() -> None:
    came = apples("I-1", first=0, day=0)
    gate = Gate(replace(policy(), past=None, model=None))
    gate.keep(gate.decide(came))
    gate.note_results(results_of(came, START + timedelta(days=1), failed=("A000",)))
    gate.note_results(results_of(came, START + timedelta(days=2), act="documentary"))
    assert gate.past().select("finding", "result_at").row(0) == (True, START + timedelta(days=1))


def test_a_state_that_asks_for_more_than_is_remembered_has_to_be_read_again() -> None:
    gate = Gate(policy())
    assert gate.knows_enough_for(replace(policy(), standings=STANDINGS))
    assert not gate.knows_enough_for(replace(policy(), plans=(PLAN,)))
    assert not gate.knows_enough_for(replace(policy(), attested=ATTESTED))
    assert Gate(everything()).knows_enough_for(replace(everything(), attested=replace(ATTESTED, certificates=())))
