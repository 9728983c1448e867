"""Draws recomputed for an auditor: of days, and of one declaration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from darvoza.flow.oversight.verification import CHECKS, Replay, replay, verify_days
from darvoza.office.accounts.scope import Placed
from darvoza.office.insight.queries import columns
from darvoza.office.insight.queries.figures import last_figures
from darvoza.office.insight.queries.register_audit import Audited, audit
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
    """What recomputing the draws of one day found, and what holding its declarations against the journal came to."""

    day: date
    decisions: int
    draws: int
    agreed: int
    disagreed: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]
    journal: Audited

    @property
    def holds(self) -> bool:
        """Whether everything agrees, and the journal tells nothing else; of what it does not tell, see `attested`."""
        return self.agreed == self.decisions and self.journal.holds

    @property
    def attested(self) -> bool:
        """Whether the journal tells of every declaration and every result of the day."""
        return not (self.journal.erased or self.journal.before or self.journal.unattested)

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
        told = audit(_decided(Q(key_day=day)))
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


def held(person: Placed, declaration_id: str) -> Audited:
    """Hold a declaration against the journal; of the differences only those are told that are the person's to see.

    What was decided, and what was found, may agree, differ, or not be attested: the journal may tell nothing of it.
    """
    done = audit(declarations_for(person).filter(declaration_id=declaration_id))
    own = [one for one in done.differences if not one.act or person.agency in {"", one.act.split(" ")[0]}]
    return replace(done, differences=own)


def key_days_of(declaration_id: str) -> list[date]:
    """Give the days whose keys drew for a declaration."""
    rows = Decision.objects.filter(declaration__declaration_id=declaration_id).order_by("key_day")
    return list(rows.values_list("key_day", flat=True).distinct())
