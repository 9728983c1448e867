"""The figures: right where they can be known, silent where they cannot, and everybody's own."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.utils.timezone import localtime
from openpyxl import load_workbook

from darvoza.domain.casework import CaseMove, CaseState, Override
from darvoza.domain.codes import Act
from darvoza.domain.journal import EntryKind
from darvoza.flow.oversight.estimates import estimates
from darvoza.methods.intervals import wilson
from darvoza.office.desk.models import DutyRoster
from darvoza.office.insight.models import Check, Reckoning
from darvoza.office.insight.queries import columns
from darvoza.office.insight.queries.cases import Asked, checks_for
from darvoza.office.insight.queries.figures import last_figures, overview, scope_of
from darvoza.office.insight.queries.measures import measures
from darvoza.office.insight.records import Figures, revived
from darvoza.office.insight.services.reckoning import MOST_REASONS, reckon
from darvoza.office.insight.tables import guarded
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration, Finding, Order, Result
from darvoza.office.registry.plain import plain_record
from office.insight.world import DECLARATIONS, NOW, world_frames
from people import POST, Cast

READERS = ("salima", "timur", "zarina", "jamila", "umar")


def test_leakage_is_what_the_estimator_says_and_holds_the_truth(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.whole is not None
    decisions, items, hidden = world_frames()
    whole = estimates(decisions, items, titles={}).whole
    assert whole is not None
    assert shown.whole == whole
    leaked = shown.whole.leaked
    assert leaked is not None
    assert leaked.high is not None
    assert leaked.low <= hidden <= leaked.high


def test_the_page_puts_leakage_first_and_the_hit_rate_second(world: Cast) -> None:
    page = world.browser("jamila").get("/figures/").text
    places = [page.index(f'id="{part}"') for part in ("leakage", "channels", "rates", "months", "posts", "release")]
    assert places == sorted(places)


def test_hit_rates_stand_side_by_side_with_their_intervals(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    by_basis = {line.basis: line for line in shown.bases}
    assert {"profile", "score", "random", "officer"} <= set(by_basis)
    chance = by_basis["random"]
    orders = [order for order in Order.objects.all() if _basis(order) == "random"]
    found = sum(Finding.objects.filter(result__order=order, found=True).exists() for order in orders)
    assert (chance.ordered, chance.checked, chance.found) == (len(orders), len(orders), found)
    assert chance.rate is not None
    low, high = wilson(found, len(orders))
    assert (chance.rate.low, chance.rate.high) == (float(low), float(high))
    assert (by_basis["officer"].ordered, by_basis["officer"].rate) == (0, None)


def refer(world: Cast) -> None:
    """Let an officer open a check on suspicion."""
    passed = Declaration.objects.filter(channel="green", post=POST).first()
    assert passed is not None
    asked = {"act": "physical", "suspicion": "the driver answers evasively"}
    world.browser("asel").post(f"/queue/refer/{passed.declaration_id}/", asked)


def found_on_suspicion(world: Cast) -> None:
    """Let a check that an officer opened find something: no estimate knows of it."""
    refer(world)
    order = Order.objects.latest("pk")
    Order.objects.filter(pk=order.pk).update(state=CaseState.RECORDED, recorded_at=NOW)
    result = Result.objects.create(order=order, number=1, by="asel", at=NOW)
    Finding.objects.create(result=result, item=1, found=True, areas=["undervaluation"], record={"item": 1})


def _basis(order: Order) -> str:
    return str(order.declaration.decisions.get(decision_id=order.order_id).basis)


@pytest.mark.parametrize("which", ["declared", "ordered", "checked", "found", "outstanding"])
@pytest.mark.parametrize("asked", [{"channel": "red"}, {"basis": "random"}, {"post": "KG-DOS"}, {}])
def test_a_number_opens_into_as_many_cases(world: Cast, which: str, asked: dict[str, str]) -> None:
    shown = overview(scope_of(world["jamila"], post=asked.get("post", "")))
    assert shown is not None
    if which == "declared" and "basis" in asked:
        return  # a declaration has no basis; the page never asks
    lines = [
        line
        for line in (shown.bases if "basis" in asked else shown.channels)
        if asked.get("channel", getattr(line, "channel", "")) == getattr(line, "channel", "")
        and asked.get("basis", getattr(line, "basis", "")) == getattr(line, "basis", "")
    ]
    counted = sum(line.ordered - line.checked if which == "outstanding" else getattr(line, which) for line in lines)
    answer = world.browser("jamila").get("/figures/cases/", {"which": which, **asked})
    assert answer.context["found"].paginator.count == counted


def test_the_findings_behind_leakage_are_those_it_was_estimated_from(world: Cast) -> None:
    found_on_suspicion(world)
    last = Order.objects.filter(referral="").order_by("-declaration__lodged_at").first()
    assert last is not None
    Order.objects.filter(pk=last.pk).update(state=CaseState.WAITING, recorded_at=None)
    last.results.all().delete()  # results are still coming in, so that what was lodged last does not count
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.whole is not None
    assert shown.estimates is not None
    assert shown.estimates.settled_until is not None
    assert shown.whole.findings < sum(line.found for line in shown.channels)
    browser = world.browser("jamila")
    (link,) = re.findall(r'href="(/figures/cases/[^"]*drawn=1[^"]*)"', browser.get("/figures/").text)
    behind = browser.get(unescape(link))
    assert behind.context["found"].paginator.count == shown.whole.findings
    table = browser.post("/figures/export/", behind.context["kept"]).content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(table)))) == shown.whole.findings


@pytest.mark.parametrize(
    "until", ["", "yesterday", "2026-03-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_moment_is_not_asked(world: Cast, until: str) -> None:
    answer = world.browser("jamila").get("/figures/cases/", {"which": "ordered", "until": until})
    assert (answer.status_code, answer.context["found"].paginator.count) == (200, Order.objects.count())


def test_an_officers_suspicion_is_a_basis_of_its_own(world: Cast) -> None:
    refer(world)
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert {line.basis: line.ordered for line in shown.bases}["officer"] == 1


def departed(order: Order, move: CaseMove, reason: str) -> None:
    """Note that somebody departed from what was decided of an order."""
    order.overrides = [*order.overrides, plain_record(Override(move, Act.PHYSICAL, None, reason, "salima", NOW))]
    order.save(update_fields=["overrides"])


def test_what_was_proposed_and_refused_is_no_departure_and_a_first_suspicion_is_one(world: Cast) -> None:
    first, second = Order.objects.filter(post=POST)[:2]
    departed(first, CaseMove.PROPOSE_LOWERING, "no room left")
    departed(first, CaseMove.REFUSE_LOWERING, "there is room")
    departed(second, CaseMove.PROPOSE_LOWERING, "no room left")
    departed(second, CaseMove.CONFIRM_LOWERING, "agreed")
    Order.objects.filter(pk=second.pk).update(referral="the driver of Alpha is nervous")
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.departed == 2
    assert {(line.move, line.times) for line in shown.overrides} == {
        ("propose_lowering", 2), ("refuse_lowering", 1), ("confirm_lowering", 1), ("refer", 1),
    }  # fmt: skip


def test_who_may_not_read_why_reads_no_reason(world: Cast) -> None:
    departed(Order.objects.filter(post=POST)[0], CaseMove.CONFIRM_LOWERING, "the driver of Alpha is nervous")
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"], reasons=False))
    assert shown is not None
    assert [tuple(line) for line in shown.overrides] == [(POST, "confirm_lowering", "", 1)]
    assert not any("nervous" in str(row) for row in measures(shown, why=False))


def test_reasons_that_nobody_else_gave_are_told_together(world: Cast) -> None:
    order = Order.objects.filter(post=POST)[0]
    for number in range(MOST_REASONS + 5):
        departed(order, CaseMove.RAISE, f"reason {number:03d}")
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert (len(shown.overrides), shown.departed) == (MOST_REASONS + 1, MOST_REASONS + 5)
    assert shown.overrides[0] == (POST, "raise", "", 5)
    assert "other reasons" in world.browser("jamila").get("/figures/").text


def test_overrides_are_counted_by_post_kind_and_reason(world: Cast) -> None:
    orders = list(Order.objects.filter(post=POST)[:3])
    for order, reason in zip(orders, ("no  room\nleft", "no room left", "the scanner is broken"), strict=True):
        said = Override(CaseMove.CONFIRM_LOWERING, Act.PHYSICAL, None, reason, "salima", NOW)
        order.overrides = [plain_record(said)]
        order.save(update_fields=["overrides"])
    reckon(now=NOW)
    for name, post, told in (("jamila", "", True), ("salima", POST, True), ("jamila", "KG-DOS", False)):
        shown = overview(scope_of(world[name], post=post))
        assert shown is not None
        lines = [(POST, "confirm_lowering", "no room left", 2), (POST, "confirm_lowering", "the scanner is broken", 1)]
        assert [tuple(line) for line in shown.overrides] == (lines if told else [])
    for name in ("jamila", "umar"):
        page = world.browser(name).get("/figures/").text
        assert "the scanner is broken" in page
        assert "3 departures in all." in page
        assert world.browser(name).get("/figures/score/").status_code == 200


def test_figures_of_many_declarations_are_left_to_the_timer(world: Cast) -> None:
    Reckoning.objects.update(seconds=99.0)
    before = Reckoning.objects.values_list("pk", flat=True).get()
    browser = world.browser("jamila")
    assert "Bring up to date" not in browser.get("/figures/").text
    assert "too many declarations" in browser.post("/figures/again/", follow=True).text
    assert Reckoning.objects.values_list("pk", flat=True).get() == before


def test_what_happened_since_is_counted(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.behind == 0
    refer(world)
    later = overview(scope_of(world["jamila"]))
    assert later is not None
    assert later.behind == 1


def test_a_supervisor_sees_the_own_post_whatever_is_asked_for(world: Cast) -> None:
    browser = world.browser("salima")
    for asked in ({}, {"post": "KG-DOS"}, {"agency": "veterinary", "post": ""}):
        answer = browser.get("/figures/", asked)
        assert (answer.context["scope"].agency, answer.context["scope"].post) == ("customs", POST)
        assert sum(line.declared for line in answer.context["shown"].channels) == DECLARATIONS // 2
        assert "KG-DOS" not in answer.text.replace("post=KG-DOS", "")  # the address itself, in the form of the language
    for which in ("declared", "ordered", "found"):
        found = browser.get("/figures/cases/", {"which": which, "post": "KG-DOS"}).context["found"]
        assert {row.post for row in found} == {POST}


def test_an_analyst_of_customs_never_reads_the_checks_of_another_agency(world: Cast) -> None:
    Check.objects.filter(pk__in=Check.objects.values("pk")[:5]).update(agency="veterinary")
    answer = world.browser("timur").get("/figures/cases/", {"agency": "veterinary"})
    assert {row.agency for row in answer.context["found"]} == {"customs"}
    chief = world.browser("jamila").get("/figures/cases/", {"agency": "veterinary"})
    assert chief.context["found"].paginator.count == 5


def test_whoever_may_not_know_why_is_not_told_by_a_number(world: Cast) -> None:
    browser = world.browser("salima")
    assert "basis=" not in browser.get("/figures/").text
    assert browser.get("/figures/cases/", {"basis": "random"}).status_code == 403
    assert browser.post("/figures/export/", {"which": "ordered", "basis": "random"}).status_code == 403
    table = browser.post("/figures/export/", {"which": "ordered"}).content.decode("utf-8-sig")
    assert {row["basis"] for row in csv.DictReader(io.StringIO(table))} == {""}


def test_other_agencies_are_told_that_leakage_is_of_customs(world: Cast) -> None:
    answer = world.browser("jamila").get("/figures/", {"agency": "veterinary"})
    assert answer.context["shown"].whole is None
    assert "by customs only" in answer.text


def test_release_times_are_those_of_the_results(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    red = next(one for one in shown.releases if one.channel == "red")
    bad = Order.objects.filter(results__findings__found=True).distinct().count()
    assert bad
    assert (red.held, red.released, red.waiting, red.median) == (bad, Order.objects.count() - bad, 0, 4.0)


def test_hours_on_duty_stand_beside_the_hours_that_checks_took(world: Cast) -> None:
    day = localtime(Order.objects.earliest("recorded_at").recorded_at).date()
    recorded = [order for order in Order.objects.filter(post=POST) if localtime(order.recorded_at).date() == day]
    shared = {"agency": "customs", "post": POST, "key": "00", "commitment": "00", "set_by": "salima", "set_at": NOW}
    DutyRoster.objects.create(day=day, hours={"asel": 8, "bakyt": 4.5}, **shared)
    reckon(now=NOW)
    for name in ("jamila", "salima"):
        shown = overview(scope_of(world[name]))
        assert shown is not None
        assert shown.duty is not None
        assert (shown.duty.days, shown.duty.hours, shown.duty.worked) == (1, 12.5, 2.0 * len(recorded))
    assert "Of the hours on duty" in world.browser("jamila").get("/figures/").text
    elsewhere = overview(scope_of(world["jamila"], post="KG-DOS"))
    assert elsewhere is not None
    assert elsewhere.duty is None


def test_a_corrected_result_counts_once_and_as_it_stands_now(world: Cast) -> None:
    order = Order.objects.filter(results__findings__found=True).first()
    assert order is not None
    before = overview(scope_of(world["jamila"]))
    result = Result.objects.create(order=order, number=2, by="asel", at=NOW)
    Finding.objects.create(result=result, item=1, found=False, record={"item": 1})
    reckon(now=NOW)
    after = overview(scope_of(world["jamila"]))
    assert before is not None
    assert after is not None
    totals = [
        (sum(line.checked for line in one.channels), sum(line.found for line in one.channels))
        for one in (before, after)
    ]
    assert totals[1] == (totals[0][0], totals[0][1] - 1)


def test_amounts_that_nobody_stated_are_counted_and_are_not_nought(world: Cast) -> None:
    Finding.objects.filter(found=True).update(additional_duty=None)
    reckon(now=NOW)
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.whole is not None
    assert (shown.whole.recovered, shown.whole.unstated) == (None, shown.whole.findings)
    for line in shown.bases:
        assert (line.unstated, line.recovered) == (line.found, None if line.found else 0)
    assert not Check.objects.filter(found=True, recovered__isnull=False).exists()
    browser = world.browser("timur")
    page = browser.get("/figures/").text
    assert f"amount not stated: {shown.whole.findings}" in page
    assert "no finding states an amount" in page
    written = browser.post("/figures/export/", {"form": "csv"}).content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(written)) if row["table"] == "estimated from"]
    assert [(row["recovered"], row["amount not stated"]) for row in rows] == [("", str(shown.whole.findings))]


def test_nobody_waits_while_the_register_is_read(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    outside = len(connection.savepoint_ids)
    read: list[int] = []

    def watched(made: Callable[..., object]) -> Callable[..., object]:
        def reading(*given: object) -> object:
            read.append(len(connection.savepoint_ids))
            return made(*given)

        return reading

    for name in ("orders", "found", "decisions", "declared", "items", "rosters"):
        monkeypatch.setattr(columns, name, watched(getattr(columns, name)))
    reckon(now=NOW)
    assert read == [outside] * 6


def test_figures_made_twice_are_kept_once(world: Cast) -> None:  # noqa: ARG001 - made by asking
    checks = Check.objects.count()
    reckon(now=NOW)
    assert (Reckoning.objects.count(), Check.objects.count()) == (1, checks)


def test_figures_come_back_as_they_were_kept(world: Cast) -> None:  # noqa: ARG001 - made by asking
    kept = last_figures()
    assert kept is not None
    assert revived(kept.figures.plain()) == kept.figures
    assert isinstance(kept.figures, Figures)


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert str(guarded(text)).startswith("'")


@pytest.mark.parametrize("form", ["csv", "excel"])
def test_an_importer_cannot_send_a_formula_to_whoever_exports(world: Cast, form: str) -> None:
    nasty = '=HYPERLINK("http://evil.example","x")'
    Declaration.objects.filter(pk=Declaration.objects.values("pk")[:1]).update(importer_name=nasty)
    answer = world.browser("jamila").post("/figures/export/", {"which": "declared", "form": form})
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert (len(rows) - 1, sum(row[4] == f"'{nasty}" for row in rows)) == (DECLARATIONS, 1)
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        cells = [row[4] for row in sheet.iter_rows(min_row=2)]
        assert [(cell.value, cell.data_type) for cell in cells if cell.value == nasty] == [(nasty, "s")]
        assert len(cells) == DECLARATIONS


def test_an_export_holds_the_figures_and_stands_in_the_journal(world: Cast) -> None:
    answer = world.browser("timur").post("/figures/export/", {"form": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = overview(scope_of(world["timur"]))
    assert shown is not None
    assert shown.whole is not None
    assert shown.whole.leakage is not None
    assert float(rows[0]["leakage"]) == shown.whole.leakage.value
    assert [row["group"] for row in rows if row["table"] == "basis"] == [line.basis for line in shown.bases]
    told = Entry.objects.filter(kind=EntryKind.EXPORT).values_list("actor", "subject", "body__rows")
    assert list(told) == [("timur", "figures", len(rows))]


def test_a_hit_rate_in_an_export_is_that_of_the_counts_in_its_row(world: Cast) -> None:
    found_on_suspicion(world)
    reckon(now=NOW)
    rows = exported(world)
    rated = [row for row in rows if row["hit rate"] and row["found"]]
    assert {row["table"] for row in rated} >= {"all", "estimated from", "basis"}
    for row in rated:
        assert float(row["hit rate"]) == int(row["found"]) / int(row["checked"])
    whole, drawn = rows[0], next(row for row in rows if row["table"] == "estimated from")
    assert int(whole["checked"]) == int(drawn["checked"]) + 1


def test_posts_and_months_add_up_to_the_whole_on_the_page_and_in_the_export(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    declarations = list(Declaration.objects.all())
    checked = set(Order.objects.filter(state=CaseState.RECORDED).values_list("declaration__declaration_id", flat=True))
    for lines, group in ((shown.posts, lambda row: row.post), (shown.months, lambda row: f"{row.lodged_at:%Y-%m}")):
        sums = [sum(getattr(line, name) for line in lines) for name in ("declared", "ordered", "checked", "found")]
        parts = [
            sum(getattr(line, name) for line in shown.channels) for name in ("declared", "ordered", "checked", "found")
        ]
        assert sums == parts
        for line in lines:
            own = [row for row in declarations if group(row) == line.group]
            assert line.examined == sum(row.declaration_id in checked for row in own) / len(own)
            assert line.stopped == sum(row.channel == "red" for row in own) / len(own)
            assert 0 < line.stopped < 1
    rows = {row["group"]: row for row in exported(world) if row["table"] == "post"}
    for line in shown.posts:
        told = rows[line.group]
        counts = [int(told[name]) for name in ("ordered", "checked", "found")]
        assert counts == [line.ordered, line.checked, line.found]
        assert (float(told["share checked"]), float(told["share stopped"])) == (line.examined, line.stopped)


def test_every_table_of_the_page_is_in_the_export(world: Cast) -> None:
    shown = overview(scope_of(world["jamila"]))
    assert shown is not None
    assert shown.whole is not None
    assert shown.whole.detected is not None
    assert shown.estimates is not None
    told = {(row["table"], row["group"], row["measure"]): row for row in exported(world) if row["measure"]}
    detected = told["leakage", "all", "share detected"]
    limits = (shown.whole.detected.value, shown.whole.detected.low, shown.whole.detected.high)
    assert tuple(float(detected[name]) for name in ("value", "low", "high")) == limits
    assert float(told["release times", "red", "median, hours"]["value"]) == 4.0
    assert int(told["capacity", "physical", "done"]["value"]) == shown.load[0].done
    assert {group for table, group, _ in told if table == "profile"} == {one.code for one in shown.estimates.lifts}
    answer = world.browser("salima").post("/figures/export/", {"form": "csv"})
    assert b"profile,CUS-VAL-001" not in answer.content, "a supervisor is not told why"


def exported(world: Cast) -> list[dict[str, str]]:
    """The figures as the chief takes them away."""
    answer = world.browser("jamila").post("/figures/export/", {"form": "csv"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "address",
    [
        "/figures/",
        "/figures/cases/",
        "/figures/cases/?which=declared",
        "/figures/cases/?which=ordered&channel=red",
        "/figures/cases/?which=found&act=physical",
    ],
)
def test_a_page_asks_the_database_a_few_times_however_many_cases_there_are(
    world: Cast, address: str, django_assert_max_num_queries: object
) -> None:
    browser = world.browser("jamila")
    browser.get("/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        browser.get(address)


CHANNEL = {"which": "ordered", "channel": "red"}


@pytest.mark.parametrize(
    "asked", [{"which": "ordered"}, CHANNEL, {"which": "found"}, {"which": "found", "act": "physical"}]
)
def test_what_a_number_opens_into_is_one_walk_along_an_index(world: Cast, asked: dict[str, str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of four hundred rows whole")
    plan = checks_for(world["jamila"], Asked.of(scope_of(world["jamila"]), asked))[:50].explain()
    assert "SEARCH insight_check USING INDEX check_" in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan
    assert ("check_agency_channel" in plan) == (asked == CHANNEL)


@pytest.mark.usefixtures("world")
def test_the_database_knows_how_many_checks_it_holds_as_soon_as_the_figures_are_made() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans by its indexes")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'insight_check'")
        # nearly: the server counts by itself, too, while this transaction is not over, and notes what it saw
        assert cursor.fetchone() == (pytest.approx(Check.objects.count(), rel=0.1),)


@pytest.mark.parametrize("name", READERS)
def test_everybody_who_reads_figures_reads_them_in_russian(world: Cast, name: str) -> None:
    page = world.browser(name, language="ru").get("/figures/").text
    assert "Результативность" in page
    assert "Leakage" not in page


LINK = re.compile(r'<a href="(/figures/cases/\?[^"]+)">([\d,]+)</a>')


@pytest.mark.parametrize("address", ["/figures/", "/figures/?post=KG-DOS", "/figures/posts/"])
def test_every_number_that_opens_holds_as_many_cases_as_it_says(world: Cast, address: str) -> None:
    browser = world.browser("jamila")
    links = LINK.findall(browser.get(address).text)
    assert any("month=" in link or "/posts/" in address for link, _ in links)
    for part in ("which=declared", "which=checked"):
        assert any(part in link and ("month=" in link or "post=" in link) for link, _ in links)
    for link, number in links:
        found = browser.get(link.replace("&amp;", "&")).context["found"]
        assert found.paginator.count == int(number.replace(",", "")), link


def test_a_month_that_is_none_is_not_asked_for(world: Cast) -> None:
    browser = world.browser("jamila")
    every = browser.get("/figures/cases/", {"which": "declared"}).context["found"].paginator.count
    for month in ("2026-13", "0000-01", "x", "2026-1", "2999-12"):
        found = browser.get("/figures/cases/", {"which": "declared", "month": month}).context["found"]
        assert found.paginator.count == (0 if month == "2999-12" else every)
