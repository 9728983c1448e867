"""The canonical sentence of a condition: what an officer reads, and what parses back to the same tree."""

import re

from darvoza.domain.expression import (
    AllItems,
    And,
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
    Or,
    Quantified,
    Shifted,
    StartsWith,
    Value,
    plain_number,
)
from darvoza.domain.facts import FACT

BARE = re.compile(r"[^\W_][\w./-]*")
RESERVED = {"not", "known", "missing", "in", "any", "all", "list", "empty"}


def quoted(text: str) -> str:
    r"""Write a text literal.

    Examples
    --------
    >>> print(quoted('6" pipe'))
    "6\" pipe"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _code(code: str) -> str:
    bare = BARE.fullmatch(code) and code.casefold() not in RESERVED and code not in FACT
    return code if bare else quoted(code)


def _codes(codes: tuple[str, ...]) -> str:
    return "(" + ", ".join(_code(code) for code in codes) + ")"


def _one_or(codes: tuple[str, ...], one: str, many: str) -> str:
    return f"{one} {_code(codes[0])}" if len(codes) == 1 else f"{many} {_codes(codes)}"


def _texts(texts: tuple[str, ...]) -> str:
    if len(texts) == 1:
        return quoted(texts[0])
    return "any of (" + ", ".join(quoted(text) for text in texts) + ")"


PRECEDENCE = {Operation.PLUS: 1, Operation.MINUS: 1, Operation.TIMES: 2, Operation.DIVIDE: 2}


def _value(value: Value, above: int = 0) -> str:
    match value:
        case Number(number):
            return plain_number(number)
        case Day(day):
            return day.isoformat()
        case FactValue(fact):
            return fact
        case Arithmetic(left, operation, right):
            level = PRECEDENCE[operation]
            text = f"{_value(left, level)} {operation} {_value(right, level + 1)}"
            return f"({text})" if level < above else text
        case Shifted(day, days):
            text = f"{_value(day, 1)} {'-' if days < 0 else '+'} {abs(days)} days"
            return f"({text})" if above > 1 else text
        case DaysBetween(first, last):
            return f"days between {_value(first, 3)} and {_value(last, 3)}"


def _test(node: Expression, *, positive: bool) -> str | None:  # noqa: PLR0911 - one return a kind of node
    """Write a test of one fact, or its opposite, in words; ``None`` for other nodes."""
    match node:
        case OneOf(fact, values):
            words = ("is", "in") if positive else ("is not", "not in")
            return f"{fact} {_one_or(values, *words)}"
        case StartsWith(fact, prefixes):
            verb = "starts with" if positive else "does not start with"
            return f"{fact} {_one_or(prefixes, verb, verb)}"
        case InList(fact, named):
            return f"{fact} {'in' if positive else 'not in'} list {quoted(named.name)}"
        case Contains(fact, texts):
            return f"{fact} {'contains' if positive else 'does not contain'} {_texts(texts)}"
        case HasWord(fact, words):
            return f"{fact} {'has word' if positive else 'does not have word'} {_texts(words)}"
        case Empty(fact):
            return f"{fact} is {'empty' if positive else 'not empty'}"
        case Include(fact, codes, every):
            verb = "include" if positive else "do not include"
            return f"{fact} {_one_or(codes, verb, f'{verb} all of' if every else f'{verb} any of')}"
        case Known(fact):
            return f"{fact} is known" if positive else f"{fact} is missing"
    return None


def _quantified(node: Quantified) -> str:
    match node:
        case AnyItem(condition):
            return f"any item ({render(condition)})"
        case AllItems(condition):
            return f"all items ({render(condition)})"
        case ItemCount(condition, relation, right):
            return f"count of items ({render(condition)}) {relation} {_value(right)}"
        case ItemSum(fact, chosen, relation, right):
            inner = f" ({render(chosen)})" if chosen is not None else ""
            return f"sum of {fact}{inner} {relation} {_value(right)}"
        case DistinctCount(fact, chosen, relation, right):
            inner = f" ({render(chosen)})" if chosen is not None else ""
            return f"distinct {fact} of items{inner} {relation} {_value(right)}"


def _wrapped(term: Expression, *kinds: type) -> str:
    return f"({render(term)})" if isinstance(term, kinds) else render(term)


def render(node: Expression) -> str:  # noqa: PLR0911 - one return a kind of node
    """Write a condition as its canonical sentence; parsing the sentence gives the same tree.

    Examples
    --------
    >>> from darvoza.domain.expression import And, Not, OneOf, StartsWith
    >>> render(And((StartsWith("hs", ("8703",)), Not(OneOf("origin", ("GE", "AE"))))))
    'hs starts with 8703 and origin not in (AE, GE)'
    """
    match node:
        case And(terms):
            return " and ".join(_wrapped(term, Or) for term in terms)
        case Or(terms):
            return " or ".join(render(term) for term in terms)
        case Not(term):
            return _test(term, positive=False) or f"not {_wrapped(term, And, Or)}"
        case Flag(fact):
            return fact
        case Comparison(left, relation, right):
            return f"{_value(left)} {relation} {_value(right)}"
        case Between(value, low, high):
            return f"{_value(value)} between {_value(low)} and {_value(high)}"
        case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
            return _quantified(node)
        case _:
            return _test(node, positive=True) or ""
