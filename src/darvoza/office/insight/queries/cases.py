"""The cases behind a number, newest first, a page at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, QuerySet

from darvoza.domain.codes import Channel
from darvoza.office.accounts.scope import Placed, for_person
from darvoza.office.insight.models import Check
from darvoza.office.insight.periods import MONTH, Period
from darvoza.office.insight.queries.figures import BASES, Scope
from darvoza.office.registry.models import Decision, Declaration
from darvoza.office.registry.queries import counted, declared_for
from darvoza.office.shell.paging import BoundedPaginator

PER_PAGE = 50
MOMENTS: Final = (datetime(1000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))
"""Bounds of moments of lodging that can be asked for."""

MOST = 50_000
"""Rows of an export."""

WHICH: Final = {
    "declared": {},
    "ordered": {},
    "checked": {"checked": True},
    "found": {"found": True},
    "outstanding": {"checked": False},
}
"""What may be counted, and how it is told apart."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases are asked for; empty means all.

    Attributes
    ----------
    drawn
        Whether only checks that the draw asked for: those that officers opened on suspicion, or raised to more, say nothing of
        the others.
    until
        The last moment of lodging that counts.
    """

    scope: Scope
    which: str
    channel: str = ""
    basis: str = ""
    act: str = ""
    month: str = ""
    drawn: bool = False
    until: datetime | None = None

    @classmethod
    def of(cls, scope: Scope, asked: dict[str, str]) -> "Asked":
        """Read what was asked; what is unknown counts as not asked."""
        return cls(
            scope=scope,
            which=_one_of(asked.get("which", ""), WHICH) or "ordered",
            channel=_one_of(asked.get("channel", ""), set(Channel)),
            basis=_one_of(asked.get("basis", ""), BASES),
            act=asked.get("act", "")[:20],
            month=month if MONTH.fullmatch(month := asked.get("month", "")) else "",
            drawn=asked.get("drawn") == "1",
            until=_moment(asked.get("until", "")),
        )

    @property
    def lodged(self) -> dict[str, datetime]:
        """Bounds of the moment of lodging, as conditions; none when neither month, period nor last moment is asked for."""
        last = {"lodged_at__lte": self.until} if self.until else {}
        asked = self.scope.period.lodged
        if not self.month:
            return asked | last
        own = Period(self.month, self.month).lodged
        if not self.scope.period.holds(self.month):
            return own | {"lodged_at__lt": own["lodged_at__gte"]}  # nothing: it is outside of the period
        return own | last


def _moment(text: str) -> datetime | None:
    """Read a moment with its time zone; what is none counts as not asked."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo and MOMENTS[0] < read < MOMENTS[1] else None


def _one_of(value: str, known: Any) -> str:  # noqa: ANN401 - any container of texts
    return value if value in known else ""


def checks_for(person: Placed, asked: Asked) -> QuerySet[Check]:
    """Give the checks behind a number, of the person's agency and post."""
    same = {name: getattr(asked, name) for name in ("channel", "basis", "act") if getattr(asked, name)}
    if asked.scope.post:
        same["post"] = asked.scope.post
    rows = for_person(Check.objects.filter(agency=asked.scope.agency), person)
    if asked.drawn:
        rows = rows.filter(Exists(_drawn()))
    return rows.filter(**same, **asked.lodged, **WHICH[asked.which]).select_related("declaration")


def _drawn() -> QuerySet[Decision]:
    """Give the decision by which the draw asked for the act of a check: none of one that was raised to it, or opened on suspicion."""
    same = {name: OuterRef(name) for name in ("declaration", "agency", "act")}
    return Decision.objects.filter(**same, selected=True)


def declarations_asked(person: Placed, asked: Asked) -> QuerySet[Declaration]:
    """Give the declarations behind a number."""
    rows = declared_for(person).filter(counted())
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.scope.post:
        rows = rows.filter(post=asked.scope.post)
    return rows.filter(**asked.lodged)


def page_of(person: Placed, asked: Asked, number: int) -> Page[Any]:
    """Give a page of the cases."""
    rows: QuerySet[Any] = declarations_asked(person, asked) if asked.which == "declared" else checks_for(person, asked)
    return BoundedPaginator(rows, PER_PAGE).get_page(number)
