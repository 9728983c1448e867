"""The features a score learns from: facts turned into numbers, grouped by the concept an officer would name."""

from dataclasses import dataclass

from darvoza.domain.facts import CATALOGUE, Fact, FactType


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
    "vehicle": "vehicle",
    "post": "post",
    "hs6": "goods",
    "hs4": "goods",
    "origin": "origin",
}
"""First part of a history fact → concept."""


def _history_features() -> tuple[Feature, ...]:
    """Every history fact is a feature: rates and flags as they are, counts and ages by logarithm."""
    return tuple(
        Feature(fact.name, fact.name, _CONCEPTS[fact.name.split("_", 1)[0]], _history_form(fact))
        for fact in CATALOGUE
        if fact.source == "history"
    )


def _history_form(fact: Fact) -> str:
    if fact.type is FactType.FLAG:
        return "flag"
    return "number" if fact.name.endswith("_rate") else "log"


FEATURES: tuple[Feature, ...] = (
    Feature("hs_chapter", "hs", "goods", "prefix2"),
    Feature("hs_heading", "hs", "goods", "prefix4"),
    Feature("transport_mode", "transport_mode", "transport", "code"),
    Feature("procedure", "procedure", "procedure", "code"),
    Feature("weekday", "weekday", "time", "weekday"),
    Feature("month", "month", "time"),
    Feature("hour", "hour", "time"),
    Feature("customs_value", "customs_value", "value", "log"),
    Feature("total_value", "total_value", "value", "log"),
    Feature("stake", "stake", "value", "log"),
    Feature("tax_rate", "tax_rate", "value"),
    Feature("unit_value", "unit_value", "unit value", "log"),
    Feature("reference_unit_value", "reference_unit_value", "unit value", "log"),
    Feature("reference_count", "reference_count", "unit value", "log"),
    Feature("unit_value_z", "unit_value_z", "unit value"),
    Feature("value_per_unit", "value_per_unit", "unit value", "log"),
    Feature("freight_share", "freight_share", "value"),
    Feature("net_mass", "net_mass", "mass", "log"),
    Feature("gross_net_ratio", "gross_net_ratio", "mass"),
    Feature("mass_per_package", "mass_per_package", "mass", "log"),
    Feature("mass_per_unit", "mass_per_unit", "mass", "log"),
    Feature("item_count", "item_count", "consignment", "log"),
    Feature("heading_count", "heading_count", "consignment", "log"),
    Feature("origin_count", "origin_count", "consignment", "log"),
    Feature("container_count", "container_count", "transport", "log"),
    Feature("description_length", "description_length", "description", "log"),
    Feature("documents", "documents", "documents", "length"),
    Feature("origin_differs_from_export", "origin_differs_from_export", "origin", "flag"),
    Feature("preference_claimed", "preference_claimed", "origin", "flag"),
    *_history_features(),
)
"""Every feature, in the order of the vector."""
