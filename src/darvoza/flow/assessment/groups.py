"""Items gathered by declaration: counts and sums over the rows that belong together."""

from dataclasses import dataclass

import numpy as np

from darvoza.domain.expression import Relation
from darvoza.flow.assessment.approximation import Approximate, Compared, compared, rounding
from darvoza.flow.assessment.encoding import Encoded, Floats, Mask, Places, Rows


@dataclass(frozen=True, slots=True)
class Group:
    """All goods items of the declarations some rows belong to.

    Attributes
    ----------
    place
        For each row asked about, the place of its declaration in `first`; shape ``(n_rows,)``.
    members
        The rows of all items of these declarations, declaration by declaration; shape ``(n_members,)``.
    first, sizes
        For each declaration the place of its first item in `members`, and the number of its items.
    """

    place: Rows
    members: Rows
    first: Rows
    sizes: Rows


def group_of(columns: Encoded, rows: Rows) -> Group:
    """Gather the declarations some rows belong to."""
    chosen, place = np.unique(columns.declaration[rows], return_inverse=True)
    sizes = columns.ends[chosen] - columns.starts[chosen]
    first = np.cumsum(sizes) - sizes
    members = np.arange(int(sizes.sum())) + np.repeat(columns.starts[chosen] - first, sizes)
    return Group(place, members, first, sizes)


def least_and_most(group: Group, inside: Mask, outside: Mask) -> tuple[Floats, Floats]:
    """Give the least and the greatest number of items that count; each of shape ``(n_rows,)``.

    Parameters
    ----------
    group
        The items.
    inside, outside
        Which items surely count, and which surely do not; shape ``(n_members,)``.
    """
    least: Floats = np.add.reduceat(inside.astype(np.float64), group.first)[group.place]
    most: Floats = np.add.reduceat((~outside).astype(np.float64), group.first)[group.place]
    return least, most


def distinct_of(group: Group, places: Places, inside: Mask, outside: Mask) -> tuple[Floats, Floats]:
    """Give the least and the greatest number of different values; each of shape ``(n_rows,)``.

    Parameters
    ----------
    group
        The items.
    places
        The value of each item as a number above 0, 0 where unknown; shape ``(n_members,)``.
    inside, outside
        As in `least_and_most`.
    """
    owner = np.repeat(np.arange(len(group.first)), group.sizes)
    width = int(places.max(initial=0)) + 1
    made = []
    for chosen in (inside, ~outside):
        pairs = np.unique((owner * width + places)[chosen & (places > 0)]) // width
        made.append(np.bincount(pairs, minlength=len(group.first)).astype(np.float64))
    least, most = made
    least = np.maximum(least, np.logical_or.reduceat(inside, group.first))
    most = most + np.add.reduceat((~outside & (places == 0)).astype(np.float64), group.first)
    return least[group.place], most[group.place]


def count_compared(group: Group, bounds: tuple[Floats, Floats], *, relation: Relation, right: Approximate) -> Compared:
    """Compare a count with a number, for every count that remains possible.

    Parameters
    ----------
    group
        The items.
    bounds
        The least and the greatest count possible; each of shape ``(n_rows,)``.
    relation, right
        What is compared with, for each row.

    Returns
    -------
    sure, doubtful : Mask
        Where the relation holds for every possible count, and where decimals must decide (``None``: nowhere); shape
        ``(n_rows,)``.
    """
    least, most = bounds
    low, high = (Approximate(bound, 0.0, bound, grid=True) for bound in (least, most))
    n_rows = len(group.place)
    if relation in {Relation.LESS, Relation.AT_MOST}:
        return compared(high, relation, right, n_rows)
    if relation in {Relation.MORE, Relation.AT_LEAST}:
        return compared(low, relation, right, n_rows)
    sure, doubtful = compared(low, relation, right, n_rows)
    several = least != most
    if relation is Relation.EQUAL:
        return sure & ~several, None if doubtful is None else doubtful & ~several
    below, near_low = compared(low, Relation.MORE, right, n_rows)
    above, near_high = compared(high, Relation.LESS, right, n_rows)
    # Between the bounds only a fraction differs from every count: decimals tell.
    between = ~(below | above) & ~np.isnan(right.values)
    nowhere = np.zeros(n_rows, np.bool_)
    near = [nowhere if part is None else part for part in (doubtful, near_low, near_high)]
    return sure, np.where(several, between | near[1] | near[2], near[0])


def summed(group: Group, addends: Approximate, inside: Mask, outside: Mask) -> Approximate:
    """Add numbers over the items of each declaration, with a bound of the error of adding floats.

    n additions are off by at most n·u·Σ|x|, in any order (N. J. Higham, "Accuracy and Stability of Numerical
    Algorithms", 2nd edition, section 4.2).
    """
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.where(inside, addends.values, np.where(outside, 0.0, np.nan))
        error = np.where(inside, addends.error, 0.0)
        made = np.add.reduceat(values, group.first)
        size = np.add.reduceat(np.abs(values), group.first)
        bound = np.add.reduceat(error, group.first) + group.sizes * rounding(size)
    lost = np.isinf(size)
    place = group.place
    return Approximate(made[place], bound[place], size[place], doubt=lost[place] if lost.any() else None)
