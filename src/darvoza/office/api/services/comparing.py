"""What another system decided, kept beside what we decided of the same declaration."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from darvoza.domain.codes import Channel
from darvoza.domain.journal import EntryKind
from darvoza.domain.selection import FloorKind
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Comparison
from darvoza.office.api.queries import may_know, revisions_of
from darvoza.office.journal.services import record

NAMED = frozenset({FloorKind.PROFILE, FloorKind.LAW, FloorKind.ALERT, FloorKind.PLAN})
"""Floors that have a name of their own."""


def compare_with(caller: Caller, theirs: Mapping[str, Channel], *, now: datetime) -> tuple[int, list[str]]:
    """Keep what the system of a client decided; give how many declarations it knew, and those it may not know of.

    Our channel is the one of the first decision: what came later, theirs did not know either.
    """
    revisions = revisions_of(theirs)
    known = {name: rows[0] for name, rows in revisions.items() if may_know(caller, rows)}
    with transaction.atomic():
        for reference, row in known.items():
            told = {
                "post": row.post, "theirs": theirs[reference], "ours": row.channel, "at": now,
                "profiles": sorted(_profiles(row.decisions)),
            }  # fmt: skip
            Comparison.objects.update_or_create(declaration_id=reference, system=caller.name, defaults=told)
        record(
            EntryKind.EXPORT,
            f"comparison {caller.name}",
            {"what": "compared", "declarations": len(known)},
            by=caller.username,
            now=now,
        )
    return len(known), sorted(set(theirs) - set(known))


def _profiles(decisions: list[Mapping[str, Any]]) -> set[str]:
    """Name what put a floor under any act; who reads it is told of those that are his to read."""
    return {floor["source"] for row in decisions for floor in row["floors"] if floor["kind"] in NAMED}
