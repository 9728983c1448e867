"""A new archive made of others and of what lay beside them: by whoever has the time, while declarations are decided."""

from collections.abc import Callable, Sequence
from functools import reduce
from threading import Thread

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.archive import Archive
from darvoza.flow.enrichment.register import Register

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Apart = Callable[[Callable[[], None]], None]
"""Has work done: at once, or by another thread."""


def at_once(work: Callable[[], None]) -> None:
    """Do work now."""
    work()


def by_another_thread(work: Callable[[], None]) -> None:
    """Have work done beside what is decided."""
    Thread(target=work, name="past", daemon=True).start()


class Merging:
    """An archive that is being made; what it is made of is not changed, and stays in use until it is there.

    Parameters
    ----------
    taken
        The archives that it takes the place of.
    left
        Those that stay.
    told
        Declarations that are told again elsewhere, by their numbers: what archives hold of them is left out.
    beside, read
        What lay beside the archives and is put away, as goods items and as a register.
    """

    def __init__(
        self, taken: Sequence[Archive], left: Sequence[Archive], told: Ints, *, beside: pl.DataFrame, read: Register
    ) -> None:
        self.left = list(left)
        self._taken, self._told, self._beside, self._read = taken, told, beside, read
        self._made: Archive | None = None
        self._ended = False
        self._changed: list[Ints] = []

    @property
    def has_ended(self) -> bool:
        """Whether it was made, or could not be."""
        return self._ended

    def make(self) -> None:
        """Make it, with all that those were asked for whose place it takes; to be called by any thread."""
        try:
            items = pl.concat([*(left_in(archive, self._told) for archive in self._taken), self._beside])
            # what was read once is not read again: declarations lie as a whole in one archive, or beside
            registers = [*(archive.register.without(self._told) for archive in self._taken), self._read]
            made = Archive(reduce(Register.followed_by, registers), items.rechunk())
            for archive in self._taken:
                archive.make_ahead(made)
            self._made = made
        finally:
            self._ended = True

    def note_changed(self, declarations: Ints) -> None:
        """Note declarations of which more became known since it was begun, by their numbers."""
        self._changed.append(declarations)

    def made(self) -> Archive:
        """Give it once it has ended; where it could not be made, that fails here, too."""
        if self._made is None:
            self.make()
        assert self._made is not None  # noqa: S101 - it was just made
        return self._made

    def has_changed(self, declarations: Ints) -> Flags:
        """Tell of which declarations more became known since it was begun."""
        return np.isin(declarations, np.concatenate([*self._changed, np.empty(0, dtype=np.int64)]))


def left_in(archive: Archive, told: Ints) -> pl.DataFrame:
    """Give what an archive holds, but for declarations that are told again."""
    again = np.isin(archive.register.declaration, told)
    return archive.items.filter(pl.Series(~again)) if again.any() else archive.items
