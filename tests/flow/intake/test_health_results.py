"""Results of health services as a table: typed, and wrong rows kept aside with their error."""

from pathlib import Path

import pytest

from darvoza.errors import UnreadableFile
from darvoza.flow.intake.health_results import read_health_results

HEAD = "declaration_id,item,lodged_at,result_at,hs,origin,agency,act,passed,probability,hazard\n"
GOOD = "D1,1,2026-03-01T09:00:00Z,2026-03-02T09:00:00Z,080510,TR,phytosanitary,physical,false,0.15,pest\n"


def read(tmp_path: Path, text: str) -> tuple[list[dict[str, object]], list[str]]:
    file = tmp_path / "results.csv"
    file.write_text(text, encoding="utf-8")
    found = read_health_results(file)
    return found.results.to_dicts(), found.wrong["error"].to_list()


def test_a_good_row_is_read_and_a_failure_without_a_hazard_is_unnamed(tmp_path: Path) -> None:
    good, wrong = read(tmp_path, HEAD + GOOD + GOOD.replace(",0.15,pest", ",,"))
    assert wrong == []
    assert [(row["hazard"], row["probability"], row["passed"]) for row in good] == [
        ("pest", 0.15, False),
        ("unnamed", None, False),
    ]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("0.15", "1.5", "probability: expected a number in (0, 1], got '1.5'"),
        ("0.15", "often", "probability: expected a number in (0, 1], got 'often'"),
        ("false", "maybe", "passed: expected true or false, got 'maybe'"),
        ("080510", "08.05", "hs: expected 4 to 10 digits, got '08.05'"),
        ("phytosanitary", "police", "agency: expected a service, got 'police'"),
        ("physical", "look", "act: expected an act of control, got 'look'"),
        ("2026-03-02T09", "2026-02-02T09", "result_at: expected a moment not before lodged_at, got '2026-02-02T09:00:00Z'"),
        ("D1", "", "declaration_id: expected a value, got ''"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_kept_aside_and_the_others_go_on(tmp_path: Path, old: str, new: str, error: str) -> None:
    good, wrong = read(tmp_path, HEAD + GOOD + GOOD.replace(old, new, 1))
    assert len(good) == 1
    assert wrong == [error]


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="got 'no declaration_id"):
        read(tmp_path, "a,b\n1,2\n")
    with pytest.raises(UnreadableFile, match="expected results as CSV"):
        read_health_results(tmp_path / "nowhere.csv")
