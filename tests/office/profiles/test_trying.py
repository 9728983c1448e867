"""Profiles tried on the history: every number is recounted here by other means, and nothing that is tried selects."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from django.utils import timezone

from darvoza.domain.casework import CaseState
from darvoza.domain.profile import ProfileSet, UnknownPolicy
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.backtest import Trial, backtest
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.profiles import queries, searching
from darvoza.office.profiles.models import Performance, Search, ShadowCount
from darvoza.office.profiles.services import figures, shadow, versions
from darvoza.office.profiles.services.files import take_in
from darvoza.office.profiles.trials import DAYS, history, last_day, quick
from darvoza.office.profiles.views.review import moment_of
from darvoza.office.registry.models import Finding, Order, Result
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.profiles_sample import CARS, LATER, PLANTS, a_draft, a_profile
from office.sample import FIRST, a_decision, a_declaration, an_order, as_items, load_sample
from people import Cast

CARS_ONLY = "hs starts with 8703"


def with_cars(goods: pl.DataFrame) -> pl.DataFrame:
    """The declarations with a car, with the day and whether anything was found."""
    result = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()
    of_all = goods.group_by("declaration_id").agg(
        pl.col("hs").str.starts_with("8703").any().alias("car"),
        result.any().alias("known"),
        (result & pl.col("finding").fill_null(value=False)).any().alias("found"),
        pl.col("lodged_at").min(),
        pl.col("post").first(),
    )
    return of_all.filter("car")


def test_the_last_days_are_counted_as_one_counts_them_by_hand(office_history: pl.DataFrame) -> None:
    told = quick(parse(CARS_ONLY), UnknownPolicy.NO_MATCH, Decimal("0.5"))
    cars = with_cars(office_history)
    assert told is not None
    assert (told.matched, told.results, told.findings) == (cars.height, cars["known"].sum(), cars["found"].sum())
    assert told.selected == told.matched / 2
    assert told.all == office_history["declaration_id"].n_unique()
    assert told.end - told.start == timedelta(days=DAYS - 1)
    assert told.low is not None and told.expected is not None and told.high is not None  # noqa: PT018 - one thought
    assert told.low < told.expected < told.high


def test_without_a_history_one_can_write_but_not_try(cast: Cast, settings: object, tmp_path: object) -> None:
    settings.HISTORY = tmp_path  # type: ignore[attr-defined]
    assert quick(parse(CARS_ONLY), UnknownPolicy.NO_MATCH, Decimal(1)) is None
    browser = cast.browser("timur")
    assert "no history" in browser.post("/profiles/check/", {"source": "sentence", "when": CARS_ONLY}).text
    assert "no history" in browser.get(f"/profiles/search/?q={CARS_ONLY}").text
    assert "no history" in browser.post("/profiles/figures/", follow=True).text


def test_the_editor_tells_what_would_be_selected_while_one_writes(cast: Cast, office_history: pl.DataFrame) -> None:
    sent = {"source": "sentence", "when": CARS_ONLY, "share": "1"}
    told = cast.browser("timur").post("/profiles/check/", sent).text
    assert f"would select {with_cars(office_history).height}, find about" in told


@pytest.mark.usefixtures("office_history")
def test_a_backtest_is_kept_with_its_version_and_says_when_it_is_out_of_date(cast: Cast) -> None:
    row = a_draft(cast)
    page = f"/profiles/of/{CARS}/{row.number}/"
    assert "was not tried" in cast.browser("zarina").get(page).text
    told = cast.browser("timur").post(f"{page}backtest/", follow=True).text
    assert "Tried on the history" in told
    kept, known = queries.trial_of(row), history()
    assert kept is not None
    assert known is not None
    force = queries.set_in_force(LATER)
    again = backtest(
        Trial(force.__class__((queries.profile_of(row, queries.lists(LATER)),)), known, force, replaces=CARS)
    )
    assert kept.effect["declarations"] == again.tried[0].effect.declarations
    assert kept.replaced is not None
    assert kept.replaced["gained"] > 0, "a higher limit matches more"
    assert not kept.stale
    row.refresh_from_db()
    versions.save(cast["timur"], row, versions.fields_of(row) | {"when": CARS_ONLY}, now=LATER)
    assert "changed since" in cast.browser("zarina").get(page).text
    sent = {"reason": "cars have become dearer"}
    cast.browser("timur").post(f"{page}submit/", sent)
    row.refresh_from_db()
    assert row.state == "submitted"
    fresh = queries.trial_of(row)
    assert fresh is not None
    assert not fresh.stale, "whoever answers finds the back-test of what was submitted"


@pytest.mark.usefixtures("office_history")
def test_the_library_tells_performance_overlap_and_what_should_end(cast: Cast) -> None:
    kept = figures.try_all(by="timur", now=timezone.now())
    assert set(kept.answer) == {CARS, PLANTS}
    assert kept.answer[CARS]["results"] >= kept.answer[CARS]["findings"] > 0
    assert not queries.gone_stale(kept, timezone.now())
    page = cast.browser("timur").get("/profiles/").text
    assert f"{kept.answer[CARS]['findings']} of {kept.answer[CARS]['results']}" in page
    assert PLANTS not in page, "what belongs to another agency is not told"
    Performance.objects.update(answer=kept.answer | {CARS: kept.answer[CARS] | {"verdict": "retire"}})
    assert CARS in cast.browser("zarina").get("/profiles/?only=retire").text
    changed = a_profile(treatment={"act": "physical", "share": "0.25"})
    take_in(ProfileSet((changed,)), by="system", now=timezone.now())
    assert queries.gone_stale(kept, timezone.now())


def take_in_run(goods: pl.DataFrame, references: list[str]) -> None:
    """Take declarations of the history into the register, the first with an order."""
    lodged = dict(goods.select("declaration_id", "lodged_at").iter_rows())
    declarations = [replace(a_declaration(each), post="KG-AKT", lodged_at=lodged[each]) for each in references]
    decisions = [a_decision(each, "customs", "physical", selected=each == references[0]) for each in references]
    order = an_order(references[0], "customs", "physical", turn=1) | {"post": "KG-AKT"}
    run = RunFiles("run", "ab" * 32, pl.DataFrame(decisions), pl.DataFrame([order]), {"profiles": []})
    load(run, as_items(declarations), by="system", now=LATER)


def test_a_shadow_run_counts_what_it_would_have_matched_and_selects_nothing(
    cast: Cast, office_history: pl.DataFrame
) -> None:
    cars = with_cars(office_history)["declaration_id"].sort().to_list()
    others = sorted(set(office_history["declaration_id"]) - set(cars))
    take_in_run(office_history, [*cars[:3], *others[:2]])
    row = a_draft(cast)
    versions.save(cast["timur"], row, versions.fields_of(row) | {"when": CARS_ONLY}, now=LATER)
    before = queries.set_in_force(LATER).digest
    shadow.set_shadow(cast["timur"], row, on=True, now=LATER)
    counted = ShadowCount.objects.get(version=row)
    assert (counted.declarations, counted.known, counted.matched, counted.ordered, counted.found) == (5, 5, 3, 1, 0)
    assert queries.set_in_force(LATER).digest == before
    page = cast.browser("zarina").get(f"/profiles/of/{CARS}/{row.number}/").text
    assert "selects nothing" in page
    assert "is not counted before the history is written anew" in page
    assert "the history lacks" not in page
    ShadowCount.objects.update(declarations=7)  # two more were decided, at the gate, since the history was written
    page = cast.browser("zarina").get(f"/profiles/of/{CARS}/{row.number}/").text
    assert "2 declarations are not counted: the history lacks their facts." in page
    assert shadow.count_all(now=LATER) == 1
    shadow.set_shadow(cast["timur"], row, on=False, now=LATER)
    assert not shadow.in_shadow().exists()
    told = [str((entry.body or {})["what"]) for entry in entries_on(f"{CARS} {row.number}")]
    assert told == ["begun", "shadow", "shadow ended"]


def test_a_shadow_run_counts_the_last_word_of_orders_that_have_their_result(
    cast: Cast, office_history: pl.DataFrame
) -> None:
    take_in_run(office_history, with_cars(office_history)["declaration_id"].sort().to_list()[:3])
    order = Order.objects.get()
    for number, areas in enumerate((["undervaluation"], []), start=1):
        result = Result.objects.create(order=order, number=number, by="asel", at=LATER)
        record = {"item": 1, "areas": areas}
        Finding.objects.create(result=result, item=1, found=bool(areas), areas=areas, record=record)
    row = a_draft(cast)
    versions.save(cast["timur"], row, versions.fields_of(row) | {"when": CARS_ONLY}, now=LATER)
    for state, counted in ((CaseState.WAITING, (1, 0, 0)), (CaseState.RECORDED, (1, 1, 0))):
        Order.objects.update(state=state)
        shadow.set_shadow(cast["timur"], row, on=True, now=LATER)
        told = ShadowCount.objects.get(version=row)
        assert (told.ordered, told.results, told.found) == counted


def test_a_search_finds_what_one_finds_by_hand_and_the_post_bounds_it(office_history: pl.DataFrame) -> None:
    known, cars = history(), with_cars(office_history)
    assert known is not None
    found = searching.search(parse(CARS_ONLY), known, searching.Bounds())
    assert (found.declarations, found.results, found.findings) == (
        cars.height,
        cars["known"].sum(),
        cars["found"].sum(),
    )
    assert {hit.declaration_id for hit in found.hits} == set(cars["declaration_id"])
    assert [hit.lodged_on for hit in found.hits] == sorted((hit.lodged_on for hit in found.hits), reverse=True)
    day = last_day(known)
    osh = searching.search(parse(CARS_ONLY), known, searching.Bounds(day, day, "KG-OSH"))
    by_hand = cars.filter(pl.col("post") == "KG-OSH", pl.col("lodged_at").dt.date() == day)
    assert osh.declarations == by_hand.height
    assert searching.search(parse(CARS_ONLY), known, searching.Bounds(allowed={"nothing"})).declarations == 0


def test_another_agency_sees_of_the_history_only_what_it_has_an_order_on(cast: Cast) -> None:
    load_sample()
    person = cast["timur"]
    assert queries.may_be_seen(person) is None
    person.agency = "phytosanitary"
    assert queries.may_be_seen(person) == {FIRST}


def test_searches_are_kept_by_name_for_the_agency(cast: Cast, office_history: pl.DataFrame) -> None:
    browser = cast.browser("timur")
    browser.post("/profiles/search/keep/", {"name": "Cars", "q": CARS_ONLY})
    browser.post("/profiles/search/keep/", {"name": "Cars", "q": f"{CARS_ONLY} and origin is GE"})
    assert list(Search.objects.values_list("agency", "name", "sentence")) == [
        ("customs", "Cars", f"{CARS_ONLY} and origin is GE")
    ]
    assert "cannot be read" in browser.post("/profiles/search/keep/", {"name": "X", "q": "hs is"}, follow=True).text
    told = cast.browser("umar").get(f"/profiles/search/?q={CARS_ONLY}").text
    assert f"{with_cars(office_history).height} declarations" in told
    assert "Forget" not in told, "an auditor changes nothing"
    browser.post("/profiles/search/keep/", {"name": "Cars", "forget": "1"})
    assert not Search.objects.exists()
    assert verify().faults == ()


@pytest.mark.usefixtures("office_history")
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "Cars of spring", "q": "hs is"}, "cannot be read"),
        ({"name": "Cars of " + 40 * "spring", "q": CARS_ONLY}, "at most 120 characters"),
        ({"name": " ", "q": CARS_ONLY}, "at most 120 characters"),
    ],
)
def test_a_search_that_is_not_kept_loses_nothing_of_what_was_typed(cast: Cast, sent: dict[str, str], said: str) -> None:
    answer = cast.browser("timur").post("/profiles/search/keep/", {**sent, "from": "2026-01-01", "to": "2026-12-31"})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'<input id="name" name="name" value="{sent["name"].strip()}"' in answer.text
    for name, value in (("q", sent["q"]), ("from", "2026-01-01"), ("to", "2026-12-31")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in answer.text
    assert sent["q"] in answer.text[: answer.text.index("</textarea>")]
    assert not Search.objects.exists()


@pytest.mark.usefixtures("office_history")
@pytest.mark.parametrize("asked", ["q=orgin+is+GE", "q=hs+is+1&from=2031-01-01", "q=hs+is+1&from=yesterday"])
def test_what_cannot_be_asked_is_said(cast: Cast, asked: str) -> None:
    told = cast.browser("timur").get(f"/profiles/search/?{asked}").text
    assert 'role="alert"' in told


def test_the_times_of_the_office_are_those_of_its_place() -> None:
    made = moment_of("2026-03-01T08:00")
    assert made == datetime.fromisoformat("2026-03-01T08:00+05:00")
    assert moment_of("  ") is None
    with pytest.raises(ValueError, match="soon"):
        moment_of("soon")
