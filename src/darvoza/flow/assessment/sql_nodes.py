"""The few kinds of SQL a profile is made of, and the gate that lets through nothing else.

A predicate is put together from nodes, never from strings: a literal is data to the very end, and every dialect
escapes it in its own way.
"""

from datetime import date
from functools import cache
from typing import Final

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from darvoza.domain.expression import Relation
from darvoza.flow.assessment.sql_dialects import Dialect, inexpressible

Sql = exp.Expr

ALLOWED: Final = frozenset(
    {
        *(exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.Null, exp.Boolean, exp.Case, exp.If, exp.In, exp.Coalesce),
        *(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.EQ, exp.NEQ, exp.Add, exp.Sub, exp.Mul, exp.Abs, exp.Floor),
        *(exp.Cast, exp.DataType, exp.DataTypeParam, exp.Literal, exp.Column, exp.Identifier, exp.Substring),
        *(
            exp.StrPosition,
            exp.ArrayContains,
            exp.ArraySize,
            exp.ArrayFilter,
            exp.Lambda,
            exp.DateDiff,
            exp.Var,
            exp.Neg,
        ),
        *(exp.Window, exp.Sum, exp.Max, exp.Min, exp.DenseRank, exp.Order, exp.Ordered),
    }
)
"""Every kind of node a predicate may hold. There is no division, no LIKE and no function of a user."""

WIDEST: Final = 38
"""Digits of the widest decimal that all dialects have."""

ORDER: Final[dict[Relation, type[exp.Binary]]] = {
    Relation.LESS: exp.LT,
    Relation.AT_MOST: exp.LTE,
    Relation.MORE: exp.GT,
    Relation.AT_LEAST: exp.GTE,
    Relation.EQUAL: exp.EQ,
    Relation.DIFFERENT: exp.NEQ,
}
TRUE: Final = exp.Boolean(this=True)
FALSE: Final = exp.Boolean(this=False)
NULL: Final = exp.Null()


def column(name: str) -> Sql:
    """Name a column."""
    return exp.column(name, quoted=True)


def text(value: str) -> Sql:
    """Write a text literal."""
    return exp.Literal.string(value)


def whole(value: int) -> Sql:
    """Write a whole number."""
    made = exp.Literal.number(abs(value))
    return exp.Neg(this=made) if value < 0 else made


def free(node: Sql) -> Sql:
    """Give a node to put into another: itself, or a copy where it stands in one already.

    A node is never changed once it is made, so it need not be copied for whoever takes it first; and a condition is taken
    into another once for each of its levels.
    """
    return node if node.parent is None else node.copy()


def _closed(node: Sql) -> Sql:
    """Give a node to put into another, in parentheses where it would otherwise run into its neighbours."""
    made = free(node)
    loose = isinstance(made, exp.Binary | exp.Not | exp.Is | exp.In | exp.Connector)
    return exp.Paren(this=made) if loose else made


def joined(kind: type[exp.Binary], *terms: Sql) -> Sql:
    """Join terms with one operator, from left to right."""
    made = _closed(terms[0])
    for term in terms[1:]:
        made = kind(this=made, expression=_closed(term.copy() if term is made else term))
    return made


def compared(left: Sql, relation: Relation, right: Sql) -> Sql:
    """Compare two nodes."""
    return joined(ORDER[relation], left, right)


def opposite(node: Sql) -> Sql:
    """Negate a condition."""
    return exp.Not(this=_closed(node))


def is_null(node: Sql) -> Sql:
    """Ask whether a value is unknown."""
    return exp.Is(this=_closed(node), expression=exp.Null())


def is_known(node: Sql) -> Sql:
    """Ask whether a value is known."""
    return opposite(is_null(node))


def case(*branches: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """Take the value of the first condition that is true; NULL without a default."""
    made = [exp.If(this=free(condition), true=free(value)) for condition, value in branches]
    return exp.Case(ifs=made, default=None if default is None else free(default))


def one_of(node: Sql, values: list[str]) -> Sql:
    """Ask whether a text is one of some; of none it never is."""
    if not values:
        return case((is_known(node), FALSE))
    return exp.In(this=_closed(node), expressions=[text(value) for value in values])


def cast(node: Sql, type_name: str) -> Sql:
    """Cast a node to a type."""
    return exp.Cast(this=free(node), to=_type(type_name).copy())


@cache
def _type(name: str) -> exp.DataType:
    """Read the name of a type."""
    return exp.DataType.build(name)


def day(value: date, dialect: Dialect) -> Sql:
    """Write a date."""
    kind = exp.DataType(this=exp.DataType.Type[dialect.date_type])
    return exp.Cast(this=text(value.isoformat()), to=kind)


def decided(node: Sql, *, unknown: bool) -> Sql:
    """Give NULL a truth."""
    return exp.Coalesce(this=free(node), expressions=[(TRUE if unknown else FALSE).copy()])


def codes_held(codes: Sql) -> Sql:
    """Count the codes of a set, NULL among them not counted; NULL or 0 where there is none."""
    code = exp.column("code")
    known = exp.Lambda(this=is_known(code), expressions=[code.this.copy()])
    return exp.ArraySize(this=exp.ArrayFilter(this=free(codes), expression=known))


def place_among_items(keys: tuple[Sql, ...], *, downward: bool) -> Sql:
    """Give the place of a row among those of its declaration when they are ordered, equal ones on one place."""
    ordered = [exp.Ordered(this=free(key), desc=downward) for key in keys]
    partition = [column("declaration_id")]
    return exp.Window(this=exp.DenseRank(), partition_by=partition, order=exp.Order(expressions=ordered))


def over_items(aggregate: type[exp.AggFunc], node: Sql) -> Sql:
    """Gather a value over all goods items of the declaration."""
    return exp.Window(this=aggregate(this=free(node)), partition_by=[column("declaration_id")])


def _widened(node: Sql) -> Sql:
    """Give every decimal of a predicate the most digits a decimal can have, those behind the point unchanged."""
    made = node.copy()
    for kind in made.find_all(exp.DataType):
        if kind.this is exp.DataType.Type.DECIMAL:
            kind.expressions[0].set("this", whole(WIDEST))
    return made


def rendered(node: Sql, dialect: Dialect) -> str:
    """Write a predicate in a dialect.

    Raises
    ------
    ProfileError
        It holds a node that is not in the allow-list, a text the dialect cannot hold, or something sqlglot cannot
        say in this dialect.
    """
    for part in node.walk():
        if type(part) not in ALLOWED:
            raise inexpressible(type(part).__name__, dialect, "it is not among the nodes a predicate is made of")
        if not dialect.nul and isinstance(part, exp.Literal) and "\0" in str(part.this):
            raise inexpressible("the character U+0000", dialect, "its texts cannot hold it")
    if not dialect.widens:
        node = _widened(node)
    try:
        return node.sql(dialect=dialect.name, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as problem:
        raise inexpressible("the condition", dialect, f"sqlglot says: {problem}") from problem
