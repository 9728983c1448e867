"""The figures of some months: what is asked for is what is shown, opened, taken away and printed."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from darvoza.domain.journal import EntryKind
from darvoza.errors import InvalidValue
from darvoza.flow.oversight.estimates import estimates
from darvoza.office.insight.models import Reckoning
from darvoza.office.insight.paper import figures_paper
from darvoza.office.insight.periods import EVER, Period, spanning, spans_of
from darvoza.office.insight.queries.cases import Asked, checks_for, declarations_asked
from darvoza.office.insight.queries.figures import Overview, last_figures, overview, scope_of
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration, Order, Result
from office.insight.keeping import kept_for_a_module
from office.insight.world import DECLARATIONS, NOW, lodged_at, references, world_frames
from people import Cast

MARCH = Period("2026-03", "2026-03")
LATER = 200
"""From which declaration of the world on they are lodged a month later here."""


def lodged(reference: str) -> datetime:
    """When a declaration is lodged here."""
    return lodged_at(reference) + timedelta(days=31 * (int(reference[-6:]) >= LATER))


@pytest.fixture(autouse=True, scope="module")
def _two_months(_a_month: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Two months in place of one."""
    with kept_for_a_module(django_db_blocker, half_a_month_later):
        yield


def half_a_month_later() -> None:
    """Lodge the second half of the declarations a month later, with their results; and make figures of that."""
    later = list(Declaration.objects.filter(declaration_id__in=references()[LATER:]).values_list("pk", flat=True))
    Declaration.objects.filter(pk__in=later).update(lodged_at=F("lodged_at") + timedelta(days=31))
    Order.objects.filter(declaration__in=later).update(recorded_at=F("recorded_at") + timedelta(days=31))
    Result.objects.filter(order__declaration__in=later).update(at=F("at") + timedelta(days=31))
    reckon(now=NOW)


def shown_of(world: Cast, period: Period = EVER, post: str = "") -> Overview:
    shown = overview(scope_of(world["jamila"], period=period, post=post))
    assert shown is not None
    return shown


