"""How facts are made where the law or the house decides: half-life, local time, limits, codes of documents.

Whatever is national stands here as data with its source and its certainty; the core knows no country.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.sps.competence import Certainty


class DocumentKind(StrEnum):
    """What a document shows."""

    ORIGIN = "origin"
    PHYTOSANITARY = "phytosanitary"
    VETERINARY = "veterinary"
    SANITARY = "sanitary"
    CONFORMITY = "conformity"
    PERMIT = "permit"


@dataclass(frozen=True, slots=True)
class DocumentCode:
    """What the code of a document stands for.

    Attributes
    ----------
    code
        As declared.
    kind
        What such a document shows.
    source, certainty
        Who says so, and how sure that is.
    """

    code: str
    kind: DocumentKind
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class ValueLimit:
    """A value from which on the law asks for more: an exemption ends, a declaration is needed, a permit.

    Attributes
    ----------
    name
        What ends or begins there.
    value
        The customs value of a declaration [currency of the customs value], above 0.
    since, until
        First and last day in force; ``None`` is open.
    source, certainty
        The legal act, and how sure it is.
    """

    name: str
    value: Decimal
    since: date | None = None
    until: date | None = None
    source: str = ""
    certainty: Certainty = Certainty.JUDGED


_UNCL = "UN/EDIFACT code list 1001"
_PRACTICE = "the practice world"


def _codes(kind: DocumentKind, published: str, practice: str) -> tuple[DocumentCode, ...]:
    return (
        *(DocumentCode(code, kind, _UNCL, Certainty.VERIFIED) for code in published.split()),
        *(DocumentCode(code, kind, _PRACTICE, Certainty.JUDGED) for code in practice.split()),
    )


DOCUMENT_CODES: tuple[DocumentCode, ...] = (
    *_codes(DocumentKind.ORIGIN, "861 862 864 865 954", "CO EUR1 ST1"),
    *_codes(DocumentKind.PHYTOSANITARY, "851", "PC PHYTO"),
    *_codes(DocumentKind.VETERINARY, "853", "VC VET"),
    *_codes(DocumentKind.SANITARY, "852", "SC"),
    *_codes(DocumentKind.CONFORMITY, "2", "CNF DOC"),
    *_codes(DocumentKind.PERMIT, "811 911 978", "PERMIT LICENCE"),
)
"""Certificates and permits by their codes in UN/EDIFACT 1001, and by the codes that the practice world uses."""

_VAGUE = """
goods good products product articles article items item parts part spare accessories accessory equipment materials
material other others various assorted mixed misc miscellaneous general consumer household cargo consolidated new
samples sample set sets and for with the not elsewhere specified brand model
товар товары товаров изделие изделия изделий запасные запасных часть части частей запчасти запчастей детали деталей
принадлежности оборудование оборудования материал материалы прочий прочая прочее прочие прочих разный разные различные
сборный сборные груз груза народного потребления тнп ассортимент ассортименте новый новая новые упаковка упаковке
комплект комплекты набор наборы образцы для или торговая марка модель бренд арт сорт
"""
VAGUE_WORDS: tuple[str, ...] = tuple(_VAGUE.split())
"""Words that say little about goods, English and Russian, folded; a list of the house, to be extended."""


@dataclass(frozen=True, slots=True)
class FactSettings:
    """How facts are made. A score can be used only with the settings it was fitted with.

    Attributes
    ----------
    half_life_days
        Days in which an earlier lodging or result comes to count half in the fading counters, 1 to 3,650.
    time_zone
        IANA name of the zone of local time; ``None`` leaves facts of local time unknown.
    night
        Local hours at which night begins and ends, each 0 to 23.
    weekend
        Days of rest, as ``sat``.
    limits
        Values from which on the law asks for more.
    documents
        What codes of documents stand for.
    vague_words
        Words that say little about goods.
    volume_units
        Units of quantity that measure volume, each with its cubic metres.

    Examples
    --------
    >>> FactSettings().digest == FactSettings(weekend=("sat", "sun")).digest
    True
    >>> FactSettings().digest == FactSettings(half_life_days=30).digest
    False
    """

    half_life_days: int = 56
    time_zone: str | None = None
    night: tuple[int, int] = (22, 6)
    weekend: tuple[str, ...] = ("sat", "sun")
    limits: tuple[ValueLimit, ...] = ()
    documents: tuple[DocumentCode, ...] = DOCUMENT_CODES
    vague_words: tuple[str, ...] = VAGUE_WORDS
    volume_units: tuple[tuple[str, Decimal], ...] = (("LTR", Decimal("0.001")), ("MTQ", Decimal(1)))

    def codes_of(self, kind: DocumentKind) -> tuple[str, ...]:
        """Give the codes of documents of a kind."""
        return tuple(document.code for document in self.documents if document.kind is kind)

    def as_mapping(self) -> dict[str, object]:
        """Give the settings as plain values, as a file of settings would hold them."""
        return {
            "half_life_days": self.half_life_days,
            "time_zone": self.time_zone,
            "night": {"from": self.night[0], "to": self.night[1]},
            "weekend": list(self.weekend),
            "limits": [
                {
                    "name": limit.name,
                    "value": str(limit.value),
                    "from": limit.since and limit.since.isoformat(),
                    "to": limit.until and limit.until.isoformat(),
                    "source": limit.source,
                    "certainty": limit.certainty.value,
                }
                for limit in self.limits
            ],
            "documents": [
                {"code": each.code, "kind": each.kind.value, "source": each.source, "certainty": each.certainty.value}
                for each in self.documents
            ],
            "vague_words": list(self.vague_words),
            "volume_units": {unit: str(size) for unit, size in self.volume_units},
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) over the settings."""
        return hashlib.sha256(json.dumps(self.as_mapping(), sort_keys=True).encode()).hexdigest()


DEFAULT = FactSettings()
"""What holds where nothing is said."""
