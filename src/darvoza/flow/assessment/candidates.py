"""Rows worth asking about, and the facts at them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.encoding import Encoded, Mask, Rows


class Candidates:
    """Rows to be asked about; each column is read once.

    Parameters
    ----------
    columns
        The facts of all rows.
    rows
        Row numbers, shape ``(n,)``.

    Attributes
    ----------
    columns, rows
        As given.
    """

    __slots__ = ("_known", "columns", "rows")

    def __init__(self, columns: Encoded, rows: Rows) -> None:
        self.columns, self.rows = columns, rows
        self._known: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, fact: str) -> NDArray[Any]:
        """Give a fact at these rows as `Encoded.whole` encodes it; shape ``(n,)``, not to be written to."""
        made = self._known.get(fact)
        if made is None:
            made = self._known[fact] = self._fetched(fact)
        return made

    def known(self, fact: str) -> Mask:
        """Tell where a fact is known; shape ``(n,)``."""
        kind = FACT[fact].type
        if kind is FactType.CODES:
            known: Mask = self.columns.codes(fact).is_not_null().to_numpy()[self.rows]
        elif kind in {FactType.NUMBER, FactType.DATE}:
            known = ~np.isnan(self.read(fact))
        else:
            known = self.read(fact) >= 0 if kind is FactType.FLAG else self.read(fact) > 0
        return known

    def only(self, which: Rows) -> "Candidates":
        """Give those at some places among the candidates; `which` has shape ``(m,)``."""
        return Candidates(self.columns, self.rows[which])

    def _fetched(self, fact: str) -> NDArray[Any]:
        return self.columns.whole(fact)[self.rows]


class Everything(Candidates):
    """All rows.

    Parameters
    ----------
    columns
        The facts of all rows.
    """

    __slots__ = ()

    def __init__(self, columns: Encoded) -> None:
        super().__init__(columns, np.arange(columns.height))

    def _fetched(self, fact: str) -> NDArray[Any]:
        return self.columns.whole(fact)
