"""Facts that compare what was declared with itself."""

from darvoza.domain.facts.fact import FactSource, read_facts

DERIVED = read_facts(
    FactSource.DERIVED,
    """
[commodity]
heading_count | number | headings | 3 | Number of different HS headings (4 digits) in the declaration.
[description]
description_length | item number | characters | 30 | Number of characters of the description.
[origin]
origin_count | number | countries | 1 | Number of different countries of origin in the declaration.
[shipment]
origin_differs_from_export | item flag | yes or no | origin_differs_from_export | Whether origin and country of dispatch differ.
[value]
unit_value | item number | value/kg | 2.5 | Customs value per kilogram of net mass.
value_per_unit | item number | value/unit | 12 | Customs value per supplementary unit.
stake | item number | value | 180 | Declared duties and taxes: customs value × rate.
freight_share | number | 1 | 0.15 | Freight ÷ customs value of the declaration.
total_value | number | value | 20000 | Customs value of the declaration.
[transport]
container_count | number | containers | 2 | Number of containers.
[quantity]
gross_net_ratio | item number | 1 | 1.05 | Gross mass ÷ net mass.
mass_per_package | item number | kg | 25 | Net mass per package.
mass_per_unit | item number | kg/unit | 0.4 | Net mass per supplementary unit.
item_count | number | items | 5 | Number of goods items of the declaration.
[procedure]
preference_claimed | item flag | yes or no | preference_claimed | Whether a tariff preference is claimed.
[calendar]
weekday | code | day | sat | Day of the week of lodging: mon tue wed thu fri sat sun.
month | number | 1 | 12 | Month of lodging, 1 to 12.
hour | number | 1 | 3 | Hour of lodging, UTC, 0 to 23.
""",
)
