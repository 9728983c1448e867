"""Photos: kept whole under their digest, seen by those of the order, told in the journal, and nothing else taken."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from darvoza.errors import CaseRefused, OutputError
from darvoza.office.desk import photo_files
from darvoza.office.desk.models import Photo
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.shell import bodies
from office.sample import ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
WEBP = b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(200)


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
    kept = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    digest = hashlib.sha256(JPEG).hexdigest()
    assert kept in ([Path("home", "photos", digest[:2], f"{digest}.jpeg")], [])
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
    monkeypatch.setattr("darvoza.office.desk.services.photos.LARGEST", 3 * len(JPEG))
    browser = holder(cast)
    assert "at most 20 megabytes" in send(browser, JPEG, PNG, WEBP, JPEG + b"more")
    assert Photo.objects.count() == 2
    assert [photo.number for photo in Photo.objects.all()] == [1, 2]


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
    [path] = [path for path in settings.PHOTOS.rglob("*") if path.is_file()]
    path.write_bytes(PNG)
    with pytest.raises(OutputError, match="expected the bytes"):
        browser.get(f"{PAGE}photos/1/")
    path.unlink()
    with pytest.raises(OutputError, match="got 'none'"):
        browser.get(f"{PAGE}photos/1/")


def test_nothing_is_left_of_a_photo_that_was_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused, match="at most"):
        photo_files.store(tmp_path, [JPEG, JPEG], most=300)
    assert list(tmp_path.iterdir()) == []


def test_without_a_photo_one_is_asked_for(cast: Cast) -> None:
    assert "Choose a photo first." in holder(cast).post(f"{PAGE}photos/", {}, follow=True).text
