"""Pages of the auditor: search, verify."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

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
