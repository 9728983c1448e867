"""The gate moves plans as results come, are corrected, and goods are amended."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings

from builders import START
from darvoza.domain.codes import Act, Agency
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.gate.planned import PlanBook
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.plan_book import RESULTS, keep_plans, rule_of
from darvoza.flow.tables import DECISION_SCHEMA, Table
from plan_histories import TELLING, Came, at, frame, histories, stand, told_often, told_out_of_order

COMPETENCE = CompetenceRegister.of(read_competence(Path("reference_data/sps_competence.csv")))
APPLES = SamplingPlan(
    "P", "Apples", Agency.PHYTOSANITARY, Act.PHYSICAL, MeasureScope(goods=("0808",)), (1.0, 0.25, 0.05), (2, 3), "Order 1",
    date(2026, 1, 1), validity=40,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(history=histories(told_often()))
def test_the_gate_which_hears_one_thing_after_another_says_what_a_replay_of_everything_says(
    history: list[Came],
) -> None:
    book = PlanBook((APPLES,), COMPETENCE)
    known = [(one.hour + after, number, failed) for number, one in enumerate(history) for after, failed in one.results]
    came = [(one.hour, number, None) for number, one in enumerate(history)]
    for hour, number, failed in sorted([*came, *known], key=lambda event: (event[0], event[2] is not None, event[1])):
        if failed is None:
            enter(book, number, history[number])
        else:
            note(book, number, hour, failed=failed)
    items, plan = frame(history), rule_of(APPLES)
    for hour in (100, 800, 2300):
        ours = book.everything(at(hour)).select(TELLING)
        assert ours.equals(stand(items, plan, at(hour)).select(TELLING))


@settings(max_examples=40, deadline=None)
@given(history=histories(told_out_of_order()))
def test_the_gate_and_a_replay_agree_on_corrections_that_are_dated_no_later_than_what_they_correct(
    history: list[Came],
) -> None:
    book, told = PlanBook((APPLES,), COMPETENCE), []
    for number, one in enumerate(history):
        enter(book, number, one)
        for after, failed in one.results:
            note(book, number, one.hour + after, failed=failed)
            known = at(one.hour + after)
            told.append((f"D{number}", 1, "phytosanitary", "physical", True, failed, known, one.probability))
    items = pl.concat([pl.DataFrame(schema=ITEM_SCHEMA), *(apples(number, one) for number, one in enumerate(history))])
    results = pl.DataFrame(told, schema=RESULTS, orient="row")
    for day in (5, 35, 95):
        when = START.date() + timedelta(days=day)
        ours = book.everything(datetime.combine(when, time(), UTC)).select(TELLING)
        theirs = keep_plans(items, (APPLES,), competence=COMPETENCE, day=when, results=results)
        assert ours.equals(theirs.select(TELLING))


def enter(book: PlanBook, number: int, one: Came, *, version: int = 1, hour: int | None = None) -> None:
    """Lodge a consignment at the gate."""
    decided = dict.fromkeys(DECISION_SCHEMA) | {
        "declaration_id": f"D{number}", "agency": "phytosanitary", "act": "physical", "probability": one.probability,
    }  # fmt: skip
    decisions = pl.DataFrame([decided], schema=DECISION_SCHEMA)
    book.enter(apples(number, one, version=version, hour=hour), Table(decisions, DECISION_SCHEMA))


def apples(number: int, one: Came, *, version: int = 1, hour: int | None = None) -> pl.DataFrame:
    """The goods of a consignment."""
    row = dict.fromkeys(ITEM_SCHEMA) | {
        "declaration_id": f"D{number}", "version": version, "item": 1, "importer_id": one.importer, "hs": "080810",
        "origin": "CN", "lodged_at": at(one.hour if hour is None else hour), "flow": "I", "post": "X",
    }  # fmt: skip
    return pl.DataFrame([row], schema=ITEM_SCHEMA)


def note(book: PlanBook, number: int, hour: int, *, failed: bool) -> None:
    """Tell the gate a result."""
    found = {"declaration_id": f"D{number}", "item": 1, "agency": "phytosanitary", "act": "physical"}
    book.note(pl.DataFrame([found | {"examined": True, "finding": failed, "result_at": at(hour)}]))


def share(book: PlanBook, hour: int) -> dict[str, float]:
    return dict(book.everything(at(hour)).select("importer_id", "fraction").iter_rows())


def cleared(importer: str = "I1") -> PlanBook:
    """A gate at which an importer has passed twice, and stands at a quarter."""
    book = PlanBook((APPLES,), COMPETENCE)
    for number in (1, 2):
        enter(book, number, Came(number, importer, 1.0, ()))
        note(book, number, number + 1, failed=False)
    assert share(book, 10)[importer] == 0.25
    return book


def test_who_changes_the_importer_after_goods_were_chosen_keeps_the_failure() -> None:
    book = cleared()
    enter(book, 3, Came(20, "I1", 0.25, ()))
    enter(book, 3, Came(20, "I2", 0.25, ()), version=2, hour=22)
    note(book, 3, 30, failed=True)
    assert share(book, 31) == {"I1": 1.0, "I2": 1.0}


def test_a_pass_of_goods_that_were_passed_on_clears_nobody() -> None:
    book = PlanBook((APPLES,), COMPETENCE)
    for number in (1, 2):
        enter(book, number, Came(number, "I1", 1.0, ()))
        enter(book, number, Came(number, "I2", 1.0, ()), version=2, hour=number)
        note(book, number, 30, failed=False)
    assert share(book, 31) == {"I1": 1.0, "I2": 1.0}


def test_a_version_more_of_one_consignment_is_not_counted_again() -> None:
    book = PlanBook((APPLES,), COMPETENCE)
    for version in (1, 2):
        enter(book, 1, Came(1, "I1", 1.0, ()), version=version, hour=version)
    note(book, 1, 5, failed=False)
    told = book.everything(at(6)).row(0, named=True)
    assert (told["run"], told["consignments"], told["examined"], told["fraction"]) == (1, 1, 1, 1.0)


def test_a_failure_that_is_taken_back_leaves_the_stream_where_it_would_have_been() -> None:
    book = cleared()
    enter(book, 3, Came(20, "I1", 0.25, ()))
    note(book, 3, 21, failed=True)
    assert share(book, 22) == {"I1": 1.0}
    note(book, 3, 40, failed=False)
    assert share(book, 39) == {"I1": 1.0}, "it was not known yet"
    told = book.everything(at(41)).row(0, named=True)
    assert (told["fraction"], told["run"], told["failures"], told["examined"]) == (0.25, 1, 0, 3)


def test_a_pass_that_becomes_a_failure_brings_the_census_back_when_it_is_heard() -> None:
    book = cleared()
    note(book, 1, 500, failed=True)
    assert (share(book, 500), share(book, 501)) == ({"I1": 0.25}, {"I1": 1.0})
    told = book.everything(at(501)).row(0, named=True)
    assert (told["failures"], told["examined"]) == (1, 2)


def test_a_correction_with_an_older_date_is_known_no_earlier_than_what_it_corrects() -> None:
    book = cleared()
    enter(book, 3, Came(20, "I1", 0.25, ()))
    note(book, 3, 30, failed=True)
    note(book, 3, 25, failed=False)
    assert share(book, 31) == {"I1": 0.25}


def test_a_book_that_was_closed_and_hears_the_last_results_again_says_the_same() -> None:
    book, again = cleared(), PlanBook((APPLES,), COMPETENCE)
    enter(book, 3, Came(20, "I1", 0.25, ()))
    note(book, 3, 21, failed=True)
    note(book, 3, 40, failed=False)
    again.take(book.rows)
    note(again, 3, 40, failed=False)
    assert again.everything(at(41)).equals(book.everything(at(41)))


def test_a_plan_begins_at_the_gate_on_its_first_day_by_local_time() -> None:
    """At 20:00 UTC on the last day of February it is March in Bishkek, where the floor of the plan holds."""
    march = replace(APPLES, start=date(2026, 3, 1))
    local = FactSettings(time_zone="Asia/Bishkek")
    for zone, streams in ((local, 1), (FactSettings(), 0)):
        book = PlanBook((march,), COMPETENCE, settings=zone)
        enter(book, 1, Came(-36, "I1", 1.0, ()))
        assert book.everything(at(1)).height == streams
        apple = apples(1, Came(-36, "I1", 1.0, ()))
        told = keep_plans(apple, (march,), competence=COMPETENCE, day=date(2026, 3, 9), settings=zone)
        assert told.height == streams


def test_a_small_letter_or_a_blank_starts_no_new_stream_and_kept_streams_go_on() -> None:
    book = PlanBook((APPLES,), COMPETENCE)
    for number, importer in enumerate(("BAD-1", "bad 1", "BAD1")):
        enter(book, number, Came(number, importer, 1.0, ()))
        note(book, number, number + 1, failed=False)
    whole = book.everything(at(100))
    assert whole.select("importer_id", "consignments").rows() == [("BAD1", 3)]
    assert book.states(["bad-1"], at(100)).equals(whole)
    kept = whole.with_columns(importer_id=pl.lit("bad-1"))
    later = PlanBook((APPLES,), COMPETENCE, kept)
    enter(later, 7, Came(200, "BAD1", 1.0, ()))
    assert later.states(["BAD1"], at(300)).select("importer_id", "consignments").rows() == [("BAD1", 4)]
    closed = PlanBook((APPLES,), COMPETENCE)
    closed.take(book.rows.with_columns(importer_id=pl.lit("bad-1")))
    assert closed.states(["BAD1"], at(100)).equals(whole)
