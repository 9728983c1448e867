"""Only what a service found by its own act, of goods of the plan and all of them, moves its plan."""

from pathlib import Path

import polars as pl
import pytest

from cli.declared import assessed, declared
from darvoza.cli.main import main

PLAN = (
    "plans:\n  - {code: P, title: T, agency: phytosanitary, act: physical, scope: {goods: ['0813']}, fractions: [1, 0.1], "
    "clearances: [3], legal_basis: L, from: 2026-01-01MORE}\n"
)
HEADER = "declaration_id,item,lodged_at,result_at,hs,origin,agency,act,passed,probability"


def consignments(**changes: str) -> list[dict[str, str]]:
    """Three consignments on three days, each examined and passed."""
    return [
        {"declaration_id": f"D{day}", "lodged_at": f"2026-03-0{day}T08:00:00Z", "flow": "I", "examined": "true",
         "finding": "false", "result_at": f"2026-03-0{day}T12:00:00Z", "inclusion_probability": "1", **changes}
        for day in (1, 2, 3)
    ]  # fmt: skip


def results(place: Path, *, agency: str = "phytosanitary", act: str = "physical", passed: str = "true") -> str:
    lines = [
        f"D{day},1,2026-03-0{day}T08:00:00Z,2026-03-0{day}T12:00:00Z,0813,TR,{agency},{act},{passed},1"
        for day in (1, 2, 3)
    ]
    path = place / "results.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return str(path)


def states(place: Path, rows: list[dict[str, str]], *options: str, more: str = "") -> pl.DataFrame:
    plans = place / "plans.yaml"
    plans.write_text(PLAN.replace("MORE", more), encoding="utf-8")
    out = place / f"states_{len(list(place.iterdir()))}"
    words = ["sps", "states", *declared(place, *rows), "--plans", str(plans), "--day", "2026-03-20", "--out", str(out)]
    assert main([*words, *options]) == 0
    return pl.read_parquet(out / "states.parquet")


OWN = ("--outcomes-of", "phytosanitary:physical")


def test_an_outcome_that_names_no_service_counts_for_no_plan_and_this_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert states(tmp_path, consignments()).select("fraction", "examined").row(0) == (1.0, 0)
    assert "3 outcomes beside goods items name neither service nor act" in capsys.readouterr().out
    assert states(tmp_path, consignments(), *OWN).select("fraction", "examined").row(0) == (0.1, 3)
    assert "name neither" not in capsys.readouterr().out


@pytest.mark.parametrize("whose", ["customs:physical", "phytosanitary:documentary"])
def test_what_another_service_or_another_act_found_moves_no_plan(whose: str, tmp_path: Path) -> None:
    agency, act = whose.split(":")
    assert states(tmp_path, consignments(), "--outcomes-of", whose).item(0, "fraction") == 1
    told = results(tmp_path, agency=agency, act=act, passed="false")
    assert states(tmp_path, consignments(), "--results", told).select("fraction", "failures").row(0) == (1.0, 0)


def test_results_that_name_their_service_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = consignments(examined="", finding="", result_at="", inclusion_probability="")
    assert states(tmp_path, bare, "--results", results(tmp_path)).select("fraction", "examined").row(0) == (0.1, 3)
    assert "3 results read = 3 accepted + 0 rejected; 0 are of goods that were not read" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["phytosanitary", "police:physical", "phytosanitary:look", ""])
