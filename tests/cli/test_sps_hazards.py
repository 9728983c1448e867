"""Hazards at the command line: learned from a practice world, told in two languages, put under a run."""

import json
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hazards")
    assert main(["simulate", "--health", "--months", "4", "--per-month", "800", "--out", str(place / "world")]) == 0
    results = str(place / "world" / "health" / "results.csv")
    assert main(["sps", "hazards", results, "--day", "2026-04-01", "--out", str(place / "hazards")]) == 0
    return place


def assessed(world: Path, out: Path, *more: str) -> pl.DataFrame:
    files = [str(world / "world" / "declarations" / "2026-04.csv"), "--mapping", str(ROOT / "mappings" / "own.yaml")]
    key = world / "key.json"
    if not key.exists():
        assert main(["key", "new", "--agency", "customs", "--agency", "veterinary", "--out", str(key)]) == 0
    capacity = str(world / "world" / "health" / "capacity.yaml")
    options = ["--profiles", str(ROOT / "profiles"), "--capacity", capacity, "--key-file", str(key), "--out", str(out)]
    assert main(["assess", *files, *options, *more]) == 0
    return pl.read_parquet(out / "decisions.parquet")


def test_hazards_raise_the_floors_of_health_services_and_lower_none(world: Path, tmp_path: Path) -> None:
    key = ["declaration_id", "agency", "act"]
    plain = assessed(world, tmp_path / "plain")
    more = assessed(world, tmp_path / "more", "--hazards", str(world / "hazards"))
    sources = more.explode("floors").unnest("floors", separator="_").filter(pl.col("floors_source") == "hazard")
    assert set(sources["agency"]) <= {"veterinary", "phytosanitary", "sanitary"}
    assert sources.height > 50
    demanded = pl.col("floors").list.eval(
        pl.element().filter(~pl.element().struct.field("kind").is_in(["score", "random"])).struct.field("probability")
    ).list.max().fill_null(0.0)  # fmt: skip
    both = plain.select(*key, a=demanded).join(more.select(*key, "probability"), on=key)
    assert (both["probability"] >= both["a"]).all()


def test_officers_of_the_world_carry_out_what_was_selected(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = assessed(world, tmp_path / "run")
    play = [
        "sps",
        "play",
        str(tmp_path / "run"),
        "--world",
        str(world / "world"),
        "--out",
        str(tmp_path / "results.csv"),
    ]
    assert main(play) == 0
    assert main(play) == 2
    assert "expected a file that does not exist yet" in capsys.readouterr().err
    results = pl.read_csv(tmp_path / "results.csv")
    chosen = decisions.filter("selected").select("declaration_id", "agency", "act")
    assert results.join(chosen, on=["declaration_id", "agency", "act"], how="anti").is_empty()
    assert (
        main(["sps", "hazards", str(tmp_path / "results.csv"), "--day", "2027-01-01", "--out", str(tmp_path / "h")])
        == 0
    )


def test_the_score_is_told_in_english_and_russian(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sps", "hazard", "080510", "TR", "--in", str(world / "hazards")]) == 0
    assert "phytosanitary: score" in capsys.readouterr().out
    assert main(["sps", "hazard", "080510", "TR", "--in", str(world / "hazards"), "--language", "ru"]) == 0
    told = capsys.readouterr().out
    assert "фитосанитарная служба: оценка" in told
    assert "вредный организм в товарах 0805 TR: выявлено" in told
    assert main(["sps", "hazard", "08", "TR", "--in", str(world / "hazards")]) == 2
    assert "hs: expected 4 to 10 digits" in capsys.readouterr().err


def test_a_run_is_evaluated_and_every_rate_has_its_interval(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assessed(world, tmp_path / "run", "--hazards", str(world / "hazards"))
    assert "one draw for" in capsys.readouterr().out
    assert "One draw for all services" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    results = tmp_path / "results.csv"
    assert main(["sps", "play", str(tmp_path / "run"), "--world", str(world / "world"), "--out", str(results)]) == 0
    command = ["sps", "evaluate", str(tmp_path / "run"), "--results", str(results), "--hazards", str(world / "hazards")]
    assert main([*command, "--out", str(tmp_path / "evaluation")]) == 0
    told = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
    for service in told["services"]:
        failed, number, rate, low, high, bound = service["examined"]
        assert failed <= number
        assert low <= rate <= high
        assert rate <= bound <= high
    page = (tmp_path / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.count("<svg") > 10
    runs = [str(tmp_path / "run")] * 2
    assert main(["sps", "evaluate", *runs, "--results", str(results), "--out", str(tmp_path / "twice")]) == 2
    assert "declarations that no other of the runs decided" in capsys.readouterr().err
    history = str(world / "world" / "health" / "results.csv")
    other = ["sps", "evaluate", str(tmp_path / "nowhere"), "--results", history, "--out", str(tmp_path / "no")]
    assert main(other) == 2


def test_what_is_owed_of_an_annual_minimum_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["sps", "quota", "--share", "0.15", "--arrived", "400"]
    assert main([*asked, "--taken", "40", "--expected", "200"]) == 0
    told = capsys.readouterr().out
    assert "owed now: 20; to be examined until the end of the year: 50 of 200" in told
    assert "floor for the next consignment: 0.2500 (raised)" in told
    assert main([*asked, "--taken", "40", "--expected", "10"]) == 1
    assert "cannot be met any more" in capsys.readouterr().out
    assert main([*asked, "--taken", "500", "--expected", "10"]) == 2
    assert "taken: expected at most the 400 that came, got 500" in capsys.readouterr().err
