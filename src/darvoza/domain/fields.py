"""The fields of the canonical declaration, in one table.

The table is what mappings map to, what intake checks against and what the columns are named after: one noun,
two forms. Field numbers, types and rules follow the canonical declaration of the design notes; names of the WCO
Data Model (DEC 3.6) are given where they were verified.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from darvoza.domain.sps.competence import PROCESSES, IntendedUse


class Kind(StrEnum):
    """The kind of value a field holds, and so the check it passes."""

    TEXT = "text"
    CODE = "code"
    COUNTRY = "country"
    CURRENCY = "currency"
    HS = "hs"
    AMOUNT = "amount"
    INTEGER = "integer"
    MOMENT = "moment"
    FLAG = "flag"
    CODES = "codes"


NO_CHAPTER: Final = "00"
"""How a commodity code begins under which no goods stand."""

OF_A_CHAPTER: Final = "a code of a chapter from 01 to 99: no goods stand in chapter 00"
"""What is expected instead of such a code."""


class Level(StrEnum):
    """What a field belongs to."""

    DECLARATION = "declaration"
    ITEM = "item"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the canonical declaration.

    Attributes
    ----------
    name
        The name in code, columns and mappings.
    kind, level
        The kind of value, and whether it belongs to the declaration, an item, or the outcome of an examination.
    meaning
        What it is, with its unit in square brackets.
    required
        A row without it is rejected.
    limit
        Greatest number of characters (texts and codes), or ``None``.
    minimum, maximum
        Smallest and greatest value allowed (amounts, integers), or ``None``.
    exclusive
        Whether `minimum` itself is refused.
    choices
        The closed list of codes, or empty.
    wco
        The element of the WCO Data Model, relative to ``Declaration``; empty where not verified.
    """

    name: str
    kind: Kind
    level: Level
    meaning: str
    required: bool = False
    limit: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive: bool = False
    choices: tuple[str, ...] = ()
    wco: str = ""


TRADERS = frozenset({"importer_id", "exporter_id", "declarant_id", "carrier_id"})
"""Fields with the identifiers of traders, which are taken in as `darvoza.domain.folding.folded_trader` gives them."""

LARGEST_ITEM = 99_999
"""Number of a goods item: the five digits that the WCO Data Model gives a sequence number."""

ZERO, ONE, FOUR = Decimal(0), Decimal(1), Decimal(4)
_D, _I, _O = Level.DECLARATION, Level.ITEM, Level.OUTCOME
_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"

