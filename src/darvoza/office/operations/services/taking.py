"""Decisions that a post brings back: looked at, made again, and put beside what the centre decided."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from darvoza.domain.journal import JournalEntry
from darvoza.errors import DarvozaError, PostError
from darvoza.flow.oversight.verification import verify_days
from darvoza.flow.post.deciding import PostDecision, decision_of
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.post.returning import Meeting
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.services.returned import told_of
from darvoza.office.journal.queries import committed_to, days_revealed
from darvoza.office.operations.models import PostBundle
from darvoza.office.operations.services.checking import declared_elsewhere, not_its_own
from darvoza.office.operations.services.joining import join
from darvoza.office.operations.services.remaking import Remade, binds
from darvoza.office.registry.models import Decision, Order
from darvoza.office.registry.services.sealing import told_of_register


class Work(NamedTuple):
    """The record of a post that is taken in, and its decisions made again, by the number of the entry.

    `binding` holds whether what was decided by a bundle is carried out, by its serial, of those that were asked for already; `days`
    the first and the last day of each bundle of the post, by its serial.
    """

    post: str
    signed_by: str
    entries: Sequence[JournalEntry]
    ring: KeyRing | None
    again: Mapping[int, Remade]
    binding: dict[object, bool]
    days: Mapping[int, tuple[date, date]]


class Taken(NamedTuple):
    """What came of a decision.

    Attributes
    ----------
    new
        Whether its declaration was not known.
    differences
        What differs.
    unchecked
        Why it was not made again.
    stands
        What the journal is to tell of what stands; empty where nothing of it was taken in.
    instead
        The decisions that stand in the place of those that the post wrote, where it decided otherwise than by its bundle.
    """

    new: bool = False
    differences: tuple[Difference, ...] = ()
    unchecked: Difference | None = None
    stands: Mapping[str, object] = {}
    instead: pl.DataFrame | None = None


def bundle_days(post: str) -> dict[int, tuple[date, date]]:
    """Give the first and the last day of each bundle of a post, by its serial."""
    rows = PostBundle.objects.filter(post=post).values_list("serial", "start", "end")
    return {serial: (start, end) for serial, start, end in rows}


def day_told(days: Mapping[int, tuple[date, date]], entry: JournalEntry) -> Difference | None:
    """Say where a decision was made on a day that its bundle is not for.

    Examples
    --------
    >>> from darvoza.domain.journal import EntryKind
    >>> at = datetime.fromisoformat("2026-03-05T08:00:00+00:00")
    >>> entry = JournalEntry(1, "", EntryKind.DECISION, "post", "D1", at, "", "", {"bundle": 7})
    >>> day_told({7: (date(2026, 3, 1), date(2026, 3, 7))}, entry)
    >>> day_told({}, entry).told
    'decided by bundle 7, which this office did not make'
    """
    serial = (entry.body or {}).get("bundle")
    known = days.get(serial) if isinstance(serial, int) else None
    if known is None:
        return Difference(Differs.FOREIGN_BUNDLE, {"serial": str(serial)})
    start, end = known
    if start <= entry.at.date() <= end:
        return None
    told = {"day": entry.at.date(), "start": start, "end": end}
    return Difference(Differs.OTHER_DAY, {"serial": str(serial), **{name: str(day) for name, day in told.items()}})


def take_decision(work: Work, entry: JournalEntry, now: datetime) -> Taken:
    """Take a decision in, within the transaction of the caller.

    Raises
    ------
    PostError
        When its draw was not made with the key, or with another than the journal commits to.
    """
    try:
        wrote = decision_of(entry)
    except (DarvozaError, KeyError) as problem:
        return Taken(differences=(Difference(Differs.UNREADABLE, {"problem": f"{problem!s:.200}"}),))
    if why := not_its_own(work.post, entry, wrote) or declared_elsewhere(work.post, entry.subject):
        return Taken(differences=(why,))
    _check_commitments(wrote, entry)
    if work.ring:
        _check_draws(wrote, work.ring, entry)
    again = work.again.get(entry.sequence, Remade(None, Difference(Differs.NO_KEY)))
    made = again.made or wrote
    known = list(
        Order.objects.filter(declaration__declaration_id=made.declaration_id).values_list("order_id", flat=True)
    )
    joined = join(work.post, entry, made, now=now)
    new = joined.met.meeting is Meeting.NEW
    told = (
        again.difference if again.other else None,
        *joined.met.differences,
        _same_goods(made),
        _revealed(made, entry) if new else None,
    )
    unchecked = None if again.made else again.difference
    stands = {
        **told_of(made.declaration_id, joined.stands, binding=_binding(work, entry)),
        **told_of_register(made.declaration_id, without=known),
        **({"again": unchecked.told} if unchecked else {}),
    }
    return Taken(new, tuple(filter(None, told)), unchecked, stands, made.decisions if again.other else None)


def _binding(work: Work, entry: JournalEntry) -> bool:
    """Tell whether what an entry decides is carried out; each bundle is read once."""
    serial = (entry.body or {}).get("bundle")
    known = serial if isinstance(serial, int) else None
    if known not in work.binding:
        work.binding[known] = binds(work.post, known)
    return work.binding[known]


def _check_commitments(made: PostDecision, entry: JournalEntry) -> None:
    """Refuse a decision that names another key of a day than the journal commits to; this needs no key.

    Raises
    ------
    PostError
        When it does.
    """
    named = made.decisions.select("key_day", "commitment").unique(maintain_order=True).rows()
    bound = committed_to({day for day, _ in named if day})
    for day, commitment in named:
        if bound.get(day, commitment) != commitment:
            hint = (
                "either its bundle was made with a key that was replaced since, or it was not drawn with its bundle: keep the "
                "record, and ask the post. What stands before this entry is taken in"
            )
            expected = f"the key of {day} that the journal commits to, {bound[day]}"
            raise PostError(field=f"entry {entry.sequence}", expected=expected, got=commitment, hint=hint)


def _check_draws(made: PostDecision, ring: KeyRing, entry: JournalEntry) -> None:
    """Refuse a decision whose draw was not made with the key.

    Raises
    ------
    PostError
        When it was not.
    """
    days = made.decisions.get_column("key_day").unique()
    if verify_days(made.decisions, {day: ring.key(day) for day in days}).agreed != made.decisions.height:
        hint = (
            "either the key file is not that of its bundle, or it was drawn without the key of the day: try the key of that time; "
            "else keep the record, and ask the post. What stands before this entry is taken in"
        )
        raise PostError(field=f"entry {entry.sequence}", expected="draws of the key", got=entry.subject, hint=hint)


def _revealed(made: PostDecision, entry: JournalEntry) -> Difference | None:
    """Say where something new was lodged for a day whose key was known to all: whoever chooses such a day knows the draw."""
    # goods that were drawn for before keep the key of that day
    days = set(made.decisions.get_column("key_day")) & set(made.items.get_column("lodged_at").dt.date())
    known = sorted(days_revealed(days, before=entry.at))
    return Difference(Differs.REVEALED, {"days": ", ".join(map(str, known))}) if known else None


def _same_goods(made: PostDecision) -> Difference | None:
    """Say where the same goods were drawn for under another reference, with another draw."""
    fingerprint, u = made.decisions.select("fingerprint", "u").row(0)
    others = Decision.objects.filter(fingerprint=fingerprint).exclude(u=u)
    others = others.exclude(declaration__declaration_id=made.declaration_id)
    names = sorted(set(others.values_list("declaration__declaration_id", flat=True)))
    return Difference(Differs.SAME_GOODS, {"references": ", ".join(names[:3])}) if names else None
