"""The corpus: sentences, facts, and the truth that a person has stated for them.

Each file of `corpus/` holds sentences about one subject. A case is ``[facts, truth]``, or ``[[facts of each item],
truth of the first item]``; a fact that is not written is unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from conditions import BY_HAND, KEPT_OTHERWISE, LISTS, LODGED
from darvoza.domain.expression import Expression
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import read_yaml

FILES = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
TRUTHS = {"true": True, "false": False, "unknown": None}
Items = list[dict[str, object]]
Case = tuple[Items, bool | None]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, what it is read as, and its cases."""

    subject: str
    text: str
    condition: Expression
    cases: tuple[Case, ...]


@cache
def corpus() -> tuple[Sentence, ...]:
    made = []
    for path in FILES:
        groups: Any = read_yaml(path, path.name)["sentences"]
        for group in groups:
            cases = tuple((items_of(given, path.name), TRUTHS[truth]) for given, truth in group["cases"])
            made.append(
                Sentence(path.stem, group["when"], parse(group["when"], (*LISTS, BY_HAND), approved=True), cases)
            )
    return tuple(made)


def items_of(given: Any, source: str) -> Items:
    return [facts_of(item, source) for item in (given if isinstance(given, list) else [given])]


READ: dict[FactType, Callable[[Any], object]] = {
    FactType.NUMBER: Decimal,
    FactType.DATE: date.fromisoformat,
    FactType.FLAG: {"true": True, "false": False}.__getitem__,
    FactType.CODES: tuple,
}
"""How a text of the corpus becomes a value; codes and texts stay as they are, however odd, for data is."""
OTHERWISE: dict[Any, Callable[[Any], object]] = {pl.Float64: float, pl.Int64: int}


def facts_of(given: dict[str, Any], source: str) -> dict[str, object]:
    """Read facts as the frames of Darvoza keep them: some numbers are doubles, some whole."""
    facts: dict[str, object] = {"lodged_on": LODGED}
    for name, value in given.items():
        assert name in FACT, f"{source}: {name}"
        read = OTHERWISE[KEPT_OTHERWISE[name]] if name in KEPT_OTHERWISE else READ.get(FACT[name].type, str)
        facts[name] = None if value is None else read(value)
    return facts
