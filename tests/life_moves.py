"""The simple model of what people may do with an order, and what comes of it."""

from collections.abc import Mapping
from typing import Any

from life_reference import ACTS, CLIENTS, PEOPLE, Model, new_order, on, words


def agency_of(who: str) -> tuple[str, str]:
    """Agency and post of a person or of a system."""
    return (CLIENTS[who.removeprefix("client:")], "") if who.startswith("client:") else PEOPLE[who]


def allowed(model: Model, what: str, order: Mapping[str, Any], who: str, told: Mapping[str, Any]) -> bool:
    """Tell whether somebody may do something with an order now."""
    agency, post = agency_of(who)
    if order["agency"] != agency or post not in {"", order["post"]}:
        return False
    goods = {item["item"] for item in model.declared[order["ref"]]["d"]["items"]}
    if told["items"] is not None and not _sound(model, order, what, set(told["items"]), goods):
        return False
    waiting, mine = order["state"] == "waiting", order["state"] == "claimed" and order["holder"] == who
    open_, reasoned = order["state"] in {"waiting", "claimed"}, len(told["reason"]) >= 10
    beyond = (ACTS.index(told["act"]) if told["act"] else -1) - ACTS.index(order["act"])
    may: dict[str, bool] = {
        "claim": waiting,
        "give_back": mine,
        "record": mine,
        "send": waiting or mine,
        "raise": open_ and reasoned and beyond > 0,
        "propose": open_ and reasoned and beyond < 0,
        "settle": order["state"] == "lowering" and reasoned and order["proposed"][0] != who,
        "correct": order["state"] == "recorded" and reasoned and order["by"] == who,
    }
    return may[what]


def _sound(model: Model, order: Mapping[str, Any], what: str, told: set[int], goods: set[int]) -> bool:
    """Whether a result speaks of what it owes a word on, and of nothing that was never there."""
    last = set(order["results"][-1]["items"]) if order["results"] else set()
    due = model.due(order)
    owed = last & goods if what == "correct" else due - model.stand(order) or due
    return bool(told) and owed <= told <= goods | set(words(order))


def move(model: Model, what: str, name: str, who: str, told: Mapping[str, Any]) -> bool:
    """Do it if it is allowed; tell whether it was."""
    order = model.orders[name]
    if not allowed(model, what, order, who, told):
        return False
    if what in {"record", "correct", "send"}:
        goods = on(model.declared[order["ref"]]["d"])
        if what == "correct":  # of the goods on which the word was given
            goods |= order["results"][-1]["on"]
        items = dict(told["items"])
        order["results"].append({"at": model.now, "items": items, "on": {item: goods.get(item) for item in items}})
    done: dict[str, dict[str, Any]] = {
        "claim": {"state": "claimed", "holder": who},
        "give_back": {"state": "waiting", "holder": ""},
        "record": {"state": "recorded", "by": who},
        "send": {"state": "recorded", "by": who, "holder": who},
        "raise": {"act": told["act"]},
        "propose": {"state": "lowering", "proposed": (who, told["act"])},
        "settle": _settled(order, agreed=told["agreed"]),
        "correct": {},
    }
    order |= done[what]
    return True


def _settled(order: Mapping[str, Any], *, agreed: bool) -> dict[str, Any]:
    """What comes of the word of the second person; without an act that remains, the order ends."""
    less = order["proposed"] and order["proposed"][1]
    ends = agreed and less is None
    return {"state": "withdrawn" if ends else "waiting", "holder": "", "act": less if agreed and less else order["act"]}


def refer(model: Model, ref: str, who: str, act: str, reason: str) -> bool:
    """Open an order on one's own suspicion."""
    (agency, post), d = PEOPLE[who], model.declared[ref]["d"]
    name = f"{ref}:{agency}:{act}"
    seen = agency == "customs" or any(o["ref"] == ref and o["agency"] == agency for o in model.orders.values())
    may = seen and post in {"", d["post"]} and len(reason) >= 10 and name not in model.orders
    if may:
        model.orders[name] = new_order(d, agency, act, [], who)
    return may
