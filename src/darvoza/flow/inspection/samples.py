"""How much to look at in one consignment: rules of sampling applied to its packages and its mass."""

from collections.abc import Mapping
from decimal import Decimal

from darvoza.domain.sps.sampling import (
    AttributesTables,
    Division,
    IncrementPart,
    Increments,
    NamedPlan,
    PackageRule,
    PlanKind,
    SamplingRules,
    Strictness,
    SublotRow,
    VariablesRow,
)
from darvoza.errors import SettingsError
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.sampling.acceptance import DoublePlan, SinglePlan
from darvoza.methods.sampling.arguments import whole
from darvoza.methods.sampling.steps import fewest_parts, further, share_within, step


def packages_to_open(rule: PackageRule, packages: int) -> int:
    """How many of the packages of a consignment a rule looks at, never more than there are.

    Raises
    ------
    SettingsError
        When the number of packages is not 1 or more.
    """
    if rule.share is not None:
        return share_within(packages, fraction=float(rule.share), least=rule.least, most=rule.most)
    if rule.further_every is not None and packages > rule.up_to[-1]:
        return further(packages, beyond=rule.up_to[-1], start=rule.take[-1], every=rule.further_every)
    return min(whole("packages", packages), step(packages, up_to=rule.up_to, rows=rule.take, field="packages"))


def increments(part: IncrementPart, tonnes: float | Decimal) -> Increments:
    """What is taken of a lot that is not divided.

    Parameters
    ----------
    part
        The group of goods.
    tonnes
        Mass of the lot [t].

    Raises
    ------
    SettingsError
        When the mass is not above 0, or the table of undivided lots ends below it.
    """
    rows = tuple(zip(part.increments, part.aggregate_kg, strict=True))
    count, kilograms = step(tonnes, up_to=part.up_to_tonnes, rows=rows, field="tonnes")
    return Increments(count, kilograms, _laboratory_samples(part, kilograms))


def division(part: IncrementPart, tonnes: float | Decimal) -> Division:
    """How a lot is divided into sublots, and what is taken of each.

    Parameters
    ----------
    part
        The group of goods.
    tonnes
        Mass of the lot [t].

    Raises
    ------
    SettingsError
        When the mass is not above 0, or the table holds no row for it.
    """
    mass = Decimal(str(tonnes))
    if not mass.is_finite() or mass < part.sublots_from_tonnes:
        return Division(1, None, increments(part, tonnes))
    row = next((row for row in part.sublots if _covers(row, mass)), None)
    if row is None:
        raise SettingsError(
            field="tonnes",
            expected=f"a lot below the last row of {part.provenance.source}",
            got=tonnes,
            hint=part.provenance.note or "read the regulation",
        )
    each = Increments(
        part.sublot_increments, part.sublot_aggregate_kg, _laboratory_samples(part, part.sublot_aggregate_kg)
    )
    if row.weight is None:
        return Division(row.count or 1, None, each)
    return Division(fewest_parts(mass, weight=row.weight, excess=part.excess), row.weight, each)


def _covers(row: SublotRow, mass: Decimal) -> bool:
    return row.bound is None or mass < row.bound or (row.included and mass == row.bound)


def _laboratory_samples(part: IncrementPart, kilograms: Decimal) -> int:
    return 1 + sum(kilograms >= bound for bound in part.divided_at_kg)


def salmonella_units(rules: SamplingRules, tonnes: float | Decimal) -> int:
    """Units sampled for salmonella from a consignment of so many tonnes.

    Raises
    ------
    SettingsError
        When the mass is not above 0.
    """
    mass = Decimal(str(tonnes))
    if not (mass.is_finite() and mass > 0):
        raise SettingsError(field="tonnes", expected="a mass above 0", got=tonnes)
    return next(units for below, units in rules.unit_rows if below is None or mass < below)


def average_sample_grams(rules: SamplingRules, crop: str) -> int:
    """Mass of the average sample of a crop [g].

    Raises
    ------
    SettingsError
        When the table does not name the crop.
    """
    if crop not in rules.average_grams:
        raise SettingsError(
            field="crop",
            expected=f"one of {', '.join(rules.average_grams)}",
            got=crop,
            hint=rules.average_provenance.note,
        )
    return rules.average_grams[crop]


