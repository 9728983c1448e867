"""The worked cases of a profile: read as the catalogue types their facts, and decided by the reference interpreter."""

from collections.abc import Callable
from typing import Final

from darvoza.domain.facts import FACT, FactType
from darvoza.domain.profile import Outcome, RiskProfile, WorkedCase
from darvoza.errors import UnknownFact
from darvoza.flow.assessment.interpreter import any_of, evaluate
from darvoza.flow.fields import Fields, as_sequence

ITEMS: Final = "items"
"""The one name among the facts of a case that is no fact: the facts of each goods item stand below it."""


def run_case(profile: RiskProfile, case: WorkedCase) -> bool | None:
    """Say what the sentence of a profile makes of a worked case: whether it holds for at least one goods item."""
    rows = case.rows
    return any_of(evaluate(profile.condition, rows, index) for index in range(len(rows)))


def read_cases(fields: Fields) -> tuple[WorkedCase, ...]:
    """Read the worked cases of a profile; what is wrong joins the errors of the file."""
    listed = as_sequence(fields.mapping.get("cases"))
    if not listed:
        fields.refuse("cases", "at least one worked case", fields.mapping.get("cases"))
    made = []
    for place, given in enumerate(listed):
        case = Fields(given, fields.source, prefix=f"cases.{place}.", errors=fields.errors)
        case.only({"title", "given", "expect"})
        title, expect = case.text("title", required=True), case.choice("expect", Outcome)
        facts = case.part("given")
        made.append(WorkedCase(title, read_facts(facts), expect or Outcome.UNKNOWN, _items(facts)))
    return tuple(made)


def _items(facts: Fields) -> tuple[dict[str, object], ...]:
    """Read the facts of each goods item of a case."""
    listed = facts.mapping.get(ITEMS, ())
    if listed and not isinstance(listed, list | tuple):
        facts.refuse(ITEMS, "a list of goods items", listed)
    return tuple(
        read_facts(Fields(item, facts.source, prefix=f"{facts.prefix}{ITEMS}.{number}.", errors=facts.errors))
        for number, item in enumerate(as_sequence(listed))
    )


def read_facts(given: Fields) -> dict[str, object]:
    """Read the facts of a worked case, each as the catalogue types it."""
    made: dict[str, object] = {}
    for name in given.mapping:
        if name in FACT:
            made[name] = None if given.mapping[name] is None else READ[FACT[name].type](given, name)
        elif name != ITEMS:
            hint = given.nearest(str(name), FACT)
            message = f"there is no fact {name!r}"
            given.errors.append(
                UnknownFact(message, column=None, field=given.path(str(name)), expected="a fact", got=name, hint=hint)
            )
    return made


def _codes(given: Fields, name: str) -> tuple[str, ...]:
    value = given.mapping[name]
    if not isinstance(value, list | tuple):
        given.refuse(name, "a list of codes", value, f"write [{value}]")
    return tuple(str(code) for code in as_sequence(value))


def _hs(given: Fields, name: str) -> str:
    digits = given.text(name)
    if digits and not (digits.isascii() and digits.isdigit()):
        given.refuse(name, "the digits of a commodity code", digits, "write 870323, without dots")
    return digits


READ: Final[dict[FactType, Callable[[Fields, str], object]]] = {
    FactType.NUMBER: Fields.number,
    FactType.DATE: Fields.day,
    FactType.FLAG: Fields.flag,
    FactType.CODES: _codes,
    FactType.HS: _hs,
    FactType.CODE: Fields.text,
    FactType.TEXT: Fields.text,
}
"""How the value of a fact is read off a file."""
