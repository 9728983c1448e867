"""What registers hold about origins and establishments: where a disease or pest is, and who may produce for us."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StatusCode(StrEnum):
    """The status of a disease or pest in a country or zone, listed from the best to the worst.

    The words are those of the animal health code of WOAH and of ISPM 8, brought into one order.
    """

    FREE = "free"
    FREE_VACCINATED = "free_vaccinated"
    ABSENT = "absent"
    UNDETERMINED = "undetermined"
    TRANSIENT = "transient"
    SUSPENDED = "suspended"
    RESTRICTED = "restricted"
    PRESENT = "present"


FREE = frozenset({StatusCode.FREE, StatusCode.FREE_VACCINATED, StatusCode.ABSENT})
"""Statuses that say that the hazard is not there; of `UNDETERMINED` neither this nor the opposite is said."""

AFFECTED = frozenset({StatusCode.TRANSIENT, StatusCode.SUSPENDED, StatusCode.RESTRICTED, StatusCode.PRESENT})
"""Statuses that say that the hazard is there, or may be again."""


@dataclass(frozen=True, slots=True)
class OriginStatus:
    """What a register says of one disease or pest in a country or zone, for a time.

    Attributes
    ----------
    hazard
        Code of the disease or pest, as the register uses it.
    country, zone
        Where; an empty zone is the whole country, save zones with an entry of their own. A zone that no entry names is
        none that can be placed, and the worst status in the country counts for it.
    goods
        Prefixes of the commodity codes it matters for; empty: for all.
    status
        The status.
    start, end
        First and last day; no last day while it lasts.
    source
        Who says so, and where.
    """

    hazard: str
    country: str
    zone: str
    goods: tuple[str, ...]
    status: StatusCode
    start: date
    end: date | None
    source: str


class ListingStatus(StrEnum):
    """How an establishment stands in the register on a day, for goods from a country."""

    APPROVED = "approved"
    SUSPENDED = "suspended"
    OTHER_GOODS = "other_goods"
    OTHER_COUNTRY = "other_country"
    NOT_IN_FORCE = "not_in_force"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Establishment:
    """An establishment approved to produce for import, and for how long.

    Attributes
    ----------
    number, country
        Approval number and country.
    activity
        What it does, as the register words it.
    goods
        Prefixes of the commodity codes it is approved for; empty: for all.
    start, end
        First and last day of the approval; no last day while it lasts.
    suspended_from, suspended_to
        First and last day of a suspension; no last day while it lasts.
    source
        Who says so, and where.
    """

    number: str
    country: str
    activity: str
    goods: tuple[str, ...]
    start: date
    end: date | None = None
    suspended_from: date | None = None
    suspended_to: date | None = None
    source: str = ""

    def standing(self, *, hs: str, country: str, day: date) -> ListingStatus:
        """Tell how it stands for goods on a day.

        Parameters
        ----------
        hs, country
            Commodity code and country of origin, as declared.
        day
            The day asked about.

        Examples
        --------
        >>> dairy = Establishment("KZ-1", "KZ", "dairy", ("04",), date(2026, 1, 1), suspended_from=date(2026, 3, 1))
        >>> [dairy.standing(hs="0406", country="KZ", day=date(2026, month, 1)).value for month in (2, 3)]
        ['approved', 'suspended']
        """
        if country != self.country:
            return ListingStatus.OTHER_COUNTRY
        if day < self.start or (self.end is not None and day > self.end):
            return ListingStatus.NOT_IN_FORCE
        if self.suspended_from is not None and self.suspended_from <= day <= (self.suspended_to or day):
            return ListingStatus.SUSPENDED
        if self.goods and not hs.startswith(self.goods):
            return ListingStatus.OTHER_GOODS
        return ListingStatus.APPROVED
