"""``darvoza frontier``: what share of the harm is detected for each share examined, and what one more examiner buys."""

import json
import math
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

import polars as pl

from darvoza.cli.declarations import rows_told, take_in_results, told
from darvoza.cli.manifest import file_entries, write_manifest
from darvoza.cli.output import fresh_directory
from darvoza.cli.report.frontier_page import render_frontier
from darvoza.cli.report.frontier_words import limits, more, unstated
from darvoza.cli.results import DECISIONS, read_decisions
from darvoza.domain.capacity import EXAMINATION
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError
from darvoza.flow.intake.outcomes import result_known
from darvoza.flow.oversight.frontier import Frontier, PostFrontier, Replay, as_table, frontier
from darvoza.progress import Progress

REPORT, ANSWER, TABLE = "frontier.html", "frontier.json", "frontier.parquet"
SHOWN = 20
"""Most posts told on the terminal."""


def run(options: Namespace) -> int:
    """Draw the frontier from runs and their results; write table, JSON and page."""
    progress = Progress()
    replay = Replay(options.dial, options.purses, options.random, options.examiner)
    decided = _decided(options)
    intake = take_in_results(options, options.results, progress)
    results = _results(intake.items)
    declarations = decided.join(results, on="declaration_id", how="left", maintain_order="left")
    drawn = frontier(declarations, replay)
    progress("frontier", declarations.height)
    came_from = {
        "runs": [file_entries([run / DECISIONS])[0] | {"name": f"{run.name}/{DECISIONS}"} for run in options.runs],
        "results": file_entries(options.results),
        "result_rows": rows_told(intake),
        "settings": {**asdict(replay), "dial": str(replay.dial)},
    }
    with fresh_directory(options.out) as part:
        text = json.dumps(_finite(asdict(drawn)), indent=1, sort_keys=True, ensure_ascii=False, default=str)
        (part / ANSWER).write_text(text + "\n", encoding="utf-8")
        as_table(drawn).write_parquet(part / TABLE, compression="zstd")
        (part / REPORT).write_text(render_frontier(drawn, replay, came_from), encoding="utf-8")
        write_manifest(part, came_from)
    print(told(intake))
    print("\n".join(_told(drawn, replay)))
    print(f"report: {options.out / REPORT}")
    return 0


def _decided(options: Namespace) -> pl.DataFrame:
    """Read the decisions on the physical examination by customs; goods decided twice count once, the later time."""
    wanted = ["score", "harm", "money", "severity"]
    parts = []
    for run in options.runs:
        decisions = read_decisions(run)
        missing = [name for name in wanted if name not in decisions.columns or decisions[name].null_count()]
        if missing:
            hint = "assess with --model"
            raise OutputError(
                field=str(run), expected="a run that was decided with a score", got="one without", hint=hint
            )
        mine = decisions.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value)
        named = ~pl.element().struct.field("kind").is_in([FloorKind.SCORE.value, FloorKind.RANDOM.value])
        parts.append(
            mine.select(
                "declaration_id",
                "post",
                "selected",
                "money",
                "severity",
                "harm",
                pl.col("lodged_at").dt.date().alias("day"),
                pl.col("score").alias("probability"),
                pl.col("probability").alias("pi"),
                pl.col("floors")
                .list.eval(pl.when(named).then(pl.element().struct.field("probability")))
                .list.max()
                .fill_null(0.0)
                .alias("floor"),
            )
        )
    return pl.concat(parts).unique("declaration_id", keep="last", maintain_order=True)


def _results(items: pl.DataFrame) -> pl.DataFrame:
    """Give what was found in each declaration whose result is known."""
    return (
        items.filter(result_known())
        .group_by("declaration_id")
        .agg(
            pl.col("finding").any(),
            pl.col("recovered").cast(pl.Float64).sum(),
            (pl.col("finding") & pl.col("recovered").is_null()).any().alias("unstated"),
            pl.col("inclusion_probability").cast(pl.Float64).max().alias("stated"),
        )
    )


def _finite(value: object) -> object:
    """Write what is not a number as nothing."""
    if isinstance(value, dict):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _told(drawn: Frontier, replay: Replay) -> Iterator[str]:
    """Say the frontier on the terminal."""
    whole = drawn.all_posts
    yield (
        f"{whole.declarations:,} declarations, {drawn.start} to {drawn.end}; {whole.findings:,} findings in "
        f"{whole.results:,} results"
    )
    if drawn.aside:
        yield (
            f"{drawn.aside:,} results left aside: the run did not draw them, or with what chance they were come by is not known"
        )
    if whole.why_not:
        yield f"nothing can be said: {whole.why_not}"
        return
    yield "\n   asked  examined   findings detected         money detected"
    for point in sorted((*whole.points, whole.now), key=lambda one: one.examined):
        mark = "  ← as it was" if point is whole.now else ""
        asked = "" if math.isnan(point.share) else f"{point.share:.1%}"
        yield f"{asked:>8}  {point.examined:>8.1%}   {limits(point.findings):<24}  {limits(point.money):<24}{mark}".rstrip()
    if whole.unstated:
        yield f"\n{unstated(whole)}"
    yield f"\none more examiner ({replay.examiner:g} examinations a day), a day"
    for one in drawn.posts[:SHOWN]:
        yield f"  {one.post:<12} {_post(one)}"
    if len(drawn.posts) > SHOWN:
        yield f"  … and {len(drawn.posts) - SHOWN} more in the report"


def _post(one: PostFrontier) -> str:
    if one.why_not:
        return f"{one.why_not}: {one.findings} findings in {one.results} results"
    return f"findings {more(one.more_findings)}; money {more(one.more_money)}"
