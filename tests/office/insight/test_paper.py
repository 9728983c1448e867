"""The figures on paper are the same numbers as on the page."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from darvoza.domain.casework import CaseMove, Override
from darvoza.domain.codes import Act
from darvoza.flow.inspection.papers.paper import Paper, Prose, Rows
from darvoza.office.desk.models import DutyRoster
from darvoza.office.insight.models import Reckoning
from darvoza.office.insight.paper import MOST_PROFILES, figures_paper
from darvoza.office.insight.periods import Period
from darvoza.office.insight.queries.figures import overview, scope_of
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.registry.models import Order, Result
from darvoza.office.registry.plain import plain_record
from office.insight.keeping import kept_for_a_module
from office.insight.world import NOW, POSTS, START
from people import Cast

_UNSAID = re.compile(r'<p class="define">.*?</p>|<svg.*?</svg>|<thead>.*?</thead>|<[^>]*>', re.DOTALL)
_NUMBER = re.compile(r"\d[\d,.\u00a0]*%?|∞")


@pytest.fixture(autouse=True, scope="module")
def _all_there_is(_a_month: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Something in every table."""
    with kept_for_a_module(django_db_blocker, more_than_a_month):
        yield


def more_than_a_month() -> None:
    """Add rosters, departures with reasons and without, release times that are not all the same."""
    shared: dict[str, Any] = {
        "agency": "customs",
        "post": POSTS[0],
        "key": "00",
        "commitment": "00",
        "set_by": "salima",
        "set_at": NOW,
    }
    DutyRoster.objects.create(day=START.date(), hours={"asel": 37.25}, **shared)
    for place, order in enumerate(Order.objects.order_by("pk")[:60]):
        later = order.declaration.lodged_at + timedelta(hours=3, minutes=7 * place)
        Order.objects.filter(pk=order.pk).update(recorded_at=later)
        Result.objects.filter(order=order).update(at=later)
        if place < 7:
            said = Override(CaseMove.RAISE, Act.PHYSICAL, None, f"reason {place % 3}", "salima", NOW)
            order.overrides = [plain_record(said)]
            order.save(update_fields=["overrides"])
    reckon(now=NOW)


def kept(change: dict[str, Any]) -> None:
    """Change what is kept of the estimates of all groups, and count what is outstanding."""
    row = Reckoning.objects.get()
    row.figures["estimates"] |= {"outstanding": 713, "unmeasured": 911, "settled_until": NOW.isoformat()}
    for group in row.figures["estimates"]["groups"]:
        group.update(change)
    row.save()


def on_page(text: str) -> dict[str, set[str]]:
    """Give the numbers of each section of the page, without explanations, drawings and heads of tables."""
    sections = re.findall(r"<section><h2[^>]*>(.*?)</h2>(.*?)</section>", text, re.DOTALL)
    return {unescape(title): numbers(unescape(_UNSAID.sub(" ", body))) for title, body in sections}


def on_paper(paper: Paper) -> dict[str, set[str]]:
    """Give the numbers of each table of the paper, and of the sentences after it."""
    made: dict[str, set[str]] = defaultdict(set)
    title = ""
    for block in paper.blocks:
        if isinstance(block, Rows):
            title = block.title
            made[title] |= numbers(" ".join(cell for row in (block.head, *block.rows) for cell in row))
        elif isinstance(block, Prose):
            made[title] |= numbers(" ".join(block.sentences))
    return made


def numbers(text: str) -> set[str]:
    return {found.strip(",.\u00a0") for found in _NUMBER.findall(re.sub(r"(?<=\d)\s+%", "%", text))}


LACKING = {"leakage": None, "leaked": None, "detected": None, "lost": None, "random_checks": 17.0, "needed": 4321}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"period": "2026-03"}, {"post": "KG-DOS"}, {"from": "2026-02", "to": "2026-05"}, {"agency": "veterinary"}],
)
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"needed": 4321, "lost": None, "why_not_lost": "stakes unknown"},
        {"unstated": 4321},
        LACKING | {"why_not": "too few"},
        LACKING | {"why_not": "incomplete"},
        LACKING | {"why_not": "none released"},
    ],
)
def test_every_number_of_the_page_is_on_the_paper(
    world: Cast, language: str, asked: dict[str, str], change: dict[str, Any]
) -> None:
    kept(change)
    page = on_page(world.browser("jamila", language=language).get("/figures/", asked).text)
    scope = scope_of(
        world["jamila"], agency=asked.get("agency", ""), post=asked.get("post", ""), period=Period.of(asked)
    )
    shown = overview(scope)
    assert shown is not None
    paper = on_paper(figures_paper(shown, scope, why=True, language=language))
    assert len(page) >= 6
    missing = {title: told - paper[title] for title, told in page.items() if told - paper[title]}
    assert missing == {}


def test_the_paper_says_why_a_month_or_a_post_has_no_leakage_and_what_else_is_missing(world: Cast) -> None:
    kept(LACKING | {"why_not": "incomplete"})
    shown = overview(scope := scope_of(world["jamila"]))
    assert shown is not None
    told = str(figures_paper(shown, scope, why=True, language="en").as_plain())
    assert "results are missing" in told
    assert "7 departures in all." in told
    assert "37.2 hours, on 1 days" in told
    assert "Outstanding: 713." in told
    assert "Months are those of lodging" not in told


def test_months_that_are_not_of_lodging_are_told_on_the_page_and_on_the_paper(world: Cast) -> None:
    scope = scope_of(world["jamila"], period=Period("2026-03", "2026-03"))
    shown = overview(scope)
    assert shown is not None
    said = "overrides count in the month in which they happened"
    assert said in str(figures_paper(shown, scope, why=True, language="en").as_plain())
    browser = world.browser("jamila")
    assert said in browser.get("/figures/?period=2026-03").text
    assert said not in browser.get("/figures/").text
    assert "в месяце графика" in world.browser("jamila", language="ru").get("/figures/?period=2026-03").text


def test_that_profiles_were_cut_is_said_on_the_page_and_on_the_paper(world: Cast) -> None:
    said, browser = "The first twenty are shown; the export holds all.", world.browser("jamila")
    scope = scope_of(world["jamila"])
    for many in (MOST_PROFILES, MOST_PROFILES + 1):
        row = Reckoning.objects.get()
        [one, *_] = row.figures["estimates"]["lifts"]
        row.figures["estimates"]["lifts"] = [one] * many
        row.save()
        shown = overview(scope)
        assert shown is not None
        told = str(figures_paper(shown, scope, why=True, language="en").as_plain())
        assert (said in told, said in browser.get("/figures/").text) == (many > MOST_PROFILES,) * 2
