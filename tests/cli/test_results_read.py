"""Files of results: what cannot be read is not "nothing found", and two files that contradict each other are refused."""

from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, Place
from darvoza.cli.main import main
from darvoza.cli.results import DECISIONS

FINDINGS = 12


@pytest.fixture(scope="module")
def examined(place: Place) -> pl.DataFrame:
    """The goods of the run, all that was selected examined, and something found in the first item of some."""
    drawn = pl.read_parquet(place.run / DECISIONS).filter("selected", agency="customs", act="physical")
    names = drawn.get_column("declaration_id").to_list()
    month = pl.read_csv(place.months[-1], infer_schema=False)
    several = month.filter(pl.col("item") == "2").get_column("declaration_id").to_list()
    found = [name for name in names if name in set(several)][:FINDINGS]
    mine, hit = pl.col("declaration_id").is_in(names), pl.col("declaration_id").is_in(found) & (pl.col("item") == "1")
    blank = [
        pl.lit(None, pl.String).alias(name) for name in ("finding_area", "finding_severity", "inclusion_probability")
    ]
    return month.with_columns(
        *blank,
        examined=pl.when(mine).then(pl.lit("true")).otherwise(pl.lit("false")),
        finding=pl.when(hit).then(pl.lit("true")).when(mine).then(pl.lit("false")),
        recovered=pl.when(hit).then(pl.lit("100")).when(mine).then(pl.lit("0")),
        result_at=pl.when(mine).then(pl.lit("2026-07-01T00:00:00Z")),
    )


def written(table: pl.DataFrame, path: Path) -> Path:
    table.write_csv(path)
    return path


@pytest.fixture(scope="module")
def torn(examined: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with an amount below zero beside each finding: those rows are refused."""
    spoilt = pl.when(pl.col("finding") == "true").then(pl.lit("-5")).otherwise("recovered").alias("recovered")
    return written(examined.with_columns(spoilt), tmp_path_factory.mktemp("torn") / "torn.csv")


def words(command: str, place: Place, out: Path, *files: Path) -> list[str]:
    named = [str(file) for file in files]
    return [*command.split(), str(place.run), "--results", *named, "--mapping", str(MAPPING), "--out", str(out)]


@pytest.mark.parametrize("command", ["report", "frontier", "drift", "model compare"])
def test_refused_rows_are_told_and_their_declarations_have_no_result(
    command: str, place: Place, torn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(command, place, tmp_path / "out", torn)) in {0, 1}
    said = capsys.readouterr()
    assert f"accepted + {FINDINGS} rejected" in said.out
    assert f"ATTENTION: {FINDINGS} declarations count as without a result" in said.err


def test_a_finding_that_cannot_be_read_is_outstanding_and_not_clean(
    place: Place, examined: pl.DataFrame, torn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = written(examined, tmp_path / "whole.csv")
    assert main(words("frontier", place, tmp_path / "one", whole)) == 0
    results = examined.filter(pl.col("examined") == "true").get_column("declaration_id").n_unique()
    assert f"{FINDINGS} findings in {results} results" in capsys.readouterr().out
    assert main(words("frontier", place, tmp_path / "two", torn)) == 0
    assert f"0 findings in {results - FINDINGS} results" in capsys.readouterr().out


def test_two_files_that_contradict_each_other_are_refused_in_either_order(
    place: Place, examined: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = pl.when(pl.col("finding") == "true").then(pl.lit("false")).otherwise("finding").alias("finding")
    files = written(examined, tmp_path / "first.csv"), written(examined.with_columns(clean), tmp_path / "second.csv")
    for given in (files, files[::-1]):
        assert main(words("report", place, tmp_path / "out", *given)) == 2
        said = capsys.readouterr().err
        assert f"contradict one another on {FINDINGS} goods items: item 1 of" in said
        assert "first.csv" in said
        assert "second.csv" in said
    assert not (tmp_path / "out").exists()


def test_a_file_that_knows_more_adds_to_one_that_knows_less(
    place: Place, examined: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = ("examined", "finding", "recovered", "result_at")
    early = examined.with_columns(pl.lit(None, pl.String).alias(name) for name in outcomes)
    files = written(early, tmp_path / "early.csv"), written(examined, tmp_path / "late.csv")
    assert main(words("frontier", place, tmp_path / "out", *files)) == 0
    assert f"{FINDINGS} findings in" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["report", "frontier", "drift", "model compare"])
def test_what_officers_wrote_of_their_acts_counts_beside_the_declarations(
    command: str, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, acts = place.months[-1].parents[1], tmp_path / "acts.csv"
    assert main(["play", str(place.run), "--world", str(world), "--out", str(acts)]) == 0
    rows, declared = pl.read_csv(acts).height, pl.read_csv(place.months[-1], infer_schema=False).height
    assert main(words(command, place, tmp_path / "out", place.months[-1], acts)) in {0, 1}
    said = capsys.readouterr().out
    assert f"{rows + declared:,} rows read = {rows + declared:,} accepted + 0 rejected" in said
    if command == "frontier":
        drawn = pl.read_parquet(place.run / DECISIONS).filter("selected", agency="customs", act="physical").height
        assert f"findings in {drawn} results" in said


def test_results_of_acts_without_their_declarations_are_refused_in_words(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = tmp_path / "acts.csv"
    acts.write_text("declaration_id,item,agency,act,result_at,finding_area\nD1,1,customs,physical,2026-03-02T00:00Z,\n")
    assert main(words("report", place, tmp_path / "out", acts)) == 2
    assert "give the files that the run was made from, too" in capsys.readouterr().err


def test_a_result_of_an_act_that_cannot_be_read_leaves_its_declaration_without_one(
    place: Place, examined: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = examined.filter(pl.col("finding") == "true").get_column("declaration_id")[0]
    acts = tmp_path / "acts.csv"
    head = "declaration_id,item,agency,act,result_at,finding_area,recovered\n"
    acts.write_text(f"{head}{name},1,customs,physical,2026-07-02T00:00Z,valuation,-5\n")
    declared = written(examined, tmp_path / "declared.csv")
    assert main(words("frontier", place, tmp_path / "out", declared, acts)) == 0
    said = capsys.readouterr()
    assert f"{FINDINGS - 1} findings in" in said.out
    assert f"1 declarations count as without a result, because a row of theirs cannot be read: {name}" in said.err
