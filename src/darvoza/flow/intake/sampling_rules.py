"""Rules of sampling read from a file: the one shipped, or that of a country in its place."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from darvoza.domain.sps.competence import Certainty
from darvoza.domain.sps.sampling import (
    AttributesTables,
    IncrementPart,
    NamedPlan,
    PackageRule,
    PlanKind,
    Provenance,
    SamplingRules,
    Strictness,
    SublotRow,
    VariablesRow,
)
from darvoza.errors import InvalidValue
from darvoza.flow.fields import Fields, as_sequence, read_yaml

Made = TypeVar("Made")
SECTIONS = ("package_rules", "average_samples", "salmonella", "mycotoxins", "attributes", "variables", "plans")


def read_sampling_rules(path: Path) -> SamplingRules:
    """Read a file of sampling rules.

    Parameters
    ----------
    path
        YAML with the sections of `SECTIONS`, such as the shipped ``reference_data/sampling_rules.yaml``.

    Raises
    ------
    InvalidValue
        When the file cannot be read.
    ExceptionGroup
        Of `InvalidValue`, everything that is wrong in it.
    """
    content = read_yaml(path, path.name, error=InvalidValue)
    fields = Fields(content, path.name, error=InvalidValue)
    fields.only(SECTIONS)
    try:
        rules = _rules(fields)
    except (IndexError, KeyError, TypeError) as problem:
        fields.refuse("", "rows of equal length in every table", str(problem))
        raise ExceptionGroup(f"{path.name} cannot be used", fields.errors) from problem
    fields.finish()
    return rules


def _rules(fields: Fields) -> SamplingRules:
    average, salmonella, variables = (fields.part(name) for name in ("average_samples", "salmonella", "variables"))
    return SamplingRules(
        packages=_each(fields.part("package_rules"), _package_rule),
        average_grams={crop: _whole(row, "grams") for row in _rows(average, "rows") for crop in _texts(row, "crops")},
        average_provenance=_provenance(average),
        unit_rows=(
            (_decimal(salmonella, "below_tonnes"), _whole(salmonella, "units")),
            (None, _whole(salmonella, "units_from_there")),
        ),
        unit_provenance=_provenance(salmonella),
        parts=_parts(fields.part("mycotoxins")),
        attributes=_attributes(fields.part("attributes")),
        variables=tuple(_variables_row(row) for row in _rows(variables, "rows")),
        variables_provenance=_provenance(variables),
        plans=_each(fields.part("plans"), _plan),
    )


def _each(fields: Fields, make: Callable[[str, Fields], Made]) -> dict[str, Made]:
    return {str(code): make(str(code), fields.part(str(code))) for code in fields.mapping}


def _provenance(fields: Fields, note: str = "") -> Provenance:
    certainty = fields.choice("certainty", Certainty) or Certainty.JUDGED
    return Provenance(fields.text("source", required=True), certainty, note or fields.text("note"))


def _package_rule(code: str, fields: Fields) -> PackageRule:
    made = PackageRule(
        code=code,
        title=fields.text("title", required=True),
        provenance=_provenance(fields),
        share=fields.number("share"),
        least=_whole(fields, "least", default=1),
        most=_optional(fields, "most"),
        up_to=_wholes(fields, "up_to"),
        take=_wholes(fields, "take"),
        further_every=_optional(fields, "further_every"),
    )
    table = bool(made.up_to)
    if (
        (made.share is None) != table
        or len(made.up_to) != len(made.take)
        or list(made.up_to) != sorted(set(made.up_to))
    ):
        fields.refuse("up_to", "either a share, or rising bounds with as many numbers to take", made.up_to)
    if made.share is not None and not 0 < made.share <= 1:
        fields.refuse("share", "a share above 0 and at most 1", made.share)
    return made


def _parts(fields: Fields) -> dict[str, IncrementPart]:
    excess = _decimal(fields, "excess")
    shared = _provenance(fields)

    def part(code: str, own: Fields) -> IncrementPart:
        made = IncrementPart(
            code=code,
            title=own.text("title", required=True),
            provenance=Provenance(f"{shared.source}, part {code}", shared.certainty, own.text("note")),
            increment_kg=_decimal(own, "increment_kg"),
            up_to_tonnes=_decimals(own, "up_to_tonnes"),
            increments=_wholes(own, "increments"),
            aggregate_kg=_decimals(own, "aggregate_kg"),
            sublots_from_tonnes=_decimal(own, "sublots_from_tonnes"),
            sublots=tuple(_sublot_row(row) for row in _rows(own, "sublots")),
            sublot_increments=_whole(own, "sublot_increments"),
            sublot_aggregate_kg=_decimal(own, "sublot_aggregate_kg"),
            divided_at_kg=_decimals(own, "divided_at_kg"),
            excess=excess,
        )
        if not len(made.up_to_tonnes) == len(made.increments) == len(made.aggregate_kg) > 0:
            own.refuse("up_to_tonnes", "as many bounds as increments and masses", made.up_to_tonnes)
        return made

    return _each(fields.part("parts"), part)


def _sublot_row(row: Fields) -> SublotRow:
    bounds = [row.number(name) for name in ("up_to", "below")]
    made = SublotRow(
        bound=next((bound for bound in bounds if bound is not None), None),
        included=bounds[0] is not None,
        count=_optional(row, "count"),
        weight=row.number("weight"),
    )
    if (made.count is None) == (made.weight is None):
        row.refuse("weight", "either a weight or a count", row.mapping)
    return made


def _attributes(fields: Fields) -> AttributesTables:
    levels = _texts(fields, "levels")
    made = AttributesTables(
        provenance=_provenance(fields),
        levels=levels,
        code_rows=tuple((_optional(row, "up_to"), _texts(row, "letters")) for row in _rows(fields, "code_letters")),
        letters=_texts(fields, "letters"),
        sizes=_wholes(fields, "sizes"),
        aql_percent=_decimals(fields, "aql_percent"),
        diagonals={each: _diagonal(fields.part("diagonals").part(each)) for each in Strictness},
        double={each: _doubles(fields.part("double").part(each)) for each in Strictness},
    )
    if any(len(letters) != len(levels) for _, letters in made.code_rows) or len(made.letters) != len(made.sizes):
        fields.refuse("code_letters", f"{len(levels)} letters a row, and a size for each letter", len(made.letters))
    return made


def _diagonal(fields: Fields) -> dict[int, int]:
    return {int(total): _whole(fields, total) for total in map(str, fields.mapping)}


def _doubles(fields: Fields) -> dict[int, tuple[int, ...]]:
    return {int(single): _wholes(fields, single) for single in map(str, fields.mapping)}


def _variables_row(row: Fields) -> VariablesRow:
    return VariablesRow(
        above=_whole(row, "above"),
        up_to=_whole(row, "up_to"),
        level=row.text("level", required=True),
        aql_percent=_decimal(row, "aql_percent"),
        size=_whole(row, "size"),
        factor=_decimal(row, "factor"),
    )


def _plan(code: str, fields: Fields) -> NamedPlan:
    made = NamedPlan(
        code=code,
        title=fields.text("title", required=True),
        provenance=_provenance(fields),
        kind=fields.choice("kind", PlanKind) or PlanKind.CSP_1,
        commodities=_texts(fields, "commodities"),
        clearance=_whole(fields, "clearance", default=0),
        monitored=fields.number("monitored") or Decimal(0),
        fractions=_decimals(fields, "fractions"),
        clearances=_wholes(fields, "clearances"),
    )
    ladder = made.kind is PlanKind.LADDER
    if ladder != bool(made.fractions) or ladder == bool(made.clearance and made.monitored):
        fields.refuse(
            "kind", "clearance and monitored for a continuous plan, fractions and clearances for a ladder", code
        )
    return made


def _rows(fields: Fields, name: str) -> list[Fields]:
    rows = as_sequence(fields.mapping.get(name))
    if not rows:
        fields.refuse(name, "a list of rows", fields.mapping.get(name))
    return [
        Fields(row, fields.source, prefix=f"{fields.prefix}{name}.{at}.", errors=fields.errors, error=fields.error)
        for at, row in enumerate(rows, start=1)
    ]


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in as_sequence(fields.mapping.get(name)))


def _decimals(fields: Fields, name: str) -> tuple[Decimal, ...]:
    single = [_single(fields, name, at, value) for at, value in enumerate(_texts(fields, name), start=1)]
    return tuple(single)


def _wholes(fields: Fields, name: str) -> tuple[int, ...]:
    return tuple(_as_whole(fields, name, value) for value in _decimals(fields, name))


def _single(fields: Fields, name: str, at: int, value: str) -> Decimal:
    held: Mapping[str, object] = {f"{name}.{at}": value}
    one = Fields(held, fields.source, prefix=fields.prefix, errors=fields.errors, error=fields.error)
    return one.number(f"{name}.{at}") or Decimal(0)


def _decimal(fields: Fields, name: str) -> Decimal:
    value = fields.number(name)
    if value is None:
        fields.refuse(name, "a number", fields.mapping.get(name))
    return value or Decimal(0)


def _whole(fields: Fields, name: str, *, default: int | None = None) -> int:
    if default is not None and fields.mapping.get(name) is None:
        return default
    return _as_whole(fields, name, _decimal(fields, name))


def _optional(fields: Fields, name: str) -> int | None:
    return None if fields.mapping.get(name) is None else _whole(fields, name)


def _as_whole(fields: Fields, name: str, value: Decimal) -> int:
    if value != int(value) or value < 0:
        fields.refuse(name, "a whole number of 0 or more", str(value))
    return int(value)
