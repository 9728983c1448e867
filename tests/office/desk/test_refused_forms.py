"""A form that is refused records nothing, and keeps what was typed; and a word of an officer is taken as he means it."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from darvoza.domain.casework import CaseState
from darvoza.office.registry.models import Finding, Order
from office.desk.settling import settled
from office.sample import FIRST, ORDER, PASSED, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
REASON = "the driver answers evasively"
SHORT = "too short"
"""A reason that is refused: of nine characters."""


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def claimed(cast: Cast) -> Client:
    """A browser in which somebody has taken the order."""
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    return browser


def field(page: str, name: str) -> str:
    """What stands in a field of a page."""
    [tag] = re.findall(rf'<input id="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def order() -> tuple[str, int]:
    """Where the order stands, and how often it was moved."""
    row = Order.objects.get(order_id=ORDER)
    return row.state, row.version


@pytest.mark.parametrize(
    "sent",
    [{"more": "1"}, {"more": "1", "act": ""}, {"more": "1", "act": "-"}, {"act": "-"}, {"act": "witchcraft"}, {}],
)
def test_without_an_act_nothing_is_raised_and_nothing_is_proposed(cast: Cast, sent: dict[str, str]) -> None:
    browser = claimed(cast)
    before = order()
    answer = browser.post(f"{PAGE}depart/", {**sent, "reason": REASON})
    assert (answer.status_code, order()) == (409, before)
    assert '<a href="#depart-act">Choose the act' in answer.text
    assert field(answer.text, "depart-reason") == REASON


def test_the_page_offers_no_act_before_one_is_chosen(cast: Cast) -> None:
    page = claimed(cast).get(PAGE).text
    offered = page[page.index('id="depart-act"') :]
    assert re.findall(r'<option value="([^"]*)"', offered)[0] == "-"


@pytest.mark.parametrize(
    ("address", "at", "sent"),
    [
        ("give-back", "back-reason", {}),
        ("depart", "depart-reason", {"act": "scan", "more": "1"}),
        ("depart", "depart-reason", {"act": ""}),
    ],
)
def test_a_reason_that_is_refused_stays_in_its_field_alone(
    cast: Cast, address: str, at: str, sent: dict[str, str]
) -> None:
    browser = claimed(cast)
    before = order()
    answer = browser.post(f"{PAGE}{address}/", {**sent, "reason": SHORT})
    assert (answer.status_code, order()) == (409, before)
    assert f'<a href="#{at}">Say why' in answer.text
    every = {name: field(answer.text, name) for name in ("back-reason", "depart-reason")}
    assert every == {name: SHORT if name == at else "" for name in every}
    assert answer.text.count("<details open>") + answer.text.count('class="noprint" open>') == 1


def test_an_act_that_was_chosen_is_chosen_still(cast: Cast) -> None:
    browser = claimed(cast)
    assert (
        '<option value="documentary" selected>'
        in browser.post(f"{PAGE}depart/", {"act": "documentary", "reason": SHORT}).text
    )
    assert '<option value="" selected>' in browser.post(f"{PAGE}depart/", {"act": "", "reason": SHORT}).text


def test_a_second_person_finds_his_words_again(cast: Cast) -> None:
    claimed(cast).post(f"{PAGE}depart/", {"act": "", "reason": REASON})
    answer = settled(cast.browser("salima"), PAGE, agreed="1", reason=SHORT)
    assert (answer.status_code, field(answer.text, "settle-reason")) == (409, SHORT)
    assert order()[0] == CaseState.LOWERING


def test_a_supervisor_who_takes_an_order_back_finds_his_words_again(cast: Cast) -> None:
    claimed(cast)
    answer = cast.browser("salima").post(f"/post/take-back/{ORDER}/", {"reason": SHORT})
    assert (answer.status_code, field(answer.text, "take-back-reason")) == (409, SHORT)


def test_a_suspicion_that_is_refused_stays_with_its_act(cast: Cast) -> None:
    answer = cast.browser("asel").post(f"/queue/refer/{PASSED}/", {"act": "scan", "suspicion": SHORT})
    assert (answer.status_code, field(answer.text, "suspicion")) == (409, SHORT)
    assert '<option value="scan" selected>' in answer.text
    assert '<a href="#suspicion">Say what makes you suspicious' in answer.text


@pytest.mark.parametrize(("name", "offered"), [("asel", 2), ("salima", 0)])
def test_whoever_examines_takes_orders_and_nobody_else_is_offered_them(cast: Cast, name: str, offered: int) -> None:
    page = cast.browser(name).get("/queue/").text
    assert page.count('class="claim"') == offered
    assert page.count("<kbd>c</kbd>") == bool(offered)
    assert FIRST in page


def test_two_orders_of_one_declaration_are_called_differently(cast: Cast) -> None:
    Order.objects.filter(state="waiting", agency="customs").exclude(order_id=ORDER).update(
        declaration=Order.objects.get(order_id=ORDER).declaration
    )
    page = cast.browser("asel").get("/queue/").text
    links = re.findall(r'<a class="open" id="([^"]+)"[^>]*>(.+?)</a>', page)
    assert len(links) == len({at for at, _words in links}) == len({words for _at, words in links}) == 2


def test_what_was_measured_can_be_read_also_where_it_is_nothing(cast: Cast) -> None:
    browser = claimed(cast)
    sent = {
        "item1-areas": ["quantity"], "item1-quantity": "0", "item1-net_mass": "0", "item1-severity": "2",
        "item1-additional_duty": "0", "item1-corrected_value": "0", "item1-samples": "S-1", "item1-words": "it was empty",
    }  # fmt: skip
    browser.post(f"{PAGE}result/", sent)
    told = [
        "quantity counted</span> 0", "net mass weighed, kg</span> 0", "severity</span> moderate", "samples</span> S-1",
        "additional duty</span> 0", "value</span> 0", "it was empty",
    ]  # fmt: skip
    page = browser.get(PAGE).text
    assert [each for each in told if each not in page] == []


def test_what_is_to_be_recorded_instead_can_be_read_by_whoever_agrees(cast: Cast) -> None:
    browser = claimed(cast)
    browser.post(f"{PAGE}result/", {"item1-areas": ["quantity"], "item1-quantity": "3"})
    sent = {"item1-net_mass": "0", "item1-words": "counted again, all there", "reason": "it was counted wrongly"}
    browser.post(f"{PAGE}correct/", sent)
    assert order()[0] == CaseState.LOWERING
    page = cast.browser("salima").get(PAGE).text
    proposed = page[page.index("Less was proposed") :]
    assert "net mass weighed, kg</span> 0" in proposed
    assert "counted again, all there" in proposed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("PH-1, PH-2;PH-3", ["PH-1", "PH-2", "PH-3"]), ("S-1 S-2", ["S-1", "S-2"]), ("С-1;\nС-2,", ["С-1", "С-2"])],
)
def test_numbers_of_samples_are_divided_as_people_divide_them(cast: Cast, typed: str, kept: list[str]) -> None:
    claimed(cast).post(f"{PAGE}result/", {"item1-samples": typed, "item1-areas": ["sps"]})
    assert Finding.objects.get(item=1).record["samples"] == kept


@pytest.mark.parametrize(
    ("typed", "told"),
    [("S-1 S-1", "stands here twice: S-1."), ("S-1,s-1", "twice: S-1, s-1."), ("S-1 😀", "neither letter nor digit")],
)
def test_a_number_of_a_sample_stands_there_once_and_is_one(cast: Cast, typed: str, told: str) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", {"item1-samples": typed, "item1-areas": ["sps"]})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert Finding.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "5,544", "5544"),
        ("en", "1,119.8", "1119.8"),
        ("en", "44,5", "44.5"),
        ("en", "1\xa0234.5", "1234.5"),
        ("ru", "1 119,8", "1119.8"),
        ("ru", "1119.8", "1119.8"),
        ("ru", "1,234", "1.234"),
        ("uz", "44,5", "44.5"),
    ],
)
def test_a_number_is_read_as_the_page_writes_it(cast: Cast, language: str, typed: str, meant: str) -> None:
    claimed(cast)
    sent = {"item1-areas": ["quantity"], "item1-net_mass": typed}
    assert cast.browser("asel", language=language).post(f"{PAGE}result/", sent).status_code == 302
    assert Decimal(Finding.objects.get(item=1).record["net_mass"]) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1e5", "44 kg", "1,23,4", "٣", "Infinity"])
def test_what_is_no_number_is_told_how_one_is_written(cast: Cast, typed: str) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", {"item1-areas": ["quantity"], "item1-net_mass": typed})
    assert (answer.status_code, "Enter a number in digits, such as 1,234.5." in answer.text) == (422, True)


@pytest.mark.parametrize(("typed", "kept"), [("38 08 91", "380891"), ("3808.91", "380891"), ("3808-91-10", "38089110")])
def test_a_corrected_code_may_be_divided(cast: Cast, typed: str, kept: str) -> None:
    claimed(cast).post(f"{PAGE}result/", {"item1-areas": ["misclassification"], "item1-corrected_hs": typed})
    assert Finding.objects.get(item=1).record["corrected_hs"] == kept


@pytest.mark.parametrize("typed", ["000000", "00 12 34", "0038.08.91"])
def test_a_code_of_chapter_00_is_told_with_its_field(cast: Cast, typed: str) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", {"item1-areas": ["misclassification"], "item1-corrected_hs": typed})
    assert answer.status_code == 422
    assert '<a href="#id_item1-corrected_hs">' in answer.text
    assert "No goods stand in chapter 00" in answer.text
    assert not Finding.objects.exists()


@pytest.mark.parametrize("typed", ["abc", "3808", "38089100001"])
def test_what_is_no_code_is_told_how_one_is_written(cast: Cast, typed: str) -> None:
    answer = claimed(cast).post(f"{PAGE}result/", {"item1-areas": ["misclassification"], "item1-corrected_hs": typed})
    assert (answer.status_code, "6 to 10 digits, such as 3808.91" in answer.text) == (422, True)


@pytest.mark.parametrize(("typed", "kept"), [("Китай", "CN"), ("China", "CN"), ("kg", "KG"), ("Кыргызстан", "KG")])
def test_a_country_may_be_named(cast: Cast, typed: str, kept: str) -> None:
    claimed(cast)
    sent = {"item1-areas": ["origin"], "item1-corrected_origin": typed}
    cast.browser("asel", language="ky").post(f"{PAGE}result/", sent)
    assert Finding.objects.get(item=1).record["corrected_origin"] == kept


def test_no_field_cuts_a_country_or_a_code_short(cast: Cast) -> None:
    page = claimed(cast).get(PAGE).text
    cut = {
        name: re.findall(rf'name="item1-{name}"[^>]*maxlength="(\d+)"', page)
        for name in ("corrected_origin", "corrected_hs")
    }
    assert all(int(most) >= 20 for found in cut.values() for most in found)


def test_nobody_is_told_to_send_once_more_what_is_recorded(cast: Cast) -> None:
    browser = claimed(cast)
    sent = {"item1-areas": ["origin"], "seen": browser.get(PAGE).text.split('name="seen" value="')[1].split('"')[0]}
    assert browser.post(f"{PAGE}result/", sent).status_code == 302
    answer = browser.post(f"{PAGE}result/", sent)
    assert (answer.status_code, Finding.objects.count()) == (409, 1)
    assert "no longer possible" in answer.text
    assert "once more" not in answer.text


TURNED = "\u202e\u2066\u200f\u0007"
"""Signs that turn the order of letters about, and a bell."""


def test_words_are_kept_without_what_turns_them_about(cast: Cast) -> None:
    browser = claimed(cast)
    browser.post(f"{PAGE}result/", {"item1-areas": ["origin"], "item1-words": f"paid {TURNED}001\r\nin full"})
    assert Finding.objects.get(item=1).record["words"] == "paid 001\nin full"


def test_reasons_are_kept_without_what_turns_them_about(cast: Cast) -> None:
    claimed(cast).post(f"{PAGE}depart/", {"act": "", "reason": f"{REASON}{TURNED}"})
    assert Order.objects.get(order_id=ORDER).overrides[-1]["reason"] == REASON
    cast.browser("asel").post(f"/queue/refer/{PASSED}/", {"act": "scan", "suspicion": f"{TURNED}{REASON}"})
    assert Order.objects.get(order_id=f"{PASSED}:customs:scan").referral == REASON
