"""Sessions end: half an hour after the last request, ten hours after sign-in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

STARTED, SEEN = "started", "seen"
GRAIN = timedelta(minutes=1)
"""The last request is noted once a minute, so that reading a page seldom writes."""


def is_over(session: SessionBase, now: datetime) -> bool:
    """Tell whether a session has been idle or has lasted too long."""
    started, seen = session.get(STARTED), session.get(SEEN)
    if not started or not seen:
        return False
    idle, whole = now - datetime.fromisoformat(seen), now - datetime.fromisoformat(started)
    return bool(idle >= settings.IDLE or whole >= settings.WHOLE)


def note(session: SessionBase, now: datetime) -> None:
    """Note that the person is there."""
    if STARTED not in session:
        session[STARTED] = now.isoformat()
    seen = session.get(SEEN)
    if not seen or now - datetime.fromisoformat(seen) >= GRAIN:
        session[SEEN] = now.isoformat()


class SessionAge:
    """Signs out whoever was away too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the age of the session before the page."""
        if request.user.is_authenticated:
            now = timezone.now()
            if is_over(request.session, now):
                logout(request)
            else:
                note(request.session, now)
        return self.get_response(request)
