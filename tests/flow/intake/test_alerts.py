"""Alerts: read with every error, entered once, superseded by number, ended in public, and measures with an end."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Agency
from darvoza.domain.sps.alert import Alert
from darvoza.domain.sps.measure import MeasureKind
from darvoza.errors import InvalidMeasure, OutputError, UnreadableFile
from darvoza.flow.intake.alert_book import BOOK, AlertBook, Entry, book_text, keep, read_book
from darvoza.flow.intake.alert_measures import consequence
from darvoza.flow.intake.alert_rules import read_alert_rules
from darvoza.flow.intake.alerts import ReadAlerts, format_of, read_alerts
from darvoza.flow.intake.measure_text import measures_text
from darvoza.flow.intake.measures import read_measures

RULES = read_alert_rules(shipped("sps_alerts.yaml"))
RASFF = (
    "reference,follow_up,date,classification,risk_decision,subject,hazards,cn_codes,origin,withdrawn,withdrawal_reason"
)
ROW = "2026.1,0,02-03-2026,alert,serious,nuts,aflatoxins,080251 080252,IR,,"
ALERT = Alert(
    "rasff", "2026.1", 0, date(2026, 3, 2), "alert", "aflatoxins", "nuts", "serious", ("080251", "080252"), ("IR",)
)


def written(place: Path, text: str, name: str = "alerts.csv") -> Path:
    path = place / name
    path.write_text(text, encoding="utf-8")
    return path


def read(place: Path, *rows: str) -> ReadAlerts:
    path = written(place, "\n".join((RASFF, *rows)) + "\n")
    return read_alerts(path, format_of(path, RULES.formats))


def test_an_alert_is_read_from_the_columns_of_its_source(tmp_path: Path) -> None:
    assert read(tmp_path, ROW) == ReadAlerts((ALERT,), ())


def test_xml_and_csv_say_the_same(tmp_path: Path) -> None:
    names, cells = RASFF.split(","), ROW.split(",")
    inner = "".join(f"<{name}>{cell}</{name}>" for name, cell in zip(names, cells, strict=True))
    path = written(tmp_path, f"<list xmlns='urn:x'><notification>{inner}</notification></list>", "alerts.xml")
    assert read_alerts(path, format_of(path, RULES.formats)).alerts == (ALERT,)


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        (("2026.1", ""), "reference", "a text"),
        (("02-03-2026", "2026-03-02"), "date", "a day written as 31-01-2026"),
        (("02-03-2026", ""), "date", "a day written as 31-01-2026"),
        ((",0,", ",first,"), "follow_up", "a number of an update"),
        (("aflatoxins", ""), "hazards", "a text"),
        (("alert", ""), "classification", "a text"),
        (("080251 080252", "nuts"), "cn_codes", "2 to 10 digits"),
        (("080251 080252", ""), "cn_codes", "prefixes of commodity codes"),
        (("IR", "Iran"), "origin", "ISO 3166-1"),
        ((",,", ",20-03-2026,"), "withdrawal_reason", "why the alert was ended"),
    ],
)
def test_a_wrong_alert_is_kept_aside_with_its_column_and_the_others_go_on(
    change: tuple[str, str], column: str, expected: str, tmp_path: Path
) -> None:
    found = read(tmp_path, ROW.replace(*change, 1), ROW.replace("2026.1", "2026.2"))
    assert [alert.number for alert in found.alerts] == ["2026.2"]
    (wrong,) = found.wrong
    assert any(f"alert 1: {column}: " in error and expected in error for error in wrong.errors)
    assert set(RASFF.split(",")) == set(wrong.values)


def test_animals_named_in_place_of_codes_become_codes_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    head = "event_id,report_number,report_date,report_type,disease,species,country,admin_unit"
    row = "5,0,2026-03-04,immediate notification,foot and mouth disease,{},PK,PK-PB"
    path = written(tmp_path, "\n".join((head, row.format("Swine"), row.format("camelids"))) + "\n")
    found = read_alerts(path, format_of(path, RULES.formats))
    assert found.alerts[0].goods == ("0103", "0203")
    assert "some of cattle, sheep" in found.wrong[0].errors[0]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "x,y\n1,2\n", "columns of one of the formats"),
        ("a.csv", RASFF + "\n", "at least one alert"),
        ("a.xml", "<!DOCTYPE a><a/>", "without a document type"),
        ("a.xml", "<a><b/></a>", "columns of one of the formats"),
        ("missing.csv", "", "columns of one of the formats"),
    ],
)
def test_a_file_that_is_no_file_of_alerts_is_refused(name: str, text: str, expected: str, tmp_path: Path) -> None:
    path = written(tmp_path, text, name)
    with pytest.raises(UnreadableFile, match=expected):
        read_alerts(path, format_of(path, RULES.formats))


def test_the_same_alert_twice_changes_nothing() -> None:
    book, became = AlertBook().enter(ALERT)
    again, became_again = book.enter(ALERT)
    assert (became, became_again) == (Entry.NEW, Entry.KNOWN)
    assert book_text(again) == book_text(book)


@given(order=st.permutations(range(4)))
def test_the_latest_update_counts_in_whatever_order_they_come(order: list[int]) -> None:
    book = AlertBook()
    for update in order:
        book, _ = book.enter(replace(ALERT, update=update, dated=ALERT.dated + timedelta(update)))
    (current,) = book.current()
    assert current.update == 3
    (found,) = book.consequences(RULES)
    assert found.measure.start == ALERT.dated
    assert "update 3" in found.measure.legal_basis


def test_the_same_update_with_other_words_is_refused() -> None:
    book, _ = AlertBook().enter(ALERT)
    with pytest.raises(InvalidMeasure, match="said something else"):
        book.enter(replace(ALERT, hazard="salmonella"))
    with pytest.raises(InvalidMeasure, match="a number unlike"):
        AlertBook((replace(ALERT, number="2026/1"),)).enter(replace(ALERT, number="2026-1"))


def test_an_alert_that_was_ended_is_not_in_force_and_the_next_update_of_its_source_counts_again() -> None:
    book, _ = AlertBook().enter(ALERT)
    ended = book.end(ALERT.code, day=date(2026, 4, 1), reason=" traced ")
    (found,) = ended.consequences(RULES)
    assert found.measure.last_day == date(2026, 3, 31)
    assert found.measure.termination == "traced"
    with pytest.raises(InvalidMeasure, match="has not ended"):
        ended.end(ALERT.code, day=date(2026, 4, 2), reason="again")
    again, became = ended.enter(replace(ALERT, update=1))
    assert became is Entry.UPDATED
    assert again.consequences(RULES)[0].measure.terminated_on is None


@pytest.mark.parametrize(
    ("code", "day", "reason"),
    [("RASFF-9", date(2026, 4, 1), "x"), (ALERT.code, date(2026, 1, 1), "x"), (ALERT.code, date(2026, 4, 1), " ")],
)
def test_an_end_needs_an_alert_a_later_day_and_a_reason(code: str, day: date, reason: str) -> None:
    with pytest.raises(InvalidMeasure):
        AlertBook((ALERT,)).end(code, day=day, reason=reason)


@given(
    ends=st.none() | st.integers(0, 900),
    review=st.none() | st.integers(0, 900),
    kind=st.sampled_from(["alert", "border rejection", "news", "fraud"]),
    decision=st.sampled_from(["serious", "not serious", ""]),
)
def test_every_measure_from_an_alert_ends_is_reviewed_before_and_can_be_read_back(
    ends: int | None, review: int | None, kind: str, decision: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    days = [None if each is None else ALERT.dated + timedelta(each) for each in (ends, review)]
    found = consequence(replace(ALERT, ends_on=days[0], review_by=days[1], kind=kind, decision=decision), RULES)
    measure = found.measure
    assert measure.end is not None
    assert measure.review_by is not None
    assert measure.start <= measure.review_by <= measure.end
    assert set(found.by_setting) == {name for name, day in zip(("to", "review_by"), days, strict=True) if day is None}
    path = tmp_path_factory.mktemp("measures") / "m.yaml"
    path.write_text(measures_text([measure], "Written"), encoding="utf-8")
    assert read_measures(path) == (measure,)


def test_news_are_evidence_and_a_serious_alert_is_a_floor_of_the_service_that_answers() -> None:
    serious = consequence(ALERT, RULES).measure
    assert (serious.kind, serious.agency) == (MeasureKind.FREQUENCY, Agency.SANITARY)
    assert consequence(replace(ALERT, kind="news"), RULES).measure.kind is MeasureKind.EVIDENCE
    assert consequence(replace(ALERT, kind="fraud", decision=""), RULES).measure.acts == ()


def test_a_book_is_read_back_and_written_only_when_it_changed(tmp_path: Path) -> None:
    book = AlertBook((ALERT, replace(ALERT, update=1, ended_on=date(2026, 4, 1), ending="traced")))
    assert keep(tmp_path / "d", [(BOOK, book_text(book))])
    assert read_book(tmp_path / "d") == book
    assert not keep(tmp_path / "d", [(BOOK, book_text(book))])
    assert [path.name for path in (tmp_path / "d").iterdir()] == [BOOK]


@pytest.mark.parametrize("text", ["", "[]", '{"form": 2}', '{"form": 1, "alerts": [{"number": "1"}]}'])
def test_what_is_no_book_is_refused(text: str, tmp_path: Path) -> None:
    written(tmp_path, text, BOOK)
    with pytest.raises(OutputError, match="a book of alerts"):
        read_book(tmp_path)


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        (("days: 180", "days: 0"), "rules.1.days", "must end"),
        (("review_days: 90", "review_days: 900"), "rules.1.review_days", "at most the 180 days"),
        (("sources: [rasff]", "sources: [rasf]"), "rules.1.sources", "did you mean rasff?"),
        (("measure: evidence", "measure: frequency"), "rules.1.acts", "acts with their frequency"),
        (("measure: evidence", "measure: condition"), "rules.1.measure", "write such a measure by hand"),
        (("measure: evidence", "measure: ban"), "rules.1.measure", "prohibition"),
        (("      hazard: hazards\n", ""), "formats.rasff.columns.hazard", "a text"),
        (("      goods: cn_codes\n", ""), "formats.rasff.columns.goods", "a text"),
        (("agency: sanitary", "agency: health"), "formats.rasff.agency", "sanitary"),
        (("basis: National", "bases: National"), "bases", "one of basis"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(
    change: tuple[str, str], field: str, expected: str, tmp_path: Path
) -> None:
    text = shipped("sps_alerts.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(ExceptionGroup) as refused:
        read_alert_rules(written(tmp_path, text.replace(*change, 1), "rules.yaml"))
    said = [str(error) for error in refused.value.exceptions]
    assert any(f"rules.yaml: {field}" in line and expected in line for line in said), said
