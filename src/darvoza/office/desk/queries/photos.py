"""Photos of an order, for those who may see the order."""

from pathlib import Path
from typing import Any, NamedTuple

from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import KINDS, read
from darvoza.office.registry.queries import order_for


class Shown(NamedTuple):
    """A photo as it is handed out: its bytes, what they are, and the name it is kept under by whoever keeps it."""

    content: bytes
    media_type: str
    name: str


def photos_of(order_id: str) -> list[Photo]:
    """Give what is known of the photos of an order."""
    return list(Photo.objects.filter(order_id=order_id))


def photo(person: Any, order_id: str, number: int, *, root: Path) -> Shown | None:  # noqa: ANN401 - a person, placed
    """Give a photo of an order of the person's agency and post; nothing when there is none.

    Raises
    ------
    OutputError
        When its file is missing, or was changed.
    """
    row = Photo.objects.filter(order_id=order_id, number=number).first() if order_for(person, order_id) else None
    if row is None:
        return None
    return Shown(read(root, row.digest, row.kind), KINDS[row.kind], f"photo-{row.number}.{row.kind}")
