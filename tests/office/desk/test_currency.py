"""Amounts name their currency wherever they stand, where the office was told it; without one they stand as they are."""

from datetime import datetime

import pytest

from darvoza.flow.inspection.papers.paper import Paper
from darvoza.office.insight.queries.exports import CASE_HEAD, DECLARED_HEAD, with_currency
from darvoza.office.registry.models import Result
from office.sample import FIRST, ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
MONEY = "9,296.38\N{NO-BREAK SPACE}KGS"
SENT = {"item1-areas": ["undervaluation"], "item1-additional_duty": "930.25", "item1-corrected_value": "12000"}


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


@pytest.fixture
def _som(settings: object) -> None:
    settings.CURRENCY = "KGS"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_som")
def test_pages_name_the_currency(cast: Cast) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    page = browser.get(PAGE).text
    assert page.count(MONEY) == 2, "in the form of the result and in the table of goods"
    assert "Corrected customs value, KGS</label>" in page
    assert "Additional duty and tax, KGS</label>" in page
    assert MONEY in browser.get(f"/declarations/{FIRST}/").text
    browser.post(f"{PAGE}result/", SENT)
    page = browser.get(PAGE).text
    assert "additional duty</span> 930.25\N{NO-BREAK SPACE}KGS" in page
    assert "value</span> 12,000\N{NO-BREAK SPACE}KGS" in page


def test_without_a_currency_amounts_stand_as_they_are(cast: Cast) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    page = browser.get(PAGE).text
    assert page.count("9,296.38") == 2
    assert "9,296.38\N{NO-BREAK SPACE}" not in page
    assert "Corrected customs value</label>" in page


@pytest.mark.usefixtures("_som")
def test_the_act_is_made_with_the_currency(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    browser.post(f"{PAGE}result/", SENT)
    assert Result.objects.count() == 1
    made: list[str] = []

    def kept(paper: Paper, *, at: datetime) -> bytes:
        made.append(f"{paper.as_plain()} {at}")
        return b"%PDF"

    monkeypatch.setattr("darvoza.office.desk.result_views.as_pdf", kept)
    assert browser.get(f"{PAGE}act.pdf").status_code == 200
    assert made[0].count(", KGS'") == 3


def test_an_export_of_what_was_recovered_names_the_currency() -> None:
    row = ("D1",) * len(CASE_HEAD)
    assert with_currency(CASE_HEAD, [row], "KGS") == ((*CASE_HEAD, "currency"), [(*row, "KGS")])
    assert with_currency(CASE_HEAD, [row], "") == (CASE_HEAD, [row])
    assert with_currency(DECLARED_HEAD, [row], "KGS") == (DECLARED_HEAD, [row])
