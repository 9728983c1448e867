"""The register: what goes in comes out, everybody finds what is theirs, and nobody reads what is not."""

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from darvoza.domain.casework import ItemResult
from darvoza.domain.codes import RiskArea, Severity
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.folding import folded_trader
from darvoza.errors import OutputError
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.office.journal.queries import verify
from darvoza.office.registry.mapping import declaration_record, declaration_values, item_values, marks
from darvoza.office.registry.models import Declaration as Row
from darvoza.office.registry.models import Item as ItemRow
from darvoza.office.registry.models import Mark, Order, Run
from darvoza.office.registry.plain import plain_record, revived
from darvoza.office.registry.queries import find
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.records import stated
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.shell.writing import count_anew
from office.sample import (
    ELSEWHERE,
    FIRST,
    NOW,
    PASSED,
    SECOND,
    SECRETS,
    a_decision,
    a_declaration,
    an_order,
    as_items,
    load_sample,
)
from people import Cast

GOODS = frozenset({"items"})
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
AMOUNT = st.decimals(0, 10**12, places=6)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
ITEMS = st.builds(
    GoodsItem,
    item=st.integers(1, 999),
    hs=TEXT,
    origin=st.just("CN"),
    description=st.none() | TEXT,
    net_mass=st.none() | AMOUNT,
    customs_value=st.none() | AMOUNT,
    documents=st.lists(TEXT, max_size=3).map(tuple),
)
DECLARATIONS = st.builds(
    Declaration,
    declaration_id=TEXT,
    lodged_at=MOMENT,
    post=TEXT,
    importer_id=TEXT,
    items=st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda item: item.item).map(
        lambda items: tuple(sorted(items, key=lambda item: item.item))
    ),
    version=st.integers(1, 9),
    invoice_total=st.none() | AMOUNT,
    container_ids=st.lists(TEXT, max_size=3).map(tuple),
)


@given(DECLARATIONS)
def test_a_declaration_comes_back_from_its_rows_as_it_was(record: Declaration) -> None:
    rows = [ItemRow(**item_values(plain_record(item))) for item in record.items]
    assert declaration_record(Row(**declaration_values(plain_record(record, without=GOODS))), rows) == record


@given(DECLARATIONS)
def test_goods_items_of_an_intake_are_stated_as_their_record_is(record: Declaration) -> None:
    rows = [{**vars_of(record), **vars_of(item)} for item in record.items]
    items = pl.DataFrame(rows, schema={name: ITEM_SCHEMA[name] for name in rows[0]}, orient="row")
    made = list(stated(plain_rows(items)))
    assert [each.header for each in made] == [plain_record(record, without=GOODS)]
    # that there are no numbers of papers is named, too: of goods that were kept without it nobody knows
    assert made[0].goods == [{"document_numbers": []} | plain_record(item) for item in record.items]


def vars_of(record: Declaration | GoodsItem) -> dict[str, object]:
    """The values of a record by name, lists for tuples."""
    named = ((field.name, getattr(record, field.name)) for field in fields(record) if field.name != "items")
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named}


@given(
    st.builds(
        ItemResult,
        item=st.integers(1, 99),
        areas=st.lists(st.sampled_from(RiskArea), max_size=3).map(tuple),
        severity=st.none() | st.sampled_from(Severity),
        corrected_value=st.none() | AMOUNT,
        seized=st.booleans(),
        samples=st.lists(TEXT, max_size=2).map(tuple),
        words=TEXT,
    )
)
def test_a_result_comes_back_from_its_plain_form_as_it_was(result: ItemResult) -> None:
    assert revived(ItemResult, plain_record(result)) == result


@pytest.mark.django_db
def test_a_run_is_taken_in_whole_once_and_told_in_the_journal() -> None:
    assert load_sample() == (4, 8, 5, 4)
    row = Row.objects.get(declaration_id=FIRST)
    assert declaration_record(row, row.items.all()) == a_declaration(FIRST)
    assert verify().faults == ()
    with pytest.raises(OutputError, match="not taken in yet"):
        load_sample()
    assert Row.objects.count() == 4


@pytest.mark.django_db
def test_a_run_on_declarations_that_are_in_the_register_already_is_refused_with_their_names() -> None:
    load_sample()
    again = [a_declaration(FIRST, version=2), a_declaration(SECOND), a_declaration("KG-AKT-000009")]
    decided = pl.DataFrame([a_decision(each.declaration_id, "customs", "physical") for each in again])
    orders = pl.DataFrame([an_order(each.declaration_id, "customs", "physical", 1) for each in again])
    with pytest.raises(OutputError, match=f"2 that are, 1 of them in a newer version: {FIRST}, {SECOND}") as told:
        load(RunFiles("later", "ab" * 32, decided, orders, {}), as_items(again), by="system", now=NOW)
    assert "darvoza assess" in str(told.value)
    assert (Row.objects.count(), Run.objects.count()) == (4, 1)


@pytest.mark.parametrize(
    "words", [FIRST, FIRST.lower(), FIRST[-8:], "KG-AKT-0000", "01kg777", "MSKU1234565", "2596626", "01KG777ABC "]
)
def test_any_identifier_finds_its_declarations(cast: Cast, words: str) -> None:
    load_sample()
    answer = cast.browser("asel").get("/declarations/", {"q": words}, follow=True)
    assert FIRST in answer.text


