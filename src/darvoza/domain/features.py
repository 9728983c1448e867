"""The features a score learns from: facts turned into numbers, grouped by the concept an officer would name."""

from dataclasses import dataclass

from darvoza.domain.facts import HISTORY, Fact, FactGroup, FactType


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of the vector that is stored with a decision.

    Attributes
    ----------
    name
        Unique name.
    fact
        The fact it is made from.
    concept
        What an officer would call its subject; contributions are summed by it.
    form
        ``number`` as it is, ``log`` (natural logarithm of 1 + value), ``flag`` 0 or 1, ``prefix2`` and ``prefix4``
        (leading digits of a code as a number), ``code`` (a code that is a number, else unknown), ``weekday``,
        ``length`` (number of codes).
    """

    name: str
    fact: str
    concept: str
    form: str = "number"


_CONCEPTS = {
    "importer": "importer",
    "exporter": "exporter",
    "declarant": "declarant",
    "carrier": "carrier",
    "vehicle": "vehicle",
    "post": "post",
    "hs6": "goods",
    "hs4": "goods",
    "origin": "origin",
    "route": "route",
}
"""First part of the name of a history fact → concept; patterns of behaviour are a concept of their own."""

_AS_THEY_ARE = ("_rate", "_rate_recent", "_ratio", "_rarity", "_bunching")
"""Endings of the history facts that are no counts, amounts or times."""


def _history_features() -> tuple[Feature, ...]:
    """Every history fact is a feature: shares and flags as they are, counts, amounts and times by logarithm."""
    return tuple(Feature(fact.name, fact.name, _concept(fact), _form(fact)) for fact in HISTORY)


def _concept(fact: Fact) -> str:
    return "behaviour" if fact.group is FactGroup.BEHAVIOUR else _CONCEPTS[fact.name.split("_", 1)[0]]


def _form(fact: Fact) -> str:
    if fact.type is FactType.FLAG:
        return "flag"
    return "number" if fact.name.endswith(_AS_THEY_ARE) else "log"


def _of(concept: str, form: str, facts: str) -> tuple[Feature, ...]:
    """Make features of one concept and form, named after their facts."""
    return tuple(Feature(fact, fact, concept, form) for fact in facts.split())


FEATURES: tuple[Feature, ...] = (
    Feature("hs_chapter", "hs", "goods", "prefix2"),
    Feature("hs_heading", "hs", "goods", "prefix4"),
    *_of("transport", "code", "transport_mode"),
    *_of("procedure", "code", "procedure"),
    *_of("time", "weekday", "weekday"),
    *_of("time", "number", "month hour local_hour"),
    *_of("time", "flag", "lodged_at_weekend lodged_at_night"),
    *_of("value", "log", "customs_value total_value stake total_stake value_per_package"),
    *_of("value", "number", "tax_rate item_value_share freight_share insurance_share value_roundness price_roundness"),
    *_of("value", "number", "limit_margin"),
    *_of("unit value", "log", "unit_value reference_unit_value reference_count value_per_unit"),
    *_of("unit value", "number", "unit_value_z"),
    *_of("mass", "log", "net_mass total_gross_mass mass_per_package gross_mass_per_package mass_per_unit density"),
    *_of("mass", "log", "reference_mass_per_unit"),
    *_of("mass", "number", "gross_net_ratio tare_share reference_tare_share mass_per_unit_z tare_share_z"),
    *_of("mass", "number", "gross_mass_difference_share packages_difference"),
    *_of("consignment", "log", "item_count heading_count origin_count"),
    *_of("transport", "log", "container_count container_faults seal_count mass_per_container"),
    *_of("vehicle", "flag", "vehicle_country_differs_from_export"),
    *_of("description", "log", "description_length description_words"),
    *_of("description", "number", "description_vagueness"),
    *_of("documents", "length", "documents"),
    *_of("documents", "flag", "has_origin_certificate has_phytosanitary_certificate has_veterinary_certificate"),
    *_of("documents", "flag", "has_sanitary_certificate has_conformity_certificate has_permit"),
    *_of("origin", "flag", "origin_differs_from_export preference_claimed preference_without_certificate"),
    *_of("route", "flag", "exporter_country_differs_from_export trading_country_differs_from_export"),
    *_of("route", "flag", "declared_away_from_border"),
    *_of("route", "log", "transit_count"),
    *_of("declarant", "flag", "importer_is_declarant"),
    *_history_features(),
)
"""Every feature, in the order of the vector; a model remembers the names and refuses another order."""
