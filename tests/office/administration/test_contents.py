"""What stands in a list in force is read and taken along, and what an approved version changed stays on its page."""

from datetime import timedelta

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_life import DataKind
from darvoza.office.administration.queries.reference import life_of
from darvoza.office.administration.services.reference import Place, offer_file, offer_list
from darvoza.office.journal.queries import entries_on
from darvoza.office.profiles.models import CodeList
from office.reference_sample import HEADER, LATER, MEASURE, approved, as_, use_list
from office.sample import NOW
from people import Cast

LIFE = "/administration/reference/of/list/debtors/"


@pytest.fixture
def debtors(cast: Cast) -> NamedList:  # noqa: ARG001 - the people are there first
    """A list in use."""
    named = NamedList("debtors", ("A-1", "=B,2", "+C"), "Debt unit", version="2026-06")
    use_list(named, 'importer in list "debtors"', NOW)
    return named


def test_the_codes_in_force_are_read_and_taken_along(cast: Cast, debtors: NamedList) -> None:
    number = CodeList.objects.get(name="debtors").pk
    link = f"/administration/reference/content/list/{number}/"
    for name in ("oraz", "umar"):
        page = cast.browser(name).get(LIFE).text
        assert all(f">{code}</code>" in page for code in debtors.values)
        assert link in page
    answer = cast.browser("umar").get(link)
    assert answer.content.decode() == 'code\n+C\n"=B,2"\nA-1\n'
    assert answer["Content-Disposition"] == 'attachment; filename="debtors.csv"'
    assert (entries_on("list debtors")[-1].body or {})["what"] == "content taken along"
    assert cast.browser("timur").get(link).status_code == 403
    assert cast.browser("umar").get("/administration/reference/content/measures/1/").status_code == 404


def test_what_was_taken_along_is_taken_in_again_as_it_is(cast: Cast, debtors: NamedList) -> None:
    number = CodeList.objects.get(name="debtors").pk
    taken = cast.browser("oraz").get(f"/administration/reference/content/list/{number}/").content
    assert tuple(offer_list(cast["oraz"], HEADER, taken, now=NOW).text.split("\n")) == debtors.values


def test_a_list_that_is_too_long_for_a_page_is_taken_along(cast: Cast, debtors: NamedList) -> None:
    assert len(debtors.values) == 3
    CodeList.objects.filter(name="debtors").update(size=1001)
    page = cast.browser("oraz").get(LIFE).text
    assert "too many for this page" in page
    assert ">A-1</code>" not in page


def test_what_an_approved_version_changed_stays_on_its_page(
    cast: Cast, merdan: Person, debtors: NamedList, place: Place
) -> None:
    hour = NOW + timedelta(hours=1)
    row = offer_list(cast["oraz"], HEADER, b"code\nA-1\nD-4\n", now=hour)
    approved(cast, merdan, row, place, held="\n".join(debtors.values), now=hour)
    page = as_(merdan).get(f"/administration/reference/{row.pk}/").text
    assert "What it changed" in page
    assert "Added 1, removed 2, changed 0; 1 stay." in page
    assert ">D-4</code>" in page


def test_what_an_approved_file_changed_stays_on_its_page(cast: Cast, merdan: Person, place: Place) -> None:
    new = MEASURE % 3
    row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", new.encode(), at=place, now=NOW)
    approved(cast, merdan, row, place, held=MEASURE % 1)
    page = as_(merdan).get(f"/administration/reference/{row.pk}/").text
    assert "Added 1, removed 1, changed 0; 0 stay." in page
    told = life_of(DataKind.MEASURES, "first.yaml", LATER)
    assert told is not None
    answer = as_(merdan).get(f"/administration/reference/content/measures/{told.current}/")
    assert answer.content.decode() == new
