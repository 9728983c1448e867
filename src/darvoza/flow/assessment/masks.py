"""Conditions decided for many rows at once, one side of the truth at a time.

Kleene's three values need two masks: where a condition is surely true and where it is surely false. A profile needs
only one of them, so `Masks.surely` computes the one asked for: *not* swaps the side, *and* is a conjunction on the
one side and a disjunction on the other, and every test has a side for each.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, cast

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
    Relation,
    StartsWith,
    facts_used,
    nodes,
)
from darvoza.flow.assessment.approximation import OPPOSITE, Compared, approximate, compared
from darvoza.flow.assessment.candidates import Candidates
from darvoza.flow.assessment.costs import is_dear
from darvoza.flow.assessment.encoding import Encoded, Mask, Places, Rows, Stretches, stretches, united
from darvoza.flow.assessment.groups import count_compared, distinct_of, group_of, least_and_most, summed
from darvoza.flow.assessment.interpreter import Row, evaluate
from darvoza.flow.assessment.meaning import has_word, literals_of, members_of
from darvoza.flow.assessment.whole_numbers import compare_whole, sum_whole

Coding = OneOf | StartsWith | InList | Contains | HasWord

FEW: Final = 8
"""A term is asked only about the rows left open when they are fewer than one in so many: fetching them has a price."""

STRETCHES: Final = 3
"""Stretches of a dictionary up to which comparing places is quicker than looking them up."""


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
        self._places: dict[Coding, Stretches] = {}
        self._includes: dict[tuple[str, str], Mask] = {}

    def surely(self, node: Expression, asked: Candidates, *, wanted: bool) -> Mask:
        """Tell for which rows a condition certainly has a truth.

        Parameters
        ----------
        node
            The condition; terms are asked in its order, see `cheapest_first`.
        asked
            The rows, n of them.
        wanted
            The truth asked for.

        Returns
        -------
        Mask
            Shape ``(n,)``, not to be written to; where false, the condition has the other truth or is unknown.
        """
        match node:
            case And(terms) | Or(terms):
                return self._joined(terms, asked, wanted=wanted, all_needed=isinstance(node, And) is wanted)
            case Not(term):
                return self.surely(term, asked, wanted=not wanted)
            case Between():
                return self.surely(node.comparisons(), asked, wanted=wanted)
            case Comparison():
                return self._compared(node, asked, wanted=wanted)
            case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
                return self._over_items(node, asked, wanted=wanted)
            case _:
                return self._tested(node, asked, wanted=wanted)

    def keep(self, node: Expression, asked: Candidates, *, doubt_counts: bool) -> Rows:
        """Keep the rows for which a condition is true, or, when doubt counts, not false."""
        side = self.surely(node, asked, wanted=not doubt_counts)
        return asked.rows.take(np.flatnonzero(~side if doubt_counts else side))

    def _joined(self, terms: tuple[Expression, ...], asked: Candidates, *, wanted: bool, all_needed: bool) -> Mask:
        """Join the terms; the dear ones, and all once few rows are left open, are asked about those only."""
        made = self.surely(terms[0], asked, wanted=wanted)
        for term in terms[1:]:
            n_held = np.count_nonzero(made)
            n_open = n_held if all_needed else len(made) - n_held
            if n_open == 0:
                break
            if n_open * FEW < len(made) or is_dear(term):
                still = np.flatnonzero(made if all_needed else ~made)
                made = made.copy()
                made[still] = self.surely(term, asked.only(still), wanted=wanted)
            else:
                answer = self.surely(term, asked, wanted=wanted)
                made = made & answer if all_needed else made | answer
        return made

    def _tested(self, node: Expression, asked: Candidates, *, wanted: bool) -> Mask:
        """Answer a test of one fact."""
        match node:
            case OneOf() | StartsWith() | InList() | Contains() | HasWord():
                return self._coded(node, asked.read(node.fact), wanted=wanted)
            case Include(fact, codes, every):
                forms = [literals_of(fact, (code,)) for code in codes]
                parts = [
                    np.logical_or.reduce([self._including(fact, one)[asked.rows] for one in each]) for each in forms
                ]
                found: Mask = np.logical_and.reduce(parts) if every else np.logical_or.reduce(parts)
                return found if wanted else ~found & asked.known(fact)
            case Empty(fact):
                sizes = self.columns.codes(fact).list.drop_nulls().list.len()
                empty = (sizes == 0 if wanted else sizes > 0).fill_null(value=False).to_numpy()
                return cast("Mask", empty[asked.rows])
            case Known(fact):
                known = asked.known(fact)
                return known if wanted else ~known
        flags: Mask = asked.read(cast("Flag", node).fact) == wanted
        return flags

    def _coded(self, node: Coding, held: Places, *, wanted: bool) -> Mask:
        """Answer a test of a text: whether its place lies in a few stretches of the dictionary, or in a table."""
        places = self.places(node)
        if len(places) <= STRETCHES:
            made = np.zeros(len(held), np.bool_)
            for first, last in places:
                made |= held == first if last == first + 1 else (held >= first) & (held < last)
            return made if wanted else ~made & (held > 0)
        table = np.full(len(self.columns.coded(node.fact).words) + 1, not wanted)
        for first, last in places:
            table[first:last] = wanted
        table[0] = False
        return table.take(held)

    def places(self, node: Coding) -> Stretches:
        """Give the places of the distinct texts for which a test holds; never 0, the unknown."""
        made = self._places.get(node)
        if made is None:
            made = self._places[node] = self._found_places(node)
        return made

    def _found_places(self, node: Coding) -> Stretches:
        coded, found = self.columns.coded(node.fact), list[list[int]]()
        match node:
            case StartsWith(_, prefixes):
                return united(*map(coded.places_from, prefixes))
            case OneOf(fact, values):
                return coded.places_of(literals_of(fact, values))
            case InList(fact, named):
                members = members_of(fact, named)
                if len(members) < len(coded.words):
                    return coded.places_of(members)
                return stretches(place for place, word in enumerate(coded.words, 1) if word in members)
            case Contains(fact, texts):
                found = [self._searched(fact)[text].tolist() for text in literals_of(fact, texts)]
            case HasWord(fact, words):
                held = [(word, self._searched(fact)[word].tolist()) for word in literals_of(fact, words)]
                found = [[place for place in at if has_word(coded.words[place - 1], word)] for word, at in held]
        return stretches({place for part in found for place in part})

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
            series = self.columns.compared_codes(fact)
            self._includes[fact, code] = series.list.contains(code).fill_null(value=False).to_numpy()
        return self._includes[fact, code]

    def _compared(self, node: Comparison, asked: Candidates, *, wanted: bool) -> Mask:
        """Compare by a bound that serves all rows; what it leaves in doubt exactly, or else each by its own bound."""
        relation = node.relation if wanted else OPPOSITE[node.relation]
        sure, doubtful = _approximately(node, relation, asked, closely=False)
        if doubtful is None or not len(places := np.flatnonzero(doubtful)):
            return sure
        nearer = asked.only(places)
        settled = compare_whole(node, relation, self.columns, nearer.rows)
        if settled is None:
            settled = self._settled(node, nearer, *_approximately(node, relation, nearer, closely=True), wanted=wanted)
        made = sure.copy()
        made[places] = settled
        return made

    def records(self, facts: Iterable[str], rows: Rows) -> list[Row]:
        """Give some facts of some rows as the reference interpreter reads them."""
        columns = {fact: self.columns.series(fact).gather(rows).to_list() for fact in facts}
        return [{fact: values[place] for fact, values in columns.items()} for place in range(len(rows))]

    @np.errstate(all="ignore")
    def _over_items(self, node: Quantified, asked: Candidates, *, wanted: bool) -> Mask:
        """Answer a question about all items, for the declarations the rows belong to."""
        if not len(asked):
            return np.zeros(0, np.bool_)
        group = group_of(self.columns, asked.rows)
        items = Candidates(self.columns, group.members)
        if isinstance(node, AnyItem | AllItems):
            inner = self.surely(node.condition, items, wanted=wanted)
            joined = np.logical_or if isinstance(node, AnyItem) is wanted else np.logical_and
            return joined.reduceat(inner, group.first)[group.place]
        inside = np.ones(len(group.members), np.bool_)
        outside = ~inside
        if node.condition is not None:
            inside = self.surely(node.condition, items, wanted=True)
            outside = self.surely(node.condition, items, wanted=False)
        relation = node.relation if wanted else OPPOSITE[node.relation]
        right = approximate(node.right, asked)
        if isinstance(node, ItemCount):
            bounds = least_and_most(group, inside, outside)
            sure, doubtful = count_compared(group, bounds, relation=relation, right=right)
        elif isinstance(node, DistinctCount):
            places = items.read(node.fact)
            bounds = distinct_of(group, places, inside, outside)
            sure, doubtful = count_compared(group, bounds, relation=relation, right=right)
        else:
            addends = approximate(FactValue(node.fact), items)
            left = summed(group, addends, inside, outside)
            sure, doubtful = compared(left, relation, right, len(asked))
        return self._settled(node, asked, sure, doubtful, wanted=wanted)

    def _settled(self, node: Expression, asked: Candidates, sure: Mask, doubtful: Mask | None, *, wanted: bool) -> Mask:
        """Decide in decimals what floats leave in doubt."""
        if doubtful is None or not len(places := np.flatnonzero(doubtful)):
            return sure
        sure, rows = sure.copy(), asked.rows
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
        items = Candidates(self.columns, group.members)
        inside = np.ones(len(group.members), np.bool_)
        outside = ~inside
        if node.condition is not None:
            inside = self.surely(node.condition, items, wanted=True)
            outside = self.surely(node.condition, items, wanted=False)
        return sum_whole(node, self.columns, rows, (group, inside, outside), relation=relation)


def _approximately(node: Comparison, relation: Relation, asked: Candidates, *, closely: bool) -> Compared:
    with np.errstate(all="ignore"):
        left, right = (approximate(side, asked, closely=closely) for side in (node.left, node.right))
        return compared(left, relation, right, len(asked))


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
