"""Facts that compare what was declared with itself."""

from darvoza.domain.facts.fact import FactSource, read_facts

DERIVED = read_facts(
    FactSource.DERIVED,
    """
[commodity]
chapter | item hs | HS chapter | 87 | First two digits of the commodity code.
heading | item hs | HS heading | 8703 | First four digits of the commodity code.
subheading | item hs | HS subheading | 870323 | First six digits of the commodity code.
heading_count | number | headings | 3 | Number of different HS headings (4 digits) in the declaration.
[description]
description_length | item number | characters | 30 | Number of characters of the description.
description_words | item number | words | 4 | Number of different words of the description that say something: three letters or more, none of the vague words in the settings.
description_vagueness | item number | 1 | 0.5 | Share of the words of the description that are vague, 1 where it has no words.
[origin]
origin_count | number | countries | 1 | Number of different countries of origin in the declaration.
[shipment]
origin_differs_from_export | item flag | yes or no | origin_differs_from_export | Whether origin and country of dispatch differ.
exporter_country_differs_from_export | flag | yes or no | exporter_country_differs_from_export | Whether the exporter's country and the country of dispatch differ.
trading_country_differs_from_export | flag | yes or no | trading_country_differs_from_export | Whether the seller's country and the country of dispatch differ.
transit_count | number | countries | 2 | Number of countries crossed.
[value]
unit_value | item number | value/kg | 2.5 | Customs value per kilogram of net mass; 0 where the value is 0.
value_per_unit | item number | value/unit | 12 | Customs value per supplementary unit.
value_per_package | item number | value/package | 60 | Customs value per package.
value_roundness | item number | zeros | 3 | Number of zeros at the end of the customs value, at most 6; 0 where it is not whole.
price_roundness | item number | zeros | 3 | Number of zeros at the end of the invoiced price, at most 6; 0 where it is not whole.
stake | item number | value | 180 | Declared duties and taxes: customs value × rate.
freight_share | number | 1 | 0.15 | Freight ÷ customs value of the declaration.
insurance_share | number | 1 | 0.003 | Insurance ÷ customs value of the declaration.
total_value | number | value | 20000 | Customs value of the declaration; unknown where that of an item is.
total_stake | number | value | 3600 | Declared duties and taxes of the declaration; unknown where those of an item are.
item_value_share | item number | 1 | 0.4 | Customs value of the item ÷ that of the declaration.
limit_margin | number | 1 | 0.05 | How far the value of the declaration lies under the nearest limit of the settings above it, as a share of the limit.
[parties]
importer_is_declarant | flag | yes or no | importer_is_declarant | Whether the importer declares for himself.
[transport]
container_count | number | containers | 2 | Number of containers.
container_faults | number | containers | 1 | Number of container numbers without the form or check digit of ISO 6346.
mass_per_container | number | kg | 24000 | Gross mass of the consignment per container.
seal_count | number | seals | 1 | Number of seals.
vehicle_country_differs_from_export | flag | yes or no | vehicle_country_differs_from_export | Whether country of registration and country of dispatch differ.
[quantity]
gross_net_ratio | item number | 1 | 1.05 | Gross mass ÷ net mass.
tare_share | item number | 1 | 0.08 | Share of the gross mass that is not net mass.
mass_per_package | item number | kg | 25 | Net mass per package.
gross_mass_per_package | item number | kg | 27 | Gross mass per package.
gross_mass_difference | number | kg | 400 | Gross mass of the consignment less that of all its items together.
gross_mass_difference_share | number | 1 | 0.02 | The same difference ÷ gross mass of the consignment.
packages_difference | number | packages | 12 | Number of packages of the consignment less those of all its items together.
density | item number | kg/m³ | 790 | Net mass per cubic metre, where the supplementary quantity is a volume.
mass_per_unit | item number | kg/unit | 0.4 | Net mass per supplementary unit.
item_count | number | items | 5 | Number of goods items of the declaration.
[procedure]
declared_away_from_border | flag | yes or no | declared_away_from_border | Whether the goods crossed the border at another post than that of the declaration.
preference_claimed | item flag | yes or no | preference_claimed | Whether a tariff preference is claimed.
[documents]
document_count | item number | documents | 5 | Number of documents presented.
has_origin_certificate | item flag | yes or no | has_origin_certificate | Whether a certificate or declaration of origin is among the documents.
has_phytosanitary_certificate | item flag | yes or no | has_phytosanitary_certificate | Whether a phytosanitary certificate is among the documents.
has_veterinary_certificate | item flag | yes or no | has_veterinary_certificate | Whether a veterinary certificate is among the documents.
has_sanitary_certificate | item flag | yes or no | has_sanitary_certificate | Whether a sanitary certificate is among the documents.
has_conformity_certificate | item flag | yes or no | has_conformity_certificate | Whether a certificate or declaration of conformity is among the documents.
has_permit | item flag | yes or no | has_permit | Whether a licence or permit is among the documents.
preference_without_certificate | item flag | yes or no | preference_without_certificate | Whether a preference is claimed without a certificate or declaration of origin.
[sps]
origin_region_code | item code | region | PK2 | Region of origin as it is compared: letters and digits, capitals; unknown where it does not begin with the country of origin.
establishment_code | item code | approval number | KZ05S1 | Establishment of origin as it is compared: letters and digits, capitals.
[calendar]
weekday | code | day | sat | Day of the week of lodging: mon tue wed thu fri sat sun.
month | number | 1 | 12 | Month of lodging, 1 to 12.
hour | number | hour | 3 | Hour of lodging, UTC, 0 to 23.
local_hour | number | hour | 9 | Hour of lodging in local time, 0 to 23.
local_weekday | code | day | sun | Day of the week of lodging in local time.
lodged_at_weekend | flag | yes or no | lodged_at_weekend | Whether the declaration was lodged on a day of rest, in local time.
lodged_at_night | flag | yes or no | lodged_at_night | Whether the declaration was lodged at night, in local time.
""",
)
