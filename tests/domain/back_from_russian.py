"""A Russian sentence read back, phrase by phrase, as the canonical one: the witness that it means one condition only."""

import re
from collections.abc import Iterator

from darvoza.domain.titles import RUSSIAN_VALUES, TITLES, Gender
from darvoza.domain.wording import quoted
from darvoza.domain.wording_ru import FORMS, OF_DATES, OF_NUMBERS

QUOTED = re.compile(r"«((?:\\.|[^»\\])*)»", re.DOTALL)
CLAUSES = {
    form: text
    for title in TITLES
    if title.gender is Gender.CLAUSE
    for form, text in ((title.russian, title.fact), (title.opposite, f"not {title.fact}"))
}
NAMES = {
    form: title.fact
    for title in TITLES
    if title.gender is not Gender.CLAUSE
    for form in (title.russian, title.genitive)
}
ANY_NAME = re.compile("|".join(re.escape(form) for form in sorted(NAMES, key=len, reverse=True)))
RELATIONS = {words: relation for table in (OF_NUMBERS, OF_DATES) for relation, words in table.items()}
SIGNS = {"×": "*", "÷": "/", "−": "-", "≠": "!="}


def any_form(word: str) -> str:
    return f"(?:{'|'.join(dict.fromkeys(FORMS[word]))})"


VERBS = [
    (r"не входит в список", "not in list"),
    (r"входит в список", "in list"),
    (r"не начинается ни с одного из", "does not start with"),
    (r"не начинается с", "does not start with"),
    (r"начинается с(?: одного из)?", "starts with"),
    (r"не содержит ни одного слова из", "does not have word any of"),
    (r"содержит хотя бы одно слово из", "has word any of"),
    (r"не содержит слова", "does not have word"),
    (r"содержит слово", "has word"),
    (r"не содержит ни одного из", "does not contain any of"),
    (r"содержит хотя бы одно из", "contains any of"),
    (r"не содержит", "does not contain"),
    (r"содержит", "contains"),
    (r"не включает ни одного кода из", "do not include any of"),
    (r"не включает всех кодов из", "do not include all of"),
    (r"включает хотя бы один код из", "include any of"),
    (r"включает все коды из", "include all of"),
    (r"не включает", "do not include"),
    (r"включает", "include"),
    (r"отсутствует$", "is empty"),
    (r"имеется$", "is not empty"),
    (r"не указан$", "is missing"),
    (r"неизвестен$", "is missing"),
    (r"указан$", "is known"),
    (r"известен$", "is known"),
    (r"— ни один из", "not in"),
    (r"— один из", "in"),
    (r"— не", "is not"),
    (r"— (?!от )", "is "),
]
VERB = [
    (re.compile(re.sub(r"[а-яё]+", lambda word: any_form(word[0]) if word[0] in FORMS else word[0], russian)), english)
    for russian, english in VERBS
]


