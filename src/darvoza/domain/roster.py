"""Who is on duty at a post on a day, and for how long."""

from dataclasses import dataclass
from datetime import date

from darvoza.domain.codes import Agency


@dataclass(frozen=True, slots=True)
class Roster:
    """The officers of an agency who are on duty at a post on one day.

    Attributes
    ----------
    agency, post, day
        Whose, where, when.
    hours
        User name → hours of work, in (0, 24]; whoever is not on duty is not among them.

    Examples
    --------
    >>> roster = Roster(Agency.CUSTOMS, "KG-OSH", date(2026, 3, 1), {"marat": 4.0, "aida": 8.0})
    >>> roster.on_duty, roster.capacity
    (('aida', 'marat'), 12.0)
    """

    agency: Agency
    post: str
    day: date
    hours: dict[str, float]

    @property
    def on_duty(self) -> tuple[str, ...]:
        """Who is on duty, in alphabetical order."""
        return tuple(sorted(self.hours))

    @property
    def capacity(self) -> float:
        """Hours of work of all of them together."""
        return sum(self.hours.values())
