"""Pages of the auditor: draws of days recomputed, a decision replayed. They write nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.oversight.verification import CHECKS, Replay
from darvoza.flow.selectivity.keys import revealed_keys
from darvoza.office.accounts.guard import person_of
from darvoza.office.insight.queries import draws as queries
from darvoza.office.shell.words import word

LONGEST = 200_000
"""Characters of a file of keys: the keys of several years of days."""


@dataclass(frozen=True, slots=True)
class Told:
    """One decision recomputed, as it is shown: check, what was written, what comes out again, and how they compare."""

    decision_id: str
    disagreed: tuple[str, ...]
    lines: tuple[tuple[str, str, str, str], ...]

    @classmethod
    def of(cls, one: Replay) -> "Told":
        """Lay a replay out line by line."""
        return cls(one.decision_id, one.disagreed, tuple(_line(one, check) for check in CHECKS))


def _line(one: Replay, check: str) -> tuple[str, str, str, str]:
    if check not in one.again:
        return check, _shown(one.written[check]), "", "unknown"
    state = "differs" if check in one.disagreed else "agrees"
    return check, _shown(one.written[check]), _shown(one.again[check]), state


def _shown(value: object) -> str:
    """Write a value exactly: all digits of a number, the word of a code."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return repr(value) if isinstance(value, float) else "—" if value in {None, ""} else word(value)


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """List the days whose keys decided, with a form for the keys that were revealed."""
    return render(request, "insight/draws.html", {"days": queries.draw_days()})


def _text(request: HttpRequest) -> str:
    """Give the keys that were sent, as a file or as text."""
    sent = request.FILES.get("file")
    if sent is not None:
        return bytes(sent.read(LONGEST + 1)).decode("utf-8", "replace")
    return request.POST.get("keys", "")


def _keys(request: HttpRequest, days: list[date]) -> tuple[dict[date, bytes], str]:
    """Read the keys of some days, or say what is wrong with them."""
    text = _text(request)
    if not text.strip():
        return {}, _("Give the keys that were revealed.")
    if len(text) > LONGEST:
        return {}, _("The file is too long for a file of keys.")
    try:
        return revealed_keys(text, days), ""
    except CommitmentMismatch:
        return {}, _("The shares do not make the commitment that stands beside them: a share was changed.")
    except InvalidKey:
        return {}, _("This is no file of keys.")


@require_POST
def verified(request: HttpRequest) -> HttpResponse:
    """Recompute every draw of the days whose keys are given."""
    listed = queries.draw_days()
    days = sorted({date.fromisoformat(one.day) for one in listed})
    keys, problem = _keys(request, days)
    if not problem and not keys:
        problem = _("None of these keys is of a day on which something was decided.")
    if not problem and queries.decided_on(keys) > queries.MOST:
        problem = _("These are too many decisions to recompute while you wait: give the keys of fewer days.")
    if problem:
        return render(request, "insight/draws.html", {"days": listed, "problem": problem}, status=422)
    found = queries.verdicts(keys)
    told = {"found": found, "holds": all(one.holds for one in found), "decisions": sum(one.decisions for one in found)}
    told["attested"] = all(one.attested for one in found)
    return render(request, "insight/verified.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Recompute the decisions on one declaration from what was written; with the key of the day the draw as well."""
    person, keys, problem = person_of(request), dict[date, bytes](), ""
    if request.method == "POST":
        days = queries.key_days_of(declaration_id)
        keys, problem = _keys(request, days)
        if not problem and not keys:
            problem = _("None of these keys is of a day on which something was decided.")
    found = queries.replays(person, declaration_id, keys)
    if found is None:
        raise Http404
    told: dict[str, Any] = {"declaration_id": declaration_id, "keyed": bool(keys), "problem": problem}
    told["found"] = [Told.of(one) for one in found]
    told["journal"] = queries.held(person, declaration_id)
    return render(request, "insight/replay.html", told, status=422 if problem else 200)
