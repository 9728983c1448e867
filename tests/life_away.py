"""The simple model of a post without a line: what its bundle told it, what it wrote down, and what comes of its return."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from life_goods import Goods, on
from life_reference import CHANNELS, Declared, Draw, Duty, Model, marks, new_order, outcome, takes_back
from life_samples import at_laboratory, examined

BACK = 30
"""Days before a bundle of which it holds the draws."""
SAID = ("post", "importer_id", "items", "transport_document", "vehicle_id", "container_ids")
DIFFERENCES = (
    *("two draws", "only the post", "only the centre", "declared otherwise", "amended at the post", "the same goods"),
    *("cancelled at the centre", "asked for more", "declared for", "an order of", "there is no order"),
    *("results it had already", "withdrawn", "somebody at the centre", "takes back"),
    *("are at a laboratory", "with it, on what", "decided on no more", "still waits for a second"),
    *("less, which is over", "lapses, for there is a newer"),
)
"""What can be told of a difference, by the words it is told in."""


OF_ITEMS = ("items", "on", "named", "awaited", "looked")
"""What a result says by the numbers of the goods."""


class Away:
    """A post without a line, and its record: bundles taken, decisions made, results found."""

    def __init__(self, post: str) -> None:
        self.post, self.state, self.first, self.last = post, 0, date.max, date.min
        self.told: list[tuple[datetime, list[tuple[str, str]], Draw]] = []
        self.record: list[tuple[str, Any]] = []
        self.back = 0

    def take(self, centre: Model, start: date, days: int) -> None:
        """Take a bundle: the state in force, and the draws of the last days."""
        self.state, self.first, self.last = centre.state, start, start + timedelta(days=days)
        held = centre.held({mark for _, of, _ in centre.drawn for mark in of}, start, centre.declared)
        told = [(at, [mark for mark in of if held.get(mark, draw) == draw], draw) for at, of, draw in centre.drawn]
        self.told = [each for each in told if each[0].date() >= start - timedelta(days=BACK)]
        self.record.append(("bundle", None))

    def decided(self) -> dict[str, dict[str, Any]]:
        """The last decision on each declaration."""
        return {known["d"]["declaration_id"]: known for kind, known in self.record if kind == "decision"}

    def next_of(self, ref: str) -> int:
        """The number of the next version of a declaration."""
        return len(self.decided().get(ref, {"versions": []})["versions"]) + 1

    def gate(self) -> Model:
        """What the post knows: its bundle and itself, and nothing of what the centre found."""
        gate = Model(self.post)
        gate.state, gate.declared, gate.drawn = self.state, self.decided(), list(self.told)
        gate.away = True
        for ref, known in gate.declared.items():
            for agency, act in known["chosen"]:
                gate.orders[f"{ref}:{agency}:{act}"] = new_order(
                    known["d"], agency, act, known["acts"][agency, act]["items"]
                )
        for kind, what in self.record:
            if kind == "decision":
                gate.drawn.append((what["d"]["lodged_at"], marks(what["d"]), what["draw"]))
            elif kind == "finding":
                gate.orders[what["name"]]["results"].append(what)
        return gate

    def decide(self, declared: list[Declared], today: date) -> dict[str, dict[str, Any]] | None:
        """Decide on the days of the bundle and on no other; what was decided before keeps its draw and its floors."""
        if not self.first <= today <= self.last:
            return None
        gate, made = self.gate(), {}
        declared = [lodged_as(d, gate.declared.get(d["declaration_id"])) for d in declared]
        new = [d for d in declared if d["declaration_id"] not in gate.declared]
        for d in sorted(declared, key=lambda each: (each not in new, each["lodged_at"], each["declaration_id"])):
            if d in new:
                gate.decide(d, "lodged", gate.floors(d, gate.spent), gate.draw(d))
            else:
                gate.decide_again(d, "amended", gate.spent)
            made[d["declaration_id"]] = gate.declared[d["declaration_id"]]
        self.record += [("decision", known) for known in made.values()]
        return made

    def come_back(self, centre: Model) -> tuple[int, int, int, list[tuple[str, list[str]]]]:
        """Take in what is new of the record: entries, declarations that were new, results, and what differs, by its subject."""
        entries, new, results, differing = self.record[self.back :], 0, 0, []
        self.back = len(self.record)
        for kind, what in entries:
            if kind == "decision":
                ref = what["d"]["declaration_id"]
                new += ref not in centre.declared
                differing.append((ref, _meet(centre, ref, what, self.post)))
            elif kind == "finding":
                theirs = _of_another(centre, what["name"], self.post)
                results += not theirs
                differing.append((what["name"], theirs or _found(centre, what)))
        return len(entries), new, results, [(subject, told) for subject, told in differing if told]


def lodged_as(d: Declared, known: Mapping[str, Any] | None) -> Declared:
    """A declaration that was known before was lodged when it was lodged first, whatever an amendment says."""
    return d | {"lodged_at": known["d"]["lodged_at"]} if known else d


def _of_another(centre: Model, name: str, post: str) -> list[str]:
    """Whether an order is of another post: nothing is found by it."""
    order = centre.orders.get(name)
    if order is None:
        return ["there is no order"]
    at = {order["post"], order.get("left"), centre.declared[order["ref"]]["d"]["post"]}
    return [] if post in at else ["an order of"]


def _meet(centre: Model, ref: str, known: dict[str, Any], post: str) -> list[str]:
    """What either asked for stands, and a draw is kept once; what differs is told."""
    there, (goods, day), mine = centre.declared.get(ref), known["draw"], known["chosen"]
    if there is not None and there["d"]["post"] != post:
        return ["declared for"]
    same = any(k["draw"][0] == goods and k["draw"][1] != day for r, k in centre.declared.items() if r != ref)
    if there is None:
        centre.declared[ref] = known | {"kind": "brought", "revision": 0, "versions": [known["d"]]}
        centre.drawn.append((known["d"]["lodged_at"], marks(known["d"]), known["draw"]))
        for agency, act in mine:
            order = new_order(known["d"], agency, act, known["acts"][agency, act]["items"])
            centre.orders.setdefault(f"{ref}:{agency}:{act}", order)
        return ["the same goods"] if same else []
    acts = {(order["agency"], order["act"]) for order in centre.orders.values() if order["ref"] == ref}
    asked = there["chosen"] | (acts & set(there["acts"]))
    other = any(there["d"].get(name) != known["d"].get(name) for name in SAID)
    later = other and known["d"]["version"] > there["d"]["version"]
    told = {
        "the same goods": same,
        "two draws": there["draw"] != known["draw"],
        "only the post": bool(mine - asked) and there["kind"] != "brought",
        "only the centre": bool(asked - mine),
        "declared otherwise": other and not later,
        "amended at the post": later,
        "cancelled at the centre": there["kind"] == "cancelled",
        "asked for more": _stand(centre, ref, known, later=later) and not later,
    }
    return [each for each in DIFFERENCES if told.get(each)]


def _stand(centre: Model, ref: str, known: dict[str, Any], *, later: bool) -> bool:
    """Put what a post decided beside what the centre did; tell whether an order is of other goods items now."""
    there, orders = centre.declared[ref], [order for order in centre.orders.values() if order["ref"] == ref]
    if cancelled := there["kind"] == "cancelled":
        _come_back(orders)
    acts = both(there["acts"], known["acts"] if there["draw"] == known["draw"] else _certain(there, known))
    made = {duty: outcome(act["floors"], there["u"]) | {"items": act["items"]} for duty, act in acts.items()}
    chosen = {duty for duty, act in made.items() if act["basis"]}
    channel = max(
        [there["channel"], *(CHANNELS[act] for _, act in chosen | known["chosen"])],
        key=("green", "blue", "yellow", "red").index,
    )
    due, were, held = {id(o): centre.due(o) for o in orders}, on(there["d"]), {id(o): list(o["items"]) for o in orders}
    more = later or cancelled or channel != there["channel"] or plain_of(made) != plain_of(there["acts"])
    centre.declared[ref] = there | {"acts": made, "chosen": chosen, "channel": channel}
    brought = there["kind"] == "brought"
    if later or (more and (there["revision"] or not brought)):
        kind = "brought" if brought else "returned"
        centre.declared[ref] |= {"kind": kind, "revision": max(there["revision"], 1) + 1}
    if later:
        known = known | {"d": lodged_as(known["d"], there)}
        centre.declared[ref] |= {"d": known["d"], "versions": [*there["versions"], known["d"]]}
        centre.drawn.append((known["d"]["lodged_at"], marks(known["d"]), there["draw"]))
    _ask(centre, ref, known, due, were, later=later)
    return any(held[id(order)] != order["items"] for order in orders)


def _certain(there: Mapping[str, Any], known: Mapping[str, Any]) -> dict[Duty, Any]:
    """What the post alone chose by another draw: no chance is left in it."""
    return {
        duty: {
            "floors": {
                source: (1.0 if known["u"] < p else p, items)
                for source, (p, items) in known["acts"][duty]["floors"].items()
            },
            "items": known["acts"][duty]["items"],
        }
        for duty in known["chosen"] - there["chosen"]
    }


def _come_back(orders: Collection[dict[str, Any]]) -> None:
    """What ended because the goods were cancelled waits again: they came all the same."""
    for order in orders:
        if order["state"] == "withdrawn" and order["ended"] == "cancelled":
            order |= {"state": "waiting", "holder": ""}


def _ask(
    centre: Model, ref: str, known: dict[str, Any], due: dict[int, set[int]], were: dict[int, Goods], *, later: bool
) -> None:
    """Order what the post chose, of the goods items of both; with a later version every order is about what is declared now."""
    given = set()
    for agency, act in known["chosen"]:
        name, items = f"{ref}:{agency}:{act}", known["acts"][agency, act]["items"]
        given.add(name)
        if name not in centre.orders:
            centre.orders[name] = new_order(centre.declared[ref]["d"], agency, act, items)
        elif id(order := centre.orders[name]) in due:
            items = sorted({*order["items"], *items}) if order["items"] and items else []
            centre.order_again(order, act, items, due[id(order)], were)
    for name in [name for name, order in centre.orders.items() if later and id(order) in due and name not in given]:
        order = centre.orders[name]
        centre.order_again(order, order["act"], order["items"], due[id(order)], were)


def both(one: Mapping[Duty, Any], other: Mapping[Duty, Any]) -> dict[Duty, Any]:
    """Every floor of both, of the goods items of both."""
    made: dict[Duty, Any] = {}
    for acts in (one, other):
        for duty, act in acts.items():
            mine = made.setdefault(duty, {"floors": {}, "items": []})
            mine["items"] = sorted({*mine["items"], *act["items"]})
            for source, (p, items) in act["floors"].items():
                before = mine["floors"].get(source, (0.0, []))
                mine["floors"][source] = (max(p, before[0]), sorted({*before[1], *items}))
    return made


def plain_of(acts: Mapping[Duty, Any]) -> object:
    """What can become more of acts."""
    return {duty: (act["floors"], act["items"], act["basis"]) for duty, act in acts.items()}


def _found(centre: Model, found: dict[str, Any]) -> list[str]:
    """A result is kept and counts, whatever became of the order; that is told. Goods that it is silent of still wait."""
    order, told = centre.orders[found["name"]], ""
    pending: tuple[str, Any, Any] = order["proposed"] if order["state"] == "lowering" else ("", None, None)
    by, _, instead = pending
    if order["results"]:
        told = "results it had already"
    elif order["state"] == "withdrawn":
        told = "withdrawn"
    elif not by and order["holder"] not in {"", found["by"]}:
        told = "somebody at the centre"
    now = on(centre.declared[order["ref"]]["d"])
    found = found | examined(order, found["items"], {}, now, ends=False)  # a post knows of no samples
    if less := {item for item in found["items"] if takes_back(order, {item: found["items"][item]})}:
        more = part(found, found["items"].keys() - less)
        both, found = bool(instead) and by == found["by"], part(found, less)
        if both:
            kept = part(instead, instead["items"].keys() - less - more["items"].keys())
            found = found | {each: kept[each] | found[each] for each in OF_ITEMS if each in kept and each in found}
        order["results"] += [more] if more["items"] else []
        order |= {"state": "lowering", "proposed": (found["by"], None, found)}
        return ["takes back", *(["with it, on what" if both else "decided on no more"] if by else [])]
    order["results"].append(found)
    lacks, newer = centre.lacks(order), bool(instead) and bool(instead["items"].keys() & found["items"].keys())
    samples = ["are at a laboratory"] if at_laboratory(order) else []
    if by and not newer and (instead or lacks):
        return [*filter(None, [told]), *samples, "still waits for a second"]
    order |= centre.open_again(order) if lacks else {"state": "recorded"}
    became = ["lapses, for there is a newer"] if newer else ["less, which is over"]
    return [*filter(None, [told]), *samples, *(became if by else [])]


def part(found: dict[str, Any], items: Collection[int]) -> dict[str, Any]:
    """What a result says of some items."""
    told = {
        each: {item: value for item, value in found[each].items() if item in items}
        for each in OF_ITEMS
        if each in found
    }
    return found | told
