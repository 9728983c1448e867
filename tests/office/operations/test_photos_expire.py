"""Photos go with the declaration whose examination they show, and a file that belongs to no order is found."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from darvoza.domain.casework import CaseState
from darvoza.office.desk import photo_files
from darvoza.office.desk.models import Photo
from darvoza.office.desk.pictures.small import keep_small
from darvoza.office.desk.queries.photos import stray_photos
from darvoza.office.desk.services.photos import let_photos_go
from darvoza.office.insight.audit_words import lines_of
from darvoza.office.insight.queries.lists_audit import lists_held
from darvoza.office.insight.queries.photos_audit import photos_held
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import verify
from darvoza.office.operations.probes import Health
from darvoza.office.operations.queries import photos
from darvoza.office.operations.retention import KeptData
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.models import Declaration, Order
from office.desk.pictures import BASELINE, PNG
from office.operations.test_retention import later, only
from office.sample import NOW, ORDER, load_sample


@pytest.fixture(autouse=True)
def _home(db: None, settings: Settings, tmp_path: Path) -> None:  # noqa: ARG001 - the database is made by asking for it
    settings.PHOTOS = tmp_path / "home" / "photos"
    load_sample()
    Order.objects.update(state=CaseState.RECORDED)


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def a_photo(root: Path, content: bytes, order: str = ORDER) -> Path:
    """A photo of an order as it is kept: row, file and small picture."""
    kept = photo_files.store(root, [content], most=len(content))
    number = Photo.objects.filter(order_id=order).count() + 1
    Photo.objects.create(order_id=order, number=number, by="asel", at=NOW, **kept._asdict())
    keep_small(root, kept.digest, b"small")
    return photo_files.place_of(root, kept.digest, kept.kind)


def files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def test_the_photos_of_a_declaration_go_with_it_and_the_journal_says_how_many(
    settings: Settings, commit: DjangoCaptureOnCommitCallbacks
) -> None:
    a_photo(settings.PHOTOS, BASELINE)
    a_photo(settings.PHOTOS, PNG)
    expire(only(KeptData.IDENTITIES), now=later(KeptData.IDENTITIES))
    assert len(list(files(settings.PHOTOS))) == 4, "what was found stays"
    with commit(execute=True):
        expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS))
    assert (list(files(settings.PHOTOS)), Photo.objects.count(), Declaration.objects.count()) == ([], 0, 0)
    assert Entry.objects.filter(body__what="expired", body__photos=2).count() == 1
    assert verify().faults == ()
    assert audit().holds
    assert photos_held(settings.PHOTOS).different == 0
    assert photos().health is Health.WELL


def test_a_file_that_another_order_holds_too_stays(settings: Settings, commit: DjangoCaptureOnCommitCallbacks) -> None:
    shared, own = a_photo(settings.PHOTOS, BASELINE), a_photo(settings.PHOTOS, PNG)
    a_photo(settings.PHOTOS, BASELINE, "OTHER:customs:physical")
    with commit(execute=True):
        assert let_photos_go([ORDER], root=settings.PHOTOS) == 2
    assert (shared.is_file(), own.is_file()) == (True, False)
    with commit(execute=True):
        assert let_photos_go(["OTHER:customs:physical"], root=settings.PHOTOS) == 1
    assert list(files(settings.PHOTOS)) == []


def test_photos_that_were_left_behind_go_the_next_time(
    settings: Settings, commit: DjangoCaptureOnCommitCallbacks
) -> None:
    a_photo(settings.PHOTOS, BASELINE)
    Declaration.objects.all().delete()
    expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, hours=-4))
    assert Photo.objects.count() == 1, "their time is not over"
    with commit(execute=True):
        expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, seconds=1))
    assert (list(files(settings.PHOTOS)), Photo.objects.count()) == ([], 0)
    assert Entry.objects.filter(body__what="photos", body__photos=1).count() == 1
    assert verify().faults == ()


@pytest.fixture
def few_values() -> Iterator[int]:
    """Of a database that takes few values in one question, how many."""
    few = 2_000
    if connection.vendor == "sqlite":
        before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, few)
        yield few
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)
    else:
        yield few


def test_photos_that_were_left_behind_of_very_many_orders_go_all(
    settings: Settings, commit: DjangoCaptureOnCommitCallbacks, few_values: int
) -> None:
    kept = a_photo(settings.PHOTOS, BASELINE)
    (row,) = Photo.objects.all()
    told = {"number": 1, "digest": row.digest, "kind": row.kind, "size": row.size, "by": "asel", "at": NOW}
    Photo.objects.bulk_create(Photo(order_id=f"{number}:customs:physical", **told) for number in range(few_values))
    Declaration.objects.all().delete()
    with commit(execute=True):
        expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, seconds=1))
    assert (kept.exists(), Photo.objects.count()) == (False, 0)
    assert Entry.objects.filter(body__what="photos", body__photos=few_values + 1).count() == 1


def test_a_file_that_belongs_to_no_order_is_named(settings: Settings) -> None:
    a_photo(settings.PHOTOS, BASELINE)
    assert photos().health is Health.WELL
    kept = photo_files.store(settings.PHOTOS, [PNG], most=len(PNG))
    found = photos()
    assert found.health is Health.WARNING
    assert f"{kept.digest}.png" in found.found
    held = photos_held(settings.PHOTOS)
    assert held.stray == [f"{kept.digest}.png"]
    assert any("belong to no order" in line and kept.digest in line for line in lines_of(audit(), held, lists_held()))


def test_a_photo_that_is_added_while_files_are_looked_through_belongs_to_its_order(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_photo(settings.PHOTOS, BASELINE)

    def meanwhile(root: Path) -> Iterator[Path]:
        a_photo(root, PNG)
        return photo_files.kept_files(root)

    monkeypatch.setattr("darvoza.office.desk.queries.photos.kept_files", meanwhile)
    assert stray_photos(settings.PHOTOS) == []
