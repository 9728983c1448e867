from pathlib import Path

import polars as pl
import pytest

from architecture.house import ROOT
from cli.declared import assessed, declared, floors_of
from darvoza.cli.arguments import PROCESSES, USES
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.competence import PROCESSES as KNOWN
from darvoza.domain.sps.competence import IntendedUse

FREQUENCIES = str(ROOT / "reference_data" / "sps_frequencies.yaml")


def test_the_words_of_the_command_line_are_those_of_the_register() -> None:
    assert set(PROCESSES) == set(KNOWN)
    assert set(USES) == set(IntendedUse)


def test_goods_are_routed_with_basis_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sps", "route", "0712.31", "--process", "cooked"]) == 0
    said = capsys.readouterr().out
    assert "071231: sanitary" in said
    assert "lighter category of ISPM 32" in said
    assert main(["sps", "route", "0602", "--process", "sterilised", "--use", "planting"]) == 0
    said = capsys.readouterr().out
    assert "0602: phytosanitary" in said
    assert "ISPM 32 category: 4" in said
    assert "a declared process does not take raw or live goods" in said
    assert main(["sps", "route", "870323"]) == 0
    assert "not controlled by any health service" in capsys.readouterr().out


def test_a_process_that_is_merely_declared_has_the_identity_of_raw_goods_checked(tmp_path: Path) -> None:
    ban = (
        "measures:\n  - {code: BAN, title: T, agency: phytosanitary, kind: prohibition, scope: {plant_risk: [high]}, "
        "legal_basis: L, from: 2026-01-01, review_by: 2026-12-31}\n"
    )
    (tmp_path / "m.yaml").write_text(ban, encoding="utf-8")
    rows = [
        {"declaration_id": "TREE", "hs": "0602200000", "process": "roasted", "intended_use": "planting"},
        {"declaration_id": "FRUIT", "hs": "0809100000", "process": "sterilised"},
        {"declaration_id": "RAW", "hs": "0809100000", "process": "raw"},
        {"declaration_id": "SOUP", "hs": "0712310000", "process": "cooked"},
    ]
    decisions = assessed(tmp_path, declared(tmp_path, *rows), "--measures", tmp_path / "m.yaml")
    ban_, identity = {"BAN documentary": 1}, {"CLAIMED-PROCESS identity": 1}
    found = [floors_of(decisions, row["declaration_id"]) for row in rows]
    assert found == [ban_ | identity, ban_ | identity, ban_, {}]


@pytest.mark.parametrize("code", ["8x", "1", "12345678901", ""])
def test_what_is_no_commodity_code_is_refused(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sps", "route", code]) == 2
    assert "a commodity code of 2 to 10 digits" in capsys.readouterr().err


def test_measures_are_told_and_the_late_ones_end_with_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["sps", "measures", FREQUENCIES]) == 0
    assert "physical check of 30%" in capsys.readouterr().out
    path = tmp_path / "m.yaml"
    path.write_text(
        "measures:\n  - {code: A, title: T, agency: veterinary, kind: prohibition, scope: {goods: ['01']}, "
        "legal_basis: L, from: 2026-01-01, review_by: 2026-02-01}\n",
        encoding="utf-8",
    )
    assert main(["sps", "measures", str(path), "--day", "2026-03-01"]) == 1
    assert "past its last day or its day of review" in capsys.readouterr().out
    assert main(["sps", "notice", str(path), "A", "--language", "ru"]) == 0
    assert "ветеринарная служба" in capsys.readouterr().out
    assert main(["sps", "notice", str(path), "B"]) == 2


def test_measures_put_floors_of_law_under_every_controlled_consignment(tmp_path: Path) -> None:
    world, run = tmp_path / "world", tmp_path / "run"
    assert main(["simulate", "--months", "1", "--per-month", "400", "--out", str(world)]) == 0
    files = [str(path) for path in (world / "declarations").glob("*.csv")]
    options = ["--mapping", str(ROOT / "mappings" / "own.yaml"), "--profiles", str(ROOT / "profiles"),
               "--capacity", "0.1", "--measures", FREQUENCIES, "--out", str(run)]  # fmt: skip
    assert main(["assess", *files, *options]) == 0
    decisions = pl.read_parquet(run / "decisions.parquet")
    documents = decisions.filter(agency="veterinary", act="documentary")
    assert documents.height > 10
    assert documents.get_column("probability").min() == 1
    asked = decisions.filter(agency="veterinary", act="physical")
    assert set(asked.get_column("declaration_id")) == set(documents.get_column("declaration_id"))


def test_a_measure_with_the_code_of_another_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "none.csv"
    file.write_text("x\n", encoding="utf-8")
    options = ["--mapping", str(ROOT / "mappings" / "own.yaml"), "--profiles", str(ROOT / "profiles"),
               "--capacity", "0.1", "--measures", FREQUENCIES, "--measures", FREQUENCIES, "--out", str(tmp_path / "o")]  # fmt: skip
    assert main(["assess", str(file), *options]) == 2
    assert "codes that no profile or other measure has" in capsys.readouterr().err


