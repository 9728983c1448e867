"""``darvoza sps hazards``: what results and alerts say of how likely goods carry a hazard."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from darvoza.cli.output import fresh_directory
from darvoza.domain.sps.hazard import HazardSettings
from darvoza.flow.assessment.hazard_floors import usual_scores
from darvoza.flow.intake.health_results import HealthResults, read_health_results
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.learning.hazard_store import HazardBook, write_hazards
from darvoza.flow.learning.hazards import hazard_table, results_known

REJECTED, SHOWN, LEAST_TRIALS = "rejected.csv", 10, 5.0


def run(options: Namespace) -> int:
    """Learn the table, write it, and print what stands out."""
    settings = HazardSettings(half_life=options.half_life, strength=options.strength, share=options.share)
    read = [read_health_results(file) for file in options.files]
    results = pl.concat([each.results for each in read])
    measures = [measure for path in options.measures for measure in read_measures(path)]
    with fresh_directory(options.out) as part:
        cells = hazard_table(results, measures, day=options.day, settings=settings)
        known = results_known(results, options.day)
        book = HazardBook(cells, usual_scores(known, cells, settings), settings, options.day)
        write_hazards(book, part)
        wrong = _write_wrong(read, options.files, part)
    rows = f"{results.height + wrong:,} results read = {results.height:,} accepted + {wrong:,} rejected"
    print(rows + (f" (see {REJECTED})" if wrong else ""))
    print(
        f"{known.height:,} examinations with a recorded probability known before the day; others say nothing of the rest"
    )
    _tell(cells, book.usual)
    print(f"hazards: {options.out}")
    return 0


def _write_wrong(read: list[HealthResults], files: list[Path], part: Path) -> int:
    """Write the rows kept aside beside the table, each with its file and error."""
    aside = [each.wrong.with_columns(file=pl.lit(str(file))) for each, file in zip(read, files, strict=True)]
    rows = pl.concat(aside, how="diagonal")
    if rows.height:
        rows.write_csv(part / REJECTED)
    return rows.height


def _tell(cells: pl.DataFrame, usual: Mapping[str, float]) -> None:
    """Print what is usual, and the cells that stand out."""
    for agency, score in usual.items():
        print(f"{agency}: usual score {score:.2%}")
    told = cells.filter(
        (pl.col("level") == 2) & (pl.col("trials") + pl.col("alerts") >= LEAST_TRIALS) | (pl.col("alerts") > 0)
    )
    for row in told.sort("rate", descending=True).head(SHOWN).iter_rows(named=True):
        alerts = f", alerts {row['alerts']:.1f}" if row["alerts"] else ""
        print(
            f"  {row['hazard']} in {row['place']}: {row['rate']:.1%} ({row['positives']:.1f} of {row['trials']:.1f}{alerts})"
        )
