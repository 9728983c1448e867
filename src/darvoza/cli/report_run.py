"""``darvoza report``: the report of a run made again, when more of what was examined has a result."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from darvoza.cli.declarations import rows_told, take_in_results, told
from darvoza.cli.manifest import MANIFEST, file_entries, read_manifest, write_manifest
from darvoza.cli.output import fresh_directory
from darvoza.cli.report.estimate_words import leakage
from darvoza.cli.report.html import render_report
from darvoza.cli.results import DECISIONS, LOAD, read_decisions
from darvoza.errors import OutputError
from darvoza.flow.intake.records import Intake
from darvoza.flow.oversight.estimates import estimates
from darvoza.flow.oversight.summary import RunSummary, summarise
from darvoza.flow.selectivity.load import capacity_by_post
from darvoza.progress import Progress

REPORT = "report.html"


def run(options: Namespace) -> int:
    """Write the report of a run with the results known now, and say what was released unseen."""
    progress = Progress()
    manifest, decisions = read_manifest(options.run), read_decisions(options.run)
    intake, items = _of_the_run(decisions, options, options.results, progress)
    second = _of_the_run(decisions, options, options.second_look, progress)[1] if options.second_look else None
    summary = _summary(options.run, manifest, decisions, items)
    if second is not None:
        titles = _titles(manifest)
        summary = replace(summary, estimates=estimates(decisions, items, titles=titles, second=second))
    came_from = {
        "run": file_entries([options.run / DECISIONS, options.run / MANIFEST]),
        "results": file_entries(options.results),
        "result_rows": rows_told(intake),
        "second_looks": file_entries(options.second_look),
    }
    with fresh_directory(options.out) as part:
        told = {**{name: value for name, value in manifest.items() if name != "outputs"}, **came_from}
        (part / REPORT).write_text(render_report(summary, summary.examples, told), encoding="utf-8")
        write_manifest(part, came_from)
    if summary.estimates:
        print("\n".join(leakage(summary.estimates)))
    else:
        print("no result of this run is known yet")
    print(f"report: {options.out / REPORT}")
    return 0


def _of_the_run(
    decisions: pl.DataFrame, options: Namespace, files: list[Path], progress: Progress
) -> tuple[Intake, pl.DataFrame]:
    """Take in results, and keep those of declarations that the run decided."""
    intake = take_in_results(options, files, progress)
    print(told(intake))
    kept = intake.items.filter(
        pl.col("declaration_id").is_in(decisions.get_column("declaration_id").unique().to_list())
    )
    if kept.is_empty():
        raise OutputError(
            field=", ".join(file.name for file in files),
            expected="results of declarations that the run decided",
            got="none of them",
            hint="give the files that the run was made from, with their outcomes",
        )
    return intake, kept


def _titles(manifest: Mapping[str, object]) -> dict[str, str]:
    """Name the profiles as they were."""
    told = manifest.get("profiles")
    return {str(entry["code"]): str(entry["title"]) for entry in told} if isinstance(told, list) else {}


def _summary(run: Path, manifest: Mapping[str, object], decisions: pl.DataFrame, items: pl.DataFrame) -> RunSummary:
    """Put the run into numbers, by its own settings."""
    settings = manifest.get("settings")
    if not isinstance(settings, Mapping) or "random" not in settings:
        raise OutputError(field=str(run / MANIFEST), expected="the settings of a run", got=settings)
    able = capacity_by_post(pl.read_parquet(run / LOAD)) if (run / LOAD).is_file() else {}
    declarations = decisions.get_column("declaration_id").n_unique()
    share = min(max(sum(able.values()) / max(declarations, 1), 1e-9), 1.0) if able else settings["capacity"]
    return summarise(
        decisions,
        items,
        capacity=float(str(share)),
        random_floor=float(str(settings["random"])),
        titles=_titles(manifest),
        capacities=able,
    )
