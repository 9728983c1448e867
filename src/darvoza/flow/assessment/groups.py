"""Items gathered by declaration: counts and sums over the rows that belong together."""

from dataclasses import dataclass

import numpy as np

from darvoza.domain.expression import Relation
from darvoza.flow.assessment.approximation import UNIT, Approximate, compared
from darvoza.flow.assessment.encoding import Encoded, Floats, Mask, Rows


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


def count_compared(
    group: Group, inside: Mask, outside: Mask, *, relation: Relation, right: Approximate
) -> tuple[Mask, Mask]:
    """Compare the number of items with a number, for every count the unknown items leave possible.

    Parameters
    ----------
    group
        The items.
    inside, outside
        Which items surely count, and which surely do not; shape ``(n_members,)``.
    relation, right
        What is compared with, for each row.

    Returns
    -------
    sure, doubtful : Mask
        Where the relation holds for every possible count, and where decimals must decide; shape ``(n_rows,)``.
    """
    least: Floats = np.add.reduceat(inside.astype(np.float64), group.first)[group.place]
    most: Floats = np.add.reduceat((~outside).astype(np.float64), group.first)[group.place]
    low, high = (Approximate(bound, np.zeros(()), grid=True) for bound in (least, most))
    n_rows = len(group.place)
    if relation in {Relation.LESS, Relation.AT_MOST}:
        return compared(high, relation, right, n_rows)
    if relation in {Relation.MORE, Relation.AT_LEAST}:
        return compared(low, relation, right, n_rows)
    sure, doubtful = compared(low, relation, right, n_rows)
    several = least != most
    if relation is Relation.EQUAL:
        return sure & ~several, doubtful & ~several
    below, near_low = compared(low, Relation.MORE, right, n_rows)
    above, near_high = compared(high, Relation.LESS, right, n_rows)
    apart = below | above
    # Between the bounds only a fraction differs from every count: decimals tell.
    return sure, np.where(several, (~apart & ~np.isnan(right.values)) | near_low | near_high, doubtful)


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
        bound = np.add.reduceat(error, group.first) + group.sizes * UNIT * size
    lost = np.isinf(size)
    return Approximate(made[group.place], bound[group.place], doubt=lost[group.place] if lost.any() else None)
