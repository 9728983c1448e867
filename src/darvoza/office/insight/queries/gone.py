"""Declarations of which only the journal tells: deleted because their time was over, which it tells too, or otherwise."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db.models import Max

from darvoza.domain.journal import EntryKind
from darvoza.office.insight.queries.differences import UNTOLD, Difference
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import RETENTION, name_digest
from darvoza.office.registry.models import Declaration

BATCH: Final = 500


class LetGo(NamedTuple):
    """Deletions in good order: the last entry that names each, by the digest of its name, and how many no entry names."""

    named: dict[str, int]
    unnamed: int

    def until(self, declaration_id: str) -> int:
        """Give the last entry that tells that a declaration under a reference was deleted; 0 where none does.

        What the journal tells before it is of another declaration than one that came under the reference since.
        """
        return self.named.get(name_digest(declaration_id), 0)


class Ended:
    """Deletions in good order, read once, and only where somebody asks."""

    def __init__(self) -> None:
        self._known: LetGo | None = None

    def until(self, declaration_id: str) -> int:
        """Give the same as `LetGo.until`."""
        if self._known is None:
            self._known = let_go()
        return self._known.until(declaration_id)


def let_go() -> LetGo:
    """Give the declarations that were deleted because their time was over."""
    named, unnamed = dict[str, int](), 0
    for sequence, told in _told():
        named |= dict.fromkeys(told.get("named", ()), sequence)
        unnamed += 0 if "named" in told else int(told.get("count", 0))
    return LetGo(named, unnamed)


def _told() -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give what the journal tells of deletions, with its numbers; of photos that were left behind it counts no declarations."""
    entries = Entry.objects.filter(subject=RETENTION, body__data="declarations").order_by("sequence")
    yield from ((sequence, body or {}) for sequence, body in entries.values_list("sequence", "body"))


def deleted() -> int:
    """Count the declarations that were deleted because their time was over: no figure knows of them any more."""
    return sum(int(told.get("count", 0)) for _, told in _told())


def declarations_gone() -> Iterator[Difference]:
    """Give declarations of which only the journal tells, and that were not deleted because their time was over.

    A deletion that is told excuses what was decided before it, and nothing that came under the same reference since. Deletions of
    before they were told by name count only by their number.
    """
    expired = let_go()
    decided = Entry.objects.filter(kind=EntryKind.DECISION.value, body__has_key="acts").order_by("subject")
    source = iter(decided.values_list("subject").annotate(last=Max("sequence")).iterator(chunk_size=BATCH))
    gone: list[str] = []
    while batch := dict(islice(source, BATCH)):
        there = set(Declaration.objects.filter(declaration_id__in=list(batch)).values_list("declaration_id", flat=True))
        gone += [name for name, last in batch.items() if name not in there and expired.until(name) < last]
    if len(gone) > expired.unnamed:
        yield from (Difference(name, "", UNTOLD, "a decision", None) for name in gone)
