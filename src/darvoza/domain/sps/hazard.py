"""The nouns of the hazard score: one result of a health service, and how results become a score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from darvoza.domain.folding import folded_number
from darvoza.domain.sps.measure import MeasureKind
from darvoza.errors import SettingsError

CELL_LEVELS = ("cell_hazard", "cell_chapter", "cell_heading", "cell_establishment")
"""The cells that rates are kept for, from the widest: a hazard; chapter and origin, heading and origin, establishment in
them."""


def cells_of(hs: str | None, origin: str | None, establishment: str | None) -> tuple[str | None, ...]:
    """Name the cells that goods lie in, one for each of `CELL_LEVELS`; ``None`` where something is not known.

    Establishments are compared as `darvoza.domain.folding.folded_number` gives them.

    Examples
    --------
    >>> cells_of("080510", "TR", "TR.003")
    ('', '08 TR', '0805 TR', '0805 TR TR003')
    >>> cells_of("080510", "TR", None)[3] is None
    True
    """
    if hs is None or origin is None:
        return "", None, None, None
    heading, number = f"{hs[:4]} {origin}", folded_number(establishment or "")
    return "", f"{hs[:2]} {origin}", heading, f"{heading} {number}" if number else None


ALERT_WEIGHTS: Mapping[MeasureKind, float] = MappingProxyType(
    {
        MeasureKind.PROHIBITION: 1.0,
        MeasureKind.INTENSIFIED: 1.0,
        MeasureKind.FREQUENCY: 0.6,
        MeasureKind.CONDITION: 0.5,
        MeasureKind.EVIDENCE: 0.1,
    }
)
"""How many failures an alert counts for, by what follows from it: a proposal, law nowhere."""


@dataclass(frozen=True, slots=True)
class HazardSettings:
    """How results and alerts become a score; the numbers are proposals to begin with.

    Attributes
    ----------
    half_life
        Days after which a result counts half [d], above 0.
    strength
        How many results the surrounding cell is worth, above 0.
    severities
        Hazard → how grave it is, in [0, 1]; 1 where it is not named.
    alert_weights
        What follows from an alert → how many failures it counts for, at least 0.
    share
        Average share of the goods of a service that its score may ask to examine, in (0, 1].

    Raises
    ------
    SettingsError
        When a number is out of range.
    """

    half_life: float = 365.0
    strength: float = 20.0
    severities: Mapping[str, float] = field(default_factory=dict)
    alert_weights: Mapping[MeasureKind, float] = field(default_factory=lambda: dict(ALERT_WEIGHTS))
    share: float = 0.05

    def __post_init__(self) -> None:
        """Refuse numbers that make no score."""
        for name, value in (("half_life", self.half_life), ("strength", self.strength)):
            if not value > 0:
                raise SettingsError(field=name, expected="a number above 0", got=value)
        if not 0 < self.share <= 1:
            raise SettingsError(field="share", expected="a share in (0, 1]", got=self.share)
        for hazard, severity in self.severities.items():
            if not 0 <= severity <= 1:
                raise SettingsError(field=f"severities.{hazard}", expected="a number from 0 to 1", got=severity)
