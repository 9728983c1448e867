"""The simple model of samples: what is at a laboratory, until it has spoken of it, or two people agree that it is not."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from life_goods import Goods, others

Numbers = tuple[str, ...]


class Word(NamedTuple):
    """The last word on an item: whether anything was found, its samples, those of them and of others that are awaited, its goods."""

    found: bool
    named: Numbers
    awaited: Numbers
    on: Goods | None


def last_words(order: Mapping[str, Any]) -> dict[int, Word]:
    """The last word on each item."""
    return {
        item: Word(
            found,
            result.get("named", {}).get(item, ()),
            result.get("awaited", {}).get(item, ()),
            result["on"].get(item),
        )
        for result in order["results"]
        for item, found in result["items"].items()
    }


def at_laboratory(order: Mapping[str, Any]) -> dict[int, Numbers]:
    """What a laboratory has not spoken of, by item; what was found holds the goods without it."""
    return {item: word.awaited for item, word in last_words(order).items() if word.awaited and not word.found}


def examined(
    order: Mapping[str, Any],
    items: Mapping[int, bool],
    taken: Mapping[int, Numbers],
    now: Mapping[int, Goods],
    *,
    ends: bool,
) -> dict[str, dict[int, Numbers]]:
    """What an examination says of samples; where it ends the wait, it is the laboratory's word on what it takes no samples of."""
    named, awaited = dict[int, Numbers](), dict[int, Numbers]()
    for item in items:
        before, more = last_words(order).get(item, Word(False, (), (), None)), taken.get(item, ())
        same = not others(before.on, now.get(item))
        named[item] = (*(before.named if same and before.awaited else ()), *more)
        spoken = ends and not more and not before.found
        awaited[item] = () if spoken else (*before.awaited, *more)
    return {"named": named, "awaited": awaited}


def corrected(order: Mapping[str, Any], items: Mapping[int, bool]) -> dict[str, dict[int, Numbers]]:
    """What a correction that tells no samples says of them: those of its own word were not taken, but for a finding's."""
    words = last_words(order)
    awaited = dict[int, Numbers]()
    for item, found in items.items():
        before = words.get(item, Word(False, (), (), None))
        kept = () if before.named and not before.awaited else before.awaited
        awaited[item] = kept if found else tuple(each for each in kept if each not in before.named)
    return {"named": {}, "awaited": awaited}


def taken_out(order: Mapping[str, Any], awaited: Mapping[int, Numbers]) -> set[int]:
    """The items of which fewer samples would be awaited."""
    words = last_words(order)
    return {item for item, left in awaited.items() if item in words and len(left) < len(words[item].awaited)}
