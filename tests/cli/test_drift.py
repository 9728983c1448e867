"""``darvoza drift``: the verdict and where, a page without requests, exit codes, and plain errors."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, Place, assess_words
from darvoza.cli.main import main
from darvoza.cli.report.drift_charts import plot
from darvoza.cli.report.drift_page import render_drift
from darvoza.cli.report.drift_words import summary
from darvoza.cli.results import DECISIONS
from darvoza.flow.oversight.drift import drift
from darvoza.flow.oversight.drift_records import Chart, Watch
from flow.oversight.drifting_world import Year, a_year


def words(place: Place, run: Path, *more: object) -> list[str]:
    return [
        str(word) for word in ("drift", run, "--results", place.months[-1], "--mapping", MAPPING, *more)
    ]  # fmt: skip


def test_drift_is_told_and_written(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(place, place.run, "--out", tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "1,200 declarations" in said
    assert "random floor" in said
    assert "what to do" in said
    names = {"drift.html", "drift.json", "drift.parquet", "manifest.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    page = (tmp_path / "out" / "drift.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert json.loads((tmp_path / "out" / "drift.json").read_text())["declarations"] == 1200
    assert pl.read_parquet(tmp_path / "out" / "drift.parquet").columns[:2] == ["by", "group"]
    assert main(words(place, place.run, "--out", tmp_path / "again")) == 0
    assert (tmp_path / "again" / "drift.html").read_text(encoding="utf-8") == page


def test_a_model_that_is_far_too_timid_where_findings_are_ends_with_exit_code_1(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "blind"
    run.mkdir()
    blind = pl.read_parquet(place.run / DECISIONS).with_columns(score=pl.lit(0.001) + 0.001 * pl.col("u"))
    blind.write_parquet(run / DECISIONS)
    assert main(words(place, run)) == 1
    said = capsys.readouterr().out
    assert "ALARM  all goods: since 2026-05" in said
    assert "were expected" in said


def test_the_comparison_of_models_says_whether_the_champion_is_fit(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "examined.csv"
    month = pl.read_csv(place.months[-1], infer_schema=False)
    examined = month.with_columns(
        examined=pl.lit("true"), finding=pl.col("finding").fill_null("false"), inclusion_probability=pl.lit(None)
    )
    examined.write_csv(results)
    asked = [str(place.run), "--results", str(results), "--mapping", str(MAPPING)]
    assert main(["model", "compare", *asked]) == 0
    said = capsys.readouterr().out
    assert "challenger its own smoothed rates (no --challenger was given)" in said
    assert "not given: " in said
    assert "results among what the champion would examine at that capacity" in said
    assert "verdict:" in said
    assert "results of the random floor; 1 is right" in said
    assert "what to do: wait, or raise the random floor" in said
    assert main(["drift", *asked]) == 0
    assert "left aside" in capsys.readouterr().out  # what the run did not draw says nothing of its random floor


def test_runs_decided_twice_count_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(place, place.run, "--false-alarms", "1")) == 0
    once = capsys.readouterr().out
    twice = words(place, place.run, "--false-alarms", "1")
    assert main([twice[0], str(place.run), *twice[1:]]) == 0
    assert capsys.readouterr().out == once


def test_a_run_without_a_score_is_refused(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = [word for word in assess_words(place, tmp_path / "plain") if word not in {"--model", str(place.model)}]
    assert main(plain) == 0
    assert main(words(place, tmp_path / "plain", "--out", tmp_path / "out")) == 2
    assert "assess with --model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--false-alarms", "0"), "false_alarms: expected a number a year, above 0"),
        (("--odds-ratio", "1"), "odds_ratio: expected a ratio above 1"),
    ],
)
def test_settings_out_of_range_are_refused(
    place: Place, capsys: pytest.CaptureFixture[str], more: tuple[str, str], said: str
) -> None:
    assert main(words(place, place.run, *more)) == 2
    assert said in capsys.readouterr().err


def test_what_is_no_run_and_what_is_no_number_are_refused(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(place, tmp_path / "nothing")) == 2
    assert "the decisions that `darvoza assess` wrote" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(words(place, place.run, "--odds-ratio", "two"))
    assert stopped.value.code == 2
    assert "expected a number such as 0.5, got 'two'" in capsys.readouterr().err


def test_the_page_and_the_terminal_name_the_chapters_that_turned() -> None:
    found = drift(*a_year(Year(seed=5, change=180)), watch=Watch())
    turned = {chart.group for chart, alarm in found.alarms if chart.by == "chapter" and alarm.low > 2}
    assert turned
    page, said = render_drift(found, Watch(), {"runs": ["x"]}), "\n".join(summary(found, Watch()))
    for chapter in turned:
        assert f"<b>HS chapter {chapter}</b>: since 2026-" in page
        assert f"ALARM  HS chapter {chapter}: since 2026-" in said
    assert page.count("<polyline") == sum(chart.why_not is None for chart in found.charts)
    assert 'circle class="alarm"' in page


def test_a_chart_escapes_what_it_is_called() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    known = tuple(start + timedelta(days=day) for day in range(3))
    chart = Chart("chapter", '<"', 3, 1, 0.5, 10.0, 2.0, known, (0.0, 1.0, 0.5))
    drawn = str(plot(chart, start, known[-1]))
    assert "&lt;&#34;" in drawn
    assert drawn.count("<polyline") == 1
