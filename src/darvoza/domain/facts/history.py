"""Facts about what was known, before this declaration, of those who trade and what they trade."""

from collections.abc import Iterator

from darvoza.domain.facts.fact import Fact, FactGroup, FactSource, FactType, read_facts
from darvoza.domain.facts.patterns import PATTERNS

SUBJECTS = """
importer | compliance | the importer
exporter | compliance | the exporter
declarant | compliance | the declarant
carrier | compliance | the carrier
post | procedure | the post
hs6 | item commodity | the HS subheading (6 digits)
hs4 | item commodity | the HS heading (4 digits)
origin | item origin | the country of origin
hs6_origin | item commodity | the subheading from this origin
importer_hs4 | item compliance | the importer in this heading
importer_origin | item compliance | the importer from this origin
exporter_importer | compliance | the importer with this exporter
declarant_post | compliance | the declarant at this post
vehicle | transport | the vehicle
route | item shipment | the route: origin, country of dispatch and post of entry together
"""
"""Whose history is kept: name, group (with ``item`` where it belongs to a goods item), subject in words."""

COUNTERS = """
items | items | 12 | Goods items lodged before
items_recent | items | 3.5 | Goods items lodged before, fading with their age
examined | items | 9 | Goods items examined before, result known
examined_12m | items | 4 | Goods items examined, result known, in the 365 days before
examined_recent | items | 1.2 | Goods items examined before, result known, fading with their age
findings | items | 2 | Findings known before
findings_12m | items | 1 | Findings known in the 365 days before
findings_recent | items | 0.5 | Findings known before, fading with their age
finding_rate | 1 | 0.05 | Share of examined items with a finding, shrunken towards the base rate
finding_rate_recent | 1 | 0.05 | The same share from fading counts
age | days | 120 | Days since first seen; unknown at the first declaration
"""
"""What is counted of each: last part of the name, unit, example, meaning."""

NEW = """
[compliance]
importer_is_new | flag | yes or no | importer_is_new | Whether the importer was never seen before.
declarant_is_new | flag | yes or no | declarant_is_new | Whether the declarant was never seen before.
carrier_is_new | flag | yes or no | carrier_is_new | Whether the carrier was never seen before.
exporter_importer_is_new | flag | yes or no | exporter_importer_is_new | Whether the importer never bought from this exporter before.
[commodity]
hs6_origin_is_new | item flag | yes or no | hs6_origin_is_new | Whether this subheading was never seen from this origin.
[compliance]
importer_hs4_is_new | item flag | yes or no | importer_hs4_is_new | Whether the importer never declared this heading before.
[shipment]
route_is_new | item flag | yes or no | route_is_new | Whether goods of this origin never came by way of this country of dispatch and post before.
"""


def _cells(table: str) -> Iterator[list[str]]:
    return ([cell.strip() for cell in line.split(" | ")] for line in table.strip().splitlines())


def _counted() -> Iterator[Fact]:
    """Give every counter of every subject."""
    for name, place, subject in _cells(SUBJECTS):
        of_item, group = place.startswith("item "), FactGroup(place.removeprefix("item "))
        for counter, unit, example, text in _cells(COUNTERS):
            meaning = f"{text}: {subject}."
            yield Fact(f"{name}_{counter}", FactType.NUMBER, group, meaning, FactSource.HISTORY, unit, of_item, example)


HISTORY: tuple[Fact, ...] = (*_counted(), *read_facts(FactSource.HISTORY, NEW), *PATTERNS)
