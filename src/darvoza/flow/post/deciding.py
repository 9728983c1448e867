"""Declarations decided at a post without a line, by the bundle it holds, with the same gate as at the centre.

The rules of a post without a line:

- it decides on the days of its bundle and on no other; after the last one **nothing** is decided, and all is examined by
  hand until a new bundle is there (fail closed);
- it neither decides nor writes anything else down when its clock stands before anything that it wrote down: a clock that is set
  back would bring a bundle back to life;
- it decides for its own post, and on nothing that was lodged later than now; the rest of a file is decided; a day without a time that
  has begun at the post means now;
- what was decided once keeps its draw: decided again, it keeps every floor it had; what is declared otherwise than before is
  the next version of the declaration, lodged when the first was, and the goods of no version get a second draw.
"""

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, Final

import polars as pl

from darvoza.domain.bundle import Bundle
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.journal import EntryKind, JournalEntry, JournalEvent
from darvoza.errors import ExpiredBundle, InvalidBundle, PostError
from darvoza.flow.enrichment.calendar import local_day
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.journal.entries import time_text
from darvoza.flow.post.set_aside import Rules, SetAside, begun, lodged_at, sorted_out
from darvoza.flow.post.signing import Signer
from darvoza.flow.selectivity.keys import DayKeys

SLACK: Final = timedelta(minutes=5)
"""How far a clock may be set back without anybody having to ask why."""

OF_A_CLOCK: Final = timedelta(days=31)
"""How far from the days of its bundle a post may still write results down."""

WARNING_DAYS: Final = 1
"""Days before the end of a bundle at which a post is told to ask for the next."""

LARGEST: Final = 64 * 1024**2
"""Bytes of one declaration, unpacked, at most."""

SERVICE: Final = "post"
"""Who writes what nobody did."""


@dataclass(frozen=True, slots=True)
class PostDecision:
    """What a post decided on one declaration, as frames of one declaration each."""

    declaration_id: str
    items: pl.DataFrame
    decisions: pl.DataFrame
    orders: pl.DataFrame

    @property
    def channel(self) -> str:
        """The channel of the declaration."""
        return str(self.decisions.item(0, "channel"))


def check_clock(bundle: Bundle, entries: Sequence[JournalEntry], now: datetime) -> None:
    """Refuse to decide on another day than those of the bundle, or with a clock that was set back.

    Parameters
    ----------
    now
        The moment, in the time zone in which days are counted.

    Raises
    ------
    ExpiredBundle
        When nothing may be decided.
    """
    hint = "examine everything by hand, and enter it later; ask the centre for a new bundle"
    if now.date() not in bundle:
        expected = f"a day from {bundle.start} to {bundle.end}, for which bundle {bundle.serial} holds"
        raise ExpiredBundle(field="day", expected=expected, got=now.date().isoformat(), hint=hint)
    check_clock_goes_on(entries, now)


def check_clock_goes_on(entries: Sequence[JournalEntry], now: datetime) -> None:
    """Refuse to go on with a clock that stands before anything that was written down.

    Raises
    ------
    ExpiredBundle
        When it does.
    """
    latest = max((entry.at for entry in entries), default=now)
    if now < latest - SLACK:
        expected = f"a clock not before {time_text(latest)}, when an entry was written"
        hint = (
            "set the clock; until then examine everything by hand, and enter it later. Where that entry was written by a clock that ran "
            "ahead, bring the record to the centre and make the post anew: darvoza post new"
        )
        raise ExpiredBundle(field="clock", expected=expected, got=now.isoformat(), hint=hint)


def check_clock_is_near(bundle: Bundle, now: datetime) -> None:
    """Refuse to write anything down with a clock that stands far from the days of the bundle: nothing could follow it.

    Raises
    ------
    ExpiredBundle
        When it does.
    """
    first, last = bundle.start - OF_A_CLOCK, bundle.end + OF_A_CLOCK
    if not first <= now.date() <= last:
        hint = "set the clock; where it is right, take a newer bundle first"
        raise ExpiredBundle(
            field="clock", expected=f"a day from {first} to {last}", got=now.date().isoformat(), hint=hint
        )