class Reader:
    """Reads one sentence; the texts in it stand aside, so that nothing inside them is taken for a word."""

    def __init__(self, sentence: str) -> None:
        self.texts: list[str] = []
        self.sentence = QUOTED.sub(self._aside, sentence)

    def _aside(self, found: re.Match[str]) -> str:
        self.texts.append(re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL))
        return f"⟨{len(self.texts) - 1}⟩"

    def english(self) -> str:
        made = self.condition(self.sentence)
        return re.sub(r"⟨(\d+)⟩", lambda found: quoted(self.texts[int(found[1])]), made)

    def condition(self, text: str) -> str:
        parts = list(split(text))
        if len(parts) == 1:
            inner = bracketed(text)
            return f"({self.condition(inner)})" if inner is not None else self.clause(text)
        words = {word for word, _ in parts if word in {"и", "или"}}
        assert len(words) == 1, f"two kinds of joining without brackets: {text}"
        joint = {"и": " and ", "или": " or "}[words.pop()]
        return joint.join(self.condition(part) for _, part in parts)

    def clause(self, text: str) -> str:
        if text in CLAUSES:
            return CLAUSES[text]
        if asked := re.fullmatch(r"ответ на вопрос ⟨(\d+)⟩ (не)?известен", text):
            return f"{CLAUSES[self.texts[int(asked[1])]]} is {'missing' if asked[2] else 'known'}"
        for russian, english in (
            ("не выполнено условие", "not"),
            ("хотя бы для одного товара выполнено условие", "any item"),
            ("для каждого товара выполнено условие", "all items"),
        ):
            if text.startswith(f"{russian} ("):
                return f"{english} ({self.condition(text[len(russian) + 2 : -1])})"
        return self.counted(text) or self.tested(text) or self.compared(text)

    def counted(self, text: str) -> str | None:
        head = re.match(
            rf"число товаров|сумма ({ANY_NAME.pattern})|число различных значений ({ANY_NAME.pattern})", text
        )
        if head is None or not text[head.end() :].startswith((" с условием (", " по всем", " по товарам с")):
            return None
        summed, distinct = (NAMES[part] if part else None for part in head.groups())
        english = "count of items" if text.startswith("число товаров") else f"sum of {summed}"
        rest = text[head.end() :]
        inside, after = "", rest.removeprefix(" по всем товарам")
        if "условием (" in rest[:24]:
            begin = rest.index("(")
            end = closing(rest, begin)
            inside, after = f" ({self.condition(rest[begin + 1 : end])})", rest[end + 1 :]
        return (
            f"distinct {distinct} of items{inside}{related(after)}"
            if distinct
            else f"{english}{inside}{related(after)}"
        )

    def tested(self, text: str) -> str | None:
        name = ANY_NAME.match(text)
        if name is None:
            return None
        fact, rest = NAMES[name[0]], text[name.end() + 1 :]
        for russian, english in VERB:
            if found := russian.match(rest):
                return f"{fact} {english} {uncoded(fact, rest[found.end() :])}"
        return None

    def compared(self, text: str) -> str:
        if " — от " in text:
            value, _, bounds = text.removesuffix(" включительно").partition(" — от ")
            low, high = at_depth_0(bounds, " до ")
            return f"{formula(value)} between {formula(low)} and {formula(high)}"
        for words in (*sorted(RELATIONS, key=len, reverse=True), any_form("равен"), "=", "≠"):
            if found := re.search(rf" (?:не )?{words} ", text):
                return f"{formula(text[: found.start()])}{related(text[found.start() :])}"
        raise AssertionError(f"not understood: {text}")


def related(text: str) -> str:
    """Read a relation and its right side."""
    said = text.strip()
    if found := re.match(rf"(не )?{any_form('равен')} ", said):
        return f" {'!=' if found[1] else '='} {formula(said[found.end() :])}"
    for words, relation in sorted(RELATIONS.items(), key=lambda pair: -len(pair[0])):
        if said.startswith(f"{words} "):
            return f" {relation} {formula(said[len(words) + 1 :])}"
    sign, _, right = said.partition(" ")
    return f" {SIGNS.get(sign, sign)} {formula(right)}"


def formula(text: str) -> str:
    """Read numbers, dates and what is computed from them."""
    made = ANY_NAME.sub(lambda found: NAMES[found[0]], text)
    made = re.sub(r"(\d\d)\.(\d\d)\.(\d{4})", r"\3-\2-\1", made)
    made = re.sub(r"числ[оа] дней от (\([^()]*(?:\([^()]*\)[^()]*)*\)|\S+) до ", r"days between \1 and ", made)
    made = re.sub(r"\b(?:день|дня|дней)\b", "days", made)
    return re.sub(r"[×÷−≠]", lambda sign: SIGNS[sign[0]], made)


def uncoded(fact: str, text: str) -> str:
    for code, word in RUSSIAN_VALUES.get(fact, {}).items():
        text = re.sub(rf"\b{word}\b", code, text)
    return re.sub(r"(?<![\w⟨./-])[A-Za-z0-9][A-Za-z0-9_./-]*(?![⟩])", lambda code: f'"{code[0]}"', text)


def split(text: str) -> Iterator[tuple[str, str]]:
    """Give the terms outside brackets, each with what stands before it: nothing, a comma, *и* or *или*."""
    depth, begin, word = 0, 0, ""
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and (found := re.match(r"(,) | (и|или) ", text[place:])):
            yield word, text[begin:place]
            word, begin = found[1] or found[2], place + found.end()
    yield word, text[begin:]


def at_depth_0(text: str, between: str) -> tuple[str, str]:
    depth = 0
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and text.startswith(between, place):
            return text[:place], text[place + len(between) :]
    raise AssertionError(f"no {between!r} in {text}")


def closing(text: str, begin: int) -> int:
    depth = 0
    for place in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(text)


def bracketed(text: str) -> str | None:
    """Give what stands in the brackets that hold the whole text."""
    return text[1:-1] if text.startswith("(") and closing(text, 0) == len(text) - 1 and " " in text else None
