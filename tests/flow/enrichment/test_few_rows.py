"""Few goods items are looked at one by one, many by what they share: both give the same."""

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from builders import START, an_item, goods
from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.domain.facts import DECLARED, DERIVED
from darvoza.flow.enrichment import different, keys, references, transport
from darvoza.flow.enrichment.derived import DIVISORS, ROUNDEST, roundness, unit_value
from darvoza.flow.enrichment.enrich import Sources, enrich, enrich_few
from darvoza.flow.enrichment.keys import Codebook, KeyCodes
from darvoza.flow.enrichment.patterns import AHEAD
from darvoza.flow.enrichment.references import MEASURES, values_of
from darvoza.flow.enrichment.timeline import LODGED, lodged_of_few
from darvoza.flow.enrichment.words import words_of

TEXTS = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["", "used car", "Новые ЁЛОЧНЫЕ игрушки", "parts №12, H₂O", "ΟΔΟΣ Σίσυφος", "İstanbul²ab"])
)
CODES = st.none() | st.lists(
    st.sampled_from(["380", "861", "CO", "2", "CSQU3054383", "CSQU3054384", "csqu 305438-3", "A"]), max_size=3
)
AMOUNTS = st.none() | st.decimals(0, 9000, places=2, allow_nan=False)
ALONE = [fact.name for fact in (*DECLARED, *DERIVED)]
ROWS = st.lists(st.tuples(TEXTS, CODES, CODES, st.none() | st.just("FTA")), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_facts_of_few_items_are_those_of_many(
    rows: list[tuple[str | None, list[str] | None, list[str] | None, str | None]],
) -> None:
    items = goods(
        *(
            an_item(item=number, description=text, documents=documents, container_ids=containers, preference=preference)
            for number, (text, documents, containers, preference) in enumerate(rows, start=1)
        )
    )
    few = enrich(items, only=ALONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(different, "FEW", 0)
        patch.setattr(transport, "FEW", 0)
        many = enrich(items, only=ALONE)
    assert_frame_equal(few, many, check_exact=True)
    assert_frame_equal(enrich_few(items, only=ALONE).frame, few, check_exact=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=3), min_size=2, max_size=4))
def test_a_declaration_has_the_same_facts_alone_and_among_others(
    declarations: list[list[tuple[Decimal | None, Decimal | None, Decimal | None]]],
) -> None:
    items = goods(
        *(
            an_item(
                declaration_id=f"D{place}", item=number, customs_value=value, gross_mass=gross, packages=packages,
                freight=parts[0][2], insurance=parts[0][0], total_gross_mass=parts[0][1], total_packages=parts[0][2],
                container_ids=["CSQU3054383", "CSQU3054384", "A"],
            )
            for place, parts in enumerate(declarations)
            for number, (value, gross, packages) in enumerate(parts, start=1)
        )
    )  # fmt: skip
    sources = Sources(FactSettings(limits=(ValueLimit("exempt", Decimal(200)), ValueLimit("simple", Decimal(5000)))))
    together = enrich(items, sources=sources, only=ALONE)
    alone = [enrich(part, sources=sources, only=ALONE) for part in items.partition_by("declaration_id")]
    assert_frame_equal(pl.concat(alone), together, check_exact=True)
    assert_frame_equal(enrich_few(items, sources=sources, only=ALONE).frame, together, check_exact=True)


MOMENTS = st.integers(0, 90 * 1440).map(lambda minutes: START + timedelta(minutes=minutes))
CHANGES = {
    "customs_value": AMOUNTS, "price": AMOUNTS, "net_mass": AMOUNTS, "gross_mass": AMOUNTS, "tax_rate": AMOUNTS,
    "supplementary_quantity": AMOUNTS, "supplementary_unit": st.sampled_from([None, "LTR", "MTQ", "PCE"]),
    "total_gross_mass": AMOUNTS, "total_packages": AMOUNTS, "packages": AMOUNTS, "freight": AMOUNTS,
    "hs": st.sampled_from(["870323", "8703231000", "080510"]), "origin": st.sampled_from(["CN", "KZ", None]),
    "export_country": st.sampled_from(["CN", "KZ", None]), "border_post": st.sampled_from([None, "KG-TOR", "KG-OSH"]),
    "importer_id": st.sampled_from(["I1", "I2", None]), "declarant_id": st.sampled_from(["I1", None]),
    "origin_region": st.sampled_from([None, "cn-44", "KZ/ALA", "--"]), "establishment": st.sampled_from([None, "a 1", "-"]),
    "transit_countries": CODES, "seal_ids": CODES, "container_ids": CODES, "documents": CODES, "description": TEXTS,
    "preference": st.none() | st.just("FTA"), "version": st.integers(1, 2), "declaration_id": st.sampled_from(["D1", "D2"]),
    "dispatched_at": st.none() | MOMENTS,
    "lodged_at": MOMENTS,
}  # fmt: skip
HOUSES = (
    FactSettings(),
    FactSettings(
        time_zone="Asia/Bishkek",
        limits=(
            ValueLimit("exempt", Decimal(200), since=date(2026, 3, 1)),
            ValueLimit("simple", Decimal(5000), until=date(2026, 3, 31)),
            ValueLimit("full", Decimal(9000)),
        ),
    ),
)