def test_whose_outcomes_are_is_said_in_full(given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plans.yaml").write_text(PLAN.replace("MORE", ""), encoding="utf-8")
    words = [
        "sps",
        "states",
        "none.csv",
        "--mapping",
        "m",
        "--plans",
        str(tmp_path / "plans.yaml"),
        "--day",
        "2026-03-20",
    ]
    assert main([*words, "--out", str(tmp_path / "out"), "--outcomes-of", given]) == 2
    assert "SERVICE:ACT" in capsys.readouterr().err


@pytest.mark.parametrize("flow", ["E", "T"])
def test_exports_and_transit_clear_no_plan_of_imports(flow: str, tmp_path: Path) -> None:
    assert states(tmp_path, consignments(flow=flow), *OWN).is_empty()


@pytest.mark.parametrize(
    ("more", "about"), [("", {"I", ""}), (", flows: [I, T]", {"I", "T", ""}), (", flows: [E]", {"E", ""})]
)
def test_a_plan_asks_of_the_directions_whose_results_move_it_and_of_no_others(
    more: str, about: set[str], tmp_path: Path
) -> None:
    plans = tmp_path / "plans.yaml"
    plans.write_text(PLAN.replace("MORE", "").replace("['0813']", f"['0813']{more}"), encoding="utf-8")
    flows = ("I", "E", "T", "")
    came = [{"declaration_id": f"N-{flow}", "flow": flow, "importer_id": f"I-{flow}"} for flow in flows]
    decisions = assessed(tmp_path, declared(tmp_path, *came), "--plans", plans)
    asked = decisions.explode("floors").filter(pl.col("floors").struct.field("source") == "P")
    assert {name.removeprefix("N-") for name in asked["declaration_id"]} == about
    for flow in flows:
        past = declared(tmp_path / f"past{flow}", *consignments(flow=flow))
        out = tmp_path / f"states{flow}"
        words = ["--plans", str(plans), "--day", "2026-03-20", *OWN, "--out", str(out)]
        assert main(["sps", "states", *past, *words]) == 0
        assert (pl.read_parquet(out / "states.parquet").height == 1) is (flow in about)


def test_a_consignment_passes_when_all_its_items_in_scope_were_examined(tmp_path: Path) -> None:
    unseen = dict.fromkeys(("examined", "finding", "result_at", "inclusion_probability"), "")
    rows = [row for one in consignments() for row in (one, {**one, **unseen, "item": "2"})]
    assert states(tmp_path, rows, *OWN).select("fraction", "examined").row(0) == (1.0, 0)
    other = [row for one in consignments() for row in (one, {**one, **unseen, "item": "2", "hs": "8703230000"})]
    assert states(tmp_path, other, *OWN).select("fraction", "examined").row(0) == (0.1, 3)


def test_small_consignments_and_many_of_one_day_clear_a_plan_unless_it_asks_for_more(tmp_path: Path) -> None:
    small = consignments(lodged_at="2026-03-01T08:00:00Z", net_mass="1")
    assert states(tmp_path, small, *OWN).item(0, "fraction") == 0.1
    assert states(tmp_path, small, *OWN, more=", least_mass: 500").item(0, "fraction") == 1
    assert states(tmp_path, small, *OWN, more=", distinct_days: true").item(0, "fraction") == 1


BARE = dict.fromkeys(("examined", "finding", "result_at", "inclusion_probability"), "")


def second(passed: str, *, probability: str = "1") -> list[str]:
    """Results of the second goods item of each consignment."""
    return [
        f"D{day},2,2026-03-0{day}T08:00:00Z,2026-03-0{day}T12:00:00Z,0813,TR,phytosanitary,physical,{passed},{probability}"
        for day in (1, 2, 3)
    ]


def with_more(place: Path, *lines: str) -> str:
    path = results(place)
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


@pytest.mark.parametrize(("more", "failures"), [([], 0), (second("true"), 0), (second("false"), 3)])
def test_a_declaration_of_which_a_row_cannot_be_read_passes_nothing_and_its_failures_stand(
    more: list[str], failures: int, tmp_path: Path
) -> None:
    rows = [row for one in consignments(**BARE) for row in (one, {**one, "item": "2", "hs": "dried"})]
    told = states(tmp_path, rows, "--results", with_more(tmp_path, *more))
    assert told.select("fraction", "failures").row(0) == (1.0, failures)


def test_goods_that_were_not_read_and_failed_bring_the_census_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = {**consignments(**BARE)[2], "declaration_id": "D4", "lodged_at": "2026-03-10T08:00:00Z"}
    rows = [*consignments(**BARE), torn, {**torn, "item": "2", "hs": "dried"}]
    late = "D4,2,2026-03-10T08:00:00Z,2026-03-11T08:00:00Z,0813,TR,phytosanitary,physical,false,0.1"
    assert states(tmp_path, rows, "--results", with_more(tmp_path)).item(0, "fraction") == 0.1
    assert states(tmp_path, rows, "--results", with_more(tmp_path, late)).item(0, "fraction") == 1
    assert "1 goods items that were not read failed, and count as such" in capsys.readouterr().out


def test_a_later_result_that_is_rejected_leaves_no_pass_standing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = "D2,1,2026-03-02T08:00:00Z,2026-03-09T08:00:00Z,0813,TR,phytosanitary,physical,false,7"
    told = states(tmp_path, consignments(**BARE), "--results", with_more(tmp_path, lost))
    assert told.select("fraction", "examined").row(0) == (1.0, 2)
    assert "1 declarations named in rejected results pass nothing; their failures stand" in capsys.readouterr().out


def test_a_finding_beside_a_row_that_cannot_be_read_fails_and_what_is_clean_there_passes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = consignments()
    torn = {**rows[2], "declaration_id": "D4", "lodged_at": "2026-03-10T08:00:00Z", "result_at": "2026-03-11T08:00:00Z"}
    beside = {**torn, "item": "2", "hs": "dried"}
    assert states(tmp_path, [*rows, {**torn, "finding": "true"}, beside], *OWN).item(0, "fraction") == 1
    assert "ATTENTION: 1 declarations count as not clean" in capsys.readouterr().err
    assert states(tmp_path, [*rows, torn, beside], *OWN).select("fraction", "examined").row(0) == (0.1, 3)


def test_a_correction_dated_before_what_it_corrects_holds_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        f"D3,1,2026-03-03T08:00:00Z,2026-03-0{day}T14:00:00Z,0813,TR,phytosanitary,physical,{passed},1"
        for day, passed in ((5, "false"), (4, "true"))
    ]
    told = states(tmp_path, consignments(**BARE), "--results", with_more(tmp_path, *lines))
    assert told.select("fraction", "failures").row(0) == (0.1, 0)
    assert "1 results are dated before one of the same act that is told ahead of them" in capsys.readouterr().out
