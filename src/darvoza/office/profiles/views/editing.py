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
from darvoza.office.profiles import builder, forms, lines, queries
from darvoza.office.profiles.refusals import in_words
from darvoza.office.profiles.services import versions
from darvoza.office.profiles.telling import title_of
from darvoza.office.profiles.trials import quick
from darvoza.office.profiles.troubles import Trouble, marked, troubles
from darvoza.office.profiles.views.reading import language, version_or_404
from darvoza.office.profiles.words import OVERS
from darvoza.office.shell.readable import readable_part

BLANK_CASES = 2
SPARE = 1
"""Empty rows that are offered below the others."""


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
    if request.POST.get("source") != "rows":
        shown = _verdict(_joined(request.POST.get("when", "")), request.POST)
        follow = {"rows_follow": shown["condition"] is not None, **_rows_shown(_rows_of(shown["condition"]))}
        return render(request, "profiles/checked.html", shown | follow)
    if not _rows_may_write(request):
        shown = _verdict(_joined(request.POST.get("when", "")), request.POST) | {"held_back": True}
        return render(request, "profiles/checked.html", shown)
    rows, fresh = _rows_sent(request)
    sentence = builder.sentence_of(rows)
    shown = _verdict(sentence, request.POST) | {"sentence_follows": True}
    if _is_edit(request):
        shown |= {"rows_follow": True, **_rows_shown(rows, fresh)}
    return render(request, "profiles/checked.html", shown)


def _rows_may_write(request: HttpRequest) -> bool:
    """Tell whether the rows may write the text: not while it cannot be read, unless they wrote it so themselves."""
    text = _joined(request.POST.get("when", ""))
    if not text or text == _joined(request.POST.get("written", "")):
        return True
    return _verdict(text, {})["trouble"] is None


def _is_edit(request: HttpRequest) -> bool:
    """Tell whether a button of the rows was pressed."""
    return request.POST.get("do", "").partition(":")[0] in lines.EDITS


def _rows_sent(request: HttpRequest) -> tuple[builder.Group, int | None]:
    """Give the rows of a form after what its button did, and the number of a row that is new."""
    head, sent = forms.rows_sent(request.POST)
    after, fresh = lines.edited(sent, request.POST.get("do", ""))
    return lines.group_of(head, after), fresh


def _sent(request: HttpRequest, row: queries.VersionRow | None) -> HttpResponse:
    """Take a form: write the sentence out of the rows, only check it, or keep it."""
    fields, what = forms.fields_sent(request.POST), request.POST.get("do", "save")
    own = person_of(request).agency
    if row is not None:
        fields |= {"code": row.code, "agency": row.agency}
    elif own:
        fields["agency"] = own
    if (what == "rows" or _is_edit(request)) and not _rows_may_write(request):
        stand = _rows_shown(lines.group_of(*forms.rows_sent(request.POST))) | {"held_back": True}
        return _editor(request, row, fields, told=_wrong(fields), rows=stand)
    if what == "rows" or (_is_edit(request) and not _text_changed(request)):
        rows, fresh = _rows_sent(request)
        fields["when"] = builder.sentence_of(rows)
        written = _rows_shown(rows, fresh) | {"written": fields["when"]}
        return _editor(request, row, fields, told=_wrong(fields), rows=written)
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


def _text_changed(request: HttpRequest) -> bool:
    """Tell whether the sentence was written on since its rows were made; they are made anew then, and nothing is lost."""
    return _joined(request.POST.get("when", "")) != _joined(request.POST.get("rows-of", ""))


def _wrong(fields: Mapping[str, Any]) -> list[Trouble]:
    """Name everything that keeps fields from being a profile; worked cases that come out otherwise, too."""
    found: list[Trouble] = []
    failed: list[str] = []
    try:
        failed = failed_cases(parse_profile(fields, "profile", lists=queries.lists(timezone.now())))
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
    rows: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the form, with what is wrong beside each field; the rows as they were sent, or as the sentence says."""
    form, sentence = forms.form_of(fields), _joined(str(fields.get("when", "")))
    treatment = fields.get("treatment")
    share = treatment.get("share", "") if isinstance(treatment, Mapping) else ""
    shown = _verdict(sentence, {"share": str(share), "unknown": str(fields.get("unknown", ""))})
    shown |= {
        "row": row,
        "form": form,
        "parts": [[form[name] for name in part] for part in forms.PARTS],
        "wrong": _by_field(told),
        "told": told,
        "cases": [*forms.cases_of(fields), *[forms.CaseSent()] * BLANK_CASES],
        "outcomes": forms.OUTCOME_CHOICES,
        "facts": [(fact.name, title_of(fact.name, language())) for fact in CATALOGUE],
        "lists": queries.lists(timezone.now()),
        **(rows or _rows_shown(_rows_of(shown["condition"]))),
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
            condition = parse(sentence, queries.lists(timezone.now()))
        except ProfileError as problem:
            trouble = troubles(problem)[0]
    unknown = UnknownPolicy(sent["unknown"]) if sent.get("unknown") in set(UnknownPolicy) else UnknownPolicy.NO_MATCH
    return {
        "sentence": sentence,
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
        share = Decimal(forms.share_sent(text))
    except InvalidOperation:
        return Decimal(1)
    return share if share.is_finite() and 0 < share <= 1 else Decimal(1)


def _rows_of(condition: Expression | None) -> builder.Group | None:
    """Give the rows of a condition; nothing when it has too many."""
    return builder.rows_of(condition) if condition else builder.Group()


def _rows_shown(rows: builder.Group | None, fresh: int | None = None) -> dict[str, Any]:
    """Give what a page shows of rows: numbered, with a spare one; nothing where only text can say it."""
    return {
        "top": lines.placed(rows, spare=SPARE, fresh=fresh) if rows else None,
        "texts": builder.texts_in(rows) if rows else 0,
        "operators": builder.OPERATORS,
        "relations": builder.RELATIONS,
        "comparing": builder.COMPARES,
        "of_a_fact": builder.OF_A_FACT,
        "overs": OVERS.items(),
    }


def _joined(text: str) -> str:
    return " ".join(readable_part(" ".join(text.split())).split())
