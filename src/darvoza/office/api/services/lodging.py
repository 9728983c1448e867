"""Declarations lodged, amended and cancelled: decided together, written together, answered once all is kept.

Requests that arrive while others are being decided wait, and are decided as one batch in one transaction: declarations
and decisions, orders, the journal, the events to be told, and the answers themselves. Nobody is answered before the
transaction is committed, and what failed left nothing behind.

What was decided is remembered once it is kept. So a gate outlives its database: what failed was never remembered, and what was
kept although nobody was told is heard of as if another process had decided it.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from darvoza.errors import DarvozaError, OtherState
from darvoza.flow.fields import leaves
from darvoza.flow.gate.deciding import Decided
from darvoza.flow.gate.state_file import State
from darvoza.flow.selectivity.fingerprint import SAME_GOODS_DAYS
from darvoza.office.api.awaited import Awaited
from darvoza.office.api.models import GateMark, Receipt
from darvoza.office.api.problems import Problem, unknown_token
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services.batch import Batch
from darvoza.office.api.services.clients import standing
from darvoza.office.api.services.gathering import Gathering
from darvoza.office.api.services.in_force import tell_state
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reading import Newest, newest
from darvoza.office.journal.queries import days_of_other_keys
from darvoza.office.shell.connections import InTurns
from darvoza.office.shell.statements import UNAVAILABLE, found_among, hold

MOST = 500
"""Declarations decided together."""

AGAIN = max(SAME_GOODS_DAYS.values())
"""Days for which the same goods keep their draw [d]."""

UNREADABLE = "the state in force cannot be read; see the log of the office"

LOG = logging.getLogger("darvoza.gate")


class _Open:
    """The gate of this process, and the requests that wait for it."""

    gate: OpenGate | None = None
    left: OpenGate | None = None
    """The gate that was laid aside last: its state decides on where the files can be read no more."""
    alarm: str = ""
    deciding = threading.Lock()
    gathering = Gathering(MOST)
    connection: InTurns | None = None


def gate_alarms(now: datetime) -> tuple[str, ...]:
    """Say what is not as it should be with the gate of this process."""
    gate = _Open.gate
    said = (*gate.state.alarms, *gate.state.expired(now.date()), *_key_alarms(gate, now)) if gate else ()
    return (*said, _Open.alarm) if _Open.alarm else said


def _key_alarms(gate: OpenGate, now: datetime) -> Iterator[str]:
    """Say for which days the key is not the one that was committed to: today, days to draw again for, and tomorrow."""
    days = [now.date() + timedelta(days=number) for number in range(-AGAIN, 2)]
    if other := days_of_other_keys(gate.state.policy.ring, days):
        span = f"{other[0]} to {other[-1]}" if len(other) > 1 else f"{other[0]}"
        yield f"the journal commits to another key than that of the state in force for {len(other)} days, {span}"
    if other := gate.drawn_otherwise(days):
        span = f"{other[0]} to {other[-1]}" if len(other) > 1 else f"{other[0]}"
        yield f"another key than that of the state in force was drawn with on {len(other)} days, {span}"


def gate_is_shut() -> str:
    """Say why nothing can be decided by this process now; empty where it can, or where nobody has asked yet."""
    if Awaited.opening:
        return "it is being opened"
    return "" if _Open.gate else _Open.alarm


def keep_connection() -> None:
    """Have all that is decided in this process written through one connection, whichever of its threads decides."""
    _Open.connection = InTurns()


def open_early(now: datetime) -> None:
    """Open the gate before anybody asks, and keep what had to be read for it; what is wrong is told by its alarm."""
    try:
        keep_memory(now)
    except (Problem, *UNAVAILABLE):
        LOG.exception("the gate could not be opened before anybody asked")
    finally:
        Awaited.opening = False


def state_in_force(now: datetime) -> State:
    """Give the state in force, opening the gate if need be.

    Raises
    ------
    Problem
        When the gate cannot be opened.
    """
    with _Open.deciding, transaction.atomic():
        return _opened(_mark(), now).state


def keep_memory(now: datetime) -> bool:
    """Keep what the gate of this process remembers where much of it is new; tell whether it was.

    Raises
    ------
    Problem
        When the gate cannot be opened.
    """
    with _Open.deciding:
        with transaction.atomic():
            gate = _opened(_mark(), now)
        if gate.holds_erased():
            gate.read_again(now)  # without the mark: meanwhile others decide
        if not gate.much_is_new():
            return False
        keep = gate.to_keep()
    return keep(now)


def lodge(requests: Sequence[Request], *, now: datetime) -> None:
    """Do what clients want done; each request then holds its outcome.

    Parameters
    ----------
    requests
        What is wanted; requests of other threads may be done with them.
    now
        The moment.
    """
    for request in requests:
        request.at = now
    _Open.gathering.add(requests)
    while batch := _Open.gathering.take(requests):
        try:
            with _Open.deciding, _Open.connection.used() if _Open.connection else nullcontext():
                for part in _in_turn(batch):
                    _settle(part, max(request.at or now for request in part))
        finally:
            _Open.gathering.give_back(batch)


def _in_turn(batch: Sequence[Request]) -> Iterator[list[Request]]:
    """Part a batch so that requests about one declaration, or with one key, are settled one after another as they came."""
    left = list(batch)
    while left:
        first: list[Request] = []
        later: list[Request] = []
        held: set[tuple[object, ...]] = set()
        for request in left:
            mine = set(_about(request))
            (later if mine & held else first).append(request)
            held |= mine
        yield first
        left = later


def _about(request: Request) -> Iterator[tuple[object, ...]]:
    """Name the declaration a request is about, and its key."""
    body = request.body if isinstance(request.body, dict) else {}
    if reference := request.reference or body.get("declaration_id"):
        yield "declaration", str(reference).strip()
    if request.key:
        yield "key", request.caller.number, request.key


def _settle(batch: Sequence[Request], now: datetime, *, again: bool = False) -> None:
    """Decide a batch; where something fails that nobody foresaw, one by one, so that it harms no other."""
    try:
        _decide(batch, now)
    except Problem as problem:
        _refuse(batch, problem)
    except UNAVAILABLE:
        LOG.exception("the database refused a batch")
        _refuse(batch, Problem("gate-closed", "the database is not available", headers={"Retry-After": "5"}))
    except OtherState as problem:
        LOG.warning("the state is not the one that was read", extra={"fields": {"alarm": str(problem)}})
        if again or _Open.gate is None:
            _Open.gate, _Open.left, _Open.alarm = None, None, f"the gate is shut: {problem}"
            _refuse(batch, Problem("gate-closed", UNREADABLE, headers={"Retry-After": "30"}))
            return
        _Open.gate.distrust()
        for request in batch:
            request.outcome = None
        _settle(batch, now, again=True)
    except Exception:
        LOG.exception("a batch of %d could not be decided", len(batch))
        _lay_aside()
        if len(batch) == 1:
            _refuse(batch, Problem("failed"))
            return
        for request in batch:
            request.outcome = None
            _settle([request], now)


def _refuse(batch: Sequence[Request], problem: Problem) -> None:
    for request in batch:
        request.outcome = problem


def _mark() -> GateMark:
    """Hold the mark of the gate until the transaction ends."""
    return hold(GateMark)


def _opened(mark: GateMark, now: datetime) -> OpenGate:
    """Give the gate, opened, caught up with other processes, and with the state that is in force; the journal is told of it."""
    gate, seen = _Open.gate, newest(now)
    try:
        if gate is None or mark.batch < gate.batch or gate.file != settings.GATE_FILE:
            gate = _open(gate or _Open.left, now)
        elif gate.has_to_forget(seen, now):
            gate.read_again(now)
        gate.hear(mark, seen)
    except (DarvozaError, ExceptionGroup, OSError) as problem:
        _lay_aside()
        _Open.alarm = f"the gate cannot be opened: {_faults(problem)}"
        LOG.error("the gate cannot be opened", extra={"fields": {"alarm": _Open.alarm}})  # noqa: TRY400 - see the alarm
        raise Problem("gate-closed", UNREADABLE, headers={"Retry-After": "30"}) from problem
    except UNAVAILABLE:
        _lay_aside()  # it may have heard a part of what is new: everything is read again
        raise
    if not gate.leaves_alone(seen, now):
        _swap(gate, seen, now)
    _Open.gate, _Open.left = gate, None
    tell_state(mark, gate.state, now)
    return gate


def _open(before: OpenGate | None, now: datetime) -> OpenGate:
    """Open the gate; where the files cannot be read, with the state by which this process decided before."""
    try:
        gate = OpenGate.open(settings.GATE_FILE, now=now)
    except (DarvozaError, ExceptionGroup, OSError):
        if before is None or before.file != settings.GATE_FILE:
            raise
        before.go_on(now)
        return before
    _Open.alarm = ""
    return gate


def _lay_aside() -> None:
    """Have everything read again before anything else is decided."""
    _Open.gate, _Open.left = None, _Open.gate or _Open.left


def _swap(gate: OpenGate, seen: Newest, now: datetime) -> None:
    """Put a new state in force where there is one; where it cannot be read, raise the alarm."""
    try:
        gate.swap_if_changed(seen, now)
        _Open.alarm = ""  # also where the state was mended to what it had been
    except (DarvozaError, ExceptionGroup, OSError) as problem:
        _Open.alarm = f"the new state cannot be read, the old one stays in force: {_faults(problem)}"
        LOG.error("the new state cannot be read", extra={"fields": {"alarm": _Open.alarm}})  # noqa: TRY400 - as above


def _faults(problem: Exception) -> str:
    """Say everything that is wrong with a state; it holds no personal data."""
    return "; ".join(map(str, leaves(problem))) if isinstance(problem, ExceptionGroup) else str(problem)


def _decide(batch: Sequence[Request], now: datetime) -> None:
    """Decide and write a batch in one transaction; remember it once it is kept."""
    done: list[Decided] = []
    with transaction.atomic():
        mark = _mark()
        gate = _opened(mark, now)
        if gate.other_keys([now.date()]):
            detail = "the key of the state in force is not the one that was committed to for today, or that today was drawn with"
            raise Problem("gate-closed", detail, headers={"Retry-After": "30"})
        work = Batch(gate, mark.batch + 1, now)
        fresh = _unanswered(_of_clients(batch))
        if lodged := [request for request in fresh if request.kind is LodgementKind.LODGED]:
            work.take_new(lodged)
        if amended := [request for request in fresh if request.kind is LodgementKind.AMENDED]:
            work.take_again(amended)
        if again := [request for request in fresh if request.kind is LodgementKind.REASSESSED]:
            work.look_again(again)
        for request in fresh:
            if request.kind is LodgementKind.CANCELLED:
                work.cancel(request)
        done = work.write(mark)
    for request, answer in work.answers:
        request.outcome = answer
    try:
        _remember(work, done, mark, now)
    except Exception:
        LOG.exception("what was kept could not be remembered: the gate is opened anew")
        _lay_aside()


def _remember(work: Batch, done: Sequence[Decided], mark: GateMark, now: datetime) -> None:
    """Remember what was decided, once it is kept."""
    gate = work.open
    for each in done:
        gate.gate.keep(each)
    if work.rows:
        gate.batch, gate.kept, gate.run = work.batch, (now.date(), gate.runs), work.run or gate.run
        gate.spent = mark.memory


def _of_clients(batch: Sequence[Request]) -> list[Request]:
    """Give the requests of clients that stand, refuse those of clients that were shut out since their token was looked at."""
    stand = standing(request.caller for request in batch if request.caller.number)
    asked = []
    for request in batch:
        if request.caller.number and request.caller not in stand:
            request.outcome = unknown_token()
            continue
        request.caller = stand.get(request.caller, request.caller)
        asked.append(request)
    return asked


def _unanswered(batch: Sequence[Request]) -> list[Request]:
    """Answer what was answered before, and give the others."""
    keys = {(request.caller.number, request.key) for request in batch if request.key}
    told = found_among(
        Receipt,
        ("client_id", "key", "digest", "status", "answer"),
        client_id=list({number for number, _ in keys}),
        key=list({key for _, key in keys}),
    )
    known = {(number, key): (digest, status, answer) for number, key, digest, status, answer in told}
    fresh = []
    for request in batch:
        if (before := known.get((request.caller.number, request.key))) is None:
            fresh.append(request)
            continue
        digest, status, answer = before
        same = digest == request.digest
        request.outcome = Answer(status, answer, again=True) if same else Problem("key-reused")
    return fresh


def close() -> None:
    """Close the gate: the next request opens it again, with what is stored."""
    with _Open.deciding:
        _Open.gate, _Open.left, _Open.alarm = None, None, ""
