"""``darvoza trader explain``: the standing of one trader, in words fit to be shown to the trader."""

from argparse import Namespace
from difflib import get_close_matches

from darvoza.cli.standing_words import standing_sentences
from darvoza.errors import OutputError
from darvoza.flow.learning.standing import as_standing
from darvoza.flow.learning.standing_store import read_standings


def run(options: Namespace) -> int:
    """Tell category, rule, counts and what would change it."""
    table = read_standings(options.directory)
    mine = table.filter(trader=options.trader)
    if mine.is_empty():
        near = get_close_matches(options.trader, table.get_column("trader").to_list(), n=1)
        hint = f"did you mean {near[0]}?" if near else None
        raise OutputError(field="TRADER", expected="a trader of this table", got=options.trader, hint=hint)
    for row in mine.iter_rows(named=True):
        print("\n".join(standing_sentences(as_standing(row), options.language)))
    return 0
