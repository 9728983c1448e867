"""Types and names checked: a read sentence becomes a typed condition or an error with its column."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import filterfalse
from typing import Final

from lark import Token, Tree

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
from darvoza.domain.facts import DECLARED, FACT, FIELD_OF_FACT, Fact, FactType
from darvoza.domain.facts.vocabularies import VOCABULARY
from darvoza.domain.fields import FIELDS, Kind
from darvoza.domain.named_list import NamedList
from darvoza.errors import CostExceeded, SentenceError, UnknownFact, shown
from darvoza.flow.assessment.code_rules import strange
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.sentence_errors import Part, column, nearest, wrong_literal, wrong_type

HOW: Final = {
    FactType.HS: "a commodity code: use starts with, is or in",
    FactType.CODE: "a code: use is or in",
    FactType.TEXT: "a text: use contains or has word",
    FactType.NUMBER: "a number: use <, <=, >, >=, =, != or between",
    FactType.DATE: "a date: use <, <=, >, >=, =, != or between",
    FactType.FLAG: "a flag: it stands alone",
    FactType.CODES: "a set of codes: use include or is empty",
}
FLIPPED: Final = {
    Relation.LESS: Relation.MORE,
    Relation.MORE: Relation.LESS,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.EQUAL: Relation.EQUAL,
    Relation.DIFFERENT: Relation.DIFFERENT,
}
NEGATED: Final = {
    "is_none": "is_one",
    "unlisted": "listed",
    "starts_not": "starts",
    "contains_not": "contains",
    "has_word_not": "has_word",
    "empty_not": "empty",
    "include_not": "include",
    "include_not_all": "include_all",
    "missing": "known",
}
_SPELLED_LARGE: Final = {entry.name for entry in FIELDS if entry.kind in {Kind.COUNTRY, Kind.CURRENCY}}
CAPITALS: Final = frozenset(fact.name for fact in DECLARED if FIELD_OF_FACT.get(fact.name, fact.name) in _SPELLED_LARGE)
"""Facts of capital letters alone: intake writes countries and currencies so, and another spelling would never match."""

LITERAL_DIGITS: Final = 28
CODED: Final = (FactType.HS, FactType.CODE)
COUNTED: Final = ("item_count", "item_sum", "distinct")
LONGEST_SHIFT: Final = 99_999
OTHER_VALUES: Final = {"number", "negative", "day", "arithmetic", "days", "days_between", *COUNTED}


class Checker:
    """Turn the tree of a read sentence into a typed condition.

    Parameters
    ----------
    lists
        The named lists a sentence may speak of.
    approved
        Whether it was approved before: codes that never occur are left in it then, as they decided nothing.
    """

    def __init__(self, lists: Mapping[str, NamedList], *, approved: bool = False) -> None:
        self.lists = lists
        self.approved = approved
        self.within: str | None = None
        self.tests: dict[str, Callable[[Tree[Token]], Expression]] = {
            "is_one": self._is_one,
            "listed": self._listed,
            "starts": self._starts,
            "contains": self._contains,
            "has_word": self._has_word,
            "empty": self._empty,
            "include": self._include,
            "include_all": self._include,
            "known": self._known,
            "comparison": self._comparison,
            "between": self._between,
            "fact": self._flag,
            "any_item": self._quantifier,
            "all_items": self._quantifier,
        }

    def condition(self, part: Part) -> Expression:
        """Give the condition a part stands for.

        Raises
        ------
        SentenceError
            `UnknownFact`, `WrongType` or `CostExceeded`, with the column.
        """
        if not isinstance(part, Tree) or part.data in OTHER_VALUES:
            raise wrong_type(part, "a condition, which is true or false", "a value", "compare it with something")
        kind = str(part.data)
        if kind == "either":
            return either(*(self.condition(child) for child in part.children))
        if kind == "both":
            return both(*(self.condition(child) for child in part.children))
        if kind == "opposite":
            return Not(self.condition(part.children[0]))
        if kind in NEGATED:
            return Not(self.tests[NEGATED[kind]](part))
        return self.tests[kind](part)

    def _fact(self, part: Part) -> Fact:
        name = str(part)
        if name not in FACT:
            hint = nearest(name, FACT)
            raise UnknownFact(f"there is no fact {name!r}", column=column(part), expected="a fact", got=name, hint=hint)
        return FACT[name]

    def _typed(self, part: Part, expected: str, *types: FactType) -> str:
        fact = self._fact(part)
        if fact.type not in types:
            raise wrong_type(part, expected, f"{fact.name}, {HOW[fact.type]}")
        return fact.name

    def _literals(self, parts: list[Part]) -> list[tuple[Part, str]]:
        """Give the literals of a test, with the part each was read from."""
        made: list[tuple[Part, str]] = []
        for part in parts:
            if isinstance(part, Token):
                made.append((part, self._literal(part)))
            else:
                made.extend(self._literals(part.children))
        return made

    def _literal(self, token: Token) -> str:
        text = str(token)
        if token.type == "STRING":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if text in FACT:
            raise wrong_type(
                token, "a code", f"the fact {text}", f'a fact is not compared with a fact; as a code, write "{text}"'
            )
        return text

    def _is_one(self, tree: Tree[Token]) -> Expression:
        subject = tree.children[0]
        name = self._typed(subject, "a code or text before is or in", FactType.HS, FactType.CODE, FactType.TEXT)
        pairs = self._literals(tree.children[1:])
        return OneOf(name, self._checked(name, pairs))

    def _checked(self, name: str, pairs: list[tuple[Part, str]], *, prefix: bool = False) -> tuple[str, ...]:
        """Refuse literals that could never equal a value of the fact."""
        kind = FACT[name].type
        for part, text in pairs:
            if name in CAPITALS and text != text.upper():
                raise wrong_literal(part, "a code of capital letters", text, f"did you mean {text.upper()}?")
            if kind is FactType.HS and not _is_hs(text):
                raise wrong_literal(part, "the digits of a commodity code", text, "write 870323, without dots")
            if not text.strip() or (kind is FactType.TEXT and not folded(text)):
                raise wrong_type(part, "a code or text", "nothing", "use is missing to ask for a missing fact")
            found = None if self.approved or kind is FactType.TEXT else strange(name, text, prefix=prefix)
            if found is not None:
                raise wrong_literal(part, found.expected, text, found.hint)
        return tuple(text for _, text in pairs)

    def _listed(self, tree: Tree[Token]) -> Expression:
        subject, token = tree.children
        name = self._typed(subject, "a code before in list", *CODED)
        called = self._literal(Token("STRING", str(token)))
        if called not in self.lists:
            hint = nearest(called, self.lists) or "add it to lists/ beside the profiles"
            raise UnknownFact(
                f"there is no list {called!r}", column=column(token), expected="a named list", got=called, hint=hint
            )
        named = self.lists[called]
        if FACT[name].type is FactType.HS and (odd := next(filterfalse(_is_hs, named.values), None)) is not None:
            raise wrong_type(token, "a list of commodity codes", f"one that holds {shown(odd)}")
        if name in CAPITALS and (small := next((code for code in named.values if code != code.upper()), None)):
            raise wrong_type(token, "a list of codes of capital letters", f"one that holds {shown(small)}")
        if (
            not self.approved
            and name in VOCABULARY
            and (odd := next(filter(partial(strange, name), named.values), None))
        ):
            raise wrong_type(token, "a list of codes that occur", f"one that holds {shown(odd)}")
        return InList(name, named)

    def _starts(self, tree: Tree[Token]) -> Expression:
        name = self._typed(tree.children[0], "a commodity code before starts with", FactType.HS)
        return StartsWith(name, self._checked(name, self._literals(tree.children[1:]), prefix=True))

    def _contains(self, tree: Tree[Token]) -> Expression:
        name = self._typed(tree.children[0], "a text before contains", FactType.TEXT)
        return Contains(name, self._checked(name, self._literals(tree.children[1:])))

    def _has_word(self, tree: Tree[Token]) -> Expression:
        name = self._typed(tree.children[0], "a text before has word", FactType.TEXT)
        return HasWord(name, self._checked(name, self._literals(tree.children[1:])))

    def _empty(self, tree: Tree[Token]) -> Expression:
        return Empty(self._typed(tree.children[0], "a set of codes before is empty", FactType.CODES))

    def _include(self, tree: Tree[Token]) -> Expression:
        name = self._typed(tree.children[0], "a set of codes before include", FactType.CODES)
        codes = self._checked(name, self._literals(tree.children[1:]))
        return Include(name, codes, every="all" in str(tree.data))

    def _known(self, tree: Tree[Token]) -> Expression:
        return Known(self._fact(tree.children[0]).name)

    def _flag(self, tree: Tree[Token]) -> Expression:
        return Flag(self._typed(tree.children[0], "a condition", FactType.FLAG))

    def _quantifier(self, tree: Tree[Token]) -> Expression:
        inner = self._inside(tree, tree.children[0])
        return AnyItem(inner) if tree.data == "any_item" else AllItems(inner)

    def _inside(self, tree: Tree[Token], part: Part) -> Expression:
        """Read the condition of a quantifier, which may not hold another."""
        if self.within:
            raise CostExceeded(
                "a question about all items stands inside another",
                column=column(tree),
                expected="a condition on one goods item",
                got=str(tree.data).replace("_", " "),
                hint="items are looked at once: put the inner question beside the outer one",
            )
        self.within = str(tree.data)
        try:
            return self.condition(part)
        finally:
            self.within = None

    def _comparison(self, tree: Tree[Token]) -> Expression:
        left, sign, right = tree.children
        relation = Relation(str(sign))
        if _counts(right) and not _counts(left):
            left, right, relation = right, left, FLIPPED[relation]
        if isinstance(left, Tree) and _counts(left):
            return self._counted(left, relation, right)
        first, kind = self._value(left)
        second, other = self._value(right)
        if kind is not other:
            raise wrong_type(right, f"a {kind}, to compare with a {kind}", f"a {other}")
        return Comparison(first, relation, second)

    def _between(self, tree: Tree[Token]) -> Expression:
        values = [self._value(child) for child in tree.children]
        for child, (_, kind) in zip(tree.children, values, strict=True):
            if kind is not values[0][1]:
                raise wrong_type(child, f"a {values[0][1]}, to compare with a {values[0][1]}", f"a {kind}")
        return Between(*(value for value, _ in values))

    def _counted(self, tree: Tree[Token], relation: Relation, right: Part) -> Expression:
        threshold, kind = self._value(right)
        if kind is not FactType.NUMBER:
            raise wrong_type(right, "a number", f"a {kind}")
        if tree.data == "item_count":
            return ItemCount(self._inside(tree, tree.children[0]), relation, threshold)
        counted = tree.data == "distinct"
        wanted = "a code or text to count the values of" if counted else "a number to sum"
        types = (*CODED, FactType.TEXT) if counted else (FactType.NUMBER,)
        name = self._typed(tree.children[0], wanted, *types)
        if self.within:
            self._inside(tree, tree.children[0])
        chosen = self._inside(tree, tree.children[1]) if len(tree.children) > 1 else None
        if counted:
            return DistinctCount(name, chosen, relation, threshold)
        return ItemSum(name, chosen, relation, threshold)

    def _value(self, part: Part) -> tuple[Value, FactType]:
        if not isinstance(part, Tree) or part.data not in {"fact", *OTHER_VALUES}:
            raise wrong_type(part, "a number or a date", "a condition")
        kind = str(part.data)
        if kind in {"number", "negative"}:
            return self._number(part), FactType.NUMBER
        if kind == "day":
            return self._day(part), FactType.DATE
        if kind == "arithmetic":
            return self._arithmetic(part)
        if kind == "days_between":
            first, last = (self._moment(child) for child in part.children)
            return DaysBetween(first, last), FactType.NUMBER
        if kind == "days":
            hint = "write lodged_on - 30 days, or days between lodged_on and 2026-01-31"
            raise wrong_type(part, "a number or a date", "a number of days that stands alone", hint)
        if kind != "fact":
            raise wrong_type(
                part, "a number or a date", "a count or sum", "compare it directly: count of items (…) >= 3"
            )
        name = self._typed(part.children[0], "a number or a date", FactType.NUMBER, FactType.DATE)
        return FactValue(name), FACT[name].type

    def _number(self, tree: Tree[Token]) -> Value:
        number = Decimal(str(tree.children[-1]))
        if len(number.as_tuple().digits) > LITERAL_DIGITS:
            raise wrong_type(tree, f"a number of at most {LITERAL_DIGITS} digits", "a longer one")
        return Number(-number if tree.data == "negative" and number else number)

    def _day(self, tree: Tree[Token]) -> Value:
        text = str(tree.children[0])
        try:
            return Day(date.fromisoformat(text))
        except ValueError:
            raise wrong_literal(tree, "a day of the calendar", text) from None

    def _moment(self, part: Part) -> Value:
        value, kind = self._value(part)
        if kind is not FactType.DATE:
            raise wrong_type(part, "a date", f"a {kind}")
        return value

    def _shifted(self, tree: Tree[Token]) -> Value:
        """Read a date some days earlier or later."""
        left, sign, right = tree.children
        number = str(right.children[0]) if isinstance(right, Tree) else ""
        if not number.isdigit() or int(number) > LONGEST_SHIFT:
            raise wrong_literal(right, f"whole days, at most {LONGEST_SHIFT}", number)
        operation = Operation(str(sign))
        if operation not in {Operation.PLUS, Operation.MINUS}:
            raise wrong_type(tree, "a date + or - days", f"days with {operation}")
        return Shifted(self._moment(left), int(number) if operation is Operation.PLUS else -int(number))

    def _arithmetic(self, tree: Tree[Token]) -> tuple[Value, FactType]:
        if isinstance(tree.children[2], Tree) and tree.children[2].data == "days":
            return self._shifted(tree), FactType.DATE
        operands = []
        for child in (tree.children[0], tree.children[2]):
            value, kind = self._value(child)
            if kind is not FactType.NUMBER:
                raise wrong_type(
                    child,
                    "a number",
                    f"a {kind}",
                    "write lodged_on - 30 days, or days between lodged_on and 2026-01-31",
                )
            operands.append(value)
        operation = Operation(str(tree.children[1]))
        if operation is Operation.DIVIDE and isinstance(operands[1], Number) and not operands[1].value:
            raise SentenceError(
                "division by zero is always unknown", column=column(tree.children[2]), expected="a number but 0", got=0
            )
        return Arithmetic(operands[0], operation, operands[1]), FactType.NUMBER


def _is_hs(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _counts(part: Part) -> bool:
    return isinstance(part, Tree) and part.data in COUNTED
