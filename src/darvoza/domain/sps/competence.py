"""Which service is competent for which goods, in which category, and on what basis."""

from dataclasses import dataclass
from enum import StrEnum

from darvoza.domain.codes import Agency


class VeterinaryCategory(StrEnum):
    """Risk category of goods of animal origin, from the strictest (Regulation (EU) 2019/2129, Annex I)."""

    I = "I"  # noqa: E741 - the Roman numeral of the regulation
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


class PlantRisk(StrEnum):
    """Phytosanitary risk of regulated goods: high needs a certificate for each consignment, low does not."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"


class SanitaryCategory(StrEnum):
    """Sanitary category: special foods, goods with elevated hazards, other food."""

    SPECIAL = "S1"
    ELEVATED = "S2"
    ORDINARY = "S3"


class Processing(StrEnum):
    """How far plant products are processed, by what remains possible (ISPM 32, annexes 1 and 2)."""

    RAW = "raw"
    INFESTABLE = "infestable"
    SAFE = "safe"


class IntendedUse(StrEnum):
    """What the goods are for, as declared."""

    PLANTING = "planting"
    CONSUMPTION = "consumption"
    PROCESSING = "processing"
    FEED = "feed"
    OTHER = "other"


class Certainty(StrEnum):
    """How sure an entry of a register is."""

    VERIFIED = "V"  # the basis named was read
    RECALLED = "R"  # known, the text not at hand
    JUDGED = "J"  # a proposal


PROCESSES: dict[str, Processing] = {
    **dict.fromkeys(
        ("carbonised", "cooked", "fermented", "malted", "pasteurised", "preserved", "pureed", "roasted", "sterilised"),
        Processing.SAFE,
    ),
    **dict.fromkeys(
        ("chipped", "chopped", "crushed", "dried", "peeled", "polished", "handled", "frozen"), Processing.INFESTABLE
    ),
    "raw": Processing.RAW,
}
"""Processes that may be declared → what remains possible (ISPM 32, annexes 1 and 2, recalled)."""


@dataclass(frozen=True, slots=True)
class Competence:
    """An entry of the register of competence.

    Attributes
    ----------
    prefix
        The commodity codes it covers; the longest prefix counts.
    agencies
        The services competent; customs is not named, it always is. None: the goods are covered and not controlled.
    veterinary, plant_risk, ispm32, sanitary
        The categories for each service; ISPM 32 from 1 (cannot be infested) to 4 (for planting).
    perishable
        Whether the goods spoil.
    intended_use, process
        The entry counts only for goods declared so; ``None``: for all.
    basis, certainty, note
        What it rests on, how sure it is, and what to know.
    """

    prefix: str
    agencies: tuple[Agency, ...]
    veterinary: VeterinaryCategory | None = None
    plant_risk: PlantRisk | None = None
    ispm32: int | None = None
    sanitary: SanitaryCategory | None = None
    perishable: bool = False
    intended_use: IntendedUse | None = None
    process: str | None = None
    basis: str = ""
    certainty: Certainty = Certainty.JUDGED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where goods are to be taken, and why.

    Attributes
    ----------
    agencies
        The services competent beside customs; empty: not controlled by any.
    entry
        The entry of the register that counts; ``None`` where none covers the code.
    ispm32
        The ISPM 32 category after processing and use are regarded; ``None`` where plant health has no part in it.
    reasons
        What made the difference, as codes: ``entry``, ``no_entry``, ``processed``, ``planting``, ``declared_use``, ``claimed``.
    """

    agencies: tuple[Agency, ...]
    entry: Competence | None
    ispm32: int | None
    reasons: tuple[str, ...]
