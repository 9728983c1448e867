"""Facts that are the declared values themselves."""

from darvoza.domain.facts.fact import FactSource, read_facts

DECLARED = read_facts(
    FactSource.DECLARED,
    """
[commodity]
hs | item hs | HS or national code | 870323 | Commodity code as declared, 6 to 10 digits.
[description]
description | item text | text | "used car" | Description of the goods, compared without case or accents.
[origin]
origin | item code | ISO 3166-1 | CN | Country of origin.
[shipment]
export_country | code | ISO 3166-1 | AE | Country of dispatch.
trading_country | code | ISO 3166-1 | HK | Country of the seller under the contract.
destination_country | code | ISO 3166-1 | KG | Country of destination.
transit_countries | codes | ISO 3166-1 | KZ | Countries crossed.
exporter_country | code | ISO 3166-1 | TR | Country of the exporter.
[value]
customs_value | item number | value | 1500 | Declared customs value of the item.
price | item number | invoice currency | 1500 | Invoiced price of the item, in the invoice currency.
invoice_total | number | invoice currency | 20000 | Invoice total, in the invoice currency.
invoice_currency | code | ISO 4217 | USD | Currency of the invoice.
freight | number | value | 900 | Freight charged.
insurance | number | value | 40 | Insurance charged.
incoterm | code | Incoterms | CIF | Terms of delivery.
valuation_method | item code | method | 6 | Method of valuation, 1 to 6.
tax_rate | item number | 1 | 0.12 | Rate of all duties and taxes on the customs value.
[parties]
importer | code | identifier | "01234567890123" | Identifier of the importer.
importer_name | text | text | "trading house" | Name of the importer.
exporter | code | identifier | "EX-77" | Identifier of the exporter.
exporter_name | text | text | "general trading" | Name of the exporter.
declarant | code | identifier | "B-12" | Identifier of the declarant.
carrier | code | identifier | "C-3" | Identifier of the carrier.
[transport]
transport_mode | code | UN Rec. 19 | 3 | Mode of transport at the border, UN Recommendation 19.
vehicle | code | registration | "01KG123ABC" | Registration of the means of transport.
vehicle_country | code | ISO 3166-1 | KZ | Country of registration of the means of transport.
trailer | code | registration | "01KG4567AB" | Registration of the trailer or semi-trailer.
transport_document | code | number | "CMR-1" | Number of the transport document.
containers | codes | ISO 6346 | "CSQU3054383" | Container numbers.
seals | codes | number | "SL123" | Seal numbers.
[quantity]
gross_mass | item number | kg | 1050 | Gross mass of the item.
net_mass | item number | kg | 1000 | Net mass of the item.
total_gross_mass | number | kg | 18000 | Gross mass of the consignment.
supplementary_quantity | item number | supplementary unit | 200 | Quantity in the supplementary unit.
supplementary_unit | item code | UN Rec. 20 | PCE | Supplementary unit.
packages | item number | packages | 20 | Number of packages of the item.
package_kind | item code | UN Rec. 21 | CT | Kind of packages.
total_packages | number | packages | 420 | Number of packages of the consignment.
[procedure]
flow | code | flow | I | Direction: I import, E export, T transit.
procedure | code | procedure | 4000 | Customs procedure.
preference | item code | national code | FTA | Tariff preference claimed; missing when none is.
tax_type | item code | national code | A | Code of the rate applied.
post | code | post | KG-IRK | Post of the declaration.
border_post | code | post | KG-TOR | Post where the goods crossed the border.
version | number | 1 | 2 | Version of the declaration.
[sps]
origin_region | item code | region | "GB-SCT" | Region or zone of origin, as registers of disease and pests name it.
establishment | item code | approval number | "KZ.05/S-1" | Approval number of the establishment of origin.
process | item code | process | dried | How plant products are processed (ISPM 32, annexes 1 and 2).
intended_use | item code | use | planting | What the goods are for.
[documents]
documents | item codes | document codes | CO | Codes of the documents presented.
[calendar]
dispatched_on | date | day | 2026-02-20 | Day of dispatch, UTC.
lodged_on | date | day | 2026-03-01 | Day of lodging: local where the settings name a time zone, else UTC.
""",
)

FIELD_OF_FACT: dict[str, str] = {
    "importer": "importer_id",
    "exporter": "exporter_id",
    "declarant": "declarant_id",
    "carrier": "carrier_id",
    "vehicle": "vehicle_id",
    "trailer": "trailer_id",
    "containers": "container_ids",
    "seals": "seal_ids",
}
"""Declared facts whose field of the declaration has another name."""
