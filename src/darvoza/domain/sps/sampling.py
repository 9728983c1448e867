"""Rules of sampling as standards and regulations print them: tables with a source, and how sure each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.sps.competence import Certainty


class Strictness(StrEnum):
    """How strict a plan by attributes is: normal, or tightened after rejections."""

    NORMAL = "normal"
    TIGHTENED = "tightened"


class PlanKind(StrEnum):
    """The family of a plan that remembers."""

    CSP_1 = "csp-1"
    CSP_2 = "csp-2"
    CSP_3 = "csp-3"
    LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a table comes from.

    Attributes
    ----------
    source
        Standard or regulation, and place in it.
    certainty
        How sure the table is.
    note
        What it leaves open, and how that was read.
    """

    source: str
    certainty: Certainty
    note: str = ""


@dataclass(frozen=True, slots=True)
class PackageRule:
    """How many packages, items or animals of a consignment are looked at: a share with bounds, or a table.

    Attributes
    ----------
    code, title
        The name of the rule, and what it is for.
    provenance
        Where it comes from.
    share
        The share taken, rounded up; ``None`` where a table holds.
    least, most
        Bounds of the share; ``most`` may be ``None``.
    up_to, take
        Rows of the table: upper bound of the count, and how many are taken.
    further_every
        Above the last row one more for each further so many.
    """

    code: str
    title: str
    provenance: Provenance
    share: Decimal | None = None
    least: int = 1
    most: int | None = None
    up_to: tuple[int, ...] = ()
    take: tuple[int, ...] = ()
    further_every: int | None = None


@dataclass(frozen=True, slots=True)
class SublotRow:
    """How lots up to a mass are divided: into a number of sublots, or into sublots of a mass.

    Attributes
    ----------
    bound
        Upper bound of the lot [t]; ``None`` for none.
    included
        Whether a lot of exactly that mass belongs to this row.
    count
        Number of sublots, or ``None``.
    weight
        Mass of a sublot [t], or ``None``.
    """

    bound: Decimal | None
    included: bool
    count: int | None
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class IncrementPart:
    """How much is taken of lots of one group of goods, and how large lots are divided.

    Attributes
    ----------
    code, title
        The part of the regulation, and its goods.
    provenance
        Where it comes from.
    increment_kg
        About the mass taken at one place [kg].
    up_to_tonnes, increments, aggregate_kg
        Rows: upper bound of the lot [t], number of increments, mass of all of them [kg].
    sublots_from_tonnes
        Mass from which lots are divided [t].
    sublots
        How they are divided, by rising mass.
    sublot_increments, sublot_aggregate_kg
        What is taken of each sublot.
    divided_at_kg
        Masses of the aggregate from which one more laboratory sample is made of it [kg].
    excess
        Share by which a sublot may exceed its mass.
    """

    code: str
    title: str
    provenance: Provenance
    increment_kg: Decimal
    up_to_tonnes: tuple[Decimal, ...]
    increments: tuple[int, ...]
    aggregate_kg: tuple[Decimal, ...]
    sublots_from_tonnes: Decimal
    sublots: tuple[SublotRow, ...]
    sublot_increments: int
    sublot_aggregate_kg: Decimal
    divided_at_kg: tuple[Decimal, ...] = ()
    excess: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Increments:
    """What is taken of one lot or sublot.

    Attributes
    ----------
    increments
        Places at which something is taken.
    aggregate_kg
        Mass of all of it [kg].
    laboratory_samples
        Samples made of it for the laboratory.
    """

    increments: int
    aggregate_kg: Decimal
    laboratory_samples: int


@dataclass(frozen=True, slots=True)
class Division:
    """How a lot is sampled: as a whole, or in sublots each by itself.

    Attributes
    ----------
    sublots
        Number of sublots; 1 when the lot is not divided.
    weight
        Mass a sublot has by the table [t]; ``None`` where the table gives the number.
    each
        What is taken of each.
    """

    sublots: int
    weight: Decimal | None
    each: Increments


@dataclass(frozen=True, slots=True)
class AttributesTables:
    """Code letters and plans by attributes, indexed by the acceptable quality limit.

    Attributes
    ----------
    provenance
        Where they come from.
    levels
        Inspection levels, in the order of the letters of a row.
    code_rows
        Upper bound of the lot, ``None`` for none, and one letter for each level.
    letters, sizes
        The code letters and their sample sizes.
    aql_percent
        Acceptable quality limits [%].
    diagonals
        For each strictness: place of letter + place of limit → acceptance number.
    double
        For each strictness: acceptance number of the single plan → first acceptance and rejection, second ones.
    """

    provenance: Provenance
    levels: tuple[str, ...]
    code_rows: tuple[tuple[int | None, tuple[str, ...]], ...]
    letters: tuple[str, ...]
    sizes: tuple[int, ...]
    aql_percent: tuple[Decimal, ...]
    diagonals: Mapping[Strictness, Mapping[int, int]]
    double: Mapping[Strictness, Mapping[int, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class VariablesRow:
    """A plan by measurement, standard deviation unknown, for lots of a range.

    Attributes
    ----------
    above, up_to
        Lots above and up to so many units.
    level
        Inspection level.
    aql_percent
        Acceptable quality limit [%].
    size, factor
        Measurements, and how many standard deviations their mean must be inside the limit.
    """

    above: int
    up_to: int
    level: str
    aql_percent: Decimal
    size: int
    factor: Decimal


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """A plan that remembers, as an administration published it.

    Attributes
    ----------
    code, title
        Its name, and what it is for.
    provenance
        Where it comes from.
    kind
        Its family.
    commodities
        Beginnings of commodity codes it was published for; empty where it names none.
    clearance, monitored
        Of a continuous plan: passes in a row, and fraction after them.
    fractions, clearances
        Of a ladder.
    """

    code: str
    title: str
    provenance: Provenance
    kind: PlanKind
    commodities: tuple[str, ...] = ()
    clearance: int = 0
    monitored: Decimal = Decimal(0)
    fractions: tuple[Decimal, ...] = ()
    clearances: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """All rules of a file.

    Attributes
    ----------
    packages
        Rules for packages by code.
    average_grams, average_provenance
        Mass of the average sample by crop [g], and where it comes from.
    unit_rows, unit_provenance
        Units for salmonella: upper bound of the consignment [t], excluded, ``None`` for none, and units.
    parts
        Increments for mycotoxins by part.
    attributes
        Code letters and plans.
    variables, variables_provenance
        Plans by measurement, and where they come from.
    plans
        Plans that remember by code.
    """

    packages: Mapping[str, PackageRule]
    average_grams: Mapping[str, int]
    average_provenance: Provenance
    unit_rows: tuple[tuple[Decimal | None, int], ...]
    unit_provenance: Provenance
    parts: Mapping[str, IncrementPart]
    attributes: AttributesTables
    variables: tuple[VariablesRow, ...]
    variables_provenance: Provenance
    plans: Mapping[str, NamedPlan]
