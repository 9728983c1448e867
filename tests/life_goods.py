"""The simple model of which goods are meant: what is declared of an item, whose it is, and what carries it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

CARRIERS = ("document", "containers", "vehicle")


class Goods(NamedTuple):
    """What an item is, and by kind the numbers of who imports it and of what carries it."""

    said: list[tuple[str, str]]
    carried: dict[str, frozenset[str]]


def plain(code: str) -> str:
    """Strip a code to letters and digits."""
    return re.sub("[^A-Z0-9]", "", code.upper())


def on(d: Mapping[str, Any]) -> dict[int, Goods]:
    """What the goods of each item are."""
    told = {
        "importer": [d["importer_id"]],
        "document": [d.get("transport_document") or ""],
        "containers": d.get("container_ids", []),
        "vehicle": re.split("[/;,+|]", d.get("vehicle_id") or ""),
    }
    carried = {kind: frozenset(filter(None, map(plain, codes))) for kind, codes in told.items()}
    return {
        item["item"]: Goods(sorted((k, str(v)) for k, v in item.items() if k != "item"), carried) for item in d["items"]
    }


def others(then: Goods | None, now: Goods | None) -> bool:
    """Whether a word on some goods is none on those that are declared now: others, another's, or on what nobody had told of."""
    if then is None or now is None:
        return False
    told = {kind for kind in CARRIERS if then.carried[kind]}
    more = any(then.carried[kind] and now.carried[kind] - then.carried[kind] for kind in ("importer", *CARRIERS))
    return then.said != now.said or more or (bool(told) and not any(now.carried[kind] for kind in told))


def filled(then: Goods | None, until: Goods | None) -> Goods | None:
    """The goods of a word, with what was told of their carriage until now where it was left out."""
    if then is None or until is None or others(then, until):
        return then
    return Goods(then.said, {kind: codes or until.carried[kind] for kind, codes in then.carried.items()})


def covers(given: Iterable[Goods | None], due: Iterable[Goods]) -> bool:
    """Whether there is a word on each of some goods, another one on each."""
    left = [each for each in given if each is not None]
    for goods in due:
        word = next((each for each in left if not others(each, goods)), None)
        if word is None:
            return False
        left.remove(word)
    return True
