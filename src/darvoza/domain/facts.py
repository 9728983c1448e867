"""The fact catalogue: everything a profile may speak of and a score may learn from.

A fact is a named, typed statement about a declaration or one of its items, known at the moment of decision. Facts
of the declaration itself keep the value declared; derived facts compare declared values with one another;
reference facts compare them with peers; history facts tell what was known of those who trade, before this
declaration.
"""

from dataclasses import dataclass
from enum import StrEnum


class FactType(StrEnum):
    """What may be done with a fact in a sentence."""

    HS = "hs"  # hierarchical code: starts with, in, is
    CODE = "code"  # closed or open code: is, in
    TEXT = "text"  # free text: contains
    NUMBER = "number"  # comparisons and arithmetic, in decimal
    DATE = "date"  # comparisons, between
    FLAG = "flag"  # stands alone
    CODES = "codes"  # a set of codes: include, include any of


class FactGroup(StrEnum):
    """Which question the fact answers; the first seven are the criteria of TFA 7.4.4."""

    COMMODITY = "commodity"
    DESCRIPTION = "description"
    ORIGIN = "origin"
    SHIPMENT = "shipment"
    VALUE = "value"
    COMPLIANCE = "compliance"
    TRANSPORT = "transport"
    QUANTITY = "quantity"
    PROCEDURE = "procedure"
    PARTIES = "parties"
    DOCUMENTS = "documents"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the catalogue.

    Attributes
    ----------
    name
        The name used in sentences and columns.
    type
        What may be done with it.
    group
        The question it answers.
    meaning
        What it is.
    source
        Where it comes from: ``declared``, ``derived``, ``reference`` or ``history``.
    unit
        ``kg``, ``1``, ``days``, ``value`` (the currency of the customs value) …; empty for codes and texts.
    item
        Whether it belongs to a goods item; otherwise to the whole declaration.
    example
        A literal as it would be written in a sentence.
    """

    name: str
    type: FactType
    group: FactGroup
    meaning: str
    source: str
    unit: str = ""
    item: bool = False
    example: str = ""


def _history(party: str, subject: str, group: FactGroup, *, item: bool) -> tuple[Fact, ...]:
    """The facts known of one key before this declaration."""
    make = [
        ("items", "Goods items lodged before", "items", "12"),
        ("examined_12m", "Goods items examined, result known, in the 365 days before", "items", "4"),
        ("findings_12m", "Findings known in the 365 days before", "items", "1"),
        ("finding_rate", "Share of examined items with a finding, shrunken towards the base rate", "1", "0.05"),
        ("age", "Days since first seen; unknown at the first declaration", "days", "120"),
    ]
    return tuple(
        Fact(f"{party}_{name}", FactType.NUMBER, group, f"{text}: {subject}.", "history", unit, item, example)
        for name, text, unit, example in make
    )


_N, _C, _S, _F = FactType.NUMBER, FactType.CODE, FactType.CODES, FactType.FLAG
_G = FactGroup

DECLARED: tuple[Fact, ...] = (
    Fact(
        "hs",
        FactType.HS,
        _G.COMMODITY,
        "Commodity code as declared, 6 to 10 digits.",
        "declared",
        item=True,
        example="870323",
    ),
    Fact(
        "description",
        FactType.TEXT,
        _G.DESCRIPTION,
        "Description of the goods, compared without case or accents.",
        "declared",
        item=True,
        example='"used car"',
    ),
    Fact("origin", _C, _G.ORIGIN, "Country of origin.", "declared", item=True, example="CN"),
    Fact("export_country", _C, _G.SHIPMENT, "Country of dispatch.", "declared", example="AE"),
    Fact("trading_country", _C, _G.SHIPMENT, "Country of the seller under the contract.", "declared", example="HK"),
    Fact("destination_country", _C, _G.SHIPMENT, "Country of destination.", "declared", example="KG"),
    Fact("transit_countries", _S, _G.SHIPMENT, "Countries crossed.", "declared", example="KZ"),
    Fact("exporter_country", _C, _G.SHIPMENT, "Country of the exporter.", "declared", example="TR"),
    Fact("customs_value", _N, _G.VALUE, "Declared customs value of the item.", "declared", "value", True, "1500"),
    Fact(
        "price",
        _N,
        _G.VALUE,
        "Invoiced price of the item, in the invoice currency.",
        "declared",
        "invoice currency",
        True,
        "1500",
    ),
    Fact(
        "invoice_total",
        _N,
        _G.VALUE,
        "Invoice total, in the invoice currency.",
        "declared",
        "invoice currency",
        example="20000",
    ),
    Fact("invoice_currency", _C, _G.VALUE, "Currency of the invoice.", "declared", example="USD"),
    Fact("freight", _N, _G.VALUE, "Freight charged.", "declared", "value", example="900"),
    Fact("insurance", _N, _G.VALUE, "Insurance charged.", "declared", "value", example="40"),
    Fact("incoterm", _C, _G.VALUE, "Terms of delivery.", "declared", example="CIF"),
    Fact("valuation_method", _C, _G.VALUE, "Method of valuation, 1 to 6.", "declared", item=True, example="6"),
    Fact("tax_rate", _N, _G.VALUE, "Rate of all duties and taxes on the customs value.", "declared", "1", True, "0.12"),
    Fact("tax_type", _C, _G.PROCEDURE, "Code of the rate applied.", "declared", item=True, example="A"),
    Fact("importer", _C, _G.PARTIES, "Identifier of the importer.", "declared", example='"01234567890123"'),
    Fact("importer_name", FactType.TEXT, _G.PARTIES, "Name of the importer.", "declared", example='"trading house"'),
    Fact("exporter", _C, _G.PARTIES, "Identifier of the exporter.", "declared", example='"EX-77"'),
    Fact("exporter_name", FactType.TEXT, _G.PARTIES, "Name of the exporter.", "declared", example='"general trading"'),
    Fact("declarant", _C, _G.PARTIES, "Identifier of the declarant.", "declared", example='"B-12"'),
    Fact("carrier", _C, _G.PARTIES, "Identifier of the carrier.", "declared", example='"C-3"'),
    Fact(
        "transport_mode",
        _C,
        _G.TRANSPORT,
        "Mode of transport at the border, UN Recommendation 19.",
        "declared",
        example="3",
    ),
    Fact("vehicle", _C, _G.TRANSPORT, "Registration of the means of transport.", "declared", example='"01KG123ABC"'),
    Fact(
        "vehicle_country",
        _C,
        _G.TRANSPORT,
        "Country of registration of the means of transport.",
        "declared",
        example="KZ",
    ),
    Fact("transport_document", _C, _G.TRANSPORT, "Number of the transport document.", "declared", example='"CMR-1"'),
    Fact("containers", _S, _G.TRANSPORT, "Container numbers.", "declared", example='"MSCU1234566"'),
    Fact("seals", _S, _G.TRANSPORT, "Seal numbers.", "declared", example='"SL123"'),
    Fact("gross_mass", _N, _G.QUANTITY, "Gross mass of the item.", "declared", "kg", True, "1050"),
    Fact("net_mass", _N, _G.QUANTITY, "Net mass of the item.", "declared", "kg", True, "1000"),
    Fact("total_gross_mass", _N, _G.QUANTITY, "Gross mass of the consignment.", "declared", "kg", example="18000"),
    Fact(
        "supplementary_quantity",
        _N,
        _G.QUANTITY,
        "Quantity in the supplementary unit.",
        "declared",
        "supplementary unit",
        True,
        "200",
    ),
    Fact("supplementary_unit", _C, _G.QUANTITY, "Supplementary unit.", "declared", item=True, example="PCE"),
    Fact("packages", _N, _G.QUANTITY, "Number of packages of the item.", "declared", "packages", True, "20"),
    Fact("package_kind", _C, _G.QUANTITY, "Kind of packages.", "declared", item=True, example="CT"),
    Fact(
        "total_packages",
        _N,
        _G.QUANTITY,
        "Number of packages of the consignment.",
        "declared",
        "packages",
        example="420",
    ),
    Fact("flow", _C, _G.PROCEDURE, "Direction: I import, E export, T transit.", "declared", example="I"),
    Fact("procedure", _C, _G.PROCEDURE, "Customs procedure.", "declared", example="4000"),
    Fact(
        "preference",
        _C,
        _G.PROCEDURE,
        "Tariff preference claimed; missing when none is.",
        "declared",
        item=True,
        example="FTA",
    ),
    Fact("post", _C, _G.PROCEDURE, "Post of the declaration.", "declared", example="KG-IRK"),
    Fact("border_post", _C, _G.PROCEDURE, "Post where the goods crossed the border.", "declared", example="KG-TOR"),
    Fact("documents", _S, _G.DOCUMENTS, "Codes of the documents presented.", "declared", item=True, example="CO"),
    Fact("version", _N, _G.PROCEDURE, "Version of the declaration.", "declared", "1", example="2"),
    Fact("lodged_on", FactType.DATE, _G.CALENDAR, "Day of lodging, UTC.", "declared", example="2026-03-01"),
)
"""Facts that are the declared values themselves."""

DERIVED: tuple[Fact, ...] = (
    Fact("unit_value", _N, _G.VALUE, "Customs value per kilogram of net mass.", "derived", "value/kg", True, "2.5"),
    Fact("value_per_unit", _N, _G.VALUE, "Customs value per supplementary unit.", "derived", "value/unit", True, "12"),
    Fact("stake", _N, _G.VALUE, "Declared duties and taxes: customs value × rate.", "derived", "value", True, "180"),
    Fact("freight_share", _N, _G.VALUE, "Freight ÷ customs value of the declaration.", "derived", "1", example="0.15"),
    Fact("total_value", _N, _G.VALUE, "Customs value of the declaration.", "derived", "value", example="20000"),
    Fact("gross_net_ratio", _N, _G.QUANTITY, "Gross mass ÷ net mass.", "derived", "1", True, "1.05"),
    Fact("mass_per_package", _N, _G.QUANTITY, "Net mass per package.", "derived", "kg", True, "25"),
    Fact("mass_per_unit", _N, _G.QUANTITY, "Net mass per supplementary unit.", "derived", "kg/unit", True, "0.4"),
    Fact("item_count", _N, _G.QUANTITY, "Number of goods items of the declaration.", "derived", "items", example="5"),
    Fact(
        "heading_count",
        _N,
        _G.COMMODITY,
        "Number of different HS headings (4 digits) in the declaration.",
        "derived",
        "headings",
        example="3",
    ),
    Fact(
        "origin_count",
        _N,
        _G.ORIGIN,
        "Number of different countries of origin in the declaration.",
        "derived",
        "countries",
        example="1",
    ),
    Fact("container_count", _N, _G.TRANSPORT, "Number of containers.", "derived", "containers", example="2"),
    Fact(
        "description_length",
        _N,
        _G.DESCRIPTION,
        "Number of characters of the description.",
        "derived",
        "characters",
        True,
        "30",
    ),
    Fact(
        "origin_differs_from_export",
        _F,
        _G.SHIPMENT,
        "Whether origin and country of dispatch differ.",
        "derived",
        item=True,
        example="origin_differs_from_export",
    ),
    Fact(
        "preference_claimed",
        _F,
        _G.PROCEDURE,
        "Whether a tariff preference is claimed.",
        "derived",
        item=True,
        example="preference_claimed",
    ),
    Fact(
        "weekday", _C, _G.CALENDAR, "Day of the week of lodging: mon tue wed thu fri sat sun.", "derived", example="sat"
    ),
    Fact("month", _N, _G.CALENDAR, "Month of lodging, 1 to 12.", "derived", "1", example="12"),
    Fact("hour", _N, _G.CALENDAR, "Hour of lodging, UTC, 0 to 23.", "derived", "1", example="3"),
)
"""Facts that compare what was declared with itself."""

REFERENCE: tuple[Fact, ...] = (
    Fact(
        "reference_unit_value",
        _N,
        _G.VALUE,
        "Median unit value of peers (same goods and origin, with back-off), own declarations left out.",
        "reference",
        "value/kg",
        True,
        "4.1",
    ),
    Fact(
        "reference_low",
        _N,
        _G.VALUE,
        "Lower quartile of the unit value of the same peers.",
        "reference",
        "value/kg",
        True,
        "3.2",
    ),
    Fact("reference_count", _N, _G.VALUE, "Number of peers behind the reference.", "reference", "items", True, "30"),
    Fact(
        "unit_value_z",
        _N,
        _G.VALUE,
        "Robust z of the logarithm of the unit value among peers; negative is below them.",
        "reference",
        "1",
        True,
        "-3",
    ),
)
"""Facts that compare what was declared with peers."""

HISTORY: tuple[Fact, ...] = (
    *_history("importer", "the importer", _G.COMPLIANCE, item=False),
    *_history("exporter", "the exporter", _G.COMPLIANCE, item=False),
    *_history("declarant", "the declarant", _G.COMPLIANCE, item=False),
    *_history("post", "the post", _G.PROCEDURE, item=False),
    *_history("hs6", "the HS subheading (6 digits)", _G.COMMODITY, item=True),
    *_history("hs4", "the HS heading (4 digits)", _G.COMMODITY, item=True),
    *_history("origin", "the country of origin", _G.ORIGIN, item=True),
    *_history("hs6_origin", "the subheading from this origin", _G.COMMODITY, item=True),
    *_history("importer_hs4", "the importer in this heading", _G.COMPLIANCE, item=True),
    *_history("importer_origin", "the importer from this origin", _G.COMPLIANCE, item=True),
    *_history("declarant_post", "the declarant at this post", _G.COMPLIANCE, item=False),
    *_history("vehicle", "the vehicle", _G.TRANSPORT, item=False),
    Fact(
        "importer_is_new",
        _F,
        _G.COMPLIANCE,
        "Whether the importer was never seen before.",
        "history",
        example="importer_is_new",
    ),
    Fact(
        "declarant_is_new",
        _F,
        _G.COMPLIANCE,
        "Whether the declarant was never seen before.",
        "history",
        example="declarant_is_new",
    ),
    Fact(
        "hs6_origin_is_new",
        _F,
        _G.COMMODITY,
        "Whether this subheading was never seen from this origin.",
        "history",
        item=True,
        example="hs6_origin_is_new",
    ),
    Fact(
        "importer_hs4_is_new",
        _F,
        _G.COMPLIANCE,
        "Whether the importer never declared this heading before.",
        "history",
        item=True,
        example="importer_hs4_is_new",
    ),
)
"""Facts about what was known, before this declaration, of those who trade and what they trade."""

CATALOGUE: tuple[Fact, ...] = (*DECLARED, *DERIVED, *REFERENCE, *HISTORY)
FACT: dict[str, Fact] = {fact.name: fact for fact in CATALOGUE}

FIELD_OF_FACT: dict[str, str] = {
    "importer": "importer_id",
    "exporter": "exporter_id",
    "declarant": "declarant_id",
    "carrier": "carrier_id",
    "vehicle": "vehicle_id",
    "containers": "container_ids",
    "seals": "seal_ids",
}
"""Declared facts whose field of the declaration has another name."""