@pytest.mark.parametrize("house", HOUSES)
@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({}, optional=CHANGES), min_size=1, max_size=7))
def test_what_few_items_declare_says_what_it_says_of_many(house: FactSettings, rows: list[dict[str, object]]) -> None:
    items = goods(*(an_item(item=number, **row) for number, row in enumerate(rows, start=1)))
    few = enrich_few(items, sources=Sources(house), only=ALONE)
    assert_frame_equal(few.frame, enrich(items, sources=Sources(house), only=ALONE), check_exact=True)


PLATES = (
    st.none() | st.sampled_from(["01 a-123 bc", "АВ 12", "ⅷ7", "ß1", "--", "", "ﬁ 2", "01A123BC"]) | st.text(max_size=6)
)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.tuples(PLATES, st.none() | st.just("KG-OSH"), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=6
    )
)
def test_keys_and_measures_of_few_items_are_those_of_many(
    rows: list[tuple[str | None, str | None, Decimal | None, Decimal | None, Decimal | None, Decimal | None]],
) -> None:
    names = ("vehicle_id", "border_post", "customs_value", "net_mass", "gross_mass", "supplementary_quantity")
    made = [an_item(item=place, **dict(zip(names, row, strict=True))) for place, row in enumerate(rows, start=1)]
    items, book = goods(*made).with_columns(unit_value().alias("unit_value")), Codebook()
    few = KeyCodes(items, book)
    few.prepare(AHEAD.fields, {*AHEAD.measured, "unit_value"})
    compared = values_of(items, MEASURES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "ONE_BY_ONE", 0)
        patch.setattr(references, "ONE_BY_ONE", 0)
        many = KeyCodes(items, book)
        many.prepare(AHEAD.fields, {*AHEAD.measured, "unit_value"})
        assert np.array_equal(compared, values_of(items, MEASURES), equal_nan=True)
    assert all(np.array_equal(few.single(name), many.single(name)) for name in AHEAD.fields)
    for name in (*AHEAD.measured, "unit_value"):
        assert np.array_equal(few.measured(name), many.measured(name), equal_nan=True)
    lodged = items.select(**LODGED)
    assert all(
        np.array_equal(one, lodged[name]) for name, one in zip(("lodged", "version"), lodged_of_few(items), strict=True)
    )


def test_an_amount_that_stands_for_all_rows_is_divided_by_as_if_it_stood_in_each() -> None:
    items = goods(*(an_item(item=number, gross_mass=Decimal(number), freight=Decimal("0.1")) for number in range(1, 4)))
    for name in DIVISORS:
        amount = pl.lit(Decimal("49812.6")).cast(pl.Decimal(38, 6)).alias(name)
        standing = items.with_columns(amount)
        written = items.with_columns(pl.Series(name, [Decimal("49812.6")] * items.height, dtype=pl.Decimal(38, 6)))
        assert_frame_equal(enrich(standing), enrich(written), check_exact=True)


def test_nothing_at_all_has_its_facts_too() -> None:
    assert enrich(goods(an_item())[:0]).schema == enrich(goods(an_item())).schema
    assert enrich_few(goods(an_item())[:0]).frame.schema == enrich(goods(an_item())).schema


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from([*"abcЖёЁ²①Ⅷ_1 "]), max_size=20))
def test_words_are_runs_of_three_letters(text: str) -> None:
    small = text.lower().replace("ё", "е")
    spaced = "".join(sign if unicodedata.category(sign).startswith("L") else " " for sign in small)
    assert words_of(text) == {word for word in spaced.split(" ") if len(word) >= 3}


def test_every_letter_of_the_alphabets_declared_in_is_read_as_polars_reads_it() -> None:
    signs = [chr(place) for place in range(0x530) if unicodedata.category(chr(place)) != "Cn"]
    texts = pl.Series([f"xy{sign}" for sign in signs])
    words = texts.str.to_lowercase().str.replace_all("ё", "е").str.extract_all(r"\p{L}{3,}").list.unique()
    assert [words_of(text) for text in texts] == [set(found) for found in words.to_list()]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.decimals(0, 10**12, places=2, allow_nan=False), min_size=1, max_size=5))
def test_roundness_is_the_number_of_zeros_that_are_written(amounts: list[object]) -> None:
    def written(amount: object) -> int | None:
        if amount is None:
            return None
        whole, _, part = f"{amount:f}".partition(".")
        zeros = len(whole) - len(whole.rstrip("0"))
        return 0 if part.strip("0") or not whole.strip("0") else min(zeros, ROUNDEST)

    assert roundness(pl.Series(amounts, dtype=pl.Decimal(38, 6))).to_list() == [written(amount) for amount in amounts]