def test_every_shipped_register_is_there() -> None:
    assert shipped("sps_competence.csv").is_file()


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two months of practice trade with their results."""
    world = tmp_path_factory.mktemp("months") / "world"
    assert main(["simulate", "--months", "2", "--per-month", "500", "--out", str(world)]) == 0
    return [str(path) for path in sorted((world / "declarations").glob("*.csv"))]


def test_plan_states_are_kept_and_put_floors_under_later_consignments(months: list[str], tmp_path: Path) -> None:
    plans, files = tmp_path / "plans.yaml", months
    plans.write_text(
        'plans:\n  - {code: MEAT, title: T, agency: veterinary, scope: {goods: ["02", "04"]}, fractions: [1, 0.25], '
        "clearances: [1], legal_basis: L, from: 2026-01-01}\n",
        encoding="utf-8",
    )
    mapping = ["--mapping", str(ROOT / "mappings" / "own.yaml"), "--plans", str(plans)]
    states, run = tmp_path / "states", tmp_path / "run"
    whose = ["--outcomes-of", "veterinary:physical"]
    assert main(["sps", "states", *files, *mapping, "--day", "2026-02-01", *whose, "--out", str(states)]) == 0
    options = [*mapping, "--profiles", str(ROOT / "profiles"), "--capacity", "0.1", "--plan-states", str(states)]
    assert main(["assess", files[1], *options, "--out", str(run)]) == 0
    decisions = pl.read_parquet(run / "decisions.parquet").filter(agency="veterinary", act="physical")
    floors = decisions.select(pl.col("floors").explode().struct.unnest()).filter(kind="plan")
    assert set(floors.get_column("source")) == {"MEAT"}
    assert floors.get_column("probability").is_in([1.0, 0.25]).all()


def test_what_is_owed_of_a_year_is_counted_and_put_under_later_consignments(
    months: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measures, quotas, run = tmp_path / "measures.yaml", tmp_path / "quotas", tmp_path / "run"
    measures.write_text(
        'measures:\n  - {code: MEAT-15, title: T, agency: veterinary, kind: frequency, scope: {goods: ["02", "04"]}, '
        "acts: {physical: 0.9}, yearly: 400, legal_basis: L, from: 2026-01-01}\n",
        encoding="utf-8",
    )
    mapping = ["--mapping", str(ROOT / "mappings" / "own.yaml"), "--measures", str(measures)]
    words = ["sps", "quotas", *months, *mapping, "--day", "2026-02-01"]
    assert main([*words, "--out", str(tmp_path / "unnamed")]) == 0
    assert "by an act or service that nobody named: not counted" in capsys.readouterr().out
    rows = pl.concat(pl.read_csv(file, infer_schema=False) for file in months).filter(examined="true")
    results = rows.select(
        "declaration_id",
        "item",
        "result_at",
        agency=pl.lit("veterinary"),
        act=pl.lit("physical"),
        finding_area=pl.lit(""),
    )
    results.write_csv(tmp_path / "results.csv")
    assert main([*words, "--results", str(tmp_path / "results.csv"), "--out", str(quotas)]) == 0
    told = capsys.readouterr().out
    assert "MEAT-15" in told
    assert f"results.csv: {results.height:,} results accepted, 0 rejected" in told
    (row,) = pl.read_parquet(quotas / "quotas.parquet").rows(named=True)
    assert row["arrived"] > row["taken"] > 0
    options = [*mapping, "--profiles", str(ROOT / "profiles"), "--capacity", "0.1", "--quotas", str(quotas)]
    assert main(["assess", months[1], *options, "--out", str(run)]) == 0
    decisions = pl.read_parquet(run / "decisions.parquet").filter(agency="veterinary", act="physical")
    floors = decisions.select(pl.col("floors").explode().struct.unnest()).filter(pl.col("source") == "MEAT-15:owed")
    assert floors.height > 0
    assert floors.get_column("probability").unique().to_list() == pytest.approx(
        [(360 - row["taken"]) / row["expected"]], abs=1e-5
    )
    assert main(["assess", months[1], *options[:-1], str(tmp_path / "none"), "--out", str(tmp_path / "other")]) == 2


def test_quotas_need_a_measure_with_a_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measures = tmp_path / "measures.yaml"
    measures.write_text(
        'measures:\n  - {code: A, title: T, agency: veterinary, kind: frequency, scope: {goods: ["02"]}, '
        "acts: {physical: 0.9}, legal_basis: L, from: 2026-01-01}\n",
        encoding="utf-8",
    )
    words = ["sps", "quotas", "none.csv", "--mapping", "m.yaml", "--measures", str(measures)]
    assert main([*words, "--day", "2026-02-01", "--out", str(tmp_path / "out")]) == 2
    assert "yearly" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["0", "-3", "1.5", "true", "many"])
def test_a_year_that_brings_no_whole_number_is_refused(tmp_path: Path, given: str) -> None:
    measures = tmp_path / "measures.yaml"
    measures.write_text(
        f'measures:\n  - {{code: A, title: T, agency: veterinary, kind: frequency, scope: {{goods: ["02"]}}, '
        f"acts: {{physical: 0.9}}, yearly: {given}, legal_basis: L, from: 2026-01-01}}\n",
        encoding="utf-8",
    )
    assert main(["sps", "measures", str(measures)]) == 2
