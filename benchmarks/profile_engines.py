"""The conditions of the benchmark in the words of other engines, each in the best form found for it."""

import json
from collections.abc import Iterable
from typing import Any

import duckdb
import numpy as np
import polars as pl
import zen

from darvoza.domain.expression import (
    And,
    AnyItem,
    Arithmetic,
    Comparison,
    Contains,
    Expression,
    FactValue,
    Flag,
    ItemCount,
    Not,
    Number,
    OneOf,
    Or,
    StartsWith,
)
from darvoza.domain.profile import RiskProfile

BY_DECLARATION = "OVER (PARTITION BY declaration_id)"
ZEN_RELATION = {"=": "==", "!=": "!="}


def as_sql(node: Expression, windows: list[str]) -> str:  # noqa: PLR0911 - one return a kind of node
    """The condition for DuckDB; what it asks of all items goes into `windows`, computed below the counts."""
    match node:
        case And(terms):
            return "(" + " AND ".join(as_sql(term, windows) for term in terms) + ")"
        case Or(terms):
            return "(" + " OR ".join(as_sql(term, windows) for term in terms) + ")"
        case OneOf(fact, values):
            return f"{fact} IN (" + ", ".join(f"'{value}'" for value in values) + ")"
        case StartsWith(fact, prefixes):
            return "(" + " OR ".join(f"starts_with({fact}, '{prefix}')" for prefix in prefixes) + ")"
        case Contains(fact, texts):
            return "(" + " OR ".join(f"contains({fact}, '{text}')" for text in texts) + ")"
        case Flag(fact):
            return fact
        case Not(AnyItem(condition)):
            windows.append(f"min(CASE WHEN NOT {as_sql(condition, windows)} THEN 1 ELSE 0 END) {BY_DECLARATION}")
            return f"w{len(windows) - 1} = 1"
        case ItemCount(condition, relation, right):
            windows.append(f"sum(CASE WHEN {as_sql(condition, windows)} THEN 1 ELSE 0 END) {BY_DECLARATION}")
            return f"w{len(windows) - 1} {relation} {_value(right)}"
        case Comparison(left, relation, right):
            return f"{_value(left)} {relation} {_value(right)}"
    raise NotImplementedError(node)


def as_polars(node: Expression) -> pl.Expr:  # noqa: PLR0911 - one return a kind of node
    """The condition as a Polars expression."""
    match node:
        case And(terms):
            return pl.all_horizontal([as_polars(term) for term in terms])
        case Or(terms):
            return pl.any_horizontal([as_polars(term) for term in terms])
        case OneOf(fact, values):
            return pl.col(fact).is_in(list(values))
        case StartsWith(fact, prefixes):
            return pl.any_horizontal([pl.col(fact).str.starts_with(prefix) for prefix in prefixes])
        case Contains(fact, texts):
            return pl.any_horizontal([pl.col(fact).str.contains(text, literal=True) for text in texts])
        case Flag(fact):
            return pl.col(fact)
        case Not(AnyItem(condition)):
            return (~as_polars(condition)).fill_null(value=False).all().over("declaration_id")
        case ItemCount(condition, relation, Number(number)):
            counted = as_polars(condition).fill_null(value=False).sum().over("declaration_id")
            return {">=": counted >= int(number)}[relation]
        case Comparison(left, relation, right):
            first, second = _polars_value(left), _polars_value(right)
            return {"<": first < second, ">": first > second, ">=": first >= second, "<=": first <= second}[relation]
    raise NotImplementedError(node)


def _polars_value(value: object) -> pl.Expr:
    match value:
        case Number(number):
            return pl.lit(float(number))
        case FactValue(fact):
            return pl.col(fact)
        case Arithmetic(left, _, right):
            return _polars_value(left) * _polars_value(right)
    raise NotImplementedError(value)


