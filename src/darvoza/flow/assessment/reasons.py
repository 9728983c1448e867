"""Why a profile matched one declaration: the rules of `interpreter.explain`, compiled to closures.

Of an *or* the parts that hold are given, of a question about all items the items that count.
"""

from collections.abc import Callable

from darvoza.domain.expression import AllItems, And, AnyItem, Expression, ItemCount, Not, Or, Quantified, facts_used
from darvoza.flow.assessment.closures import Ask, Items, compiled
from darvoza.flow.assessment.interpreter import Ground

Reasons = Callable[[Items, int], list[Ground]]


def reasons_of(node: Expression, *, wanted: bool) -> Reasons:
    """Compile what tells on which facts the truth of a condition rests.

    Parameters
    ----------
    node
        The condition.
    wanted
        The truth it has, wherever the closure is asked.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> reasons = reasons_of(parse("origin is GE or price > 5"), wanted=True)
    >>> reasons([{"origin": "GE", "price": 3}], 0)
    [Ground(item=0, fact='origin', value='GE')]
    """
    match node:
        case And(terms) | Or(terms):
            return _joined(terms, wanted=wanted, all_agree=isinstance(node, And) is wanted)
        case Not(term):
            return reasons_of(term, wanted=not wanted)
        case _ if isinstance(node, Quantified):
            return _over_items(node, wanted=wanted)
    facts = sorted(facts_used(node))
    return lambda items, index: [Ground(index, fact, items[index].get(fact)) for fact in facts]


def always_told(node: Expression, *, wanted: bool) -> tuple[str, ...] | None:
    """Give the facts on which the truth of a condition always rests, each once.

    Returns
    -------
    tuple of str, or ``None``
        ``None`` where it depends on the goods: of an *or* the parts that hold, of a question about all items the items
        that count.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> always_told(parse("origin is GE and price > 5 and price < 9"), wanted=True)
    ('origin', 'price')
    >>> always_told(parse("origin is GE or price > 5"), wanted=True)
    """
    match node:
        case And(terms) | Or(terms):
            parts = [always_told(term, wanted=wanted) for term in terms]
            if isinstance(node, And) is not wanted or None in parts:
                return None
            return tuple(dict.fromkeys(fact for part in parts for fact in part or ()))
        case Not(term):
            return always_told(term, wanted=not wanted)
    return None if isinstance(node, Quantified) else tuple(sorted(facts_used(node)))


def surely(node: Expression, *, wanted: bool) -> Ask:
    """Compile whether a condition is known to have a truth."""
    return compiled(node if wanted else Not(node), doubt=False)


def _joined(terms: tuple[Expression, ...], *, wanted: bool, all_agree: bool) -> Reasons:
    """Join the reasons of the terms that agree with the whole; all those of a true *and* or a false *or* do."""
    parts = [reasons_of(term, wanted=wanted) for term in terms]
    if all_agree:
        return lambda items, index: [ground for part in parts for ground in part(items, index)]
    asked = [(surely(term, wanted=wanted), part) for term, part in zip(terms, parts, strict=True)]
    return lambda items, index: [
        ground for holds, part in asked if holds(items[index], items) for ground in part(items, index)
    ]


def _over_items(node: Quantified, *, wanted: bool) -> Reasons:
    side = wanted if isinstance(node, AnyItem | AllItems) else True
    holds = None if node.condition is None else surely(node.condition, wanted=side)
    inner = None if node.condition is None else reasons_of(node.condition, wanted=side)
    fact = None if isinstance(node, AnyItem | AllItems | ItemCount) else node.fact

    def reasons(items: Items, index: int) -> list[Ground]:  # noqa: ARG001 - one shape for all
        counting = [other for other, item in enumerate(items) if holds is None or holds(item, items)]
        made = [] if inner is None else [ground for other in counting for ground in inner(items, other)]
        return made if fact is None else [*made, *(Ground(other, fact, items[other].get(fact)) for other in counting)]

    return reasons
