"""Entry documents put together, and the packages drawn for them."""

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import Sample
from darvoza.domain.sps.entry import EntryControl, OrderedAct
from darvoza.domain.sps.records import ControlRecords
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.documents import (
    all_documented,
    as_known,
    declaration_of,
    documented,
    ordered_acts,
    samples_to_take,
)
from darvoza.flow.inspection.samples import division
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from sps_records import DECLARED, DOCUMENT, PHYTO, REPORTED, SAMPLE, hour

RULES = read_sampling_rules(shipped("sampling_rules.yaml")).packages
RULE = RULES["gost_12430_table_34"]
TO_SAMPLE = replace(DOCUMENT, control=EntryControl(ordered=(OrderedAct(Act.SAMPLING),)))


def items(version: int = 1, **changes: object) -> dict[str, object]:
    row = {"declaration_id": "D-1", "version": version, "lodged_at": hour(0), "post": "P", "importer_id": "T", "flow": "I",
           "item": 1, "hs": "0813", "origin": "TJ", "documents": ["C1"], "seal_ids": ["S1", "S2"], "container_ids": None,
           "transit_countries": None}  # fmt: skip
    return {**row, **changes}


def test_a_declaration_is_read_in_its_last_version() -> None:
    table = pl.DataFrame([items(), items(2, hs="0802"), items(2, item=2)])
    declared = declaration_of(table, "D-1")
    assert [(item.item, item.hs, item.documents) for item in declared.items] == [
        (1, "0802", ("C1",)),
        (2, "0813", ("C1",)),
    ]
    assert (declared.version, declared.seal_ids, declared.container_ids) == (2, ("S1", "S2"), ())
    with pytest.raises(InvalidValue, match="give the file that holds it"):
        declaration_of(table, "D-2")


def test_orders_are_those_of_the_service_and_blind() -> None:
    row = {"declaration_id": DECLARED.declaration_id, "agency": "phytosanitary", "act": "sampling", "items": [1],
           "instructions_en": "Take a\nsample.", "instructions_ru": "Отобрать."}  # fmt: skip
    orders = pl.DataFrame([row, {**row, "agency": "customs"}, {**row, "declaration_id": "D-9"}])
    records = ControlRecords(DECLARED.declaration_id, "K", PHYTO, EntryControl())
    assert ordered_acts(orders, records) == (
        OrderedAct(Act.SAMPLING, (1,), (("en", "Take a sample."), ("ru", "Отобрать."))),
    )


def test_a_service_that_was_to_check_and_recorded_nothing_has_a_document() -> None:
    row = {"declaration_id": DECLARED.declaration_id, "agency": "veterinary", "act": "physical", "items": [1],
           "instructions_en": "Look.", "instructions_ru": "Осмотреть."}  # fmt: skip
    audit, other = {**row, "agency": "customs", "act": "audit"}, {**row, "agency": "sanitary", "declaration_id": "D-9"}
    orders = pl.DataFrame([row, audit, other])
    mine = ControlRecords(DECLARED.declaration_id, "K", PHYTO, EntryControl())
    strange = ControlRecords("D-9", "L", PHYTO, EntryControl())
    made = all_documented([mine, strange], DECLARED, orders)
    assert [(each.agency, [act.act for act in each.control.ordered]) for each in made] == [
        (PHYTO, []),
        (Agency.VETERINARY, [Act.PHYSICAL]),
    ]
    assert [each.agency for each in all_documented([mine, strange], DECLARED)] == [PHYTO]


@given(st.integers(0, 61))
def test_what_is_known_at_a_moment_was_recorded_until_then(hours: int) -> None:
    known = as_known(DOCUMENT, hour(hours))
    control = known.control
    moments = [
        *(check.at for check in control.checks),
        *(sample.taken_at for sample in control.samples),
        *(at for test in control.tests for at in (test.requested_at, test.accepted_at, test.reported_at)),
        *(each.at for each in control.decisions),
        *(each.at for each in known.follow_up),
    ]
    assert all(at is None or at <= hour(hours) for at in moments)
    assert all((test.result is None) == (test.reported_at is None) for test in control.tests)
    assert as_known(DOCUMENT, hour(60)) == DOCUMENT


