"""A profile as its page tells it: its sentence in two languages, its facts, its worked cases, what changed."""

from dataclasses import dataclass

from darvoza.domain.expression import facts_used
from darvoza.domain.facts import FACT, Fact
from darvoza.domain.profile import Outcome, RiskProfile, Validity, WorkedCase
from darvoza.domain.titles import TITLE
from darvoza.domain.wording import render
from darvoza.domain.wording_ru import render_ru
from darvoza.flow.assessment.differences import Change, Difference, difference
from darvoza.flow.assessment.guards import guards
from darvoza.flow.assessment.worked_cases import run_case

OUTCOME = {True: Outcome.MATCH, False: Outcome.NO_MATCH, None: Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class CaseTold:
    """A worked case with what the sentence makes of it."""

    case: WorkedCase
    given: list[tuple[str, object]]
    outcome: Outcome

    @property
    def agrees(self) -> bool:
        """Whether it comes out as stated."""
        return self.outcome is self.case.expect


@dataclass(frozen=True, slots=True)
class FactTold:
    """A fact that a sentence speaks of, with its title in the language of the page."""

    fact: Fact
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that a page tells of one profile.

    Attributes
    ----------
    english, russian
        The sentence.
    narrowed
        Whether something narrows down which goods are looked at; otherwise each is.
    """

    profile: RiskProfile
    english: str
    russian: str
    facts: list[FactTold]
    cases: list[CaseTold]
    narrowed: bool


def tell(profile: RiskProfile, language: str) -> Told:
    """Tell a profile in the language of the page."""
    return Told(
        profile=profile,
        english=render(profile.condition),
        russian=render_ru(profile.condition),
        facts=[FactTold(FACT[name], title_of(name, language)) for name in sorted(facts_used(profile.condition))],
        cases=[_case(profile, case) for case in profile.cases],
        narrowed=bool(guards(profile.condition)),
    )


def title_of(fact: str, language: str) -> str:
    """Give the title of a fact."""
    return TITLE[fact].russian if language == "ru" else TITLE[fact].english


def _case(profile: RiskProfile, case: WorkedCase) -> CaseTold:
    given = [(name, value) for row in (case.given, *case.items) for name, value in row.items()]
    return CaseTold(case, given, OUTCOME[run_case(profile, case)])


@dataclass(frozen=True, slots=True)
class DifferenceTold:
    """What changed between the version in force and another.

    Attributes
    ----------
    held, valid
        On which days each of the two is valid.
    """

    against: int
    difference: Difference
    changes: list[Change]
    held: Validity
    valid: Validity

    @property
    def shorter(self) -> bool:
        """Whether there are days on which the version in force is valid and the other is not."""
        later = self.valid.start is not None and (self.held.start is None or self.held.start < self.valid.start)
        earlier = self.valid.end is not None and (self.held.end is None or self.valid.end < self.held.end)
        return later or earlier


def differ(old: RiskProfile, new: RiskProfile, against: int) -> DifferenceTold:
    """Tell what changed, signatures aside."""
    found = difference(old, new)
    return DifferenceTold(against, found, list(found.meaning), old.valid, new.valid)
