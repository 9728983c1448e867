"""What is wrong with a sentence or a profile, in the language of the page; the flow gives field, position and values."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from darvoza.domain.facts import FACT, FactType
from darvoza.errors import CostExceeded, DarvozaError, SentenceError, UnknownFact, shown
from darvoza.office.profiles.words import OUTCOMES, POLICIES, VISIBILITIES
from darvoza.office.shell.words import ACTS, AGENCIES, AREAS, FLOORS

NEAREST: Final = re.compile(r"did you mean (.+)\?")
ENTRY: Final = re.compile(r"[a-z_]+\.\d+")
"""Where errors of one entry of a file stand, such as `measures.2`: without it nobody knows which of them is meant."""

BEGINS: Final = re.compile(r"write starts with (\d+)")
MEANT: Final = re.compile(r"([a-z_0-9]+), a ")
"""How the language begins to say what a fact is that was used otherwise."""

HOW: Final[Mapping[FactType, Promise]] = {
    FactType.HS: gettext_lazy("a commodity code: use starts with, is or in"),
    FactType.CODE: gettext_lazy("a code: use is or in"),
    FactType.TEXT: gettext_lazy("a text: use contains or has word"),
    FactType.NUMBER: gettext_lazy("a number: use <, <=, >, >=, =, != or between"),
    FactType.DATE: gettext_lazy("a date: use <, <=, >, >=, =, != or between"),
    FactType.FLAG: gettext_lazy("a flag: it stands alone"),
    FactType.CODES: gettext_lazy("a set of codes: use include or is empty"),
}
EXPECTED: Final[Mapping[str, Promise]] = {
    "a condition": gettext_lazy("a condition"),
    "a condition or value": gettext_lazy("a condition or value"),
    "a condition, which is true or false": gettext_lazy("a condition, which is true or false"),
    "a fact": gettext_lazy("a fact"),
    "a named list": gettext_lazy("a named list"),
    "a number": gettext_lazy("a number"),
    "a date": gettext_lazy("a date"),
    "a code": gettext_lazy("a code"),
    "a text": gettext_lazy("a text"),
    "a fact, a number or a date": gettext_lazy("a fact, a number or a date"),
    "a number or a date": gettext_lazy("a number or a date"),
    "a date such as 2026-01-31": gettext_lazy("a date such as 2026-01-31"),
    "a day of the calendar": gettext_lazy("a day of the calendar"),
    "the end of the sentence": gettext_lazy("the end of the sentence"),
    "nothing more": gettext_lazy("nothing more"),
    'a text in "quotes"': gettext_lazy('a text in "quotes"'),
    "a comparison (<, <=, >, >=, =, !=)": gettext_lazy("a comparison (<, <=, >, >=, =, !=)"),
    "an opening parenthesis '('": gettext_lazy("an opening parenthesis '('"),
    "a closing parenthesis ')'": gettext_lazy("a closing parenthesis ')'"),
    "a comma": gettext_lazy("a comma"),
    "the digits of a commodity code": gettext_lazy("the digits of a commodity code"),
    "a code of capital letters": gettext_lazy("a code of capital letters"),
    "a code or text": gettext_lazy("a code or text"),
    "a code or text before is or in": gettext_lazy("a code or text before is or in"),
    "a code before in list": gettext_lazy("a code before in list"),
    "a commodity code before starts with": gettext_lazy("a commodity code before starts with"),
    "a text before contains": gettext_lazy("a text before contains"),
    "a text before has word": gettext_lazy("a text before has word"),
    "a set of codes before include": gettext_lazy("a set of codes before include"),
    "a set of codes before is empty": gettext_lazy("a set of codes before is empty"),
    "a condition on one goods item": gettext_lazy("a condition on one goods item"),
    "a legal basis, or a rationale": gettext_lazy("a legal basis, or a rationale"),
    "the law that asks for it": gettext_lazy("the law that asks for it, as its floor is law"),
    "the reason for differentiating": gettext_lazy(
        "the reason for differentiating: the sentence names countries or traders (TFA 7.4.2)"
    ),
    "at least one worked case": gettext_lazy("at least one worked case"),
    "which number must be set on national data": gettext_lazy("which number must be set on national data"),
    "a share above 0, at most 1": gettext_lazy("a share above 0, at most 1"),
    "letters, digits, dots, hyphens and underscores": gettext_lazy("letters, digits, dots, hyphens and underscores"),
    "a code that stands here once": gettext_lazy("a code that stands here once"),
    "a code without spaces around it": gettext_lazy("a code without spaces around it"),
    "a code without control characters": gettext_lazy("a code without control characters"),
    "2 to 10 digits of a commodity code": gettext_lazy("2 to 10 digits of a commodity code"),
    "a country of two capital letters": gettext_lazy("a country of two capital letters"),
    "one or more codes": gettext_lazy("one or more codes"),
    "UTF-8": gettext_lazy("UTF-8"),
    "a country of ISO 3166-1": gettext_lazy("a country of ISO 3166-1"),
    "a currency of ISO 4217": gettext_lazy("a currency of ISO 4217"),
    "letters of one alphabet": gettext_lazy("letters of one alphabet"),
    "a list of codes that occur": gettext_lazy("a list of codes that occur"),
    "fields with values": gettext_lazy("fields with values, one a line, such as hs: 870323"),
}
"""What the language says it expected, word for word; anything else is shown as it is said."""


PARTS: Final[Mapping[str, Promise]] = {
    "instructions": gettext_lazy("an instruction to the officer in English and in Russian"),
    "valid": gettext_lazy("the first and the last day"),
    "treatment": gettext_lazy("an act, and a share of the matches"),
}
"""What is to be filled in where a whole part of a profile is missing."""

CHOICES: Final[Mapping[str, Mapping[str, Promise]]] = {
    "agency": AGENCIES,
    "risk_area": AREAS,
    "act": ACTS,
    "floor": FLOORS,
    "unknown": POLICIES,
    "visibility": VISIBILITIES,
    "expect": OUTCOMES,
}
"""Words for the codes that a field may hold, as its choice on the form says them."""

COUNTED: Final[tuple[tuple[re.Pattern[str], Promise], ...]] = (
    (re.compile(r"(?P<fewest>\d+) to (?P<most>\d+) digits"), gettext_lazy("%(fewest)s to %(most)s digits")),
    (re.compile(r"(?P<count>\d+) digits"), gettext_lazy("%(count)s digits")),
    (re.compile(r"at most (?P<most>\d+) digits"), gettext_lazy("at most %(most)s digits")),
)
"""What the language expected, where it names numbers."""

ONE_OF: Final = re.compile(r"one of (.+)")
"""What the language expected, where it names codes."""


class Trouble(NamedTuple):
    """One thing that is wrong.

    Attributes
    ----------
    field
        The field of the file, such as ``valid.from`` or ``cases.0.given.hs``.
    words
        What is wrong, in the language of the page.
    column
        The 1-based position in the sentence; ``None`` for other fields.
    """

    field: str
    words: str
    column: int | None = None


def troubles(problems: BaseException) -> list[Trouble]:
    """Give everything that is wrong, in the order in which it was found."""
    return [_trouble(problem) for problem in _leaves(problems)]


def _leaves(problem: BaseException) -> Iterable[DarvozaError]:
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from _leaves(inner)
    elif isinstance(problem, DarvozaError):
        yield problem


def _trouble(problem: DarvozaError) -> Trouble:
    *within, field = (problem.field or "when").split(": ")
    if within and ENTRY.fullmatch(within[-1]):
        field = f"{within[-1]}.{field}"
    column = problem.column if isinstance(problem, SentenceError) else None
    return Trouble(field, _in_words(problem), column)


def _in_words(problem: DarvozaError) -> str:
    """Say one problem: what was expected, what was there, the nearest name."""
    got = problem.got if isinstance(problem.got, str) else shown(problem.got)
    nearest = NEAREST.fullmatch(problem.hint or "")
    tail = " " + _("Did you mean %(name)s?") % {"name": nearest[1]} if nearest else ""
    if begins := BEGINS.fullmatch(problem.hint or ""):
        tail = " " + _("Write: starts with %(code)s.") % {"code": begins[1]}
    if isinstance(problem, UnknownFact):
        if problem.expected == "a named list":
            return _("There is no list “%(name)s”.") % {"name": got} + tail
        return _("There is no fact “%(name)s”.") % {"name": got} + tail
    if isinstance(problem, CostExceeded):
        return _("It is larger than allowed: %(limit)s.") % {"limit": problem.expected}
    if not got or problem.got is None:
        part = PARTS.get((problem.field or "").rpartition(": ")[2])
        return _("Missing: %(expected)s.") % {"expected": part or _expected(problem)} + tail
    told = {"expected": _expected(problem), "got": _got(got)}
    return _("Expected %(expected)s; got %(got)s.") % told + tail


def _expected(problem: DarvozaError) -> str:
    """Say what was expected; several things are said one by one, and codes as the form says them."""
    text = problem.expected or ""
    if text in EXPECTED:
        return str(EXPECTED[text])
    if codes := ONE_OF.fullmatch(text):
        words_of = CHOICES.get((problem.field or "").rpartition(": ")[2].rpartition(".")[2], {})
        return _("one of %(codes)s") % {
            "codes": ", ".join(str(words_of.get(each, each)) for each in codes[1].split(", "))
        }
    for form, words in COUNTED:
        if named := form.fullmatch(text):
            return str(words) % named.groupdict()
    parts = text.split(", ")
    return ", ".join(str(EXPECTED.get(part, part)) for part in parts)


def _got(text: str) -> str:
    """Say what was there; of a fact, how it can be used."""
    meant = MEANT.match(text)
    if meant and meant[1] in FACT:
        return f"{meant[1]}, {HOW[FACT[meant[1]].type]}"
    return str(EXPECTED.get(text, f"“{text}”"))


class Marked(NamedTuple):
    """A sentence with the place where something is wrong."""

    before: str
    mark: str
    after: str


def marked(sentence: str, column: int | None) -> Marked | None:
    """Cut a sentence at the word in which something is wrong; nothing without a position.

    Examples
    --------
    >>> marked("hs is 8703 and orgin is GE", 16)
    Marked(before='hs is 8703 and ', mark='orgin', after=' is GE')
    >>> marked("hs is", 6).mark
    '…'
    """
    if column is None:
        return None
    at = column - 1
    word = re.match(r"\w+|\S", sentence[at:])
    return Marked(sentence[:at], word[0] if word else "…", sentence[at + len(word[0]) :] if word else "")
