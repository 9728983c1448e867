"""Photos in a real browser: sent from the page of an order, then there as small pictures that load when they are looked at."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings

from office.desk.pictures import BASELINE, PNG, an_exif, jpeg_with, segment
from office.sample import ORDER
from office.test_browser import _refuses_again, chromium, faults, office, open_page, pytestmark  # noqa: F401


@pytest.mark.parametrize("width", [1280, 380])
def test_an_officer_sends_photos_and_sees_them_small(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    settings: Settings,
    tmp_path: Path,
    width: int,
) -> None:
    settings.PHOTOS = tmp_path / "photos"
    (tmp_path / "turned.jpg").write_bytes(
        jpeg_with(segment(0xE1, b"Exif\x00\x00" + an_exif(turned=6)), picture=BASELINE)
    )
    (tmp_path / "plain.png").write_bytes(PNG)
    (tmp_path / "half.jpg").write_bytes(BASELINE[:-30])
    page, complaints = open_page(chromium, office, "en", width, "asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.get_by_role("button", name="Take this order").click()
    page.locator("#photo-files").set_input_files([tmp_path / name for name in ("turned.jpg", "plain.png", "half.jpg")])
    page.get_by_role("button", name="Send the photos").click()
    page.get_by_text("The photos are kept.").wait_for()
    assert page.get_by_text("Take it again.").count() == 1
    pictures = page.locator(".photos img")
    assert pictures.count() == 2
    for at, size in enumerate([[24, 32], [32, 24]]):
        pictures.nth(at).scroll_into_view_if_needed()
        told = pictures.nth(at).evaluate("each => each.decode().then(() => [each.naturalWidth, each.naturalHeight])")
        assert told == size
    if "DARVOZA_PICTURES" in os.environ:
        page.screenshot(path=f"{os.environ['DARVOZA_PICTURES']}/photos-{width}.png", full_page=True)
    assert faults(page) == []
    assert complaints == []
