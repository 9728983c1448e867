"""Sign-in with a service of the administration in a real browser, which holds the policy of the page against each step."""

import pytest
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings

from office.accounts.identity_service import serving
from office.test_browser import _refuses_again, chromium, faults, office, open_page, pytestmark  # noqa: F401


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize(("language", "button"), [("en", "Sign in with"), ("ru", "Войти через")])
def test_an_officer_goes_to_the_service_and_comes_back_by_keyboard(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    settings: Settings,
    language: str,
    button: str,
    width: int,
) -> None:
    with serving() as service:
        settings.PROVIDER = service.provider()
        page, complaints = open_page(chromium, office, language, width, None)
        asked = page.get_by_role("button", name=button)
        asked.wait_for()
        assert faults(page) == []
        asked.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"{office}/queue/")
        assert "Asel" in page.locator("header").inner_text()
        assert complaints == []
        assert "/token" in service.asked
