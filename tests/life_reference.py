"""A simple model of the life of a consignment, written from the design: plain dicts that share no line with the code."""

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

from life_goods import Goods, covers, filled, on, others, plain
from life_samples import at_laboratory

SHARES = {"customs": bytes(range(32))}
RANDOM, FIRST_DAY, FAMILIAR = 0.05, 10, 10
CAPACITY = {("customs", "physical"): 0.1, ("phytosanitary", "sampling"): 0.25}
"""Of what is lodged, at posts that begin with A; elsewhere customs can do nothing."""
WINDOWS = {"document": 30, "containers": 30, "vehicle": 3, "reference": 30}
ACTS = ("audit", "documentary", "identity", "scan", "sampling", "physical")
CHANNELS = dict.fromkeys(ACTS, "red") | {"audit": "blue", "documentary": "yellow"}
KINDS = ("law", "alert", "profile", "plan", "score", "random")
OVER = ("recorded", "withdrawn")
CLIENTS = {"customs": "customs", "plants": "phytosanitary", "post": "customs"}
"""Systems and their agencies; the last one is bound to one post."""
PEOPLE = {
    "asel": ("customs", ""),
    "bakyt": ("customs", ""),
    "gulnara": ("phytosanitary", ""),
    "farrukh": ("customs", "FAR"),
}

START = datetime(2026, 3, 2, tzinfo=UTC)
Declared = dict[str, Any]
Duty = tuple[str, str]
Floors = dict[Duty, dict[tuple[str, str], tuple[float, list[int]]]]
Draw = tuple[str, date]
Mark = tuple[str, str]

CARS = ("CARS", "customs", "physical", "1.0", "profile", "hs starts with 8703")
FRUIT = ("FRUIT", "phytosanitary", "sampling", "1.0", "law", "hs starts with 0808")
LEAF = ("LEAF", "phytosanitary", "documentary", "0.4", "profile", "hs starts with 0808")
SUITS = ("SUITS", "customs", "physical", "0.6", "profile", "hs starts with 6203")
AUDIT = ("AUDIT", "customs", "audit", "0.7", "profile", "origin is CN")
SCAN = ("SCAN", "customs", "scan", "0.5", "profile", "origin is TR")
MORE = ("SCAN", "customs", "scan", "0.9", "profile", "origin is TR")
FOUND = ("FOUND", "customs", "identity", "1.0", "profile", "importer_findings_12m >= 1")
LISTED = ("LISTED", "customs", "documentary", "1.0", "profile", 'importer in list "watched"')
STATES = (
    ((CARS, FRUIT, AUDIT, SCAN, FOUND, LISTED), "I0"),
    ((SUITS, FRUIT, AUDIT, FOUND, LISTED), "I1"),
    ((CARS, LEAF, MORE, FOUND), "I1"),
)
"""What is in force: profiles as code, agency, act, share, floor and sentence; and who stands in the list."""


def named(ref: str, duty: Duty) -> str:
    """The name of an order."""
    return ":".join((ref, *duty))


def borne(known: Mapping[str, Any]) -> set[Mark]:
    """Every mark that any version of a declaration bore."""
    return {mark for version in known["versions"] for mark in marks(version)}


def marks(d: Declared) -> list[Mark]:
    """By what the goods are known."""
    boxes = sorted(map(plain, d.get("container_ids", [])))
    plates = [plain(each) for each in re.split("[/;,+|]", d.get("vehicle_id") or "")]
    plates = [each for each in plates if len(plates) > 1 and re.search("[0-9]", each) and re.search("[A-Z]", each)]
    whole = (("document", d.get("transport_document") or ""), ("vehicle", d.get("vehicle_id") or ""))
    known = {basis: plain(code) for basis, code in whole if plain(code)} | (
        {"containers": ",".join(boxes)} if boxes else {}
    )
    named = [(basis, known[basis]) for basis in WINDOWS if basis in known] or [("reference", d["declaration_id"])]
    more = [("containers", box) for box in boxes] + [("vehicle", plate) for plate in sorted(plates) if len(plate) >= 5]
    goods = f"{plain(d['importer_id'])}|{','.join(sorted({item['hs'][:4] for item in d['items']}))}"
    return [
        (basis, hashlib.sha256(f"darvoza mark 1 {basis}|{value}|{goods}".encode()).hexdigest())
        for basis, value in dict.fromkeys([*named, *more])
    ]


