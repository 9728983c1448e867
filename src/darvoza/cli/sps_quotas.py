"""``darvoza sps quotas``: where every least share of the year stands, counted from what came and what was examined."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from darvoza.cli.declarations import take_in_files, told
from darvoza.cli.output import fresh_directory
from darvoza.cli.reference_data import competence_register, fact_settings
from darvoza.errors import SettingsError
from darvoza.flow.assessment.annual_minimum import COUNTS, NO_RESULTS, stands
from darvoza.flow.intake.control_results import read_control_results
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.plan_book import count_minima
from darvoza.progress import Progress


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
        competence = competence_register(options.competence)
        counted = count_minima(
            intake.items, measures, competence=competence, day=options.day, results=_results(options.results),
            settings=fact_settings(options.facts),
        )  # fmt: skip
        progress("quotas", counted.height)
        counted.write_parquet(part / COUNTS)
    print(told(intake))
    met = [_tell(row) for row in counted.iter_rows(named=True)]
    print(f"counts for `assess --quotas`: {options.out / COUNTS}")
    return 0 if all(met) else 1


def _results(files: Sequence[Path]) -> pl.DataFrame:
    """Read results of acts, and say of every file how many rows cannot be used and what is wrong with the first."""
    made = [NO_RESULTS]
    for file in files:
        read = read_control_results(file)
        made.append(read.results.select(NO_RESULTS.columns))
        print(f"{file.name}: {read.results.height:,} results accepted, {read.wrong.height:,} rejected")
        if read.wrong.height:
            print(f"  {file.name}: {read.wrong.get_column('error')[0]}", file=sys.stderr)
    return pl.concat(made)


def _tell(row: dict[str, object]) -> bool:
    """Say where one minimum stands, and give whether it can still be met."""
    now = stands(row)
    print(
        f"{row['profile']}: {row['taken']:,} of {row['arrived']:,} examined this year, {row['share']:.4g} is due; "
        f"owed {now.owed:,}, still to be examined {now.needed:,} of {row['expected']:,}; floor {now.floor:.4f}"
    )
    if row["unnamed"]:
        print(
            f"  {row['profile']}: {row['unnamed']:,} more were examined, by an act or service that nobody named: not counted; "
            "give the results that name agency and act with --results"
        )
    if not now.attainable:
        print(f"  {row['profile']}: fewer are expected than are needed, everything is taken")
    return now.attainable
