"""What a decision made again can come out otherwise in where some of what was decided with it was erased: the score's share, and no more.

What is left of the capacity is divided among all that is decided together, so the floors of the score move, and with them whether
and of which items an act is asked for. The draw and all other floors are of the goods themselves.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any, Final

from darvoza.domain.selection import FloorKind
from darvoza.flow.gate.records import decisions_of
from darvoza.flow.oversight.verification import replay

Rows = Sequence[Mapping[str, Any]]

OF_CAPACITY: Final = frozenset(
    {"floors", "items", "probability", "selected", "basis", "channel", "contributions", "families"}
)
"""What follows from the floors of the score; of floors, those of other kinds do not."""

OF_HISTORY: Final = frozenset({"score", "harm", "money", "severity", "challenger_score", "urgency"})
"""What follows from what was found before."""


def explained(was: Rows, made: Rows, *, before: bool, of_history: Collection[str] = ()) -> bool:
    """Tell whether two decisions differ in nothing but what follows from what was erased.

    Parameters
    ----------
    was, made
        The decisions on one declaration as they were kept and as they come out, in plain values.
    before
        Whether some of what was erased came before: where streams stood in their plans, and what the score knew, is gone with it.
    of_history
        Profiles that speak of what was known before, by their codes: their floors go with it, too.

    Notes
    -----
    What was kept has to follow from its own floors and draw, too: else it is no decision that anything could have led to.
    """
    if not was or any(each.disagreed for each in replay(decisions_of(was), {})):
        return False
    moved = {FloorKind.SCORE.value, *((FloorKind.PLAN.value, *of_history) if before else ())}
    free = OF_CAPACITY | (OF_HISTORY if before else frozenset())
    ours, theirs = ({(row["agency"], row["act"]): row for row in rows} for rows in (made, was))
    acts = ours.keys() | theirs.keys()
    return _draws(was) == _draws(made) and all(_same(ours.get(act), theirs.get(act), free, moved) for act in acts)


def _draws(rows: Rows) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in ("fingerprint", "key_day", "commitment", "u")) for row in rows}


def _same(
    one: Mapping[str, Any] | None, other: Mapping[str, Any] | None, free: Collection[str], moved: Set[str]
) -> bool:
    """Tell whether two decisions on an act are the same but for what may have moved; one that is missing has no floor that stays."""
    if _staying(one, moved) != _staying(other, moved):
        return False
    return (
        one is None
        or other is None
        or all(one.get(name) == other.get(name) for name in {*one, *other}.difference(free))
    )


def _staying(row: Mapping[str, Any] | None, moved: Set[str]) -> list[tuple[str, str, float, tuple[int, ...]]]:
    """Give the floors under an act that nothing could have moved."""
    return sorted(
        (each["kind"], each["source"], each["probability"], tuple(each["items"] or ()))
        for each in (row["floors"] if row else ())
        if not {each["kind"], each["source"]} & moved
    )
