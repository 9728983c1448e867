"""Registers beside a standing: whom their rows name, and who shares what with whom."""

from collections.abc import Iterable, Iterator

import polars as pl

from darvoza.domain.codes import Role
from darvoza.domain.folding import folded_trader
from darvoza.domain.operators import AuthorisedOperator
from darvoza.domain.standing import StandingCategory
from darvoza.flow.intake.registers import Named, TraderRegister, named_in

LINKS = "links.parquet"
SHOWN = 5
"""Most traders named on the terminal."""


def traders_of(items: pl.DataFrame, roles: Iterable[Role] = tuple(Role)) -> set[str]:
    """Name the traders of files, in some roles."""
    return {name for role in roles for name in items.get_column(f"{role}_id").drop_nulls().unique().to_list()}


def operators_named(operators: Iterable[AuthorisedOperator], items: pl.DataFrame) -> Iterator[str]:
    """Say how many operators the files know, each in his role."""
    parts = []
    for role in Role:
        names = [one.trader for one in operators if one.role is role]
        parts.append(named_in(names, traders_of(items, [role]) if names else ()))
    strangers = tuple(name for part in parts for name in part.strangers)
    yield from rows_named(
        "the register of operators", Named(sum(part.rows for part in parts), sum(part.found for part in parts), strangers,
                                           sum(part.padded for part in parts))
    )  # fmt: skip


def rows_named(what: str, named: Named) -> Iterator[str]:
    """Say how many rows of a register name a trader of the files, which others do not, and what may be wrong with them."""
    said = f"{named.found:,} of {named.rows:,} rows of {what} name a trader of the files"
    if named.strangers:
        shown = ", ".join(named.strangers[:SHOWN])
        said += f"; the others: {shown}" + (
            f" and {len(named.strangers) - SHOWN:,} more" if named.strangers[SHOWN:] else ""
        )
    yield said if named.found or not named.rows else f"ATTENTION: {said}; it has no effect"
    if named.padded:
        yield (
            f"ATTENTION: {named.padded:,} of the others would name one with zeros in front: a spreadsheet drops them. Write the "
            "column as text"
        )


def linked_traders(register: TraderRegister, table: pl.DataFrame) -> pl.DataFrame:
    """Give who shares what with whom: ``trader, other, by, category`` of the other, where he is judged; a row for each pair.

    Parameters
    ----------
    register
        The register.
    table
        Standings; traders are named as there.
    """
    judged = table.select("trader", "category").with_columns(_key=_folded(table.get_column("trader")))
    links = register.links.with_columns(
        _mine=_folded(register.links.get_column("trader")), _theirs=_folded(register.links.get_column("other"))
    )
    mine = judged.select(_mine="_key", name="trader")
    theirs = judged.select(_theirs="_key", other_name="trader", category="category")
    return (
        links.join(mine, on="_mine")
        .join(theirs, on="_theirs", how="left")
        .select(trader="name", other=pl.coalesce("other_name", "other"), by="by", category="category")
        .group_by("trader", "other")
        .agg(pl.col("by").unique().sort(), pl.col("category").first())
        .sort("trader", "other")
    )


def links_told(links: pl.DataFrame, register: TraderRegister) -> Iterator[str]:
    """Say how many traders are linked, with whom of low standing, and what links nobody."""
    yield (
        f"{links.get_column('trader').n_unique():,} traders share an address, telephone or director with another, see {LINKS}"
    )
    low = links.filter(category=StandingCategory.LOW.value)
    if low.height:
        named = [f"{trader} with {other} ({', '.join(by)})" for trader, other, by, _ in low.head(SHOWN).iter_rows()]
        more = f"; and {low.height - SHOWN:,} more" if low.height > SHOWN else ""
        yield f"linked with who stands low: {'; '.join(named)}{more}"
    for by, value, sharing in register.hubs[:SHOWN]:
        yield f"{by} {value!r} is shared by {sharing:,} traders: it links nobody"


def _folded(names: pl.Series) -> pl.Series:
    return pl.Series([folded_trader(name) for name in names], dtype=pl.String)
