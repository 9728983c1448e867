import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from architecture.house import ROOT
from darvoza.cli.reference_data import BASES, COMPETENCE, competence_register, shipped
from darvoza.domain.codes import Agency
from darvoza.domain.sps.competence import PROCESSES, Competence, IntendedUse
from darvoza.flow.enrichment import routing
from darvoza.flow.enrichment.routing import FACTS, CompetenceRegister, routing_facts
from darvoza.flow.intake.competence import read_competence

SHARED = ROOT.parent / "shared" / "reference" / "hs_competence.csv"
VET, PHYTO, SAN = Agency.VETERINARY, Agency.PHYTOSANITARY, Agency.SANITARY
REGISTER = competence_register(None)
CODES = [*sorted(REGISTER.entries), "870323", "9403", "2402209000", "1"]


@pytest.mark.parametrize(
    ("hs", "process", "use", "agencies", "category"),
    [
        ("0104101000", None, None, (VET,), None),
        ("0602201000", None, "planting", (PHYTO,), 4),
        ("080510", "raw", "consumption", (PHYTO, SAN), 3),
        ("080510", "roasted", "consumption", (PHYTO, SAN), 2),
        ("0712310000", "cooked", "consumption", (SAN,), 1),
        ("0602201000", "roasted", "planting", (PHYTO,), 4),
        ("0602", "sterilised", "planting", (PHYTO,), 4),
        ("0602", "roasted", None, (PHYTO,), 4),
        ("0602", "raw", "consumption", (PHYTO,), 4),
        ("1209", "dried", "planting", (PHYTO,), 4),
        ("1209", "dried", None, (PHYTO,), 4),
        ("0712310000", "dried", "planting", (PHYTO, SAN), 4),
        ("0104101000", "roasted", None, (VET,), None),
        ("0802520000", "dried", "consumption", (PHYTO, SAN), 2),
        ("100590", None, "consumption", (PHYTO,), 3),
        ("100590", None, "feed", (VET, PHYTO), 3),
        ("100590", None, None, (VET, PHYTO), 3),
        ("100510", None, "planting", (PHYTO,), 4),
        ("870323", None, None, (), None),
    ],
)
def test_goods_are_routed_by_code_processing_and_use(
    hs: str, process: str | None, use: str | None, agencies: tuple[Agency, ...], category: int | None
) -> None:
    found = REGISTER.route(hs, process=process, use=use)
    assert found.ispm32 == category
    assert found.agencies == agencies


def test_the_longest_prefix_counts_and_then_the_entry_that_asks_for_more() -> None:
    register = CompetenceRegister.of(
        [
            Competence("01", (VET,), basis="chapter"),
            Competence("0106", (PHYTO,), basis="heading"),
            Competence("0106", (SAN,), intended_use=IntendedUse.FEED, basis="feed"),
        ]
    )
    bases = [register.entry("010649", use=use) for use in (None, "feed", "planting")]
    assert [entry.basis for entry in bases if entry] == ["heading", "feed", "heading"]
    assert [entry and entry.basis for entry in (register.entry("0101"), register.entry("02"))] == ["chapter", None]


def test_what_nobody_controls_is_known_to_be_so_and_has_a_reason() -> None:
    found = REGISTER.route("870323")
    assert (found.agencies, found.reasons) == ((), ("no_entry",))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*CODES, None]),
            st.sampled_from([*PROCESSES, None]),
            st.sampled_from([*[use.value for use in IntendedUse], None]),
        ),
        max_size=30,
    )
)
def test_columns_and_single_goods_are_routed_alike(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    schema = {"hs": pl.String, "process": pl.String, "intended_use": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "FEW", 0)
        facts = routing_facts(frame, REGISTER)
    assert routing_facts(frame, REGISTER).equals(facts)
    for (hs, process, use), row in zip(rows, facts.iter_rows(named=True), strict=True):
        if hs is None:
            assert set(row.values()) == {None}
            continue
        found = REGISTER.route(hs, process=process, use=use)
        assert row["sps_agencies"] == [agency.value for agency in found.agencies]
        assert row["ispm32_category"] == (None if found.ispm32 is None else str(found.ispm32))


def test_without_a_register_every_fact_of_routing_is_unknown() -> None:
    facts = routing_facts(pl.DataFrame({"hs": ["01"], "process": [None], "intended_use": [None]}), None)
    assert facts.schema == pl.Schema(FACTS)
    assert set(facts.row(0)) == {None}


def test_every_basis_of_the_shipped_register_is_named_and_every_entry_has_one() -> None:
    with shipped(BASES).open(encoding="utf-8") as file:
        named = {row["basis"] for row in csv.DictReader(file)}
    used = {basis for entry in read_competence(shipped(COMPETENCE)) for basis in entry.basis.split(";")}
    assert used <= named
    assert "" not in used


@pytest.mark.skipif(not SHARED.exists(), reason="the reference table lies outside the repository")
def test_the_shipped_register_agrees_with_the_reference_table() -> None:
    names = {"VET": VET, "PHYTO": PHYTO, "SAN": SAN}
    with SHARED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            agencies = {names[part] for part in row["agencies"].split(";") if part}
            found = REGISTER.route(row["hs_prefix"])
            assert set(found.agencies) == agencies, row["hs_prefix"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("8x,veterinary,,V", "prefix"),
        ("1,veterinary,,V", "prefix"),
        ("01,vet,,V", "agencies"),
        ("01,veterinary,5,V", "ispm32"),
        ("01,veterinary,,sure", "certainty"),
    ],
)
def test_a_wrong_row_of_a_register_names_its_field(row: str, field: str, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f"prefix,agencies,ispm32,certainty,basis\n{row},law\n", encoding="utf-8")
    with pytest.raises(ExceptionGroup) as refused:
        read_competence(path)
    assert f"row 2 {field}" in str(refused.value.exceptions[0])
