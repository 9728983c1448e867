"""``darvoza trader standing``: the standing of every trader in one role on one day."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from darvoza.cli.declarations import take_in_results, told
from darvoza.cli.manifest import file_entries, write_manifest
from darvoza.cli.output import fresh_directory
from darvoza.cli.results import DECISIONS, latest_decisions
from darvoza.cli.trader_registers import LINKS, linked_traders, links_told, operators_named, rows_named, traders_of
from darvoza.domain.codes import Role
from darvoza.domain.standing import CATEGORY_OF, StandingCategory, StandingRules
from darvoza.flow.intake.outcomes import result_known
from darvoza.flow.intake.registers import named_in, read_operators, read_standing_rules, read_traders
from darvoza.flow.learning.standing import BesideDeclarations, StandingTable, reach, standings
from darvoza.flow.learning.standing_store import STANDINGS
from darvoza.flow.oversight.chances import chances_of_results
from darvoza.progress import Progress

SHOWN = 5
"""Most traders named on the terminal."""


def run(options: Namespace) -> int:
    """Judge traders by what was known before a day; write the table and print it summed up."""
    role = Role(options.role)
    rules = read_standing_rules(options.rules) if options.rules else StandingRules()
    operators = read_operators(options.operators) if options.operators else ()
    register = read_traders(options.register) if options.register else None
    progress = Progress()
    with fresh_directory(options.out) as part:
        intake = take_in_results(options, options.files, progress, findings_stand=True)
        chances = _chances(options.run, intake.items)
        beside = BesideDeclarations(operators, chances, register.debts if register else None)
        table = standings(intake.items, role, options.day, rules=rules, beside=beside)
        progress("standing", table.traders.height)
        links = linked_traders(register, table.traders) if register else None
        (table.traders if links is None else _with_links(table.traders, links)).write_parquet(part / STANDINGS)
        if links is not None:
            links.write_parquet(part / LINKS)
        runs = [run / DECISIONS for run in options.run]
        given = [path for path in (options.rules, options.operators, options.register) if path]
        inputs = file_entries([*options.files, options.mapping, *given, *runs])
        write_manifest(part, {"inputs": inputs, "role": role, "day": options.day.isoformat(), "rules": asdict(rules)})
    print(told(intake))
    print("\n".join(_summed_up(table, rules)))
    print(_drawn(chances))
    if options.operators:
        print("\n".join(operators_named(operators, intake.items)))
    if register is not None and links is not None:
        known = named_in(register.names, traders_of(intake.items))
        print("\n".join((*rows_named(options.register.name, known), *links_told(links, register))))
    for warning in (*_doubted(table), *_privileged(table, rules)):
        print(f"ATTENTION: {warning}", file=sys.stderr)
    print(f"standings: {options.out / STANDINGS}")
    return 0


def _chances(runs: Sequence[Path], items: pl.DataFrame) -> pl.DataFrame | None:
    """Give the chances that runs know; nothing where none is given."""
    return chances_of_results(latest_decisions(runs), items.filter(result_known())) if runs else None


def _drawn(chances: pl.DataFrame | None) -> str:
    """Say what is taken for a result of the draw."""
    if chances is None:
        return "no --run: a result counts as drawn where a chance stands beside it, whoever asked for the examination"
    drawn = chances.get_column("chance").drop_nulls().len()
    return f"{chances.height:,} declarations decided by runs; {drawn:,} results count as drawn, no others of theirs"


def _doubted(table: StandingTable) -> Iterator[str]:
    """Name the traders who were examined more often than chance can have asked for."""
    if table.doubted:
        named = ", ".join(table.doubted[:SHOWN])
        more = f" and {len(table.doubted) - SHOWN:,} more" if len(table.doubted) > SHOWN else ""
        yield (
            f"examined far more often than the chances beside their results: {named}{more}; their results do not count as "
            "drawn. Give --run, or ask who chose them"
        )


def _with_links(table: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Add how many other traders share an address, telephone or director."""
    counted = links.group_by("trader").agg(pl.len().cast(pl.Int64).alias("linked"))
    joined = table.join(counted, on="trader", how="left", maintain_order="left")
    return joined.with_columns(pl.col("linked").fill_null(0))


def _summed_up(table: StandingTable, rules: StandingRules) -> Iterator[str]:
    """Count categories and the rules that made them."""
    traders = table.traders
    yield (
        f"{traders.height:,} traders; base rate {table.base.rate:.1%} (weighted by 1/π); "
        f"the belief in it counts as {table.base.strength:.0f} results{_capped(table)}"
    )
    counts = dict(traders.group_by("category").len().iter_rows())
    for category in StandingCategory:
        mine = traders.filter(category=category.value)
        made = mine.group_by("rule").len().sort("len", descending=True).iter_rows()
        why = ", ".join(f"{rule.replace('_', ' ')} {count:,}" for rule, count in made)
        yield f"  {category.value:<11} {counts.get(category.value, 0):>8,}   {why}".rstrip()

    light = int(traders.get_column("light_findings").sum())
    if light:
        yield (
            f"{light:,} declarations whose findings are stated to be of less than severity {rules.least_severity} (least_severity), "
            "with nothing recovered, were set aside as light: they are no findings here"
        )
    yield from _out_of_reach(table, rules)


def _capped(table: StandingTable) -> str:
    """Say what the belief would be if nothing limited it."""
    return (
        f" (most_belief; by how little traders differ {table.fitted:.0f})" if table.fitted > table.base.strength else ""
    )


def _out_of_reach(table: StandingTable, rules: StandingRules) -> Iterator[str]:
    """Say of a category that no trader has what it would take with this belief, and how far the nearest is."""
    least, traders = reach(table.base, rules), table.traders
    findings = int(max(traders.get_column("findings").to_list()))
    drawn = float(max(traders.get_column("chance_results").to_list()))
    if findings < min(rules.late_findings, least.findings or rules.late_findings):
        takes = "no number of findings does by the rate" if least.findings is None else f"by the rate {least.findings}"
        yield (
            f"ATTENTION: nobody can stand low: that takes {rules.late_findings} findings in the last {rules.late_results} "
            f"results; {takes}, with this belief; the most that anybody has is {findings}"
        )
    if least.passes is None or drawn < least.passes:
        takes = "no number of passes does" if least.passes is None else f"that takes {least.passes} passes of the draw"
        yield f"ATTENTION: nobody can stand high: {takes}, with this belief; those of no trader count as more than {drawn:.0f}"


def _privileged(table: StandingTable, rules: StandingRules) -> Iterator[str]:
    """Name authorised operators who would stand low, and those whose authorisation ends soon."""
    for one in table.records():
        if one.otherwise is not None and CATEGORY_OF[one.otherwise] is StandingCategory.LOW:
            why = one.otherwise.replace("_", " ")
            yield (
                f"{one.trader} is authorised and would stand low ({why}): {one.findings} findings in {one.results} results; "
                "look at the authorisation again"
            )
        if one.ends_on is not None and (one.ends_on - one.day).days <= rules.oldest:
            yield f"the authorisation of {one.trader} ends on {one.ends_on}; from then on other rules make his standing"
