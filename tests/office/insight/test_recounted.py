"""Figures of what happened to orders after they were given: the same whichever table tells them."""

import csv
import io
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from darvoza.domain.casework import CaseState, ExaminationResult, ItemResult
from darvoza.domain.codes import Act, RiskArea
from darvoza.office.desk.services import orders as desk
from darvoza.office.insight.queries import columns
from darvoza.office.insight.queries.figures import overview, scope_of
from darvoza.office.insight.records import Figures
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.models import Order
from office.api.systems import OTHER, Systems, an_item
from office.insight.lodged import CAR, FOUND, amended, figures, lodged, systems, told
from people import Cast

__all__ = ["systems"]
REASON = "the second pallet was looked at, too"


def estimated_from(made: Figures) -> tuple[int, int, float | None]:
    """Examinations with a result, with a finding, and what was recovered, as the estimates say it."""
    assert made.estimates is not None
    whole = made.estimates.whole
    assert whole is not None
    return whole.known, whole.findings, whole.recovered


def checked(made: Figures) -> tuple[int, int, float]:
    """The same as the hit rates say it."""
    return tuple(sum(getattr(row, name) for row in made.checks) for name in ("checked", "found", "recovered"))


def test_a_finding_counts_though_its_item_was_amended_away(systems: Systems) -> None:
    lodged(systems, items=[CAR, CAR])
    told(systems, {"item": 1}, {"item": 2, **FOUND})
    amended(systems, items=[CAR])
    made = figures()
    assert estimated_from(made) == checked(made) == (1, 1, 100.0)
    assert made.estimates is not None
    assert [(one.group, one.findings) for one in made.estimates.of("area")] == [("undervaluation", 1)]


def test_no_estimate_takes_for_clean_what_is_still_at_the_laboratory(systems: Systems) -> None:
    lodged(systems, items=[CAR, CAR])
    assert told(systems, {"item": 1}, {"item": 2, "samples": ["A-1"]}) == CaseState.AWAITING
    made = figures()
    assert checked(made) == (0, 0, 0.0)
    assert made.estimates is not None
    assert made.estimates.outstanding == 1
    assert sum(one.known for one in made.estimates.of("all")) == 0


def test_no_estimate_takes_for_examined_the_goods_that_came_after_the_result(systems: Systems) -> None:
    lodged(systems)
    told(systems, {"item": 1})
    amended(systems, items=[an_item(hs="870324", origin="DE")])
    assert Order.objects.get().state == CaseState.WAITING
    made = figures()
    assert checked(made) == (0, 0, 0.0)
    assert made.estimates is not None
    assert made.estimates.outstanding == 1


def test_what_was_found_counts_until_a_second_person_takes_it_back(systems: Systems) -> None:
    lodged(systems)
    told(systems, {"item": 1, **FOUND})
    assert told(systems, {"item": 1}, reason=REASON) == CaseState.LOWERING
    made = figures()
    assert estimated_from(made) == checked(made) == (1, 1, 100.0)
    assert [(one.held, one.waiting) for one in made.releases] == [(1, 0), (1, 0)]


def test_less_that_is_proposed_before_any_result_is_none(systems: Systems, cast: Cast) -> None:
    lodged(systems)
    name = Order.objects.get().order_id
    cast.browser("asel").post(f"/queue/{name}/claim/", {"version": 0})
    Order.objects.filter(order_id=name).update(state=CaseState.LOWERING)
    assert checked(figures()) == (0, 0, 0.0)


def behind(cast: Cast) -> int:
    """Count the findings that the page lists behind the leakage."""
    asked = {"which": "found", "act": "physical", "agency": "customs", "drawn": "1"}
    return int(cast.browser("jamila").get("/figures/cases/", asked).context["found"].paginator.count)


def test_a_check_that_was_raised_is_none_that_the_draw_asked_for(systems: Systems, cast: Cast) -> None:
    lodged(systems, items=[an_item()], importer_id="BAD-1")
    name, now = Order.objects.get().order_id, timezone.now()
    desk.claim(cast["asel"], name, now=now)
    desk.raise_act(cast["asel"], name, Act.PHYSICAL, reason="the seals are broken", now=now)
    found = ExaminationResult("asel", now, (ItemResult(1, areas=(RiskArea.UNDERVALUATION,)),))
    desk.record_result(cast["asel"], name, found, now=now)
    made = figures()
    assert checked(made)[:2] == (1, 1)
    assert estimated_from(made)[:2] == (0, 0)
    assert behind(cast) == 0


