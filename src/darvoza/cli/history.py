"""``darvoza history``: decided declarations kept as Parquet with the facts of their day, for back-tests."""

import shutil
from argparse import Namespace

from darvoza import __version__
from darvoza.cli.declarations import lay_files_aside, tell_of_torn_results, told, torn_declarations
from darvoza.cli.manifest import file_entries
from darvoza.cli.output import fresh_directory
from darvoza.cli.reference_data import competence_file, competence_register, fact_settings, registers_of
from darvoza.flow.chronicle import keep_history
from darvoza.flow.enrichment.enrich import Sources
from darvoza.flow.intake.outcomes import without_results
from darvoza.flow.intake.report import write_left, write_rejected
from darvoza.flow.learning.history_store import COMPETENCE, GOODS
from darvoza.progress import Progress

REJECTED = "_rejected.parquet"
UNMAPPED = "_unmapped.parquet"
ASIDE = ".aside"


def run(options: Namespace) -> int:
    """Take declarations in, work out what was known of each when it was lodged, and keep both."""
    sources = Sources(
        fact_settings(options.facts), competence_register(options.competence), registers_of(options.registers)
    )
    progress = Progress()
    with fresh_directory(options.out) as part:
        aside = part / ASIDE
        aside.mkdir()
        intake = lay_files_aside(options, aside, progress)
        write_rejected(intake, part / REJECTED)
        write_left(intake, part / UNMAPPED)
        said = {
            "darvoza": __version__,
            "inputs": file_entries(options.files),
            "mapping": file_entries([options.mapping])[0],
            "rows": {"read": intake.read, "accepted": intake.accepted, "rejected": intake.rejected_rows},
            "fact_settings": sources.settings.as_mapping(),
        }
        torn = torn_declarations(intake)
        tell_of_torn_results(torn)
        months = keep_history(
            ((month, without_results(items, torn)) for month, items in intake.items()),
            part,
            told=said,
            sources=sources,
            keep_items=options.keep_items,
            progress=progress,
        )
        if options.keep_items:
            shutil.copyfile(competence_file(options.competence), part / GOODS / COMPETENCE)
        shutil.rmtree(aside)
    print(told(intake))
    print(
        f"{sum(month.declarations for month in months):,} declarations of {len(months)} months, "
        f"{months[0].month} to {months[-1].month}"
    )
    print(f"history: {options.out}")
    return 0
