"""How other systems and we agree, over all declarations that somebody may know of, whichever system told of them.

Clients read it by the interface and people on a page; both pass the same agency, post and names.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from darvoza.domain.codes import Channel
from darvoza.flow.gate.comparing import Agreement, Compared, Tally, agreement, compare
from darvoza.flow.gate.state_file import State
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Comparison
from darvoza.office.api.queries import Asker, knowable, knows_of_all, names_for
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
    profile
        Those alone that this profile, measure or plan matched; of whoever may not read its name, none.
    """

    post: str = ""
    since: date | None = None
    until: date | None = None
    system: str = ""
    profile: str = ""

    @property
    def backwards(self) -> bool:
        """Whether the days run backwards."""
        return bool(self.since and self.until and self.since > self.until)

    def rows(self) -> QuerySet[Comparison]:
        """Give what was told of them, one word on each declaration; whether a profile matched is looked at again in each."""
        rows = Comparison.objects.all()
        if self.post:
            rows = rows.filter(post=self.post)
        if self.since or self.until:
            lodged = Declaration.objects.filter(self._lodged(), declaration_id=OuterRef("declaration_id"))
            rows = rows.filter(Exists(lodged))
        if self.profile:
            rows = rows.annotate(named=Cast("profiles", TextField())).filter(_naming(self.profile))
        if self.system:
            return rows.filter(system=self.system)
        same = Comparison.objects.filter(declaration_id=OuterRef("declaration_id"))
        return rows.exclude(Exists(same.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))))

    def _lodged(self) -> Q:
        """Give the condition; the first and the last day there are bound nothing, and are no moments in every zone."""
        zone, condition = ZoneInfo(settings.TIME_ZONE), Q()
        if self.since and self.since > date.min:
            condition &= Q(lodged_at__gte=datetime.combine(self.since, time(), zone))
        if self.until and self.until < date.max:
            condition &= Q(lodged_at__lt=datetime.combine(self.until + timedelta(days=1), time(), zone))
        return condition


def _naming(profile: str) -> Q:
    """Give the condition that a name stands in a list, as either database writes it."""
    return Q(named__contains=json.dumps(profile)) | Q(named__contains=json.dumps(profile, ensure_ascii=False))


class Each(NamedTuple):
    """One declaration that was compared, and the names that matched it of those that may be read."""

    row: Comparison
    profiles: tuple[str, ...]

    @property
    def met(self) -> Agreement:
        """How our channel stands to theirs."""
        return agreement(Channel(self.row.theirs), Channel(self.row.ours))


def alike(
    asker: Asker, may_read: Collection[str], asked: Asked, results: Mapping[str, bool] | None = None
) -> list[Compared]:
    """Give what was compared of all declarations that somebody may know of; those that are alike stand together.

    Parameters
    ----------
    may_read
        Names of profiles, measures and plans that are told.
    results
        Declarations with a result, and whether anything was found; none by default.
    """
    times: Counter[_Key] = Counter()
    for key, number in _told(asker, asked):
        times[key] += number
    checked, found = Counter[_Key](), Counter[_Key]()
    for references in _batches(results or {}):
        for row in _known(asker, asked.rows().filter(declaration_id__in=references)):
            key = _Key(row.post, row.theirs, row.ours, tuple(row.profiles))
            checked[key] += 1
            found[key] += (results or {})[row.declaration_id]
    seen = []
    for key, number in times.items():
        named = _named(key.profiles, may_read)
        if not asked.profile or asked.profile in named:
            channels = Channel(key.theirs), Channel(key.ours)
            seen.append(Compared(*channels, named, key.post, number, checked[key], found[key]))
    return seen


class _Key(NamedTuple):
    """What declarations have in common that are counted together."""

    post: str
    theirs: str
    ours: str
    profiles: tuple[str, ...]


def _told(asker: Asker, asked: Asked) -> Iterator[tuple[_Key, int]]:
    """Give what declarations have in common, and how many have it: counted by the database for whoever knows of all."""
    if not knows_of_all(asker):
        for row in _known(asker, asked.rows()):
            yield _Key(row.post, row.theirs, row.ours, tuple(row.profiles)), 1
        return
    rows = asked.rows().order_by().values_list("post", "theirs", "ours", "profiles").annotate(times=Count("pk"))
    for post, theirs, ours, profiles, times in rows.iterator(chunk_size=AT_ONCE):
        yield _Key(post, theirs, ours, tuple(profiles)), times


def _batches(references: Iterable[str]) -> Iterator[list[str]]:
    source = iter(references)
    while batch := list(islice(source, AT_ONCE)):
        yield batch


def _known(asker: Asker, rows: QuerySet[Comparison]) -> Iterator[Comparison]:
    """Keep what is told of declarations that somebody may know of."""
    source = rows.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(source, AT_ONCE)):
        known = knowable(asker, [row.declaration_id for row in batch])
        yield from (row for row in batch if row.declaration_id in known)


def _named(profiles: Iterable[str], may_read: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in profiles if name in may_read)


def each_of(asker: Asker, may_read: Collection[str], asked: Asked, rows: QuerySet[Comparison]) -> Iterator[Each]:
    """Give one by one, in the order of the rows, what was compared of declarations that somebody may know of.

    Parameters
    ----------
    rows
        Of those that are asked for, the ones that are wanted.
    """
    for row in _known(asker, rows):
        named = _named(row.profiles, may_read)
        if not asked.profile or asked.profile in named:
            yield Each(row, named)


def that_met(*met: Agreement) -> Q:
    """Give the pairs of channels of some agreements, as a condition."""
    condition = Q(pk=None)
    for theirs, ours in product(Channel, Channel):
        if agreement(theirs, ours) in met:
            condition |= Q(theirs=theirs.value, ours=ours.value)
    return condition


def comparison_for(caller: Caller, state: State, asked: Asked) -> list[Tally]:
    """Give how other systems and we agree: over all declarations that a client may know of, and by the names it may read."""
    return compare(alike(caller, names_for(caller, state), asked))


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
    rows = asked.rows().filter(pk__gt=after).order_by("pk")
    if met is not None:
        rows = rows.filter(that_met(met))
    page = list(islice(each_of(caller, names_for(caller, state), asked, rows), limit + 1))
    told = [
        {
            "declaration_id": row.declaration_id, "post": row.post, "system": row.system, "at": row.at.isoformat(),
            "theirs": row.theirs, "ours": row.ours, "agreement": each.met.value, "profiles": sorted(each.profiles),
        }
        for each in page[:limit]
        for row in (each.row,)
    ]  # fmt: skip
    return told, page[limit - 1].row.pk if len(page) > limit else None
