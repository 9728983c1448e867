"""Two systems side by side: what another one decided, and what the gate decided of the same declarations.

While a new system runs silently beside an old one, every declaration has two channels. That one is stricter says nothing
of which is right; but where they differ, and which profiles are behind it, is what has to be understood before the new
one takes over. Where a result is known, it says more: whether anything was found on what only one of them chose.
"""

from collections import Counter
from collections.abc import Callable, Iterable
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
    """One declaration with both channels, and the profiles that matched it here; or several that are alike in all of this.

    `checked` of them have a result, and in `found` of those something was found.
    """

    theirs: Channel
    ours: Channel
    profiles: tuple[str, ...]
    post: str = ""
    times: int = 1
    checked: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the systems agree.

    Attributes
    ----------
    name
        A profile, or nothing for all declarations.
    exact, stricter, laxer
        Declarations on which we are as strict, stricter, or laxer.
    checked, found
        Declarations with a result, and those of them on which something was found.
    """

    name: str
    exact: int
    stricter: int
    laxer: int
    checked: int = 0
    found: int = 0

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
    made = tallied(declarations, lambda one: ("", *one.profiles))
    return made or [Tally("", 0, 0, 0)]


def tallied(declarations: Iterable[Compared], names: Callable[[Compared], Iterable[str]]) -> list[Tally]:
    """Count agreement by the names that are given to each declaration, sorted by name.

    Parameters
    ----------
    names
        Under which names a declaration counts; under each of them once.

    Examples
    --------
    >>> seen = [Compared(Channel.RED, Channel.GREEN, (), "KG-AKT", 3, 2, 1), Compared(Channel.RED, Channel.RED, (), "KG-TOR")]
    >>> [(each.name, each.exact, each.laxer, each.checked, each.found) for each in tallied(seen, lambda one: [one.post])]
    [('KG-AKT', 0, 3, 2, 1), ('KG-TOR', 1, 0, 0, 0)]
    """
    made: dict[str, Counter[str]] = {}
    for one in declarations:
        counts = {agreement(one.theirs, one.ours).value: one.times, "checked": one.checked, "found": one.found}
        for name in dict.fromkeys(names(one)):
            made.setdefault(name, Counter()).update(counts)
    return [_tally(name, made[name]) for name in sorted(made)]


def _tally(name: str, counted: Counter[str]) -> Tally:
    met = {each.value: counted[each.value] for each in Agreement}
    return Tally(name, **met, checked=counted["checked"], found=counted["found"])


class Pair(NamedTuple):
    """The declarations that one system sent by one channel and the other by another, or by the same."""

    theirs: Channel
    ours: Channel
    declarations: int
    checked: int
    found: int

    @property
    def met(self) -> Agreement:
        """How our channel stands to theirs."""
        return agreement(self.theirs, self.ours)


def pairs(declarations: Iterable[Compared]) -> list[Pair]:
    """Count declarations by both channels, every pair of channels once: theirs in order, and ours within it.

    Examples
    --------
    >>> seen = [Compared(Channel.GREEN, Channel.RED, (), times=4, checked=2, found=1)]
    >>> [(each.theirs.value, each.ours.value, each.declarations) for each in pairs(seen) if each.declarations]
    [('green', 'red', 4)]
    >>> len(pairs(seen))
    16
    """
    counted: dict[tuple[Channel, Channel], Counter[str]] = {}
    for one in declarations:
        counts = {"times": one.times, "checked": one.checked, "found": one.found}
        counted.setdefault((one.theirs, one.ours), Counter()).update(counts)
    empty = Counter[str]()
    return [
        Pair(theirs, ours, *(counted.get((theirs, ours), empty)[name] for name in ("times", "checked", "found")))
        for theirs in Channel
        for ours in Channel
    ]