def in_march() -> int:
    return sum(lodged(each).month == 3 for each in references())


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "2026-13"},
        {"period": "2026-Q5"},
        {"period": "soon"},
        {"from": "2026-3"},
        {"from": "2026-04", "to": "2026-03"},
        {"from": "2026-03-01"},
        {"to": "0000-01"},
    ],
)
def test_what_is_no_period_is_refused_and_said(world: Cast, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        Period.of(asked)
    browser = world.browser("jamila")
    for answer in (browser.get("/figures/", asked), browser.get("/figures/cases/", asked)):
        assert answer.status_code == 422
        assert "This is no period" in answer.text
    before = Entry.objects.count()
    assert browser.post("/figures/export/", {"form": "csv", **asked}).status_code == 422
    assert Entry.objects.count() == before


def test_a_period_is_a_month_a_quarter_a_year_or_from_one_to_another() -> None:
    assert Period.of({"period": "2026-Q1"}) == Period("2026-01", "2026-03")
    assert Period.of({"period": "2026"}).span == "2026"
    assert Period.of({"from": "2026-02", "to": "2026-04"}).span == ""
    assert Period.of({}) == Period.of({"period": "", "from": ""}) == EVER
    assert spanning("2026-12").lodged["lodged_at__lt"].year == 2027
    assert spans_of([]) == ([], [], [])


def test_the_figures_of_months_are_those_of_what_was_lodged_in_them(world: Cast) -> None:
    march, rest = shown_of(world, MARCH), shown_of(world, Period("2026-04", ""))
    whole = shown_of(world)
    assert 0 < in_march() < DECLARATIONS
    assert sum(line.declared for line in march.channels) == in_march()
    for name in ("declared", "ordered", "checked", "found"):
        parts = [sum(getattr(line, name) for line in each.channels) for each in (march, rest, whole)]
        assert parts[0] + parts[1] == parts[2]
    assert [line.group for line in march.months] == ["2026-03"]
    assert sum(line.drawn for line in march.load) + sum(line.drawn for line in rest.load) == sum(
        line.drawn for line in whole.load
    )
    assert march.spans == whole.spans


def test_leakage_of_a_month_is_estimated_of_it_alone(world: Cast) -> None:
    march = shown_of(world, MARCH)
    decisions, items, _ = world_frames()
    mine = [each for each in references() if lodged(each).month == 3]
    alone = estimates(
        decisions.filter(decisions["declaration_id"].is_in(mine)),
        items.filter(items["declaration_id"].is_in(mine)),
        titles={},
    ).whole
    assert alone is not None
    assert march.whole is not None
    assert (march.whole.leakage, march.whole.by) == (alone.leakage, "all")
    assert {line.group for line in march.posts if line.estimate} == {"KG-AKT", "KG-DOS"}
    year = shown_of(world, Period("2026-01", "2026-12"))
    assert (year.whole, year.releases) == (shown_of(world).whole, shown_of(world).releases)
    post = shown_of(world, MARCH, "KG-DOS")
    assert post.whole is not None
    assert (post.whole.by, post.whole.group) == ("post", "KG-DOS")


def test_of_months_that_are_no_span_nothing_is_estimated_that_cannot_be_added_up(world: Cast) -> None:
    some = Period("2026-02", "2026-05")
    shown = shown_of(world, some)
    assert (shown.whole, shown.releases) == (None, ())
    assert sum(line.declared for line in shown.channels) == DECLARATIONS
    assert all(line.estimate for line in shown.months)
    page = world.browser("jamila").get("/figures/?from=2026-02&to=2026-05").text
    assert "<option disabled selected>2026-02 – 2026-05</option>" in page
    assert "intervals cannot be added up" in page
    assert "medians cannot be added up" in page


def test_figures_that_were_kept_before_there_were_periods_say_so_and_tell_nothing_of_a_month(world: Cast) -> None:
    row = Reckoning.objects.get()
    del row.figures["spans"]
    row.figures["load"] = [each[:-1] for each in row.figures["load"]]
    row.save()
    assert last_figures() is not None
    shown = shown_of(world, MARCH)
    assert (shown.whole, shown.load, shown.undivided) == (None, (), True)
    assert shown_of(world).load
    assert not shown_of(world).undivided
    browser = world.browser("jamila")
    answer = browser.get("/figures/?period=2026-03")
    assert answer.status_code == 200
    assert "made before months were told apart" in answer.text
    for nothing in ("Nothing is left to estimate from", "No consignment waited", "Nothing was decided", 'value="csv"'):
        assert nothing not in answer.text
    assert (
        "до того, как их стали делить по месяцам"
        in world.browser("jamila", language="ru").get("/figures/?period=2026-03").text
    )
    before = Entry.objects.count()
    for form in ("csv", "excel", "pdf"):
        sent = browser.post("/figures/export/", {"form": form, "period": "2026-03"})
        assert (sent.status_code, sent["Location"]) == (302, "/figures/?agency=customs&from=2026-03&to=2026-03")
    assert Entry.objects.count() == before
    assert "Nothing is left" not in browser.get("/figures/").text
    browser.post("/figures/again/", {"period": "2026-03"})
    assert not shown_of(world, MARCH).undivided


def test_what_is_too_young_to_estimate_from_is_not_said_to_be_nothing(world: Cast) -> None:
    row = Reckoning.objects.get()
    row.figures["estimates"] |= {"groups": [], "begins": "2026-06-07T08:00:00+00:00"}
    row.save()
    assert "there will be something from 7 Jun 2026" in world.browser("jamila").get("/figures/").text
    assert "оценка появится с" in world.browser("jamila", language="ru").get("/figures/").text
    assert "Nothing is left to estimate from" not in world.browser("jamila").get("/figures/").text
    paper = figures_paper(shown_of(world), scope_of(world["jamila"]), why=True, language="en")
    assert "Nothing is old enough yet" in str(paper.as_plain())


def exported(world: Cast, **asked: str) -> list[dict[str, str]]:
    """The figures as they are taken away."""
    answer = world.browser("jamila").post("/figures/export/", {"form": "csv", **asked})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_is_counted_of_all_months_and_posts_together_is_no_nought_of_some(world: Cast) -> None:
    row = Reckoning.objects.get()
    row.figures["estimates"] |= {"outstanding": 7, "unmeasured": 11, "settled_until": NOW.isoformat()}
    row.save()
    counted = {"outstanding": "7", "without any chance": "11"}
    for asked, told in (({}, counted), ({"period": "2026-03"}, {}), ({"post": "KG-DOS"}, {})):
        rows = exported(world, **asked)
        assert {each["measure"]: each["value"] for each in rows if each["measure"] in counted} == told
        page = world.browser("jamila").get("/figures/", asked).text
        assert ("Outstanding: 7." in page, "nothing can be said: 11." in page) == (bool(told), bool(told))
        assert "Outstanding: None" not in page


def test_a_table_taken_away_says_whose_it_is_and_of_which_months_and_moment(world: Cast) -> None:
    rows = exported(world, post="KG-DOS", period="2026-Q1")
    assert {tuple(row[name] for name in ("agency", "post", "from", "to", "as of")) for row in rows} == {
        ("customs", "KG-DOS", "2026-01", "2026-03", NOW.isoformat(timespec="minutes"))
    }
    assert {row["from"] for row in exported(world)} == {""}
    why = {
        each["why not"] for each in exported(world, **{"from": "2026-02", "to": "2026-05"}) if each["table"] == "all"
    }
    assert why == {"no month, quarter or year"}
    [health] = [each for each in exported(world, agency="veterinary") if each["table"] == "all"]
    assert health["why not"] == "customs only"


@pytest.mark.parametrize("form", ["csv", "excel", "pdf"])
@pytest.mark.parametrize(
    ("asked", "named"),
    [({}, ""), ({"period": "2026-Q1"}, "-2026-Q1"), ({"from": "2026-02", "to": "2026-05"}, "-2026-02-to-2026-05")],
)
def test_the_name_of_a_file_tells_the_months(world: Cast, form: str, asked: dict[str, str], named: str) -> None:
    told = world.browser("jamila").post("/figures/export/", {"form": form, **asked})["Content-Disposition"]
    assert re.search(rf'"darvoza-figures{named}-[0-9]{{8}}-[0-9]{{4}}\.(csv|xlsx|pdf)"', told)


def test_links_and_exports_keep_the_period(world: Cast) -> None:
    browser = world.browser("jamila")
    page = browser.get("/figures/?period=2026-03").text
    assert 'name="from" value="2026-03"' in page
    assert "&amp;from=2026-03&amp;to=2026-03" in page
    assert "<option selected>2026-03</option>" in page
    answer = browser.get("/figures/cases/?which=declared&from=2026-03&to=2026-03")
    assert answer.context["found"].paginator.count == in_march()
    assert answer.context["kept"]["from"] == "2026-03"
    sent = {"form": "csv", "from": "2026-03", "to": "2026-03"}
    rows = list(csv.DictReader(io.StringIO(browser.post("/figures/export/", sent).content.decode("utf-8-sig"))))
    assert sum(int(row["declared"]) for row in rows if row["table"] == "channel") == in_march()
    assert [row["group"] for row in rows if row["table"] == "month"] == ["2026-03"]
    told = Entry.objects.filter(kind=EntryKind.EXPORT).latest("sequence").body or {}
    assert (told["from"], told["to"]) == ("2026-03", "2026-03")
    again = browser.post("/figures/again/", {"from": "2026-03", "to": "2026-03"})
    assert again["Location"].endswith("from=2026-03&to=2026-03")


@pytest.mark.parametrize("which", ["declared", "ordered"])
def test_a_month_outside_of_the_period_opens_into_nothing(world: Cast, which: str) -> None:
    person = world["jamila"]
    asked = Asked.of(scope_of(person, period=MARCH), {"which": which, "month": "2026-04"})
    rows = declarations_asked(person, asked) if which == "declared" else checks_for(person, asked)
    assert rows.count() == 0


def test_the_figures_are_printed_as_they_are_shown_and_the_journal_tells(world: Cast) -> None:
    browser = world.browser("jamila")
    answer = browser.post("/figures/export/", {"form": "pdf", "period": "2026-03"})
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert answer.content == browser.post("/figures/export/", {"form": "pdf", "period": "2026-03"}).content
    told = Entry.objects.filter(kind=EntryKind.EXPORT).latest("sequence")
    assert (told.actor, (told.body or {})["form"], (told.body or {})["from"]) == ("jamila", "pdf", "2026-03")
    scope = scope_of(world["jamila"], period=MARCH)
    paper = figures_paper(shown_of(world, MARCH), scope, why=True, language="en")
    assert paper.digest == (told.body or {})["digest"]
    assert paper.reference == "2026-03"
    assert str(in_march()) in str(paper.as_plain())
    russian = figures_paper(shown_of(world, MARCH), scope, why=True, language="ru")
    assert russian.title == "Показатели"


def test_a_profile_is_printed_only_for_whoever_may_know_it(world: Cast) -> None:
    scope, shown = scope_of(world["jamila"]), shown_of(world)
    assert "CUS-VAL-001" in str(figures_paper(shown, scope, why=True, language="en").as_plain())
    assert "CUS-VAL-001" not in str(figures_paper(shown, scope, why=False, language="en").as_plain())


def test_the_name_of_a_file_of_cases_tells_the_months(world: Cast) -> None:
    for asked, named in (({"month": "2026-03"}, "-2026-03"), ({"period": "2026"}, "-2026"), ({}, "")):
        answer = world.browser("jamila").post("/figures/export/", {"form": "csv", "which": "ordered", **asked})
        assert re.search(rf'"darvoza-cases{named}-[0-9]{{8}}-[0-9]{{4}}\.csv"', answer["Content-Disposition"])