def check_offered(
    bundle: Bundle, entries: Sequence[JournalEntry], signer: Signer, *, held: Bundle | None = None, today: date
) -> None:
    """Refuse a bundle of another post or of another key of it, or one that is not newer than the last, or not of these days.

    Parameters
    ----------
    held
        The bundle that lies at the post, or ``None``.
    today
        The day.

    Raises
    ------
    InvalidBundle
        When it is refused.
    """
    if bundle.post != signer.post:
        raise InvalidBundle(field="post", expected=signer.post, got=bundle.post)
    if bundle.signed_by != signer.public:
        hint = "tell the centre the key of this post: it would take in nothing that is written down here"
        raise InvalidBundle(field="signed_by", expected=signer.public, got=bundle.signed_by, hint=hint)
    last = max(accepted(entries), default=0)
    # a power cut may have come after it was put in place and before that was written down: then it is taken once more
    lies = held.serial if held is not None and held.post == signer.post else 0
    if bundle.serial <= last or bundle.serial < lies:
        hint = "an older bundle is never taken again: its lists and profiles may have been withdrawn"
        raise InvalidBundle(field="serial", expected=f"more than {max(last, lies - 1)}", got=bundle.serial, hint=hint)
    if bundle.end < today:
        hint = "ask the centre for a new one; what lies here stays"
        expected = f"a bundle that decides on {today} or later"
        raise InvalidBundle(field="end", expected=expected, got=bundle.end.isoformat(), hint=hint)
    if today < bundle.start and held is not None and today in held:
        hint = f"keep the file, and take it on {bundle.start}: until then the one that lies here decides"
        raise InvalidBundle(field="start", expected=f"not after {today}", got=bundle.start.isoformat(), hint=hint)


def check_taken(bundle: Bundle, entries: Sequence[JournalEntry]) -> None:
    """Refuse to work with a bundle of which the record does not say that it was taken: then the record is not the one of old.

    Raises
    ------
    PostError
        When it does not say so.
    """
    if bundle.serial in set(accepted(entries)):
        return
    expected = f"the record in which it stands that bundle {bundle.serial} was taken"
    got = f"a record of {len(entries)} entries in which it does not"
    hint = (
        "where the power went while it was taken, take it again with: darvoza post accept; where something was decided by it, "
        "the record is lost: examine by hand, keep the machine as it is, and tell the centre"
    )
    raise PostError(field="record", expected=expected, got=got, hint=hint)


def accepted(entries: Iterable[JournalEntry]) -> Iterator[int]:
    """Give the serials of the bundles that a post took."""
    for entry in entries:
        body = entry.body or {}
        if entry.kind is EntryKind.SETTINGS_CHANGE and body.get("what") == "bundle":
            yield int(str(body["serial"]))


def acceptance(bundle: Bundle, *, by: str, now: datetime) -> JournalEvent:
    """Say that a post took a bundle."""
    told = {"what": "bundle", "serial": bundle.serial, "state": bundle.state, "end": bundle.end.isoformat()}
    return JournalEvent(EntryKind.SETTINGS_CHANGE, by, f"bundle {bundle.post} {bundle.serial}", now, told)


def decide_at_post(
    gate: Gate,
    items: pl.DataFrame,
    entries: Sequence[JournalEntry],
    *,
    bundle: Bundle,
    now: datetime,
    binds: bool = True,
) -> list[PostDecision]:
    """Decide declarations, those again that were decided before.

    Parameters
    ----------
    items
        Canonical goods items of declarations that may be decided here: see `may_be_decided`.
    entries
        The record of the post so far.
    binds
        Whether what is decided here is carried out; else another system decides, nothing is ordered, and it is kept to be
        compared.

    Raises
    ------
    ExpiredBundle
        When nothing may be decided any more.
    PostError
        When a declaration may not be decided here.
    """
    check_clock(bundle, entries, now)
    items = as_lodged_first(items, entries)
    known = {each.declaration_id: each for each in decided(entries)}
    for each in sorted_out(items, Rules(bundle, gate.policy.ring, now, SLACK, known, gate.draws))[1]:
        hint = "examine it by hand, and tell the centre"
        raise PostError(field=each.field, expected=each.expected, got=f"{each.declaration_id}, {each.got}", hint=hint)
    again = pl.col("declaration_id").is_in(list(known))
    numbered = [_next_version(part, known) for part in items.filter(again).partition_by("declaration_id")]
    day = local_day(now, gate.policy.settings)
    made = decide_together(gate, pl.concat([items.filter(~again), *numbered]), known, day=day)
    return made if binds else [replace(each, orders=each.orders.clear()) for each in made]


