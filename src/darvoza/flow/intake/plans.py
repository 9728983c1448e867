"""Sampling plans read from a file; every error is told, each with the plan and field it is about."""

from decimal import Decimal
from pathlib import Path

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.errors import InvalidMeasure
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.intake.measures import scope_of

KEYS = frozenset(
    ["code", "title", "agency", "act", "scope", "fractions", "clearances", "memory", "validity", "legal_basis", "from", "to"]
)  # fmt: skip


def read_plans(path: Path) -> tuple[SamplingPlan, ...]:
    """Read the sampling plans of a file.

    Parameters
    ----------
    path
        YAML with ``plans``, a list.

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
        plan = _plan(fields)
        if plan is not None and plan.code in made:
            fields.refuse("code", "a code of its own", plan.code)
        errors.extend(fields.errors)
        if plan is not None:
            made[plan.code] = plan
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the plans of {path.name}", errors)
    return tuple(made.values())


def _plan(fields: Fields) -> SamplingPlan | None:
    fields.only(KEYS)
    code, title = fields.text("code", required=True), fields.text("title", required=True)
    agency, act = fields.choice("agency", Agency), fields.choice("act", Act, default=Act.PHYSICAL)
    start, basis = fields.day("from", required=True), fields.text("legal_basis", required=True)
    fractions = [float(value) for value in _numbers(fields, "fractions")]
    clearances = [int(value) for value in _numbers(fields, "clearances")]
    if any(not 0 < share <= 1 for share in fractions) or fractions != sorted(set(fractions), reverse=True):
        fields.refuse(
            "fractions", "falling fractions in (0, 1], such as [1, 0.25, 0.05]", fields.mapping.get("fractions")
        )
    if len(fractions) < 2 or len(clearances) != len(fractions) - 1 or any(count < 1 for count in clearances):
        fields.refuse(
            "clearances", "a number of passes for each step between fractions", fields.mapping.get("clearances")
        )
    memory, validity = fields.whole("memory"), fields.whole("validity")
    if agency is None or act is None or start is None:
        return None
    return SamplingPlan(
        code, title, agency, act, scope_of(fields.part("scope")), tuple(fractions), tuple(clearances), basis, start,
        fields.day("to"), memory or 0, validity or 365,
    )  # fmt: skip


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
