"""Draws recomputed for an auditor: of days, and of one declaration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from darvoza.flow.oversight.verification import CHECKS, Replay, replay, verify_days
from darvoza.office.accounts.scope import Placed
from darvoza.office.insight.queries import columns
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.figures import last_figures
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.queries import committed_to
from darvoza.office.registry.models import Decision, Declaration
from darvoza.office.registry.queries import declarations_for

MOST = 50_000
"""Decisions recomputed while somebody waits; about two seconds. More are left to the command line."""


class ListedDay(NamedTuple):
    """What was decided with the key of one day, its commitment, and whether that was told before the day, as by the gate."""

    day: str
    commitment: str
    decisions: int
    draws: int
    selected: int
    before: bool


def draw_days() -> tuple[ListedDay, ...]:
    """Give the days whose keys decided, the latest first."""
    kept = last_figures()
    listed = kept.figures.draws if kept else ()
    known = committed_to([date.fromisoformat(one.day) for one in listed])
    return tuple(ListedDay(*one, known.get(date.fromisoformat(one.day)) == one.commitment) for one in listed)


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """What recomputing the draws of one day found, and holding its declarations against the journal."""

    day: date
    decisions: int
    draws: int
    agreed: int
    disagreed: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]
    journal: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything agrees, and the journal tells the same."""
        return self.agreed == self.decisions and not self.journal

    @property
    def other_key(self) -> bool:
        """Whether not one commitment is that of the key: it is another key."""
        return dict(self.disagreed).get("commitment", 0) == self.decisions > 0


def verdicts(keys: Mapping[date, bytes]) -> tuple[DayVerdict, ...]:
    """Recompute every decision drawn with some keys, day by day."""
    made = []
    for day, key in sorted(keys.items()):
        rows = columns.decisions(_whole(Q(key_day=day)))
        found = verify_days(rows, {day: key})
        wrong = tuple((check, found.disagreed[check]) for check in CHECKS if found.disagreed[check])
        told = tuple(audit(_decided(Q(key_day=day))).differences)
        made.append(DayVerdict(day, found.decisions, found.draws, found.agreed, wrong, found.examples, told))
    return tuple(made)


def _decided(which: Q) -> QuerySet[Declaration]:
    """Give the declarations of which a decision meets a condition."""
    return Declaration.objects.filter(pk__in=Decision.objects.filter(which).values("declaration"))


def _whole(which: Q) -> Q:
    """Widen a condition to all decisions of the declarations it meets: a channel rests on all of them."""
    return Q(declaration__in=Decision.objects.filter(which).values("declaration"))


def decided_on(days: Iterable[date]) -> int:
    """Count the decisions of some days."""
    return Decision.objects.filter(key_day__in=list(days)).count()


def replays(person: Placed, declaration_id: str, keys: Mapping[date, bytes]) -> tuple[Replay, ...] | None:
    """Recompute the decisions on one declaration; nothing when it is not the person's to see."""
    row = declarations_for(person).filter(declaration_id=declaration_id).first()
    if row is None:
        return None
    made = replay(columns.decisions(Q(declaration=row)), keys)
    own = dict(row.decisions.values_list("decision_id", "agency"))
    return tuple(one for one in made if person.agency in {"", own[one.decision_id]})


class Beside(NamedTuple):
    """How a declaration stands beside the journal.

    Attributes
    ----------
    otherwise
        What the register holds otherwise than the journal, of the acts that are the person's to see.
    erased
        Whether nothing can be compared, because the body of what the journal told last was erased.
    """

    otherwise: tuple[Difference, ...]
    erased: bool


def beside_journal(person: Placed, declaration_id: str) -> Beside:
    """Hold a declaration against the journal."""
    found = audit(declarations_for(person).filter(declaration_id=declaration_id))
    mine = (one for one in found.differences if not one.act or person.agency in {"", one.act.split(" ")[0]})
    return Beside(tuple(mine), erased=bool(found.erased))


def key_days_of(declaration_id: str) -> list[date]:
    """Give the days whose keys drew for a declaration."""
    rows = Decision.objects.filter(declaration__declaration_id=declaration_id).order_by("key_day")
    return list(rows.values_list("key_day", flat=True).distinct())
