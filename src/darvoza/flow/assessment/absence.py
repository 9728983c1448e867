"""Sentences that are true of what does *not* stand in a list: a code more in the list makes them true less often."""

from typing import Final

from darvoza.domain.expression import (
    DistinctCount,
    Expression,
    InList,
    ItemCount,
    ItemSum,
    Node,
    Not,
    Relation,
    children,
    nodes,
)

GROWS: Final = frozenset({Relation.MORE, Relation.AT_LEAST})
"""Relations that stay true when a count grows."""


def asks_absence(condition: Expression) -> frozenset[str]:
    """Name the lists of which a code more may make a condition true less often.

    Counts that are to be small or exact, and every sum, count among them: what they do cannot be told from the sentence.

    Examples
    --------
    >>> from darvoza.domain.named_list import NamedList
    >>> from darvoza.flow.assessment.sentence import parse
    >>> known = (NamedList("bad", ("A",)), NamedList("good", ("B",)))
    >>> sorted(asks_absence(parse('importer in list "bad" and importer not in list "good"', known)))
    ['good']
    """
    return frozenset(_denied(condition, denied=False))


def _denied(node: Node, *, denied: bool) -> set[str]:
    if isinstance(node, InList):
        return {node.list.name} if denied else set()
    if isinstance(node, ItemSum) or (isinstance(node, ItemCount | DistinctCount) and node.relation not in GROWS):
        return {each.list.name for each in nodes(node) if isinstance(each, InList)}
    turned = denied is not isinstance(node, Not)
    return set[str]().union(*(_denied(child, denied=turned) for child in children(node)))
