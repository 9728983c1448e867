"""The past as a gate remembers it: it grows with every declaration, and what a few of them need of it is found at once.

Goods items of the past lie in archives, each sorted once. Those that were entered lately lie beside, as do declarations
of which more came to be known. When they become many, they are put into an archive, together with those that are not
much larger: so there are few archives, and none is sorted often.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.archive import Archive
from darvoza.flow.enrichment.derived import unit_value
from darvoza.flow.enrichment.inquiry import Beside, Side
from darvoza.flow.enrichment.keys import Codebook, KeyCodes
from darvoza.flow.enrichment.patterns import FIELDS, MEASURED
from darvoza.flow.enrichment.references import PeerBook
from darvoza.flow.enrichment.register import IDENTITY, Register, all_items
from darvoza.flow.enrichment.sheets import Event, Sheet
from darvoza.methods.asof import Questions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LATELY = 2_000
"""Goods items that lie beside the archives."""

LARGER = 6
"""An archive stays as it is while it is so many times larger than what is put away."""

MONTHS = 2
"""Months for which the values of peers are kept in order."""

UNIT_VALUE = unit_value().alias("unit_value")


class Seen(NamedTuple):
    """The present in the light of the past.

    Attributes
    ----------
    register
        The present below what is known of late.
    beside
        The past beside it, if any.
    asking
        The present below nothing but what is known of the same declarations.
    peers
        Those with whose values it is compared; ``None``: those in the register.
    """

    register: Register
    beside: Beside | None
    asking: Register
    peers: PeerBook | None

    @classmethod
    def at_once(cls, items: pl.DataFrame, first: int) -> Self:
        """Look through everything: the past, then the present."""
        register = Register.of(items.with_columns(UNIT_VALUE), first)
        return cls(register, None, register, None)


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
        self._retold, self._lately = items.clear(), [items.clear()]
        self._aside = self._read(items.clear())
        self._peers: dict[int, PeerBook] = {}
        if items.height:
            self._archives.append(Archive.of(items.with_columns(UNIT_VALUE), self._book))

    def frame(self) -> pl.DataFrame:
        """Give every goods item with its outcome as it is known now."""
        return pl.concat([*(self._left_in(archive) for archive in self._archives), *self._beside()])

    def enter(self, items: pl.DataFrame) -> None:
        """Enter goods items that were lodged; one that stands there already is entered once."""
        names = items.get_column("declaration_id").unique()
        known = self._known(names)
        if known.is_empty():
            self._lately.append(items)
            self._aside = self._aside.followed_by(self._read(items))
        else:
            items = items.join(known.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
            # an earlier version counts no longer: it is told again, beside the one that replaced it
            self._retell(items.get_column("declaration_id").unique())
            self._lately.append(items)
            self._read_again(names)
        if items.height:
            earliest = _months(items).min()
            self._peers = {month: book for month, book in self._peers.items() if month <= earliest}
        self._put_away_if_many()

    def note(self, results: pl.DataFrame) -> None:
        """Note results that became known: ``declaration_id``, ``item`` and the outcomes, one row an item."""
        names = results.get_column("declaration_id").unique()
        self._retell(names)
        self._retold, lately = (
            frame.update(results, on=["declaration_id", "item"], how="left") for frame in self._beside()
        )
        self._lately = [lately]
        self._read_again(names)
        self._put_away_if_many()

    def seen_by(self, present: pl.DataFrame) -> Seen:
        """Look at the past from goods items that are being decided."""
        months = np.unique(_months(present))
        if months.size != 1:
            # some are compared with what others of them declare: everything is looked through
            return Seen.at_once(*all_items(present, self.frame(), replay=False))
        names = present.get_column("declaration_id").unique()
        known, numbers = self._known(names), self._book.numbers(names)
        everything, first = all_items(present, known, replay=False)
        asking = self._read(everything, first)
        told = self._book.numbers(self._retold.get_column("declaration_id").unique())
        beside = _Beside(self._archives, np.union1d(told, numbers))
        register = self._aside.without(numbers).followed_by(asking)
        return Seen(register, beside, asking, self._peers_in(int(months[0])))

    def _beside(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give what is told again, and what was entered of late."""
        if len(self._lately) > 1:
            self._lately = [pl.concat(self._lately, rechunk=True)]
        return self._retold, self._lately[0]

    def _read(self, items: pl.DataFrame, first: int | None = None) -> Register:
        """Read goods items, so that they can stand beside others."""
        items = items.with_columns(UNIT_VALUE)
        register = Register.of(items, items.height if first is None else first, KeyCodes(items, self._book))
        return register.ready(FIELDS, MEASURED)

    def _read_again(self, names: pl.Series) -> None:
        """Read declarations again that lie beside the archives."""
        told = pl.concat(frame.filter(pl.col("declaration_id").is_in(names.implode())) for frame in self._beside())
        self._aside = self._aside.without(self._book.numbers(names)).followed_by(self._read(told))

    def _known(self, names: pl.Series) -> pl.DataFrame:
        """Give what is known of some declarations."""
        numbers = self._book.numbers(names)
        found = [self._in_archives(names)]
        if np.isin(numbers, self._aside.declaration).any():
            found += [frame.filter(pl.col("declaration_id").is_in(names.implode())) for frame in self._beside()]
        return pl.concat(found) if len(found) > 1 else found[0]

    def _retell(self, names: pl.Series) -> None:
        """Tell declarations again that lie in archives."""
        found = self._in_archives(names)
        if found.height:
            self._retold = pl.concat([self._retold, found], rechunk=True)

    def _peers_in(self, month: int) -> PeerBook:
        """Give the values that stood when a month opened."""
        if month not in self._peers:
            while len(self._peers) >= MONTHS:
                del self._peers[min(self._peers)]
            items = self.frame().with_columns(UNIT_VALUE)
            register = Register.of(items, items.height, KeyCodes(items, self._book))
            self._peers[month] = PeerBook(register, month)
        return self._peers[month]

    def _in_archives(self, names: pl.Series) -> pl.DataFrame:
        """Give what archives hold of some declarations, but for those that are told again."""
        numbers = self._book.numbers(names)
        found = [(archive, rows) for archive in self._archives if (rows := archive.rows_of(numbers)).size]
        nothing = self._retold.clear()
        if not found:
            return nothing
        told = self._retold.get_column("declaration_id").unique().implode()
        items = pl.concat([nothing, *(archive.register.items[rows].drop("unit_value") for archive, rows in found)])
        return items.filter(~pl.col("declaration_id").is_in(told))

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
        if max(sum(items.height for items in self._lately), self._retold.height) <= LATELY:
            return
        height, taken = sum(items.height for items in self._beside()), list[Archive]()
        while self._archives and self._archives[-1].register.size < LARGER * height:
            taken.insert(0, self._archives.pop())
            height += taken[0].register.size
        staying = self._told_of(self._archives)
        if staying.height > LATELY:
            held = [archive for archive in self._archives if archive.holds(self._numbers(staying)).any()]
            self._archives = [archive for archive in self._archives if archive not in held]
            taken, staying = [*held, *taken], staying.clear()
        names = staying.select("declaration_id").unique()
        kept = self._beside()[1].join(names, on="declaration_id", how="semi", maintain_order="left")
        beside = (each.join(names, on="declaration_id", how="anti", maintain_order="left") for each in self._beside())
        made = pl.concat([*(self._left_in(archive) for archive in taken), *beside])
        # a declaration that is told again is told as a whole
        self._lately, self._retold = [kept.clear()], pl.concat([staying, kept])
        self._aside = self._read(self._retold)
        if made.is_empty():
            return
        self._archives.append(Archive.of(made.with_columns(UNIT_VALUE), self._book))
        self._archives.sort(key=lambda archive: -archive.register.size)

    def _told_of(self, archives: Sequence[Archive]) -> pl.DataFrame:
        """Give what is told again of declarations that lie in some archives."""
        numbers = self._numbers(self._retold)
        held = np.zeros(numbers.size, dtype=bool)
        for archive in archives:
            held |= archive.holds(numbers)
        return self._retold.filter(pl.Series(held))

    def _numbers(self, items: pl.DataFrame) -> Ints:
        return self._book.numbers(items.get_column("declaration_id"))


