"""The simple model of what people may do with an order, and what comes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from life_goods import on
from life_reference import ACTS, CLIENTS, OVER, PEOPLE, Model, looked, new_order, own, takes_back, words
from life_samples import at_laboratory, corrected, examined, last_words, taken_out

DONE = ("recorded", "awaiting")


def agency_of(who: str) -> tuple[str, str]:
    """Agency and post of a person or of a system."""
    return (CLIENTS[who.removeprefix("client:")], "") if who.startswith("client:") else PEOPLE[who]


def allowed(model: Model, what: str, order: Mapping[str, Any], who: str, told: Mapping[str, Any]) -> bool:
    """Tell whether somebody may do something with an order now."""
    agency, post = agency_of(who)
    if order["agency"] != agency or post not in {"", order["post"]}:
        return False
    goods = {item["item"] for item in model.declared[order["ref"]]["d"]["items"]}
    if told["items"] is not None and not _sound(model, order, what, who, told["items"], goods):
        return False
    waiting, mine = order["state"] in {"waiting", "awaiting"}, order["state"] == "claimed" and order["holder"] == who
    open_, reasoned = order["state"] in {"waiting", "claimed"}, len(told["reason"]) >= 10
    beyond = (ACTS.index(told["act"]) if told["act"] else -1) - ACTS.index(order["act"])
    may: dict[str, bool] = {
        "claim": waiting,
        "give_back": mine,
        "record": mine,
        "send": waiting or mine,
        "raise": (order["state"] == "waiting" or mine) and reasoned and beyond > 0,
        "propose": (order["state"] == "waiting" or mine)
        and reasoned
        and beyond < 0
        and (told["act"] or not at_laboratory(order)),
        "settle": order["state"] == "lowering" and reasoned and order["proposed"][0] != who,
        "correct": reasoned and own(order, who) is not None and (open_ or order["state"] in DONE),
    }
    return bool(may[what])


def _sound(
    model: Model, order: Mapping[str, Any], what: str, who: str, items: Mapping[int, bool], goods: set[int]
) -> bool:
    """Whether a result speaks of what it owes a word on, and of nothing that was never there.

    What was found is taken back by a correction of what is recorded, or by words that say why, and nobody says any here.
    """
    told, due, mine = set(items), model.due(order), own(order, who)
    examined = due - model.seen(order) or set(at_laboratory(order)) or due
    owed = set(mine["items"] if mine else ()) & goods if what == "correct" else examined
    less = takes_back(order, items) and (what != "correct" or order["state"] not in DONE)
    if what == "correct" and order["state"] not in DONE:
        less = less or bool(taken_out(order, corrected(order, items)["awaited"]))
    return bool(told) and owed <= told <= goods | set(words(order)) and not less


def move(model: Model, what: str, name: str, who: str, told: Mapping[str, Any]) -> bool:
    """Do it if it is allowed; tell whether it was."""
    order = model.orders[name]
    if not allowed(model, what, order, who, told):
        return False
    if what in {"record", "correct", "send"}:
        goods, mine = on(model.declared[order["ref"]]["d"]), own(order, who)
        before = dict[int, datetime]()
        if what == "correct" and mine:  # of the goods on which the word was given
            goods |= {item: mine["on"][item] for item in mine["items"]}
            before = looked(mine)
        items, first = dict(told["items"]), min(before.values(), default=model.now)
        result = {
            "by": who,
            "at": model.now,
            "items": items,
            "on": {item: goods.get(item) for item in items},
            "looked": {item: before.get(item, first) for item in items},
        }
        now, ended = on(model.declared[order["ref"]]["d"]), bool(at_laboratory(order))
        of_samples = (
            corrected(order, items)
            if what == "correct"
            else examined(order, items, told.get("taken", {}), now, ends=model.ends(order))
        )
        result |= of_samples
        out = taken_out(order, of_samples["awaited"]) if what == "correct" else set()
        if out or takes_back(order, items):
            less = {item: found for item, found in items.items() if item in out or takes_back(order, {item: found})}
            known = {item: (word.found, word.named, word.awaited) for item, word in last_words(order).items()}
            more = {
                item: found
                for item, found in items.items()
                if item not in less and known.get(item) != (found, (), of_samples["awaited"][item])
            }
            order |= {"state": "lowering", "proposed": (who, None, {**result, "items": less})}
            order["results"] += [{**result, "items": more}] if more else []
            return True
        order["results"].append(result)
        if what != "correct" and at_laboratory(order):
            order |= model.open_again(order)
            return True
        if what == "correct" and order["state"] in DONE and (ended or at_laboratory(order)):
            done_by = {"state": "recorded", "holder": order["holder"] or who}
            order |= model.open_again(order) if model.lacks(order) else done_by
    done: dict[str, dict[str, Any]] = {
        "claim": {"state": "claimed", "holder": who},
        "give_back": model.open_again(order),
        "record": {"state": "recorded"},
        "send": {"state": "recorded", "holder": who},
        "raise": {"act": told["act"]},
        "propose": {"state": "lowering", "proposed": (who, told["act"], None)},
        "settle": _settled(model, order, agreed=told["agreed"]) if what == "settle" else {},
        "correct": {},
    }
    order |= done[what]
    return True


def _settled(model: Model, order: Mapping[str, Any], *, agreed: bool) -> dict[str, Any]:
    """What comes of the word of the second person; without an act that remains, the order ends."""
    by, less, instead = order["proposed"]
    if instead:
        if agreed:
            order["results"].append(instead)
        done = {"state": "recorded", "holder": order["holder"] or by}
        return model.open_again(order) if model.lacks(order) else done
    ends = agreed and less is None
    left = {"state": "withdrawn", "holder": "", "ended": "agreed"} if ends else model.open_again(order)
    return left | {"act": less if agreed and less else order["act"]}


def refer(model: Model, ref: str, who: str, act: str, reason: str) -> bool:
    """Open an order on one's own suspicion."""
    (agency, post), d = PEOPLE[who], model.declared[ref]["d"]
    name = f"{ref}:{agency}:{act}"
    seen = agency == "customs" or any(o["ref"] == ref and o["agency"] == agency for o in model.orders.values())
    may = seen and post in {"", d["post"]} and len(reason) >= 10
    if may and (order := model.orders.get(name)):
        lowered = order["state"] == "waiting" and ACTS.index(order["act"]) < ACTS.index(act)
        may = order["state"] in OVER or (lowered and post in {"", order["post"]})
        order |= {"post": d["post"]} if may and order["state"] in OVER else {}
        order |= (
            {"state": "claimed", "holder": who, "act": act, "items": [], "suspected": True, "since": model.now}
            if may
            else {}
        )
    elif may:
        model.orders[name] = new_order(d, agency, act, [], who)
    return may
