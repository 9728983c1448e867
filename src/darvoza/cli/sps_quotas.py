"""``darvoza sps quotas``: where every least share of the year stands, counted from what came and what was examined."""

from argparse import Namespace
from pathlib import Path

import polars as pl

from darvoza.cli.declarations import take_in_files, told
from darvoza.cli.output import fresh_directory
from darvoza.cli.progress import Progress
from darvoza.cli.reference_data import competence_register
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.assessment.annual_minimum import counts, stands
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.intake.measures import read_measures

COUNTS = "quotas.parquet"


def run(options: Namespace) -> int:
    """Count, write and tell; end with 1 where a minimum can no longer be met."""
    measures = [measure for file in options.measures for measure in read_measures(file)]
    if not any(measure.yearly for measure in measures):
        raise SettingsError(
            field="measures", expected="measures of kind frequency with `yearly`", got="none",
            hint="`yearly: 4000` says how many consignments a calendar year brings",
        )  # fmt: skip
    progress = Progress()
    with fresh_directory(options.out) as part:
        intake = take_in_files(options, progress)
        sources = Sources(competence=competence_register(options.competence))
        facts = enrich(intake.items, sources=sources, replay=True)
        progress("enrichment", facts.height)
        counted = counts(intake.items, facts, measures, day=options.day)
        counted.write_parquet(part / COUNTS)
    print(told(intake))
    met = [_tell(row) for row in counted.iter_rows(named=True)]
    print(f"counts for `assess --quotas`: {options.out / COUNTS}")
    return 0 if all(met) else 1


def _tell(row: dict[str, object]) -> bool:
    """Say where one minimum stands, and give whether it can still be met."""
    now = stands(row)
    print(
        f"{row['profile']}: {row['taken']:,} of {row['arrived']:,} examined this year, {row['share']:.4g} is due; "
        f"owed {now.owed:,}, still to be examined {now.needed:,} of {row['expected']:,}; floor {now.floor:.4f}"
    )
    if not now.attainable:
        print(f"  {row['profile']}: fewer are expected than are needed, everything is taken")
    return now.attainable


def read_counts(directory: Path) -> pl.DataFrame:
    """Read the counts of a directory.

    Raises
    ------
    OutputError
        When the directory does not hold readable counts.
    """
    path = directory / COUNTS
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(path), expected="the counts that `darvoza sps quotas` wrote", got="no readable file"
        ) from problem
