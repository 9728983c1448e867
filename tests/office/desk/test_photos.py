"""Photos: kept whole under their digest, seen by those of the order, told in the journal, and nothing else taken."""

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from darvoza.errors import CaseRefused, OutputError
from darvoza.office.desk import photo_files
from darvoza.office.desk.models import Photo
from darvoza.office.insight.queries import photos_audit
from darvoza.office.insight.queries.photos_audit import photos_held
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.shell import bodies
from office.desk.pictures import (
    BASELINE,
    EXTENDED,
    LOSSY,
    PNG,
    PROGRESSIVE,
    a_png,
    an_exif,
    chunk,
    jpeg_with,
    segment,
    webp_with,
)
from office.sample import NOW, ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
JPEG, WEBP = BASELINE, LOSSY


@pytest.fixture(autouse=True)
def _home(db: None, settings: Settings, tmp_path: Path) -> None:  # noqa: ARG001 - the database is made by asking for it
    settings.PHOTOS = tmp_path / "home" / "photos"
    load_sample()


def send(browser: Client, *contents: bytes, name: str = "photo.jpg") -> str:
    """Send photos; what the page then says."""
    files = [SimpleUploadedFile(name, content, "image/jpeg") for content in contents]
    return browser.post(f"{PAGE}photos/", {"photos": files}, follow=True).text


def holder(cast: Cast) -> Client:
    """A browser of the officer who holds the order."""
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    return browser


@pytest.mark.parametrize(("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")])
def test_a_photo_comes_back_byte_by_byte_as_what_it_is(cast: Cast, content: bytes, kind: str) -> None:
    browser = holder(cast)
    assert "The photos are kept." in send(browser, content, name="x.exe")
    answer = browser.get(f"{PAGE}photos/1/")
    assert (answer.content, answer["Content-Type"]) == (content, kind)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "exe" not in answer["Content-Disposition"]


def test_the_journal_keeps_the_digest(cast: Cast) -> None:
    send(holder(cast), JPEG)
    told = entries_on(ORDER)[-1].body or {}
    assert (told["what"], told["digest"]) == ("photo", hashlib.sha256(JPEG).hexdigest())
    assert verify().faults == ()


@pytest.mark.parametrize(
    "content", [b"<svg onload='alert(1)'/>", b"GIF89a" + bytes(50), b"", b"%PDF-1.7", b"MZ" + JPEG]
)
def test_what_is_no_photo_is_not_taken_whatever_it_is_called(cast: Cast, settings: Settings, content: bytes) -> None:
    page = send(holder(cast), content or b" ")
    assert "Only photos in JPEG, PNG or WebP are taken." in page
    assert not Photo.objects.exists()
    assert [path for path in settings.PHOTOS.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "..\\..\\x.jpg", "/etc/passwd", "a\r\nSet-Cookie: x=1.jpg", "x\x00.jpg"]
)
def test_a_name_goes_nowhere(cast: Cast, tmp_path: Path, name: str) -> None:
    """The name is no part of the path, nor of any answer."""
    browser = holder(cast)
    send(browser, JPEG, name=name)
    kept = {path.relative_to(tmp_path / "home" / "photos") for path in tmp_path.rglob("*") if path.is_file()}
    digest = hashlib.sha256(JPEG).hexdigest()
    assert kept in ({Path(digest[:2], f"{digest}.jpeg"), Path("small", digest[:2], f"{digest}.png")}, set())
    answer = browser.get(f"{PAGE}photos/1/")
    assert "Set-Cookie" not in answer.headers.get("Content-Disposition", "")
    assert "passwd" not in browser.get(PAGE).text


@pytest.mark.parametrize(("name", "status"), [("gulnara", 404), ("farrukh", 404), ("jamila", 403), ("bakyt", 200)])
def test_photos_are_seen_by_the_agency_and_post_only(cast: Cast, name: str, status: int) -> None:
    send(holder(cast), JPEG)
    assert cast.browser(name).get(f"{PAGE}photos/1/").status_code == status
    assert cast.browser().get(f"{PAGE}photos/1/").status_code == 302


@pytest.mark.parametrize("name", ["bakyt", "gulnara", "farrukh"])
def test_only_whoever_holds_the_order_adds_photos(cast: Cast, name: str) -> None:
    holder(cast)
    cast.browser(name).post(f"{PAGE}photos/", {"photos": [SimpleUploadedFile("x.jpg", JPEG)]})
    assert not Photo.objects.exists()


