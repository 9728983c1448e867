"""The corpus: sentences, facts, and the truth that a person has stated for them.

Each file of `corpus/` holds sentences about one subject. A case is ``[facts, truth]``, or ``[[facts of each item],
truth of the first item]``; a fact that is not written is unknown.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from conditions import KEPT_OTHERWISE, LISTS, LODGED
from darvoza.domain.expression import Expression
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.assessment.worked_cases import read_facts
from darvoza.flow.fields import Fields, read_yaml

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
            made.append(Sentence(path.stem, group["when"], parse(group["when"], LISTS), cases))
    return tuple(made)


def items_of(given: Any, source: str) -> Items:
    return [facts_of(item, source) for item in (given if isinstance(given, list) else [given])]


def facts_of(given: dict[str, object], source: str) -> dict[str, object]:
    """Read facts as the frames of Darvoza keep them: some numbers are doubles, some whole."""
    otherwise = {name: value for name, value in given.items() if name in KEPT_OTHERWISE}
    fields = Fields({name: value for name, value in given.items() if name not in otherwise}, source)
    facts = {"lodged_on": LODGED, **read_facts(fields)}
    fields.finish()
    for name, value in otherwise.items():
        kind = float if KEPT_OTHERWISE[name] == pl.Float64 else int
        facts[name] = None if value is None else kind(str(value))
    return facts
