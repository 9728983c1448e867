"""Photos of an order, for those who may see the order."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from darvoza.errors import CaseRefused
from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import KINDS, Stored, kept_files, place_of, read
from darvoza.office.desk.pictures.cleaning import clean
from darvoza.office.desk.pictures.small import draw_small, keep_small, small_place
from darvoza.office.registry.models import Order
from darvoza.office.registry.queries import order_for


class Shown(NamedTuple):
    """A photo as it is handed out: its bytes, what they are, and the name it is kept under by whoever keeps it."""

    content: bytes
    media_type: str
    name: str


def photos_of(order_id: str) -> list[Photo]:
    """Give what is known of the photos of an order."""
    return list(Photo.objects.filter(order_id=order_id))


def every_photo() -> Iterator[Stored]:
    """Give every photo that there is, each once, whatever order it belongs to; none in an office of before there were photos."""
    if Photo._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - documented
        return
    rows = Photo.objects.order_by("digest", "kind").values_list("kind", "digest", "size").distinct()
    yield from (Stored(*row) for row in rows.iterator())


def lost_photos(root: Path) -> int:
    """Count photos whose file is not there."""
    return sum(not place_of(root, each.digest, each.kind).is_file() for each in every_photo())


def stray_photos(root: Path) -> list[str]:
    """Name the files of photos that belong to no order, in order."""
    # before the rows: one that is added meanwhile belongs to its order
    names = {path.name for path in kept_files(root)}
    return sorted(names - {place_of(root, each.digest, each.kind).name for each in every_photo()})


def orders_gone(before: datetime, *, most: int) -> list[str]:
    """Name the first orders that are no longer there, and of which photos of before a moment are."""
    here = Order.objects.filter(order_id=OuterRef("order_id"))
    left = Photo.objects.filter(~Exists(here), at__lt=before).order_by("order_id")
    return list(left.values_list("order_id", flat=True).distinct()[:most])


def photo(person: Any, order_id: str, number: int, *, root: Path) -> Shown | None:  # noqa: ANN401 - a person, placed
    """Give a photo of an order of the person's agency and post; nothing when there is none.

    Raises
    ------
    OutputError
        When its file is missing, or was changed.
    """
    row = _row(person, order_id, number)
    if row is None:
        return None
    return Shown(read(root, row.digest, row.kind), KINDS[row.kind], f"photo-{row.number}.{row.kind}")


def small_photo(person: Any, order_id: str, number: int, *, root: Path) -> bytes | None:  # noqa: ANN401 - a person, placed
    """Give the small picture of a photo, drawn again where it is not there; nothing where none can be drawn.

    Raises
    ------
    OutputError
        When the photo is missing, or was changed.
    """
    row = _row(person, order_id, number)
    if row is None:
        return None
    place = small_place(root, row.digest)
    if not place.is_file():
        try:
            drawn = draw_small(clean(row.kind, read(root, row.digest, row.kind)), row.kind)
        except CaseRefused:  # it was taken before photos were looked at; the photo itself is handed out
            return None
        keep_small(root, row.digest, drawn)
    return place.read_bytes()


def _row(person: Any, order_id: str, number: int) -> Photo | None:  # noqa: ANN401 - a person, placed
    """Give what is known of a photo of an order of the person's agency and post."""
    return Photo.objects.filter(order_id=order_id, number=number).first() if order_for(person, order_id) else None
