"""What officers of a post without a line found: read from a file, written into the record, read back at the centre."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.domain.casework import (
    AN_AMOUNT,
    WITHOUT_A_SAMPLE,
    ExaminationResult,
    ItemResult,
    is_amount,
    of_a_finding,
    tells_of_samples,
)
from darvoza.domain.codes import Act, RiskArea
from darvoza.domain.goods_told import other_goods
from darvoza.domain.journal import EntryKind, JournalEntry, JournalEvent
from darvoza.errors import DarvozaError, PostError
from darvoza.flow.fields import Fields, as_sequence
from darvoza.flow.gate.deciding import RESULTS
from darvoza.flow.inspection.goods import digests
from darvoza.flow.post.deciding import SLACK, PostDecision, decisions_behind

KNOWN = ("order", "officer", "at", "words", "items")
OF_ITEM = ("item", "areas", "quantity", "net_mass", "additional_duty", "seized", "samples", "words")

LONGEST_NAME: Final = 60
"""Letters of the name of an officer, as the office keeps it."""

A_SAMPLE: Final = re.compile(r"\S{1,40}")
"""The number of a sample, as every door takes it."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""No result is older than the first computers of customs here."""


class PostResult(NamedTuple):
    """A result, and the order it is of."""

    order_id: str
    result: ExaminationResult


def read_results(content: object, source: str, now: datetime) -> list[PostResult]:
    """Read results as officers write them.

    Parameters
    ----------
    content
        ``results``: a list with ``order``, ``officer``, ``items`` (each with ``item``, ``areas``, …) and, where it is
        not now, ``at``.

    Raises
    ------
    ExceptionGroup
        Of `PostError`, everything that is wrong.
    """
    whole = Fields(content if isinstance(content, Mapping) else {}, source, error=PostError)
    whole.only(("results",))
    made: list[PostResult] = []
    given = as_sequence(whole.mapping.get("results"))
    if not given:
        whole.refuse("results", "a list of results", whole.mapping.get("results"))
    for place, each in enumerate(given, start=1):
        part = each if isinstance(each, Mapping) else {}
        fields = Fields(part, source, prefix=f"results.{place}.", errors=whole.errors, error=PostError)
        fields.only(KNOWN)
        order = fields.text("order", required=True)
        items = tuple(_items(fields, part, sampling=order.endswith(f":{Act.SAMPLING.value}")))
        twice = [number for number, count in Counter(item.item for item in items).items() if count > 1]
        if twice:
            fields.refuse("items", "each goods item once", f"twice: {', '.join(map(str, twice))}")
        at, officer = _moment(fields, part.get("at"), now), fields.text("officer", required=True)
        if len(officer) > LONGEST_NAME:
            fields.refuse("officer", f"a name of at most {LONGEST_NAME} letters", f"{len(officer)} letters")
        result = ExaminationResult(officer, at, items, fields.text("words"))
        made.append(PostResult(order, result))
    whole.finish()
    return made


def _items(fields: Fields, part: Mapping[str, object], *, sampling: bool) -> Iterator[ItemResult]:
    given = as_sequence(part.get("items"))
    if not given:
        fields.refuse("items", "what was found on each item; with no areas where nothing was", part.get("items"))
    for place, each in enumerate(given, start=1):
        inner = each if isinstance(each, Mapping) else {}
        item = Fields(
            inner, fields.source, prefix=f"{fields.prefix}items.{place}.", errors=fields.errors, error=PostError
        )
        item.only(OF_ITEM)
        number = item.whole("item", least=1)
        if number is None:
            item.refuse("item", "the number of the goods item", inner.get("item"))
        found = ItemResult(
            number or 0,
            areas=tuple(_areas(item, inner)),
            quantity=_amount(item, "quantity"),
            net_mass=_amount(item, "net_mass"),
            additional_duty=_amount(item, "additional_duty"),
            seized="seized" in inner and item.flag("seized") is True,
            samples=tuple(_samples(item, inner)),
            words=item.text("words"),
        )
        if not inner.get("areas") and (told := of_a_finding(found)):  # else it would count as nothing found
            item.refuse("areas", f"what was found, for there is {', '.join(told)}", inner.get("areas"))
        if sampling and not (inner.get("areas") or inner.get("samples") or tells_of_samples(found.words)):
            item.refuse("words", WITHOUT_A_SAMPLE, found.words or None)
        yield found


