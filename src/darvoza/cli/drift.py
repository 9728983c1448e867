"""``darvoza drift``: does the score still say what is true? Text, page, and an exit code that tells an alarm."""

import json
from argparse import Namespace
from dataclasses import asdict

import polars as pl

from darvoza.cli.declarations import rows_told, take_in_results, told
from darvoza.cli.manifest import file_entries, write_manifest
from darvoza.cli.output import fresh_directory
from darvoza.cli.report.drift_page import render_drift
from darvoza.cli.report.drift_words import summary
from darvoza.cli.results import DECISIONS, latest_decisions
from darvoza.flow.intake.records import IntakeAccount
from darvoza.flow.oversight.drift import drift
from darvoza.flow.oversight.drift_records import Drift, Watch
from darvoza.progress import Progress

REPORT, ANSWER, TABLE = "drift.html", "drift.json", "drift.parquet"
EXIT_ALARM = 1
"""The model in use is to be fitted anew, or taken out of use."""


def run(options: Namespace) -> int:
    """Look for drift; the exit code is 1 when the model in use alarmed or is unfit, 0 otherwise."""
    progress = Progress()
    watch = Watch(false_alarms=options.false_alarms, odds_ratio=options.odds_ratio)
    decisions = latest_decisions(options.runs)
    intake = take_in_results(options, options.results, progress)
    found = drift(decisions, intake.items, watch=watch)
    progress("drift", found.results)
    if options.out is not None:
        _write(options, found, watch, intake)
    print(told(intake))
    print("\n".join(summary(found, watch)))
    if options.out is not None:
        print(f"report: {options.out / REPORT}")
    return EXIT_ALARM if found.model.verdict in {"refit", "fall back"} else 0


def _write(options: Namespace, found: Drift, watch: Watch, intake: IntakeAccount) -> None:
    """Write table, JSON and page, with where they come from."""
    came_from = {
        "runs": [file_entries([run / DECISIONS])[0] | {"name": f"{run.name}/{DECISIONS}"} for run in options.runs],
        "results": file_entries(options.results),
        "result_rows": rows_told(intake),
        "settings": asdict(watch),
    }
    with fresh_directory(options.out) as part:
        text = json.dumps(asdict(found), indent=1, sort_keys=True, ensure_ascii=False, default=str)
        (part / ANSWER).write_text(text + "\n", encoding="utf-8")
        _table(found).write_parquet(part / TABLE, compression="zstd")
        (part / REPORT).write_text(render_drift(found, watch, came_from), encoding="utf-8")
        write_manifest(part, came_from)


def _table(found: Drift) -> pl.DataFrame:
    """Lay the charts out, a row for each result of each."""
    rows = [
        (chart.by, chart.group, known_at, value, chart.threshold)
        for chart in found.charts
        for known_at, value in zip(chart.known_at, chart.values, strict=True)
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "by": pl.String, "group": pl.String, "known_at": pl.Datetime("us", "UTC"), "value": pl.Float64,
        "threshold": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
