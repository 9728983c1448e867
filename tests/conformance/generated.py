"""Conditions of every kind and dirty declarations, made from a seed: small pools, so that equal values do meet."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from conditions import LISTS
from darvoza.domain.expression import (
    AllItems,
    AnyItem,
    Arithmetic,
    Between,
    Comparison,
    Contains,
    Day,
    DaysBetween,
    DistinctCount,
    Empty,
    Expression,
    FactValue,
    Flag,
    HasWord,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    Number,
    OneOf,
    Operation,
    Relation,
    Shifted,
    StartsWith,
    Value,
    both,
    either,
)
from darvoza.domain.named_list import NamedList

Items = list[dict[str, object]]

CODES = ("GE", "AE", "CN", "00 1", "ge", "KG-IRK", 'q"\\', "o'x", "%", "_E", "Ё", "origin")
HS = ("870323", "8703231981", "870422", "010121", "8703", "87", "8703.2", "", "2204")
PREFIXES = ("87", "8703", "870323", "01", "8703231981", "22", "0")
TEXTS = (
    *("used car", "Used  CAR ", "б/у автомобиль", "Бёдра", "бедра", "ﬁne Café", "FINE CAFE\u0301", "", "  ", "x"),
    *("100% cotton", "100 cotton", "a_b", "ab", "tea\\coffee", 'o\'clock "tea"', "hev, hev2", "Straße", "STRASSE 5"),
    *("İstanbul", "тягач-2", "чай", "Чаи", "car", "\x1f", "１２ car"),
)
PIECES = (*TEXTS[:6], "us", "car", "used", "%", "_", "\\", "'", '"', "у", "б/у", "hev", "strasse", "2", "tea", "12")
DECIMALS = ("price", "customs_value", "net_mass")
COUNTS = ("importer_examined_12m",)
WHOLES = ("importer_findings_12m", "item_count")
FLOATS = ("unit_value_z", "reference_unit_value")
NUMBERS = (*DECIMALS, *DECIMALS, *COUNTS, *WHOLES, *FLOATS)
FLAGS = ("importer_is_new", "preference_claimed")
MOVING = ("vehicle", "trailer", "transport_document")
CODED = ("origin", "export_country", "importer", *MOVING)
WORDED = ("description", "importer_name")
SETS = ("documents", "containers", "seals")
HEADER = (
    *("importer", "importer_name", "importer_is_new", "importer_findings_12m", "importer_examined_12m"),
    *("export_country", "containers", "seals", "item_count", *MOVING),
)
PLATES = ("01KG123ABC", "01 kg 123 abc", "01-KG-123 \u0410\u0412\u0421", "A7", "\u0430 7", "７a", "?", "GE")
BOXES = (
    "MSCU1234566",
    "mscu 123456-6",
    "MSCU-1234566, 22G1",
    "TGHU7654321",
    "\u0422GHU 765432-1",
    "Truck 7",
    "TRUCK7",
    "?",
)
"""Numbers as they are typed: in several spellings, with Cyrillic letters that look Latin, and with nothing to compare."""

PLATES_LISTED = NamedList("plates", ("01KG123\u0410BC", "a 7"))

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 9)
ENDS = (date.min, date.min + timedelta(days=1), date.max - timedelta(days=1), date.max)
AMOUNTS = tuple(
    Decimal(text)
    for text in (
        *("0", "1", "2", "3", "5", "0.1", "0.2", "0.3", "-1", "-0.5", "0.000001", "-0.000001", "1000", "999.999999"),
        *("100000000000000000000", "100000000000000000000.000001", "-123456789012345678901.234567"),
    )
)
DOUBLES = (
    *(0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, 0.3, 1.0, 3.0, -1.0, 5e-324, 1e-200, 1e308, 2.0**53, 2.0**53 + 2),
    *(float("nan"), float("inf"), float("-inf")),
)
VALUES: dict[str, Sequence[object]] = {
    **dict.fromkeys(DECIMALS, AMOUNTS),
    **dict.fromkeys(COUNTS, (0.0, 1.0, 2.0, 3.0, float("nan"))),
    **dict.fromkeys(WHOLES, range(5)),
    **dict.fromkeys(FLOATS, DOUBLES),
    **dict.fromkeys(FLAGS, (True, False)),
    **dict.fromkeys(WORDED, TEXTS),
    **dict.fromkeys(CODED, CODES),
    **dict.fromkeys(MOVING, PLATES),
    "hs": HS,
}
HELD: dict[str, Sequence[str]] = {"documents": CODES[:4], "containers": BOXES, "seals": PLATES}
"""The codes of which sets of them are made."""


class Maker:
    """Makes conditions and declarations; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.tests: tuple[Callable[[], Expression], ...] = (
            *[self.comparison] * 4,
            *(self.between, self.moment_between, self.flag, self.listed, self.starts, self.contains, self.word),
            *(self.code, self.commodity, self.words, self.include, self.empty, self.known, self.moments, self.span),
        )

    def some(self, choices: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.random.choice(choices) for _ in range(self.random.randint(1, 3)))

    def one(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────

    def number(self) -> Number:
        if self.random.random() < 0.15:
            return Number(Decimal(self.random.randint(-(10**9), 10**9)).scaleb(-self.random.randint(0, 9)))
        return Number(self.one(AMOUNTS))

    def quantity(self, depth: int = 2) -> Value:
        chance = self.random.random()
        if depth and chance < 0.35:
            operation = self.one(tuple(Operation))
            left, right = self.quantity(depth - 1), self.quantity(depth - 1)
            never = operation is Operation.DIVIDE and isinstance(right, Number) and not right.value
            return left if never else Arithmetic(left, operation, right)
        if depth and chance < 0.4:
            return DaysBetween(self.moment(), self.moment())
        return self.number() if chance < 0.6 else FactValue(self.one(NUMBERS))

    def moment(self, depth: int = 2) -> Value:
        chance = self.random.random()
        if depth and chance < 0.4:
            far = self.random.random() < 0.25
            return Shifted(self.moment(depth - 1), self.one((99_999, -99_999)) if far else self.random.randint(-9, 9))
        return Day(self.day()) if chance < 0.7 else FactValue("lodged_on")

    def day(self) -> date:
        if self.random.random() < 0.15:
            return self.one(ENDS)  # type: ignore[no-any-return]
        return FIRST + timedelta(days=self.random.randint(0, (LAST - FIRST).days))

    def threshold(self) -> Value:
        chance = self.random.random()
        if chance < 0.7:
            return Number(Decimal(self.random.randint(0, 3)))
        if chance < 0.8:
            return Number(Decimal("1.5"))
        return FactValue(self.one(NUMBERS)) if chance < 0.95 else self.quantity()

    # ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────

    def comparison(self) -> Expression:
        depth, relation = self.one((0, 0, 1, 2)), self.one(tuple(Relation))
        left = self.quantity(depth)
        return Comparison(left, relation, self.turned(left) if self.random.random() < 0.2 else self.quantity(depth))

    def turned(self, value: Value) -> Value:
        """The same in other words, where rounding may decide otherwise."""
        match value:
            case Arithmetic(left, Operation.PLUS | Operation.TIMES as operation, right):
                return Arithmetic(right, operation, left)
            case Arithmetic(left, Operation.MINUS, right):
                return Arithmetic(Number(Decimal(-1)), Operation.TIMES, Arithmetic(right, Operation.MINUS, left))
            case DaysBetween(first, last):
                return Arithmetic(Number(Decimal(0)), Operation.MINUS, DaysBetween(last, first))
        return self.one((value, Arithmetic(value, Operation.DIVIDE, Number(Decimal(1)))))  # type: ignore[no-any-return]

    def between(self) -> Expression:
        return Between(self.quantity(1), self.quantity(0), self.quantity(0))

    def moment_between(self) -> Expression:
        return Between(self.moment(1), self.moment(0), self.moment(1))

    def moments(self) -> Expression:
        left, relation, days = self.moment(), self.one(tuple(Relation)), self.random.randint(1, 9)
        if self.random.random() < 0.2:
            return Comparison(left, relation, Shifted(Shifted(left, days), -days))
        return Comparison(left, relation, self.moment())

    def span(self) -> Expression:
        return Comparison(DaysBetween(self.moment(1), self.moment(1)), self.one(tuple(Relation)), self.threshold())

    def flag(self) -> Expression:
        return Flag(self.one(FLAGS))

    def code(self) -> Expression:
        fact = self.one(CODED)
        return OneOf(fact, self.some(PLATES if fact in MOVING else CODES))

    def commodity(self) -> Expression:
        return OneOf("hs", self.some([code for code in HS if code]))

    def words(self) -> Expression:
        return OneOf(self.one(WORDED), self.some([text for text in TEXTS if text.strip()]))

    def listed(self) -> Expression:
        fact = self.one(CODED)
        return InList(fact, PLATES_LISTED if fact in MOVING and self.random.random() < 0.7 else self.one(LISTS))

    def starts(self) -> Expression:
        return StartsWith("hs", self.some(PREFIXES))

    def contains(self) -> Expression:
        return Contains(self.one(WORDED), self.some(PIECES))

    def word(self) -> Expression:
        return HasWord(self.one(WORDED), self.some(PIECES))

    def include(self) -> Expression:
        fact = self.one(SETS)
        return Include(fact, self.some(HELD[fact]), every=self.one((True, False)))

    def empty(self) -> Expression:
        return Empty(self.one(SETS))

    def known(self) -> Expression:
        return Known(self.one(self.one((NUMBERS, FLAGS, CODED, WORDED, SETS, ("hs",), ("lodged_on",)))))

    def of_one_item(self, depth: int = 2) -> Expression:
        chance = self.random.random()
        if depth and chance < 0.45:
            return self.joined(lambda: self.of_one_item(depth - 1))
        return self.one(self.tests)()  # type: ignore[no-any-return]

    def joined(self, below: Callable[[], Expression]) -> Expression:
        form = self.one(("not", "and", "or"))
        if form == "not":
            return Not(below())
        terms = [below() for _ in range(self.random.randint(2, 3))]
        return both(*terms) if form == "and" else either(*terms)

    def over_items(self) -> Expression:
        kind, relation = self.random.randint(0, 4), self.one(tuple(Relation))
        chosen = None if self.random.random() < 0.4 else self.of_one_item(1)
        match kind:
            case 0:
                return AnyItem(self.of_one_item(1))
            case 1:
                return AllItems(self.of_one_item(1))
            case 2:
                return ItemCount(self.of_one_item(1), relation, self.threshold())
            case 3:
                return ItemSum(self.one(NUMBERS), chosen, relation, self.quantity(self.one((0, 0, 1))))
        return DistinctCount(self.one((*CODED, *WORDED, "hs")), chosen, relation, self.threshold())

    def condition(self, depth: int = 1) -> Expression:
        """A condition of any kind."""
        if depth and self.random.random() < 0.25:
            return self.joined(lambda: self.condition(depth - 1))
        return self.over_items() if self.random.random() < 0.4 else self.of_one_item()

    # ── declarations ──────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, name: str) -> object:
        """A value of a fact, absent in about one of four."""
        if self.random.random() < 0.25:
            return None
        if name in SETS:
            return [self.one((None, *HELD[name])) for _ in range(self.random.randint(0, 3))]
        return self.one(VALUES[name])

    def declaration(self) -> Items:
        """One to four items, each with the facts of its declaration."""
        of_items = [
            name for name in dict.fromkeys((*NUMBERS, *FLAGS, *CODED, *WORDED, *SETS, "hs")) if name not in HEADER
        ]
        header = {**{name: self.value(name) for name in HEADER}, "lodged_on": self.day()}
        count = self.random.randint(1, 4)
        return [{**{name: self.value(name) for name in of_items}, **header} for _ in range(count)]
