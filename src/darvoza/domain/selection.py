"""The nouns of a decision: floors under π, the draw, the selection that follows."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from darvoza.domain.codes import Act, Agency, Channel


class FloorKind(StrEnum):
    """Where a floor under π comes from, listed from the strongest title to the weakest."""

    LAW = "law"
    ALERT = "alert"
    PROFILE = "profile"
    PLAN = "plan"
    SCORE = "score"
    RANDOM = "random"


class Purse(StrEnum):
    """By what kind of worth the score was given a part of the capacity, in the order in which they are served."""

    SEVERITY = "severity"
    HARM = "harm"  # probability and money in one
    MONEY = "money"
    PROBABILITY = "probability"
    CHANCE = "chance"


class ReasonScope(StrEnum):
    """Of which examinations by customs the reasons of the score are told."""

    NONE = "none"
    SELECTED = "selected"
    ALL = "all"


MONEY_POWER = 0.8
"""How far money counts in the harm, in [0, 1]: chosen in the closed loop, see docs/explanation/closed-loop.md."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A lower bound under the inclusion probability of one act, with its reason.

    Attributes
    ----------
    kind
        Where the floor comes from.
    source
        The code of the profile, measure or plan; for the score the purse that paid; ``random`` for chance.
    probability
        The floor itself, in [0, 1].
    items
        Numbers of the goods items it concerns; empty when it concerns the whole consignment.
    """

    kind: FloorKind
    source: str
    probability: float
    items: tuple[int, ...] = ()


class PlacedFloor(NamedTuple):
    """A floor under one act of one declaration: a row of the table of floors, where there are few of them.

    Attributes
    ----------
    declaration
        Row number of the declaration among those that are decided together.
    agency, act
        Which act of whom.
    kind, source, probability, items
        As for `Floor`, in plain values.
    """

    declaration: int
    agency: str
    act: str
    kind: str
    source: str
    probability: float
    items: list[int]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one concept added to or took from a score.

    Attributes
    ----------
    concept
        The name of the concept, such as ``importer`` or ``unit_value``.
    amount
        Its share of the score, in log-odds.
    code
        How it is said, see `darvoza.flow.assessment.reasoning`; empty where only the amount is known.
    fact
        The fact that moved the score most within the concept.
    values
        Names and values that the sentence needs.
    """

    concept: str
    amount: float
    code: str = ""
    fact: str = ""
    values: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What was decided on one act of one agency for one declaration, and on what grounds.

    The act is carried out when ``u < probability``; `floors` tells why the probability is what it is.

    Attributes
    ----------
    probability
        The inclusion probability π: the maximum of the floors, in (0, 1].
    u
        The permanent random number of the consignment, in [0, 1).
    basis
        The strongest floor above `u` when selected, ``None`` otherwise.
    channel
        The channel of the whole declaration, the strictest over all its selections.
    score
        Probability of a finding in [0, 1], ``None`` when nothing scored the declaration.
    key_day, commitment
        The day whose key made `u`, and the published commitment to that key (hex).
    """

    declaration_id: str
    agency: Agency
    act: Act
    items: tuple[int, ...]
    probability: float
    floors: tuple[Floor, ...]
    u: float
    selected: bool
    basis: FloorKind | None
    channel: Channel
    score: float | None
    contributions: tuple[Contribution, ...]
    fingerprint: str
    key_day: date
    commitment: str

    @property
    def decision_id(self) -> str:
        """The name of this decision, readable and unique within a run."""
        return f"{self.declaration_id}:{self.agency}:{self.act}"
