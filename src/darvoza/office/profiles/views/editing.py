"""The editor: a profile as a form, its sentence as text or as rows, checked and tried while it is written."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from darvoza.domain.expression import Expression
from darvoza.domain.facts import CATALOGUE
from darvoza.domain.profile import UnknownPolicy
from darvoza.domain.wording import render as in_english
from darvoza.domain.wording_ru import render_ru
from darvoza.errors import ProfileError, ProfileRefused
from darvoza.flow.assessment.guards import guards
from darvoza.flow.assessment.profile_files import parse_profile
from darvoza.flow.assessment.profile_life import failed_cases
from darvoza.flow.assessment.sentence import parse
from darvoza.office.accounts.guard import person_of
from darvoza.office.profiles import builder, forms, queries
from darvoza.office.profiles.refusals import in_words
from darvoza.office.profiles.services import versions
from darvoza.office.profiles.telling import title_of
from darvoza.office.profiles.trials import quick
from darvoza.office.profiles.troubles import Trouble, marked, troubles
from darvoza.office.profiles.views.reading import language, version_or_404

BLANK_CASES = 2


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a profile."""
    if request.method == "POST":
        return _sent(request, None)
    agency = person_of(request).agency
    start: dict[str, Any] = {"unknown": "no match", "floor": "profile", "visibility": "agency"}
    return _editor(request, None, start | ({"agency": agency} if agency else {}), told=[])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write on at one's own draft."""
    row = version_or_404(request, code, number)
    if row.author != person_of(request).username or row.state not in {"draft", "returned"}:
        return redirect("profiles:version", code, number)
    if request.method == "POST":
        return _sent(request, row)
    fields = versions.fields_of(row)
    return _editor(request, row, fields, told=_wrong(fields))


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Check and try the sentence of a form that is being written; the other of text and rows follows."""
    rows = forms.rows_sent(request.POST)
    by_rows = request.POST.get("source") == "rows"
    sentence = builder.sentence_of(rows.rows, rows.join) if by_rows else _joined(request.POST.get("when", ""))
    shown = _verdict(sentence, request.POST) | {"follows": "sentence" if by_rows else "rows", "sentence": sentence}
    if not by_rows:
        shown |= _rows_shown(shown["condition"])
    return render(request, "profiles/checked.html", shown)


def _sent(request: HttpRequest, row: queries.VersionRow | None) -> HttpResponse:
    """Take a form: write the sentence out of the rows, only check it, or keep it."""
    fields, what = forms.fields_sent(request.POST), request.POST.get("do", "save")
    own = person_of(request).agency
    if row is not None:
        fields |= {"code": row.code, "agency": row.agency}
    elif own:
        fields["agency"] = own
    if what == "rows":
        rows = forms.rows_sent(request.POST)
        fields["when"] = builder.sentence_of(rows.rows, rows.join)
    if what != "save":
        return _editor(request, row, fields, told=_wrong(fields))
    person, now = person_of(request), timezone.now()
    try:
        kept = versions.save(person, row, fields, now=now) if row else versions.begin(person, fields, now=now)
    except ProfileRefused as refused:
        messages.error(request, in_words(refused))
        return _editor(request, row, fields, told=_wrong(fields), status=409)
    wrong = _wrong(fields)
    if wrong:
        messages.warning(request, _("The draft is kept; before it can be submitted, put right what is marked."))
        return redirect("profiles:edit", kept.code, kept.number)
    messages.success(request, _("The draft is kept."))
    return redirect("profiles:version", kept.code, kept.number)


def _wrong(fields: Mapping[str, Any]) -> list[Trouble]:
    """Name everything that keeps fields from being a profile; worked cases that come out otherwise, too."""
    found: list[Trouble] = []
    failed: list[str] = []
    try:
        failed = failed_cases(parse_profile(fields, "profile", lists=queries.lists()))
    except* ProfileError as problems:
        found = troubles(problems)
    wrong = _("A worked case does not come out as stated: %(title)s")
    return found or [Trouble("cases", wrong % {"title": title}) for title in failed]


def _editor(
    request: HttpRequest,
    row: queries.VersionRow | None,
    fields: Mapping[str, Any],
    *,
    told: list[Trouble],
    status: int = 200,
) -> HttpResponse:
    """Show the form, with what is wrong beside each field."""
    form, sentence = forms.form_of(fields), _joined(str(fields.get("when", "")))
    treatment = fields.get("treatment")
    share = treatment.get("share", "") if isinstance(treatment, Mapping) else ""
    shown = _verdict(sentence, {"share": str(share), "unknown": str(fields.get("unknown", ""))})
    shown |= {
        "row": row,
        "form": form,
        "parts": [[form[name] for name in part] for part in forms.PARTS],
        "sentence": sentence,
        "wrong": _by_field(told),
        "told": told,
        "cases": [*forms.cases_of(fields), *[forms.CaseSent()] * BLANK_CASES],
        "outcomes": forms.OUTCOME_CHOICES,
        "facts": [(fact.name, title_of(fact.name, language())) for fact in CATALOGUE],
        "lists": queries.lists(),
        **_rows_shown(shown["condition"]),
    }
    return render(request, "profiles/editor.html", shown, status=status)


def _by_field(told: list[Trouble]) -> dict[str, list[Trouble]]:
    """Sort what is wrong by the field of the form it stands beside."""
    made: dict[str, list[Trouble]] = {}
    for each in told:
        part = each.field.split(".")[0]
        name = forms.FIELD_OF.get(each.field, part if part == "cases" else each.field)
        made.setdefault(name, []).append(each)
    return made


def _verdict(sentence: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """Check a sentence, and try it on the history where it can be read."""
    condition: Expression | None = None
    trouble: Trouble | None = None
    if sentence:
        try:
            condition = parse(sentence, queries.lists())
        except ProfileError as problem:
            trouble = troubles(problem)[0]
    unknown = UnknownPolicy(sent["unknown"]) if sent.get("unknown") in set(UnknownPolicy) else UnknownPolicy.NO_MATCH
    return {
        "condition": condition,
        "trouble": trouble,
        "marked": marked(sentence, trouble.column) if trouble else None,
        "read": (render_ru(condition) if language() == "ru" else in_english(condition)) if condition else "",
        "narrowed": bool(guards(condition)) if condition else True,
        "quick": quick(condition, unknown, _share(sent.get("share", ""))) if condition else None,
    }


def _share(text: str) -> Decimal:
    """Read the share of a form; all matches where it is none yet."""
    try:
        share = Decimal(text)
    except InvalidOperation:
        return Decimal(1)
    return share if share.is_finite() and 0 < share <= 1 else Decimal(1)


def _rows_shown(condition: Expression | None) -> dict[str, Any]:
    """Give the rows of a condition with spare ones; none where only text can say it."""
    rows = builder.rows_of(condition) if condition else builder.Rows(builder.AND, ())
    spare = (builder.Row(),) * builder.SPARE
    return {
        "rows": (*rows.rows, *spare) if rows else (),
        "simple": rows is not None,
        "join": rows.join if rows else builder.AND,
        "operators": builder.OPERATORS,
    }


def _joined(text: str) -> str:
    return " ".join(forms.readable_part(" ".join(text.split())).split())