@given(st.floats(0, 1, exclude_max=True))
def test_packages_follow_from_the_number_of_the_consignment_and_nothing_else(u: float) -> None:
    one = samples_to_take(TO_SAMPLE, RULE, u=u)
    again = samples_to_take(replace(TO_SAMPLE, number="another"), RULE, u=u)
    assert [sample.drawn for sample in one] == [sample.drawn for sample in again]
    assert [len(sample.drawn) for sample in one] == [20, 3]
    assert all(1 <= min(sample.drawn) <= max(sample.drawn) <= sample.packages for sample in one)


def test_two_lots_of_one_consignment_are_drawn_apart() -> None:
    planned = tuple(Sample(f"P-{lot}", 1, lot, 1000, ()) for lot in ("a", "b"))
    made = samples_to_take(replace(DOCUMENT, control=EntryControl(samples=planned)), RULE, u=0.4)
    assert made[0].drawn != made[1].drawn


def test_what_was_sampled_is_not_sampled_again() -> None:
    done = replace(TO_SAMPLE, control=replace(TO_SAMPLE.control, samples=(SAMPLE,)))
    assert [sample.item for sample in samples_to_take(done, RULE, u=0.4)] == [2]


def test_an_item_without_a_number_of_packages_is_told() -> None:
    goods = tuple(replace(item, packages=None) for item in DECLARED.items)
    part = replace(DOCUMENT.consignment, declaration=replace(DECLARED, items=goods))
    with pytest.raises(InvalidValue, match="record a sample with `packages`"):
        samples_to_take(replace(TO_SAMPLE, consignment=part), RULE, u=0.4)


def test_increments_follow_the_mass_and_large_lots_are_divided() -> None:
    part = read_sampling_rules(shipped("sampling_rules.yaml")).parts["C"]
    small, large = (Decimal(900), Decimal(60_000))
    goods = tuple(replace(item, net_mass=mass) for item, mass in zip(DECLARED.items, (large, small), strict=True))
    heavy = replace(TO_SAMPLE, consignment=replace(DOCUMENT.consignment, declaration=replace(DECLARED, items=goods)))
    made = samples_to_take(heavy, RULE, u=0.4, part=part)
    divided, whole = division(part, large / 1000), division(part, small / 1000)
    assert divided.sublots > 1 == whole.sublots
    assert [sample.lot for sample in made] == [
        *(f"1, {place}/{divided.sublots}" for place in range(1, divided.sublots + 1)),
        "1",
    ]
    assert sum(sample.packages for sample in made[:-1]) == 1850
    assert {sample.increments for sample in made[:-1]} == {divided.each.increments}
    assert made[-1].aggregate_kg == whole.each.aggregate_kg
    bare = tuple(replace(item, net_mass=None) for item in DECLARED.items)
    part_one = replace(DOCUMENT.consignment, declaration=replace(DECLARED, items=bare))
    with pytest.raises(InvalidValue, match="net_mass"):
        samples_to_take(replace(TO_SAMPLE, consignment=part_one), RULE, u=0.4, part=part)


@pytest.mark.parametrize(
    ("control", "told"),
    [
        (EntryControl(samples=(replace(SAMPLE, item=7),)), "items"),
        (EntryControl(tests=(REPORTED,)), "tests"),
        (EntryControl(substitutions=(replace(DOCUMENT.control.substitutions[0], origin="CN"),)), "in_place_of"),
    ],
)
def test_a_record_of_what_is_not_there_is_refused(control: EntryControl, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        documented(ControlRecords("D", "K", PHYTO, control), DECLARED)
