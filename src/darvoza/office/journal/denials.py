"""What was refused is written down: who asked for which page."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from darvoza.domain.journal import EntryKind
from darvoza.office.accounts.guard import signed_in
from darvoza.office.journal.services import plainly, record_alone


class Denials:
    """Writes an entry for every page that was refused to somebody who signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on to the page."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> None:
        """Look at what a page raised; Django then answers as always."""
        person = signed_in(request)
        if isinstance(problem, PermissionDenied) and person is not None:
            asked = {"what": "page refused", "method": request.method, "path": plainly(request.path)}
            record_alone(EntryKind.SIGN_IN_REFUSED, person.username, asked, by=person.username, now=timezone.now())
