"""The standing of traders: results known before a day become a belief, and published rules make it a category.

Only what chance had a hand in speaks for what nobody looked at (`darvoza.methods.partial_evidence`): passes of
examinations that a profile had to have do not whitewash. A finding is a fact, however it was reached.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Role
from darvoza.domain.folding import folded_trader
from darvoza.domain.operators import TERMS, AuthorisedOperator
from darvoza.domain.standing import CATEGORY_OF, Standing, StandingCategory, StandingRule, StandingRules
from darvoza.errors import UnfitModel
from darvoza.flow.learning.standing_evidence import believable, judged_declarations, late_findings
from darvoza.methods.partial_evidence import PartialEvidence, believed_rates, fitted_prior
from darvoza.methods.smoothed_rates import Prior

LEVEL = 0.9
"""Level of the limits beside each rate."""

MOST_PASSES = 4096
"""What would change a category is looked for up to so many passes."""

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StandingTable:
    """The standings of all traders in one role on one day.

    Attributes
    ----------
    traders
        One row a trader, in order of the identifier; the columns are the fields of `Standing`.
    base
        The rate of findings among all declarations, weighted by 1/π, and as how many results the belief in it counts.
    fitted
        As how many it would count by how far traders differ, were there no `StandingRules.most_belief`.
    doubted
        Traders who were examined more often than the chances beside their results can have drawn: these do not count.
    """

    traders: pl.DataFrame
    base: Prior
    fitted: float
    doubted: tuple[str, ...] = ()

    def records(self) -> Iterator[Standing]:
        """Read the table as records."""
        for row in self.traders.iter_rows(named=True):
            yield as_standing(row)


@dataclass(frozen=True, slots=True)
class BesideDeclarations:
    """What is known of traders beside their declarations.

    Attributes
    ----------
    operators
        The register of authorised operators; an authorisation in force on the day counts.
    chances
        ``declaration_id`` and ``chance`` of declarations that runs decided: with what chance the draw asked for the
        examination, null where it did not. They count in place of what stands beside the results.
    debts
        ``trader`` and ``open_debt``, in one row or several that are added up; ``None`` where no register is given.
    """

    operators: Sequence[AuthorisedOperator] = ()
    chances: pl.DataFrame | None = None
    debts: pl.DataFrame | None = None


def as_standing(row: Mapping[str, Any]) -> Standing:
    """Read one row of a table of standings; one that was kept before it said so much says less."""
    said = {field.name: row[field.name] for field in fields(Standing) if field.name in row}
    kinds = {
        "role": Role(row["role"]),
        "category": StandingCategory(row["category"]),
        "rule": StandingRule(row["rule"]),
        "otherwise": StandingRule(said["otherwise"]) if said.get("otherwise") else None,
    }
    return Standing(**{**said, **kinds})


def standings(
    items: pl.DataFrame,
    role: Role,
    day: date,
    *,
    rules: StandingRules | None = None,
    beside: BesideDeclarations | None = None,
) -> StandingTable:
    """Judge every trader who lodged before a day.

    Parameters
    ----------
    items
        Canonical goods items with their outcomes. What was lodged or became known on the day or later is not looked at.
    role
        The part the traders play.
    day
        The day of the judgement.
    rules
        What makes a category; the default rules otherwise.
    beside
        What else is known of traders; nothing otherwise.

    Raises
    ------
    UnfitModel
        When no result is known before the day.
    """
    rules, beside = rules or StandingRules(), beside or BesideDeclarations()
    declarations = judged_declarations(items, role, day, least_severity=rules.least_severity, chances=beside.chances)
    groups = declarations.get_column("trader").rle_id().to_numpy().astype(np.int64)
    age = declarations.get_column("age").to_numpy().astype(np.float64)
    known, found = (declarations.get_column(name).to_numpy() for name in ("known", "found"))
    probability, doubted = believable(declarations, groups)
    decay = np.asarray(0.5 ** (age / rules.half_life))
    if not known.any():
        raise UnfitModel(
            "no result of an examination is known before the day", field="day", expected="a day with results before it",
            got=day.isoformat(), hint="give declarations with their outcomes, or a later day",
        )  # fmt: skip
    evidence = PartialEvidence.gather(groups, decay=decay, seen=known, positive=found, probability=probability)
    fitted = _base(evidence, known=known, found=found, weights=decay / np.nan_to_num(probability, nan=1.0))
    base = Prior(rate=fitted.rate, strength=min(fitted.strength, rules.most_belief))
    table = _plain_counts(declarations, role, day, beside.debts)
    terms = _terms(
        table.get_column("trader"), [one for one in beside.operators if one.role is role and one.in_force(day)]
    )
    late = late_findings(declarations, day, rules).rename({"passes": "_late"})
    whole = table.hstack(terms).join(late, on="trader", how="left", maintain_order="left")
    return StandingTable(_judged(whole, evidence, base, rules=rules), base, fitted.strength, doubted)


def _base(evidence: PartialEvidence, *, known: Flags, found: Flags, weights: Floats) -> Prior:
    """What is believed of a trader of whom nothing is known: the weighted rate, and how far traders differ."""
    rate = float(np.clip((weights * (known & found)).sum() / (weights * known).sum(), 1e-4, 1 - 1e-4))
    if evidence.trials.any():
        return fitted_prior(evidence.trial_positives, evidence.trials, rate=rate)
    return fitted_prior(evidence.positives, evidence.seen, rate=rate)


def _plain_counts(declarations: pl.DataFrame, role: Role, day: date, debts: pl.DataFrame | None) -> pl.DataFrame:
    counted = declarations.group_by("trader", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("declarations"),
        pl.col("known").sum().cast(pl.Int64).alias("results"),
        pl.col("found").sum().cast(pl.Int64).alias("findings"),
        pl.col("light").sum().cast(pl.Int64).alias("light_findings"),
        pl.col("age").max().cast(pl.Int64).alias("tenure"),
        pl.col("found_on").max().alias("last_finding"),
    )
    owed = pl.Series("open_debt", _debts(counted.get_column("trader"), debts), dtype=pl.Float64)
    return counted.with_columns(owed, role=pl.lit(role.value), day=pl.lit(day))


def _debts(traders: pl.Series, debts: pl.DataFrame | None) -> list[float | None]:
    """Give what each owes by all rows of the register together."""
    owed: dict[str, float] = {}
    for trader, debt in () if debts is None else debts.select("trader", "open_debt").drop_nulls().iter_rows():
        name = folded_trader(trader)
        owed[name] = owed.get(name, 0.0) + debt
    return [owed.get(folded_trader(trader)) for trader in traders]


def _terms(traders: pl.Series, operators: Iterable[AuthorisedOperator]) -> pl.DataFrame:
    """Give the terms of the authorisation of each trader; of several in force, those that end last."""
    by_end = sorted(operators, key=lambda one: one.ends_on or date.max)
    of_trader = {folded_trader(one.trader): one for one in by_end}
    found = [of_trader.get(folded_trader(trader)) for trader in traders]
    rows = [[getattr(one, name, None) for name in TERMS] for one in found]
    return pl.DataFrame(rows, schema=dict.fromkeys(TERMS, pl.Date), orient="row")


def _judged(table: pl.DataFrame, evidence: PartialEvidence, base: Prior, *, rules: StandingRules) -> pl.DataFrame:
    """Add belief, rule, category and what would change it."""
    believed = believed_rates(evidence, base)
    low, high = believed.interval(LEVEL)
    day = pl.col("day")
    full = table.with_columns(
        rate=pl.Series(believed.mean),
        low=pl.Series(low),
        high=pl.Series(high),
        chance_results=pl.Series(evidence.trials),
        _above=pl.Series(_surely_above(evidence, base, rules)),
        _below=pl.Series(_surely_below(evidence, base, rules)),
        _quiet_in=pl.lit(rules.fresh_finding) - (day - pl.col("last_finding")).dt.total_days(),
    )
    otherwise = (
        pl.when(pl.col("_above")).then(pl.lit(StandingRule.SURELY_ABOVE.value))
        .when(pl.col("_late").is_not_null()).then(pl.lit(StandingRule.LATE_FINDINGS.value))
        .when(pl.col("declarations") < rules.least_declarations).then(pl.lit(StandingRule.FEW_DECLARATIONS.value))
        .when(pl.col("tenure") < rules.least_tenure).then(pl.lit(StandingRule.SHORT_TENURE.value))
        .when(pl.col("open_debt") > 0).then(pl.lit(StandingRule.OPEN_DEBT.value))
        .when(pl.col("_quiet_in") > 0).then(pl.lit(StandingRule.FRESH_FINDING.value))
        .when(pl.col("chance_results") < rules.least_results).then(pl.lit(StandingRule.LITTLE_EVIDENCE.value))
        .when(pl.col("_below")).then(pl.lit(StandingRule.SURELY_BELOW.value))
        .otherwise(pl.lit(StandingRule.BETWEEN.value))
    )  # fmt: skip
    authorised = pl.col("authorised_on").is_not_null()
    ruled = full.with_columns(otherwise=otherwise).with_columns(
        rule=pl.when(authorised).then(pl.lit(StandingRule.AUTHORISATION.value)).otherwise("otherwise"),
        otherwise=pl.when(authorised).then("otherwise"),
    )
    wanted = _wanted(ruled, evidence, base, rules)
    categories = {key.value: value.value for key, value in CATEGORY_OF.items()}
    return ruled.with_columns(
        category=pl.col("rule").replace_strict(categories, return_dtype=pl.String), wanted=wanted
    ).select(*(field.name for field in fields(Standing)))


def _surely_above(evidence: PartialEvidence, base: Prior, rules: StandingRules) -> Flags:
    over = believed_rates(evidence, base).chance_above(rules.low_above * base.rate)
    return np.asarray(over >= rules.certainty)


def _surely_below(evidence: PartialEvidence, base: Prior, rules: StandingRules) -> Flags:
    over = believed_rates(evidence, base).chance_above(rules.high_below * base.rate)
    return np.asarray(over <= 1 - rules.certainty)


class Reach(NamedTuple):
    """The least that makes a category of a trader of whom nothing was known; ``None`` where nothing does.

    Attributes
    ----------
    findings
        Findings, and nothing else, that make him stand low by his rate.
    passes
        Results drawn by chance without a finding that let him stand high.
    """

    findings: int | None
    passes: int | None


def reach(base: Prior, rules: StandingRules) -> Reach:
    """Say how much it takes to stand low, or high, with what is believed of everybody."""
    many, none = np.arange(1.0, MOST_PASSES + 1), np.zeros(MOST_PASSES)
    low = _surely_above(PartialEvidence(many, many, none, none, none), base, rules)
    high = _surely_below(PartialEvidence(many, none, none, many, none), base, rules) & (many >= rules.least_results)
    first = [int(many[flags][0]) if flags.any() else None for flags in (low, high)]
    return Reach(*first)


def _wanted(ruled: pl.DataFrame, evidence: PartialEvidence, base: Prior, rules: StandingRules) -> pl.Series:
    """How much of what the rule speaks of is wanting."""
    rule = ruled.get_column("rule")
    above = (rule == StandingRule.SURELY_ABOVE.value).to_numpy()
    between = (rule == StandingRule.BETWEEN.value).to_numpy()
    passes = np.full(rule.len(), np.nan)
    passes[above] = _passes_until(evidence.of(above), lambda more: ~_surely_above(more, base, rules))
    passes[between] = _passes_until(evidence.of(between), lambda more: _surely_below(more, base, rules))
    expression = (
        pl.when(pl.col("rule") == StandingRule.FEW_DECLARATIONS.value)
        .then(rules.least_declarations - pl.col("declarations"))
        .when(pl.col("rule") == StandingRule.SHORT_TENURE.value)
        .then(rules.least_tenure - pl.col("tenure"))
        .when(pl.col("rule") == StandingRule.FRESH_FINDING.value)
        .then(pl.col("_quiet_in"))
        .when(pl.col("rule") == StandingRule.LITTLE_EVIDENCE.value)
        .then((rules.least_results - pl.col("chance_results")).ceil())
        .when(pl.col("rule") == StandingRule.LATE_FINDINGS.value)
        .then(pl.col("_late"))
        .otherwise(pl.col("_passes"))
    )
    return (
        ruled.with_columns(_passes=pl.Series(passes, nan_to_null=True))
        .select(expression.cast(pl.Float64).alias("wanted"))
        .to_series()
    )


def _passes_until(evidence: PartialEvidence, holds: Callable[[PartialEvidence], Flags]) -> Floats:
    """Give the fewest further passes of chance after which something holds; NaN where none of reasonable number."""
    if evidence.seen.size == 0:
        return np.empty(0)
    low, high = np.zeros(evidence.seen.size), np.full(evidence.seen.size, float(MOST_PASSES))
    reached = holds(evidence.with_passes(high))
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = holds(evidence.with_passes(middle))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(reached, high, np.nan)