def _amount(item: Fields, name: str) -> Decimal | None:
    number = item.number(name)
    if not is_amount(number):
        item.refuse(name, AN_AMOUNT, str(number))
        return None
    return number


def _areas(item: Fields, inner: Mapping[str, object]) -> Iterator[RiskArea]:
    given = inner.get("areas")
    if given is not None and not isinstance(given, list):  # else what was found would count as nothing found
        item.refuse("areas", "a list, such as [undervaluation]; none where nothing was found", given)
    for each in as_sequence(given):
        try:
            yield RiskArea(str(each))
        except ValueError:
            item.refuse("areas", f"risk areas of {', '.join(RiskArea)}", each, item.nearest(str(each), list(RiskArea)))


def _samples(item: Fields, inner: Mapping[str, object]) -> Iterator[str]:
    """Read the numbers of samples: each without a space, and each once."""
    given = inner.get("samples")
    if given is not None and not isinstance(given, list):
        item.refuse("samples", "a list of the numbers of samples, such as [S-17, S-18]", given)
    numbers = []
    for each in as_sequence(given):
        if isinstance(each, str | int) and A_SAMPLE.fullmatch(str(each)):
            numbers.append(str(each))
        else:  # nothing, or a list within the list, is no number for which an order could wait
            item.refuse("samples", "numbers of samples of 1 to 40 letters and digits, without a space", each)
    if twice := [number for number, count in Counter(map(str.casefold, numbers)).items() if count > 1]:
        item.refuse("samples", "each sample once", f"twice: {', '.join(twice)}")
    yield from numbers


def _moment(fields: Fields, value: object, now: datetime) -> datetime:
    if value is None:
        return now
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        fields.refuse("at", "a time, such as 2026-03-01T08:00:00+05:00", value)
        return now
    if at.tzinfo is None or not EARLIEST <= at <= now:
        fields.refuse("at", f"a time with its zone, after {EARLIEST.year} and not to come", value)
        return now
    return at


def result_event(found: PostResult, entries: Iterable[JournalEntry], *, now: datetime, where: str = "") -> JournalEvent:
    """Say what was found on an order of this post.

    Parameters
    ----------
    entries
        The record of the post so far.
    where
        The path of the result within its file, ending in a dot.

    Raises
    ------
    PostError
        When the post made no such order, no version of the declaration has such an item, or it was found before anything
        was decided.
    """
    made = list(decisions_behind(found.order_id, entries))
    versions = [(at, each) for at, each in made if found.order_id in set(_orders_of(each))]
    if not versions:
        raise PostError(field=f"{where}order", expected="an order that this post made", got=found.order_id)
    declaration = versions[-1][1].declaration_id
    # what a later version left out was there when it was looked at
    numbers = {number for _, each in made if each.declaration_id == declaration for number in each.items["item"]}
    if strange := [item.item for item in found.result.items if item.item not in numbers]:
        expected = f"goods items of {declaration}: {', '.join(map(str, sorted(numbers)))}"
        raise PostError(field=f"{where}items", expected=expected, got=strange)
    first = versions[0][0]
    if found.result.at < first - SLACK:
        expected = f"not before {first.isoformat()}, when the order was made"
        raise PostError(field=f"{where}at", expected=expected, got=found.result.at.isoformat())
    seen = _goods_until(found.result.at, [(at, each) for at, each in made if each.declaration_id == declaration])
    items = tuple(replace(item, goods=seen.get(item.item)) for item in found.result.items)
    said = _plain(replace(found.result, items=items))
    return JournalEvent(EntryKind.FINDING, found.result.by, found.order_id, now, said)


def _goods_until(moment: datetime, versions: Iterable[tuple[datetime, PostDecision]]) -> dict[int, str]:
    """Give the digests of goods items as they were last declared until a moment; of those that came later, as they came."""
    seen: dict[int, str] = {}
    for at, each in versions:
        told = digests(each.items.iter_rows(named=True))
        seen = {**seen, **told} if at <= moment + SLACK else {**told, **seen}
    return seen


def _orders_of(made: PostDecision) -> Iterator[str]:
    """Name the orders of a decision."""
    return (f"{made.declaration_id}:{agency}:{act}" for agency, act in made.orders.select("agency", "act").iter_rows())


