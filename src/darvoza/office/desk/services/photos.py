"""Photos that an officer adds to an order, and that go with it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum

from darvoza.domain.casework import CaseState
from darvoza.domain.journal import EntryKind
from darvoza.errors import CaseRefused
from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import LARGEST, place_of, store, taken_kind, whole
from darvoza.office.desk.pictures.cleaning import clean
from darvoza.office.desk.pictures.small import draw_small, keep_small, small_place
from darvoza.office.journal.services import record
from darvoza.office.registry.queries import order_for


def add_photo(person: Any, order_id: str, chunks: Iterable[bytes], *, root: Path, now: datetime) -> Photo:  # noqa: ANN401 - a person, placed and with a name
    """Add a photo to an order that the person holds or has recorded; the journal keeps its digest.

    What the camera wrote beside the picture is taken out first: where, when, with which device. The digest is of what is
    kept, and the journal tells what was taken out. The file is on the disk before anything says that it is. A photo that is
    there already is not added again.

    Raises
    ------
    CaseRefused
        The order is not the person's, the photos are too large together, or it is no whole picture of a kind that is
        taken.
    """
    order = order_for(person, order_id)
    if order is None:
        raise CaseRefused(field="post", expected="an order of your agency and post", got=order_id)
    if order.holder != person.username or order.state not in {CaseState.CLAIMED, CaseState.RECORDED}:
        raise CaseRefused(
            field="holder", expected=f"an order that {person.username} holds", got=order.holder or "nobody"
        )
    there = Photo.objects.filter(order_id=order_id).aggregate(size=Sum("size"))["size"] or 0
    sent = whole(chunks, most=LARGEST - there)
    kind = taken_kind(sent)
    cleaned = clean(kind, sent)
    small = draw_small(cleaned, kind)
    stored = store(root, [cleaned.content], most=len(cleaned.content))
    keep_small(root, stored.digest, small)
    with transaction.atomic():
        same = Photo.objects.filter(order_id=order_id, digest=stored.digest).first()
        if same is not None:
            return same
        last = Photo.objects.filter(order_id=order_id).aggregate(number=Max("number"))["number"] or 0
        row = Photo.objects.create(order_id=order_id, number=last + 1, by=person.username, at=now, **stored._asdict())
        told = {"what": "photo", "number": row.number, **stored._asdict(), "removed": cleaned.removed}
        record(EntryKind.FINDING, order_id, told, by=person.username, now=now)
    return row


def let_photos_go(orders: Iterable[str], *, root: Path) -> int:
    """Delete the photos of orders, within the transaction of the caller; their files go once that is kept.

    A file that another order has, too, stays.

    Returns
    -------
    int
        How many photos were deleted.
    """
    rows = list(Photo.objects.filter(order_id__in=list(orders)))
    gone = {(row.digest, row.kind) for row in rows}
    Photo.objects.filter(pk__in=[row.pk for row in rows]).delete()
    held = set(Photo.objects.filter(digest__in=[digest for digest, _ in gone]).values_list("digest", "kind"))
    transaction.on_commit(partial(_remove, root, gone - held))
    return len(rows)


def _remove(root: Path, photos: Iterable[tuple[str, str]]) -> None:
    for digest, kind in photos:
        for place in (place_of(root, digest, kind), small_place(root, digest)):
            place.unlink(missing_ok=True)
