"""Sampling plans read from a file; every error is told, each with the plan and field it is about."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.errors import InvalidMeasure
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.intake.measures import refuse_without_limit, scope_of

KEYS = frozenset(
    [
        "code",
        "title",
        "agency",
        "act",
        "scope",
        "fractions",
        "clearances",
        "memory",
        "validity",
        "least_mass",
        "distinct_days",
        "legal_basis",
        "from",
        "to",
    ]
)
IMPORT = ("I",)
"""The flow that a plan is about unless its scope names others."""

VALIDITY = 365


def read_plans(path: Path, *, kept: bool = False) -> tuple[SamplingPlan, ...]:
    """Read the sampling plans of a file.

    Parameters
    ----------
    path
        YAML with ``plans``, a list.
    kept
        Whether they are kept of what decided before: they mean what they meant, though they would be refused today.

    Raises
    ------
    InvalidMeasure
        When the file cannot be read.
    ExceptionGroup
        Of `InvalidMeasure`, everything that is wrong with any plan.
    """
    content = read_yaml(path, path.name, error=InvalidMeasure)
    given = content.get("plans")
    if set(content) != {"plans"} or not isinstance(given, list):
        raise InvalidMeasure(field=path.name, expected="`plans`, a list", got=sorted(map(str, content)))
    errors: list[Exception] = []
    made: dict[str, SamplingPlan] = {}
    for number, mapping in enumerate(given, start=1):
        fields = Fields(mapping, f"{path.name}: plans.{number}", error=InvalidMeasure)
        plan = _plan(fields, kept=kept)
        if plan is not None and plan.code in made:
            fields.refuse("code", "a code of its own", plan.code)
        errors.extend(fields.errors)
        if plan is not None:
            made[plan.code] = plan
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the plans of {path.name}", errors)
    return tuple(made.values())


def _plan(fields: Fields, *, kept: bool) -> SamplingPlan | None:
    fields.only(KEYS)
    code, title = fields.text("code", required=True), fields.text("title", required=True)
    agency, act = fields.choice("agency", Agency), fields.choice("act", Act, default=Act.PHYSICAL)
    start, end = fields.day("from", required=True), fields.day("to")
    basis, scope = fields.text("legal_basis", required=True), scope_of(fields.part("scope"), kept=kept)
    if not kept:
        refuse_without_limit(scope, fields)
    fractions, clearances, memory = _steps(fields, kept=kept)
    validity, mass = fields.whole("validity", least=0 if kept else 1), fields.number("least_mass")
    if mass is not None and mass < 0:
        fields.refuse("least_mass", "a net mass of 0 kg or more", str(mass))
    distinct = bool(fields.flag("distinct_days")) if "distinct_days" in fields.mapping else False
    if start is not None and end is not None and end < start and not kept:
        fields.refuse("to", f"a day not before {start}", end.isoformat())
    if agency is None or act is None or start is None:
        return None
    return SamplingPlan(
        code, title, agency, act, replace(scope, flows=scope.flows or IMPORT), fractions, clearances, basis, start, end,
        memory, validity or VALIDITY, mass or Decimal(0), distinct,
    )  # fmt: skip


def _steps(fields: Fields, *, kept: bool) -> tuple[tuple[float, ...], tuple[int, ...], int]:
    """Read the fractions, the passes that lead from each to the next, and what is remembered of a failure."""
    fractions = tuple(float(value) for value in _numbers(fields, "fractions"))
    numbers = _numbers(fields, "clearances")
    falling = list(fractions) == sorted(set(fractions), reverse=True) and all(0 < share <= 1 for share in fractions)
    if not falling or (fractions[:1] != (1.0,) and not kept):
        expected = "falling fractions in (0, 1] from a census, such as [1, 0.25, 0.05]"
        fields.refuse("fractions", expected, fields.mapping.get("fractions"))
    whole = all(number >= 1 and (number == int(number) or kept) for number in numbers)
    if len(fractions) < 2 or len(numbers) != len(fractions) - 1 or not whole:
        expected = "a number of passes for each step between fractions, whole"
        fields.refuse("clearances", expected, fields.mapping.get("clearances"))
    memory = fields.whole("memory") or 0
    if memory and len(fractions) != 2 and not kept:
        hint = "on a ladder a failure brings back the census at once"
        fields.refuse("memory", "a plan of two fractions", memory, hint)
    return fractions, tuple(int(number) for number in numbers), memory


def _numbers(fields: Fields, name: str) -> list[Decimal]:
    """Read a list of numbers; empty after an error, which is kept."""
    made = []
    for text in as_sequence(fields.mapping.get(name)):
        number = Fields(
            {name: text}, fields.source, prefix=fields.prefix, errors=fields.errors, error=fields.error
        ).number(name)
        if number is not None:
            made.append(number)
    return made
