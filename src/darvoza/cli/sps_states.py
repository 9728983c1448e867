"""``darvoza sps states``: where each trader's goods stand in the sampling plans."""

from argparse import Namespace
from pathlib import Path

import polars as pl

from darvoza.cli.declarations import take_in_results, told, torn_declarations
from darvoza.cli.output import fresh_directory
from darvoza.cli.reference_data import competence_register, fact_settings
from darvoza.domain.codes import Act, Agency
from darvoza.errors import SettingsError
from darvoza.flow.intake.health_results import read_health_results
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.learning.plan_states import STATES
from darvoza.flow.plan_book import RESULTS, keep_plans, outcomes_of, unread_goods, without_passes
from darvoza.progress import Progress

REJECTED = "rejected.csv"


def run(options: Namespace) -> int:
    """Replay the plans over declarations with their results; write the states and print them summed up."""
    plans = read_plans(options.plans)
    whose = _whose(options.outcomes_of)
    progress = Progress()
    with fresh_directory(options.out) as part:
        results, wrong = _results(options.results, part)
        intake = take_in_results(options, options.files, progress, findings_stand=True)
        unread = torn_declarations(intake)
        lost = unread_goods(intake.items, results.filter("finding"), unread)
        # what stands beside goods was told before the files of results, which may correct it
        beside = [] if whose is None else [outcomes_of(intake.items, *whose)]
        told_of = pl.concat([*beside, results.select(*RESULTS)])
        states = keep_plans(
            pl.concat([intake.items, lost]), plans, competence=competence_register(options.competence), day=options.day,
            results=without_passes(told_of, unread | _named(wrong)), settings=fact_settings(options.facts),
        )  # fmt: skip
        progress("plans", states.height)
        states.write_parquet(part / STATES)
    print(told(intake))
    if options.results:
        _tell_of_results(results, wrong, intake.items, lost)
    nameless = 0 if beside else int(intake.items.get_column("examined").sum())
    if nameless:
        print(
            f"{nameless:,} outcomes beside goods items name neither service nor act and count for no plan: give results that "
            "do with --results, or say whose they are with --outcomes-of, such as phytosanitary:physical"
        )
    _tell(states)
    print(f"states: {options.out / STATES}")
    return 0


def _whose(given: str | None) -> tuple[Agency, Act] | None:
    """Read the service and the act of which outcomes are."""
    if given is None:
        return None
    agency, _, act = given.partition(":")
    if agency not in set(Agency) or act not in set(Act):
        expected = f"SERVICE:ACT, of {', '.join(Agency)} and {', '.join(Act)}"
        raise SettingsError(field="--outcomes-of", expected=expected, got=given)
    return Agency(agency), Act(act)


def _results(files: list[Path], out: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read results that name their service and act, with the goods they name; write and give the rows kept aside."""
    read = [read_health_results(file) for file in files]
    aside = [each.wrong.with_columns(file=pl.lit(str(file))) for each, file in zip(read, files, strict=True)]
    wrong = pl.concat(aside, how="diagonal") if aside else pl.DataFrame()
    if wrong.height:
        wrong.write_csv(out / REJECTED)
    schema = {**RESULTS, "hs": pl.String(), "origin": pl.String()}
    made = [pl.DataFrame(schema=schema)]
    for each in read:
        named = each.results.with_columns(examined=pl.lit(value=True), finding=~pl.col("passed"))
        made.append(named.select(pl.col(name).cast(kind) for name, kind in schema.items()))
    return pl.concat(made), wrong


def _named(wrong: pl.DataFrame) -> frozenset[str]:
    """Name the declarations of which a result cannot be read."""
    if wrong.is_empty():
        return frozenset()
    return frozenset(wrong.get_column("declaration_id").str.strip_chars().drop_nulls())


def _tell_of_results(results: pl.DataFrame, wrong: pl.DataFrame, items: pl.DataFrame, lost: pl.DataFrame) -> None:
    """Say how many results were read, and which of them count otherwise than they are told."""
    said = f"{results.height + wrong.height:,} results read = {results.height:,} accepted + {wrong.height:,} rejected"
    strange = results.join(items, on=["declaration_id", "item"], how="anti").height
    print(said + (f" (see {REJECTED})" if wrong.height else "") + f"; {strange:,} are of goods that were not read")
    if lost.height:
        print(f"{lost.n_unique(['declaration_id', 'item']):,} goods items that were not read failed, and count as such")
    torn = _named(wrong)
    if torn:
        print(f"{len(torn):,} declarations named in rejected results pass nothing; their failures stand")
    of = ["declaration_id", "item", "agency", "act"]
    earlier = results.filter(pl.col("result_at") < pl.col("result_at").cum_max().over(of)).height
    if earlier:
        print(
            f"{earlier:,} results are dated before one of the same act that is told ahead of them, and count as its correction: "
            "give files and rows oldest first"
        )


def _tell(states: pl.DataFrame) -> None:
    """Print the states summed up."""
    counted = states.group_by("plan", "mode", "fraction").agg(
        pl.len().alias("streams"), pl.col("consignments", "examined", "failures").sum()
    )
    for row in counted.sort("plan", "fraction", descending=[False, True]).iter_rows(named=True):
        print(
            f"{row['plan']}: {row['streams']:,} streams at {row['fraction']:.0%} ({row['mode']}), "
            f"{row['consignments']:,} consignments, {row['examined']:,} examined, {row['failures']:,} failed"
        )
