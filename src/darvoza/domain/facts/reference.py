"""Facts that compare what was declared with peers."""

from darvoza.domain.facts.fact import FactSource, read_facts

REFERENCE = read_facts(
    FactSource.REFERENCE,
    """
[value]
reference_unit_value | item number | value/kg | 4.1 | Median unit value of peers (same goods and origin, with back-off), own declarations left out.
reference_low | item number | value/kg | 3.2 | Lower quartile of the unit value of the same peers.
reference_count | item number | items | 30 | Number of peers behind the reference.
unit_value_z | item number | 1 | -3 | Robust z of the logarithm of the unit value among peers; negative is below them.
""",
)
