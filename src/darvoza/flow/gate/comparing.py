"""Two systems side by side: what another one decided, and what the gate decided of the same declarations.

While a new system runs silently beside an old one, every declaration has two channels. That one is stricter says nothing
of which is right; but where they differ, and which profiles are behind it, is what has to be understood before the new
one takes over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from darvoza.domain.codes import Channel

_ORDER = list(Channel)


class Agreement(StrEnum):
    """How our channel stands to theirs."""

    EXACT = "exact"
    STRICTER = "stricter"
    LAXER = "laxer"


def agreement(theirs: Channel, ours: Channel) -> Agreement:
    """Compare two channels.

    Examples
    --------
    >>> agreement(Channel.GREEN, Channel.RED).value, agreement(Channel.RED, Channel.RED).value
    ('stricter', 'exact')
    """
    if theirs is ours:
        return Agreement.EXACT
    return Agreement.STRICTER if _ORDER.index(ours) > _ORDER.index(theirs) else Agreement.LAXER


class Compared(NamedTuple):
    """One declaration with both channels, and the profiles that matched it here."""

    theirs: Channel
    ours: Channel
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the systems agree.

    Attributes
    ----------
    name
        A profile, or nothing for all declarations.
    exact, stricter, laxer
        Declarations on which we are as strict, stricter, or laxer.
    """

    name: str
    exact: int
    stricter: int
    laxer: int

    @property
    def declarations(self) -> int:
        """How many declarations were compared."""
        return self.exact + self.stricter + self.laxer

    @property
    def share_exact(self) -> float | None:
        """The share on which they agree, in [0, 1]; ``None`` where nothing was compared."""
        return self.exact / self.declarations if self.declarations else None


def compare(declarations: Iterable[Compared]) -> list[Tally]:
    """Count agreement: over all declarations first, then for each profile over those it matched.

    Examples
    --------
    >>> seen = [Compared(Channel.GREEN, Channel.RED, ("A",)), Compared(Channel.GREEN, Channel.GREEN, ())]
    >>> [(each.name, each.exact, each.stricter, each.laxer) for each in compare(seen)]
    [('', 1, 1, 0), ('A', 0, 1, 0)]
    """
    found: dict[str, list[Agreement]] = {"": []}
    for one in declarations:
        met = agreement(one.theirs, one.ours)
        for name in ("", *dict.fromkeys(one.profiles)):
            found.setdefault(name, []).append(met)
    return [_tally(name, found[name]) for name in sorted(found)]


def _tally(name: str, met: Sequence[Agreement]) -> Tally:
    return Tally(name, *(met.count(each) for each in Agreement))
