"""A file of capacities: read as it is meant, and everything wrong with it is said at once."""

from datetime import date
from pathlib import Path

import pytest

from darvoza.domain.capacity import EXAMINATION, ActDuration, CapacityUnit, Deadline, Duty, PostCapacity
from darvoza.domain.codes import Act, Agency
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.capacity_file import read_capacity

GOOD = """
title: Posts of the south, summer
source: Order 12 of 2026-05-20
capacity:
  - {post: KG-TOR, from: 2026-06-01, to: 2026-08-31, per_day: 14}
  - {post: KG-TOR, agency: phytosanitary, act: sampling, hours: 6.5}
  - {post: "*", share: 0.08}
durations:
  - {act: physical, hs: "8703", hours: 1}
  - {act: sampling, agency: phytosanitary, hours: 0.75}
deadlines:
  - {hs: "0702", hours: 3}
"""


def written(tmp_path: Path, text: str, name: str = "capacity.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(ExceptionGroup) as refused:
        read_capacity(path)
    assert all(isinstance(one, SettingsError) for one in refused.value.exceptions)
    return [str(one) for one in refused.value.exceptions]


def test_a_file_says_posts_durations_and_deadlines(tmp_path: Path) -> None:
    plan = read_capacity(written(tmp_path, GOOD))
    sampling = Duty(Agency.PHYTOSANITARY, Act.SAMPLING)
    assert plan.rows == (
        PostCapacity("KG-TOR", EXAMINATION, 14, CapacityUnit.PER_DAY, date(2026, 6, 1), date(2026, 8, 31)),
        PostCapacity("KG-TOR", sampling, 6.5, CapacityUnit.HOURS),
        PostCapacity("*", EXAMINATION, 0.08, CapacityUnit.SHARE),
    )
    assert plan.durations == (
        ActDuration(Act.PHYSICAL, 1.0, None, "8703"),
        ActDuration(Act.SAMPLING, 0.75, Agency.PHYTOSANITARY),
    )
    assert plan.deadlines == (Deadline(3.0, "0702"),)
    assert (plan.title, plan.source) == ("Posts of the south, summer", "Order 12 of 2026-05-20")


def test_a_table_says_the_same_as_the_rows_of_a_file(tmp_path: Path) -> None:
    table = (
        "post,agency,act,from,to,per_day,hours,share\n"
        "KG-TOR,,,2026-06-01,2026-08-31,14,,\nKG-TOR,phytosanitary,sampling,,,,6.5,\n*,,,,,,,0.08\n"
    )
    assert read_capacity(written(tmp_path, table, "capacity.csv")).rows == read_capacity(written(tmp_path, GOOD)).rows


def test_everything_wrong_is_said_at_once_with_row_field_expected_and_got(tmp_path: Path) -> None:
    text = """
capacity:
  - {post: KG-TOR, per_day: -3}
  - {post: KG-IRK, share: 1.5}
  - {agency: custom, per_day: 3}
  - {post: KG-DOS, per_day: 3, hours: 4}
  - {post: KG-AKT, per_day: 3, from: 2026-13-01}
  - {post: KG-AKT, per_day: 3, from: 2026-02-01, to: 2026-01-01}
  - {post: KG-X, per_dya: 3}
durations:
  - {act: physical, hours: 0}
deadlines: soon
"""
    said = "\n".join(problems(written(tmp_path, text)))
    for expected in (
        "capacity.1.per_day: expected a number of 0 or more, at most 100000, got '-3'",
        "capacity.2.share: expected a number above 0, at most 1, got '1.5'",
        "capacity.3.post: expected a text, got None",
        "capacity.3.agency: expected one of customs",
        "did you mean customs?",
        "capacity.4.post: expected exactly one of per_day, hours, share beside it, got 'per_day, hours'",
        "capacity.5.from: expected a date such as 2026-01-31, got '2026-13-01'",
        "capacity.6.to: expected a day from 2026-02-01 on, got '2026-01-01'",
        "did you mean per_day?",
        "durations.1.hours: expected a number of hours above 0, got '0'",
        "deadlines: expected a list, got 'soon'",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("capacity.yaml", "capacity: [", "not YAML"),
        ("capacity.yaml", "- 3", "fields with values"),
        ("capacity.yaml", "capacity:\n- {post: A, share: 0.1}\n- {post: A, per_day: 3}", "one row for a post"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, name: str, text: str, match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        read_capacity(written(tmp_path, text, name))


@pytest.mark.parametrize("name", ["capacity.yaml", "capacity.csv"])
def test_an_empty_plan_is_refused(tmp_path: Path, name: str) -> None:
    text = "title: nothing" if name.endswith("yaml") else "post,per_day\n"
    assert "expected at least one row" in problems(written(tmp_path, text, name))[0]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"a share such as 0.10, or a file.*no such file"):
        read_capacity(tmp_path / "nowhere.yaml")


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "capacity.csv"
    path.write_bytes("post,per_day\nТоругарт,3\n".encode("cp1251"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_capacity(path)
