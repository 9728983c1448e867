"""A tree read back from its canonical JSON, whatever a sentence may say today: what was kept decides as it did."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from darvoza.domain.expression import Day, Node, Number, Operation, Relation

NODES: Final[Mapping[str, type[Any]]] = {node.__name__: node for node in get_args(Node)}
"""Every kind of node by its name."""

READERS: Final = {"relation": Relation, "operation": Operation}


def from_json(told: Mapping[str, Any]) -> Node:
    """Read a tree from what `as_json` made of it.

    Named lists are told there by name and digest only; a tree that speaks of one cannot be read.

    Raises
    ------
    ValueError
        When it is no such tree.

    Examples
    --------
    >>> from darvoza.domain.expression import Not, OneOf, as_json
    >>> from_json(as_json(Not(OneOf("origin", ("GE", "AE")))))
    Not(term=OneOf(fact='origin', values=('AE', 'GE')))
    """
    made = NODES.get(str(told.get("node")))
    if made is None or set(told) != {"node", *(field.name for field in fields(made))}:
        raise ValueError(f"no node of a condition: {told.get('node')!r}")
    node: Node = made(**{field.name: _value(made, field.name, told[field.name]) for field in fields(made)})
    return node


def _value(made: type[Any], name: str, told: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """Read the value of a field."""
    if made is Number:
        return Decimal(told)
    if made is Day:
        return date.fromisoformat(told)
    if name == "list":
        raise ValueError(f"a condition on the list {told['name']!r}, of which only the name was kept")
    if name in READERS:
        return READERS[name](told)
    if isinstance(told, list):
        return tuple(from_json(each) if isinstance(each, Mapping) else each for each in told)
    return from_json(told) if isinstance(told, Mapping) else told