def test_what_an_officer_suspected_before_it_was_drawn_is_known_when_it_is(systems: Systems, cast: Cast) -> None:
    lodged(systems, items=[an_item()])
    now = timezone.now()
    name = desk.refer(cast["asel"], "D-1", Act.PHYSICAL, suspicion="the driver answers evasively", now=now)
    desk.record_result(cast["asel"], name, ExaminationResult("asel", now, (ItemResult(1),)), now=now)
    assert estimated_from(figures())[:2] == (0, 0)
    amended(systems)
    assert told(systems, {"item": 1, **FOUND}) == CaseState.RECORDED
    made = figures()
    assert made.estimates is not None
    assert made.estimates.outstanding == 0
    assert estimated_from(made)[:2] == (1, 1)
    assert behind(cast) == 1


LODGED = datetime(2026, 2, 27, 8, tzinfo=UTC)


def examined(cast: Cast, *items: ItemResult, hours: float) -> str:
    """Have the first order examined some hours after its declaration was lodged; give its name."""
    name, now = Order.objects.get().order_id, LODGED + timedelta(hours=hours)
    desk.claim(cast["asel"], name, now=now)
    desk.record_result(cast["asel"], name, ExaminationResult("asel", now, items), now=now)
    return name


def median(made: Figures) -> float | None:
    return next(one.median for one in made.releases if not one.post)


def test_goods_were_released_when_the_result_was_recorded_though_its_words_are_corrected_later(
    systems: Systems, cast: Cast
) -> None:
    lodged(systems)
    name, later = examined(cast, ItemResult(1), hours=2), LODGED + timedelta(days=21)
    assert median(figures()) == 2.0
    weighed = ExaminationResult("asel", later, (ItemResult(1, words="Weighed, too."),))
    desk.correct_result(cast["asel"], name, weighed, reason=REASON, now=later)
    assert median(figures()) == 2.0


def test_goods_that_were_held_are_released_when_two_have_agreed(systems: Systems, cast: Cast) -> None:
    lodged(systems)
    name = examined(cast, ItemResult(1, areas=(RiskArea.UNDERVALUATION,)), hours=2)
    now = LODGED + timedelta(hours=5)
    desk.correct_result(cast["asel"], name, ExaminationResult("asel", now, (ItemResult(1),)), reason=REASON, now=now)
    agreed = now + timedelta(hours=4)
    desk.settle_lowering(cast["salima"], name, agreed=True, reason="weighed again by both", now=agreed)
    assert median(figures()) == 9.0


def test_what_was_taken_back_and_stands_was_recorded_when_it_was(systems: Systems, cast: Cast) -> None:
    lodged(systems)
    name = examined(cast, ItemResult(1, areas=(RiskArea.UNDERVALUATION,)), hours=2)
    now = LODGED + timedelta(days=2)
    desk.correct_result(cast["asel"], name, ExaminationResult("asel", now, (ItemResult(1),)), reason=REASON, now=now)
    desk.settle_lowering(cast["salima"], name, agreed=False, reason="weighed again by both", now=now)
    assert Order.objects.get().recorded_at == LODGED + timedelta(hours=2)


def test_what_another_system_decided_on_is_neither_drawn_nor_outstanding_here(systems: Systems) -> None:
    lodged(systems)
    told(systems, {"item": 1, **FOUND})
    lodged(systems, "D-2", post=OTHER)
    lodged(systems, "D-3", post=OTHER, items=[an_item()])
    made = figures()
    assert made.estimates is not None
    assert (made.estimates.outstanding, made.estimates.unmeasured) == (0, 2)
    assert estimated_from(made)[:2] == (1, 1)
    assert [(row.post, row.drawn, row.done, row.expected) for row in made.load] == [("KG-AKT", 1, 1, 1.0)]
    assert sum(row.declarations for row in made.declared if not row.agency) == 3


def test_where_another_system_decides_on_everything_there_is_nothing_to_estimate_from(systems: Systems) -> None:
    lodged(systems, post=OTHER)
    made = figures()
    assert made.estimates is not None
    assert (made.estimates.whole, made.estimates.outstanding, made.estimates.unmeasured) == (None, 0, 1)
    assert made.load == ()


