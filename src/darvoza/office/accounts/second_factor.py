"""Before anything else: a password that nobody else knows, and for roles that decide over rules or people a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from darvoza.office.accounts.guard import signed_in

ENTRY, PASSWORD = "mfa_activate_totp", "account_change_password"
FREE = {ENTRY, "account_logout", "account_reauthenticate", "account_login", "language"}


class SecondFactor:
    """Sends whoever has a password of another's making, or lacks a second factor, to the page where that is mended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on to the page."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Look before the page is made; the name of the address is known by now."""
        match = request.resolver_match
        person = signed_in(request)
        if settings.DEMO or match is None or match.url_name in FREE or person is None:
            return None
        if person.must_change_password and match.url_name != PASSWORD:
            return redirect(PASSWORD)
        if person.needs_second_factor and not person.must_change_password and not is_mfa_enabled(person):
            return redirect(ENTRY)
        return None
