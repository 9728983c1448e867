"""The records of the canonical declaration; units and rules of each field stand in `darvoza.domain.fields`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class GoodsItem:
    """One goods item of a declaration; see `darvoza.domain.fields` for units and rules. ``None`` is unknown."""

    item: int
    hs: str
    origin: str
    description: str | None = None
    preference: str | None = None
    gross_mass: Decimal | None = None
    net_mass: Decimal | None = None
    supplementary_quantity: Decimal | None = None
    supplementary_unit: str | None = None
    price: Decimal | None = None
    customs_value: Decimal | None = None
    valuation_method: str | None = None
    packages: Decimal | None = None
    package_kind: str | None = None
    tax_rate: Decimal | None = None
    tax_type: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A customs declaration with its goods items; see `darvoza.domain.fields` for units and rules. ``None`` is unknown."""

    declaration_id: str
    lodged_at: datetime
    post: str
    importer_id: str
    items: tuple[GoodsItem, ...]
    version: int = 1
    flow: str = "I"
    procedure: str | None = None
    border_post: str | None = None
    importer_name: str | None = None
    exporter_id: str | None = None
    exporter_name: str | None = None
    exporter_country: str | None = None
    declarant_id: str | None = None
    carrier_id: str | None = None
    export_country: str | None = None
    destination_country: str | None = None
    trading_country: str | None = None
    transit_countries: tuple[str, ...] = ()
    incoterm: str | None = None
    invoice_currency: str | None = None
    invoice_total: Decimal | None = None
    freight: Decimal | None = None
    insurance: Decimal | None = None
    total_packages: Decimal | None = None
    total_gross_mass: Decimal | None = None
    transport_mode: str | None = None
    vehicle_id: str | None = None
    vehicle_country: str | None = None
    trailer_id: str | None = None
    transport_document: str | None = None
    container_ids: tuple[str, ...] = ()
    seal_ids: tuple[str, ...] = ()