class _Beside:
    """Archives beside a register.

    Parameters
    ----------
    archives
        The archives.
    told
        The declarations that the register tells again, by their numbers.
    """

    def __init__(self, archives: Sequence[Archive], told: Ints) -> None:
        self._archives, self._told = archives, told
        self._taken = [archive.rows_of(told) for archive in archives]
        self._asked: dict[tuple[object, ...], list[Questions]] = {}

    def sides(self, event: Event, sheet: Sheet, places: Sequence[int], asking: Register) -> Iterator[Side]:
        """Give what each archive says of the keys of the present, of kinds at some places of a sheet."""
        sheets, name = [archive.of_sheet(sheet) for archive in self._archives], (sheet.name, tuple(places))
        if name not in self._asked:
            self._asked[name] = [each.questions(places, asking) for each in sheets]
        for each, asked, taken in zip(sheets, self._asked[name], self._taken, strict=True):
            yield from each.sides(event, asked, asking, taken)

    def boxed(self) -> "_Beside":
        """Give the same, container by container."""
        return _Beside([archive.boxed for archive in self._archives], self._told)


def _months(items: pl.DataFrame) -> Ints:
    """Give the month of each item, by its first day since 1970."""
    return items.get_column("lodged_at").dt.truncate("1mo").dt.epoch("d").cast(pl.Int64).to_numpy()
