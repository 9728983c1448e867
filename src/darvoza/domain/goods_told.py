"""Digests of goods compared: whether a word that was given on some goods counts for those that are declared now."""

from collections.abc import Mapping
from typing import Final

CARRIED: Final = "@"
"""Stands in the digest of goods before what says whose they are and what carries them."""

OF_SEVERAL: Final = ","
"""Stands there between the hashes of several numbers of one kind."""


def other_goods(then: str | None, now: str | None) -> bool:
    """Tell whether two digests are known to be of different goods: of those a word was given on, and of those declared now.

    One that knows less of them begins the one that knows more, and one of an earlier version ends it
    (`darvoza.flow.inspection.goods.goods_digest`). What neither or one of them says of the carriage makes no difference; see
    `other_carriage` for what does.

    Examples
    --------
    >>> other_goods("ab", "cd"), other_goods("ab", "abcd"), other_goods("abef", "abcd"), other_goods(None, "ab")
    (True, False, True, False)
    >>> other_goods("ef", "abcdef"), other_goods("abcdef", "ef"), other_goods("cd", "abcdef")
    (False, False, True)
    >>> other_goods("ab@importer:1", "ab"), other_goods("ab@importer:1", "ab@importer:2")
    (False, True)
    """
    if then is None or now is None:
        return False
    (goods, _, carriage), (goods_now, _, carriage_now) = then.partition(CARRIED), now.partition(CARRIED)
    less, more = sorted((goods, goods_now), key=len)
    if not more.startswith(less) and not more.endswith(less):
        return True
    return bool(carriage and carriage_now) and other_carriage(carriage, carriage_now)


def other_carriage(then: str, now: str) -> bool:
    """Tell whether goods are another's now, or carried by what nobody said then.

    A number that was not declared then may be told, and some of several may go: what is left was there. But of what was
    declared of document, containers and vehicle at least one has to stay. A plate that stands once is of an earlier version, which
    said nothing of a trailer in its own field: that one is told since makes no difference.

    Examples
    --------
    >>> then = "importer:1;document:2;vehicle:56,5,6"
    >>> other_carriage(then, then), other_carriage(then, "importer:9;document:2;vehicle:56,5,6")
    (False, True)
    >>> other_carriage(then, "importer:1;document:2;containers:7;vehicle:65,5,6"), other_carriage(then, "importer:1;document:2;vehicle:7")
    (False, True)
    >>> other_carriage(then, "importer:1;vehicle:5"), other_carriage(then, "importer:1"), other_carriage("importer:1", "importer:1;vehicle:5")
    (False, True, False)
    >>> other_carriage("vehicle:5", "vehicle:56,5,6"), other_carriage("vehicle:5,5", "vehicle:56,5,6"), other_carriage("vehicle:5", "vehicle:7,7")
    (False, True, True)
    """
    before, after = _kinds(then), _kinds(now)
    for kind in before.keys() & after.keys():
        whole, *parts = after[kind] if kind == "vehicle" else ("", *after[kind])
        if kind == "vehicle" and _of_before(before) and before[kind][0] in after[kind]:
            continue
        if whole not in before[kind] and not (parts and set(parts) <= set(before[kind])):
            return True
    carriers = before.keys() - {"importer"}
    return bool(carriers) and carriers.isdisjoint(after)


def says_as_much(word: str, due: str) -> bool:
    """Tell whether a word names every kind of number that is declared of the carriage of goods.

    Under another reference a number that is missing is not one that may still be told: nobody said on which lorry those
    goods came that the word was given on, or on which trailer, where the word is of an earlier version.

    Examples
    --------
    >>> says_as_much("ab@importer:1;vehicle:5", "ab@importer:1;vehicle:5"), says_as_much("ab@importer:1", "ab@importer:1;vehicle:5")
    (True, False)
    >>> says_as_much("ab@importer:1;vehicle:5", "ab@importer:1"), says_as_much("ab", "ab")
    (True, True)
    >>> says_as_much("ab@vehicle:5", "ab@vehicle:56,5,6"), says_as_much("ab@vehicle:5", "ab@vehicle:5,5")
    (False, True)
    """
    told, declared = (_kinds(each.partition(CARRIED)[2]) for each in (word, due))
    return declared.keys() <= told.keys() and not (_of_before(told) and _has_several(declared))


def told_of_carriage(word: str, declared: str | None) -> str:
    """Give the digest a word was given on, with what was declared of the carriage until now where it says nothing of it.

    Examples
    --------
    >>> told_of_carriage("ab@importer:1", "ab@importer:1;vehicle:5"), told_of_carriage("ab", "ab@importer:1")
    ('ab@importer:1;vehicle:5', 'ab@importer:1')
    >>> told_of_carriage("ab@importer:1;vehicle:4", "ab@importer:1;vehicle:5"), told_of_carriage("ab", None)
    ('ab@importer:1;vehicle:4', 'ab')
    >>> told_of_carriage("ab@vehicle:5", "ab@vehicle:56,5,6"), told_of_carriage("ab@vehicle:5", "ab@vehicle:5,5")
    ('ab@vehicle:56,5,6', 'ab@vehicle:5')
    """
    if declared is None or other_goods(word, declared):
        return word
    goods, _, carriage = word.partition(CARRIED)
    said, until_now = _kinds(carriage), _kinds(declared.partition(CARRIED)[2])
    if _of_before(said) and _has_several(until_now):  # else any other trailer could take the place of that one
        del said["vehicle"]
    kinds = until_now | said
    told = ";".join(f"{kind}:{OF_SEVERAL.join(codes)}" for kind, codes in kinds.items())
    return f"{goods}{CARRIED}{told}" if told else word


def _of_before(kinds: Mapping[str, list[str]]) -> bool:
    """Tell whether a word names a plate as an earlier version did: once, and nothing of a trailer in its own field."""
    return len(kinds.get("vehicle", ())) == 1


def _has_several(kinds: Mapping[str, list[str]]) -> bool:
    """Tell whether there are several plates: each stands behind all of them together."""
    return len(kinds.get("vehicle", ())) > 2


def _kinds(carriage: str) -> dict[str, list[str]]:
    """Give the hashes of each kind of number."""
    told = (each.partition(":") for each in carriage.split(";") if each)
    return {kind: codes.split(OF_SEVERAL) for kind, _, codes in told}
