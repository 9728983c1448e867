"""The office led through random lives beside the simple model, and compared with it after each step."""

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from life_moves import move, refer
from life_post import Posts
from life_reference import CLIENTS, OVER, PEOPLE, Model, takes_back
from life_said import decided, document, modelled, said
from life_samples import at_laboratory
from life_world import APART, DAY, TICKS, TOGETHER, Life, Step, elsewhere, life_of, put_in_force


@dataclass(frozen=True)
class Divergence:
    """Where the office and the model part: of which life, at which tick, what each says."""

    life: int
    tick: int
    what: str
    office: object
    model: object

    def __str__(self) -> str:
        return f"life {self.life}, tick {self.tick}, {self.what}:\n  office {self.office}\n  model  {self.model}"


@dataclass(frozen=True)
class Person:
    """Somebody as the desk knows one."""

    username: str
    agency: str
    post: str


@dataclass
class Group:
    """Lives that are led side by side in one office.

    Attributes
    ----------
    home
        Where the states stand.
    lives
        The lives, each in a world of its own.
    events
        What happens to the office at which tick.
    """

    home: Path
    lives: Sequence[Life]
    events: Mapping[int, Step]
    models: dict[int, Model] = field(default_factory=dict)
    found: list[Divergence] = field(default_factory=list)
    seen: int = 0
    held: set[tuple[str, int]] = field(default_factory=set)
    entries: int = 0
    now: datetime = DAY
    tick: int = 0
    asleep: object = None
    posts: Posts = field(default_factory=Posts)

    def play(self) -> list[Divergence]:
        """Lead the lives to their end, or to the first divergences; what was written is left to the caller."""
        from darvoza.office.api.services import lodging

        lodging.close()
        put_in_force(self.home, 0)
        self._enter()
        steps: dict[int, dict[int, list[Step]]] = {life.number: {} for life in self.lives}
        for life in self.lives:
            for tick, step in life.steps:
                steps[life.number].setdefault(tick, []).append(step)
        for self.tick in range(TICKS):
            self._set(0)
            if self.tick in self.events:
                self._happen(self.events[self.tick])
            mine = {number: of.get(self.tick, []) for number, of in steps.items()}
            self._ask({number: [step[1] for step in of if step[0] == "ask"] for number, of in mine.items()})
            if not self.found:
                self._moves(mine)
                self._compare()
            if self.found:
                break
        return self.found

    def _set(self, minutes: int) -> None:
        """Set the clock of the office and of all models."""
        self.now = DAY + timedelta(days=1 + APART * self.tick, minutes=minutes)
        for model in self.models.values():
            model.now = self.now

    def _moves(self, mine: Mapping[int, list[Step]]) -> None:
        """Let people move, each at a minute of his own."""
        for place in range(max(map(len, mine.values()))):
            self._set(1 + place)
            for number, of in mine.items():
                if place < len(of) and of[place][0] != "ask":
                    (self._move if of[place][0] == "move" else self._away)(number, of[place])

    def _away(self, number: int, step: Step) -> None:
        """Let a post without a line do something, here and there."""
        for what, office, model in self.posts.lead(number, step, self.models[number], self.now):
            self._check(number, what, office, model)

    def _enter(self) -> None:
        from darvoza.office.api.callers import Caller
        from darvoza.office.api.models import Client
        from darvoza.office.api.purposes import Purpose

        self.callers: dict[tuple[int, str], Caller] = {}
        for name, agency in (("customs", "customs"), ("plants", "phytosanitary")):
            row = Client.objects.create(name=name, agency=agency, token_digest=name, made_at=DAY)
            for life in self.lives:
                self.callers[life.number, name] = Caller(row.pk, name, agency, "", frozenset(Purpose), 1)
        for life in self.lives:
            post = elsewhere(life.number)
            row = Client.objects.create(
                name=f"of {life.number}", agency="customs", post=post, token_digest=str(life.number), made_at=DAY
            )
            self.callers[life.number, "post"] = Caller(row.pk, row.name, "customs", post, frozenset(Purpose), 1)
            self.models[life.number] = Model(post)
            named = {"name": f"P{life.number}", "post": f"P{life.number}", "token_digest": f"P{life.number}"}
            Client.objects.create(**named, agency="customs", made_at=DAY)

    def _happen(self, event: Step) -> None:
        from darvoza.office.api.services import lodging, reassessing

        if event[0] == "restart":
            lodging.close()
        elif event[0] == "other":
            lodging._Open.gate, self.asleep = self.asleep, lodging._Open.gate  # type: ignore[assignment]
        else:
            put_in_force(self.home, event[1])
            reassessing.AT_ONCE = lodging.MOST = 10 * TOGETHER
            again = reassessing.reassess(self.now)
            mine = sum(self._reassessed(model, event[1]) for model in self.models.values())
            self._check(-1, "reassessed", again, mine)

    @staticmethod
    def _reassessed(model: Model, state: int) -> int:
        model.state = state
        return model.reassess()

    def _ask(self, wanted: Mapping[int, list[dict[str, Any]]]) -> None:
        """Have what all lives want done together, and compare the answers."""
        from darvoza.office.api.services.lodging import lodge

        requests = [(number, each) for number, of in wanted.items() for each in of]
        sent = [self._sent(number, each) for number, each in requests]
        if sent:
            lodge(sent, now=self.now)
        told = iter(sent)
        for number, of in wanted.items():
            for request, mine in zip(of, self.models[number].ask(of), strict=True):
                self._check(number, f"answer to {request}", said(next(told).outcome), mine)

    def _sent(self, number: int, request: Mapping[str, Any]) -> Any:
        from darvoza.office.api.purposes import LodgementKind
        from darvoza.office.api.requests import Request

        kinds = {"lodge": LodgementKind.LODGED, "amend": LodgementKind.AMENDED, "cancel": LodgementKind.CANCELLED}
        op, ref, body = request["op"], request["ref"], request["body"]
        if body is not None:
            moment = {"lodged_at": body["lodged_at"].isoformat()} if "lodged_at" in body else {}
            body = body | moment | ({"declaration_id": ref} if op == "lodge" else {})
        digest = hashlib.sha256(json.dumps([op, ref, body], sort_keys=True).encode()).hexdigest()
        told = {"key": request["key"], "digest": digest, "if_match": request["if_match"]}
        return Request(
            self.callers[number, request["by"]], kinds[op], body, reference="" if op == "lodge" else ref, **told
        )

    def _move(self, number: int, step: Step) -> None:
        _, what, who, pick, more = step
        model = self.models[number]
        refs, orders = sorted(model.declared), sorted(model.orders)
        if not refs or (what not in {"read", "release", "refer"} and not orders):
            return
        ref = refs[pick % len(refs)]
        if what == "read":
            by = tuple(CLIENTS)[pick % 3]
            self._check(number, f"{by} reads {ref}", self._read(number, ref, by), model.read(ref, by))
        elif what == "release":
            self._check(number, f"release of {ref}", self._release(number, ref), model.release(ref))
        elif what == "refer":
            act = more["act"] or "scan"
            self._check(
                number,
                f"{who} refers {ref} {act}",
                self._refer(who, ref, act, more["reason"]),
                refer(model, ref, who, act, more["reason"]),
            )
        else:
            self._desk(number, what, who, orders[pick % len(orders)], more)

    def _desk(self, number: int, what: str, who: str, name: str, more: Mapping[str, Any]) -> None:
        """Let somebody do something with an order, here and there."""
        model = self.models[number]
        order = model.orders[name]
        goods = [item["item"] for item in model.declared[order["ref"]]["d"]["items"]]
        items = dict.fromkeys(goods if more["whole"] else goods[1:], more["found"])
        if what == "send":
            who = "client:customs" if who in {"asel", "bakyt", "farrukh"} else "client:plants"
        told: dict[str, Any] = {"reason": more["reason"], "act": more["act"], "items": None, "agreed": more["agreed"]}
        if what in {"record", "correct", "send"}:
            told["items"] = items | dict.fromkeys(at_laboratory(order), more["found"])
        if what in {"record", "send"} and more.get("sampled") and not more["found"]:
            told["taken"] = {item: (f"{name} {self.tick} {item}".replace(" ", "-"),) for item in items}
        if what == "raise" and told["act"] is None:
            told["act"] = "physical"
        did = self._do(number, what, who, name, told)
        self._check(number, f"{who} {what} {name} {told}", did, move(model, what, name, who, told))

    def _do(self, number: int, what: str, who: str, name: str, told: Mapping[str, Any]) -> bool:
        from darvoza.domain.casework import ExaminationResult, ItemResult
        from darvoza.domain.codes import Act, RiskArea
        from darvoza.errors import CaseRefused
        from darvoza.office.api.problems import Problem
        from darvoza.office.api.services import acting
        from darvoza.office.desk.services import orders as desk
        from darvoza.office.desk.services import returns

        taken, order = told.get("taken", {}), self.models[number].orders[name]
        why = "nothing could be taken of it" if order["act"] == "sampling" else ""
        items = [
            ItemResult(
                item, (RiskArea.UNDERVALUATION,) if found else (), samples=taken.get(item, ()),
                words="" if takes_back(order, {item: found}) else why,
            )
            for item, found in (told["items"] or {}).items()
        ]  # fmt: skip
        act, now = Act(told["act"]) if told["act"] else None, self.now
        person = Person(who, *PEOPLE.get(who, ("customs", "")))
        result = ExaminationResult(who, now, tuple(items))
        ways: dict[str, Callable[[], object]] = {
            "claim": lambda: desk.claim(person, name, now=now),
            "give_back": lambda: returns.give_back(person, name, reason="called to another lorry", now=now),
            "record": lambda: desk.record_result(person, name, result, now=now),
            "correct": lambda: desk.correct_result(person, name, result, reason=told["reason"], now=now),
            "raise": lambda: desk.raise_act(person, name, act, reason=told["reason"], now=now),  # type: ignore[arg-type]
            "propose": lambda: desk.propose_lowering(person, name, act, reason=told["reason"], now=now),
            "settle": lambda: desk.settle_lowering(person, name, agreed=told["agreed"], reason=told["reason"], now=now),
            "send": lambda: acting.record_finding(
                self.callers[number, who.removeprefix("client:")], name, items, words="", if_match="", now=now
            ),
        }
        try:
            ways[what]()
        except (CaseRefused, Problem):
            return False
        return True

    def _refer(self, who: str, ref: str, act: str, reason: str) -> bool:
        from darvoza.domain.codes import Act
        from darvoza.errors import CaseRefused
        from darvoza.office.desk.services.orders import refer

        try:
            refer(Person(who, *PEOPLE[who]), ref, Act(act), suspicion=reason, now=self.now)
        except CaseRefused:
            return False
        return True

    def _read(self, number: int, ref: str, by: str) -> object:
        from darvoza.office.api.problems import Problem
        from darvoza.office.api.queries import decision_for

        try:
            return document(decision_for(self.callers[number, by], ref))
        except Problem as problem:
            return problem.code

    def _release(self, number: int, ref: str) -> object:
        from darvoza.office.api.problems import Problem
        from darvoza.office.api.queries import release_for

        try:
            return release_for(self.callers[number, "customs"], ref)["release"]
        except Problem as problem:
            return problem.code

    def _check(self, number: int, what: str, office: object, model: object) -> None:
        if office != model:
            self.found.append(Divergence(number, self.tick, what, office, model))

    def _compare(self) -> None:
        """Compare what stands in the tables with what the models hold, and look at the chain of the journal."""
        from darvoza.office.api.models import Lodgement
        from darvoza.office.journal.queries import ending, tail_faults
        from darvoza.office.registry.models import Decision, Order

        last: dict[str, Any] = {}
        for row in Lodgement.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = row.pk
            last[row.declaration_id] = row
        for ref, row in last.items():
            number = int(ref.split("D")[0])
            known = self.models[number].declared.get(ref)
            if known and known["kind"] == "brought":  # to systems; its revisions say that a post returned it
                known = {**known, "kind": "returned"}
            self._check(number, f"decision on {ref}", decided(row), known and modelled(known))
        mine: dict[str, Any] = {}
        for model in self.models.values():
            mine |= {
                name: (o["state"], o["holder"], o["act"], o["post"], o["items"]) for name, o in model.orders.items()
            }
        columns = ("order_id", "state", "holder", "act", "post", "items")
        told = {row[0]: row[1:] for row in Order.objects.values_list(*columns)}
        for name in sorted(mine.keys() | told.keys()):
            self._check(int(name.split("D")[0]), f"order {name}", told.get(name), mine.get(name))
        shown = {
            tuple(row[0].rsplit(":", 2)): row[1:]
            for row in Decision.objects.values_list("decision_id", "selected", "u")
        }
        for number, model in self.models.items():
            for ref, known in model.declared.items():
                for agency, act in known["acts"]:
                    stands = ((agency, act) in known["chosen"], known["u"])
                    self._check(number, f"register {ref} {agency} {act}", shown.get((ref, agency, act)), stands)
        self._promises()
        end, _ = ending()
        self._check(-1, "journal", tail_faults(max(end.number - self.entries, 1)), ())
        self.entries = end.number

    def _promises(self) -> None:
        """What no life may break, read off the tables: a finding vanishes only by two, and no sample is forgotten."""
        from darvoza.office.registry.models import Finding, Order

        last: dict[tuple[str, int], dict[str, Any]] = {}
        rows = Finding.objects.order_by("result__number")
        for name, item, record in rows.values_list("result__order__order_id", "item", "record"):
            last[name, item] = record
        found = {key for key, record in last.items() if record.get("areas")}
        agreed = dict(Order.objects.exclude(overrides=[]).values_list("order_id", "overrides"))
        for name, item in sorted(self.held - found):
            number = int(name.split("D")[0])
            self._check(number, f"who took back {name} {item}", _agreed_on(agreed.get(name, []), item), model=True)
        self.held = found
        over = set(Order.objects.filter(state__in=OVER).values_list("order_id", flat=True))
        for number, model in self.models.items():
            for name, order in model.orders.items():
                told = {item: set(last.get((name, item), {}).get("awaited", ())) for item in at_laboratory(order)}
                mine = {item: set(numbers) for item, numbers in at_laboratory(order).items()}
                self._check(number, f"at a laboratory of {name}", told, mine)
                self._check(number, f"{name} is over without its laboratory", bool(mine) and name in over, model=False)