FIELDS: tuple[Field, ...] = (
    Field(
        "declaration_id",
        Kind.CODE,
        _D,
        "Reference of the declaration, unique for its version.",
        required=True,
        limit=64,
        wco="ID",
    ),
    Field("version", Kind.INTEGER, _D, "Version of the declaration; amendments increment it.", minimum=ONE),
    Field("flow", Kind.CODE, _D, "Direction: I import, E export, T transit.", choices=("I", "E", "T"), wco="TypeCode"),
    Field(
        "procedure", Kind.CODE, _D, "Customs procedure (regime) code.", limit=7, wco="GovernmentProcedure/CurrentCode"
    ),
    Field(
        "lodged_at", Kind.MOMENT, _D, "When the declaration was lodged, UTC.", required=True, wco="AcceptanceDateTime"
    ),
    Field(
        "post",
        Kind.CODE,
        _D,
        "Customs office or post of the declaration.",
        required=True,
        limit=20,
        wco="DeclarationOfficeID",
    ),
    Field("border_post", Kind.CODE, _D, "Office where the goods crossed the border.", limit=20),
    Field(
        "importer_id",
        Kind.CODE,
        _D,
        "Identifier of the importer (consignee).",
        required=True,
        limit=35,
        wco="GoodsShipment/Importer/ID",
    ),
    Field("importer_name", Kind.TEXT, _D, "Name of the importer.", limit=350, wco="GoodsShipment/Importer/Name"),
    Field(
        "exporter_id",
        Kind.CODE,
        _D,
        "Identifier of the exporter (consignor, seller).",
        limit=35,
        wco="GoodsShipment/Exporter/ID",
    ),
    Field("exporter_name", Kind.TEXT, _D, "Name of the exporter.", limit=350, wco="GoodsShipment/Exporter/Name"),
    Field("exporter_country", Kind.COUNTRY, _D, "Country of the exporter, ISO 3166-1 alpha-2."),
    Field("dispatched_at", Kind.MOMENT, _D, "When the goods were dispatched, UTC."),
    Field(
        "declarant_id",
        Kind.CODE,
        _D,
        "Identifier of the declarant or customs representative.",
        limit=35,
        wco="Declarant/ID",
    ),
    Field("carrier_id", Kind.CODE, _D, "Identifier of the carrier or courier.", limit=35),
    Field("export_country", Kind.COUNTRY, _D, "Country of dispatch (shipment).", wco="GoodsShipment/ExportCountry/ID"),
    Field(
        "destination_country", Kind.COUNTRY, _D, "Country of destination.", wco="GoodsShipment/Destination/CountryCode"
    ),
    Field("trading_country", Kind.COUNTRY, _D, "Country of the seller under the contract."),
    Field("transit_countries", Kind.CODES, _D, "Countries crossed, in order, separated by spaces."),
    Field(
        "incoterm",
        Kind.CODE,
        _D,
        "Terms of delivery, Incoterms code.",
        limit=3,
        wco="GoodsShipment/TradeTerms/ConditionCode",
    ),
    Field("invoice_currency", Kind.CURRENCY, _D, "Currency of the invoice, ISO 4217.", wco="InvoiceAmount@currencyID"),
    Field("invoice_total", Kind.AMOUNT, _D, "Invoice total [invoice currency].", minimum=ZERO, wco="InvoiceAmount"),
    Field("freight", Kind.AMOUNT, _D, "Freight charged [currency of the customs value].", minimum=ZERO),
    Field("insurance", Kind.AMOUNT, _D, "Insurance charged [currency of the customs value].", minimum=ZERO),
    Field(
        "total_packages",
        Kind.AMOUNT,
        _D,
        "Number of packages of the consignment.",
        minimum=ZERO,
        wco="TotalPackageQuantity",
    ),
    Field("total_gross_mass", Kind.AMOUNT, _D, "Gross mass of the consignment [kg].", minimum=ZERO),
    Field(
        "transport_mode",
        Kind.CODE,
        _D,
        "Mode at the border, UN Recommendation 19: 1 sea, 2 rail, 3 road, 4 air, 5 mail, 7 fixed, 8 inland water, 9 own.",
        choices=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        wco="BorderTransportMeans/ModeCode",
    ),
    Field(
        "vehicle_id", Kind.CODE, _D, "Registration of the means of transport.", limit=35, wco="BorderTransportMeans/ID"
    ),
    Field(
        "vehicle_country",
        Kind.COUNTRY,
        _D,
        "Country of registration of the means of transport.",
        wco="BorderTransportMeans/RegistrationNationalityCode",
    ),
    Field("trailer_id", Kind.CODE, _D, "Registration of the trailer or semi-trailer.", limit=35),
    Field(
        "transport_document",
        Kind.CODE,
        _D,
        "Number of the CMR note, bill of lading, air waybill or TIR carnet.",
        limit=35,
    ),
    Field(
        "container_ids",
        Kind.CODES,
        _D,
        "Container numbers (ISO 6346), separated by spaces.",
        wco="GoodsShipment/Consignment/TransportEquipment/ID",
    ),
    Field("seal_ids", Kind.CODES, _D, "Seal numbers, separated by spaces."),
    Field(
        "item",
        Kind.INTEGER,
        _I,
        "Number of the goods item within the declaration.",
        required=True,
        minimum=ONE,
        maximum=Decimal(LARGEST_ITEM),
        wco=f"{_ITEM}/SequenceNumeric",
    ),
    Field(
        "hs",
        Kind.HS,
        _I,
        "Commodity code: HS, 6 digits, or national, up to 10.",
        required=True,
        wco=f"{_ITEM}/Commodity/Classification/ID",
    ),
    Field(
        "description",
        Kind.TEXT,
        _I,
        "Description of the goods as declared.",
        limit=2000,
        wco=f"{_ITEM}/Commodity/Description",
    ),
    Field(
        "origin",
        Kind.COUNTRY,
        _I,
        "Country of origin, ISO 3166-1 alpha-2.",
        required=True,
        wco=f"{_ITEM}/Origin/CountryCode",
    ),
    Field(
        "preference",
        Kind.CODE,
        _I,
        "Code of the tariff preference claimed.",
        limit=10,
        wco=f"{_ITEM}/Commodity/DutyTaxFee/DutyRegimeCode",
    ),
    Field(
        "gross_mass",
        Kind.AMOUNT,
        _I,
        "Gross mass [kg].",
        minimum=ZERO,
        wco=f"{_ITEM}/Commodity/GoodsMeasure/GrossMassMeasure",
    ),
    Field(
        "net_mass",
        Kind.AMOUNT,
        _I,
        "Net mass [kg].",
        minimum=ZERO,
        exclusive=True,
        wco=f"{_ITEM}/Commodity/GoodsMeasure/NetNetWeightMeasure",
    ),
    Field(
        "supplementary_quantity",
        Kind.AMOUNT,
        _I,
        "Quantity in the supplementary unit.",
        minimum=ZERO,
        wco=f"{_ITEM}/Commodity/GoodsMeasure/TariffQuantity",
    ),
    Field("supplementary_unit", Kind.CODE, _I, "Supplementary unit, UN Recommendation 20.", limit=4),
    Field(
        "price",
        Kind.AMOUNT,
        _I,
        "Invoiced price of the item [invoice currency].",
        minimum=ZERO,
        wco=f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount",
    ),
    Field(
        "customs_value",
        Kind.AMOUNT,
        _I,
        "Declared customs value of the item [one currency for the whole file].",
        minimum=ZERO,
    ),
    Field(
        "valuation_method",
        Kind.CODE,
        _I,
        "Method of valuation, 1 to 6.",
        choices=("1", "2", "3", "4", "5", "6"),
        wco=f"{_ITEM}/CustomsValuation/MethodCode",
    ),
    Field(
        "packages",
        Kind.AMOUNT,
        _I,
        "Number of packages; fractions occur when items share one.",
        minimum=ZERO,
        wco=f"{_ITEM}/Packaging/QuantityQuantity",
    ),
    Field(
        "package_kind",
        Kind.CODE,
        _I,
        "Kind of packages, UN Recommendation 21.",
        limit=4,
        wco=f"{_ITEM}/Packaging/TypeCode",
    ),
    Field(
        "tax_rate",
        Kind.AMOUNT,
        _I,
        "Rate of all duties and taxes on the customs value [1], 0.12 for 12 %.",
        minimum=ZERO,
    ),
    Field("tax_type", Kind.CODE, _I, "Code of the rate applied.", limit=10),
    Field(
        "origin_region", Kind.CODE, _I, "Region or zone of origin, as registers of disease and pests name it.", limit=20
    ),
    Field("establishment", Kind.CODE, _I, "Approval number of the establishment of origin.", limit=35),
    Field("process", Kind.CODE, _I, "How plant products are processed.", choices=tuple(PROCESSES)),
    Field("intended_use", Kind.CODE, _I, "What the goods are for.", choices=tuple(IntendedUse)),
    Field(
        "documents",
        Kind.CODES,
        _I,
        "Codes of the licences, permits, certificates and other documents presented, separated by spaces.",
        wco=f"{_ITEM}/AdditionalDocument/TypeCode",
    ),
    Field(
        "document_numbers",
        Kind.CODES,
        _I,
        "Numbers of documents presented, each after its code and a colon, as 851:UZ-17/2026, separated by spaces.",
        wco=f"{_ITEM}/AdditionalDocument/ID",
    ),
    Field("examined", Kind.FLAG, _O, "Whether the item was examined and the result recorded."),
    Field("finding", Kind.FLAG, _O, "Whether the examination found a non-compliance."),
    Field(
        "finding_area",
        Kind.CODE,
        _O,
        "Risk area of the finding, by which it belongs to a family; national codes are mapped to it.",
        limit=40,
    ),
    Field(
        "finding_severity",
        Kind.INTEGER,
        _O,
        "How grave the finding is where harm is not money: 0 none, 1 minor, 2 moderate, 3 serious, 4 grave.",
        minimum=ZERO,
        maximum=FOUR,
    ),
    Field(
        "recovered", Kind.AMOUNT, _O, "Additional duty and tax recovered [currency of the customs value].", minimum=ZERO
    ),
    Field("result_at", Kind.MOMENT, _O, "When the result of the examination became known, UTC."),
    Field("released_at", Kind.MOMENT, _O, "When the goods were released, UTC."),
    Field(
        "inclusion_probability",
        Kind.AMOUNT,
        _O,
        "Probability π with which the examination was selected, in (0, 1].",
        minimum=ZERO,
        maximum=ONE,
        exclusive=True,
    ),
)
"""Every field of the canonical declaration, in order."""

FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