@pytest.mark.parametrize("words", ["01 kg 777 abc", "01KG777ABC", "01-KG-777 АВС", "truck7", "TRUCK 7", "sl1"])
def test_a_plate_is_found_however_it_was_written_and_is_asked_for(words: str) -> None:
    written = a_declaration(vehicle_id="01 kg-777 авс", container_ids=("Truck 7",), seal_ids=("SL/1",))
    found = {value for _, value in marks(plain_record(written))}
    assert found & {words.upper(), folded_trader(words)}
    assert {"01 KG-777 АВС", "TRUCK 7", "SL/1"} <= found


@pytest.mark.parametrize("words", ["KG", "nothing", "%%%%", "' OR 1=1 --", "\\" * 9])
def test_what_is_no_identifier_finds_nothing_and_breaks_nothing(cast: Cast, words: str) -> None:
    load_sample()
    answer = cast.browser("jamila").get("/declarations/", {"q": words})
    assert (answer.status_code, answer.context["found"].paginator.count) == (200, 0)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("asel", {FIRST, SECOND, PASSED}),
        ("gulnara", {FIRST}),
        ("farrukh", {ELSEWHERE}),
        ("jamila", {FIRST, SECOND, PASSED, ELSEWHERE}),
        ("umar", {FIRST, SECOND, PASSED, ELSEWHERE}),
    ],
)
def test_everybody_sees_what_is_of_their_agency_and_post_and_nothing_else(
    cast: Cast, name: str, seen: set[str]
) -> None:
    load_sample()
    browser = cast.browser(name)
    statuses = {each: browser.get(f"/declarations/{each}/").status_code for each in (FIRST, SECOND, PASSED, ELSEWHERE)}
    assert {each for each, status in statuses.items() if status == 200} == seen
    assert set(statuses.values()) <= {200, 404}
    assert {row.declaration_id for row in browser.get("/declarations/").context["found"]} == seen


def test_whoever_examines_never_reads_why(cast: Cast) -> None:
    load_sample()
    told = cast.browser("timur").get(f"/declarations/{FIRST}/").text
    assert "CUS-VAL-001" in told
    for name in ("asel", "gulnara", "salima"):
        page = cast.browser(name).get(f"/declarations/{FIRST}/").text
        assert [secret for secret in SECRETS if secret in page] == []


def test_an_agency_sees_of_another_that_it_checks_and_not_why(cast: Cast) -> None:
    load_sample()
    answer = cast.browser("timur").get(f"/declarations/{FIRST}/")
    assert {order.agency for order in answer.context["told"].orders} == {"customs", "phytosanitary"}
    assert {decision.agency for decision in answer.context["told"].decisions} == {"customs"}


def test_an_exporter_that_is_not_known_is_said_once_and_a_day_has_no_time(cast: Cast) -> None:
    load_sample()
    browser = cast.browser("timur")
    text = browser.get(f"/declarations/{FIRST}/").text
    assert "<dt>Exporter</dt><dd>not known </dd>" in text
    row = Row.objects.get(declaration_id=FIRST)
    row.lodged_at, row.record = (
        datetime(2026, 3, 1, tzinfo=UTC),
        row.record | {"exporter_country": "CN", "lodged_at": "2026-03-01T00:00:00Z"},
    )
    row.save()
    text = browser.get(f"/declarations/{FIRST}/").text
    assert "<dt>Exporter</dt><dd>China (CN)</dd>" in text
    assert "<dd>1 Mar 2026, KG-AKT</dd>" in text


def test_the_page_of_a_declaration_asks_the_database_a_bounded_number_of_times(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    load_sample()
    browser = cast.browser("timur")
    browser.get("/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        browser.get(f"/declarations/{FIRST}/")


@pytest.mark.parametrize("name", ["jamila", "asel"])
def test_a_search_asks_the_database_a_bounded_number_of_times(
    cast: Cast, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load_sample()
    browser = cast.browser(name)
    browser.get("/")
    with django_assert_num_queries(4):
        assert browser.get("/declarations/", {"q": FIRST[:-1]}).context["found"].paginator.count > 1


@pytest.mark.parametrize("name", ["jamila", "asel", "gulnara"])
def test_what_begins_so_is_found_in_an_index_and_no_identifier_is_read_for_it(cast: Cast, name: str) -> None:
    load_sample()
    _add_marks_that_nobody_looks_for()
    with CaptureQueriesContext(connection) as asked:
        find(cast[name], FIRST[:-1])
    searched = [query["sql"] for query in asked if "registry_mark" in query["sql"]]
    assert searched
    for each in searched:
        assert "mark_found" in (plan := _plan(each)), plan
        if connection.vendor == "sqlite":
            assert "COVERING INDEX mark_found" in plan


def _add_marks_that_nobody_looks_for() -> None:
    """Make the table of marks one that is worth an index: PostgreSQL plans by what it counted last, perhaps nothing."""
    declarations = Row.objects.all()
    Mark.objects.bulk_create(
        Mark(declaration=row, kind="seal", value=f"ZZ-{n:05}") for row in declarations for n in range(2000)
    )
    for table in (Row, Mark, Order):
        count_anew(table)


def _plan(question: str) -> str:
    """Tell how the database answers a question."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{question}")
        return "\n".join(str(row) for row in cursor.fetchall())


def test_a_page_in_russian_is_russian(cast: Cast) -> None:
    load_sample()
    page = cast.browser("asel", language="ru").get(f"/declarations/{FIRST}/").text
    assert "Китай (CN)" in page
    assert "1 мар. 2026" in page
    assert "1 400,5" in page.replace("\xa0", " ")
    assert Decimal("1400.5") == a_declaration().items[0].net_mass
