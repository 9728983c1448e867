"""Pages of sign-in with the service: the way out, and the way back."""

import logging
import secrets
from datetime import datetime
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.errors import ProviderError
from darvoza.office.accounts.guard import signed_in
from darvoza.office.accounts.provider.asking import Pending, Told, address_of, begin, describe, identify, kept
from darvoza.office.accounts.provider.line import ask
from darvoza.office.accounts.provider.session import KEPT, note
from darvoza.office.accounts.queries import who_may_sign_in
from darvoza.office.provider import Provider

LOG = logging.getLogger(__name__)
PENDING: Final = "provider_pending"


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """Send a person to the service.

    By a page, not by a redirection: browsers hold what a form leads to against the policy of the page, which lets forms go
    nowhere but to the office.
    """
    provider: Provider | None = settings.PROVIDER
    if provider is None:
        return redirect("account_login")
    refused: HttpResponse | None = consume_or_429(request, action="login")
    if refused is not None:
        return refused
    onward = request.POST.get("next", "")
    pending = begin(timezone.now(), onward if get_adapter().is_safe_url(onward) else "")
    try:
        described = describe(provider, ask)
    except ProviderError as problem:
        return _failed(request, problem)
    request.session[PENDING] = kept(pending)
    target = address_of(described, provider, pending, _back(request))
    return render(request, "account/provider.html", {"target": target, "provider": provider.name})


@require_GET
def come_back(request: HttpRequest) -> HttpResponseBase:
    """Sign a person in who comes back from the service."""
    provider: Provider | None = settings.PROVIDER
    now, noted = timezone.now(), request.session.pop(PENDING, None)
    if provider is None or noted is None or not _of_this(request, provider, pending := Pending(**noted), now):
        messages.error(request, _("That sign-in took too long, or it began elsewhere. Begin again."))
        return redirect("account_login")
    if not request.GET.get("code"):
        return _failed(request, ProviderError(field="code", expected="a code", got=request.GET.get("error")))
    try:
        told = identify(request.GET["code"], provider, pending, _back(request), ask=ask, now=now)
    except ProviderError as problem:
        _refused(request, "")
        return _failed(request, problem)
    return _sign_in(request, provider, told, pending.onward)


def _of_this(request: HttpRequest, provider: Provider, pending: Pending, now: datetime) -> bool:
    """Tell whether who comes back is who left, from the service they were sent to (RFC 9207), and soon enough."""
    state = request.GET.get("state", "")
    same = secrets.compare_digest(state.encode(), pending.state.encode())
    return same and not pending.over(now) and request.GET.get("iss", provider.issuer) == provider.issuer


def _sign_in(request: HttpRequest, provider: Provider, told: Told, onward: str) -> HttpResponseBase:
    """Sign in whom the office knows; nobody is entered by coming."""
    person = who_may_sign_in(told.username)
    if person is None:
        _refused(request, told.username)
        messages.error(
            request, _("Nobody can sign in here under the name that this service tells. Ask your administrator.")
        )
        return redirect("account_login")
    if signed_in(request) is not None:
        logout(request)
    note(request.session, person.pk, service=provider.issuer, second_factor=told.second_factor)
    # while this is fresh, whoever knows no password of the office can set up and look after the second factor
    record_authentication(request, person, KEPT, reauthenticated=True)
    answer: HttpResponse = perform_login(request, person, redirect_url=onward or None)
    return answer


def _refused(request: HttpRequest, name: str) -> None:
    """Tell whoever listens, as Django does where a password is wrong."""
    credentials: dict[str, Any] = {"username": name}
    user_login_failed.send(sender=get_user_model(), credentials=credentials, request=request)


def _failed(request: HttpRequest, problem: ProviderError) -> HttpResponse:
    """Say that it did not work; why stands in the log, for whoever can mend it."""
    LOG.warning("sign-in with the service failed: %s", problem)
    messages.error(
        request, _("The sign-in service did not answer as it should. Try again, or sign in with your password.")
    )
    return redirect("account_login")


def _back(request: HttpRequest) -> str:
    """Give the address that the service sends people back to; it is entered there."""
    return request.build_absolute_uri(reverse("account_provider_return"))
