"""What a post decided, beside what the centre knows: nothing is lowered, no draw is made twice, every difference is told."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from darvoza.flow.post.differing import Difference, Differs, lines


class ActTold(NamedTuple):
    """One act of one declaration, as it was decided."""

    agency: str
    act: str
    selected: bool
    probability: float
    u: float
    fingerprint: str
    key_day: str


class Meeting(StrEnum):
    """How what a post decided meets what the centre knows."""

    NEW = "new"
    """The centre does not know the declaration: it is taken in."""
    SAME = "same"
    """Both decided the same, by the same draw."""
    ACTS = "acts"
    """The same draw, other acts: what either asked for stands."""
    DRAWS = "draws"
    """Two draws: the goods were lodged at both before either knew of the other. What either asked for stands."""


class Met(NamedTuple):
    """What came of a meeting.

    Attributes
    ----------
    differences
        What differs.
    """

    meeting: Meeting
    differences: tuple[Difference, ...] = ()

    @property
    def told(self) -> str:
        """What differs, in a line; empty where nothing does."""
        return lines(self.differences)


def meet(centre: Iterable[ActTold], post: Iterable[ActTold]) -> Met:
    """Hold what a post decided on a declaration against what the centre decided on it.

    Parameters
    ----------
    centre
        Acts of the declaration at the centre; none when it is not known there.
    post
        Acts at the post.

    Examples
    --------
    >>> act = ActTold("customs", "physical", False, 0.1, 0.4, "ab", "2026-03-01")
    >>> meet([], [act]).meeting, meet([act], [act]).meeting
    (<Meeting.NEW: 'new'>, <Meeting.SAME: 'same'>)
    >>> meet([act], [act._replace(selected=True, probability=0.5)]).told
    'only the post asked for customs physical'
    """
    there, here = list(centre), list(post)
    if not there:
        return Met(Meeting.NEW)
    asked_there = {(act.agency, act.act) for act in there if act.selected}
    asked_here = {(act.agency, act.act) for act in here if act.selected}
    told = [
        *_asked(Differs.ONLY_POST, sorted(asked_here - asked_there)),
        *_asked(Differs.ONLY_CENTRE, sorted(asked_there - asked_here)),
    ]
    draws_there, draws_here = ({(act.fingerprint, act.key_day, act.u) for act in acts} for acts in (there, here))
    if draws_there != draws_here:
        days = {"there": min(act.key_day for act in there), "here": min(act.key_day for act in here)}
        return Met(Meeting.DRAWS, (Difference(Differs.TWO_DRAWS, days), *told))
    if asked_there != asked_here:
        return Met(Meeting.ACTS, tuple(told))
    return Met(Meeting.SAME)


def _asked(how: Differs, acts: Sequence[tuple[str, str]]) -> Iterator[Difference]:
    if acts:
        yield Difference(how, acts=tuple(acts))
