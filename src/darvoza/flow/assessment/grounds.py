"""Why a profile matched: the facts a true condition rests on, gathered column by column.

The rules are those of `interpreter.explain`: of an *or* the parts that hold, of a question about all items the items
that count. Here they are followed for all matches of a profile at once.
"""

import numpy as np
import polars as pl

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Expression,
    ItemCount,
    Not,
    Or,
    Quantified,
    facts_used,
)
from darvoza.flow.assessment.candidates import Candidates
from darvoza.flow.assessment.encoding import Encoded, Mask, Rows
from darvoza.flow.assessment.groups import group_of
from darvoza.flow.assessment.masks import Masks

SCHEMA = {"match": pl.Int64, "row": pl.Int64, "fact": pl.String, "value": pl.String}


class Gathering:
    """The grounds of matches, kept by fact until all are known.

    Parameters
    ----------
    masks
        The truth of conditions over the rows.
    """

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._found: dict[str, list[tuple[Rows, Rows]]] = {}

    def add(self, condition: Expression, matches: Rows, rows: Rows) -> None:
        """Gather the grounds of some matches of one condition; a match in doubt has none.

        Parameters
        ----------
        condition
            The condition.
        matches, rows
            The number of each match, and the row it was found in; shape ``(n,)``.
        """
        sure = self._surely(condition, rows, wanted=True)
        self._gather(condition, matches[sure], rows[sure], wanted=True)

    def table(self) -> pl.DataFrame:
        """Give the grounds, each once and in no order: the match, the row of the fact, the fact and its value."""
        columns = self._masks.columns
        parts = [_valued(columns, fact, found) for fact, found in self._found.items()]
        return pl.concat([pl.DataFrame(schema=SCHEMA), *parts])

    def _gather(self, node: Expression, at: Rows, rows: Rows, *, wanted: bool) -> None:
        if not len(rows):
            return
        match node:
            case And(terms) | Or(terms):
                for term in terms:
                    agreeing = self._agreeing(node, term, rows, wanted=wanted)
                    self._gather(term, at[agreeing], rows[agreeing], wanted=wanted)
            case Not(term):
                self._gather(term, at, rows, wanted=not wanted)
            case _ if isinstance(node, Quantified):
                self._over_items(node, at, rows, wanted=wanted)
            case _:
                for fact in sorted(facts_used(node)):
                    self._found.setdefault(fact, []).append((at, rows))

    def _agreeing(self, node: And | Or, term: Expression, rows: Rows, *, wanted: bool) -> Mask:
        """Tell where a term has the truth of the whole; all terms of a true *and* and of a false *or* do."""
        if isinstance(node, And) is wanted:
            return np.ones(len(rows), np.bool_)
        return self._surely(term, rows, wanted=wanted)

    def _surely(self, node: Expression, rows: Rows, *, wanted: bool) -> Mask:
        return self._masks.surely(node, Candidates(self._masks.columns, rows), wanted=wanted)

    def _over_items(self, node: Quantified, at: Rows, rows: Rows, *, wanted: bool) -> None:
        group = group_of(self._masks.columns, rows)
        sizes = group.sizes[group.place]
        before = np.cumsum(sizes) - sizes
        inside = np.arange(int(sizes.sum())) + np.repeat(group.first[group.place] - before, sizes)
        items, at = group.members[inside], np.repeat(at, sizes)
        side = wanted if isinstance(node, AnyItem | AllItems) else True
        if node.condition is not None:
            counting = self._surely(node.condition, group.members, wanted=side)[inside]
            items, at = items[counting], at[counting]
            self._gather(node.condition, at, items, wanted=side)
        if not isinstance(node, AnyItem | AllItems | ItemCount):
            self._found.setdefault(node.fact, []).append((at, items))


def _valued(columns: Encoded, fact: str, found: list[tuple[Rows, Rows]]) -> pl.DataFrame:
    at, rows = (np.concatenate([part[side] for part in found]) for side in (0, 1))
    width = columns.height or 1
    at, rows = np.divmod(np.unique(at * width + rows), width)
    values = columns.series(fact).gather(rows)
    text = values.list.drop_nulls().list.join(", ") if isinstance(values.dtype, pl.List) else values.cast(pl.String)
    return pl.DataFrame(
        {"match": at, "row": rows, "fact": pl.Series([fact]).new_from_index(0, len(rows)), "value": text},
        schema=SCHEMA,
    )