def test_all_photos_of_an_order_together_are_limited(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    most = len(JPEG) + len(PNG) + len(WEBP)
    monkeypatch.setattr("darvoza.office.desk.services.photos.LARGEST", most)
    browser = holder(cast)
    assert "at most 20 megabytes" in send(browser, JPEG, PNG, PROGRESSIVE, WEBP, EXTENDED)
    assert [(photo.number, photo.size) for photo in Photo.objects.all()] == [
        (1, len(JPEG)),
        (2, len(PNG)),
        (3, len(WEBP)),
    ]


def test_a_photo_that_is_there_is_not_added_again(cast: Cast) -> None:
    send(holder(cast), JPEG, JPEG)
    assert Photo.objects.count() == 1


def test_a_form_that_says_it_is_too_large_is_not_read(cast: Cast) -> None:
    browser = holder(cast)
    answer = browser.post(
        f"{PAGE}photos/",
        b"--x--",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(bodies.LARGEST + 1),
    )
    assert answer.status_code == 413
    assert "20 megabytes" in answer.text


def test_a_photo_that_was_changed_on_the_disk_is_not_handed_out(cast: Cast, settings: Settings) -> None:
    browser = holder(cast)
    send(browser, JPEG)
    [path] = [path for path in settings.PHOTOS.rglob("*.jpeg") if path.is_file()]
    path.write_bytes(PNG)
    with pytest.raises(OutputError, match="expected the bytes"):
        browser.get(f"{PAGE}photos/1/")
    path.unlink()
    with pytest.raises(OutputError, match="got 'none'"):
        browser.get(f"{PAGE}photos/1/")


def test_nothing_is_left_of_a_photo_that_was_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused, match="at most"):
        photo_files.store(tmp_path, [JPEG, JPEG], most=len(JPEG) + 1)
    assert list(tmp_path.iterdir()) == []


def test_without_a_photo_one_is_asked_for(cast: Cast) -> None:
    assert "Choose a photo first." in holder(cast).post(f"{PAGE}photos/", {}, follow=True).text


# ── what a camera writes beside the picture ──────────────────────────────────────────────────────────────────────────

TAKEN = an_exif(turned=6)
WITH_ALL = {
    "jpeg": jpeg_with(segment(0xE1, b"Exif\x00\x00" + TAKEN), after=b"a film of a second"),
    "webp": webp_with((b"EXIF", TAKEN), (b"XMP ", b"<x:xmpmeta/>")),
}


@pytest.mark.parametrize("kind", WITH_ALL)
def test_place_and_device_are_taken_out_and_the_journal_tells_what_was(
    cast: Cast, settings: Settings, kind: str
) -> None:
    browser = holder(cast)
    assert "The photos are kept." in send(browser, WITH_ALL[kind])
    given = browser.get(f"{PAGE}photos/1/").content
    for written in (b"SN-0042-777", b"ACME", b"2026:03:01", b"xmpmeta", b"a film"):
        assert written not in given
    told = entries_on(ORDER)[-1].body or {}
    for beside in ("place", "time", "device", "serial number", "maker's note", "exif"):
        assert beside in str(told["removed"])
    assert (told["digest"], told["size"]) == (hashlib.sha256(given).hexdigest(), len(given))
    everything = b"".join(path.read_bytes() for path in settings.PHOTOS.rglob("*") if path.is_file())
    assert b"SN-0042" not in everything


def test_the_same_photo_with_and_without_what_stood_beside_it_is_one(cast: Cast) -> None:
    send(holder(cast), JPEG, jpeg_with(segment(0xFE, b"a comment")))
    assert Photo.objects.count() == 1


def test_a_photo_that_is_damaged_is_refused_with_what_to_do(cast: Cast, settings: Settings) -> None:
    page = send(holder(cast), JPEG[:-40], PNG[:-20], WEBP[:-30])
    assert page.count("Take it again.") == 3
    assert not Photo.objects.exists()
    assert not settings.PHOTOS.exists()


def test_a_whole_file_whose_picture_cannot_be_unpacked_is_refused(cast: Cast) -> None:
    broken = bytearray(PNG)
    data = zlib.compress(b"too little")
    start = PNG.index(b"IDAT")
    broken[start - 4 : -12] = chunk(b"IDAT", data)
    assert "Take it again." in send(holder(cast), bytes(broken))
    assert not Photo.objects.exists()


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(cast: Cast) -> None:
    assert "with fewer pixels" in send(holder(cast), a_png(width=30_000, height=30_000))


