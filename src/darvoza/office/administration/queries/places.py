"""What an administrator asks of posts and agencies, and of what the office stands on: counts and days, never contents."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from django.db.models import Count, Max

from darvoza.domain.codes import Agency
from darvoza.domain.journal import EntryKind
from darvoza.office.accounts.models import Person
from darvoza.office.administration.models import Post
from darvoza.office.journal.queries import committed_to, days_of_keys
from darvoza.office.registry.models import Decision, Order, Run

DAYS = 31
"""Days of keys that are shown."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post: its name where it has one, people who work there, orders there ever were."""

    code: str
    name: str
    people: int
    orders: int


def posts() -> list[PostLine]:
    """Give every post that has a name, people or orders."""
    names = dict(Post.objects.values_list("code", "name"))
    placed = Counter(Person.objects.filter(is_active=True).exclude(post="").values_list("post", flat=True))
    ordered = dict(Order.objects.order_by().values_list("post").annotate(count=Count("pk")))
    codes = sorted({*names, *placed, *ordered})
    return [PostLine(code, names.get(code, ""), placed[code], ordered.get(code, 0)) for code in codes]


def mistyped(post: str) -> str:
    """Say that nobody knows a post, and which was probably meant; nothing where it is known, or the office knows none yet."""
    known = [line.code for line in posts()]
    if not post or not known or post in known:
        return ""
    near = get_close_matches(post, known, 1)
    meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known[:5])}"
    return f"nobody knew a post {post} until now; {meant}"


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency: its people by role, and the orders it ever had."""

    agency: Agency
    people: int
    roles: dict[str, int]
    orders: int


def agencies() -> list[AgencyLine]:
    """Give every agency; which there are is settled by the law, not here."""
    ordered = dict(Order.objects.order_by().values_list("agency").annotate(count=Count("pk")))
    there = list(Person.objects.filter(is_active=True).values_list("agency", "roles"))
    return [
        AgencyLine(
            agency=agency,
            people=sum(of == agency for of, _ in there),
            roles=dict(Counter(role for of, roles in there if of == agency for role in roles)),
            orders=ordered.get(agency, 0),
        )
        for agency in Agency
    ]


@dataclass(frozen=True, slots=True)
class KeyDay:
    """The key of one day, as far as may be told: its commitment, whether that was told before the day; never the key."""

    day: date
    commitment: str
    decisions: int
    committed: bool
    before: bool
    revealed: bool


def key_days() -> list[KeyDay]:
    """Give the days for which decisions were drawn, the last first, and whether the journal knows of their keys."""
    told = days_of_keys()
    first = _first_day()
    if first is None:
        return []
    shown = Decision.objects.filter(key_day__gte=first)
    counted = shown.order_by().values_list("key_day", "commitment").annotate(count=Count("pk"))
    rows = list(counted.order_by("-key_day", "commitment")[:DAYS])
    bound = committed_to({day for day, _, _ in rows})
    return [
        KeyDay(
            day,
            commitment,
            count,
            committed=commitment in told[EntryKind.KEY_COMMITMENT],
            before=bound.get(day) == commitment,
            revealed=commitment in told[EntryKind.KEY_REVEAL],
        )
        for day, commitment, count in rows
    ]


def _first_day() -> date | None:
    """Give the earliest of the days that are shown, from one day to the one before along the index; nothing when there is none."""
    first: date | None = None
    for _ in range(DAYS):
        earlier = Decision.objects.order_by("-key_day").values_list("key_day", flat=True)
        found = (earlier.filter(key_day__lt=first) if first else earlier).first()
        if found is None:
            break
        first = found
    return first


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run that was taken in."""

    name: str
    digest: str
    loaded_at: datetime
    profiles: int
    decisions: int
    last_day: date | None


def runs() -> list[RunLine]:
    """Give the runs that were taken in, the last first."""
    rows = list(Run.objects.order_by("-loaded_at", "-pk")[:DAYS])
    # apart from the rows of the runs: joined to them, each decision would carry all that a run keeps of its profiles
    drawn = Decision.objects.order_by().filter(run__in=[row.pk for row in rows]).values_list("run")
    counted = {run: (count, last) for run, count, last in drawn.annotate(count=Count("pk"), last=Max("key_day"))}
    return [
        RunLine(row.name, row.digest, row.loaded_at, _library(row.profiles), *counted.get(row.pk, (0, None)))
        for row in rows
    ]


def _library(profiles: Mapping[str, Mapping[str, Any]]) -> int:
    """Count profiles of the library, without those that were made beside it of measures and registers."""
    return sum(not each.get("beside") for each in profiles.values())
