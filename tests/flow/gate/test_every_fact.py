"""Profiles of every fact, over goods of which anything may be unknown, decide the same whichever way declarations come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

import polars as pl
import pytest

from builders import START, a_profile, an_item, goods
from darvoza.domain.capacity import EXAMINATION, CapacityPlan, CapacityUnit, Duty, PostCapacity
from darvoza.domain.codes import Act, Agency
from darvoza.domain.facts import CATALOGUE, FactType
from darvoza.domain.profile import ProfileSet, UnknownPolicy
from darvoza.domain.selection import ReasonScope
from darvoza.errors import DarvozaError
from darvoza.flow import pipeline
from darvoza.flow.assessment import matcher
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.pipeline import Policy, assess_all
from darvoza.flow.selectivity.capacity import Budget, Split
from darvoza.flow.selectivity.memory_file import memory_text
from flow.gate.test_as_a_run import everything
from gate_world import in_parts

OF_TYPE = {
    FactType.HS: ("{} starts with 8703", "{} starts with 0808"),
    FactType.CODE: ("{} in (CN, GE, 4000, T1)", "{} in (KG, UZ, I)"),
    FactType.TEXT: ('{} contains "car"',),
    FactType.NUMBER: ("{} > 0", "{} < 100", "sum of {} (origin is CN) >= 1"),
    FactType.DATE: ("{} > 2026-03-05",),
    FactType.FLAG: ("{}", "not {}"),
    FactType.CODES: ("{} include 851", "{} include CN"),
}
"""Sentences about a fact of each type."""

AMOUNTS = [None, Decimal(0), Decimal("0.000001"), Decimal("0.1"), Decimal(1200), Decimal("123456.789"), Decimal(10**14)]
CODES = [None, [], ["CN"], ["851", "380"], ["911"], ["MSCU1234566", "x"]]
TEXTS = [None, "", "used car", "Яблоки свежие", "прочие товары", "parts №12"]
HEADER: dict[str, list[Any]] = {
    "flow": [None, "I", "E"], "procedure": [None, "4000"], "post": ["KG-TOR", "KG-OSH", "KZ-X"], "border_post": [None, "KG-TOR"],
    "importer_id": ["IMP1", "IMP2", "IMP3", "I4"], "exporter_id": [None, "EXP1"], "declarant_id": [None, "B1", "IMP1"],
    "carrier_id": [None, "C1"], "export_country": [None, "CN", "KZ"], "exporter_country": [None, "CN", "KZ"],
    "destination_country": [None, "KG"], "trading_country": [None, "AE"], "transit_countries": CODES, "freight": AMOUNTS,
    "insurance": AMOUNTS, "vehicle_id": [None, "01KG123ABC", "АВ 12"], "vehicle_country": [None, "KZ"], "trailer_id": [None, "T1"],
    "container_ids": CODES, "seal_ids": CODES, "total_gross_mass": AMOUNTS, "total_packages": AMOUNTS,
    "dispatched_at": [None, START - timedelta(days=3), START - timedelta(days=40)],
}  # fmt: skip
OF_ITEM: dict[str, list[Any]] = {
    "hs": ["870323", "8703231900", "080810", "0808108000", "020130", "040610", "300490"], "origin": ["CN", "GE", "AE", "KZ"],
    "origin_region": [None, "CN-44", "KZ/ALA", "--"], "description": TEXTS, "gross_mass": AMOUNTS, "net_mass": AMOUNTS,
    "supplementary_quantity": AMOUNTS, "supplementary_unit": [None, "LTR", "PCE"], "price": AMOUNTS, "customs_value": AMOUNTS,
    "packages": AMOUNTS, "tax_rate": [None, Decimal(0), Decimal("0.12")], "preference": [None, "CIS"], "documents": CODES,
    "document_numbers": [None, ["851:PC-1", "911:PM-1"], ["851:?"]], "establishment": [None, "kz 05", "E1"],
}  # fmt: skip


def dirty_trade(seed: int, count: int) -> pl.DataFrame:
    """Declarations of which every field is drawn by itself, some of them lodged at one moment."""
    rng, rows, at = Random(seed), list[dict[str, object]](), START
    for number in range(count):
        at += timedelta(hours=rng.choice((0, 1, 5, 9)))
        head = {name: rng.choice(values) for name, values in HEADER.items()}
        head |= {
            "declaration_id": f"D{number:03}",
            "lodged_at": at,
            "transport_document": f"CMR-{rng.randrange(count)}",
        }
        rows += [
            an_item(**head, item=item, **{name: rng.choice(values) for name, values in OF_ITEM.items()})
            for item in range(1, rng.choice((1, 1, 2, 4)) + 1)
        ]
    return goods(*rows)


def profiles() -> Iterator[Any]:
    """A profile or more for each fact, of which some match what is unknown."""
    rng = Random(7)
    for fact in CATALOGUE:
        for number, sentence in enumerate(OF_TYPE[fact.type]):
            changes = {
                "act": rng.choice(list(Act)),
                "agency": rng.choice(list(Agency)),
                "share": rng.choice(("0.05", "0.5", "1")),
            }
            try:
                yield a_profile(sentence.format(fact.name), code=f"{fact.name}-{number}", unknown=rng.choice(list(UnknownPolicy)), **changes)  # fmt: skip
            except DarvozaError:  # a code that this fact does not have
                assert fact.type in {FactType.CODE, FactType.CODES, FactType.HS}


@lru_cache(maxsize=1)
def state() -> Policy:
    """Everything at once, with capacities of several duties."""
    rows = (
        PostCapacity("KG-TOR", EXAMINATION, 3, CapacityUnit.PER_DAY),
        PostCapacity("KG-OSH", EXAMINATION, 8.0, CapacityUnit.HOURS),
        PostCapacity("*", EXAMINATION, 0.2, CapacityUnit.SHARE),
        PostCapacity("*", Duty(Agency.PHYTOSANITARY, Act.PHYSICAL), 2, CapacityUnit.PER_DAY),
        PostCapacity(
            "*", Duty(Agency.VETERINARY, Act.SAMPLING), 0, CapacityUnit.PER_DAY, date(2026, 3, 3), date(2026, 3, 6)
        ),
    )
    budget = Budget(random_floor=0.02, split=Split(0.2, 0.5, 0.2, 0.1), plan=CapacityPlan(rows))
    every = ProfileSet((*everything().profiles, *profiles()))
    return replace(everything(), profiles=every, budget=budget, reasons=ReasonScope.ALL)


def test_every_fact_is_spoken_of_by_a_profile_that_matches_some_goods_and_not_others() -> None:
    told = assess_all(dirty_trade(1, 60), state()).decisions.explode("floors").unnest("floors", separator="_")
    matched = {source.rsplit("-", 1)[0] for source in told.get_column("floors_source")}
    assert len({fact.name for fact in CATALOGUE} & matched) > 0.8 * len(CATALOGUE)


@pytest.mark.parametrize(("seed", "most"), [(1, 1), (2, 20)])
def test_whatever_is_unknown_a_few_at_a_time_are_decided_as_all_at_once(seed: int, most: int) -> None:
    items, gate, made = dirty_trade(seed, 60), Gate(state()), list[pl.DataFrame]()
    whole = assess_all(items, state())
    for part in in_parts(items, seed, most):
        done = gate.decide(part)
        gate.keep(done)
        made.append(done.decisions)
    assert pl.concat(made).equals(whole.decisions)
    assert memory_text(gate.policy.memory) == memory_text(whole.memory)


def test_whatever_is_unknown_rows_say_what_columns_say(monkeypatch: pytest.MonkeyPatch) -> None:
    items = dirty_trade(3, 60)
    for module in (pipeline, matcher):
        monkeypatch.setattr(module, "FEW", 10_000)
    rows = assess_all(items, state())
    for module in (pipeline, matcher):
        monkeypatch.setattr(module, "FEW", 0)
    columns = assess_all(items, state())
    assert (rows.told.in_rows, columns.told.in_rows) == (True, False)
    assert rows.decisions.equals(columns.decisions)
    assert list(plain_rows(rows.told)) == list(plain_rows(columns.told))
    assert rows.load.equals(columns.load)
