"""``darvoza play``: the officers of a practice world at work on a run."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli import play
from darvoza.cli.arguments import build_parser
from darvoza.errors import OutputError
from darvoza.flow.intake.control_results import read_control_results

LODGED = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A run that selected two declarations, in a world where both hide something; the words of the command."""
    names = ["D1", "D2"]
    same = {"agency": "customs", "act": "physical", "selected": True, "post": "KG-OSH", "lodged_at": LODGED}
    pl.DataFrame([{"declaration_id": name, **same} for name in names]).write_parquet(tmp_path / "decisions.parquet")
    true = {"item": 1, "offence": "undeclared", "loss": 12.0, "severity": 0.2, "true_hs": "870323"}
    rest = {"true_origin": "AE", "true_value": 900.0}
    pl.DataFrame([{"declaration_id": name, **true, **rest} for name in names]).write_parquet(tmp_path / "truth.parquet")
    return ["play", str(tmp_path), "--world", str(tmp_path), "--miss", "0"]


def run(words: list[str], out: Path, *more: str) -> int:
    """Run the command."""
    return play.run(build_parser([]).parse_args([*words, "--out", str(out), *more]))


def test_what_was_selected_is_carried_out_and_can_be_read_back(words: list[str], tmp_path: Path) -> None:
    assert run(words, tmp_path / "results.csv") == 0
    results, wrong = read_control_results(tmp_path / "results.csv")
    assert results.select("declaration_id", "finding_area").rows() == [("D1", "undeclared"), ("D2", "undeclared")]
    assert wrong.is_empty()


def test_what_has_its_result_is_not_carried_out_again(words: list[str], tmp_path: Path) -> None:
    done = tmp_path / "done.csv"
    done.write_text("declaration_id,item,agency,act,result_at,finding_area\nD1,1,customs,physical,2026-03-02T00:00Z,\n")
    run(words, tmp_path / "results.csv", "--done", str(done))
    assert read_control_results(tmp_path / "results.csv").results.get_column("declaration_id").to_list() == ["D2"]


def test_results_are_not_written_over_others_and_a_world_is_needed(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("")
    with pytest.raises(OutputError, match="does not exist yet"):
        run(words, tmp_path / "results.csv")
    (tmp_path / "truth.parquet").unlink()
    with pytest.raises(OutputError, match="the truth that"):
        run(words, tmp_path / "other.csv")
