"""Pages of the auditor: search, verify, take along."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from darvoza.office.accounts.guard import person_of
from darvoza.office.journal.exports import chunks, handed_over
from darvoza.office.journal.queries import search, verify


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """List the entries, newest first, those with the words that are asked for."""
    words = request.GET.get("q", "")
    asked = request.GET.get("page", "1")
    found = search(words, int(asked) if asked.isdecimal() else 1)
    return render(request, "journal/entries.html", {"words": words, "found": found})


@require_POST
def verified(request: HttpRequest) -> HttpResponse:
    """Recompute the chain and say whether it holds."""
    return render(request, "journal/verified.html", {"verdict": verify()})


@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give the whole journal as a file, while it is read; the journal tells of it."""
    now = timezone.now()
    entries = handed_over(by=person_of(request).username, now=now)
    named = {"Content-Disposition": f'attachment; filename="darvoza-journal-{now:%Y%m%d-%H%M}.ndjson"'}
    return StreamingHttpResponse(chunks(entries), content_type="application/x-ndjson", headers=named)
