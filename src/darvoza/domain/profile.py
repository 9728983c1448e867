"""The risk profile: a condition with its law, its treatment, its validity and its worked cases."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Expression, as_json, digest, facts_used, nodes
from darvoza.domain.facts import HISTORY
from darvoza.domain.named_list import NamedList
from darvoza.domain.selection import FloorKind

FactsOf = Mapping[str, object]


class UnknownPolicy(StrEnum):
    """What a profile does when its condition is unknown, because facts it needs are missing."""

    NO_MATCH = "no match"
    MATCH = "match"

    def decides(self, truth: bool | None) -> bool:  # noqa: FBT001 - the truth is the subject
        """Turn true, false or unknown into match or no match.

        Examples
        --------
        >>> UnknownPolicy.MATCH.decides(None), UnknownPolicy.NO_MATCH.decides(None)
        (True, False)
        """
        return self is UnknownPolicy.MATCH if truth is None else truth


class Visibility(StrEnum):
    """Who may read a profile besides its owner and its approver."""

    AGENCY = "agency"  # its own agency
    JOINT = "joint"  # every agency that controls at the border
    RESTRICTED = "restricted"  # nobody else


class Outcome(StrEnum):
    """What a worked case expects of the sentence, before the policy for the unknown is applied."""

    MATCH = "match"
    NO_MATCH = "no match"
    UNKNOWN = "unknown"

    @property
    def truth(self) -> bool | None:
        """The outcome as true, false or unknown."""
        return {Outcome.MATCH: True, Outcome.NO_MATCH: False, Outcome.UNKNOWN: None}[self]


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which a profile is in force, both included; ``None`` is open.

    Examples
    --------
    >>> date(2026, 12, 31) in Validity(date(2026, 1, 1), date(2026, 12, 31))
    True
    """

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a match asks for: an act of control, for a share of the matches, in (0, 1]."""

    act: Act
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """An example a profile must decide as stated.

    Attributes
    ----------
    title
        What the example shows, as a sentence.
    given
        Facts of the declaration, or of its only item. A fact not given is unknown.
    items
        Facts of each goods item, on top of `given`; empty when `given` is the only item.
    expect
        What the sentence says of the declaration: of at least one of its items.
    """

    title: str
    given: FactsOf
    expect: Outcome
    items: tuple[FactsOf, ...] = ()

    @property
    def rows(self) -> tuple[FactsOf, ...]:
        """The facts of every goods item, those of the declaration included."""
        return tuple({**self.given, **item} for item in self.items) or (dict(self.given),)


@dataclass(frozen=True, slots=True)
class RiskProfile:
    """A risk profile (TFA 7.4.4; Kyoto Convention, General Annex, standard 6.3-6.5).

    Attributes
    ----------
    code, title
        Unique code and name.
    agency, risk_area
        Who asks for the control, and what may be wrong.
    condition
        When it matches.
    sentence
        The condition as its author wrote it.
    treatment, unknown, valid
        What it asks for; what a missing fact means; when it is in force.
    cases
        Examples it must decide as stated; at least one.
    instructions
        What the officer is told, by language code.
    legal_basis, rationale, justification
        The law or the reason behind it; and why it differentiates, where it does (TFA 7.4.2).
    floor
        With what title its share stands under π: profile, law or alert.
    owner, author, approver
        Who answers for it, who wrote it, and who approved it: never the author.
    review_by
        The day by which somebody asks whether it is still needed.
    visibility
        Who may read it.
    risk_register
        The entry of the risk register it answers.
    needs_national_data, national_data
        Whether a threshold must be set on national data before the profile is used, and which.
    """

    code: str
    title: str
    agency: Agency
    risk_area: RiskArea
    condition: Expression
    treatment: Treatment
    unknown: UnknownPolicy
    valid: Validity
    cases: tuple[WorkedCase, ...] = ()
    sentence: str = ""
    instructions: Mapping[str, str] = field(default_factory=dict)
    legal_basis: str = ""
    rationale: str = ""
    justification: str = ""
    floor: FloorKind = FloorKind.PROFILE
    owner: str = ""
    author: str = ""
    approver: str = ""
    review_by: date | None = None
    visibility: Visibility = Visibility.AGENCY
    risk_register: str = ""
    needs_national_data: bool = False
    national_data: str = ""

    @property
    def condition_digest(self) -> str:
        """The identity of the condition alone."""
        return digest(self.condition)

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) over everything that can change a decision; words beside it do not count."""
        deciding = {
            "code": self.code,
            "agency": self.agency,
            "condition": as_json(self.condition),
            "treatment": [self.treatment.act, str(self.treatment.share.normalize())],
            "unknown": self.unknown,
            "valid": [day and day.isoformat() for day in (self.valid.start, self.valid.end)],
            "floor": self.floor,
        }
        text = json.dumps(deciding, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that fired on a declaration.

    Attributes
    ----------
    profile
        The code of the profile.
    items
        Numbers of the goods items for which its condition holds, ascending.
    """

    profile: str
    items: tuple[int, ...]


@dataclass(frozen=True)  # without slots: what is asked of a set again and again is kept
class ProfileSet:
    """The profiles in use, ordered by code."""

    profiles: tuple[RiskProfile, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "profiles", tuple(sorted(self.profiles, key=lambda profile: profile.code)))

    def __iter__(self) -> Iterator[RiskProfile]:
        return iter(self.profiles)

    def __len__(self) -> int:
        return len(self.profiles)

    def __getitem__(self, code: str) -> RiskProfile:
        """Give the profile of a code; ``KeyError`` when there is none."""
        return self.by_code[code]

    @cached_property
    def by_code(self) -> Mapping[str, RiskProfile]:
        """The profiles by their codes."""
        # where two have one code, the first of them counts
        return {profile.code: profile for profile in reversed(self.profiles)}

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact that a condition speaks of."""
        return frozenset[str]().union(*(facts_used(profile.condition) for profile in self.profiles))

    @cached_property
    def of_history(self) -> frozenset[str]:
        """The profiles that speak of what was known before a declaration, by their codes."""
        told = frozenset(fact.name for fact in HISTORY)
        return frozenset(profile.code for profile in self.profiles if told & facts_used(profile.condition))

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """The share of its matches that each profile asks for, by code, in [0, 1]."""
        return {profile.code: float(profile.treatment.share) for profile in self.profiles}

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) over the digests of all profiles: the identity of the whole set."""
        lines = "\n".join(f"{profile.code} {profile.digest}" for profile in self.profiles)
        return hashlib.sha256(lines.encode()).hexdigest()

    def in_force(self, day: date) -> "ProfileSet":
        """Keep the profiles in force on a day."""
        return ProfileSet(tuple(profile for profile in self.profiles if day in profile.valid))

    @cached_property
    def lists(self) -> tuple[NamedList, ...]:
        """The named lists in use, by name."""
        used = {
            named.name: named
            for profile in self.profiles
            for node in nodes(profile.condition)
            if isinstance(named := getattr(node, "list", None), NamedList)
        }
        return tuple(named for _, named in sorted(used.items()))

    def expired_lists(self, day: date) -> tuple[NamedList, ...]:
        """Name the lists in use that their source no longer vouches for.

        An expired list stays in use as it is: a date must not change what a sentence means, and a list that emptied
        itself would let through what is watched for. Whoever uses it is told, loudly.
        """
        return tuple(named for named in self.lists if named.expires is not None and named.expires < day)
