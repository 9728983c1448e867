"""Before anything else: a password that nobody else knows, and for roles that decide over rules or people, or see all of a country, a second factor."""

from collections.abc import Callable

from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from darvoza.office.accounts.guard import signed_in
from darvoza.office.accounts.provider.session import second_factor_there, signed_in_there

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
        there = second_factor_there(request.session, person.pk)
        must_change = person.must_change_password and not signed_in_there(request.session, person.pk)
        if must_change and match.url_name != PASSWORD:
            return redirect(PASSWORD)
        if person.needs_second_factor and not must_change and not there and not is_mfa_enabled(person):
            return redirect(ENTRY)
        return None


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc] # allauth has no types
    """Asks for the code at sign-in, unless the service that the person signed in with has asked for a second factor."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Go on, or ask."""
        if self.login.user is not None and second_factor_there(self.request.session, self.login.user.pk):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer
