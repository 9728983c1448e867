"""Pages of the auditor: search, verify, take along."""

from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from darvoza.office.accounts.guard import person_of
from darvoza.office.journal.exports import chunks, handed_over
from darvoza.office.journal.queries import search, verify

LONGEST: Final = 500
"""Characters that are searched for."""

DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y")
FIRST, LAST = date(1970, 1, 1), date(9000, 1, 1)


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """List the entries, newest first, those with the words that are asked for."""
    words, asked = request.GET.get("q", "")[:LONGEST], request.GET.get("page", "1")
    day, rest = _day_in(words)
    if said := request.GET.get("day", ""):
        day = _day(said) or day
    found = search(rest, int(asked) if asked.isdecimal() else 1, day=day)
    query = urlencode({"q": rest, "day": day.isoformat() if day else ""})
    return render(request, "journal/entries.html", {"words": rest, "day": day, "found": found, "query": query})


def _day_in(words: str) -> tuple[date | None, str]:
    """Take the day out of what was searched for, where a word is one."""
    days = {word: day for word in words.split() if (day := _day(word))}
    return next(iter(days.values()), None), " ".join(word for word in words.split() if word not in days)


def _day(text: str) -> date | None:
    """Read a day as pages and papers write it in figures; nothing when it is none, or not one of the calendar of entries."""
    for form in DAYS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day if FIRST <= day <= LAST else None
    return None


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
