"""What the audit of the register says on a terminal."""

from collections.abc import Iterator

from darvoza.office.desk.photo_files import few_named
from darvoza.office.insight.queries.lists_audit import ListsHeld
from darvoza.office.insight.queries.photos_audit import PhotosHeld
from darvoza.office.insight.queries.register_audit import Audited


def lines_of(found: Audited, photos: PhotosHeld, lists: ListsHeld) -> Iterator[str]:
    """Say what was compared, what could not be, and each difference."""
    yield from _held(found)
    yield from _photos(photos)
    yield from _lists(lists)
    yield from _not_held(found)
    for each in (*found.differences, *photos.differences, *lists.differences):
        yield f"DIFFERENT: {each.declaration_id} {each.act} {each.field}:"
        yield f"  journal  {each.journal}\n  register {each.register}"


def _held(found: Audited) -> Iterator[str]:
    """Say what was compared of declarations, results and orders."""
    yield f"{found.agreed + found.different:,} declarations held against the journal: {found.agreed:,} agree, {found.different:,} do not"
    yield f"{found.results:,} results are as they were recorded"
    if found.unattested:
        told = "the journal tells only that they were recorded, and not what was found"
        yield f"{found.unattested:,} results are not attested: {told}"
    yield f"{found.orders:,} orders stand as they were given and moved"
    if found.orders_before:
        why = "the journal keeps nothing of them yet, or it was erased when its time was over"
        yield f"{found.orders_before:,} orders cannot be compared: {why}"


def _photos(photos: PhotosHeld) -> Iterator[str]:
    """Say what was compared of photos."""
    if photos.attested:
        yield f"{photos.attested:,} photos are as they were added, and their files hold what they name"
    if photos.erased:
        why = "the journal of them was erased; their files hold what they name"
        yield f"{photos.erased:,} photos cannot be compared: {why}"
    if photos.stray:
        yield f"{len(photos.stray):,} files of photos belong to no order, as `darvoza doctor` tells: {few_named(photos.stray)}"


def _lists(lists: ListsHeld) -> Iterator[str]:
    """Say what was compared of named lists."""
    if lists.attested:
        yield f"{lists.attested:,} states of named lists hold the codes that were approved or taken in"
    if lists.unattested:
        why = "they were taken in from files before the journal told of each list"
        yield f"{lists.unattested:,} states of named lists are not attested: {why}"


def _not_held(found: Audited) -> Iterator[str]:
    """Say of which declarations nothing could be compared."""
    if found.erased:
        yield f"{found.erased:,} cannot be compared: they stand in the register, and the journal of them was erased"
    if found.early:
        yield f"ERASED EARLY: the journal of {found.early:,} that stand in the register, before its shortest time was over"
    if found.before:
        why = "of which the journal tells only that it was taken in: hold them against its files"
        yield f"{found.before:,} came with a run {why}"
