"""What earlier versions put beside the profiles of the library, for states and runs with which it was not kept.

Today it is kept with each of them, so nothing is added here when it changes again. Which form was in use shows the digest
of the whole set that stands with the decisions.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Final

from darvoza.domain.codes import Flow
from darvoza.domain.expression import And, Expression, Include, Not, OneOf, both
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.sps.measure import Measure, MeasureScope
from darvoza.domain.wording import render
from darvoza.flow.assessment.annual_minimum import OWED
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.matching_profiles import OUTGOING
from darvoza.flow.assessment.measures import CODES, of_measure
from darvoza.flow.assessment.profiles_beside import Beside, Profiles
from darvoza.flow.assessment.sentence import parse

CLAIMED: Final = (
    "sps_agencies include phytosanitary and ispm32_category in (2, 3, 4) and process in (carbonised, cooked, fermented, "
    "malted, pasteurised, preserved, pureed, roasted, sterilised)"
)
CLAIMS: Final = (f"{CLAIMED} and not (flow is known and flow is E)", CLAIMED)
"""What was said of processes merely declared, the latest first; before, nothing was."""

FAULTS_LATER: Final = frozenset({"expired", "unknown_country", "unknown_quantity"})
"""Faults that certificates and permits did not have at first."""

SPELLED: Final = {"regions": "origin_region", "establishments": "establishment"}
"""Parts of a scope → the fact that was compared as it is spelled."""


def beside_of_digest(library: Iterable[RiskProfile], beside: Beside, digest: str) -> Profiles | None:
    """Give what stood beside the profiles of a library when the digest of all of them was this; ``None`` where none did."""
    kept = _lines(library)
    forms = (_claims(), _matched(beside.matched), _measured(beside), _owed(beside))
    for parts in product(*([(each, _lines(each)) for each in _different(form)] for form in forms)):
        lines = [*kept, *(line for _, told in parts for line in told)]
        text = "\n".join(line for _, line in sorted(lines, key=_code))
        if hashlib.sha256(text.encode()).hexdigest() == digest:
            return tuple(profile for part, _ in parts for profile in part)
    return None


def _code(line: tuple[str, str]) -> str:
    return line[0]


def _lines(profiles: Iterable[RiskProfile]) -> list[tuple[str, str]]:
    """Give what a set is named by, as `ProfileSet.digest` does: the name of each profile and its digest."""
    return [(profile.code, f"{profile.code} {profile.digest}") for profile in profiles]


def _different(forms: Iterable[Profiles]) -> Iterator[Profiles]:
    """Pass on forms that were not there before."""
    known: set[str] = set()
    for form in forms:
        name = ProfileSet(form).digest
        if name not in known:
            known.add(name)
            yield form


def _claims() -> Iterator[Profiles]:
    profile = claimed_process_profile()
    yield (profile,)
    for sentence in CLAIMS:
        yield (_with(profile, parse(sentence, approved=True)),)
    yield ()


def _matched(now: Profiles) -> Iterator[Profiles]:
    """Give the forms of profiles of certificates and permits: at first of goods that leave, too, and of fewer faults."""
    yield now
    both_ways = tuple(_rewritten(profile, _both_ways) for profile in now)
    yield both_ways
    yield tuple(_rewritten(profile, _first_faults) for profile in both_ways)


def _both_ways(term: Expression) -> Expression | None:
    return None if term == Not(OUTGOING) else term


def _first_faults(term: Expression) -> Expression:
    return replace(term, codes=tuple(sorted({*term.codes} - FAULTS_LATER))) if isinstance(term, Include) else term


@dataclass(frozen=True, slots=True)
class _Form:
    """How scopes of measures were written: by the countries they name and no others; in all directions; as spelled."""

    incoming: bool = True
    compared: bool = True
    yearly_imports: bool = False

    def scope(self, measure: Measure) -> MeasureScope:
        return of_measure(measure) if self.incoming else measure.scope

    def term(self, measure: Measure, term: Expression) -> Expression | None:
        """Write one limit of a scope as it was."""
        if not isinstance(term, OneOf):
            return term
        scope = self.scope(measure)
        if term.fact == CODES["flows"]:
            # what is owed of a year is of imports alone today
            same = self.yearly_imports and term.values == (Flow.IMPORT.value,)
            return term if same else _limit(term.fact, scope.flows)
        if term.fact == CODES["origins"]:
            return _limit(term.fact, scope.origins)
        if self.compared:
            return term
        part = next((part for part in SPELLED if CODES[part] == term.fact), None)
        return _limit(SPELLED[part], getattr(scope, part)) if part else term


FORMS: Final = (_Form(), _Form(incoming=False), _Form(incoming=False, compared=False))
"""How measures were written before, the latest first."""


def _limit(fact: str, values: tuple[str, ...]) -> Expression | None:
    return OneOf(fact, values) if values else None


def _measured(beside: Beside) -> Iterator[Profiles]:
    yield beside.measured
    by_code = {measure.code: measure for measure in beside.measures}
    for form in FORMS:
        yield tuple(_of_form(profile, by_code, form) for profile in beside.measured)


def _owed(beside: Beside) -> Iterator[Profiles]:
    """Give the forms of what is owed of a year: at first of the directions of the measure."""
    yield beside.owed
    by_code = {measure.code: measure for measure in beside.measures}
    for form in (replace(FORMS[0], yearly_imports=True), *FORMS):
        yield tuple(_of_form(profile, by_code, form) for profile in beside.owed)


def _of_form(profile: RiskProfile, measures: Mapping[str, Measure], form: _Form) -> RiskProfile:
    """Write the profile of a measure, which has its code or begins with it, as a form has it."""
    code = profile.code.removesuffix(OWED)
    measure = measures.get(code) or measures[code.rpartition(":")[0]]
    return _rewritten(profile, partial(form.term, measure))


def _rewritten(profile: RiskProfile, write: Callable[[Expression], Expression | None]) -> RiskProfile:
    """Write each of the terms that a condition joins in another form, or leave it out."""
    terms = profile.condition.terms if isinstance(profile.condition, And) else (profile.condition,)
    kept = [made for term in terms if (made := write(term)) is not None]
    return _with(profile, both(*kept)) if kept else profile


def _with(profile: RiskProfile, condition: Expression) -> RiskProfile:
    return replace(profile, condition=condition, sentence=render(condition))
