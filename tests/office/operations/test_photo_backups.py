"""Photos in a backup: all that the database names, whole, linked where an earlier backup has them, and back where they were."""

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from darvoza.errors import BackupError
from darvoza.office.commands import backup
from darvoza.office.desk.models import Photo
from darvoza.office.desk.photo_files import Stored, place_of, store
from darvoza.office.desk.queries.photos import every_photo
from darvoza.office.operations import queries
from darvoza.office.operations.photo_backups import check_photos, copy_photos, put_photos_back
from darvoza.office.operations.probes import Health
from darvoza.office.operations.thinning import MANIFEST

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def a_photo(root: Path, text: str, order: str = "KG-1") -> Stored:
    """A photo of an order, kept."""
    stored = store(root, [b"\xff\xd8\xff", text.encode()], most=1000)
    number = Photo.objects.filter(order_id=order).count() + 1
    Photo.objects.create(order_id=order, number=number, by="asel", at=NOW, **stored._asdict())
    return stored


@pytest.fixture
def root(db: None, settings: Settings, tmp_path: Path) -> Path:  # noqa: ARG001 - the database is made by asking for it
    """Where the office keeps its photos; two are there, one of them of two orders."""
    settings.PHOTOS = tmp_path / "home" / "photos"
    first = a_photo(settings.PHOTOS, "first")
    a_photo(settings.PHOTOS, "second")
    assert a_photo(settings.PHOTOS, "first", "KG-2") == first
    return Path(settings.PHOTOS)


def names(place: Path) -> set[str]:
    """What files are below a place."""
    return {path.name for path in place.rglob("*") if path.is_file()}


def test_every_photo_is_copied_once_and_comes_back(root: Path, tmp_path: Path) -> None:
    (root / "small").mkdir()
    (root / "small" / "x.png").write_bytes(b"can be drawn again")
    made = copy_photos(root, tmp_path / "copy", every_photo(), None)
    assert (made.count, made.missing) == (2, ())
    assert made.size == sum(path.stat().st_size for path in (tmp_path / "copy").rglob("*.jpeg"))
    check_photos(tmp_path / "copy", made.sha256)
    for _ in range(2):  # again is as once
        put_photos_back(tmp_path / "copy", tmp_path / "elsewhere")
    assert names(tmp_path / "elsewhere") == {f"{each.digest}.jpeg" for each in every_photo()}
    assert [
        path for path in tmp_path.rglob("*") if "copy" in path.parts and path.stat().st_mode & 0o077 and path.is_file()
    ] == []


def test_no_photos_are_a_backup_too(db: None, tmp_path: Path) -> None:  # noqa: ARG001
    made = copy_photos(tmp_path / "none", tmp_path / "copy", every_photo(), None)
    assert (made.count, made.size, made.sha256) == (0, 0, "")
    check_photos(tmp_path / "copy", "")
    put_photos_back(tmp_path / "copy", tmp_path / "elsewhere")


def test_what_an_earlier_backup_holds_is_linked_and_not_copied(root: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    copy_photos(root, first, every_photo(), None)
    third = a_photo(root, "third")
    made = copy_photos(root, second, every_photo(), first)
    assert made.count == 3
    inodes = {path.name: path.stat().st_ino for path in first.rglob("*.jpeg")}
    for path in second.rglob("*.jpeg"):
        assert (path.stat().st_ino == inodes.get(path.name)) is (path.stem != third.digest)
    check_photos(second, made.sha256)


def test_what_an_earlier_backup_holds_by_half_is_copied(root: Path, tmp_path: Path) -> None:
    copy_photos(root, tmp_path / "1", every_photo(), None)
    next((tmp_path / "1").rglob("*.jpeg")).write_bytes(b"half")
    made = copy_photos(root, tmp_path / "2", every_photo(), tmp_path / "1")
    check_photos(tmp_path / "2", made.sha256)


@pytest.mark.parametrize("change", ["gone", "other bytes"])
def test_what_the_office_has_lost_is_told_and_the_rest_is_copied(root: Path, tmp_path: Path, change: str) -> None:
    lost = next(every_photo())
    path = place_of(root, lost.digest, lost.kind)
    path.unlink() if change == "gone" else path.write_bytes(b"other")
    made = copy_photos(root, tmp_path / "copy", every_photo(), None)
    assert (made.count, made.missing) == (1, (path.name,))
    check_photos(tmp_path / "copy", made.sha256)
    assert not (tmp_path / "copy" / lost.digest[:2] / path.name).exists()


@pytest.mark.parametrize("change", ["gone", "other bytes", "one more"])
def test_a_backup_whose_photos_were_changed_is_not_taken(root: Path, tmp_path: Path, change: str) -> None:
    made = copy_photos(root, tmp_path / "copy", every_photo(), None)
    path = next((tmp_path / "copy").rglob("*.jpeg"))
    if change == "gone":
        path.unlink()
    elif change == "other bytes":
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    else:
        (path.parent / f"{'0' * 64}.jpeg").write_bytes(b"")
    with pytest.raises(BackupError, match="take an older backup"):
        check_photos(tmp_path / "copy", made.sha256)


def test_a_photo_that_changed_since_it_was_checked_is_not_put_back(root: Path, tmp_path: Path) -> None:
    copy_photos(root, tmp_path / "copy", every_photo(), None)
    next((tmp_path / "copy").rglob("*.jpeg")).write_bytes(b"other")
    with pytest.raises(BackupError, match="expected its bytes"):
        put_photos_back(tmp_path / "copy", tmp_path / "elsewhere")


def test_the_doctor_counts_files_that_are_not_there(root: Path) -> None:
    assert queries.photos().health is Health.WELL
    lost = next(every_photo())
    place_of(root, lost.digest, lost.kind).unlink()
    found = queries.photos()
    assert (found.health, found.found.split()[0]) == (Health.FAILED, "1")


def test_the_command_fails_when_a_photo_is_lost_but_leaves_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings, root: Path
) -> None:
    lost = next(every_photo())
    place_of(root, lost.digest, lost.kind).unlink()
    monkeypatch.setenv("DARVOZA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("darvoza.office.operations.backups._copy_sqlite", a_copy)
    monkeypatch.setattr("darvoza.office.operations.backups._copy_postgresql", a_copy)
    assert root == settings.PHOTOS
    assert backup.run(Namespace(home=None, out=tmp_path / "out", keep=False)) == 1
    assert f"lost: the office has no whole photo {lost.digest}.jpeg" in capsys.readouterr().out
    told = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert (told["photos"], told["lost"]) == (1, [f"{lost.digest}.jpeg"])


def a_copy(part: Path) -> tuple[int, str]:
    """In place of the database of the tests, which is in memory."""
    (part / "office.sqlite3").write_bytes(b"")
    return 0, ""