def test_an_order_that_was_given_where_it_bound_is_drawn_wherever_the_goods_are_declared_for(systems: Systems) -> None:
    lodged(systems)
    amended(systems, post=OTHER)
    told(systems, {"item": 1})
    assert estimated_from(figures())[:2] == (1, 0)


def test_what_was_cancelled_before_its_examination_is_outstanding_for_nobody_and_never_released(
    systems: Systems,
) -> None:
    lodged(systems, items=[CAR, an_item(hs="080810")])
    sampled = {"words": "frozen through and through"}
    order = "/orders/D-1:phytosanitary:sampling"
    told(systems, {"item": 1, **sampled}, {"item": 2, **sampled}, order=order, by="plants")
    assert systems.send("POST", "/declarations/D-1/cancellation").status == 200
    made = figures()
    assert made.estimates is not None
    assert (made.estimates.outstanding, made.estimates.whole) == (0, None)
    assert checked(made)[:2] == (1, 0)
    assert made.releases == ()


def test_what_was_cancelled_after_its_examination_counts(systems: Systems) -> None:
    lodged(systems)
    told(systems, {"item": 1})
    assert systems.send("POST", "/declarations/D-1/cancellation").status == 200
    made = figures()
    assert estimated_from(made)[:2] == checked(made)[:2] == (1, 0)
    assert [one.released for one in made.releases] == [1, 1]


def test_an_act_in_the_place_of_the_drawn_one_is_opened_by_officers_and_never_more_than_all_is_done(
    systems: Systems, cast: Cast
) -> None:
    lodged(systems, items=[an_item()], importer_id="BAD-1")
    name, now = Order.objects.get().order_id, timezone.now()
    desk.claim(cast["asel"], name, now=now)
    desk.raise_act(cast["asel"], name, Act.PHYSICAL, reason="the seals are broken", now=now)
    desk.record_result(cast["asel"], name, ExaminationResult("asel", now, (ItemResult(1),)), now=now)
    figures()
    shown = overview(scope_of(cast["jamila"]))
    assert shown is not None
    load = {line.act: (line.drawn, line.opened, line.done, line.share) for line in shown.load}
    assert load == {"documentary": (1, 0, 0, 0.0), "physical": (0, 1, 1, 1.0)}


def test_what_was_drawn_is_to_be_done_where_the_goods_are(systems: Systems) -> None:
    lodged(systems)
    lodged(systems, "D-2")
    assert systems.send("POST", "/declarations/D-1/arrival", {"post": OTHER}).status == 200
    told(systems, {"item": 1})
    lines = {row.post: (row.expected, row.drawn, row.opened, row.done) for row in figures().load}
    assert lines == {"KG-AKT": (2.0, 1, 0, 0), "TJ-DUS": (0.0, 1, 0, 1)}


def test_figures_say_how_many_declarations_were_deleted_and_are_in_none_of_them(systems: Systems, cast: Cast) -> None:
    lodged(systems)
    told(systems, {"item": 1})
    lodged(systems, "D-2", items=[an_item()])
    figures()
    browser = cast.browser("jamila")
    assert "were deleted" not in browser.get("/figures/").text
    long_ago = LODGED + timedelta(days=365 * 40)
    expire([each for each in read_retention(shipped_rules()) if each.data is KeptData.DECLARATIONS], now=long_ago)
    made = figures()
    assert (made.declared, made.checks, made.deleted) == ((), (), 2)
    assert "2 declarations were deleted" in browser.get("/figures/").text
    table = browser.post("/figures/export/", {}).content.decode("utf-8-sig")
    assert [row["value"] for row in csv.DictReader(io.StringIO(table)) if row["table"] == "deleted"] == ["2"]


def test_a_result_is_known_since_it_was_said_though_its_words_are_corrected_later(systems: Systems, cast: Cast) -> None:
    lodged(systems)
    name, later = examined(cast, ItemResult(1), hours=2), LODGED + timedelta(days=21)
    said = (ItemResult(1, words="Weighed, too."), ItemResult(1, areas=(RiskArea.UNDERVALUATION,)))
    for days, word in enumerate(said):
        now = later + timedelta(days=days)
        desk.correct_result(cast["asel"], name, ExaminationResult("asel", now, (word,)), reason=REASON, now=now)
        known = columns.items().get_column("result_at").to_list()
        assert known == [now if word.found else LODGED + timedelta(hours=2)]
