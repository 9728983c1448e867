"""``darvoza trader explain``: the standing of one trader, in words fit to be shown to the trader."""

from argparse import Namespace
from difflib import get_close_matches

import polars as pl

from darvoza.cli.standing_words import linked_lines, shared_sentence, standing_sentences
from darvoza.cli.trader_registers import LINKS
from darvoza.domain.folding import folded_trader
from darvoza.errors import OutputError
from darvoza.flow.learning.standing import as_standing
from darvoza.flow.learning.standing_store import read_standings
from darvoza.flow.tables import read_table


def run(options: Namespace) -> int:
    """Tell category, rule, counts, what would change it, and what is shared with others; with `links`, with whom."""
    table = read_standings(options.directory)
    mine = _of_trader(table, options.trader)
    if mine.is_empty():
        near = get_close_matches(options.trader, table.get_column("trader").to_list(), n=1)
        hint = f"did you mean {near[0]}?" if near else None
        raise OutputError(field="TRADER", expected="a trader of this table", got=options.trader, hint=hint)
    path = options.directory / LINKS
    links = read_table(path, "the links that `darvoza trader standing` wrote") if path.is_file() else None
    shared = [] if links is None else _of_trader(links, options.trader).rows(named=True)
    for row in mine.iter_rows(named=True):
        print("\n".join(standing_sentences(as_standing(row), options.language)))
    print("\n".join((*shared_sentence(shared, options.language), *_named(options, shared))), end="\n" if shared else "")
    return 0


def _of_trader(table: pl.DataFrame, typed: str) -> pl.DataFrame:
    """Give the rows of a trader as he is typed, or else of those whose identifiers are the same when folded."""
    exact = table.filter(trader=typed)
    if not exact.is_empty():
        return exact
    sought = folded_trader(typed)
    return table.filter(
        pl.Series([folded_trader(name) == sought for name in table.get_column("trader")], dtype=pl.Boolean)
    )


def _named(options: Namespace, shared: list[dict[str, object]]) -> tuple[str, ...]:
    """Name those linked, where an officer asks."""
    return tuple(linked_lines(shared, options.language)) if options.links else ()
