"""Records of control from a file: everything wrong is told with its place, and the example of the page is right."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from architecture.house import DOCS
from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import LaboratoryVerdict
from darvoza.errors import DarvozaError, InvalidValue
from darvoza.flow.fields import leaves
from darvoza.flow.inspection.laboratory import laboratory_verdict
from darvoza.flow.inspection.records_file import last_moment, read_records

PAGE = (DOCS / "how-to" / "print-an-act.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
AT = "2026-01-02T10:00:00+06:00"
START = {"declaration": "D-1", "number": "K-1", "agency": "veterinary"}


def written(tmp_path: Path, *controls: object) -> Path:
    path = tmp_path / "r.yaml"
    path.write_text(yaml.safe_dump({"controls": controls}, allow_unicode=True), encoding="utf-8")
    return path


def refused(tmp_path: Path, **fields: object) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        read_records(written(tmp_path, {**START, **fields}))
    found: list[DarvozaError] = leaves(caught.value)
    return [str(error) for error in found]


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    (records,) = read_records(path)
    assert (records.agency, records.number) == (Agency.PHYTOSANITARY, "KG-PHY-2026-000003")
    assert [check.act for check in records.control.checks] == [Act.DOCUMENTARY, Act.PHYSICAL]
    assert records.control.checks[1].notes == "Личинки в двух местах\nЭки жерде личинкалар"
    assert laboratory_verdict(records.control.tests[0]) is LaboratoryVerdict.REJECT
    last = last_moment(records)
    assert last is not None
    assert last.isoformat() == "2026-01-05T09:00:00+06:00"
    assert last.utcoffset() == timedelta(hours=6)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"agency": "vetrinary"}, "did you mean veterinary"),
        ({"surprise": 1}, "controls.1.surprise: expected one of agency"),
        ({"arrived_at": "2026-01-02"}, "arrived_at: expected a moment with its offset"),
        ({"checks": {}}, "checks: expected a list"),
        ({"checks": [{"act": "physical", "status": "compliant"}]}, "both, of a check that was done"),
        ({"samples": [{"number": "S", "item": 0, "packages": 2}]}, "samples.1.item: expected a whole number"),
        ({"samples": [{"number": "S", "item": 1, "packages": 2, "drawn": [3]}]}, "numbers from 1 to 2"),
        ({"samples": [{"number": "S", "item": 1, "packages": 9, "drawn": [4, 4]}]}, "each package once"),
        ({"decisions": [{"outcome": "release", "at": AT, "until": AT}]}, "of a quarantine only"),
        ({"decisions": [{"outcome": "release"}]}, "decisions.1.at: expected a moment"),
        ({"decisions": [{"outcome": "release", "at": AT, "items": ["x"]}]}, "a list of whole numbers"),
        ({"follow_up": [{"kind": "left", "at": AT, "satisfied": "maybe", "officer": "A"}]}, "true or false"),
        ({"certificates": "TJ 551"}, "certificates: expected a list of texts"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, fields: dict[str, object], told: str) -> None:
    assert any(told in error for error in refused(tmp_path, **fields))


def a_test(**changes: object) -> dict[str, object]:
    result = {"value": 1, "unit": "µg/kg", "uncertainty": 0.1, "at": AT}
    start = {"sample": "S", "analyte": "a", "unit": "µg/kg", "limit": 2, "suspicion": False, "requested_at": AT, "accepted_at": AT}  # fmt: skip
    return {**start, "result": {**result, **changes}}


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (a_test(unit="mg/kg"), "tests.1.unit: expected the unit of the request, µg/kg, got 'mg/kg' (1 mg/kg is 1000"),
        (a_test(uncertainty=None), "uncertainty: expected the expanded uncertainty U"),
        (a_test(value=-1), "amounts of 0 or more"),
        ({**a_test(), "accepted_at": "2026-01-01T10:00:00+06:00"}, "accepted_at: expected a moment from"),
        ({key: value for key, value in a_test().items() if key != "accepted_at"}, "before it reported"),
    ],
)
def test_a_result_out_of_order_is_told(tmp_path: Path, test: dict[str, object], told: str) -> None:
    assert any(told in error for error in refused(tmp_path, tests=[test]))


def test_a_number_stands_for_one_document(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        read_records(written(tmp_path, START, START))
    assert "controls.2.number: expected a number of its own" in str(leaves(caught.value)[0])


@pytest.mark.parametrize("text", ["controls: []", "other: 1", "controls: 3"])
def test_what_holds_no_records_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue, match="a list"):
        read_records(path)


def test_a_substitution_is_recorded_with_the_check(tmp_path: Path) -> None:
    place = {
        "declaration": "D-9",
        "category": "II",
        "origin": "TJ",
        "own_category": "II",
        "own_origin": "TJ",
        "reason": "already unloaded",
    }
    check = {"act": "physical", "status": "compliant", "officer": "A", "at": AT, "in_place_of": place}
    (records,) = read_records(written(tmp_path, {**START, "checks": [check]}))
    assert records.control.checks[0].substitute_for == "D-9"
    assert records.control.substitutions[0].checked == "D-1"
    told = refused(tmp_path, checks=[{**check, "in_place_of": {**place, "own_category": "III"}}])
    assert any("the same category and origin" in error for error in told)
    told = refused(
        tmp_path, checks=[{**check, "in_place_of": {"declaration": "D-9", "category": "II", "origin": "TJ"}}]
    )
    assert any("in_place_of.own_category: expected a text" in error for error in told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"laboratory": "osh"}, "another laboratory"),
        ({"requested_at": "2026-01-20T10:00:00+06:00"}, "a request until 2026-01-12"),
        ({"analyte": "lead"}, "the first test of the same sample and analyte"),
    ],
)
def test_a_second_test_needs_a_right_to_it(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    first = {**a_test(value=5), "laboratory": "Osh"}
    second = {"sample": "S", "analyte": "a", "unit": "µg/kg", "limit": 2, "suspicion": True, "second": True,
              "laboratory": "Bishkek", "requested_at": "2026-01-04T10:00:00+06:00", **changes}  # fmt: skip
    if told:
        assert any(told in error for error in refused(tmp_path, tests=[first, second]))
    else:
        (records,) = read_records(written(tmp_path, {**START, "tests": [first, second]}))
        assert [test.second for test in records.control.tests] == [False, True]


def test_another_test_that_was_asked_for_takes_no_right_to_a_second_one_away(tmp_path: Path) -> None:
    first = {**a_test(value=5), "laboratory": "Osh"}
    asked = {name: value for name, value in first.items() if name not in {"result", "accepted_at"}}
    asked["requested_at"] = "2026-01-04T09:00:00+06:00"
    second = {**asked, "second": True, "laboratory": "Bishkek", "requested_at": "2026-01-04T10:00:00+06:00"}
    (records,) = read_records(written(tmp_path, {**START, "tests": [first, asked, second]}))
    assert [test.second for test in records.control.tests] == [False, False, True]


def test_who_was_not_rejected_has_no_second_test(tmp_path: Path) -> None:
    second = {**a_test(), "second": True, "laboratory": "Bishkek"}
    assert any("a first test that rejected" in error for error in refused(tmp_path, tests=[a_test(), second]))