def not_written_yet(found: Sequence[PostResult], entries: Iterable[JournalEntry]) -> list[tuple[int, PostResult]]:
    """Give those results of a file, with their places from 1 on, that the record does not end with: a file may come again.

    Of each order, what the file begins with and the record ends with says nothing new, whenever it was.
    """
    written: dict[str, list[object]] = {}
    for entry in entries:
        if entry.kind is EntryKind.FINDING and entry.body:
            written.setdefault(entry.subject, []).append(_said(result_of(entry).result))
    told: dict[str, list[object]] = {}
    for each in found:
        told.setdefault(each.order_id, []).append(_said(each.result))
    known = {name: _overlap(written.get(name, []), said) for name, said in told.items()}
    fresh = []
    for place, each in enumerate(found, start=1):
        if known[each.order_id]:
            known[each.order_id] -= 1
        else:
            fresh.append((place, each))
    return fresh


def _said(result: ExaminationResult) -> object:
    """Give what a result says, but for when, and on which goods: a file does not say that."""
    return result.by, tuple(replace(item, goods=None) for item in result.items), result.words


def _overlap(before: Sequence[object], then: Sequence[object]) -> int:
    """Give how much of the beginning of a sequence another one ends with."""
    most = min(len(before), len(then))
    return next(size for size in range(most, -1, -1) if list(before[len(before) - size :]) == list(then[:size]))


def without_word(order_id: str, entries: Sequence[JournalEntry]) -> list[int]:
    """Give the goods items of an order on which no result has a word: those it names, or all that are declared.

    A word that was given on other goods is none.
    """
    due: set[int] = set()
    goods: dict[int, str] = {}
    for _, made in decisions_behind(order_id, entries):
        goods = digests(made.items.iter_rows(named=True))
        for row in made.orders.iter_rows(named=True) if order_id in set(_orders_of(made)) else ():
            if order_id.endswith(f":{row['agency']}:{row['act']}"):
                due = set(row["items"] or made.items["item"])
    told = (entry for entry in entries if entry.kind is EntryKind.FINDING and entry.subject == order_id)
    words = {item.item: item for entry in told for item in result_of(entry).result.items}
    return sorted(due - {each for each, word in words.items() if not other_goods(word.goods, goods.get(each))})


def _plain(result: ExaminationResult) -> dict[str, object]:
    items = [
        {
            "item": item.item,
            "areas": [area.value for area in item.areas],
            "quantity": _text(item.quantity),
            "net_mass": _text(item.net_mass),
            "additional_duty": _text(item.additional_duty),
            "seized": item.seized,
            "words": item.words,
            **({"samples": list(item.samples)} if item.samples else {}),
            **({"goods": item.goods} if item.goods else {}),
        }
        for item in result.items
    ]
    return {"what": "recorded", "at": result.at.isoformat(), "words": result.words, "items": items}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def result_of(entry: JournalEntry) -> PostResult:
    """Read a result back out of its entry.

    Raises
    ------
    PostError
        When the entry holds none.
    """
    body: Mapping[str, Any] = entry.body or {}
    try:
        items = tuple(
            ItemResult(
                each["item"],
                areas=tuple(RiskArea(area) for area in each["areas"]),
                quantity=_decimal(each["quantity"]),
                net_mass=_decimal(each["net_mass"]),
                additional_duty=_decimal(each["additional_duty"]),
                seized=each["seized"],
                samples=tuple(str(number) for number in each.get("samples", ())),
                words=each["words"],
                goods=each.get("goods"),
            )
            for each in body["items"]
        )
        result = ExaminationResult(entry.actor, datetime.fromisoformat(body["at"]), items, body["words"])
        return PostResult(entry.subject, result)
    except (KeyError, ValueError, TypeError, ArithmeticError, DarvozaError) as problem:
        raise PostError(field=f"entry {entry.sequence}", expected="a result", got=type(problem).__name__) from problem


def found_so_far(entries: Iterable[JournalEntry]) -> pl.DataFrame:
    """Give what the post found, as a gate remembers it: the last result of each order counts.

    Of goods whose samples a laboratory has yet to speak of, only what was found otherwise is told: it never speaks at a post.
    """
    found_all = [result_of(entry) for entry in entries if entry.kind is EntryKind.FINDING and entry.body]
    sampled = {(each.order_id, item.item) for each in found_all for item in each.result.items if item.samples}
    rows = [
        {
            **dict(zip(("declaration_id", "agency", "act"), found.order_id.rsplit(":", 2), strict=True)),
            "item": item.item,
            "examined": True,
            "finding": item.found,
            "result_at": found.result.at,
        }
        for found in found_all
        for item in found.result.items
        if item.found or (found.order_id, item.item) not in sampled
    ]
    return pl.DataFrame(rows, schema=RESULTS)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
