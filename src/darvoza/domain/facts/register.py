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
""",
)
