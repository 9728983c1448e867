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

from darvoza.flow.enrichment.archive import ABSENT, Archive
from darvoza.flow.enrichment.derived import unit_value
from darvoza.flow.enrichment.inquiry import Beside, Side
from darvoza.flow.enrichment.keys import ONE_BY_ONE, Codebook, KeyCodes
from darvoza.flow.enrichment.merging import Apart, Merging, at_once, left_in
from darvoza.flow.enrichment.patterns import AHEAD
from darvoza.flow.enrichment.references import PeerBook
from darvoza.flow.enrichment.register import IDENTITY, Register, all_items
from darvoza.flow.enrichment.sheets import Event, Sheet
from darvoza.flow.enrichment.timeline import months_of
from darvoza.methods.asof import Questions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LATELY = 2_000
"""Goods items that lie beside the archives."""

LARGER = 6
"""An archive stays as it is while it is so many times larger than what is put away."""

KEPT = 3
"""Frames from which was asked that are kept as they were read: as many as are decided before the first is entered."""

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
    apart
        Has archives made, at once or by another thread; until one is there, what it is to hold is found where it was.
    """

    def __init__(self, items: pl.DataFrame, *, apart: Apart = at_once) -> None:
        self._book, self._apart = Codebook(), apart
        self._merging: Merging | None = None
        self._archives: list[Archive] = []
        self._retold, self._told = items.clear(), np.empty(0, dtype=np.int64)
        self._lately = [items.clear()]
        self._aside = self._read(items.clear())
        self._peers: dict[int, PeerBook] = {}
        self._asked: list[tuple[pl.DataFrame, Register]] = []
        if items.height:
            self._archives.append(Archive(self._read(items, items.height), items))

    def frame(self) -> pl.DataFrame:
        """Give every goods item with its outcome as it is known now."""
        return pl.concat([*(left_in(archive, self._told) for archive in self._archives), *self._beside()])

    def enter(self, items: pl.DataFrame, *, of: pl.DataFrame | None = None) -> None:
        """Enter goods items that were lodged; one that stands there already is entered once.

        Parameters
        ----------
        items
            The goods items.
        of
            The frame they come from: where `seen_by` was asked from it of late, it is not read a second time.
        """
        read = next((register for frame, register in self._asked if frame is of), None) or self._read(items)
        declarations = np.unique(read.declaration)
        known = self._known(declarations)
        if known.is_empty():
            self._aside = self._aside.followed_by(read)
        else:
            items = items.join(known.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
            # an earlier version counts no longer: it is told again, beside the one that replaced it
            self._retell(self._numbers(items))
        self._lately.append(items)
        if known.height:
            self._read_again(declarations)
        self._note_changed(declarations)
        months = months_of(read.lodged)
        self._peers = {month: book for month, book in self._peers.items() if not np.any(months < month)}
        self._put_away_if_many()

    def note(self, results: pl.DataFrame) -> None:
        """Note results that became known: ``declaration_id``, ``item`` and the outcomes, one row an item."""
        declarations = np.unique(self._numbers(results))
        self._retell(declarations)
        self._retold, lately = (
            frame.update(results, on=["declaration_id", "item"], how="left") for frame in self._beside()
        )
        self._lately = [lately]
        self._read_again(declarations)
        self._note_changed(declarations)
        self._put_away_if_many()

    def seen_by(self, present: pl.DataFrame, *, of: pl.DataFrame | None = None) -> Seen:
        """Look at the past from goods items that are being decided; `of` is the frame they come from."""
        asking = self._read(present, 0, blind=True)
        if of is not None:
            self._asked = [*self._asked[1 - KEPT :], (of, asking)]
        months = np.unique(months_of(asking.lodged))
        if months.size != 1:
            # some are compared with what others of them declare: everything is looked through
            return Seen.at_once(*all_items(present, self.frame(), replay=False))
        declarations = np.unique(asking.declaration)
        known = self._known(declarations)
        if known.height:
            asking = self._read(*all_items(present, known, replay=False))
        register = self._aside.without(declarations).followed_by(asking)
        beside = _Beside(self._archives, np.union1d(self._told, declarations))
        return Seen(register, beside, asking, self._peers_in(int(months[0])))

    def _beside(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give what is told again, and what was entered of late."""
        if len(self._lately) > 1:
            self._lately = [pl.concat(self._lately, rechunk=True)]
        return self._retold, self._lately[0]

    def _read(self, items: pl.DataFrame, first: int = 0, *, blind: bool = False) -> Register:
        """Read goods items, so that they can stand beside others."""
        if items.height > ONE_BY_ONE:
            items = items.with_columns(UNIT_VALUE)
        return Register.of(items, first, KeyCodes(items, self._book), ahead=AHEAD, blind=blind).ready()

    def _read_again(self, declarations: Ints) -> None:
        """Read declarations again that lie beside the archives."""
        told = pl.concat(self._among(frame, declarations) for frame in self._beside())
        self._aside = self._aside.without(declarations).followed_by(self._read(told))

    def _known(self, declarations: Ints) -> pl.DataFrame:
        """Give what is known of some declarations."""
        found = self._in_archives(declarations)
        if np.isin(declarations, self._aside.declaration).any():
            found = pl.concat([found, *(self._among(frame, declarations) for frame in self._beside())])
        return found

    def _retell(self, declarations: Ints) -> None:
        """Tell declarations again that lie in archives."""
        found = self._in_archives(declarations)
        if found.height:
            self._tell_again(pl.concat([self._retold, found], rechunk=True))

    def _tell_again(self, items: pl.DataFrame) -> None:
        self._retold, self._told = items, np.unique(self._numbers(items))

    def _among(self, items: pl.DataFrame, declarations: Ints) -> pl.DataFrame:
        """Give the goods items of some declarations."""
        return items.filter(pl.Series(np.isin(self._numbers(items), declarations)))

    def _peers_in(self, month: int) -> PeerBook:
        """Give the values that stood when a month opened."""
        if month not in self._peers:
            while len(self._peers) >= MONTHS:
                del self._peers[min(self._peers)]
            items = self.frame().with_columns(UNIT_VALUE)
            register = Register.of(items, items.height, KeyCodes(items, self._book))
            self._peers[month] = PeerBook(register, month)
        return self._peers[month]

    def _in_archives(self, declarations: Ints) -> pl.DataFrame:
        """Give what archives hold of some declarations, but for those that are told again."""
        left = np.setdiff1d(declarations, self._told)
        found = [archive.items[rows] for archive in self._archives if (rows := archive.rows_of(left)).size]
        return pl.concat([self._retold.clear(), *found])

    def _note_changed(self, declarations: Ints) -> None:
        if self._merging is not None:
            self._merging.note_changed(declarations)

    def _put_away_if_many(self) -> None:
        """Put what lies beside into an archive when it has become much, with those that are not much larger than it.

        What is told again of an archive that stays is told again until there is much of it: a large one is sorted anew for
        many declarations, not for one.
        """
        if self._merging is not None:
            if not self._merging.has_ended:
                return
            self._put_away(self._merging)
        if max(sum(items.height for items in self._lately), self._retold.height) <= LATELY:
            return
        self._merging = self._begun()
        self._apart(self._merging.make)
        if self._merging.has_ended:
            self._put_away(self._merging)

    def _begun(self) -> Merging:
        """Begin an archive of what lies beside."""
        height, left, taken = sum(items.height for items in self._beside()), list(self._archives), list[Archive]()
        while left and left[-1].register.size < LARGER * height:
            taken.insert(0, left.pop())
            height += taken[0].register.size
        staying = self._told_of(left)
        if staying.height > LATELY:
            held = [archive for archive in left if archive.holds(self._numbers(staying)).any()]
            left, taken, staying = [each for each in left if each not in held], [*held, *taken], staying.clear()
        names = staying.select("declaration_id").unique()
        beside = pl.concat(
            each.join(names, on="declaration_id", how="anti", maintain_order="left") for each in self._beside()
        )
        return Merging(taken, left, self._told, beside=beside, read=self._read(beside, beside.height))

    def _put_away(self, merging: Merging) -> None:
        """Put an archive that was made in the place of what it was made of.

        Of what lies beside, all that it holds goes, but for declarations of which more became known meanwhile: these are
        told again, as are those of archives that stay.
        """
        made, self._merging = merging.made(), None
        archives = [*merging.left, *([made] if made.register.size else [])]
        told: list[pl.DataFrame] = []
        lately: list[pl.DataFrame] = []
        for frame in self._beside():
            numbers = self._numbers(frame)
            gone = made.holds(numbers) & ~merging.has_changed(numbers)
            again = ~gone & self._held_by(archives, numbers)
            told.append(frame.filter(pl.Series(again)))
            lately.append(frame.filter(pl.Series(~gone & ~again)))
            self._aside = self._aside.without(np.unique(numbers[gone]))
        # a declaration that is told again is told as a whole
        self._lately = [pl.concat(lately, rechunk=True)]
        self._tell_again(pl.concat(told, rechunk=True))
        self._archives = sorted(archives, key=lambda archive: -archive.register.size)

    def _told_of(self, archives: Sequence[Archive]) -> pl.DataFrame:
        """Give what is told again of declarations that lie in some archives."""
        return self._retold.filter(pl.Series(self._held_by(archives, self._numbers(self._retold))))

    def _held_by(self, archives: Sequence[Archive], declarations: Ints) -> Flags:
        """Tell which declarations lie in some archives, by their numbers."""
        held = np.zeros(declarations.size, dtype=bool)
        for archive in archives:
            held |= archive.holds(declarations)
        return held

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
        self._found: dict[tuple[tuple[str, ...], ...], list[Ints]] = {}
        self._asked: dict[tuple[object, ...], list[Questions]] = {}

    def sides(self, event: Event, sheet: Sheet, places: Sequence[int], asking: Register) -> Iterator[Side]:
        """Give what each archive says of the keys of the present, of kinds at some places of a sheet."""
        name = (sheet.name, places)
        if name not in self._asked:
            self._asked[name] = [
                Questions.of(keys, np.resize(asking.asked, keys.size)) for keys in self._keys(sheet, places, asking)
            ]
        for archive, asked, taken in zip(self._archives, self._asked[name], self._taken, strict=True):
            yield from archive.of_sheet(sheet).sides(event, asked, asking, taken)

    def _keys(self, sheet: Sheet, places: Sequence[int], asking: Register) -> Iterator[Ints]:
        """Give the codes that keys of the present have in each archive, kind by kind."""
        if sheet.fields not in self._found:
            found = (archive.find(sheet.fields, asking) for archive in self._archives)
            self._found[sheet.fields] = [np.where(keys < 0, ABSENT, keys) for keys in found]
        return (found[sheet.picked[list(places)]].ravel() for found in self._found[sheet.fields])

    def since(self, moment: int) -> "_Beside":
        """Give the archives of which anything was lodged at a moment [s] or later."""
        return _Beside([archive for archive in self._archives if archive.latest >= moment], self._told)

    def boxed(self) -> "_Beside":
        """Give the same, container by container."""
        return _Beside([archive.boxed for archive in self._archives], self._told)
