"""What a post did without a line, taken in: entry by entry, each in one transaction with the note of how far it came.

Whatever is cut off in between is taken in the next time from where it stopped; what was taken in is not taken in again.
Nothing is lowered, no result is lost, and every difference is told and stands in the journal.

A record of which anything was not signed by the post is refused as a whole. It is not what the post wrote, and the post still
has what it wrote: had a part of the other been taken in, the true record would no longer go on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import polars as pl

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import BrokenJournal, PostError
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.inspection.goods import KEPT_SINCE
from darvoza.flow.oversight.verification import verify_days
from darvoza.flow.post.deciding import SLACK, PostDecision, decision_of
from darvoza.flow.post.record import after
from darvoza.flow.post.returning import ActTold, Meeting, Met, meet
from darvoza.flow.post.signing import check_signed, signature_fault
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.office.journal.queries import days_revealed
from darvoza.office.journal.services import record
from darvoza.office.operations.models import PostBundle, PostReturn
from darvoza.office.operations.services.returned_results import take_in_result
from darvoza.office.registry.mapping import order_values
from darvoza.office.registry.models import Decision, Declaration, Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.records import stated
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.registry.services.telling import recording

Rows = dict[int, Mapping[str, object]]
OF_A_LODGING: Final = frozenset({"version", "lodged_at"})
"""What differs whenever the same is declared once more."""


class Conflict(NamedTuple):
    """A difference that a person should look at: which declaration or order, and what differs."""

    subject: str
    told: str


class Returned(NamedTuple):
    """What was taken in: entries, declarations that were new, results; and what differs."""

    entries: int
    new: int
    results: int
    conflicts: tuple[Conflict, ...]


def take_in(post: str, entries: Sequence[JournalEntry], *, ring: KeyRing | None, now: datetime) -> Returned:
    """Take in what follows in the record of a post.

    Parameters
    ----------
    entries
        The whole record, checked.
    ring
        The key, with which each draw is recomputed; ``None``: they are not.

    Raises
    ------
    BrokenJournal
        When the record was not signed by the post, or does not go on from what was taken in before.
    PostError
        When no bundle was made for the post, or a draw was not made with the key.
    """
    signed_by = _key_of(post)
    _check_key(post, entries, signed_by)
    at = PostReturn.objects.filter(post=post, signed_by=signed_by).first()
    done, new, results = 0, 0, 0
    conflicts: list[Conflict] = []
    latest = max((entry.at for entry in entries[: at.number if at else 0]), default=None)
    for entry in after(entries, Link(at.number, at.head) if at else START):
        with recording(now) as recorded:
            _step(post, signed_by, entry)
            more = _time_told(entry, latest)
            if entry.kind is EntryKind.DECISION:
                met = _decision(post, entry, ring, now)
                new += met.meeting is Meeting.NEW
                more += [_day_told(post, entry), met.told]
            elif entry.kind is EntryKind.FINDING:
                kept, said = take_in_result(entry, now, recorded)
                more.append(said)
                results += kept
            told = "; ".join(filter(None, more))
            _note(post, entry, told, now)
        latest = max(latest or entry.at, entry.at)
        done += 1
        if told:
            conflicts.append(Conflict(entry.subject, told))
    return Returned(done, new, results, tuple(conflicts))


def _key_of(post: str) -> str:
    """Give the public key of a post: that with which its newest bundle was made."""
    newest = PostBundle.objects.filter(post=post).order_by("-serial").first()
    if newest is None:
        hint = "make one with: darvoza office bundle; it tells this office the key of the post"
        raise PostError(field="post", expected="a post that has a bundle of this office", got=post, hint=hint)
    return newest.signed_by


def _check_key(post: str, entries: Sequence[JournalEntry], signed_by: str) -> None:
    """Refuse a record that its post did not sign; say so when an older key of the post did."""
    try:
        check_signed(entries, post, signed_by)
    except BrokenJournal as problem:
        for older in PostBundle.objects.filter(post=post).exclude(signed_by=signed_by).order_by("-serial"):
            if not signature_fault(entries[-1], post, older.signed_by):
                got = f"a record signed with the key of bundle {older.serial}; {post} has had another key since"
                hint = (
                    f"where that machine can be trusted, make {post} a bundle for its key, and take the record in then"
                )
                raise BrokenJournal(field="record", expected=f"the key of {post}", got=got, hint=hint) from problem
        raise


def _step(post: str, signed_by: str, entry: JournalEntry) -> None:
    """Note how far it came; two who take in the same record at once do not take an entry in twice."""
    rows = PostReturn.objects.select_for_update()
    row, _ = rows.get_or_create(post=post, signed_by=signed_by, defaults={"head": START.head})
    if (row.number, row.head) != (entry.sequence - 1, entry.previous):
        raise PostError(field="record", expected=f"entry {row.number + 1}", got=entry.sequence, hint="try again")
    row.number, row.head = entry.sequence, entry.head
    row.save()


def _note(post: str, entry: JournalEntry, told: str, now: datetime) -> None:
    """Tell the journal of the office."""
    body = {"what": "returned", "post": post, "entry": entry.sequence, "head": entry.head, "at": entry.at}
    record(entry.kind, entry.subject, {**body, **({"conflict": told} if told else {})}, by=entry.actor, now=now)


def _time_told(entry: JournalEntry, latest: datetime | None) -> list[str]:
    """Say where the clock of the post was set back."""
    if latest is None or entry.at >= latest - SLACK:
        return []
    return [
        f"written down at {entry.at.isoformat()}, after an entry of {latest.isoformat()}: the clock of the post was set back"
    ]


def _day_told(post: str, entry: JournalEntry) -> str:
    """Say where a decision was made on a day that its bundle is not for."""
    serial = (entry.body or {}).get("bundle")
    bundle = PostBundle.objects.filter(post=post, serial=serial).first() if isinstance(serial, int) else None
    if bundle is None:
        return f"decided by bundle {serial}, which this office did not make"
    if bundle.start <= entry.at.date() <= bundle.end:
        return ""
    return f"decided on {entry.at.date()}, by bundle {serial} for {bundle.start} to {bundle.end}"


def _decision(post: str, entry: JournalEntry, ring: KeyRing | None, now: datetime) -> Met:
    made = decision_of(entry)
    days = made.decisions.get_column("key_day").unique()
    if ring and verify_days(made.decisions, {day: ring.key(day) for day in days}).agreed != made.decisions.height:
        hint = (
            "either the key file is not that of its bundle, or it was drawn without the key of the day: try the key of that time; "
            "else keep the record, and ask the post. What stands before this entry is taken in"
        )
        raise PostError(field=f"entry {entry.sequence}", expected="draws of the key", got=entry.subject, hint=hint)
    met = meet(_centre(made.declaration_id), _post(made.decisions))
    if met.meeting is Meeting.NEW:
        name = f"post {post}, entry {entry.sequence}"
        load(RunFiles(name, entry.head, made.decisions, made.orders, {}), made.items, by=entry.actor, now=now)
        more = [_same_goods(made), _revealed(made, entry)]
    else:
        _order_more(made)
        more = [_otherwise(made), _same_goods(made)]
    return met._replace(told="; ".join(filter(None, (met.told, *more))))


def _centre(declaration_id: str) -> list[ActTold]:
    """Give what the centre decided on a declaration, with the orders that were given since."""
    ordered = set(Order.objects.filter(declaration__declaration_id=declaration_id).values_list("agency", "act"))
    rows = Decision.objects.filter(declaration__declaration_id=declaration_id)
    return [
        ActTold(
            row.agency,
            row.act,
            row.selected or (row.agency, row.act) in ordered,
            row.probability,
            row.u,
            row.fingerprint,
            row.key_day.isoformat(),
        )
        for row in rows
    ]


def _post(decisions: pl.DataFrame) -> list[ActTold]:
    columns = ("agency", "act", "selected", "probability", "u", "fingerprint", pl.col("key_day").cast(pl.String))
    return [ActTold(*row) for row in decisions.select(columns).iter_rows()]


def _order_more(made: PostDecision) -> None:
    """Write the orders that the post gave and the centre did not, also where it chose the same act and was silent."""
    declaration = Declaration.objects.get(declaration_id=made.declaration_id)
    for row in made.orders.iter_rows(named=True):
        values = order_values(row)
        Order.objects.get_or_create(order_id=values.pop("order_id"), defaults={"declaration": declaration, **values})


def _otherwise(made: PostDecision) -> str:
    """Say what the post was told otherwise of a declaration than the register holds; what it holds stays."""
    row = Declaration.objects.get(declaration_id=made.declaration_id)
    [told] = stated(plain_rows(made.items))
    held = row.record | {"items": list(row.items.order_by("number").values_list("record", flat=True))}
    here = told.header | {"items": told.goods}
    names = sorted(_differing(held, here) - OF_A_LODGING - {"items"})
    goods = ({int(each["item"]): each for each in those} for those in (held["items"], here["items"]))
    names += [
        f"item {number}: {', '.join(sorted(differing))}"
        for number, ours, theirs in _by_number(*goods)
        if (differing := _differing(ours, theirs) - _not_kept(ours))
    ]
    return f"declared otherwise at the post: {'; '.join(names)}" if names else ""


def _differing(held: Mapping[str, object], here: Mapping[str, object]) -> set[str]:
    return {name for name in held.keys() | here.keys() if held.get(name) != here.get(name)}


def _not_kept(ours: Mapping[str, object]) -> frozenset[str]:
    """Name what the register did not keep of a goods item when it was taken in."""
    return frozenset() if not ours or KEPT_SINCE & ours.keys() else KEPT_SINCE


def _by_number(ours: Rows, theirs: Rows) -> Iterator[tuple[int, Mapping[str, object], Mapping[str, object]]]:
    """Put goods items of the same number beside each other."""
    for number in sorted(ours.keys() | theirs.keys()):
        yield number, ours.get(number, {}), theirs.get(number, {})


def _revealed(made: PostDecision, entry: JournalEntry) -> str:
    """Say where something new was lodged for a day whose key was known to all: whoever chooses such a day knows the draw."""
    # goods that were drawn for before keep the key of that day
    days = set(made.decisions.get_column("key_day")) & set(made.items.get_column("lodged_at").dt.date())
    known = sorted(days_revealed(days, before=entry.at))
    return f"drawn with the key of {', '.join(map(str, known))}, which was revealed before" if known else ""


def _same_goods(made: PostDecision) -> str:
    """Say where the same goods were drawn for under another reference, with another draw."""
    fingerprint, u = made.decisions.select("fingerprint", "u").row(0)
    others = Decision.objects.filter(fingerprint=fingerprint).exclude(u=u)
    others = others.exclude(declaration__declaration_id=made.declaration_id)
    names = sorted(set(others.values_list("declaration__declaration_id", flat=True)))
    return f"the same goods were drawn for as {', '.join(names[:3])}, by another draw" if names else ""
