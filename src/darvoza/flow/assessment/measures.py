"""Measures become risk profiles: one language, three executors and one draw for everything that asks for a control.

What a measure leaves open because a fact is missing counts against the goods: a region or establishment that is not
declared, or is none of the country of origin, does not take goods out of a prohibition; nor does another spelling.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from darvoza.domain.codes import Act, RiskArea
from darvoza.domain.expression import (
    Comparison,
    Contains,
    Day,
    Expression,
    FactValue,
    Flag,
    Include,
    Not,
    OneOf,
    Relation,
    StartsWith,
    both,
    either,
)
from darvoza.domain.folding import folded_number
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.measure import INCOMING, Measure, MeasureKind, MeasureScope, Requirements
from darvoza.domain.sps.written import quoted_statement
from darvoza.domain.wording import render
from darvoza.flow.assessment.measure_instructions import instructions

CODES = {
    "veterinary": "veterinary_category",
    "plant_risk": "plant_risk",
    "sanitary": "sanitary_category",
    "origins": "origin",
    "regions": "origin_region_code",
    "establishments": "establishment_code",
    "posts": "post",
    "uses": "intended_use",
    "processes": "process",
    "flows": "flow",
}
"""Part of a scope → the fact it limits."""

COMPARED = ("regions", "establishments")
"""Parts of a scope whose spelling does not matter."""

CERTAIN = Decimal(1)


def measure_profiles(measures: Iterable[Measure]) -> tuple[RiskProfile, ...]:
    """Give the risk profiles that carry measures out: one for each measure and act; none for mere evidence.

    Examples
    --------
    >>> from datetime import date
    >>> from darvoza.domain.codes import Agency
    >>> scope = MeasureScope(goods=("0104",), origins=("PK",))
    >>> ban = Measure("V-1", "Sheep", Agency.VETERINARY, MeasureKind.PROHIBITION, scope, "Order 1", date(2026, 1, 1))
    >>> [(made.code, made.sentence, made.treatment.act.value) for made in measure_profiles([ban])]
    [('V-1', 'hs starts with 0104 and origin is PK and flow in (I, T)', 'documentary')]
    """
    return tuple(profile for measure in measures for profile in _profiles(measure))


def _profiles(measure: Measure) -> Iterator[RiskProfile]:
    for act, share in _asked(measure):
        condition = _condition(measure)
        yield RiskProfile(
            code=measure.code if len(_asked(measure)) == 1 else f"{measure.code}:{act}",
            title=measure.title,
            agency=measure.agency,
            risk_area=RiskArea.PROHIBITED if measure.kind is MeasureKind.PROHIBITION else RiskArea.SPS,
            condition=condition,
            sentence=render(condition),
            treatment=Treatment(act, share),
            unknown=UnknownPolicy.MATCH,
            valid=Validity(measure.start, measure.last_day),
            instructions=instructions(measure),
            legal_basis=measure.legal_basis,
            rationale=measure.hazard,
            justification=measure.legal_basis,
            floor=FloorKind.ALERT if measure.alert else FloorKind.LAW,
            review_by=measure.review_by,
        )


def _asked(measure: Measure) -> tuple[tuple[Act, Decimal], ...]:
    """Tell the acts a measure asks for, each with its floor."""
    match measure.kind:
        case MeasureKind.PROHIBITION | MeasureKind.CONDITION:
            return ((Act.DOCUMENTARY, CERTAIN),)
        case MeasureKind.INTENSIFIED:
            return measure.acts or ((Act.IDENTITY, CERTAIN), (Act.PHYSICAL, CERTAIN))
        case MeasureKind.FREQUENCY:
            return measure.acts
        case MeasureKind.EVIDENCE:
            return ()


def of_measure(measure: Measure) -> MeasureScope:
    """Give the scope of a measure with the directions in which it holds."""
    return replace(measure.scope, flows=measure.scope.flows or INCOMING)


def _condition(measure: Measure) -> Expression:
    """Write the scope, and what is not presented, as a condition."""
    scope = of_measure(measure)
    terms = list(scope_terms(scope))
    if not scope.goods or scope.veterinary or scope.plant_risk or scope.sanitary:
        # Goods that the service does not control have no category: that is known, and must not count as doubt.
        terms.insert(0, Include("sps_agencies", (measure.agency.value,)))
    if measure.kind is MeasureKind.CONDITION:
        terms.append(either(*(Not(term) for term in _shown(measure.required, measure.requires))))
    return both(*terms)


def _shown(documents: tuple[str, ...], requires: Requirements) -> Iterator[Expression]:
    """Write each thing that must be shown of the goods as a condition."""
    if documents:
        yield Include("documents", documents)
    for words in requires.statements:
        yield Contains("certificate_statements", (quoted_statement(words),))
    for hazard in requires.zone_free_of:
        yield Include("zone_free_of", (hazard,))
    if requires.approved_establishment:
        yield Flag("establishment_approved")
    if requires.permit:
        yield Flag("permit_covers")


def limits(scope: MeasureScope, part: str) -> tuple[str, ...]:
    """Give the codes of a part of a scope in the form in which they are compared."""
    codes: tuple[str, ...] = getattr(scope, part)
    if part == "origins":
        return _countries(scope)
    return tuple(map(folded_number, codes)) if part in COMPARED else codes


def _countries(scope: MeasureScope) -> tuple[str, ...]:
    """Give the countries of origin: of regions those that they begin with, for goods of others come from none of them."""
    within = sorted({folded_number(region)[:2] for region in scope.regions})
    return tuple(each for each in scope.origins if each in within) or scope.origins or tuple(within)


def scope_terms(scope: MeasureScope) -> Iterator[Expression]:
    """Write each limit of a scope as a condition."""
    if scope.goods:
        yield StartsWith("hs", scope.goods)
    for part, fact in CODES.items():
        values = limits(scope, part)
        if values:
            yield OneOf(fact, values)
    if scope.zone_hazards:
        yield Include("zone_hazards", scope.zone_hazards)
    if scope.dispatched_from is not None:
        yield Comparison(FactValue("dispatched_on"), Relation.AT_LEAST, Day(scope.dispatched_from))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two measures of one service on the same goods at the same time that ask for different things; the stricter wins.

    Attributes
    ----------
    stricter, other
        Codes of the two measures.
    act
        The act they disagree on; ``None`` where one prohibits what the other admits with a control.
    """

    stricter: str
    other: str
    act: Act | None


