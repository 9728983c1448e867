"""One batch of requests on its way: what is decided of it, and the rows that tell of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from orjson import Fragment

from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.domain.wording_ru import render_ru
from darvoza.flow.gate.deciding import Decided
from darvoza.flow.gate.records import decisions_of, items_of, plain_rows
from darvoza.flow.gate.state_file import State
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.flow.tables import Table
from darvoza.office.api.declared import on_what_is_there
from darvoza.office.api.documents import as_text, decided, journalled, kin_told, said_of, version_of
from darvoza.office.api.models import Event, GateMark, Lodgement, Receipt
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.queries import own_agency, revisions_of
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services.binding import arrived_posts
from darvoza.office.api.services.dating import day_of, lodged_since, moved, too_long_ago
from darvoza.office.api.services.following import Following, latest_of
from darvoza.office.api.services.keeping import keep_batch, keep_state
from darvoza.office.api.services.kinship import Kin, Kinship, minded_amended
from darvoza.office.api.services.known_draws import day_refusal, goods_refusals
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.standing import Together
from darvoza.office.journal.queries import days_revealed
from darvoza.office.journal.services import record_all
from darvoza.office.registry.models import Declaration, Run
from darvoza.office.registry.services.lodging import (
    at_examination,
    cancel_declaration,
    enter_again,
    enter_decided,
    run_of,
)
from darvoza.office.shell.statements import found_among, put
from darvoza.office.shell.writing import insert

INSTEAD = (
    "ask the post: once the order is back in the queue, or its result says that nothing was found, it can be cancelled"
)
"""What is to be done about a declaration that is at an examination."""

MOST_FAULTS = 1_000
"""Faults of a declaration that are told in one answer."""


class Batch:
    """One batch on its way: what is decided, and the rows that tell of it."""

    def __init__(self, gate: OpenGate, batch: int, now: datetime) -> None:
        self.open, self.batch, self.now = gate, batch, now
        self.rows: list[dict[str, Any]] = []
        self.answers: list[tuple[Request, Answer]] = []
        self.events: list[JournalEvent] = []
        self.told: list[dict[str, Any]] = []
        self.new: Made | None = None
        self.again: list[Made] = []
        self.run: Run | None = None
        self.kin: Kin = {}
        self.together = Together()
        self.arrived: dict[str, str] = {}
        self.day = day_of(gate.state, now)

    def take_new(self, requests: Sequence[Request]) -> None:
        """Decide declarations that are lodged for the first time."""
        items, by_reference = self._read(requests)
        self._refuse_long_ago(items, by_reference)
        self._refuse_known_draws(items, by_reference)
        there = [row[0] for row in found_among(Declaration, ("declaration_id",), declaration_id=list(by_reference))]
        if there:
            following = Following.of(there)
            for reference in there:
                request = by_reference.pop(reference)
                request.outcome = following.taken(request.caller, reference)
        items = _only(items, by_reference)
        if items.is_empty():
            return
        ordered = items.sort("lodged_at", "declaration_id", "version", "item", maintain_order=True)
        gate, kinship = self.open.gate, Kinship.of(self.open.gate, ordered)
        decided = gate.decide(ordered, spent=kinship.spent, held=kinship.held, day=self.day)
        decided, self.kin = kinship.minded(gate, decided, self.together)
        self.new = Made.of(decided)
        self._tell(self.new, by_reference, dict.fromkeys(by_reference, 1))

    def take_again(self, requests: Sequence[Request]) -> None:
        """Decide amended declarations; there is no second draw."""
        following = Following.of(request.reference for request in requests)
        sound = [request for request in requests if following.allows(request)]
        latest = latest_of(following.revisions)
        for request in sound:
            body = request.body if isinstance(request.body, dict) else {}
            before = latest[request.reference]
            kept = {"version": version_of(vars(before)) + 1, "lodged_at": before.lodged_at.isoformat()}
            stated = {name: value for name, value in body.items() if value is not None or name not in kept}
            request.body = {**kept, **stated, "declaration_id": request.reference}
        items, by_reference = self._read(sound)
        for reference in list(moved(items, {name: latest[name].lodged_at for name in by_reference}, by_reference)):
            del by_reference[reference]
        for reference, request in list(by_reference.items()):
            version = items.filter(pl.col("declaration_id") == reference).get_column("version").max()
            if not isinstance(version, int) or version <= version_of(vars(latest[reference])):
                expected = f"a version after {version_of(vars(latest[reference]))}"
                request.outcome = Problem(
                    "invalid",
                    errors=({"field": "version", "code": "version", "expected": expected, "got": str(version)},),
                )
                del by_reference[reference]
        items = _only(items, by_reference)
        for reference, problem in goods_refusals(items, following.revisions, self.now).items():
            by_reference.pop(reference).outcome = problem
        items = _only(items, by_reference)
        if not items.is_empty():
            items = items.sort("lodged_at", "declaration_id", "version", "item", maintain_order=True)
            # rows are written in the order in which they are decided: by it they are decided again
            names = items.get_column("declaration_id").unique(maintain_order=True).to_list()
            self._decide_again(items, {name: by_reference[name] for name in names}, following.revisions)

    def look_again(self, requests: Sequence[Request]) -> None:
        """Decide declarations again as they stand, by the state that is in force now."""
        known = revisions_of(request.reference for request in requests)
        latest = latest_of(known)
        due = {name: row for name, row in latest.items() if row.kind != LodgementKind.CANCELLED and not row.is_erased}
        by_reference = {request.reference: request for request in requests if request.reference in due}
        for request in requests:
            if request.reference not in due:
                request.outcome = Problem("not-found", request.reference)
        if by_reference:
            items = items_of(item for name in by_reference for item in due[name].items)
            items = items.sort("lodged_at", "declaration_id", "item", maintain_order=True)
            self._decide_again(items, by_reference, known)

    def _decide_again(
        self, items: pl.DataFrame, by_reference: dict[str, Request], known: Mapping[str, Sequence[Lodgement]]
    ) -> None:
        """Decide what was decided before, with the same draw; what its goods were chosen for elsewhere stands, too."""
        self.arrived |= arrived_posts(by_reference)
        before = decisions_of(each for name in by_reference for each in known[name][-1].decisions)
        decided = self.open.gate.decide_again(items, before, day=self.day)
        decided, kin = minded_amended(self.open.gate, decided, known, self.together)
        self.kin |= kin
        self.again.append(Made.of(decided))
        self._tell(self.again[-1], by_reference, {name: known[name][-1].revision + 1 for name in by_reference})

    def cancel(self, request: Request) -> None:
        """Cancel a declaration: its open orders end, what was decided stays on record.

        Not while an officer is at it, nor once something was found: goods do not leave an examination by a message.
        """
        following = Following.of([request.reference])
        if not following.allows(request):
            return
        latest = following.revisions[request.reference][-1]
        if why := at_examination(request.reference):
            request.outcome = Problem("at-examination", f"{request.reference}: {why}; {INSTEAD}")
            return
        self.arrived |= arrived_posts([request.reference])
        cancel_declaration(request.reference, by=request.caller.username, now=self.now)
        told = ("declaration_id", "post", "lodged_at", "items", "decisions", "channel")
        self._row(request, latest.revision + 1, {name: getattr(latest, name) for name in told})

    def write(self, mark: GateMark) -> list[Decided]:
        """Write everything; give what is to be remembered."""
        if not self.rows:
            return []
        self.run = run = enter_state(self.open, self.now)
        keep_batch(self.open, self.batch, self.now)
        if self.new:
            self._attest(enter_decided(*self.new.rows(), self._binding(self.new.made.ordered), run=run))
        for each in self.again:
            entered = enter_again(*each.rows(), self._binding(each.made.ordered), run=run, now=self.now)
            self._attest(entered.attested)
            self.events += entered.changes
        insert(Lodgement, self.rows)
        record_all(self.events)
        insert(Event, self.told)
        insert(
            Receipt,
            (
                {
                    "client_id": request.caller.number,
                    "key": request.key,
                    "digest": request.digest,
                    "status": answer.status,
                    "answer": answer.text,
                    "at": self.now,
                }
                for request, answer in self.answers
                if request.key
            ),
        )
        mark.batch = self.batch
        if self.new:
            mark.memory = memory_text(self.new.made.assessed.memory)
        put(mark)
        return [each.made for each in (*([self.new] if self.new else []), *self.again)]

    def _attest(self, attested: Mapping[str, Mapping[str, Any]]) -> None:
        """Have what is told of decisions say what was written of them: what is declared, and what was ordered."""
        self.events = [
            replace(event, body={**event.body, **attested[event.subject]})
            if event.kind is EntryKind.DECISION and event.subject in attested
            else event
            for event in self.events
        ]

    def _binding(self, orders: Table) -> Iterator[Mapping[str, Any]]:
        """Give the orders of posts where what is decided here is to be carried out."""
        return (row for row in orders.rows if self._binds(row))

    def _binds(self, row: Mapping[str, Any]) -> bool:
        """Tell whether what is decided of a declaration is carried out where its goods are."""
        return self.open.state.binds(self.arrived.get(row["declaration_id"], row["post"]))

    def _read(self, requests: Sequence[Request]) -> tuple[pl.DataFrame, dict[str, Request]]:
        """Read what was sent; refuse what is wrong, or is lodged for a post that is not the client's, or that nobody named."""
        zone = ZoneInfo(self.open.state.policy.settings.time_zone or settings.TIME_ZONE)
        read = read_lodged([request.body for request in requests], now=self.now.astimezone(zone))
        for place, faults in read.wrong.items():
            first = faults[:MOST_FAULTS]
            told = tuple({"field": f.field, "code": f.rule, "expected": f.expected, "got": f.got} for f in first)
            detail = f"the first {MOST_FAULTS} of {len(faults)} faults are told" if len(faults) > MOST_FAULTS else ""
            requests[place].outcome = Problem("invalid", detail, errors=told)
        posts = dict(zip(read.items.get_column("declaration_id"), read.items.get_column("post"), strict=True))
        by_reference = {}
        for reference, place in read.places.items():
            request = requests[place]
            if request.caller.post and posts[reference] != request.caller.post:
                request.outcome = Problem("forbidden", f"the token is for the post {request.caller.post}")
            elif fault := self.open.post_fault(posts[reference]):
                request.outcome = Problem("invalid", errors=(fault,))
            else:
                by_reference[reference] = request
        return _only(read.items, by_reference), by_reference

    def _refuse_long_ago(self, items: pl.DataFrame, by_reference: dict[str, Request]) -> None:
        """Refuse what says that it was lodged long ago: who chooses such a day chooses law, key and window with it."""
        since, earliest = lodged_since(self.open.state, self.now), items.get_column("lodged_at").min()
        if earliest is None or earliest >= since:  # type: ignore[operator] # a moment
            return
        before = items.filter(pl.col("lodged_at") < since).unique("declaration_id", maintain_order=True)
        for reference, moment in before.select("declaration_id", "lodged_at").iter_rows():
            by_reference.pop(reference).outcome = Problem("invalid", errors=(too_long_ago(moment, since),))

    def _refuse_known_draws(self, items: pl.DataFrame, by_reference: dict[str, Request]) -> None:
        """Refuse what is lodged for a day whose key is revealed, for who chooses such a day knows the draw beforehand.

        The same where another key was committed to: of such a draw nobody could show that it was not chosen.
        """
        lodged = zip(items.get_column("declaration_id"), items.get_column("lodged_at").dt.date(), strict=True)
        days = {name: day for name, day in lodged if day < self.now.date() and name in by_reference}
        revealed = days_revealed(set(days.values())) if days else set()
        other = self.open.other_keys(days.values())
        for reference, day in days.items():
            if refusal := day_refusal(day, revealed=revealed, other=other):
                by_reference.pop(reference).outcome = refusal

    def _tell(self, made: "Made", by_reference: dict[str, Request], revisions: dict[str, int]) -> None:
        """Make the rows that tell of what was decided, in the order in which it is remembered: so they are read again."""
        for reference, goods in made.goods.items():
            request, decisions = by_reference[reference], made.decisions[reference]
            told = {
                "declaration_id": reference,
                "post": goods[0]["post"],
                "lodged_at": datetime.fromisoformat(goods[0]["lodged_at"]),
                "items": goods,
                "decisions": decisions,
                "channel": decisions[0]["channel"],
            }
            self._row(request, revisions[reference], told)

    def _row(self, request: Request, revision: int, told: Mapping[str, Any]) -> None:
        """Make the row of a lodging, its answer, its event and its entry in the journal."""
        row = {
            **told,
            "revision": revision,
            "kind": request.kind.value,
            "batch": self.batch,
            "client": request.caller.name,
            "state": self.open.state.digest,
            "decided_at": self.now,
            "binding": self._binds(told),
            "kin": self.kin.get(told["declaration_id"], []),
        }
        goods = as_text(row["items"])
        self.rows.append({**row, "items": Fragment(goods)})
        said, decisions, caller = said_of(row), row["decisions"], request.caller
        event, agency = event_of(row, said), own_agency(caller)
        document = decided(said, on_what_is_there(row), agency=agency) if agency else event["body"]
        self.answers.append((request, Answer(201 if request.kind is LodgementKind.LODGED else 200, as_text(document))))
        self.told.append(event)
        body = journalled(said, decisions, goods) | ({"same_goods": kin_told(row["kin"])} if row["kin"] else {})
        self.events.append(JournalEvent(EntryKind.DECISION, caller.username, row["declaration_id"], self.now, body))


