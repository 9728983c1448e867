"""``darvoza sps evaluate``: how well the control of animals, plants and food works."""

from argparse import Namespace
from pathlib import Path

import polars as pl

from darvoza.cli.output import fresh_directory
from darvoza.cli.report.health_page import headline, render_health
from darvoza.cli.results import read_decisions
from darvoza.errors import SettingsError
from darvoza.flow.assessment.hazard_floors import hazard_scores
from darvoza.flow.intake.health_results import read_health_results
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.learning.hazard_store import HazardBook, read_hazards
from darvoza.flow.learning.plan_states import the_plan
from darvoza.flow.oversight.health_evaluation import HealthEvaluation, evaluate
from darvoza.methods.plans.states import Plan

PAGE, DATA, REJECTED = "evaluation.html", "evaluation.json", "rejected.csv"


def run(options: Namespace) -> int:
    """Join runs and results, evaluate, and write page and data."""
    decisions = _decisions(options.runs)
    read = [read_health_results(file) for file in options.results]
    results = pl.concat([each.results for each in read])
    wrong = pl.concat([each.wrong for each in read], how="diagonal")
    if options.hazards:
        results = _scored(results, read_hazards(options.hazards))
    found = evaluate(decisions, results, _plans(options.plans))
    manifest = {
        "runs": [str(path) for path in options.runs],
        "results": [str(path) for path in options.results],
        "hazards": str(options.hazards) if options.hazards else None,
        "plans": str(options.plans) if options.plans else None,
    }
    with fresh_directory(options.out) as part:
        (part / PAGE).write_text(render_health(found, manifest), encoding="utf-8")
        (part / DATA).write_text(found.to_json(), encoding="utf-8")
        if wrong.height:
            wrong.write_csv(part / REJECTED)
    _tell(found, results.height, wrong.height)
    print(f"page: {options.out / PAGE}")
    return 0


def _decisions(runs: list[Path]) -> pl.DataFrame:
    """Read the decisions of all runs; a declaration is evaluated once."""
    tables = [read_decisions(path) for path in runs]
    seen: set[str] = set()
    for path, table in zip(runs, tables, strict=True):
        names = set(table.get_column("declaration_id").unique())
        if names & seen:
            raise SettingsError(
                field=str(path), expected="declarations that no other of the runs decided", got=min(names & seen)
            )
        seen |= names
    return pl.concat(tables, how="diagonal")


def _scored(results: pl.DataFrame, book: HazardBook) -> pl.DataFrame:
    """Put the score of its service beside each result."""
    scores = hazard_scores(results, book.cells, book.settings)
    own = pl.coalesce([pl.when(pl.col("agency") == agency).then(pl.col(f"_{agency}")) for agency in scores.columns])
    beside = pl.concat([results, scores.rename(lambda name: f"_{name}")], how="horizontal")
    return results.with_columns(beside.select(own.alias("score")).to_series())


def _plans(path: Path | None) -> dict[str, Plan]:
    """Read sampling plans as rules by their code."""
    return {
        plan.code: the_plan(plan.fractions, plan.clearances, memory=plan.memory, validity=plan.validity)
        for plan in (read_plans(path) if path else ())
    }


def _tell(found: HealthEvaluation, rows: int, wrong: int) -> None:
    print(
        f"{rows + wrong:,} results read = {rows:,} accepted + {wrong:,} rejected; {found.results:,} are of these runs"
    )
    print(headline(found).replace("\u202f", ","))
    for service in found.services:
        chance = service.by_chance
        base = (
            f"by chance {chance.failed} of {chance.number}, at most {chance.bound:.1%}" if chance else "none by chance"
        )
        print(f"  {service.agency}: {service.examined.failed} of {service.examined.number} failed; {base}")