def contradictions(measures: Iterable[Measure]) -> tuple[Contradiction, ...]:
    """Name the pairs of measures that overlap and ask for different things."""
    ordered = sorted(measures, key=lambda measure: measure.code)
    pairs = sorted(_pairs(ordered))
    return tuple(found for one, other in pairs for found in _contradictions(ordered[one], ordered[other]))


def _pairs(measures: list[Measure]) -> set[tuple[int, int]]:
    """Give the places of measures that may speak of the same goods: of one chapter, or of no goods in particular."""
    chapters: dict[str, list[int]] = {}
    for place, measure in enumerate(measures):
        for chapter in {prefix[:2] if len(prefix) > 1 else "" for prefix in measure.scope.goods or ("",)}:
            chapters.setdefault(chapter, []).append(place)
    broad = chapters.get("", [])
    within = {pair for places in chapters.values() for pair in combinations(places, 2)}
    across = {(min(one, other), max(one, other)) for one in broad for other in range(len(measures)) if one != other}
    return within | across


def _contradictions(one: Measure, other: Measure) -> Iterator[Contradiction]:
    if one.agency is not other.agency or not _meet(one, other):
        return
    prohibits = (one.kind is MeasureKind.PROHIBITION, other.kind is MeasureKind.PROHIBITION)
    admits = {MeasureKind.FREQUENCY, MeasureKind.INTENSIFIED, MeasureKind.CONDITION}
    if any(prohibits) and (other if prohibits[0] else one).kind in admits:
        stricter, weaker = (one, other) if prohibits[0] else (other, one)
        yield Contradiction(stricter.code, weaker.code, None)
        return
    asked = dict(_asked(other))
    for act, share in _asked(one):
        if act in asked and asked[act] != share:
            stricter, weaker = (one, other) if share > asked[act] else (other, one)
            yield Contradiction(stricter.code, weaker.code, act)


def _meet(one: Measure, other: Measure) -> bool:
    """Tell whether some goods may fall under both at once."""
    start = max(one.start, other.start)
    if any(measure.last_day is not None and measure.last_day < start for measure in (one, other)):
        return False
    mine, theirs = one.scope.goods, other.scope.goods
    goods = not mine or not theirs or any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs)
    scopes = of_measure(one), of_measure(other)
    parts = ([limits(scope, part) for scope in scopes] for part in CODES)
    return goods and all(not a or not b or set(a) & set(b) for a, b in parts)
