"""Pairs of a condition and a goods item, asked of every executor: who says what, and what has been reached at all.

One piece of code for the tests and for `benchmarks/conformance.py`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import polars as pl

from conditions import a_profile, framed
from conformance.generated import COUNTS, Items, Maker
from darvoza.domain.expression import (
    Between,
    Comparison,
    Expression,
    FactValue,
    Include,
    Known,
    Node,
    OneOf,
    Value,
    nodes,
)
from darvoza.domain.facts import FACT
from darvoza.domain.profile import UnknownPolicy, Validity
from darvoza.domain.wording import render
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.interpreter import evaluate, value_of
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sql_columns import Kept
from darvoza.flow.assessment.sql_moments import is_date
from sql_tables import Said, tabled

Truth = bool | None
Truths = list[list[Truth]]
"""Of each condition, what is said of each item of all declarations, one below the other."""

CONDITIONS, DECLARATIONS = 40, 40
SAID = {True: "true", False: "false", None: "unknown"}
ALWAYS = Validity()


@dataclass(frozen=True, slots=True)
class Round:
    """Some conditions and some declarations; every condition is asked of every item."""

    conditions: list[Expression]
    declared: list[Items]

    @property
    def items(self) -> int:
        return sum(map(len, self.declared))

    @property
    def frame(self) -> pl.DataFrame:
        return framed(self.declared)


def rounds(seed: int, pairs: int) -> Iterator[Round]:
    """Rounds made from a seed, until there are so many pairs."""
    maker, made = Maker(seed), 0
    while made < pairs:
        asked = Round(
            [maker.condition() for _ in range(CONDITIONS)], [maker.declaration() for _ in range(DECLARATIONS)]
        )
        made += CONDITIONS * asked.items
        yield asked


def variety(node: Node) -> str:
    """The kind of a node, told apart where executors go different ways."""
    return f"{type(node).__name__} {_told_by(node)}".strip()


def _told_by(node: Node) -> str:
    match node:
        case Comparison(value, relation, _):
            return f"of {_kind(value)} {relation}"
        case Between(value):
            return f"of {_kind(value)}"
        case OneOf(fact) | Known(fact) | FactValue(fact):
            return f"of {FACT[fact].type}"
        case Include():
            return "all" if node.every else "any"
    return str(getattr(node, "relation", getattr(node, "operation", "")))


def _kind(value: Value) -> str:
    return "dates" if is_date(value) else "numbers"


@dataclass(slots=True)
class Tally:
    """What has been asked, what has been reached, and where somebody disagreed."""

    pairs: int = 0
    truths: Counter[Truth] = field(default_factory=Counter)
    reached: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked_of: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What was asked of whom, what was refused and why, and what each kind of node came to in how many pairs."""
        said = ", ".join(f"{SAID[truth]} {self.truths[truth]:,}" for truth in SAID)
        made = [f"{self.pairs:,} pairs: {said}"]
        for executor, count in sorted(self.asked_of.items()):
            doubts = f", {self.doubtful[executor]:,} in doubt" if executor in self.doubtful else ""
            made.append(f"asked of {executor}: {count:,} pairs{doubts}")
        made += [f"refused {count} times: {why}" for (_, why), count in sorted(self.refused.items())]
        made.append(f"{'node':<32}{'pairs':>9}{'true':>9}{'false':>9}{'unknown':>9}")
        for kind in sorted({kind for kind, _ in self.reached}):
            counts = [self.reached[kind, said] for said in ("pairs", "true", "false", "unknown")]
            made.append(f"{kind:<32}" + "".join(f"{count:>9,}" for count in counts))
        return made


def reference(asked: Round, tally: Tally) -> Truths:
    """What the interpreter says; counts on the way what every node of every pair came to.

    A value that is known is counted as true: it has no truth of its own.
    """
    made: Truths = []
    for condition in asked.conditions:
        parts = [(variety(node), node) for node in nodes(condition)]
        kinds = {kind for kind, _ in parts}
        truths: list[Truth] = []
        for items in asked.declared:
            for index in range(len(items)):
                truths.append(evaluate(condition, items, index))
                tally.reached.update({(kind, SAID[_outcome(node, items, index)]) for kind, node in parts})
        tally.reached.update({(kind, "pairs"): len(truths) for kind in kinds})
        tally.truths.update(truths)
        tally.pairs += len(truths)
        made.append(truths)
    return made


