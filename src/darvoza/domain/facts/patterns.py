"""Facts about the behaviour of those who trade: splitting, bunching, switching, re-lodging, turning up elsewhere."""

from darvoza.domain.facts.fact import FactSource, read_facts

PATTERNS = read_facts(
    FactSource.HISTORY,
    """
[behaviour]
importer_declarations | number | declarations | 5 | Declarations that the importer lodged before.
importer_idle_days | number | days | 200 | Days since the importer's last declaration.
importer_declarations_72h | number | declarations | 3 | Declarations that the importer lodged in the 72 hours before.
importer_value_72h | number | value | 4000 | Customs value that the importer lodged in the 72 hours before.
importer_hs4_declarations_72h | item number | declarations | 3 | Declarations of the importer with this heading in the 72 hours before.
importer_hs4_value_72h | item number | value | 4000 | Customs value that the importer lodged in this heading in the 72 hours before.
importer_vehicle_declarations_72h | number | declarations | 2 | Declarations of the importer with this vehicle in the 72 hours before.
importer_vehicle_value_72h | number | value | 4000 | Customs value that the importer lodged with this vehicle in the 72 hours before.
exporter_importer_declarations_72h | number | declarations | 3 | Declarations of the importer with this exporter in the 72 hours before.
exporter_importer_value_72h | number | value | 4000 | Customs value that the importer lodged with this exporter in the 72 hours before.
split_below_limit | flag | yes or no | split_below_limit | Whether the value lies below a limit of the settings that it reaches together with smaller declarations of the importer in the 72 hours before.
importer_below_limit_12m | number | declarations | 6 | Declarations of the importer in the 365 days before with a value less than a tenth below a limit of the settings.
importer_above_limit_12m | number | declarations | 1 | Declarations of the importer in the 365 days before with a value less than a tenth above a limit of the settings.
importer_limit_bunching | number | 1 | 0.01 | Chance of so many of the importer's declarations near a limit to lie below it, were both sides as likely.
importer_origin_switched | item flag | yes or no | importer_origin_switched | Whether the importer, who declared this heading from elsewhere in the 90 days before, never declared it from this origin.
importer_hs6_value_ratio | item number | 1 | 0.6 | Unit value ÷ geometric mean of the importer's own earlier unit values in the subheading.
twin_items_72h | item number | items | 1 | Items of other declarations in the 72 hours before with the same subheading, net mass and customs value.
amended_value_ratio | number | 1 | 0.8 | Customs value of the declaration ÷ that of its version before; unknown for the first version.
vehicle_other_post_hours | number | hours | 2 | Hours since the vehicle was last seen at another post of entry.
container_other_post_hours | number | hours | 2 | Hours since one of the containers was last seen at another post of entry.
hs6_origin_rarity | item number | 1 | 3 | How much rarer the subheading from this origin is than both by themselves suggest, in natural logarithms.
importer_hs4_rarity | item number | 1 | 3 | How much rarer the importer is in this heading than both by themselves suggest, in natural logarithms.
declarant_post_rarity | number | 1 | 3 | How much rarer the declarant is at this post than both by themselves suggest, in natural logarithms.
route_rarity | item number | 1 | 3 | How much rarer the origin is on this way than both by themselves suggest, in natural logarithms.
""",
)
