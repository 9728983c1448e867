"""Roles that decide over rules or people must have a second factor before they see anything else."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from darvoza.office.accounts.guard import signed_in

ENTRY = "mfa_activate_totp"
FREE = {ENTRY, "account_logout", "account_reauthenticate", "account_login", "language"}


class SecondFactor:
    """Sends whoever needs a second factor and has none to the page where it is set up."""

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
        if person.needs_second_factor and not is_mfa_enabled(person):
            return redirect(ENTRY)
        return None