def _outcome(node: Node, items: Items, index: int) -> Truth:
    if isinstance(node, Expression):
        return evaluate(node, items, index)
    return None if value_of(node, items[index]) is None else True


POLICIES = (UnknownPolicy.NO_MATCH, UnknownPolicy.MATCH)


def _as_profiles(asked: Round) -> list[Any]:
    """Each condition twice: the two policies tell true, false and unknown apart."""
    return [
        a_profile(condition, code=f"{place}-{policy}", unknown=policy, valid=ALWAYS)
        for place, condition in enumerate(asked.conditions)
        for policy in POLICIES
    ]


def _told_apart(asked: Round, matched: Sequence[set[int]]) -> Truths:
    """From the rows matched by each profile to truths: a row both match is true, one only the second does unknown."""
    pairs = zip(matched[::2], matched[1::2], strict=True)
    return [
        [True if row in surely else (None if row in possibly else False) for row in range(asked.items)]
        for surely, possibly in pairs
    ]


def by_columns(asked: Round) -> Truths:
    found = ColumnsExecutor(_as_profiles(asked)).match(asked.frame)
    matched: list[set[int]] = [set() for _ in range(2 * len(asked.conditions))]
    for place, row in zip(found.profiles.tolist(), found.rows.tolist(), strict=True):
        matched[place].add(row)
    return _told_apart(asked, matched)


def by_record(asked: Round) -> Truths:
    profiles = _as_profiles(asked)
    executor = RecordExecutor(profiles)
    place = {profile.code: number for number, profile in enumerate(profiles)}
    matched: list[set[int]] = [set() for _ in profiles]
    before = 0
    for items in asked.declared:
        for match in executor.match(items, cast("date", items[0]["lodged_on"])):
            matched[place[match.profile]].update(before + number - 1 for number in match.items)
        before += len(items)
    return _told_apart(asked, matched)


def compare(asked: Round, truths: Truths, found: Truths, executor: str, tally: Tally) -> None:
    """Note every pair on which an executor disagrees."""
    rows = [(items, index) for items in asked.declared for index in range(len(items))]
    tally.asked_of[executor] += sum(map(len, truths))
    for condition, expected, got in zip(asked.conditions, truths, found, strict=True):
        for (items, index), stated, said in zip(rows, expected, got, strict=True):
            if stated is not said:
                tally.wrong.append(
                    f"{executor} says {SAID[said]}, not {SAID[stated]}: {render(condition)} on {items!r}[{index}]"
                )


Engine = Callable[[pl.DataFrame], AbstractContextManager[Any]]


def compare_sql(asked: Round, truths: Truths, dialect: str, engine: Engine, tally: Tally) -> None:
    """Note every pair on which an engine of SQL disagrees without a doubt; count doubts, and refusals by reason."""
    frame = tabled(asked.frame, asked.conditions)
    said = Said(asked.conditions, dialect, frame, dict.fromkeys(COUNTS, Kept.COUNT))
    for problem in said.refused.values():
        tally.refused[dialect, str(problem).removeprefix("when: ")] += 1
    with engine(frame) as ask:
        answers = said.answers(ask)
    keys = [(f"D{place}", number) for place, items in enumerate(asked.declared) for number in range(1, len(items) + 1)]
    for place, answer in answers.items():
        for (declaration, item), stated in zip(keys, truths[place], strict=True):
            got, doubt = answer[declaration, item]
            tally.asked_of[dialect] += 1
            tally.doubtful[dialect] += bool(doubt)
            if got is not stated and not doubt:
                items = asked.declared[int(declaration[1:])]
                tally.wrong.append(
                    f"{dialect} says {SAID[got]}, not {SAID[stated]}: {render(asked.conditions[place])} "
                    f"on {items!r}[{item - 1}]"
                )