def code_letter(tables: AttributesTables, lot_size: int, *, level: str = "II") -> str:
    """Code letter of a lot at an inspection level.

    Raises
    ------
    SettingsError
        When the lot has fewer than 2 units or the level is unknown.
    """
    whole("lot_size", lot_size, least=2)
    if level not in tables.levels:
        raise SettingsError(field="level", expected=f"one of {', '.join(tables.levels)}", got=level)
    letters = next(row for bound, row in tables.code_rows if bound is None or lot_size <= bound)
    return letters[tables.levels.index(level)]


def single_plan(
    tables: AttributesTables, letter: str, *, aql_percent: float | Decimal, strictness: Strictness = Strictness.NORMAL
) -> SinglePlan:
    """Single plan for a code letter and an acceptable quality limit; arrows of the table are followed.

    Raises
    ------
    SettingsError
        When the letter or the limit is not in the table, or an arrow leads out of it.
    """
    place, acceptance = _cell(tables, letter, aql_percent=aql_percent, strictness=strictness)
    return SinglePlan(tables.sizes[place], acceptance)


def double_plan(
    tables: AttributesTables, letter: str, *, aql_percent: float | Decimal, strictness: Strictness = Strictness.NORMAL
) -> DoublePlan:
    """Double plan for a code letter and an acceptable quality limit; arrows of the table are followed.

    Raises
    ------
    SettingsError
        When the table has no double plan there: where the single plan accepts with nothing found only.
    """
    place, acceptance = _cell(tables, letter, aql_percent=aql_percent, strictness=strictness)
    numbers = tables.double[strictness].get(acceptance)
    if numbers is None or place == 0:
        raise SettingsError(
            field="aql_percent",
            expected="a limit whose single plan accepts with some found",
            got=str(aql_percent),
            hint=f"use the single plan: {tables.sizes[place]} units, accept with {acceptance}",
        )
    size = tables.sizes[place - 1]
    return DoublePlan((size, size), (numbers[0], numbers[1]), (numbers[2], numbers[3]))


def _cell(
    tables: AttributesTables, letter: str, *, aql_percent: float | Decimal, strictness: Strictness
) -> tuple[int, int]:
    """Place of the letter that the table leads to, and the acceptance number there."""
    limit = Decimal(str(aql_percent))
    if letter not in tables.letters or limit not in tables.aql_percent:
        raise SettingsError(
            field="aql_percent",
            expected=f"a letter of {''.join(tables.letters)} and one of {', '.join(map(str, tables.aql_percent))}",
            got=(letter, str(aql_percent)),
        )
    place, column = tables.letters.index(letter), tables.aql_percent.index(limit)
    diagonal = tables.diagonals[strictness]
    total = _followed(diagonal, place + column)
    if total < column:  # above the first letter there is nothing: the arrow is drawn downwards
        total = _with_one(diagonal)
    if total - column >= len(tables.letters):
        raise SettingsError(
            field="aql_percent",
            expected=f"a limit that the table has a plan for at letter {letter}",
            got=str(aql_percent),
            hint="its arrow leads beyond the last letter that is held; choose a higher limit",
        )
    return total - column, diagonal[total]


def _followed(diagonal: Mapping[int, int], total: int) -> int:
    """Sum to which the arrows lead: down to the first plan, up from beyond the last, up one to 0, down one to 1."""
    if total in diagonal:
        return total
    none, one = min(diagonal), _with_one(diagonal)
    if none < total < one:
        return none if total == none + 1 else one
    return none if total < none else max(diagonal)


def _with_one(diagonal: Mapping[int, int]) -> int:
    return next(total for total, acceptance in diagonal.items() if acceptance == 1)


def variables_row(
    rules: SamplingRules, lot_size: int, *, level: str = "II", aql_percent: float | Decimal
) -> VariablesRow:
    """Plan by measurement, standard deviation unknown, from the table.

    Raises
    ------
    SettingsError
        When the table held here has no such row.
    """
    limit = Decimal(str(aql_percent))
    for row in rules.variables:
        if row.above < lot_size <= row.up_to and (row.level, row.aql_percent) == (level, limit):
            return row
    raise SettingsError(
        field="lot_size",
        expected="a row that is held",
        got=(lot_size, level, str(aql_percent)),
        hint=f"{rules.variables_provenance.note} Find a plan from two points instead",
    )


def plan_of(named: NamedPlan) -> ContinuousPlan | Ladder:
    """Make the plan that an administration published."""
    if named.kind is PlanKind.LADDER:
        return Ladder(tuple(float(each) for each in named.fractions), named.clearances)
    return ContinuousPlan(named.clearance, float(named.monitored), Variant(named.kind.value))