def number(draw: Draw) -> float:
    """The permanent random number of goods, by the key of their day."""
    key = hashlib.sha256(b"darvoza day key 1\0" + draw[1].isoformat().encode())
    for name, share in sorted(SHARES.items()):
        key.update(len(name).to_bytes(4, "big") + name.encode() + len(share).to_bytes(4, "big") + share)
    return (int.from_bytes(hmac.digest(key.digest(), bytes.fromhex(draw[0]), "sha256")[:7], "big") >> 3) / 2**53


class Model:
    """One world: what was lodged, decided, ordered and found in it."""

    def __init__(self, post: str) -> None:
        self.post, self.state, self.now = post, 0, START
        self.declared: dict[str, dict[str, Any]] = {}
        self.before: dict[str, dict[str, Any]] = {}
        self.away = False
        self.orders: dict[str, dict[str, Any]] = {}
        self.receipts: dict[tuple[str, str], tuple[object, object]] = {}
        self.drawn: list[tuple[datetime, list[tuple[str, str]], Draw]] = []
        self.spent: dict[object, tuple[int, float]] = defaultdict(lambda: (0, 0.0))

    def matches(self, when: str, d: Declared, item: Mapping[str, Any]) -> bool:
        """Tell whether a profile speaks of a goods item."""
        if when.startswith("hs"):
            return bool(item["hs"].startswith(when[-4:]))
        if when.startswith("origin"):
            return bool(item["origin"] == when[-2:])
        return self.found(d) if "findings" in when else bool(d["importer_id"].endswith(STATES[self.state][1]))

    def found(self, d: Declared) -> bool:
        """Tell whether something was found on goods of the importer before this was lodged; the own ones do not count."""
        for order in self.orders.values():
            if order["ref"] != d["declaration_id"]:
                for item, (is_found, at) in words(order).items():
                    having = [
                        v for v in self.declared[order["ref"]]["versions"] if any(i["item"] == item for i in v["items"])
                    ]
                    stood = [v for v in having if v["lodged_at"] <= at] or having[:1]
                    known = is_found and at < d["lodged_at"]
                    if known and any(v["importer_id"] == d["importer_id"] for v in stood[-1:]):
                        return True
        return False

    def draw(self, d: Declared, held: Mapping[Mark, Draw] = {}) -> Draw:
        """The draw of an earlier lodging of the same goods, else one of its own."""
        book: dict[tuple[str, str], tuple[Draw, date]] = {}
        for at, of, draw in sorted(self.drawn, key=lambda each: each[0]):
            for mark in of:
                if held.get(mark, draw) == draw and (mark not in book or book[mark][0] != draw):
                    book[mark] = (draw, at.date())
        mine, today = marks(d), d["lodged_at"].date()
        for mark in mine:
            if mark in book and abs((today - book[mark][1]).days) <= WINDOWS[mark[0]]:
                return book[mark][0]
        return mine[0][1], today

    def floors(self, d: Declared, spent: dict[object, tuple[int, float]]) -> Floors:
        """Every floor under every act, as of now."""
        made: Floors = defaultdict(dict)
        for code, agency, act, share, kind, when in STATES[self.state][0]:
            if items := [item["item"] for item in d["items"] if self.matches(when, d, item)]:
                made[agency, act][kind, code] = (float(share), items)
        spoken, here = {agency for agency, _ in made} | {"customs"}, d["post"].startswith("A")
        for duty, share_ in CAPACITY.items():
            if duty[0] in spoken and (here or duty[0] == "customs"):
                named = max([p for p, _ in made[duty].values()] + [RANDOM])
                made[duty]["random", "random"] = (RANDOM, [])
                if here and (given := chance(spent, (d["post"], duty), share_, d["lodged_at"], named)) > 0:
                    made[duty]["score", "chance"] = (given, [])
        return {duty: floors for duty, floors in made.items() if floors}

    def decide(
        self, d: Declared, kind: str, floors: Floors, draw: Draw, kin: Set[tuple[Duty, str]] = frozenset()
    ) -> None:
        """The largest floor is the probability; below it, the number chooses the act."""
        ref, u = d["declaration_id"], number(draw)
        before = self.declared.get(ref, {"versions": [], "revision": 0, "kin": frozenset()})
        acts = {duty: outcome(held, u) for duty, held in floors.items()}
        for duty, _ in kin:  # of which goods it was said nobody can tell from another paper
            acts[duty]["items"] = [item["item"] for item in d["items"]]
        chosen = {duty for duty, act in acts.items() if act["basis"]}
        channel = max((CHANNELS[act] for _, act in chosen), key=("blue", "yellow", "red").index, default="green")
        due = {name: self.due(order) for name, order in self.orders.items() if order["ref"] == ref}
        were = on(before["d"]) if due else {}
        versions = before["versions"] if kind == "reassessed" else [*before["versions"], d]
        self.declared[ref] = {
            "d": d, "versions": sorted(versions, key=lambda v: v["version"]), "kind": kind, "revision": before["revision"] + 1,
            "state": self.state, "acts": acts, "u": u, "draw": draw, "channel": channel, "chosen": chosen, "by": before.get("by"),
            "kin": before["kin"] | kin, "first": before.get("first", self.now),
        }  # fmt: skip
        if kind != "reassessed":
            self.drawn.append((d["lodged_at"], marks(d), draw))
        for agency, act in chosen:
            name, items = f"{ref}:{agency}:{act}", acts[agency, act]["items"]
            if name in due:
                self.order_again(self.orders[name], act, items, due.pop(name), were)
            else:
                self.orders[name] = new_order(d, agency, act, items)
        for name, about in due.items():  # what nothing asked for again is about goods, too
            self.order_again(self.orders[name], self.orders[name]["act"], self.orders[name]["items"], about, were)
        for order in self.of(ref):  # open orders go along to a post that is declared instead
            if order["state"] not in OVER and order["post"] != d["post"]:
                opened = self.open_again(order) if order["state"] == "claimed" else {}
                order.update(opened, left=order["post"], post=d["post"])

    def due(self, order: Mapping[str, Any]) -> set[int]:
        """The goods that an order is about; all of them where it names none that there is."""
        goods = {item["item"] for item in self.declared[order["ref"]]["d"]["items"]}
        return goods & set(order["items"]) or goods

    def stand(self, order: Mapping[str, Any]) -> set[int]:
        """The items on which there is a word that was given on the goods as they are, and awaits nothing."""
        return self.seen(order) - at_laboratory(order).keys()

    def lacks(self, order: Mapping[str, Any]) -> set[int]:
        """The items that are to be looked at, or of which a laboratory has to speak."""
        return (self.due(order) - self.stand(order)) | at_laboratory(order).keys()

    def ends(self, order: Mapping[str, Any]) -> bool:
        """Whether nothing but the word of a laboratory is lacking."""
        return bool(at_laboratory(order)) and self.due(order) <= self.seen(order)

    def open_again(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """How an order waits in nobody's hands."""
        return {"state": "awaiting" if self.ends(order) else "waiting", "holder": ""}

    def seen(self, order: Mapping[str, Any]) -> set[int]:
        """The items on which there is a word that was given on the goods as they are."""
        now = on(self.declared[order["ref"]]["d"])
        said = {item: result["on"].get(item) for result in order["results"] for item in result["items"]}
        seen = ((item, at) for result in order["results"] for item, at in looked(result).items())
        since = {item for item, at in seen if at >= order.get("since", START)}
        return {item for item in since if not others(said.get(item), now.get(item))}

    def _lapses(self, order: Mapping[str, Any], new: set[int], were: Mapping[int, Goods]) -> bool:
        """Whether other goods are declared now than those of which a proposal speaks."""
        if not (instead := order["proposed"][2]):
            return bool(new)
        goods = on(self.declared[order["ref"]]["d"])
        return any(others(were.get(item), goods.get(item)) for item in instead["items"])

    def order_again(
        self, order: dict[str, Any], act: str, items: list[int], before: set[int], were: Mapping[int, Goods]
    ) -> None:
        """What is not over is about the goods that there are now; what is over opens again for goods that came to it."""
        d = self.declared[order["ref"]]["d"]
        order["results"] = [
            result | {"on": {item: filled(of, were.get(item)) for item, of in result["on"].items()}}
            for result in order["results"]
        ]
        goods = {item["item"] for item in d["items"]}
        now = order | {
            "items": [] if order["suspected"] and not order["items"] else [item for item in items if item in goods]
        }
        same = {item for item, of in on(d).items() if not others(were.get(item), of)}
        new = self.due(now) - (self.stand(order) if order["state"] == "recorded" else before & same)
        if new:
            now["act"] = max(act, order["act"], key=ACTS.index)
        if new and order["state"] in OVER:
            now |= {"left": order["post"]} if order["post"] != d["post"] else {}
            now |= {"state": "waiting", "holder": "", "post": d["post"]}
        if order["state"] == "lowering" and self._lapses(order, new, were):
            lacks = not order["proposed"][2] or self.lacks(now)
            done = {"state": "recorded", "holder": order["holder"] or order["proposed"][0]}
            now |= self.open_again(now) if lacks else done
        if order["state"] == "awaiting":
            now |= self.open_again(now)
        if new or order["state"] not in OVER:
            order |= now

    def inherit(self, d: Declared, floors: Floors, draw: Draw, fresh: set[Mark] | None = None) -> set[tuple[Duty, str]]:
        """What the same goods were chosen for under another reference, and nobody found in order, they are chosen for again.

        By another draw they were chosen for good. An amendment brings what bears its new marks, besides what was inherited before.
        """
        ref, every = d["declaration_id"], [item["item"] for item in d["items"]]
        today = d["lodged_at"].date()
        mine = set(marks(d)) if fresh is None else fresh
        sharing = {of: known for of, known in self.declared.items() if of != ref and mine & borne(known)}
        minded = self.declared.get(ref, {"kin": set()})["kin"]
        done = self.done({ref, *sharing, *(of for _, of in minded)})
        kin = {duty: of for duty, of in minded if not {named(of, duty), named(ref, duty)} & done}
        for of, known in sharing.items():
            here = known["draw"] == draw or any(self.near(mark, known["draw"], today) for mark in mine & borne(known))
            if here:
                for duty in known["chosen"] - {duty for duty in known["chosen"] if named(of, duty) in done}:
                    theirs, u = known["acts"][duty]["floors"], known["u"] if known["draw"] != draw else 1.0
                    held = {source: (1.0 if u < p else p, every) for source, (p, _) in theirs.items()}
                    _join(floors, {duty: {"floors": held}})
                    kin[duty] = of
        return set(kin.items())

    def near(self, mark: Mark, draw: Draw, day: date) -> bool:
        """Whether a mark is within its window, since a draw was first lodged under it."""
        since = [at.date() for at, of, drawn in self.drawn if mark in of and drawn == draw]
        return bool(since) and abs((day - min(since)).days) <= WINDOWS[mark[0]]

    def done(self, refs: set[str]) -> set[str]:
        """Orders that were examined and found nothing, and what was inherited where the same goods were examined for it."""
        orders = {name: order for name, order in self.orders.items() if order["ref"] in refs}
        done = {name for name, order in orders.items() if order["state"] == "recorded"}
        done -= {name for name in done if any(found for found, _ in words(orders[name]).values())}
        later: dict[tuple[str, Duty], set[str]] = defaultdict(set)
        for ref in refs & self.declared.keys():
            for duty, of in self.declared[ref]["kin"]:
                later[of, duty].add(ref)
        return done | {named(of, duty) for of, duty in later if of in refs and self._seen_later(of, duty, later, done)}

    def _seen_later(self, of: str, duty: Duty, later: Mapping[tuple[str, Duty], set[str]], done: set[str]) -> bool:
        """Whether the goods of a lodging were examined under a reference that inherited them, straight or through others."""
        after, left = set[str](), set(later[of, duty])
        while left:
            after |= left
            left = {each for ref in left for each in later.get((ref, duty), ())} - after
        known = self.declared[of]
        goods = on(known["d"])
        due = goods.keys() & set(known["acts"][duty]["items"]) or goods.keys()
        return any(
            covers(said_on(self.orders[named(ref, duty)]), [goods[item] for item in sorted(due)])
            for ref in after
            if named(ref, duty) in done
        )

    def held(self, mine: set[Mark], day: date, world: Mapping[str, dict[str, Any]]) -> dict[Mark, Draw]:
        """Marks under which several draws came: the first of which something stands keeps them."""
        sharing = {of: known for of, known in world.items() if mine & borne(known)}
        done, held = self.done(set(sharing)), dict[Mark, Draw]()
        for mark in mine:
            under = {
                of: known
                for of, known in sharing.items()
                if mark in borne(known) and self.near(mark, known["draw"], day)
            }
            stand = [
                known["draw"]
                for of, known in under.items()
                if any(named(of, duty) not in done for duty in known["chosen"])
            ]
            if stand and len({known["draw"] for known in under.values()}) > 1:
                held[mark] = next(known["draw"] for known in under.values() if known["draw"] in stand)
        return held

    def decide_again(self, d: Declared, kind: str, spent: dict[object, tuple[int, float]]) -> None:
        """Nothing is taken back, and there is no second draw."""
        floors, before = self.floors(d, spent), self.declared[d["declaration_id"]]
        _join(floors, before["acts"])
        # away from the centre nobody knows what was examined: there the draw stays, and no more
        kin = set() if self.away else self.inherit(d, floors, before["draw"], set(marks(d)) - borne(before))
        self.decide(d, kind, floors, before["draw"], kin)

    def reassess(self) -> int:
        """Decide again what another state decided last, where the goods may still be on their way, or something keeps them."""
        spent, done = deepcopy(self.spent), 0
        for ref, known in sorted(self.declared.items(), key=lambda each: (each[1]["d"]["lodged_at"], each[0])):
            age = self.now - known["first"]
            waits = any(
                order["state"] not in OVER or any(each for each, _ in words(order).values()) for order in self.of(ref)
            )
            lately = age <= timedelta(days=60) and (waits or age <= timedelta(days=3))
            if lately and known["kind"] not in ("cancelled", "brought") and known["state"] != self.state:
                self.decide_again(known["d"], "reassessed", spent)
                done += 1
        return done

    def ask(self, requests: list[dict[str, Any]]) -> list[object]:
        """Requests that come together: one after another where they are about one declaration, or have one key."""
        answers: dict[int, object] = {}
        left = list(enumerate(requests))
        while left:
            taken: list[tuple[int, dict[str, Any]]] = []
            rest: list[tuple[int, dict[str, Any]]] = []
            held: set[object] = set()
            for place, request in left:
                mine = {request["ref"], (request["by"], request["key"])}
                (rest if mine & held else taken).append((place, request))
                held |= mine
            left, spent, self.before = rest, deepcopy(self.spent), dict(self.declared)
            for place, request in sorted(taken, key=lambda each: _turn(each[1])):
                answers[place] = self.answer(request, spent)
        return [answers[place] for place in range(len(requests))]

    def answer(self, request: dict[str, Any], spent: dict[object, tuple[int, float]]) -> object:
        """The same key and body get the same answer again; what was refused may be sent again."""
        slot, body = (request["by"], request["key"]), (request["op"], request["ref"], request["body"])
        if slot in self.receipts:
            return self.receipts[slot][1] if self.receipts[slot][0] == body else "key-reused"
        if refusal := self.refusal(request) or self.wrong(request):
            return refusal
        known = self.declared.get(request["ref"])
        if request["op"] == "cancel" and known:
            self.cancel(request["ref"], known)
        elif known:
            d = {"lodged_at": known["d"]["lodged_at"], **goods(request, known["d"]["version"] + 1)}
            self.decide_again(d, "amended", spent)
        else:
            d = goods(request, 1)
            held = self.held(set(marks(d)), d["lodged_at"].date(), self.before)  # as it was before the batch
            floors, draw = self.floors(d, self.spent), self.draw(d, held)
            kin = self.inherit(d, floors, draw)
            self.decide(d, "lodged", floors, draw, kin)
            self.declared[request["ref"]]["by"] = request["by"]
        answer = self.document(request["ref"], request["by"])
        self.receipts[slot] = (body, answer)
        return answer

    def refusal(self, request: Mapping[str, Any]) -> str:
        """Why a declaration cannot be amended or cancelled; nothing when it can, or is to be lodged."""
        known = self.declared.get(request["ref"])
        if request["op"] == "lodge":
            return ""
        if known is None or not self.knows(known, request["by"]):
            return "not-found"
        if CLIENTS[request["by"]] not in ("customs", CLIENTS[known["by"]]):
            return "forbidden"
        if known["kind"] == "cancelled":
            return "cancelled"
        return "" if request["if_match"] in (None, known["revision"]) else "changed"

    def wrong(self, request: Mapping[str, Any]) -> str:
        """What is wrong with what was sent."""
        known, body = self.declared.get(request["ref"]), request["body"]
        if request["op"] == "cancel":
            return "at-examination" if any(map(_is_at_work, self.of(request["ref"]))) else ""
        if any(not item["hs"].isdigit() for item in body["items"]):
            return "invalid"
        if request["by"] == "post" and body["post"] != self.post:
            return "forbidden"
        if request["op"] == "lodge":
            cancelled = bool(known) and self._is_mine_and_cancelled(known or {}, request["by"])
            return "cancelled" if cancelled else "already-lodged" if known else ""
        if not known:
            return ""
        moved = body.get("lodged_at", known["d"]["lodged_at"]) != known["d"]["lodged_at"]
        return "invalid" if moved or body.get("version", 10**6) <= known["d"]["version"] else ""

    def _is_mine_and_cancelled(self, known: Mapping[str, Any], by: str) -> bool:
        """Tell whether a client has a say in a declaration that was cancelled, and is told so."""
        mine = CLIENTS[by] in ("customs", CLIENTS.get(known["by"]))
        return mine and known["kind"] == "cancelled" and self.knows(known, by)

    def cancel(self, ref: str, known: dict[str, Any]) -> None:
        """What is open ends."""
        self.declared[ref] = known | {"kind": "cancelled", "revision": known["revision"] + 1, "state": self.state}
        for order in self.orders.values():
            if order["ref"] == ref and order["state"] not in OVER:
                order |= {"state": "withdrawn", "holder": "", "ended": "cancelled"}

    def document(self, ref: str, by: str) -> dict[str, Any]:
        """What a client is told of a decision: the acts of its agency, nothing of why."""
        known, agency = self.declared[ref], CLIENTS[by]
        there = {item["item"] for item in known["d"]["items"]}
        acts = sorted(
            (a, act, [item for item in known["acts"][a, act]["items"] if item in there])
            for a, act in known["chosen"]
            if agency in ("customs", a)
        )
        return {name: known[name] for name in ("revision", "kind", "channel")} | {
            "version": known["d"]["version"],
            "acts": acts,
        }

    def knows(self, known: Mapping[str, Any], by: str) -> bool:
        """Whether a client knows of what is at its post and of its agency, or lodged by itself."""
        there = by != "post" or known["d"]["post"] == self.post
        own = by != "plants" or known["by"] == by or any(agency == "phytosanitary" for agency, _ in known["acts"])
        return there and own and known["kind"] != "brought"

    def read(self, ref: str, by: str) -> object:
        """What a client reads of what it knows of, and of what has an order at its post."""
        known = self.declared[ref]
        ordered = any((order["agency"], order["post"]) == ("customs", self.post) for order in self.of(ref))
        there = self.knows(known, by) or (by == "post" and ordered and known["kind"] != "brought")
        return self.document(ref, by) if there else "not-found"

    def of(self, ref: str) -> list[dict[str, Any]]:
        """The orders of a declaration."""
        return [order for order in self.orders.values() if order["ref"] == ref]

    def release(self, ref: str) -> str:
        """Goods go when no agency has anything left to do, and none has found anything."""
        mine = self.of(ref)
        if self.declared[ref]["kind"] in ("cancelled", "brought"):
            return "cancelled" if self.declared[ref]["kind"] == "cancelled" else "not-found"
        if any(is_found for order in mine for is_found, _ in words(order).values()):
            return "held"
        return "waiting" if any(o["state"] not in OVER and o["act"] != "audit" for o in mine) else "free"


def chance(spent: dict[object, tuple[int, float]], where: object, share: float, at: datetime, named: float) -> float:
    """What is left of the day is divided by what is still to come of it; of a first day little is known."""
    seen, used = spent[where]
    expected, passed = max(share * FIRST_DAY, 1), (at.hour + at.minute / 60) / 24
    rest = expected * (FAMILIAR + seen) / (FAMILIAR + expected * passed) * (1 - passed)
    given = min(max((share * (seen + 1 + rest) - used) / (1 + rest), 0), 1)
    spent[where] = (seen + 1, used + max(named, given))
    return given


def _join(floors: Floors, acts: Mapping[Duty, Mapping[str, Any]]) -> None:
    for duty, act in acts.items():
        mine = floors.setdefault(duty, {})
        for source, (p, items) in act["floors"].items():
            mine[source] = (max(p, mine[source][0]), mine[source][1]) if source in mine else (p, items)


def outcome(held: Mapping[tuple[str, str], tuple[float, Iterable[int]]], u: float) -> dict[str, Any]:
    above = {kind for (kind, _), (p, _items) in held.items() if u < p}
    basis = next((kind for kind in KINDS if kind in above), None)
    items = sorted({item for _, items in held.values() for item in items})
    return {"floors": held, "pi": max(p for p, _ in held.values()), "items": items, "basis": basis}


def _is_at_work(order: Mapping[str, Any]) -> bool:
    """Whether an officer has an order in hand, or found something, or a laboratory may."""
    return (
        order["state"] in ("claimed", "lowering")
        or bool(at_laboratory(order))
        or any(is_found for is_found, _ in words(order).values())
    )


def words(order: Mapping[str, Any]) -> dict[int, tuple[bool, datetime]]:
    """The last word on each item: whether anything was found, and when."""
    return {item: (found, result["at"]) for result in order["results"] for item, found in result["items"].items()}


def looked(result: Mapping[str, Any]) -> dict[int, datetime]:
    """When the goods of a result were looked at: a correction looks at nothing."""
    return {item: result.get("looked", {}).get(item, result["at"]) for item in result["items"]}


def own(order: Mapping[str, Any], who: str) -> dict[str, Any] | None:
    """The last result of somebody that has the last word on anything, with those words."""
    last = {item: place for place, result in enumerate(order["results"]) for item in result["items"]}
    for place, result in reversed(list(enumerate(order["results"]))):
        items = {item: found for item, found in result["items"].items() if last[item] == place}
        if result["by"] == who and items:
            return {**result, "items": items}
    return None


def takes_back(order: Mapping[str, Any], items: Mapping[int, bool]) -> bool:
    """Whether nothing is found any more where something was."""
    return any(found and not items.get(item, True) for item, (found, _) in words(order).items())


def said_on(order: Mapping[str, Any]) -> list[Goods | None]:
    """The goods on which the last words of an order were given."""
    last = {item: result["on"].get(item) for result in order["results"] for item in result["items"]}
    return [last[item] for item in sorted(last)]


def new_order(d: Declared, agency: str, act: str, items: list[int], holder: str = "") -> dict[str, Any]:
    told = {
        "ref": d["declaration_id"],
        "agency": agency,
        "act": act,
        "post": d["post"],
        "items": items,
        "suspected": bool(holder),
        "state": "claimed" if holder else "waiting",
        "holder": holder,
    }
    return told | {"results": [], "by": None, "proposed": None}


def goods(request: Mapping[str, Any], version: int) -> Declared:
    items = [{"item": place, **item} for place, item in enumerate(request["body"]["items"], 1)]
    return {"version": version, **request["body"], "declaration_id": request["ref"], "items": items}


def _turn(request: Mapping[str, Any]) -> tuple[object, ...]:
    lodged = request["op"] == "lodge"
    first = (request["body"]["lodged_at"], request["ref"]) if lodged else ()
    return (("lodge", "amend", "cancel").index(request["op"]), *first)
