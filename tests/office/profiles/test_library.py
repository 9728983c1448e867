"""The library of profiles: paged, narrowed by agency, state and words, and quick with thousands of profiles."""

import re
import time
from datetime import date, timedelta
from operator import itemgetter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darvoza.domain.profile_version import ProfileState
from darvoza.flow.assessment import profile_life
from darvoza.office.profiles import queries
from darvoza.office.profiles.models import Force, Performance, Version
from darvoza.office.profiles.views.reading import PER_PAGE
from office.profiles_sample import LATER, take_in_sample
from office.sample import NOW
from people import Cast

FEW, MANY = 100, 5_000
PAGES = 12
TIMES = 10
"""How many times the processor time of a page of few profiles a page of fifty times as many takes at most: it is about five."""
MOST_QUERIES = 12


@pytest.fixture
def many(cast: Cast) -> None:  # noqa: ARG001 - people come first
    """Thousands of profiles in force, a draft beside each tenth, and their figures."""
    enter(range(MANY))


def enter(places: range) -> None:
    """Enter profiles in force, a draft beside each tenth, and figures."""
    common = {
        "risk_area": "undervaluation", "act": "physical", "share": "0.5", "floor": "profile", "visibility": "joint",
        "valid_from": date(2026, 1, 1), "valid_to": date(2031, 1, 1), "text": "code: x\n" * 100, "digest": "0" * 64,
        "imported": True, "author": "timur", "created_at": NOW,
    }  # fmt: skip
    agencies = ("customs", "veterinary")
    made = [
        Version(code=f"CUS-{place:05}", number=1, title=f"Profile {place}", agency=agencies[place % 2],
                state=ProfileState.APPROVED, **common)
        for place in places
    ] + [
        Version(code=f"CUS-{place:05}", number=2, title=f"Draft {place}", agency=agencies[place % 2],
                state=ProfileState.SUBMITTED, **common)
        for place in places if place % 10 == 0
    ]  # fmt: skip
    Version.objects.bulk_create(made, batch_size=500)
    first = Version.objects.filter(number=1, entries=None)
    Force.objects.bulk_create(
        [Force(code=row.code, version=row, at=NOW, decided_at=NOW, by="zarina") for row in first], batch_size=500
    )
    figures = {"matched": 1, "results": 1, "findings": 0, "hit_rate": 0.0, "overlap": None, "verdict": "keep"}
    Performance.objects.create(
        made_at=NOW, by="timur", start=date(2025, 1, 1), end=date(2026, 1, 1), history_digest="", force_digest="",
        base=0.05, answer={f"CUS-{place:05}": figures for place in range(places.stop)},
    )  # fmt: skip


def codes(page: str) -> list[str]:
    """The profiles of a page."""
    return re.findall(r"/profiles/of/(CUS-\d+)/\">", page)


def asked_for(browser: Client, address: str) -> tuple[str, int, float]:
    """A page, how many questions it asked the database, and how long it took: a busy machine takes longer, not more."""
    with CaptureQueriesContext(connection) as asked:
        began = time.process_time()
        page = browser.get(address).text
        spent = time.process_time() - began
    return page, len(asked), spent


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "?page=73", "?q=profile+49&only=force&agency=customs"])
def test_a_page_of_thousands_costs_little_more_than_one_of_few_and_asks_few_questions(cast: Cast, address: str) -> None:
    browser = cast.browser("umar")
    browser.get("/profiles/")  # the first request of a session asks more
    enter(range(FEW))
    *_, few = min((asked_for(browser, "/profiles/") for _ in range(3)), key=itemgetter(2))
    enter(range(FEW, MANY))
    page, questions, spent = min((asked_for(browser, f"/profiles/{address}") for _ in range(3)), key=itemgetter(2))
    assert questions <= MOST_QUERIES
    assert 0 < len(codes(page)) <= PER_PAGE
    assert spent <= TIMES * few


def test_pages_together_hold_each_profile_once(cast: Cast) -> None:
    browser = cast.browser("umar")
    held = PAGES * PER_PAGE
    enter(range(held))
    seen = [code for page in range(1, PAGES + 1) for code in codes(browser.get(f"/profiles/?page={page}").text)]
    assert seen == [f"CUS-{place:05}" for place in range(held)]


@pytest.mark.usefixtures("many")
def test_the_list_is_narrowed_by_agency_state_and_words_and_pages_stay_narrowed(cast: Cast) -> None:
    browser = cast.browser("umar")
    page = browser.get("/profiles/?only=waiting&agency=customs&q=cus").text
    assert "500 profiles" in page
    assert codes(page)[:2] == ["CUS-00000", "CUS-00010"]
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    after = browser.get(f"/profiles/{following.replace('&amp;', '&')}").text
    assert codes(after)[0] == "CUS-00500"
    assert "0 profiles" in browser.get("/profiles/?only=waiting&agency=veterinary").text
    assert codes(browser.get("/profiles/?q=profile+4999").text) == ["CUS-04999"]
    assert browser.get("/profiles/?page=x&agency=%00&only=%27").status_code == 200


def test_what_is_planned_is_told_and_what_ends_soon_is_found(cast: Cast) -> None:
    take_in_sample()
    Version.objects.update(valid_to=(LATER + timedelta(days=30)).date())
    assert "CUS-VAL-900" in cast.browser("timur").get("/profiles/?only=ending").text
    assert "CUS-VAL-900" not in cast.browser("timur").get("/profiles/?only=ended").text


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6), st.integers(0, 6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_the_database_and_the_flow_say_alike_what_is_in_force(
    db: None,  # noqa: ARG001 - made by asking
    decided: list[tuple[int, bool]],
    hour: int,
) -> None:
    Force.objects.all().delete()
    row, _made = Version.objects.get_or_create(
        code="A", number=1, agency="customs", author="timur", created_at=NOW, text="x", imported=True
    )
    for later, ends in decided:
        at = NOW + timedelta(hours=later)
        Force.objects.create(code="A", version=None if ends else row, at=at, decided_at=NOW, by="zarina")
    moment, entries = NOW + timedelta(hours=hour), queries.entries_of(["A"]).get("A", [])
    held = profile_life.in_force(entries, moment)
    assert queries.numbers_in_force(moment).get("A") == (held.number if held else None)
    coming = [entry for entry in profile_life.standing(entries) if entry.at > moment]
    assert queries.planned_after(moment).get("A") == (coming[0] if coming else None)
