"""What a second person sends who has seen the page."""

from typing import Any

from django.test import Client


def settled(browser: Client, page: str, **sent: str) -> Any:
    """Agree to what a page shows, or refuse it."""
    seen = browser.get(page).text.split('name="seen" value="')[1].split('"')[0]
    return browser.post(f"{page}settle/", {**sent, "seen": seen}, follow=True)
