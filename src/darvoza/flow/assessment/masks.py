"""Conditions decided for many rows at once, one side of the truth at a time.

Kleene's three values need two masks: where a condition is surely true and where it is surely false. A profile needs
only one of them, so `Masks.surely` computes the one asked for: *not* swaps the side, *and* is a conjunction on the
one side and a disjunction on the other, and every test has a side for each.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Between,
    Comparison,
    Contains,
    DistinctCount,
    Empty,
    Expression,
    FactValue,
    Flag,
    HasWord,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    OneOf,
    Or,
    Quantified,
    StartsWith,
    facts_used,
    nodes,
)
from darvoza.domain.expression import Arithmetic as Computed
from darvoza.flow.assessment.approximation import OPPOSITE, approximate, compared
from darvoza.flow.assessment.encoding import Encoded, Mask, Rows
from darvoza.flow.assessment.groups import count_compared, distinct_of, group_of, least_and_most, summed
from darvoza.flow.assessment.interpreter import Row, evaluate
from darvoza.flow.assessment.meaning import has_word, literals_of
from darvoza.flow.assessment.whole_numbers import compare_whole, sum_whole

Coding = OneOf | StartsWith | InList | Contains | HasWord


class Masks:
    """The truth of conditions over encoded columns.

    Parameters
    ----------
    columns
        The facts.
    sought
        By fact, every text that will be looked for (see `texts_sought`), so that all are searched in one pass.
    """

    def __init__(self, columns: Encoded, sought: Mapping[str, Collection[str]]) -> None:
        self.columns = columns
        self._texts = sought
        self._found: dict[str, dict[str, NDArray[np.int64]]] = {}
        self._tables: dict[Coding, Mask] = {}
        self._includes: dict[tuple[str, str], Mask] = {}

    def surely(self, node: Expression, rows: Rows, *, wanted: bool) -> Mask:
        """Tell for which rows a condition certainly has a truth.

        Parameters
        ----------
        node
            The condition.
        rows
            Row numbers, shape ``(n,)``.
        wanted
            The truth asked for.

        Returns
        -------
        Mask
            Shape ``(n,)``; where false, the condition has the other truth or is unknown.
        """
        match node:
            case And(terms) | Or(terms):
                return self._joined(terms, rows, wanted=wanted, all_needed=isinstance(node, And) is wanted)
            case Not(term):
                return self.surely(term, rows, wanted=not wanted)
            case Between():
                return self.surely(node.comparisons(), rows, wanted=wanted)
            case Comparison():
                return self._compared(node, rows, wanted=wanted)
            case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
                return self._over_items(node, rows, wanted=wanted)
            case _:
                return self._tested(node, rows, wanted=wanted)

    def keep(self, node: Expression, rows: Rows, *, doubt_counts: bool) -> Rows:
        """Keep the rows for which a condition is true, or, when doubt counts, not false.

        The terms of an *and* are asked one after another, cheapest first, each only about the rows left.
        """
        for term in sorted(node.terms, key=cost) if isinstance(node, And) else (node,):
            if not len(rows):
                break
            side = self.surely(term, rows, wanted=not doubt_counts)
            rows = rows[~side] if doubt_counts else rows[side]
        return rows

    def _joined(self, terms: tuple[Expression, ...], rows: Rows, *, wanted: bool, all_needed: bool) -> Mask:
        """Join the terms, asking each only about the rows the others have left open."""
        made = np.full(len(rows), all_needed)
        still = np.arange(len(rows))
        for term in sorted(terms, key=cost):
            answer = self.surely(term, rows if len(still) == len(rows) else rows[still], wanted=wanted)
            settled = answer != all_needed
            made[still[settled]] = not all_needed
            still = still[~settled]
            if not len(still):
                break
        return made

    def _tested(self, node: Expression, rows: Rows, *, wanted: bool) -> Mask:
        """Answer a test of one fact."""
        match node:
            case OneOf() | StartsWith() | InList() | Contains() | HasWord():
                table = self.table(node)
                if not wanted:
                    table = ~table
                    table[0] = False
                held: Mask = table[self.columns.taken(node.fact, rows)]
                return held
            case Include(fact, codes, every):
                parts = [self._including(fact, code)[rows] for code in codes]
                found: Mask = np.logical_and.reduce(parts) if every else np.logical_or.reduce(parts)
                return found if wanted else ~found & self.columns.known(fact)[rows]
            case Empty(fact):
                sizes = self.columns.codes(fact).list.drop_nulls().list.len()
                empty = (sizes == 0 if wanted else sizes > 0).fill_null(value=False).to_numpy()
                return cast("Mask", empty[rows])
            case Known(fact):
                known = self.columns.known(fact)[rows]
                return known if wanted else ~known
        flags: Mask = self.columns.taken(cast("Flag", node).fact, rows) == wanted
        return flags

    def table(self, node: Coding) -> Mask:
        """Tell for each distinct text whether a test holds; shape ``(n_words + 1,)``, unknown (place 0) never."""
        made = self._tables.get(node)
        if made is None:
            made = self._tables[node] = self._table(node)
        return made

    def _table(self, node: Coding) -> Mask:
        coded = self.columns.coded(node.fact)
        made = np.zeros(len(coded.words) + 1, np.bool_)
        match node:
            case StartsWith(_, prefixes):
                for prefix in prefixes:
                    made[slice(*coded.span(prefix))] = True
            case Contains(fact, texts):
                for text in literals_of(fact, texts):
                    made[self._searched(fact)[text]] = True
            case HasWord(fact, words):
                for word in literals_of(fact, words):
                    held = self._searched(fact)[word]
                    made[[place for place in held.tolist() if has_word(coded.words[place - 1], word)]] = True
            case OneOf(fact, values):
                made[[place for value in literals_of(fact, values) if (place := coded.place(value))]] = True
            case InList(_, named):
                if len(named.members) < len(coded.words):
                    made[[place for value in named.values if (place := coded.place(value))]] = True
                else:
                    made[1:] = [word in named.members for word in coded.words]
        return made

    def _searched(self, fact: str) -> dict[str, NDArray[np.int64]]:
        """Search every text of every profile in every distinct value, in one Aho-Corasick pass."""
        if fact not in self._found:
            texts = sorted(self._texts[fact])
            words = pl.DataFrame({"word": pl.Series(self.columns.coded(fact).words, dtype=pl.String)})
            found = (
                words.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
                .with_columns(text=pl.col("word").str.extract_many(texts, overlapping=True))
                .filter(pl.col("text").list.len() > 0)
                .explode("text")
            )
            groups = {
                str(text): part["place"].to_numpy()
                for (text,), part in found.partition_by("text", as_dict=True).items()
            }
            self._found[fact] = {text: groups.get(text, np.empty(0, np.int64)) for text in texts}
        return self._found[fact]

    def _including(self, fact: str, code: str) -> Mask:
        if (fact, code) not in self._includes:
            series = self.columns.codes(fact).cast(pl.List(pl.String))
            self._includes[fact, code] = series.list.contains(code).fill_null(value=False).to_numpy()
        return self._includes[fact, code]

    def _compared(self, node: Comparison, rows: Rows, *, wanted: bool) -> Mask:
        left, right = approximate(node.left, self.columns, rows), approximate(node.right, self.columns, rows)
        relation = node.relation if wanted else OPPOSITE[node.relation]
        sure, doubtful = compared(left, relation, right, len(rows))
        return self._settled(node, rows, sure, doubtful, wanted=wanted)

    def records(self, facts: Iterable[str], rows: Rows) -> list[Row]:
        """Give some facts of some rows as the reference interpreter reads them."""
        columns = {fact: self.columns.series(fact).gather(rows).to_list() for fact in facts}
        return [{fact: values[place] for fact, values in columns.items()} for place in range(len(rows))]

    def _over_items(self, node: Quantified, rows: Rows, *, wanted: bool) -> Mask:
        """Answer a question about all items, for the declarations the rows belong to."""
        group = group_of(self.columns, rows)
        if not len(rows):
            return np.zeros(0, np.bool_)
        if isinstance(node, AnyItem | AllItems):
            inner = self.surely(node.condition, group.members, wanted=wanted)
            joined = np.logical_or if isinstance(node, AnyItem) is wanted else np.logical_and
            return joined.reduceat(inner, group.first)[group.place]
        inside = np.ones(len(group.members), np.bool_)
        outside = ~inside
        if node.condition is not None:
            inside = self.surely(node.condition, group.members, wanted=True)
            outside = self.surely(node.condition, group.members, wanted=False)
        relation = node.relation if wanted else OPPOSITE[node.relation]
        right = approximate(node.right, self.columns, rows)
        if isinstance(node, ItemCount):
            bounds = least_and_most(group, inside, outside)
            sure, doubtful = count_compared(group, bounds, relation=relation, right=right)
        elif isinstance(node, DistinctCount):
            places = self.columns.coded(node.fact).places[group.members]
            bounds = distinct_of(group, places, inside, outside)
            sure, doubtful = count_compared(group, bounds, relation=relation, right=right)
        else:
            addends = approximate(FactValue(node.fact), self.columns, group.members)
            left = summed(group, addends, inside, outside)
            sure, doubtful = compared(left, relation, right, len(rows))
        return self._settled(node, rows, sure, doubtful, wanted=wanted)

    def _settled(self, node: Expression, rows: Rows, sure: Mask, doubtful: Mask, *, wanted: bool) -> Mask:
        """Decide in decimals what floats leave in doubt."""
        places = np.flatnonzero(doubtful)
        if not len(places):
            return sure
        sure = sure.copy()
        settled = self._in_whole_numbers(node, rows[places], wanted=wanted)
        if settled is not None:
            sure[places] = settled
            return sure
        whole = isinstance(node, Quantified)
        group = group_of(self.columns, rows[places]) if whole else None
        members = rows[places] if group is None else group.members
        facts = self.records(facts_used(node), members)
        for count, place in enumerate(places):
            items = [facts[count]]
            index = 0
            if group is not None:
                first = group.first[group.place[count]]
                items = facts[first : first + group.sizes[group.place[count]]]
                index = int(rows[place] - members[first])
            sure[place] = evaluate(node, items, index) is wanted
        return sure

    def _in_whole_numbers(self, node: Expression, rows: Rows, *, wanted: bool) -> Mask | None:
        """Decide a comparison exactly, all rows at once; ``None`` where only the reference can."""
        if isinstance(node, Comparison):
            relation = node.relation if wanted else OPPOSITE[node.relation]
            return compare_whole(node, relation, self.columns, rows)
        if not isinstance(node, ItemSum):
            return None
        relation = node.relation if wanted else OPPOSITE[node.relation]
        group = group_of(self.columns, rows)
        inside = np.ones(len(group.members), np.bool_)
        outside = ~inside
        if node.condition is not None:
            inside = self.surely(node.condition, group.members, wanted=True)
            outside = self.surely(node.condition, group.members, wanted=False)
        return sum_whole(node, self.columns, rows, (group, inside, outside), relation=relation)


def texts_sought(conditions: Iterable[Expression]) -> dict[str, set[str]]:
    """Give, by fact, every text that conditions look for.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> texts_sought([parse('description contains "Used"'), parse("price > 5")])
    {'description': {'used'}}
    """
    made: dict[str, set[str]] = {}
    for condition in conditions:
        for node in nodes(condition):
            if isinstance(node, Contains | HasWord):
                sought = node.texts if isinstance(node, Contains) else node.words
                made.setdefault(node.fact, set()).update(literals_of(node.fact, sought))
    return made


def cost(node: Expression) -> int:
    """Rank a condition by what it costs to decide for one row."""
    match node:
        case OneOf() | StartsWith() | InList() | Contains() | HasWord() | Flag() | Known():
            return 0
        case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
            return 100
        case Include() | Empty():
            return 1
    return sum(5 if isinstance(part, Computed) else 1 for part in nodes(node))
