"""The record of a post kept at the centre as it was brought back: with it and the bundle every decision can be made again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Exists, OuterRef

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.journal.export import entry_line, read_entries
from darvoza.flow.post.bundle import DRAWS
from darvoza.flow.post.differing import Difference
from darvoza.office.api.models import KeptPart
from darvoza.office.operations.models import PostBundle, PostEntry
from darvoza.office.registry.models import Declaration

LONGEST, LONGEST_AGENCY = 64, 20
"""Characters of a reference and of an agency, as the register keeps them."""


class Noted(NamedTuple):
    """What is noted beside an entry.

    Attributes
    ----------
    at
        When it was taken in.
    differences
        In what it differs from what the centre has.
    instead
        The decisions that stand in the place of its own, if any do.
    """

    at: datetime
    differences: Sequence[Difference]
    instead: pl.DataFrame | None


def keep_entry(post: str, signed_by: str, entry: JournalEntry, noted: Noted) -> None:
    """Keep an entry with what is noted beside it."""
    spoken = entry.kind in {EntryKind.DECISION, EntryKind.FINDING}
    order = entry.subject.rsplit(":", 2) if entry.kind is EntryKind.FINDING else []
    reference, agency = order[:2] if len(order) > 2 else (entry.subject, "")
    PostEntry.objects.create(
        post=post,
        signed_by=signed_by,
        number=entry.sequence,
        declaration_id=reference[:LONGEST] if spoken else "",
        line=entry_line(entry).decode(),
        made=None if noted.instead is None else list(plain_rows(noted.instead)),
        taken_at=noted.at,
        agency=agency[:LONGEST_AGENCY],
        differs=[each.plain() for each in noted.differences] or None,
    )


def made_instead(post: str, signed_by: str) -> dict[int, list[dict[str, Any]]]:
    """Give the decisions that stand instead of what the post wrote, by the number of the entry."""
    rows = PostEntry.objects.filter(post=post, signed_by=signed_by, made__isnull=False)
    return {number: made for number, made in rows.values_list("number", "made") if made}


def erase_entries(references: Iterable[str]) -> None:
    """Erase what posts wrote down of some declarations."""
    PostEntry.objects.filter(declaration_id__in=list(references)).update(line="", made=None, differs=None)


def erase_refused(before: datetime) -> None:
    """Erase what posts wrote down before a moment of declarations that are not in the register: nothing of it was taken in.

    What was taken in goes with its declaration, and so does what is left of one that is gone.
    """
    here = Declaration.objects.filter(declaration_id=OuterRef("declaration_id"))
    rows = PostEntry.objects.exclude(declaration_id="").exclude(line="").filter(~Exists(here))
    old = [key for key, line in rows.values_list("pk", "line").iterator() if _written(line) < before]
    PostEntry.objects.filter(pk__in=old).update(line="", made=None, differs=None)


def _written(line: str) -> datetime:
    [entry] = read_entries([line.encode()])
    return entry.at


def forget_draws(before: datetime) -> None:
    """Take the draws out of bundles that were over before a moment: they are of declarations whose time is over, too."""
    gone: set[str] = set()
    for row in PostBundle.objects.filter(end__lt=before.date(), files__has_key=DRAWS):
        files = dict(row.files or {})
        gone |= set(files.pop(DRAWS))
        PostBundle.objects.filter(pk=row.pk).update(files=files)
    held = {piece for row in PostBundle.objects.filter(files__has_key=DRAWS) for piece in (row.files or {})[DRAWS]}
    KeptPart.objects.filter(digest__in=gone - held).delete()
