"""What is wrong with the certificates and permits that goods refer to, for the orders of the service that answers for them.

It stands in every order of that service on the declaration, whatever chose it. Faults of levels that run passively are left out,
for nothing follows from these; so are goods that leave, whose certificates are our own and stand in no register.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import polars as pl

from darvoza.domain.certificate_words import ITEM, ITEMS, document_named, faults_named
from darvoza.domain.codes import Flow
from darvoza.domain.fact_settings import DocumentKind
from darvoza.domain.matching import AGENCY_OF_CERTIFICATE, LEVEL_OF_FAULT, MatchingSettings

Faulty: TypeAlias = Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]
"""Declaration and service → language → a sentence for each faulty document."""

NONE_FAULTY: Faulty = {}
"""Nothing is wrong with any document, or none were looked at."""

LANGUAGES = tuple(ITEM)


class _Document(NamedTuple):
    """A document as goods items refer to it, and what is wrong with it."""

    kind: str
    number: str
    faults: tuple[str, ...]


def faulty_documents(checks: pl.DataFrame | None, settings: MatchingSettings) -> Faulty:
    """Say what is wrong with the documents that goods refer to.

    Parameters
    ----------
    checks
        What checking them gave, one row for each document of a goods item: ``declaration_id``, ``item``, ``kind``,
        ``declared`` (its number as it was declared), ``faults``, ``flow``; ``None``: none were looked at.
    settings
        Which levels run passively, and who looks at permits.
    """
    if checks is None:
        return NONE_FAULTY
    found: dict[tuple[str, str], dict[_Document, list[int]]] = {}
    for declaration, item, document in _asking(checks, settings):
        permit = document.kind == DocumentKind.PERMIT
        agency = settings.permit_agency if permit else AGENCY_OF_CERTIFICATE[DocumentKind(document.kind)]
        documents = found.setdefault((declaration, agency.value), {})
        documents.setdefault(document, []).append(item)
    return {
        whose: {
            language: tuple(_sentence(document, items, language) for document, items in documents.items())
            for language in LANGUAGES
        }
        for whose, documents in found.items()
    }


def _asking(checks: pl.DataFrame, settings: MatchingSettings) -> Iterator[tuple[str, int, _Document]]:
    """Give the documents of goods items with a fault from which something follows."""
    active = {fault for fault, level in LEVEL_OF_FAULT.items() if level not in settings.passive}
    staying = pl.col("flow").ne_missing(pl.lit(Flow.EXPORT.value))
    faulty = checks.filter(staying & (pl.col("faults").list.len() > 0))
    columns = ("declaration_id", "item", "kind", "declared", "faults")
    for declaration, item, kind, number, faults in faulty.select(columns).iter_rows():
        asking = tuple(fault for fault in faults if fault in active)
        if asking:
            yield declaration, item, _Document(kind, number, asking)


def _sentence(document: _Document, items: list[int], language: str) -> str:
    """Say what is wrong with one document, and of which goods items that is said."""
    named, numbers = document_named(document.kind, document.number, language), list(dict.fromkeys(items))
    word = ITEM[language] if len(numbers) == 1 else ITEMS[language]
    told = f"{named} ({word} {', '.join(map(str, numbers))}): {faults_named(document.faults, language)}."
    return told[0].upper() + told[1:]
