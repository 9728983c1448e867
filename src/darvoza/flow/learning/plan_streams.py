"""One stream of goods in a sampling plan, moved by what became known, in the order in which it became known.

A result counts from the moment it was known, not from the day its goods were lodged: a failure that a laboratory tells
after ten weeks brings the census back then, whatever passed in the meantime. How goods came to be examined is decided by
the fraction that was in force when they were lodged, by what was known at that moment; nothing that is heard later makes
a census of what was none.

A pass counts only towards the end of the fraction that was in force when its goods were lodged: what was drawn under
monitoring does not help to end a census, and many consignments lodged at once under a census do not climb a ladder.

References
----------
Dodge (1943), Annals of Mathematical Statistics 14:264: all units are inspected until i in succession are clear, then a
fraction; when a defective one is found, all units again until i in succession are clear. The units that end the census are
those of the census.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from darvoza.methods.plans.states import Arrival, Basis, Plan, PlanState, Result, advance, current, fraction

ROUNDING = 1e-9


class Terms(NamedTuple):
    """What a plan asks of a pass besides, where it does.

    Attributes
    ----------
    least_mass
        Net mass below which a consignment's pass does not count, kg; 0 for none.
    distinct_days
        Whether of what was lodged on one day only one pass counts.
    """

    least_mass: float = 0.0
    distinct_days: bool = False


class Verdict(NamedTuple):
    """What was known of a consignment from a moment on: passed, failed, or ``None``: nothing any more; and its mass, kg."""

    moment: datetime
    passed: bool | None
    mass: float = 0.0


class Consignment(NamedTuple):
    """A consignment of a stream, what its act was drawn with, and what became known of it, in order."""

    name: str
    lodged_at: datetime
    probability: float | None = None
    verdicts: tuple[Verdict, ...] = ()


Shares = tuple[tuple[datetime, float], ...]
"""The fraction in force for what was lodged from each moment on."""


class Standing(NamedTuple):
    """Where a stream stands, by what was known before a moment; and what had come until then.

    Attributes
    ----------
    state
        The state of the plan.
    until
        The moment; ``None``: nothing was looked at so far.
    shares
        The fractions in force until then.
    counted
        The latest lodging of a pass that counted.
    consignments, examined, failures
        How many came, were examined in full, and failed.
    """

    state: PlanState
    until: datetime | None = None
    shares: Shares = ()
    counted: date | None = None
    consignments: int = 0
    examined: int = 0
    failures: int = 0


class _Place(NamedTuple):
    state: PlanState
    counted: date | None


class _Entry(NamedTuple):
    """What moved the stream: a consignment that came (``passed`` is ``None``), or a result of it."""

    day: date
    share: float | None
    probability: float | None
    passed: bool | None = None
    mass: float = 0.0


class _Stream:
    """A stream while it is replayed."""

    def __init__(self, plan: Plan, terms: Terms, stood: Standing) -> None:
        self.plan, self.terms, self.stood = plan, terms, stood
        self.start = _Place(stood.state, stood.counted)
        self.shares, self.moments = list(stood.shares), [moment for moment, _ in stood.shares]
        self.log: list[_Entry] = []
        self.after: list[_Place] = []
        self.changed: set[int] = set()
        self.came: dict[str, _Entry] = {}
        self.said: dict[str, bool | None] = {}
        self.where: dict[str, int] = {}
        self.consignments, self.examined, self.failures = stood.consignments, stood.examined, stood.failures

    @property
    def place(self) -> _Place:
        """Where the stream stands by all of its log; what was corrected is worked out when this is asked, and no sooner."""
        if self.changed:
            self._move_again()
        return self.after[-1] if self.after else self.start

    def arrive(self, one: Consignment) -> None:
        """Note goods that came, with the fraction in force for them."""
        day = one.lodged_at.date()
        if self._is_old(one.lodged_at):
            place = bisect_right(self.moments, one.lodged_at)
            share = self.shares[place - 1][1] if place else None
            self.came[one.name] = _Entry(day, share, one.probability)
            return
        share = fraction(self.place.state, plan=self.plan, day=day)
        if not self.shares or self.shares[-1][1] != share:
            self.shares.append((one.lodged_at, share))
            self.moments.append(one.lodged_at)
        self.came[one.name] = _Entry(day, share, one.probability)
        self.consignments += 1
        self._enter(self.came[one.name])

    def hear(self, name: str, verdict: Verdict) -> None:
        """Move by what became known; what takes back an earlier word moves the stream to where it would have been."""
        before, self.said[name] = self.said.get(name), verdict.passed
        if self._is_old(verdict.moment):
            return
        self.examined += (verdict.passed is not None) - (before is not None)
        self.failures += (verdict.passed is False) - (before is False)
        came = self.came[name]
        entry = _Entry(came.day, came.share, came.probability, verdict.passed, verdict.mass)
        if before is None:
            self.where[name] = len(self.log)
            self._enter(entry)
        else:
            self._correct(name, entry)

    def _correct(self, name: str, entry: _Entry) -> None:
        """Take an earlier result back: a pass stands where it was heard first, a failure where it is heard now."""
        place = self.where.get(name)
        if place is not None:
            self.log[place] = entry if entry.passed else entry._replace(passed=None)
            self.changed.add(place)
        if entry.passed is False:
            self.where[name] = len(self.log)
            self._enter(entry)

    def _is_old(self, moment: datetime) -> bool:
        return self.stood.until is not None and moment < self.stood.until

    def _enter(self, entry: _Entry) -> None:
        if self.changed:
            self.changed.add(len(self.log))
            self.after.append(self.start)
        else:
            self.after.append(self._moved(self.place, entry))
        self.log.append(entry)

    def _move_again(self) -> None:
        """Move from the first entry that was changed to where, past the last of them, the stream is as it was."""
        first, last = min(self.changed), max(self.changed)
        place = self.after[first - 1] if first else self.start
        for number in range(first, len(self.log)):
            place = self._moved(place, self.log[number])
            if number >= last and place == self.after[number]:
                break
            self.after[number] = place
        self.changed.clear()

    def _moved(self, place: _Place, entry: _Entry) -> _Place:
        if entry.passed is None:
            return _Place(advance(place.state, Arrival(entry.day), plan=self.plan), place.counted)
        basis = self._basis(place, entry) if entry.passed else Basis.TARGETED
        result = Result(passed=entry.passed, basis=basis, day=entry.day)
        counted = place.counted if basis is Basis.TARGETED else max(place.counted or entry.day, entry.day)
        return _Place(advance(place.state, result, plan=self.plan), counted)

    def _basis(self, place: _Place, entry: _Entry) -> Basis:
        """Say what a pass is to the stream; what counts for nothing is targeted."""
        now = fraction(place.state, plan=self.plan, day=entry.day)
        again = self.terms.distinct_days and place.counted is not None and entry.day <= place.counted
        if entry.share is None or abs(entry.share - now) > ROUNDING or again or entry.mass < self.terms.least_mass:
            return Basis.TARGETED
        if entry.share >= 1:
            return Basis.CENSUS
        drawn = entry.probability is not None and entry.probability <= entry.share + ROUNDING
        return Basis.RANDOM if drawn else Basis.TARGETED


def replayed(consignments: Sequence[Consignment], plan: Plan, terms: Terms, stood: Standing, *, day: date) -> Standing:
    """Bring a stream from where it stood to a day.

    Parameters
    ----------
    consignments
        What came and what became known of it, in any order. Of what was lodged or known before the stream stood where it
        did, nothing counts again.
    plan, terms
        The plan.
    stood
        Where the stream stood.
    day
        The day on which it is asked: a stream that was silent for too long is back at its start.

    Returns
    -------
    Standing
        Where it stands, with the ``until`` of where it stood.
    """
    stream = _Stream(plan, terms, stood)
    for _, _, name, place, verdict in sorted(_events(consignments)):
        if verdict is None:
            stream.arrive(consignments[place])
        else:
            stream.hear(name, verdict)
    state = current(stream.place.state, plan=plan, day=day)
    return Standing(
        state, stood.until, tuple(stream.shares), stream.place.counted,
        stream.consignments, stream.examined, stream.failures,
    )  # fmt: skip


def _events(consignments: Sequence[Consignment]) -> Iterator[tuple[datetime, int, str, int, Verdict | None]]:
    """Give what happened; at one moment goods come before results, which nobody knew yet when they were lodged."""
    for place, one in enumerate(consignments):
        yield one.lodged_at, 0, one.name, place, None
        for verdict in one.verdicts:
            yield verdict.moment, 1, one.name, place, verdict
