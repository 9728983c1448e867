"""The page of two systems side by side: what another one decided, and what was decided here, before one takes over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.domain.codes import Channel
from darvoza.domain.journal import EntryKind
from darvoza.flow.gate.comparing import Agreement
from darvoza.flow.oversight.estimate_records import Limits
from darvoza.office.accounts.guard import person_of
from darvoza.office.api.services.compared import Asked
from darvoza.office.insight.tables import Cell, as_csv, as_excel
from darvoza.office.insight.ways import ways_of
from darvoza.office.journal.services import record_alone
from darvoza.office.operations.services.beside import (
    DIFFERING,
    Beside,
    NamedLine,
    Told,
    Wanted,
    beside,
    every,
    listed,
    names_told,
)

ALL: Final = "all"
LONGEST: Final = 60
LAST: Final = 2**63 - 1
EACH_HEAD: Final = (
    "declaration", "lodged at", "post", "system", "told at", "theirs", "ours", "agreement", "profiles", "result",
)  # fmt: skip
COUNT_HEAD: Final = (
    "table", "group", "theirs", "ours", "declarations", "exact", "stricter", "laxer", "with result", "with finding",
    "hit rate", "hit rate low", "hit rate high",
)  # fmt: skip
CHOICES: Final = (
    ("", _("all that differ")), (Agreement.STRICTER.value, _("stricter")), (Agreement.LAXER.value, _("laxer")),
    (Agreement.EXACT.value, _("as strict")), (ALL, _("all")),
)  # fmt: skip
"""What the list can hold."""

RESULTS: Final[Mapping[bool | None, str]] = {True: "finding", False: "nothing found", None: ""}


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for, as it was written; empty means all.

    Attributes
    ----------
    kept
        What narrows everything, to be sent along.
    which
        Which declarations are listed, to be sent along.
    wrong
        The day that is none, or what runs backwards; empty where all can be read.
    """

    wanted: Wanted
    kept: Mapping[str, str]
    which: Mapping[str, str]
    wrong: str

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "_Question":
        """Read it; an agreement or a channel that is unknown counts as not asked."""
        words = {name: sent.get(name, "").strip()[:LONGEST] for name in ("post", "system", "profile", "from", "to")}
        days = {name: _day(words[name]) for name in ("from", "to")}
        asked = Asked(words["post"], days["from"], days["to"], words["system"], words["profile"])
        wrong = next((words[name] for name, day in days.items() if words[name] and day is None), "")
        if asked.backwards:
            wrong = f"{words['from']} – {words['to']}"
        which = {"agreement": sent.get("agreement", ""), "theirs": sent.get("theirs", ""), "ours": sent.get("ours", "")}
        channels = [Channel(which[name]) if which[name] in set(Channel) else None for name in ("theirs", "ours")]
        wanted = Wanted(asked, _met(which["agreement"], *channels), *channels)
        kept = {name: word for name, word in words.items() if word}
        return cls(wanted, kept, {name: word for name, word in which.items() if word}, wrong)

    @property
    def query(self) -> str:
        """What narrows everything, as the beginning of an address to which more is added."""
        return _begun(self.kept)

    @property
    def but_post(self) -> str:
        """The same without a post."""
        return _begun({name: word for name, word in self.kept.items() if name != "post"})

    @property
    def but_profile(self) -> str:
        """The same without a profile."""
        return _begun({name: word for name, word in self.kept.items() if name != "profile"})

    @property
    def listed(self) -> str:
        """Which declarations are listed, to stand in an address behind what narrows everything."""
        return _begun(self.which)

    @property
    def chosen(self) -> str:
        """Which of the choices of the list stands; none where a pair of channels was asked for."""
        if self.wanted.theirs or self.wanted.ours:
            return "-"
        said = self.which.get("agreement", "")
        return said if said == ALL or said in set(Agreement) else ""


