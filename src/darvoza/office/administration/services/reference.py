"""What administrators do with reference data: put a version forward, answer it, go back; each with its entry in the journal.

Nobody puts a version in force alone: it decides who is examined, so a second administrator approves it. Going back to what
was in force before is one step of one person, since two people approved that already; but where it takes a code off a named
list, or lets less be controlled in another way, it waits for a second person like any other version: nobody lowers alone.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.domain.named_list import NamedList
from darvoza.errors import DataRefused
from darvoza.flow.assessment.list_files import parse_list
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_differences import codes_apart, difference, told_of
from darvoza.office.administration.data_life import DataKind, DataMove, DataState, Wish, moved, reasoned
from darvoza.office.administration.models import DataVersion, FileForce
from darvoza.office.administration.queries.reference import due_files, text_in_force
from darvoza.office.administration.queries.returns import file_return, list_return, planned_of, seen_of, waits_already
from darvoza.office.administration.state_files import SEVERAL, Slot, put_files, slots, try_in_state
from darvoza.office.journal.services import SYSTEM, record
from darvoza.office.profiles.queries import lists_begun, unreadable_with
from darvoza.office.profiles.services.lists import hold_list, put_list_in_use, roll_back_list

CODES: Final = "codes.csv"
DIRECTORY: Final = "reference"
"""Where files lie that were put in force here, below the home of the office."""

EARLIER: Final = timedelta(microseconds=1)
"""What was found was in force until now."""

TELLS: Final[Mapping[DataKind, EntryKind]] = {
    DataKind.LIST: EntryKind.LIST_CHANGE,
    DataKind.MEASURES: EntryKind.MEASURE_CHANGE,
}


class Place(NamedTuple):
    """Where the gate reads what decides: its state, and the home of the office."""

    state: Path
    home: Path

    def slot(self, row: DataVersion) -> Slot:
        """Give where a version of a file stands."""
        return Slot(DataKind(row.kind), row.name, self.home / DIRECTORY / row.digest[:16] / row.name)


def offer_list(person: Person, header: Mapping[str, str], content: bytes, *, now: datetime) -> DataVersion:
    """Try a new state of a named list, and keep it for its author to submit.

    Parameters
    ----------
    header
        What the header of the file of a list says; see `darvoza.flow.assessment.list_files`.
    content
        The codes, as CSV.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong, each error with its row.
    DataRefused
        Profiles in force could not be read any more with it.
    """
    with TemporaryDirectory() as place:
        (Path(place) / CODES).write_bytes(content)
        named = parse_list(
            {**{name: text for name, text in header.items() if text}, "file": CODES}, "list", folder=Path(place)
        )
    _fits(named, now)
    row = DataVersion(
        kind=DataKind.LIST,
        name=named.name,
        version=named.version,
        source=named.source,
        dated=named.dated,
        expires=named.expires,
        text="\n".join(named.values),
        digest=named.digest,
    )
    return _kept(row, person, now)


def _fits(named: NamedList, now: datetime) -> None:
    broken = unreadable_with(named, now)
    if broken:
        raise DataRefused(field="profiles", expected="profiles in force that can be read with it", got=broken)


def offer_file(person: Person, kind: DataKind, name: str, content: bytes, *, at: Place, now: datetime) -> DataVersion:
    """Try a new state of a file that the gate decides by, and keep it for its author to submit.

    Raises
    ------
    DataRefused
        The file is not UTF-8, or there is no such place in the state.
    DarvozaError, ExceptionGroup
        Everything that is wrong, as the gate would say it.
    """
    known = {(slot.kind, slot.name) for slot in slots(at.state)}
    if (kind, name) not in known and (kind not in SEVERAL or Path(name).name != name or name.startswith(".")):
        raise DataRefused(field="name", expected="a file that the state of the gate names", got=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DataRefused(field="file", expected="UTF-8", got=f"other bytes at {problem.start}") from None
    with TemporaryDirectory() as place:
        file = Path(place) / name
        file.write_text(text, encoding="utf-8")
        try_in_state(at.state, Slot(kind, name, file))
    row = DataVersion(kind=kind, name=name, text=text, digest=hashlib.sha256(text.encode()).hexdigest())
    return _kept(row, person, now)


def _kept(row: DataVersion, person: Person, now: datetime) -> DataVersion:
    row.author, row.made_at = person.username, now
    with transaction.atomic():
        row.save(force_insert=True)
        _tell(row, "tried", by=person.username, now=now)
    return row


def act(person: Person, row: DataVersion, move: DataMove, reason: str, *, now: datetime) -> None:
    """Submit or discard one's own version.

    Raises
    ------
    DataRefused
        It is somebody else's, or this is not possible now.
    """
    with transaction.atomic():
        _move(row, Wish(move, person.username, reason), kept={"reason": reason.strip() or row.reason}, now=now)


class DataAnswer(NamedTuple):
    """What the second person says: yes or no, why, from when on, and the digest in force that the person compared with."""

    approved: bool
    reason: str
    at: datetime | None
    seen: str


def answer(person: Person, row: DataVersion, said: DataAnswer, *, at: Place, now: datetime) -> None:
    """Approve somebody else's version and put it in force from a moment on, or return it.

    Of a file `carry_out` lets the gate know.

    Raises
    ------
    DataRefused
        One's own version, none that waits, no reason, a moment that is past, or something else is in force by now.
    """
    by, begins = person.username, said.at or now
    if begins < now:
        raise DataRefused(field="at", expected=f"a moment from {now.isoformat()} on", got=begins.isoformat())
    kept = {"approver": by, "answer": said.reason.strip(), "answered_at": now}
    with transaction.atomic():
        if not said.approved:
            _move(row, Wish(DataMove.RETURN, by, said.reason), kept=kept, now=now)
            return
        _hold(DataKind(row.kind), row.name)
        held = text_in_force(DataKind(row.kind), row.name, at.state, now)
        if seen_of(held, planned_of(DataKind(row.kind), row.name, now)) != said.seen:
            expected = "the comparison with what is in force, and with what is planned"
            raise DataRefused(field="seen", expected=expected, got=said.seen)
        more: dict[str, object] = {"in force from": begins, **_falling(DataKind(row.kind), row.name, begins, now)}
        if row.kind == DataKind.LIST:
            more |= told_of(difference(DataKind.LIST, held, row.text))
        _move(row, Wish(DataMove.APPROVE, by, said.reason), kept=kept, now=now, more=more)
        _put(row, held, begins=begins, now=now, by=by)


def _put(row: DataVersion, held: str, *, begins: datetime, now: datetime, by: str) -> None:
    if row.kind == DataKind.LIST:
        named = NamedList(row.name, tuple(row.text.split("\n")), row.source, row.dated, row.expires, row.version)
        _fits(named, now)
        signed = (row.author, by, row.reason)
        put_list_in_use(named, at=begins, signed=signed, now=now, returns_to=row.returns_to_list)
        return
    if held and not FileForce.objects.filter(kind=row.kind, name=row.name).exists():
        found = DataVersion.objects.create(
            kind=row.kind,
            name=row.name,
            text=held,
            digest=hashlib.sha256(held.encode()).hexdigest(),
            state=DataState.FOUND,
            author=SYSTEM,
            made_at=now,
        )
        FileForce.objects.create(
            version=found, kind=row.kind, name=row.name, at=now - EARLIER, decided_at=now, by=SYSTEM
        )
    told = {"kind": row.kind, "name": row.name, "at": begins, "decided_at": now, "by": by, "reason": row.answer}
    FileForce.objects.create(version=row.returns_to or row, asked_by=row.author, **told)


def _hold(kind: DataKind, name: str) -> None:
    """Hold what is decided of a list or file until the transaction ends, so that nothing is planned while one goes back."""
    if kind is DataKind.LIST:
        hold_list(name)
    else:
        list(FileForce.objects.select_for_update().filter(kind=kind, name=name).order_by("pk").values_list("pk"))


def _falling(kind: DataKind, name: str, begins: datetime, now: datetime) -> dict[str, object]:
    """Tell the journal what was planned and does not come into force, since something else does at its moment or before."""
    falls = [
        {"version": each.version, "digest": each.digest, "in force from": each.at.isoformat()}
        for each in planned_of(kind, name, now)
        if each.at >= begins
    ]
    return {"falls": falls} if falls else {}


class GoingBack(NamedTuple):
    """Of what one wants to go back, the row in force that one saw, and why."""

    kind: DataKind
    name: str
    seen: int
    reason: str


def roll_back(person: Person, wish: GoingBack, *, now: datetime) -> DataVersion | None:
    """Put at once in force again what was before; or ask a second person, where fewer goods would be controlled.

    Returns
    -------
    DataVersion
        What waits for a second person; nothing when it is in force again.

    Raises
    ------
    DataRefused
        Something else is in force by now, nothing was before, no reason is given, or it waits for a second person already.
    """
    reasoned(wish.reason)
    if wish.kind is DataKind.LIST:
        return _list_back(person, wish, now=now)
    kind, name, seen, reason = wish.kind, wish.name, wish.seen, wish.reason.strip()
    with transaction.atomic():
        _hold(kind, name)
        back = file_return(kind, name, now)
        if back is None or back.current.pk != seen:
            raise DataRefused(field="version", expected="the file as you saw it", got=name)
        before, held = back.before.version, back.current.version
        told = _falling(kind, name, now, now)
        if back.two:
            row = DataVersion(
                kind=kind, name=name, text=before.text, digest=before.digest, source=before.source, dated=before.dated
            )
            row.returns_to, told = before, told_of(difference(kind, held.text, before.text)) | told
            return _asked_back(person, row, held.digest, reason, told=told, now=now)
        FileForce.objects.create(
            version=before, kind=kind, name=name, at=now, decided_at=now, by=person.username, reason=reason
        )
        told = {"what": "rolled back", "digest": before.digest, "reason": reason} | told
        record(TELLS.get(kind, EntryKind.SETTINGS_CHANGE), f"{kind} {name}", told, by=person.username, now=now)
    return None


def _list_back(person: Person, wish: GoingBack, *, now: datetime) -> DataVersion | None:
    with transaction.atomic():
        _hold(DataKind.LIST, wish.name)
        back = list_return(wish.name, now)
        if back is None or back.current.pk != wish.seen:
            raise DataRefused(field="version", expected="the list as you saw it", got=wish.name)
        before, changes = back.before, codes_apart(back.current.values, back.before.values)
        told = told_of(changes) | _falling(DataKind.LIST, wish.name, now, now)
        if back.two:
            same = {name: getattr(before, name) for name in ("name", "version", "source", "dated", "expires", "digest")}
            row = DataVersion(kind=DataKind.LIST, text="\n".join(before.values), returns_to_list=before, **same)
            return _asked_back(person, row, back.current.digest, wish.reason, told=told, now=now)
        by, reason = person.username, wish.reason.strip()
        roll_back_list(wish.name, wish.seen, by=by, reason=reason, now=now, more=told)
    return None


def _asked_back(
    person: Person, row: DataVersion, current: str, reason: str, *, told: dict[str, object], now: datetime
) -> DataVersion:
    """Put what was in force before forward, as a version that waits for a second person."""
    if waits_already(DataKind(row.kind), row.name, row.digest):
        raise DataRefused(field="waits", expected="a return that does not wait yet", got=row.name)
    row = _kept(row, person, now)
    wish = Wish(DataMove.SUBMIT, person.username, reason)
    _move(row, wish, kept={"reason": reason.strip()}, now=now, more={"rolls back": current} | told)
    return row


def carry_out(at: Place, *, now: datetime) -> int:
    """Let the state of the gate name the files that are in force by now; tell how many it did not name before.

    Where a list came into use since the state was last written, it counts as written now: open gates read it again then, and
    with it the lists.

    Raises
    ------
    SettingsError
        When the state cannot be read.
    OSError
        When a file cannot be written; the next round tries again.
    """
    due = due_files(now)
    count = put_files(at.state, [(at.slot(each.version), each.version.text) for each in due]) if due else 0
    written = datetime.fromtimestamp(at.state.stat().st_mtime, UTC)
    if lists_begun(written, now):
        os.utime(at.state, (now.timestamp(), now.timestamp()))
    return count


def _move(
    row: DataVersion, wish: Wish, *, kept: Mapping[str, object], now: datetime, more: Mapping[str, object] | None = None
) -> None:
    """Let one thing happen to a version: decide, keep it where nobody was quicker, tell the journal."""
    after = moved(DataState(row.state), row.author, wish)
    won = DataVersion.objects.filter(pk=row.pk, moves=row.moves).update(**kept, state=after, moves=row.moves + 1)
    if not won:
        raise DataRefused(field="state", expected="the version as you saw it", got="another")
    row.refresh_from_db()
    _tell(row, wish.move.value, by=wish.by, now=now, more={"reason": wish.reason.strip(), **(more or {})})


def _tell(row: DataVersion, what: str, *, by: str, now: datetime, more: Mapping[str, object] | None = None) -> None:
    kind = TELLS.get(DataKind(row.kind), EntryKind.SETTINGS_CHANGE)
    told = {"what": what, "version": row.version, "digest": row.digest, "number": row.pk, **(more or {})}
    record(kind, f"{row.kind} {row.name}", told, by=by, now=now)
