"""Results of acts of control as a table: good rows are read, wrong ones kept aside with the reason."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.errors import UnreadableFile
from darvoza.flow.intake.control_results import ControlResults, read_control_results

HEAD = "declaration_id,item,agency,act,result_at,finding_area,finding_severity,recovered,corrected_hs,corrected_origin"
GOOD = "D1,1,customs,physical,2026-03-01T09:00:00+06:00,undervaluation,0,120.50,,"
HEALTH = "declaration_id,item,lodged_at,result_at,hs,origin,agency,act,passed,hazard"


def read(tmp_path: Path, *rows: str, head: str = HEAD) -> ControlResults:
    """Write rows under a head and read them."""
    path = tmp_path / "results.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_control_results(path)


def test_a_good_row_is_read_with_its_types(tmp_path: Path) -> None:
    row = read(tmp_path, GOOD).results.row(0, named=True)
    assert row["result_at"] == datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert (row["item"], row["recovered"], row["finding_area"]) == (1, Decimal("120.50"), "undervaluation")
    assert (row["officer"], row["referral"]) == (None, None)


def test_that_nothing_was_found_is_a_result(tmp_path: Path) -> None:
    read_back = read(tmp_path, "D1,1,customs,physical,2026-03-01T09:00:00Z,,,,,")
    assert read_back.results.get_column("finding_area").to_list() == [None]
    assert read_back.wrong.is_empty()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace("D1,1", ",1"), "declaration_id: expected a value, got ''"),
        (GOOD.replace("D1,1", "D1,0"), "item: expected a whole number from 1, got '0'"),
        (GOOD.replace("customs", "navy"), "agency: expected a service, got 'navy'"),
        (GOOD.replace("physical", "x-ray"), "act: expected an act of control"),
        (GOOD.replace("2026-03-01T09:00:00+06:00", "yesterday"), "result_at: expected a moment"),
        (GOOD.replace("undervaluation", "witchcraft"), "finding_area: expected a risk area"),
        (GOOD.replace(",0,", ",9,"), "finding_severity: expected a whole number from 0 to 4, got '9'"),
        (GOOD.replace("120.50", "-1"), "recovered: expected an amount from 0 to 1,000,000,000,000,000, got '-1'"),
        (GOOD.replace("120.50", "1e16"), "recovered: expected an amount from 0 to 1,000,000,000,000,000, got '1e16'"),
        (GOOD.replace(",,", ",87.03,"), "corrected_hs: expected 6 to 10 digits, got '87.03'"),
        (GOOD.replace("undervaluation", ""), "finding_area: expected what was found"),
        (GOOD.replace("undervaluation,0,120.50", ",3,"), "finding_area: expected what was found"),
        (GOOD.replace("undervaluation,0,120.50,", ",0,0,240220"), "finding_area: expected what was found"),
        (GOOD.replace(",,", ",001234,"), "corrected_hs: expected a code of a chapter from 01 to 99"),
        (GOOD + "Turkey", "corrected_origin: expected a country of two letters"),
    ],
)
def test_a_wrong_row_is_kept_aside_and_the_others_go_on(tmp_path: Path, row: str, told: str) -> None:
    both = read(tmp_path, row, GOOD)
    assert both.results.height == 1
    assert both.wrong.get_column("error").to_list()[0].startswith(told)


def test_results_of_a_health_service_are_read_too(tmp_path: Path) -> None:
    start = "D1,1,2026-03-01T09:00:00Z,2026-03-02T09:00:00Z,070200,UZ,phytosanitary,physical"
    rows = (f"{start},true,", f"{start},false,Tuta absoluta", f"{start},false,certificate", f"{start},perhaps,")
    both = read(tmp_path, *rows, head=HEALTH)
    told = both.results.select("finding_area", "words").rows()
    assert told == [(None, None), ("sps", "Tuta absoluta"), ("documents", None)]
    assert both.wrong.height == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_what_is_no_table_of_results_is_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"results\.csv"):
        read_control_results(path)


def test_an_act_of_sampling_that_found_nothing_says_its_samples_or_why_none_was_taken(tmp_path: Path) -> None:
    head = f"{HEAD},words"
    row = "D1,1,phytosanitary,sampling,2026-03-01T09:00:00Z,,,,,,"
    read_back = read(tmp_path, row, f"{row}none", f"{row}the goods were frozen through", f"{row}S-17", head=head)
    assert read_back.results.get_column("words").to_list() == ["the goods were frozen through", "S-17"]
    assert [told.startswith("words: expected the numbers of its samples") for told in read_back.wrong["error"]] == [
        True
    ] * 2
    found = "D1,1,phytosanitary,sampling,2026-03-01T09:00:00Z,sps,1,,,,"
    assert read(tmp_path, found, head=head).wrong.is_empty()


def test_a_health_service_that_sampled_and_found_nothing_says_how_large_the_sample_was(tmp_path: Path) -> None:
    start = "D1,1,2026-03-01T09:00:00Z,2026-03-02T09:00:00Z,070200,UZ,phytosanitary"
    rows = (f"{start},sampling,true,,60", f"{start},sampling,true,,", f"{start},physical,true,,60")
    told = read(tmp_path, *rows, head=f"{HEALTH},sample_size").results
    assert told.get_column("words").to_list() == ["sample_size 60", None, None]
