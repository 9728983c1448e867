"""Figures where little or nothing is known yet: nothing is made up."""

from darvoza.domain.casework import CaseState
from darvoza.office.insight.models import Reckoning
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.registry.models import Order
from office.insight.world import NOW, a_world
from office.sample import load_sample
from people import Cast


def test_without_results_nothing_is_made_up(cast: Cast) -> None:
    a_world()
    reckon(now=NOW)
    page = cast.browser("jamila").get("/figures/")
    shown = page.context["shown"]
    assert (shown.whole.leakage, shown.whole.why_not) == (None, "incomplete")
    assert all(line.rate is None for line in shown.bases)
    assert all(one.median is None for one in shown.releases)
    assert "Not yet known" in page.text


def test_a_small_office_is_told_that_it_is_too_few(cast: Cast) -> None:
    load_sample()
    Order.objects.update(state=CaseState.WITHDRAWN)
    cast.browser("jamila").post("/figures/again/")
    page = cast.browser("jamila").get("/figures/").text
    assert "Leakage" in page
    assert 'class="figure"' not in page


def test_before_any_figures_the_page_says_so_and_makes_them_when_asked(cast: Cast) -> None:
    a_world()
    browser = cast.browser("jamila")
    assert "No figures were made yet" in browser.get("/figures/").text
    assert Reckoning.objects.count() == 0
    assert "up to date" in browser.post("/figures/again/", follow=True).text
    assert Reckoning.objects.count() == 1
