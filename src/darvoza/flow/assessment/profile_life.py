"""What people do with a version of a profile: write it, submit it, return or approve it, put it in force, go back.

Every function takes a version and gives the version after it, or refuses with the reason. A door gathers, asks here, and
stores what comes back in one transaction with its journal entry; where two hands reach for one version, the store lets
one win.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple, TypeVar

from darvoza.domain.profile import RiskProfile
from darvoza.domain.profile_version import PROFILE_MOVES, EntryIntoForce, ProfileMove, ProfileState, ProfileVersion
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment.lowering import asks_no_less
from darvoza.flow.assessment.profile_files import CODE
from darvoza.flow.assessment.worked_cases import run_case

What = TypeVar("What", bound=int | None)
Thing = TypeVar("Thing")
"""What is in force: the number of a version, or the row of a list or file; ``None`` for nothing."""

FEWEST_WORDS: Final = 10
"""Characters that a reason must have: a full stop is not a reason."""


class Exchange(NamedTuple):
    """What one profile, or none, would take the place of.

    Attributes
    ----------
    profile
        What would be in force; ``None`` for nothing.
    instead
        What would not be in force any more, or not come into force.
    """

    profile: RiskProfile | None
    instead: tuple[RiskProfile, ...] = ()

    def may_lower(self, day: date) -> bool:
        """Tell whether from a day on less may be asked for than by one of the others."""
        return not all(self.profile is not None and asks_no_less(each, self.profile, day) for each in self.instead)


def is_code(text: str) -> bool:
    """Tell whether a text can be the code of a profile.

    Examples
    --------
    >>> is_code("CUS-VAL-001"), is_code("a/b")
    (True, False)
    """
    return CODE.fullmatch(text) is not None


def edit(version: ProfileVersion, by: str) -> ProfileVersion:
    """Let the author write on.

    Examples
    --------
    >>> from darvoza.domain.codes import Agency
    >>> version = ProfileVersion("CUS-VAL-001", 1, Agency.CUSTOMS, author="timur")
    >>> edit(version, "timur").state.value
    'draft'
    >>> edit(version, "zarina")
    Traceback (most recent call last):
        ...
    darvoza.errors.ProfileRefused: author: expected a version that zarina wrote, got 'timur'
    """
    return _moved(_own(version, by), ProfileMove.EDIT)


def submit(version: ProfileVersion, by: str, profile: RiskProfile, *, reason: str, day: date) -> ProfileVersion:
    """Ask for approval.

    Parameters
    ----------
    profile
        What the version says, as it was read: a text that cannot be read has none.
    reason
        Why it is asked for.
    day
        Today.

    Raises
    ------
    ProfileRefused
        It is somebody else's, has another code, is valid only on days that are past, decides a worked case otherwise than
        stated, or no reason is given.
    """
    _reasoned(reason)
    if profile.code != version.code:
        raise ProfileRefused(field="code", expected=version.code, got=profile.code)
    if not version.ends and profile.valid.end is not None and profile.valid.end < day:
        raise _not_valid(profile, day)
    failed = failed_cases(profile)
    if failed and not version.ends:
        raise ProfileRefused(field="cases", expected="worked cases that come out as stated", got=failed[0])
    return replace(_moved(_own(version, by), ProfileMove.SUBMIT), reason=reason.strip(), answer="")


def failed_cases(profile: RiskProfile) -> list[str]:
    """Name the worked cases that come out otherwise than stated."""
    return [case.title for case in profile.cases if run_case(profile, case) != case.expect.truth]


def take_back(version: ProfileVersion, by: str) -> ProfileVersion:
    """Let the author have it back before anybody answered."""
    return _moved(_own(version, by), ProfileMove.TAKE_BACK)


def discard(version: ProfileVersion, by: str) -> ProfileVersion:
    """Let the author give it up; it is kept, and nothing more can happen to it."""
    return _moved(_own(version, by), ProfileMove.DISCARD)


def send_back(version: ProfileVersion, by: str, *, reason: str) -> ProfileVersion:
    """Return it to its author, with the reason."""
    _reasoned(reason)
    return replace(_moved(_others(version, by), ProfileMove.RETURN), answer=reason.strip())


def approve(version: ProfileVersion, by: str, *, reason: str) -> ProfileVersion:
    """Approve what somebody else wrote.

    Raises
    ------
    ProfileRefused
        One's own version, one that is not submitted, or no reason.
    """
    _reasoned(reason)
    return replace(_moved(_others(version, by), ProfileMove.APPROVE), approver=by, answer=reason.strip())


def put_in_force(
    version: ProfileVersion, profile: RiskProfile, *, at: datetime, now: datetime, by: str, reason: str
) -> EntryIntoForce:
    """Put an approved version in force from a moment on; one that asks for the end ends the profile.

    Parameters
    ----------
    profile
        What the version says.
    at
        From when on, in the time of the office: its day is the day of the calendar.

    Raises
    ------
    ProfileRefused
        It is not approved, or the moment is past: nothing is put in force for what was decided already. Or the version is
        not valid on that day: it would take the place of another and match nothing.
    """
    if version.state is not ProfileState.APPROVED:
        raise ProfileRefused(field="state", expected=ProfileState.APPROVED.value, got=version.state.value)
    if at < now:
        raise ProfileRefused(field="at", expected=f"a moment from {now.isoformat()} on", got=at.isoformat())
    if not version.ends and at.date() not in profile.valid:
        raise _not_valid(profile, at.date())
    return EntryIntoForce(version.code, None if version.ends else version.number, at, now, by, reason.strip())


def roll_back(
    entries: Iterable[EntryIntoForce],
    version: ProfileVersion,
    exchange: Exchange,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> EntryIntoForce:
    """Go back at once to what was in force before, by one person: two approved that already.

    That holds only where nothing less is asked for: nobody lowers alone.

    Parameters
    ----------
    entries
        The entries into force of the profile, in the order in which they were decided.
    version
        The version that is to be in force again.
    exchange
        What it says; what is in force now, and what is planned: it falls.
    now
        The moment, in the time of the office.

    Raises
    ------
    ProfileRefused
        It is not what `before` names, it is one's own, its validity has ended, less may be asked for than now or than is
        planned, or no reason is given.
    """
    _reasoned(reason)
    if before(entries, now) != version.number:
        raise ProfileRefused(field="version", expected="what was in force before", got=version.number)
    if exchange.profile is not None and now.date() not in exchange.profile.valid:
        raise _not_valid(exchange.profile, now.date())
    _no_less(exchange, now)
    _others(version, by)
    return EntryIntoForce(version.code, version.number, now, now, by, reason.strip())


def call_off(
    entries: Iterable[EntryIntoForce], exchange: Exchange, *, by: str, reason: str, now: datetime
) -> EntryIntoForce:
    """Let all that is planned of a profile fall: what is in force stays so, by one person where nothing less is asked for.

    Parameters
    ----------
    entries
        The entries into force of the profile, in the order in which they were decided.
    exchange
        What the version in force says, and what is planned.
    now
        The moment, in the time of the office.

    Raises
    ------
    ProfileRefused
        Nothing is planned, less may be asked for than is planned, or no reason is given.
    """
    _reasoned(reason)
    kept = list(entries)
    if not any(entry.at > now for entry in standing(kept)):
        raise ProfileRefused(field="planned", expected="what is to come in force", got="nothing")
    _no_less(exchange, now)
    current = in_force(kept, now)
    return EntryIntoForce(kept[0].code, current.number if current else None, now, now, by, reason.strip())


def _no_less(exchange: Exchange, now: datetime) -> None:
    """Refuse what may ask for less."""
    if exchange.may_lower(now.date()):
        got = exchange.profile.code if exchange.profile else "nothing"
        raise ProfileRefused(field="two", expected="a second person: less may be asked for", got=got)


def in_force(entries: Iterable[EntryIntoForce], moment: datetime) -> EntryIntoForce | None:
    """Give the entry that holds at a moment; ``None`` before the first.

    Parameters
    ----------
    entries
        The entries into force of one profile, in the order in which they were decided. A later decision undoes every
        earlier one that was to begin at its own moment or after.

    Examples
    --------
    >>> from datetime import UTC
    >>> hours = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(4)]
    >>> first = EntryIntoForce("A", 1, hours[0], hours[0], "zarina")
    >>> planned = EntryIntoForce("A", 2, hours[3], hours[0], "zarina")
    >>> ended = EntryIntoForce("A", None, hours[1], hours[1], "zarina")
    >>> [entry.number for entry in (in_force((first, planned), hour) for hour in hours)]
    [1, 1, 1, 2]
    >>> [entry.number for entry in (in_force((first, planned, ended), hour) for hour in hours)]
    [1, None, None, None]
    """
    return next((entry for entry in reversed(standing(entries)) if entry.at <= moment), None)


def standing(entries: Iterable[EntryIntoForce]) -> list[EntryIntoForce]:
    """Give the entries that were not undone by a later decision, in the order of their moments."""
    kept: list[EntryIntoForce] = []
    for entry in entries:
        kept = [one for one in kept if one.at < entry.at]
        kept.append(entry)
    return kept


def before(entries: Iterable[EntryIntoForce], now: datetime) -> int | None:
    """Give the version to which one person can go back: the one that two people had put in force before.

    There is none before the first version, and none where the profile had ended: that no version is in force is for two
    people to decide. What was gone back from is not reached again either.
    """
    kept = way_back(((entry.at, entry.number) for entry in entries), now)
    return kept[-2] if len(kept) > 1 else None


def way_back(steps: Iterable[tuple[datetime, What]], now: datetime) -> list[What]:
    """Give what was put in force until a moment, without what was overtaken before it began or gone back from.

    Parameters
    ----------
    steps
        From when on what is in force, in the order in which it was decided. Each thing is put in force once, so one that
        comes again is a return to it; ``None``, that nothing is in force, is a decision each time.

    Returns
    -------
    list
        The last is what is in force now, the one before it what to go back to.

    Examples
    --------
    >>> from datetime import UTC
    >>> hours = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(4)]
    >>> way_back(zip(hours, (1, 2, 1, 3)), hours[2]), way_back(zip(hours, (1, 2, 1, 3)), hours[3])
    ([1], [1, 3])
    """
    kept: list[What] = []
    for what in (what for at, what in _stood(steps) if at <= now):
        kept = kept[: kept.index(what) + 1] if what is not None and what in kept else [*kept, what]
    return kept


def planned(steps: Iterable[tuple[datetime, Thing]], now: datetime) -> list[Thing]:
    """Give what is to come in force after a moment, the first to come first, without what a later decision undid.

    Parameters
    ----------
    steps
        As for `way_back`.

    Examples
    --------
    >>> from datetime import UTC
    >>> hours = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(4)]
    >>> planned(zip(hours, (1, 2, 1, 3)), hours[1]), planned([(hours[3], 1), (hours[2], 2)], hours[1])
    ([1, 3], [2])
    """
    return [what for at, what in _stood(steps) if at > now]


def _stood(steps: Iterable[tuple[datetime, Thing]]) -> list[tuple[datetime, Thing]]:
    """Leave out what was overtaken before it began."""
    stood: list[tuple[datetime, Thing]] = []
    for at, what in steps:
        stood = [*(each for each in stood if each[0] < at), (at, what)]
    return stood


def _moved(version: ProfileVersion, move: ProfileMove) -> ProfileVersion:
    after = PROFILE_MOVES.get((version.state, move))
    if after is None:
        allowed = [state.value for state, known in PROFILE_MOVES if known is move]
        raise ProfileRefused(field="state", expected=" or ".join(allowed), got=version.state.value)
    return replace(version, state=after)


def _own(version: ProfileVersion, by: str) -> ProfileVersion:
    if version.author != by:
        raise ProfileRefused(field="author", expected=f"a version that {by} wrote", got=version.author)
    return version


def _others(version: ProfileVersion, by: str) -> ProfileVersion:
    if version.author == by:
        raise ProfileRefused(
            field="approver", expected="somebody else than the author", got=by, hint="a second person decides"
        )
    return version


def _not_valid(profile: RiskProfile, day: date) -> ProfileRefused:
    days = "/".join(each.isoformat() if each else "" for each in (profile.valid.start, profile.valid.end))
    return ProfileRefused(field="valid", expected=f"a version that is valid on {day.isoformat()}", got=days)


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < FEWEST_WORDS:
        raise ProfileRefused(field="reason", expected=f"a reason of at least {FEWEST_WORDS} characters", got=reason)