# ── small pictures ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "size"), [(JPEG, (32, 24)), (PNG, (32, 24)), (WITH_ALL["jpeg"], (24, 32)), (WITH_ALL["webp"], (24, 32))]
)
def test_a_small_picture_stands_on_the_page_of_the_order_and_is_upright(
    cast: Cast, content: bytes, size: tuple[int, int]
) -> None:
    browser = holder(cast)
    page = send(browser, content)
    assert f'<img src="{PAGE}photos/1/small/" alt="" loading="lazy"' in page.replace("%3A", ":")
    answer = browser.get(f"{PAGE}photos/1/small/")
    assert answer["Content-Type"] == "image/png"
    assert struct.unpack_from(">II", answer.content, 16) == size


def test_whoever_corrects_a_result_sees_them_too(cast: Cast) -> None:
    browser = holder(cast)
    send(browser, JPEG)
    browser.post(f"{PAGE}result/", {"in_order": "1"})
    assert f'{PAGE}photos/1/small/"' in browser.get(f"{PAGE}correct/").text.replace("%3A", ":")


@pytest.mark.parametrize(("name", "status"), [("gulnara", 404), ("farrukh", 404), ("jamila", 403), ("bakyt", 200)])
def test_small_pictures_are_seen_by_whom_the_photo_is(cast: Cast, name: str, status: int) -> None:
    send(holder(cast), JPEG)
    assert cast.browser(name).get(f"{PAGE}photos/1/small/").status_code == status


def test_a_small_picture_that_is_not_there_is_drawn_again(cast: Cast, settings: Settings) -> None:
    browser = holder(cast)
    send(browser, JPEG)
    before = browser.get(f"{PAGE}photos/1/small/").content
    [path] = settings.PHOTOS.rglob("*.png")
    path.unlink()
    assert browser.get(f"{PAGE}photos/1/small/").content == before
    assert path.read_bytes() == before


def test_a_photo_of_before_that_cannot_be_drawn_small_is_still_handed_out(cast: Cast, settings: Settings) -> None:
    browser = holder(cast)
    old = photo_files.store(settings.PHOTOS, [b"\xff\xd8\xff\xe0" + bytes(200)], most=1000)
    Photo.objects.create(order_id=ORDER, number=1, by="asel", at=NOW, **old._asdict())
    assert browser.get(f"{PAGE}photos/1/").status_code == 200
    assert browser.get(f"{PAGE}photos/1/small/").status_code == 404


def test_the_audit_finds_photos_that_were_changed_that_are_gone_or_slipped_in(cast: Cast, settings: Settings) -> None:
    def audited() -> list[tuple[str, object, object]]:
        return [(each.field, each.journal, each.register) for each in photos_held(settings.PHOTOS).differences]

    browser = holder(cast)
    send(browser, JPEG, PNG)
    held = photos_held(settings.PHOTOS)
    assert (held.attested, held.erased, held.different) == (2, 0, 0)
    one, other = Photo.objects.order_by("number")
    photo_files.place_of(settings.PHOTOS, one.digest, one.kind).write_bytes(WEBP)
    assert audited() == [("photo 1: file", one.digest, hashlib.sha256(WEBP).hexdigest())]
    digest = hashlib.sha256(WEBP).hexdigest()
    photo_files.store(settings.PHOTOS, [WEBP], most=len(WEBP))
    Photo.objects.filter(pk=one.pk).update(digest=digest, kind="webp", size=len(WEBP))
    assert {field for field, *_ in audited()} == {"photo 1: digest", "photo 1: kind", "photo 1: size"}
    Photo.objects.filter(pk=one.pk).update(number=7)
    assert audited() == [("photo 7", None, "a photo"), ("photo 1", "a photo", None)]
    Photo.objects.filter(pk=one.pk).delete()
    photo_files.place_of(settings.PHOTOS, other.digest, other.kind).unlink()
    assert audited() == [("photo 2: file", other.digest, None), ("photo 1", "a photo", None)]
    Photo.objects.all().delete()
    assert audited() == [("photos", "photos", None)]


def test_a_photo_that_is_added_while_photos_are_audited_differs_in_nothing(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = holder(cast)
    send(browser, JPEG)
    heard, added = photos_audit._heard, list[str]()

    def later(*asked: object) -> object:
        if not added:
            added.append(send(browser, PNG))
        return heard(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(photos_audit, "_heard", later)
    held = photos_held(settings.PHOTOS)
    assert (held.attested, held.different) == (2, 0)
