"""The sentence of a condition in Russian: what an officer reads where Russian is the language of the service.

It says what the canonical sentence says, in the same order, with the titles of facts in the place of their names.
Two conditions that differ have two sentences. Where a reader could hesitate there are brackets: round every *and*
within an *or*, every *or* within an *and*, and whatever a *not* or a question about items speaks of. Numbers keep
the decimal point, since commas separate what is enumerated.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

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
    Relation,
    Shifted,
    StartsWith,
    Value,
    plain_number,
)
from darvoza.domain.facts import FACT, FactSource, FactType
from darvoza.domain.titles import RUSSIAN_VALUES, TITLE, Gender
from darvoza.domain.wording import PRECEDENCE

BARE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
"""Codes that can stand without quotes: no Cyrillic letter, so that none reads like a word of the sentence."""

SIGN: Final = {Operation.PLUS: "+", Operation.MINUS: "−", Operation.TIMES: "×", Operation.DIVIDE: "÷"}
OF_NUMBERS: Final = {
    Relation.LESS: "меньше",
    Relation.AT_MOST: "не больше",
    Relation.MORE: "больше",
    Relation.AT_LEAST: "не меньше",
}
OF_DATES: Final = {
    Relation.LESS: "раньше",
    Relation.AT_MOST: "не позже",
    Relation.MORE: "позже",
    Relation.AT_LEAST: "не раньше",
}

FORMS: Final = {
    "равен": ("равен", "равна", "равно", "равны"),
    "указан": ("указан", "указана", "указано", "указаны"),
    "известен": ("известен", "известна", "известно", "известны"),
    "неизвестен": ("неизвестен", "неизвестна", "неизвестно", "неизвестны"),
    "один": ("один", "одна", "одно", "одни"),
    "начинается": ("начинается", "начинается", "начинается", "начинаются"),
    "входит": ("входит", "входит", "входит", "входят"),
    "содержит": ("содержит", "содержит", "содержит", "содержат"),
    "включает": ("включает", "включает", "включает", "включают"),
    "отсутствует": ("отсутствует", "отсутствует", "отсутствует", "отсутствуют"),
    "имеется": ("имеется", "имеется", "имеется", "имеются"),
}
"""Words that agree with a title: masculine, feminine, neuter, plural."""

ORDER: Final = (Gender.MASCULINE, Gender.FEMININE, Gender.NEUTER, Gender.PLURAL)


def render_ru(node: Expression) -> str:
    """Write a condition as a Russian sentence.

    Examples
    --------
    >>> from darvoza.domain.expression import And, Flag, OneOf, StartsWith
    >>> print(render_ru(And((StartsWith("hs", ("8703",)), OneOf("origin", ("GE", "AE")), Flag("importer_is_new")))))
    код ТН ВЭД начинается с 8703, страна происхождения — одна из (AE, GE) и импортёр ранее не встречался
    """
    match node:
        case And(terms):
            return _enumerated(terms, "и", Or)
        case Or(terms):
            return _enumerated(terms, "или", And)
        case Not(term):
            return _test(term, positive=False) or f"не выполнено условие ({render_ru(term)})"
        case Comparison() | Between():
            return _compared(node)
        case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
            return _quantified(node)
        case _:
            return _test(node, positive=True)


def _enumerated(terms: Iterable[Expression], word: str, other: type) -> str:
    """Join conditions with commas and a last *and* or *or*; those of the other kind stand in brackets."""
    *first, last = (f"({render_ru(term)})" if isinstance(term, other) else render_ru(term) for term in terms)
    return f"{', '.join(first)} {word} {last}"


def quoted_ru(text: str) -> str:
    """Write a text literal.

    Examples
    --------
    >>> print(quoted_ru("б/у"))
    «б/у»
    """
    return "«" + text.replace("\\", "\\\\").replace("»", "\\»") + "»"


def _agreeing(word: str, gender: Gender) -> str:
    return FORMS[word][ORDER.index(gender)]


def _code(fact: str, code: str) -> str:
    word = RUSSIAN_VALUES.get(fact, {}).get(code)
    return word or (code if BARE.fullmatch(code) else quoted_ru(code))


def _codes(fact: str, codes: Iterable[str]) -> str:
    return "(" + ", ".join(_code(fact, code) for code in codes) + ")"


def _texts(texts: Iterable[str]) -> str:
    return "(" + ", ".join(quoted_ru(text) for text in texts) + ")"


def _test(node: Expression, *, positive: bool) -> str:
    """Write a test of one fact, or its opposite; empty for other nodes."""
    match node:
        case Flag(fact):
            return TITLE[fact].russian if positive else TITLE[fact].opposite
        case Known(fact):
            return _known(fact, positive=positive)
        case OneOf() | StartsWith() | InList() | Contains() | HasWord() | Include() | Empty():
            title = TITLE[node.fact]
            return f"{title.russian} {_predicate(node, title.gender, '' if positive else 'не ')}"
    return ""


def _predicate(node: Expression, gender: Gender, no: str) -> str:  # noqa: PLR0911 - one return a kind of node
    """Write what a test says of its fact; `no` is ``не`` with a space, or nothing."""

    def verb(word: str) -> str:
        return no + _agreeing(word, gender)

    match node:
        case OneOf(fact, values):
            return _one_of(fact, values, gender, no)
        case StartsWith(fact, prefixes):
            among = "ни с одного из" if no else "с одного из"
            return f"{verb('начинается')} " + _one_or(prefixes, "с", among, lambda codes: _codes(fact, codes))
        case InList(_, named):
            return f"{verb('входит')} в список {quoted_ru(named.name)}"
        case Contains(_, texts):
            among = "ни одного из" if no else "хотя бы одно из"
            return f"{verb('содержит')} " + _one_or(texts, "", among, _texts)
        case HasWord(_, words):
            one, among = ("слова", "ни одного слова из") if no else ("слово", "хотя бы одно слово из")
            return f"{verb('содержит')} " + _one_or(words, one, among, _texts)
        case Include(fact, codes, every):
            return _included(fact, codes, every=every, verb=verb("включает"))
        case _:
            return _agreeing("имеется" if no else "отсутствует", gender)


def _one_or(values: tuple[str, ...], one: str, among: str, write: Callable[[Iterable[str]], str]) -> str:
    """Write one literal, or several in brackets."""
    written = write(values)
    return f"{one} {written[1:-1]}".lstrip() if len(values) == 1 else f"{among} {written}"


def _one_of(fact: str, values: tuple[str, ...], gender: Gender, no: str) -> str:
    write = _texts if FACT[fact].type is FactType.TEXT else (lambda codes: _codes(fact, codes))
    among = f"{'ни ' if no else ''}{_agreeing('один', gender)} из"
    return "— " + _one_or(values, no.strip(), among, write)


def _included(fact: str, codes: tuple[str, ...], *, every: bool, verb: str) -> str:
    denied = verb.startswith("не ")
    if every:
        among = "всех кодов из" if denied else "все коды из"
    else:
        among = "ни одного кода из" if denied else "хотя бы один код из"
    return f"{verb} " + _one_or(codes, "", among, lambda some: _codes(fact, some))


def _known(fact: str, *, positive: bool) -> str:
    """Say that a fact is known or missing: of what is declared, whether it was stated."""
    title = TITLE[fact]
    if title.gender is Gender.CLAUSE:
        return f"ответ на вопрос {quoted_ru(title.russian)} {'известен' if positive else 'неизвестен'}"
    if FACT[fact].source is FactSource.DECLARED:
        return f"{title.russian} {'' if positive else 'не '}{_agreeing('указан', title.gender)}"
    return f"{title.russian} {_agreeing('известен' if positive else 'неизвестен', title.gender)}"


def _value(value: Value, *, above: int = 0, genitive: bool = False) -> str:
    """Write a number or date; `above` is the precedence of what it stands in."""
    match value:
        case Number(number):
            return plain_number(number)
        case Day(day):
            return f"{day.day:02}.{day.month:02}.{day.year:04}"
        case FactValue(fact):
            return TITLE[fact].genitive if genitive else TITLE[fact].russian
        case Arithmetic(left, operation, right):
            level = PRECEDENCE[operation]
            first, second = (
                _value(part, above=level + step, genitive=genitive) for step, part in enumerate((left, right))
            )
            text = f"{first} {SIGN[operation]} {second}"
            return f"({text})" if level < above else text
        case Shifted(day, days):
            text = f"{_value(day, above=1, genitive=genitive)} {'−' if days < 0 else '+'} {_days(abs(days))}"
            return f"({text})" if above > 1 else text
        case DaysBetween(first_day, last_day):
            begin, end = (_value(day, above=3, genitive=True) for day in (first_day, last_day))
            text = f"{'числа' if genitive else 'число'} дней от {begin} до {end}"
            return f"({text})" if above else text


def _days(count: int) -> str:
    """Count days as Russian does."""
    tens, ones = divmod(count % 100, 10)
    if tens == 1 or ones == 0 or ones > 4:
        return f"{count} дней"
    return f"{count} {'день' if ones == 1 else 'дня'}"


def _compared(node: Comparison | Between) -> str:
    match node:
        case Between(value, low, high):
            bounds = (_value(bound, above=1, genitive=True) for bound in (low, high))
            return f"{_value(value)} — от {' до '.join(bounds)} включительно"
        case Comparison(FactValue(fact) as left, relation, right):
            return f"{_value(left)} {_related(relation, right, TITLE[fact].gender, dates=_is_date(left))}"
        case Comparison(left, relation, right):
            return f"{_value(left)} {_related(relation, right, None, dates=_is_date(left))}"


def _is_date(value: Value) -> bool:
    match value:
        case FactValue(fact):
            return FACT[fact].type is FactType.DATE
        case _:
            return isinstance(value, Day | Shifted)


def _related(relation: Relation, right: Value, gender: Gender | None, *, dates: bool = False) -> str:
    """Write a relation and its right side; equality is a word before a number, and a sign before a formula."""
    if relation in OF_NUMBERS:
        return f"{(OF_DATES if dates else OF_NUMBERS)[relation]} {_value(right, genitive=True)}"
    if gender is None or not isinstance(right, Number):
        return f"{'=' if relation is Relation.EQUAL else '≠'} {_value(right)}"
    return f"{'' if relation is Relation.EQUAL else 'не '}{_agreeing('равен', gender)} {_value(right)}"


def _quantified(node: Quantified) -> str:
    match node:
        case AnyItem(condition):
            return f"хотя бы для одного товара выполнено условие ({render_ru(condition)})"
        case AllItems(condition):
            return f"для каждого товара выполнено условие ({render_ru(condition)})"
        case ItemCount(condition, relation, right):
            return f"число товаров с условием ({render_ru(condition)}) {_related(relation, right, Gender.NEUTER)}"
        case ItemSum(fact, chosen, relation, right):
            return f"сумма {TITLE[fact].genitive} {_over(chosen)} {_related(relation, right, Gender.FEMININE)}"
        case DistinctCount(fact, chosen, relation, right):
            counted = f"число различных значений {TITLE[fact].genitive}"
            return f"{counted} {_over(chosen)} {_related(relation, right, Gender.NEUTER)}"


def _over(chosen: Expression | None) -> str:
    return "по всем товарам" if chosen is None else f"по товарам с условием ({render_ru(chosen)})"