def may_be_decided(
    gate: Gate, items: pl.DataFrame, entries: Iterable[JournalEntry], *, bundle: Bundle, now: datetime, zone: str = ""
) -> tuple[pl.DataFrame, list[SetAside]]:
    """Give the goods items of declarations that the post may decide; and each other declaration, with why it may not.

    It is the day of the zone in which the post writes its days, or of that of the settings of facts, whichever began first.
    """
    written = list(entries)
    known = {entry.subject for entry in written if entry.kind is EntryKind.DECISION}
    today = max(local_day(now, each) for each in (gate.policy.settings, FactSettings(time_zone=zone)))
    told = begun(as_lodged_first(items, written), now=now, today=today)
    return sorted_out(told, Rules(bundle, gate.policy.ring, now, SLACK, known, gate.draws))


def as_lodged_first(items: pl.DataFrame, entries: Iterable[JournalEntry]) -> pl.DataFrame:
    """Give goods items with the moment of lodging of which the post was told first: by it go law, key and window."""
    names, first = set(items.get_column("declaration_id")), dict[str, JournalEntry]()
    for entry in entries:
        if entry.kind is EntryKind.DECISION and entry.body and entry.subject in names:
            first.setdefault(entry.subject, entry)
    return lodged_at(items, {name: decision_of(entry).items.item(0, "lodged_at") for name, entry in first.items()})


def decide_together(
    gate: Gate, items: pl.DataFrame, known: Mapping[str, PostDecision], *, day: date | None = None
) -> list[PostDecision]:
    """Decide the declarations of one command of a post, and have its gate remember them.

    Parameters
    ----------
    items
        Their canonical goods items, with the number of their version.
    known
        The last decision on each declaration that was decided before.
    day
        The day on which is decided: what began since they were lodged counts, too.
    """
    ordered = items.sort("lodged_at", "declaration_id", "item", maintain_order=True)
    before = pl.col("declaration_id").is_in(list(known))
    new, again = ordered.filter(~before), ordered.filter(before)
    made: list[PostDecision] = []
    if new.height:
        done = gate.decide(new, day=day)
        gate.keep(done)
        made += _parts(new, done.decisions, done.orders)
    if again.height:
        names = again["declaration_id"].unique(maintain_order=True)
        renewed = gate.decide_again(again, pl.concat([known[name].decisions for name in names]), day=day)
        gate.keep(renewed)
        made += _parts(again, renewed.decisions, renewed.orders)
    return made


def _next_version(items: pl.DataFrame, known: Mapping[str, PostDecision]) -> pl.DataFrame:
    """Number a declaration after what was decided of it before; what is the same keeps its number."""
    before = known[str(items.item(0, "declaration_id"))].items
    last, told = (int(each.get_column("version").fill_null(1).max() or 1) for each in (before, items))  # type: ignore[arg-type]
    same = items.drop("version").equals(before.drop("version"))
    number = last if same else max(told, last + 1)
    return items.with_columns(pl.lit(number, items.schema["version"]).alias("version"))


def _parts(items: pl.DataFrame, decisions: pl.DataFrame, orders: pl.DataFrame) -> Iterator[PostDecision]:
    """Take what was decided apart, a declaration each."""
    for name in decisions["declaration_id"].unique(maintain_order=True):
        of_one = pl.col("declaration_id") == name
        yield PostDecision(name, items.filter(of_one), decisions.filter(of_one), orders.filter(of_one))


