"""Acts of lodgings that are done: examined and found in order, there or under a later reference by which the same goods came.

A later reference inherits what goods were chosen for, whatever is written on its paper. What is examined under it are the goods
on that paper: with other weights, or on another lorry, they are others than those that were chosen, which nobody has seen.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import F

from darvoza.domain.casework import CaseState
from darvoza.domain.goods_told import other_goods, says_as_much
from darvoza.flow.inspection.goods import digests, under_head
from darvoza.office.registry.attested import declaration_of
from darvoza.office.registry.models import Declaration, Item, Order

Row = Mapping[str, Any]
Words = Mapping[int, str | None]
"""On which goods words were given, by the numbers of the items."""

Inherited = tuple[str, str, str]
"""A reference, an agency and an act."""


def examined(names: Iterable[str]) -> dict[str, Words]:
    """Give the orders that were examined and found nothing, by their names, and on which goods.

    An officer may have made another act of one, its name stays.
    """
    ended = Order.objects.filter(declaration__declaration_id__in=list(names), state=CaseState.RECORDED)
    told = ended.order_by("pk", "results__number").values_list(
        "order_id",
        F("results__findings__item"),
        F("results__findings__found"),
        F("results__findings__record"),  # whole: of a key alone SQLite gives bare text, and digits are read as a number
    )
    words: dict[str, dict[int, tuple[bool, str | None]]] = {}
    for order_id, item, found, record in told:
        said = words.setdefault(order_id, {})
        if item is not None:
            said[item] = bool(found), record.get("goods")
    return {
        order_id: {item: goods for item, (_, goods) in said.items()}
        for order_id, said in words.items()
        if not any(found for found, _ in said.values())
    }


def done_later(
    there: Mapping[str, Words], kin: Mapping[str, Iterable[Row]], decisions: Mapping[str, Iterable[Row]]
) -> set[str]:
    """Name the acts whose goods were examined under a later reference that inherited them, straight or through others.

    Parameters
    ----------
    there
        The orders that were examined, as `examined` gives them.
    kin
        What each lodging minded, by its reference.
    decisions
        The decisions that stand on each.
    """
    later: dict[Inherited, set[str]] = {}
    for name, told in kin.items():
        for each in told:
            for act in each.get("acts", ()):
                later.setdefault((each["declaration_id"], act["agency"], act["act"]), set()).add(name)
    by = {
        act: found for act in later if act[0] in decisions and (found := [n for n in _after(act, later) if n in there])
    }
    if not by:
        return set()
    goods = _goods({act[0] for act in by} | {declaration_of(name) for found in by.values() for name in found})
    asked = {(name, row["agency"], row["act"]): row.get("items") or () for name in decisions for row in decisions[name]}
    return {
        ":".join(act)
        for act, found in by.items()
        if any(_covers(_given(name, there, goods), _due(goods.get(act[0], {}), asked.get(act, ()))) for name in found)
    }


def _after(act: Inherited, later: Mapping[Inherited, Collection[str]]) -> Iterator[str]:
    """Name the orders under all references by which an act was inherited, one after another."""
    seen, left = set[str](), sorted(later[act])
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            yield ":".join((name, *act[1:]))
            left += sorted(later.get((name, *act[1:]), ()))


def _goods(names: Collection[str]) -> dict[str, dict[int, str]]:
    """Give the digests of goods as they are declared now, by reference and number."""
    heads = {
        pk: (name, head)
        for pk, name, head in Declaration.objects.filter(declaration_id__in=list(names)).values_list(
            "pk", "declaration_id", "record"
        )
    }
    goods: dict[str, dict[int, str]] = {name: {} for name, _ in heads.values()}
    for key, said in Item.objects.filter(declaration__in=heads).values_list("declaration_id", "record"):
        name, head = heads[key]
        goods[name] |= digests(under_head(head, [said]))
    return goods


def _given(order_id: str, there: Mapping[str, Words], goods: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Give the goods on which the words of an order were given; those of earlier versions on what is declared now."""
    now = goods.get(declaration_of(order_id), {})
    return [on for item, said in sorted(there[order_id].items()) if (on := said or now.get(item)) is not None]


def _due(goods: Mapping[int, str], items: Iterable[int]) -> list[str]:
    """Give the goods of which an act is; all of them where it names none that there is."""
    numbers = goods.keys() & set(items) or goods.keys()
    return [goods[number] for number in sorted(numbers)]


def _covers(given: list[str], due: list[str]) -> bool:
    """Tell whether there is a word on each of some goods, another one on each; of goods that nobody knows there is none.

    A word counts only where it names every kind of number by which those goods are carried.
    """
    left = list(given)
    for goods in due:
        word = next((each for each in left if says_as_much(each, goods) and not other_goods(each, goods)), None)
        if word is None:
            return False
        left.remove(word)
    return bool(due)
