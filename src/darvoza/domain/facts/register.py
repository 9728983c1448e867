"""Facts looked up in registers that an administration keeps."""

from darvoza.domain.facts.fact import FactSource, read_facts

REGISTER = read_facts(
    FactSource.REGISTER,
    """
[sps]
sps_agencies | item codes | agency | veterinary | Services competent for the goods beside customs; empty when none is.
veterinary_category | item code | I to V | II | Category of goods of animal origin, I the strictest.
plant_risk | item code | high, low, none | high | Phytosanitary risk of the goods.
ispm32_category | item code | 1 to 4 | 3 | Category of plant products by processing and use (ISPM 32), 4 for planting.
sanitary_category | item code | S1 to S3 | S2 | Sanitary category of food, S1 special foods.
perishable | item flag | yes or no | perishable | Whether the goods spoil.
zone_status | item code | status | present | Worst status of any disease or pest that registers hold for such goods in the zone of origin: free, free_vaccinated, absent, undetermined, transient, suspended, restricted, present.
zone_hazards | item codes | hazard | FMD | Diseases and pests that registers hold present in the zone of origin for such goods.
zone_free_of | item codes | hazard | FMD | Diseases and pests that registers hold absent from the zone of origin for such goods.
establishment_status | item code | status | approved | How the establishment stands in the register: approved, suspended, other_goods, other_country, not_in_force, unlisted.
establishment_approved | item flag | yes or no | establishment_approved | Whether the establishment is approved for such goods on the day.
[documents]
certificate_level | item number | levels | 2 | Levels that the certificates of the item pass: 0 none, 1 they exist and count, 2 the goods agree, 3 the quantity covers.
phytosanitary_certificate_faults | item codes | fault | not_found | What is wrong with the phytosanitary certificate that the item refers to; empty when nothing is, or none is declared.
veterinary_certificate_faults | item codes | fault | not_found | What is wrong with the veterinary certificate that the item refers to; empty when nothing is, or none is declared.
sanitary_certificate_faults | item codes | fault | not_found | What is wrong with the sanitary certificate that the item refers to; empty when nothing is, or none is declared.
certificate_statements | item text | text | "free from" | Additional declarations, each between « and », of the certificates that the item refers to, that count and that speak of its goods.
certificate_quantity_left | item number | kg | 4000 | Mass that the certificates still covered of such goods before the item.
permit_faults | item codes | fault | too_little | What is wrong with the permit that the item refers to; empty when nothing is, or none is declared.
permit_covers | item flag | yes or no | permit_covers | Whether a permit in the register covers the item.
permit_quantity_left | item number | kg | 4000 | Mass that the permit still allowed before the item.
""",
)
