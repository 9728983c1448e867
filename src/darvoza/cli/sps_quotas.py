"""``darvoza sps quotas``: where every least share of the year stands, counted from what came and what was examined."""

from argparse import Namespace

from darvoza.cli.declarations import take_in_files, told
from darvoza.cli.output import fresh_directory
from darvoza.cli.progress import Progress
from darvoza.cli.reference_data import competence_register
from darvoza.errors import SettingsError
from darvoza.flow.assessment.annual_minimum import COUNTS, stands
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.plan_book import count_minima


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
        counted = count_minima(intake.items, measures, competence=competence, day=options.day)
        progress("quotas", counted.height)
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