def decision_event(decision: PostDecision, bundle: Bundle, *, now: datetime) -> JournalEvent:
    """Say what was decided: in words that people can read, and in the frames that the centre takes in.

    That what began since counted, too, is said, and that what profiles had asked for before did: posts of old decided by the day
    of lodging alone, and by nothing that came with an earlier command.
    """
    brief = [
        {"agency": agency, "act": act, "probability": repr(probability), "u": repr(u), "selected": selected}
        for agency, act, probability, u, selected in decision.decisions.select(
            "agency", "act", "probability", "u", "selected"
        ).iter_rows()
    ]
    body: Mapping[str, object] = {
        "what": "decided",
        "bundle": bundle.serial,
        "state": bundle.state,
        "began": True,
        "watched": True,
        "channel": decision.channel,
        "acts": brief,
        "items": _packed(decision.items),
        "decisions": _packed(decision.decisions),
        "orders": _packed(decision.orders),
    }
    return JournalEvent(EntryKind.DECISION, SERVICE, decision.declaration_id, now, body)


def decision_of(entry: JournalEntry) -> PostDecision:
    """Read a decision back out of its entry."""
    body: Mapping[str, Any] = entry.body or {}
    items, decisions, orders = (_unpacked(str(body[name])) for name in ("items", "decisions", "orders"))
    return PostDecision(entry.subject, items, decisions, orders)


def decided(entries: Iterable[JournalEntry]) -> Iterator[PostDecision]:
    """Give the last decision on every declaration that a post decided, in the order in which they were first decided."""
    last: dict[str, JournalEntry] = {}
    for entry in entries:
        if entry.kind is EntryKind.DECISION and entry.body:
            last[entry.subject] = entry
    yield from map(decision_of, last.values())


def decisions_behind(order_id: str, entries: Iterable[JournalEntry]) -> Iterator[tuple[datetime, PostDecision]]:
    """Give every decision on the declaration of an order, with the moment at which it was written down; no other is unpacked."""
    for entry in entries:
        if entry.kind is EntryKind.DECISION and entry.body and order_id.startswith(f"{entry.subject}:"):
            yield entry.at, decision_of(entry)


def decided_versions(entries: Iterable[JournalEntry]) -> Iterator[PostDecision]:
    """Give the last decision on every version of every declaration that a post decided."""
    last: dict[tuple[str, object], PostDecision] = {}
    for entry in entries:
        if entry.kind is EntryKind.DECISION and entry.body:
            made = decision_of(entry)
            last[made.declaration_id, made.items.item(0, "version")] = made
    yield from last.values()


def keys_of_draws(held: DayKeys, entries: Iterable[JournalEntry]) -> DayKeys:
    """Give, of the keys that a post holds, those of the draws that it wrote down.

    Goods that it drew for keep their draw when they come again under its next bundle, also when that draw is of a day that
    the centre, which has not heard of them yet, does not give the key of.
    """
    drawn = {day for made in decided_versions(entries) for day in made.decisions.get_column("key_day").unique()}
    return DayKeys((), tuple((day, key) for day, key in held.days if day in drawn))


def _packed(frame: pl.DataFrame) -> str:
    into = BytesIO()
    frame.rechunk().write_ipc(into, compression="uncompressed")
    # as a whole: column by column, a frame of one declaration is mostly the names of its columns
    return base64.b64encode(zlib.compress(into.getvalue(), 9)).decode()


def _unpacked(text: str) -> pl.DataFrame:
    """Read a frame back; one that would grow beyond all declarations is refused before it does."""
    opening = zlib.decompressobj()
    try:
        plain = opening.decompress(base64.b64decode(text, validate=True), LARGEST)
        if not opening.eof:
            raise ValueError(f"more than {LARGEST} bytes, or cut short")
        return pl.read_ipc(BytesIO(plain))
    except (ValueError, OSError, zlib.error, pl.exceptions.PolarsError) as problem:
        raise PostError(field="record", expected="a frame of one declaration", got=str(problem)) from problem
