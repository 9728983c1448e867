"""Facts that compare what was declared with peers."""

from darvoza.domain.facts.fact import FactSource, read_facts

REFERENCE = read_facts(
    FactSource.REFERENCE,
    """
[value]
reference_unit_value | item number | value/kg | 4.1 | Median unit value of peers (same goods and origin, with back-off), of an even number the lower of the two in the middle; own declarations left out.
reference_low | item number | value/kg | 3.2 | Lower quartile of the unit value of the same peers.
reference_5_percent | item number | value/kg | 2.4 | Unit value that 95 % of the same peers lie above.
reference_level | item number | 1 | 2 | How near the peers are: 1 same code and origin, 2 same subheading and origin, 3 same subheading, 4 same heading.
reference_count | item number | items | 30 | Number of peers behind the reference.
unit_value_z | item number | 1 | -3 | Robust z of the logarithm of the unit value among peers; negative is below them.
[quantity]
reference_mass_per_unit | item number | kg/unit | 0.5 | Median net mass per supplementary unit of the same goods, own declarations left out.
mass_per_unit_z | item number | 1 | 4 | Robust z of the logarithm of the net mass per supplementary unit among the same goods.
reference_tare_share | item number | 1 | 0.07 | Median tare share of the same goods in the same packages, own declarations left out.
tare_share_z | item number | 1 | 4 | Robust z of the tare share among the same goods in the same packages.
""",
)
