"""How other systems and we agree, over all declarations that a client may know of, whichever system told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, product
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from darvoza.domain.codes import Channel
from darvoza.flow.gate.comparing import Agreement, Compared, Tally, agreement, compare
from darvoza.flow.gate.state_file import State
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Comparison
from darvoza.office.api.problems import Problem
from darvoza.office.api.queries import knowable, names_for
from darvoza.office.registry.models import Declaration

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Which declarations are asked for.

    Attributes
    ----------
    post
        Declared for this post when they were first decided; of all where it is empty.
    since, until
        Lodged on these days or between them, as the clock of the office counts days.
    system
        What this system told; the last word on each declaration, whoever gave it, where it is empty.
    """

    post: str = ""
    since: date | None = None
    until: date | None = None
    system: str = ""

    def rows(self) -> QuerySet[Comparison]:
        """Give what was told of them, one word on each declaration.

        Raises
        ------
        Problem
            When the days run backwards.
        """
        if self.since and self.until and self.since > self.until:
            told = {"field": "to", "code": "to", "expected": f"a day not before {self.since}", "got": str(self.until)}
            raise Problem("invalid", errors=(told,))
        rows = Comparison.objects.order_by("pk")
        if self.post:
            rows = rows.filter(post=self.post)
        if self.since or self.until:
            lodged = Declaration.objects.filter(self._lodged(), declaration_id=OuterRef("declaration_id"))
            rows = rows.filter(Exists(lodged))
        if self.system:
            return rows.filter(system=self.system)
        same = Comparison.objects.filter(declaration_id=OuterRef("declaration_id"))
        return rows.exclude(Exists(same.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))))

    def _lodged(self) -> Q:
        zone, condition = ZoneInfo(settings.TIME_ZONE), Q()
        if self.since:
            condition &= Q(lodged_at__gte=datetime.combine(self.since, time(), zone))
        if self.until and self.until < date.max:
            condition &= Q(lodged_at__lt=datetime.combine(self.until + timedelta(days=1), time(), zone))
        return condition


def comparison_for(caller: Caller, state: State, asked: Asked) -> list[Tally]:
    """Give how other systems and we agree: over all declarations that a client may know of, and by the names it may read."""
    may_read = names_for(caller, state)
    return compare(
        Compared(Channel(row.theirs), Channel(row.ours), _named(row, may_read)) for row in _known(caller, asked.rows())
    )


def compared_for(
    caller: Caller, state: State, asked: Asked, *, met: Agreement | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Give a page of the declarations that were compared, and where the next begins.

    Parameters
    ----------
    met
        Those alone on which we are exact, stricter or laxer; all where it is left out.
    after, limit
        The number after which the page begins, and how many it holds at most.
    """
    may_read, rows = names_for(caller, state), asked.rows().filter(pk__gt=after)
    if met is not None:
        rows = rows.filter(_that_met(met))
    page: list[Comparison] = []
    for row in _known(caller, rows):
        page.append(row)
        if len(page) > limit:
            break
    told = [
        {
            "declaration_id": row.declaration_id, "post": row.post, "system": row.system, "at": row.at.isoformat(),
            "theirs": row.theirs, "ours": row.ours, "agreement": agreement(Channel(row.theirs), Channel(row.ours)).value,
            "profiles": sorted(_named(row, may_read)),
        }
        for row in page[:limit]
    ]  # fmt: skip
    return told, page[limit - 1].pk if len(page) > limit else None


def _that_met(met: Agreement) -> Q:
    """Give the pairs of channels of an agreement."""
    condition = Q(pk=None)
    for theirs, ours in product(Channel, Channel):
        if agreement(theirs, ours) is met:
            condition |= Q(theirs=theirs.value, ours=ours.value)
    return condition


def _known(caller: Caller, rows: QuerySet[Comparison]) -> Iterator[Comparison]:
    """Keep what is told of declarations that a client may know of."""
    source = rows.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(source, AT_ONCE)):
        known = knowable(caller, [row.declaration_id for row in batch])
        yield from (row for row in batch if row.declaration_id in known)


def _named(row: Comparison, may_read: set[str]) -> tuple[str, ...]:
    return tuple(name for name in row.profiles if name in may_read)
