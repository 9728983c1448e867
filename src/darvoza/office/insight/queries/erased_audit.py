"""What cannot be held against the journal any more, because entries on declarations that stand were erased."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import erased_early
from darvoza.office.registry.models import Declaration, Order

WORK: Final = (EntryKind.DECISION, EntryKind.ORDER, EntryKind.FINDING, EntryKind.OVERRIDE, EntryKind.RELEASE)
"""Entries by which a declaration is held against the journal."""


@dataclass(slots=True)
class Erased:
    """Entries without a body on declarations that stand: when each was written, and of which declaration, by its number."""

    written: dict[int, datetime] = field(default_factory=dict)
    of: dict[int, int] = field(default_factory=dict)

    def look(self, keys: Collection[int]) -> None:
        """Note the entries without a body on some declarations, and on their orders."""
        about = dict(Declaration.objects.filter(pk__in=keys).values_list("declaration_id", "pk"))
        about |= dict(Order.objects.filter(declaration__in=keys).values_list("order_id", "declaration__pk"))
        kinds = [kind.value for kind in WORK]
        gone = Entry.objects.filter(subject__in=list(about), kind__in=kinds, salt=None)
        for number, at, subject in gone.order_by("sequence").values_list("sequence", "at", "subject"):
            self.written[number], self.of[number] = at, about[subject]

    def early(self) -> int:
        """Count the declarations of which an entry was erased before its shortest time was over."""
        return len({self.of[number] for number in erased_early(self.written)})