def as_zen(node: Expression) -> str:  # noqa: PLR0911 - one return a kind of node
    """The condition in the expression language of zen-engine."""
    match node:
        case And(terms):
            return "(" + " and ".join(map(as_zen, terms)) + ")"
        case Or(terms):
            return "(" + " or ".join(map(as_zen, terms)) + ")"
        case OneOf(fact, values):
            return f"{fact} in [" + ", ".join(f"'{value}'" for value in values) + "]"
        case StartsWith(fact, prefixes):
            return "(" + " or ".join(f"startsWith({fact}, '{prefix}')" for prefix in prefixes) + ")"
        case Contains(fact, texts):
            return "(" + " or ".join(f"contains({fact}, '{text}')" for text in texts) + ")"
        case Flag(fact):
            return f"{fact} == true"
        case Comparison(left, relation, right):
            return f"{_value(left)} {ZEN_RELATION.get(relation, relation)} {_value(right)}"
    raise NotImplementedError(node)


def _value(value: object) -> str:
    match value:
        case Number(number):
            return str(number)
        case FactValue(fact):
            return fact
        case Arithmetic(left, operation, right):
            return f"{_value(left)} {operation} {_value(right)}"
    raise NotImplementedError(value)


class Duck:
    """DuckDB on one thread with the items loaded into a table."""

    def __init__(self, path: str) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(f"CREATE TABLE items AS SELECT * FROM read_parquet('{path}')")

    @staticmethod
    def _source(windows: Iterable[str]) -> str:
        made = ", ".join(f"{window} AS w{place}" for place, window in enumerate(windows))
        return f"(SELECT *, {made} FROM items)" if made else "items"

    def rows(self, condition: Expression) -> np.ndarray:
        """The rows for which a condition holds."""
        windows: list[str] = []
        where = as_sql(condition, windows)
        query = f"SELECT row FROM {self._source(windows)} WHERE {where} ORDER BY row"
        return self.connection.execute(query).fetchnumpy()["row"]

    def counting(self, profiles: list[RiskProfile]) -> str:
        """The statement that counts the matches of all profiles in one pass."""
        windows: list[str] = []
        counts = [f"count(CASE WHEN {as_sql(profile.condition, windows)} THEN 1 END)" for profile in profiles]
        return f"SELECT {', '.join(counts)} FROM {self._source(windows)}"


def _decision(kind: str, content: dict[str, object]) -> zen.ZenDecision:
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {"schema": ""}},
        {"id": "decide", "name": "decide", "type": kind, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "content": {"schema": ""}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "decide", "type": "edge"},
        {"id": "b", "sourceId": "decide", "targetId": "out", "type": "edge"},
    ]
    for node in nodes:
        node["position"] = {"x": 0, "y": 0}
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def zen_table(profiles: list[RiskProfile]) -> zen.ZenDecision:
    """A decision table that collects: a row a profile, the commodity code in a column of its own."""
    rules = []
    for place, profile in enumerate(profiles):
        terms = profile.condition.terms if isinstance(profile.condition, And) else (profile.condition,)
        about = [term for term in terms if isinstance(term, StartsWith) and term.fact == "hs"][:1]
        rest = [term for term in terms if term not in about]
        cell = " or ".join(f"startsWith($, '{prefix}')" for prefix in about[0].prefixes) if about else ""
        rules.append({"_id": str(place), "hs": cell, "rest": " and ".join(map(as_zen, rest)), "o": str(place)})
    inputs = [
        {"id": "hs", "name": "hs", "type": "expression", "field": "hs"},
        {"id": "rest", "name": "rest", "type": "expression"},
    ]
    outputs = [{"id": "o", "name": "o", "type": "expression", "field": "place"}]
    return _decision(
        "decisionTableNode", {"hitPolicy": "collect", "inputs": inputs, "outputs": outputs, "rules": rules}
    )


def zen_node(profiles: list[RiskProfile]) -> zen.ZenDecision:
    """An expression node: an expression a profile."""
    expressions = [
        {"id": str(place), "key": f"p{place}", "value": as_zen(profile.condition)}
        for place, profile in enumerate(profiles)
    ]
    return _decision("expressionNode", {"expressions": expressions})


def zen_expression(profiles: list[RiskProfile]) -> Any:  # noqa: ANN401 - the library does not name its type
    """One compiled expression: the list of all conditions, outside the decision engine."""
    return zen.compile_expression("[" + ", ".join(as_zen(profile.condition) for profile in profiles) + "]")
