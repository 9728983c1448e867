"""Photos of orders held against the journal: each is there, as it was added, and its file holds the bytes that it names."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from darvoza.domain.journal import EntryKind
from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import place_of
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.hearing import act_of, subjects
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import declaration_of
from darvoza.office.registry.models import Order

MOST: Final = 100
"""Differences that are told."""

BATCH: Final = 500

_KEPT: Final = ("digest", "kind", "size")


class _Heard(NamedTuple):
    """What the journal tells of the photos of an order: each by its number; and whether anything of it may have been erased."""

    photos: dict[int, dict[str, Any]]
    erased: bool


@dataclass(slots=True)
class PhotosHeld:
    """How the photos stand: those that are as the journal tells, those of which it was erased, and the first of what differs."""

    attested: int = 0
    erased: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)

    def note(self, each: Difference) -> None:
        """Take in what differs."""
        self.different += 1
        self.differences = [*self.differences, each][:MOST]


def photos_held(root: Path) -> PhotosHeld:
    """Hold every photo against the journal, and its file against its digest; files are read whole.

    Parameters
    ----------
    root
        Directory of the photos.
    """
    held = PhotosHeld()
    rows = Photo.objects.order_by("order_id", "number").iterator(chunk_size=BATCH)
    batch: list[tuple[str, list[Photo]]] = []
    for order, of_one in groupby(rows, key=lambda row: row.order_id):
        batch.append((order, list(of_one)))
        if len(batch) == BATCH:
            _hold(batch, root, held)
            batch = []
    _hold(batch, root, held)
    for missing in _gone():
        held.note(missing)
    return held


def _hold(batch: list[tuple[str, list[Photo]]], root: Path, held: PhotosHeld) -> None:
    heard = _heard([order for order, _ in batch])
    for order, rows in batch:
        on_it = heard.get(order, _Heard({}, erased=False))
        of = Difference(declaration_of(order), act_of(order), "", None, None)
        for row in rows:
            told, at = on_it.photos.get(row.number), of._replace(field=f"photo {row.number}")
            found = list(_differences(at, row, told, root, erased=on_it.erased))
            for each in found:
                held.note(each)
            held.attested += bool(told) and not found
            held.erased += not told and not found
        there = {row.number for row in rows}
        for number in sorted(on_it.photos.keys() - there):
            held.note(of._replace(field=f"photo {number}", journal="a photo"))


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


def _heard(orders: list[str]) -> dict[str, _Heard]:
    """Give what the journal tells of the photos of orders."""
    entries = Entry.objects.filter(subject__in=orders, kind=EntryKind.FINDING.value).order_by("subject", "sequence")
    heard = {}
    for order, told in groupby(entries.values_list("subject", "body"), key=itemgetter(0)):
        bodies = [body for _, body in told]
        photos = {int(body["number"]): body for body in bodies if body and body.get("what") == "photo"}
        heard[order] = _Heard(photos, erased=None in bodies)
    return heard


def _gone() -> Iterator[Difference]:
    """Give the photos of which only the journal tells, though their order is there and has no other."""
    for names in subjects(Entry.objects.filter(kind=EntryKind.FINDING.value, body__what="photo")):
        yield from _without_any(names)


def _without_any(names: list[str]) -> Iterator[Difference]:
    known = set(Photo.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    there = set(Order.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    for name in names:
        if name in there - known:
            yield Difference(declaration_of(name), act_of(name), "photos", "photos", None)
