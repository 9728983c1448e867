"""The past as a gate remembers it: it grows with every declaration, and what a few of them need of it is found at once.

Goods items of the past lie in archives, each sorted once. Those that were entered lately lie beside, as do declarations
of which more came to be known. When they become many, they are put into an archive, together with those that are not
much larger: so there are few archives, and none is sorted often.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.archive import Archive, Archived
from darvoza.flow.enrichment.derived import unit_value
from darvoza.flow.enrichment.keys import Codebook, KeyCodes
from darvoza.flow.enrichment.references import PeerBook
from darvoza.flow.enrichment.register import IDENTITY, Event, Kind, Register, all_items

Ints = NDArray[np.int64]

LATELY = 2_000
"""Goods items that lie beside the archives."""

LARGER = 6
"""An archive stays as it is while it is so many times larger than what is put away."""

MONTHS = 2
"""Months for which the values of peers are kept in order."""


class Seen(NamedTuple):
    """The present in the light of the past: its register, and the peers its values are compared with, if ready."""

    register: Register
    peers: PeerBook | None


class Remembered:
    """The past of a gate; to be used by one thread at a time.

    Parameters
    ----------
    items
        Goods items of the past with their outcomes, rows of a version next to each other.
    """

    def __init__(self, items: pl.DataFrame) -> None:
        self._book = Codebook()
        self._archives: list[Archive] = []
        self._lately, self._retold = items.clear(), items.clear()
        self._peers: dict[int, PeerBook] = {}
        if items.height:
            self._archives.append(Archive.of(items.with_columns(unit_value=unit_value()), self._book))

    def frame(self) -> pl.DataFrame:
        """Give every goods item with its outcome as it is known now."""
        return pl.concat([*(self._left_in(archive) for archive in self._archives), self._retold, self._lately])

    def enter(self, items: pl.DataFrame) -> None:
        """Enter goods items that were lodged; one that stands there already is entered once."""
        met = self._in_archives(items.get_column("declaration_id").unique())
        known = pl.concat([met, *self._beside()]).select(IDENTITY)
        new = items.join(known, on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
        # an earlier version counts no longer: it is told again, beside the one that replaced it
        again = met.join(new.select("declaration_id").unique(), on="declaration_id", how="semi", maintain_order="left")
        self._retold, self._lately = pl.concat([self._retold, again]), pl.concat([self._lately, new])
        months = _months(new)
        self._peers = {month: book for month, book in self._peers.items() if not np.any(months < month)}
        self._put_away_if_many()

    def note(self, results: pl.DataFrame) -> None:
        """Note results that became known: ``declaration_id``, ``item`` and the outcomes, one row an item."""
        names = results.get_column("declaration_id").unique()
        self._retold = pl.concat([self._retold, self._in_archives(names)])
        self._retold, self._lately = (
            frame.update(results, on=["declaration_id", "item"], how="left") for frame in self._beside()
        )
        self._put_away_if_many()

    def seen_by(self, present: pl.DataFrame) -> Seen:
        """Look at the past from goods items that are being decided."""
        months = np.unique(_months(present))
        if months.size != 1:
            # some are compared with what others of them declare: everything is looked through
            everything, first = all_items(present, self.frame(), replay=False)
            return Seen(Register.of(everything.with_columns(unit_value=unit_value()), first), None)
        met = self._in_archives(present.get_column("declaration_id").unique())
        retold = pl.concat([self._retold, met])
        everything, first = all_items(present, pl.concat([retold, self._lately]), replay=False)
        everything = everything.with_columns(unit_value=unit_value())
        beside = _Beside(self._archives, self._book.numbers(retold.get_column("declaration_id").unique()))
        register = Register.of(everything, first, KeyCodes(everything, self._book), beside)
        return Seen(register, self._peers_in(int(months[0])))

    def _beside(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self._retold, self._lately

    def _peers_in(self, month: int) -> PeerBook:
        """Give the values that stood when a month opened."""
        if month not in self._peers:
            while len(self._peers) >= MONTHS:
                del self._peers[min(self._peers)]
            items = self.frame().with_columns(unit_value=unit_value())
            register = Register.of(items, items.height, KeyCodes(items, self._book))
            self._peers[month] = PeerBook(register, month)
        return self._peers[month]

    def _in_archives(self, names: pl.Series) -> pl.DataFrame:
        """Give what archives hold of some declarations, but for those that are told again."""
        told = set(self._retold.get_column("declaration_id"))
        numbers = self._book.numbers(names.filter(~names.is_in(told)) if told else names)
        found = [archive.register.items[rows] for archive in self._archives if (rows := archive.rows_of(numbers)).size]
        return pl.concat([self._lately.clear(), *(items.drop("unit_value") for items in found)])

    def _left_in(self, archive: Archive) -> pl.DataFrame:
        """Give what an archive holds, but for the declarations that are told again."""
        items = archive.register.items.drop("unit_value")
        told = self._retold.get_column("declaration_id").unique().implode()
        return items.filter(~pl.col("declaration_id").is_in(told)) if self._retold.height else items

    def _put_away_if_many(self) -> None:
        """Put what lies beside into an archive when it has become much, with those that are not much larger than it.

        What is told again of an archive that stays is told again until there is much of it: a large one is sorted anew for
        many declarations, not for one.
        """
        if max(self._lately.height, self._retold.height) <= LATELY:
            return
        height, taken = self._lately.height + self._retold.height, list[Archive]()
        while self._archives and self._archives[-1].register.items.height < LARGER * height:
            taken.insert(0, self._archives.pop())
            height += taken[0].register.items.height
        staying = self._told_of(self._archives)
        if staying.height > LATELY:
            held = [archive for archive in self._archives if archive.holds(self._numbers(staying)).any()]
            self._archives = [archive for archive in self._archives if archive not in held]
            taken, staying = [*held, *taken], staying.clear()
        names = staying.select("declaration_id").unique()
        kept = self._lately.join(names, on="declaration_id", how="semi", maintain_order="left")
        beside = (each.join(names, on="declaration_id", how="anti", maintain_order="left") for each in self._beside())
        made = pl.concat([*(self._left_in(archive) for archive in taken), *beside])
        # a declaration that is told again is told as a whole
        self._lately, self._retold = self._lately.clear(), pl.concat([staying, kept])
        if made.is_empty():
            return
        self._archives.append(Archive.of(made.with_columns(unit_value=unit_value()), self._book))
        self._archives.sort(key=lambda archive: -archive.register.items.height)

    def _told_of(self, archives: Sequence[Archive]) -> pl.DataFrame:
        """Give what is told again of declarations that lie in some archives."""
        numbers = self._numbers(self._retold)
        held = np.zeros(numbers.size, dtype=bool)
        for archive in archives:
            held |= archive.holds(numbers)
        return self._retold.filter(pl.Series(held))

    def _numbers(self, items: pl.DataFrame) -> Ints:
        return self._book.numbers(items.get_column("declaration_id"))


class _Beside(NamedTuple):
    """Archives beside a register, and the numbers of the declarations that the register tells again."""

    archives: Sequence[Archive]
    told: Ints

    def known(self, event: Event, kind: Kind, asking: Register) -> tuple[Archived, ...]:
        """Give what each archive knows of the keys of the present."""
        return tuple(archive.known(event, kind, asking, archive.rows_of(self.told)) for archive in self.archives)

    def boxed(self) -> "_Beside":
        """Give the same, container by container."""
        return _Beside([archive.boxed for archive in self.archives], self.told)


def _months(items: pl.DataFrame) -> Ints:
    """Give the month of each item, by its first day since 1970."""
    return items.get_column("lodged_at").dt.truncate("1mo").dt.epoch("d").cast(pl.Int64).to_numpy()
