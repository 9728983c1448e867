"""Photos of orders held against the journal: each is there, as it was added, and its file holds the bytes that it names."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from darvoza.domain.journal import EntryKind
from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import place_of
from darvoza.office.desk.queries.photos import stray_photos
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.gone import LetGo, let_go
from darvoza.office.insight.queries.hearing import act_of, subjects
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import declaration_of
from darvoza.office.registry.models import Order
from darvoza.progress import OnProgress, counted, unheard

MOST: Final = 100
"""Differences that are told."""

BATCH: Final = 500

NOTHING_EXPIRED: Final = LetGo({}, 0)
"""As if no declaration had been deleted: so photos are asked for whose order is gone, and that an earlier version left behind."""

_KEPT: Final = ("digest", "kind", "size")


class _Heard(NamedTuple):
    """What the journal tells of the photos of an order: each by its number; and whether anything of it may have been erased."""

    photos: dict[int, dict[str, Any]]
    erased: bool


@dataclass(slots=True)
class _Looked:
    """What looking at the photos of an order came to: those that are as told, those of which it was erased, and what differs."""

    order: str
    attested: int = 0
    erased: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class PhotosHeld:
    """How the photos stand: those that are as the journal tells, those of which it was erased, and the first of what differs.

    `stray` names files that belong to no order: no difference, but nobody sees them, and nothing will delete them.
    """

    attested: int = 0
    erased: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)

    def note(self, each: Difference) -> None:
        """Take in what differs."""
        self.different += 1
        self.differences = [*self.differences, each][:MOST]


def photos_held(root: Path, on_progress: OnProgress = unheard) -> PhotosHeld:
    """Hold every photo against the journal, and its file against its digest; files are read whole.

    Parameters
    ----------
    root
        Directory of the photos.
    on_progress
        Told how many orders' photos were read.
    """
    held, expired = PhotosHeld(stray=stray_photos(root)), let_go()
    orders = Photo.objects.order_by("order_id").values_list("order_id", flat=True).distinct()
    source = counted(orders.iterator(chunk_size=BATCH), on_progress)
    while batch := list(islice(source, BATCH)):
        for looked in _looked_twice(batch, root, expired):
            held.attested += looked.attested
            held.erased += looked.erased
            for each in looked.differences:
                held.note(each)
    for missing in _gone(expired):
        held.note(missing)
    return held


def _looked_twice(orders: Collection[str], root: Path, expired: LetGo) -> Iterator[_Looked]:
    """Look at the photos of orders, and at those of which something differs once more: a photo may have been added in between."""
    first = list(_looked(orders, root, expired))
    strange = [each.order for each in first if each.differences]
    again = {each.order: each for each in _looked(strange, root, expired)} if strange else {}
    for each in first:
        yield again.get(each.order, _Looked(each.order)) if each.differences else each


def _looked(orders: Collection[str], root: Path, expired: LetGo) -> Iterator[_Looked]:
    """Look at the photos of orders as they stand now."""
    rows: dict[str, list[Photo]] = {}
    for row in Photo.objects.filter(order_id__in=orders).order_by("order_id", "number"):
        rows.setdefault(row.order_id, []).append(row)
    there = set(Order.objects.filter(order_id__in=orders).values_list("order_id", flat=True))
    heard = _heard(there, expired) | _heard(set(orders) - there)
    for order, of_one in rows.items():
        looked, on_it = _Looked(order), heard.get(order, _Heard({}, erased=False))
        of = Difference(declaration_of(order), act_of(order), "", None, None)
        for row in of_one:
            told, at = on_it.photos.get(row.number), of._replace(field=f"photo {row.number}")
            found = list(_differences(at, row, told, root, erased=on_it.erased))
            looked.differences += found
            looked.attested += bool(told) and not found
            looked.erased += not told and not found
        for number in sorted(on_it.photos.keys() - {row.number for row in of_one}) if order in there else ():
            looked.differences.append(of._replace(field=f"photo {number}", journal="a photo"))
        yield looked


def _differences(
    of: Difference, row: Photo, told: dict[str, Any] | None, root: Path, *, erased: bool
) -> Iterator[Difference]:
    """Compare a photo with what the journal tells, and with its file."""
    if told is None and not erased:
        yield of._replace(register="a photo")
    for name in _KEPT if told else ():
        if told and told[name] != getattr(row, name):
            yield of._replace(field=f"{of.field}: {name}", journal=told[name], register=getattr(row, name))
    found = _digest_of(place_of(root, row.digest, row.kind))
    if found != row.digest:
        yield of._replace(field=f"{of.field}: file", journal=row.digest, register=found)


def _digest_of(path: Path) -> str | None:
    """Give the digest of a file; nothing where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _heard(orders: Collection[str], expired: LetGo = NOTHING_EXPIRED) -> dict[str, _Heard]:
    """Give what the journal tells of the photos of orders, since the last declaration under their reference was deleted."""
    entries = Entry.objects.filter(subject__in=orders, kind=EntryKind.FINDING.value).order_by("subject", "sequence")
    heard = {}
    for order, told in groupby(entries.values_list("subject", "sequence", "body"), key=itemgetter(0)):
        until = expired.until(declaration_of(order))
        bodies = [body for _, sequence, body in told if sequence > until]
        photos = {int(body["number"]): body for body in bodies if body and body.get("what") == "photo"}
        heard[order] = _Heard(photos, erased=None in bodies)
    return heard


def _gone(expired: LetGo) -> Iterator[Difference]:
    """Give the photos of which only the journal tells, though their order is there and has no other."""
    for names in subjects(Entry.objects.filter(kind=EntryKind.FINDING.value, body__what="photo")):
        yield from _without_any(names, expired)


def _without_any(names: list[str], expired: LetGo) -> Iterator[Difference]:
    known = set(Photo.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    there = set(Order.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    for name, heard in _heard(there - known, expired).items():
        if heard.photos:
            yield Difference(declaration_of(name), act_of(name), "photos", "photos", None)
