"""The nouns of capacity: what a post can do in a day, how long an act takes, by when goods must be seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from darvoza.domain.codes import Act, Agency
from darvoza.errors import SettingsError

ANY_POST = "*"
"""The post of a row that speaks of every post not named itself."""


class CapacityUnit(StrEnum):
    """What capacity is counted in: acts a day, hours of work a day, or acts per declaration lodged."""

    PER_DAY = "per_day"
    HOURS = "hours"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Duty:
    """One act of one agency, the thing that capacity is for."""

    agency: Agency
    act: Act

    def __str__(self) -> str:
        return f"{self.agency} {self.act}"


EXAMINATION = Duty(Agency.CUSTOMS, Act.PHYSICAL)
"""What a plain share counts: physical examination by customs."""


@dataclass(frozen=True, slots=True)
class PostCapacity:
    """What a post can do, from a day on.

    Attributes
    ----------
    post
        The post; ``*`` for every post that has no row of its own.
    duty
        Which act of which agency.
    amount, unit
        How much: acts a day, hours a day, or acts per declaration in (0, 1]. At least 0.
    start, end
        The days for which it holds, both included; ``None`` is open.
    """

    post: str
    duty: Duty
    amount: float
    unit: CapacityUnit
    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: "PostCapacity") -> bool:
        """Tell whether two rows speak of the same post, duty and day."""
        starts = [row.start for row in (self, other) if row.start is not None]
        ends = [row.end for row in (self, other) if row.end is not None]
        apart = bool(starts and ends) and max(starts) > min(ends)
        return (self.post, self.duty) == (other.post, other.duty) and not apart


@dataclass(frozen=True, slots=True)
class ActDuration:
    """How long an act takes.

    Attributes
    ----------
    act
        The act.
    hours
        Hours of one officer, above 0 [h].
    agency
        Whose; ``None`` for every agency.
    hs
        The beginning of the commodity codes it holds for; empty for all.
    """

    act: Act
    hours: float
    agency: Agency | None = None
    hs: str = ""

    def speaks_of(self, duty: Duty) -> bool:
        """Tell whether it is about a duty at all."""
        return self.act is duty.act and self.agency in {None, duty.agency}


@dataclass(frozen=True, slots=True)
class Deadline:
    """Within how many hours of lodging goods are to be seen; by the beginning of their commodity code, empty for all."""

    hours: float
    hs: str = ""


DURATIONS = (
    ActDuration(Act.AUDIT, 16.0),
    ActDuration(Act.DOCUMENTARY, 0.25),
    ActDuration(Act.IDENTITY, 0.5),
    ActDuration(Act.SCAN, 0.5),
    ActDuration(Act.SAMPLING, 1.0),
    ActDuration(Act.PHYSICAL, 2.0),
)
"""How long acts take where nobody has measured: round numbers to begin with, not a norm. A time release study (WCO) gives
your own."""

PERISHABLE_HOURS = 4.0
"""Within how many hours of lodging what spoils is to be seen, where nothing is stated. A convention to begin with; that
perishable goods come first is TFA 7.9."""

DEADLINES = (
    Deadline(24.0),
    *(Deadline(PERISHABLE_HOURS, chapter) for chapter in ("01", "02", "03", "04", "06", "07", "08")),
)
"""By when goods are to be seen where nothing is stated: a day, and sooner for live animals, meat, fish, dairy, plants,
vegetables and fruit, and for what the register of competence calls perishable."""


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What all posts can do, with the durations and deadlines behind it.

    Attributes
    ----------
    rows
        Capacity by post and duty; no two of them overlap.
    durations, deadlines
        The longest beginning of a commodity code decides; what the plan does not state stands in `DURATIONS` and
        `DEADLINES`.
    title, source
        What it is, and on whose word.

    Raises
    ------
    SettingsError
        When two rows speak of the same post, duty and day.
    """

    rows: tuple[PostCapacity, ...]
    durations: tuple[ActDuration, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    title: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a plan that says two things at once."""
        known: dict[tuple[str, Duty], list[PostCapacity]] = {}
        for row in self.rows:
            before = known.setdefault((row.post, row.duty), [])
            for other in before:
                if row.overlaps(other):
                    raise SettingsError(
                        field="capacity",
                        expected="one row for a post, agency, act and day",
                        got=f"two for {row.post}, {row.duty}, {max(row.start or date.min, other.start or date.min)}",
                        hint="end the earlier row on the day before the later one begins",
                    )
            before.append(row)

    def duties(self) -> tuple[Duty, ...]:
        """Give every act of an agency that the plan speaks of, in order."""
        return tuple(sorted({row.duty for row in self.rows}, key=lambda duty: (duty.agency, duty.act)))

    def of(self, post: str, duty: Duty, day: date) -> PostCapacity | None:
        """Give what a post can do on a day: its own row, else that of every post, else ``None``.

        Examples
        --------
        >>> plan = plain_plan(0.1)
        >>> plan.of("KG-TOR", EXAMINATION, date(2026, 1, 1)).amount
        0.1
        """
        valid = [row for row in self.rows if row.duty == duty and day in row]
        for name in (post, ANY_POST):
            for row in valid:
                if row.post == name:
                    return row
        return None

    def hours(self, duty: Duty) -> Iterator[tuple[str, float]]:
        """Give beginnings of commodity codes with the hours an act takes, the longest beginning first.

        Where two speak of the same goods, what names the agency comes before what does not, and the plan before what
        is assumed.
        """
        spoken = [one for one in (*self.durations, *DURATIONS) if one.speaks_of(duty)]
        ordered = sorted(spoken, key=lambda one: (-len(one.hs), one.agency is None))
        yield from ((one.hs, one.hours) for one in ordered)

    def deadline_hours(self) -> Iterator[tuple[str, float]]:
        """Give beginnings of commodity codes with the hours within which they are to be seen, the longest first."""
        ordered = sorted((*self.deadlines, *DEADLINES), key=lambda one: -len(one.hs))
        yield from ((one.hs, one.hours) for one in ordered)


def plain_plan(share: float) -> CapacityPlan:
    """Make the plan of a single number: physical examinations by customs per declaration at every post.

    Raises
    ------
    SettingsError
        When the share is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise SettingsError(field="capacity", expected="a share in (0, 1]", got=share)
    return CapacityPlan((PostCapacity(ANY_POST, EXAMINATION, share, CapacityUnit.SHARE),))
