"""A risk profile as a portable SQL predicate, for the warehouse of an administration.

The predicate speaks of a table with one row a goods item and columns named after facts, ``declaration_id`` and
``lodged_on`` among them; texts, plates and their like are compared in columns of their own (`folded_column`, `worded_column`). What it says is what every
other executor says: TRUE, FALSE and NULL are true, false and unknown. What a dialect cannot say it refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import (
    Contains,
    Day,
    DistinctCount,
    Expression,
    FactValue,
    HasWord,
    Include,
    InList,
    OneOf,
    Quantified,
    Relation,
    nodes,
)
from darvoza.domain.profile import RiskProfile, UnknownPolicy
from darvoza.flow.assessment.forms import COMPARED_AS
from darvoza.flow.assessment.sql_columns import KEPT, Kept, folded_column, worded_column
from darvoza.flow.assessment.sql_conditions import Conditions
from darvoza.flow.assessment.sql_dialects import Dialect, dialect_of
from darvoza.flow.assessment.sql_moments import Moments
from darvoza.flow.assessment.sql_nodes import TRUE, Sql, column, decided, joined, rendered

KEY: Final = ("declaration_id", "item")


@dataclass(frozen=True, slots=True)
class SqlCondition:
    """A condition as SQL, for the list of a SELECT.

    Attributes
    ----------
    truth
        The predicate: TRUE, FALSE or NULL.
    doubt
        A predicate that is TRUE for the rows that rounding may decide otherwise in SQL than in Darvoza, FALSE for
        all others; ``None`` when there are none.
    over_items
        Whether it looks at all items of a declaration: then it holds window functions and cannot stand in a WHERE.
    folded
        The columns of folded texts and of their words it needs.
    """

    truth: str
    doubt: str | None
    over_items: bool
    folded: tuple[str, ...]


def translate(condition: Expression, dialect: str, kept: Mapping[str, Kept] = KEPT) -> SqlCondition:
    r"""Say a condition in SQL.

    Parameters
    ----------
    condition
        The condition.
    dialect
        ``duckdb``, ``postgres``, ``spark``, ``databricks``, ``clickhouse`` or ``trino``; the first three are
        executed in the tests.
    kept
        How the table keeps its numbers.

    Raises
    ------
    ProfileError
        The dialect is not known, or cannot express an operator; names operator, dialect and reason.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> translate(parse("hs starts with 8703 and origin in (GE, AE)"), "postgres").truth
    '(SUBSTRING("hs" FROM 1 FOR 4) IN (\'8703\')) AND ("origin" IN (\'AE\', \'GE\'))'
    """
    spoken = dialect_of(dialect)
    truth, doubt = Conditions(spoken, kept).translate(condition)
    return SqlCondition(
        truth=rendered(truth, spoken),
        doubt=None if doubt is None else rendered(doubt, spoken),
        over_items=any(isinstance(node, Quantified) for node in nodes(condition)),
        folded=tuple(sorted(_folded(condition))),
    )


def match_predicate(profile: RiskProfile, dialect: str, kept: Mapping[str, Kept] = KEPT) -> str:
    """Say when a profile matches: in force on the day of lodging, and its policy applied to the unknown.

    Raises
    ------
    ProfileError
        As `translate`.
    """
    spoken = dialect_of(dialect)
    truth, _ = Conditions(spoken, kept).translate(profile.condition)
    matched = decided(truth, unknown=profile.unknown is UnknownPolicy.MATCH)
    return rendered(joined(exp.And, *_while_valid(profile, spoken), matched), spoken)


def profile_query(profile: RiskProfile, dialect: str, *, table: str = "facts", kept: Mapping[str, Kept] = KEPT) -> str:
    """Write the statement that gives the matches of a profile.

    Parameters
    ----------
    profile
        The profile.
    dialect
        The dialect.
    table
        The table, as ``name`` or ``schema.name``.
    kept
        How the table keeps its numbers.

    Returns
    -------
    str
        A SELECT of ``declaration_id`` and ``item``, under comments that say what it rests on.

    Raises
    ------
    ProfileError
        As `translate`.
    """
    spoken = dialect_of(dialect)
    said = translate(profile.condition, dialect, kept)
    # Names are quoted by sqlglot; the predicate was rendered from nodes.
    source = exp.to_table(table, dialect=dialect)
    for part in source.find_all(exp.Identifier):
        part.set("quoted", True)  # noqa: FBT003 - the interface of sqlglot
    place = source.sql(dialect=dialect)
    key = ", ".join(column(name).sql(dialect=dialect) for name in KEY)
    match = match_predicate(profile, dialect, kept)
    lines = [f"-- {line}" for line in _remarks(profile, said, spoken)]
    if not said.over_items:
        return "\n".join([*lines, f"SELECT {key}", f"FROM {place}", f"WHERE {match}"])
    inner = f"  SELECT {key}, {match} AS matched\n  FROM {place}"  # noqa: S608 - see above  # nosec B608
    return "\n".join([*lines, f"SELECT {key}", "FROM (", inner, ") AS decided", "WHERE matched"])


def _remarks(profile: RiskProfile, said: SqlCondition, dialect: Dialect) -> list[str]:
    """Say in comments what a statement is, and what it rests on."""
    made = [
        f"{profile.code}: {profile.title}",
        f"profile {profile.digest}",
        f"unknown: {profile.unknown.value}; one row a goods item, columns named after facts",
    ]
    if not dialect.executed:
        made.append(f"rendered for {dialect.name}, which the tests of Darvoza do not execute")
    if said.folded:
        made.append(f"needs folded texts in: {', '.join(said.folded)}")
    if said.doubt is not None:
        made.append(f"rounding may decide otherwise where: {said.doubt}")
    return [" ".join(line.split()) for line in made]  # a line break would end the comment


def _while_valid(profile: RiskProfile, dialect: Dialect) -> list[Sql]:
    """Say on which days of lodging a profile is in force."""
    lodged, moments = FactValue("lodged_on"), Moments(dialect)
    bounds = ((Relation.AT_LEAST, profile.valid.start), (Relation.AT_MOST, profile.valid.end))
    made = [moments.compare(lodged, relation, Day(bound)) for relation, bound in bounds if bound is not None]
    return made or [TRUE]


def _folded(condition: Expression) -> set[str]:
    """Name the columns of folded texts, plates and their like, and of words of texts, that a condition needs."""
    kinds = Contains | OneOf | InList | Include | HasWord | DistinctCount
    asked = (node for node in nodes(condition) if isinstance(node, kinds))
    return {
        worded_column(node.fact) if isinstance(node, HasWord) else folded_column(node.fact)
        for node in asked
        if node.fact in COMPARED_AS
    }