def _agreed_on(overrides: list[Any], item: int) -> bool:
    """Tell whether two people took something of an item back."""
    return any(
        second["move"] == "confirm_lowering"
        and item in {each["item"] for each in (first.get("result") or {"items": []})["items"]}
        for first, second in itertools.pairwise(overrides)
    )


def lead(home: Path, seeds: Sequence[int], events: Mapping[int, Step]) -> list[Divergence]:
    """Lead the lives of some seeds side by side, and undo what was written."""
    return lead_lives(home, [life_of(seed, place) for place, seed in enumerate(seeds)], events)


def lead_lives(home: Path, lives: Sequence[Life], events: Mapping[int, Step]) -> list[Divergence]:
    """Lead lives side by side, and undo what was written."""
    from django.db import transaction

    with transaction.atomic(), TemporaryDirectory() as place:
        found = Group(home, lives, events, posts=Posts(Path(place))).play()
        transaction.set_rollback(True)
    return found


def shrunk(home: Path, life: Life, events: Mapping[int, Step]) -> tuple[Life, Mapping[int, Step], list[Divergence]]:
    """Leave out of a life and of the events whatever is not needed for it to diverge."""
    found = lead_lives(home, [life], events)
    size = max(len(life.steps) // 2, 1)
    while found:
        for start in range(0, len(life.steps), size):
            less = replace(life, steps=life.steps[:start] + life.steps[start + size :])
            if again := lead_lives(home, [less], events):
                life, found = less, again
                break
        else:
            if size == 1:
                break
            size //= 2
    for tick in list(events):
        fewer = {each: event for each, event in events.items() if each != tick}
        if found and (again := lead_lives(home, [life], fewer)):
            events, found = fewer, again
    return life, events, found
