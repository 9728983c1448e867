"""The page of what posts brought back that they had done without a line: in what it differs, and what stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.insight.ways import ways_of
from darvoza.office.operations.services.differing import differing


@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """List what differs, the newest first."""
    person, page = person_of(request), request.GET.get("page", "1")
    found, lines = differing(person, int(page) if page.isdecimal() else 1)
    at_post = person.may(Permission.ORDER_ASSIGN)
    shown = {"found": found, "lines": lines, "words": "", "at_post": at_post, "ways": ways_of(person)}
    return render(request, "operations/differences.html", shown)