Rows = dict[str, list[dict[str, Any]]]
"""Rows in plain values, by declaration."""


class Made(NamedTuple):
    """What was decided, and the same in plain values: goods items and decisions by declaration."""

    made: Decided
    goods: Rows
    decisions: Rows

    @classmethod
    def of(cls, made: Decided) -> Self:
        """Write what was decided in plain values."""
        return cls(made, _by_reference(made.items), _by_reference(made.told))

    def rows(self) -> tuple[Iterator[dict[str, Any]], Iterator[dict[str, Any]]]:
        """Give all goods items and all decisions, declaration by declaration."""
        return chain.from_iterable(self.goods.values()), chain.from_iterable(self.decisions.values())


def enter_state(gate: OpenGate, now: datetime) -> Run:
    """Give the run under which decisions of a state are kept; a state that is new is kept."""
    state = gate.state
    if gate.run is not None:
        return gate.run
    keep_state(gate, now)
    return run_of(state.digest, name=f"gate {state.digest[:16]}", profiles=_profiles_told(state), now=now)


def _profiles_told(state: State) -> dict[str, Any]:
    """Tell the profiles of a state; of those that this program makes beside the library, that they are so made."""
    made = {profile.code for profile in state.beside}
    return {
        profile.code: {
            "code": profile.code, "title": profile.title, "agency": profile.agency.value, "when": profile.sentence,
            "when_ru": render_ru(profile.condition), "legal_basis": profile.legal_basis, "rationale": profile.rationale,
            "instructions": dict(profile.instructions), "beside": profile.code in made,
        }
        for profile in state.policy.profiles
    }  # fmt: skip


def event_of(row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Give the row of the event that tells of a lodging, made of what is said of it."""
    return {
        "kind": f"declaration.{row['kind']}",
        "declaration_id": row["declaration_id"],
        "post": row["post"],
        "body": decided(said, on_what_is_there(row)),
        "at": row["decided_at"],
    }


def _only(items: pl.DataFrame, by_reference: Mapping[str, Request]) -> pl.DataFrame:
    """Give the goods items of these declarations."""
    references = items.get_column("declaration_id")
    if len(by_reference) == references.n_unique():
        return items
    return items.filter(references.is_in(list(by_reference)))


def _by_reference(table: pl.DataFrame | Table) -> Rows:
    made: Rows = {}
    for row in plain_rows(table):
        made.setdefault(row["declaration_id"], []).append(row)
    return made
