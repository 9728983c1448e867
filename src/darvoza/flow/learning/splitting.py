"""Time splits: what fits, what calibrates, what measures; nothing is learned from a result before it was known."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.learning.examples import Examples

Ints = NDArray[np.int64]

SHARES = (0.70, 0.85)
"""Where in time fitting ends and where calibrating ends."""


class Split(NamedTuple):
    """Rows of each part, rising.

    Attributes
    ----------
    fit, calibrate, measure
        The three parts, each lodged after the one before.
    set_aside
        Rows whose result was not known yet when the next part began: no part has them.
    """

    fit: Ints
    calibrate: Ints
    measure: Ints
    set_aside: int


def split_in_time(examples: Examples) -> Split:
    """Split examples by time of lodging, declarations whole.

    A row whose result became known only after the next part began would not have been there to learn from; it is set
    aside, or the measure would flatter.
    """
    first, second = (_boundary(examples, share) for share in SHARES)
    rows = np.arange(examples.findings.size, dtype=np.int64)
    fit = _known_before(examples, rows[:first], second=first)
    calibrate = _known_before(examples, rows[first:second], second=second)
    aside = second - fit.size - calibrate.size
    return Split(fit, calibrate, rows[second:], aside)


def _boundary(examples: Examples, share: float) -> int:
    """Row at which a part begins: the first of its declaration."""
    row = min(int(examples.findings.size * share), examples.findings.size - 1)
    return int(np.searchsorted(examples.declarations, examples.declarations[row], side="left"))


def _known_before(examples: Examples, rows: Ints, *, second: int) -> Ints:
    """Keep the rows whose result was known when the part that begins at `second` began."""
    return np.asarray(rows[examples.known[rows] < examples.lodged[second]])