def _begun(words: Mapping[str, str]) -> str:
    return urlencode(words) + "&" if words else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _met(said: str, theirs: Channel | None, ours: Channel | None) -> tuple[Agreement, ...]:
    """Give which agreements are listed: those that are asked for, all of a pair of channels, or else those that differ."""
    if said in set(Agreement):
        return (Agreement(said),)
    return tuple(Agreement) if said == ALL or (theirs and ours) else DIFFERING


@require_GET
def compared(request: HttpRequest) -> HttpResponse:
    """Show where two systems differ, by which profiles, at which posts, and one declaration after the other."""
    person, question = person_of(request), _Question.of({name: str(value) for name, value in request.GET.items()})
    told = {"question": question, "wanted": question.wanted, "ways": ways_of(person)}
    if question.wrong:
        return render(request, "operations/beside.html", told, status=422)
    state = names_told(timezone.now())
    before = request.GET.get("before", "")
    number = min(int(before), LAST) if before.isdecimal() else 0
    shown = beside(person, question.wanted, state)
    rows, following = listed(person, question.wanted, state, before=number) if shown.any else ([], None)
    told |= {"shown": shown, "rows": rows, "next": following, "before": number, "choices": CHOICES}
    return render(request, "operations/beside.html", told)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Give the counts, or the declarations that are listed, as a table; the journal tells of it."""
    now, person = timezone.now(), person_of(request)
    question = _Question.of({name: str(value) for name, value in request.POST.items()})
    if question.wrong:
        told = {"question": question, "wanted": question.wanted, "ways": ways_of(person)}
        return render(request, "operations/beside.html", told, status=422)
    state, counts = names_told(now), request.POST.get("what") == "counts"
    head = COUNT_HEAD if counts else EACH_HEAD
    rows: list[tuple[Cell, ...]] = (
        list(_counts(beside(person, question.wanted, state)))
        if counts
        else [_row(each) for each in every(person, question.wanted, state)]
    )
    what = {**question.kept, **question.which, "what": "counts" if counts else "declarations", "rows": len(rows)}
    record_alone(EntryKind.EXPORT, "comparisons", what, by=person.username, now=now)
    write = as_excel if request.POST.get("form") == "excel" else as_csv
    return write(_file_name("counts" if counts else "declarations", now), head, rows)


def _file_name(what: str, now: datetime) -> str:
    return f"darvoza-comparison-{what}-{now:%Y%m%d-%H%M}"


def _row(told: Told) -> tuple[Cell, ...]:
    row = told.each.row
    channels = (row.theirs, row.ours, told.each.met.value, " ".join(sorted(told.each.profiles)))
    return (row.declaration_id, told.lodged_at, row.post, row.system, row.at, *channels, RESULTS[told.found])


def _counts(shown: Beside) -> Iterator[tuple[Cell, ...]]:
    """Give every count of the page as a row."""
    for line in shown.lines:
        if line.pair is None:
            yield ("agreement", line.met.value, "", "", line.declarations, *(None,) * 3, line.checked, line.found,
                   *_limits(line.rate))  # fmt: skip
    for row in shown.matrix:
        for pair, _share in row.pairs:
            yield ("channels", pair.met.value, pair.theirs.value, pair.ours.value, pair.declarations, *(None,) * 3,
                   pair.checked, pair.found, *_limits(None))  # fmt: skip
    for table, lines in (("profile", shown.profiles), ("no profile", (shown.unnamed,)), ("post", shown.posts)):
        yield from (_counted(table, line) for line in lines if line)


def _counted(table: str, line: NamedLine) -> tuple[Cell, ...]:
    tally = line.tally
    agree = (tally.declarations, tally.exact, tally.stricter, tally.laxer, tally.checked, tally.found)
    return (table, tally.name, "", "", *agree, *_limits(line.rate))


def _limits(limits: Limits | None) -> tuple[Cell, ...]:
    return (limits.value, limits.low, limits.high) if limits else (None, None, None)
