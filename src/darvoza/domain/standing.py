"""The standing of those who trade: what is believed of a trader, the rule that made it, and what would change it."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from darvoza.domain.codes import Role
from darvoza.errors import SettingsError


class StandingCategory(StrEnum):
    """How a trader is treated for what is known of him."""

    NEW = "new"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    AUTHORISED = "authorised"


class StandingRule(StrEnum):
    """The rule that made a category; the first that applies, in this order."""

    AUTHORISATION = "authorisation"
    SURELY_ABOVE = "surely_above"
    LATE_FINDINGS = "late_findings"
    FEW_DECLARATIONS = "few_declarations"
    SHORT_TENURE = "short_tenure"
    OPEN_DEBT = "open_debt"
    FRESH_FINDING = "fresh_finding"
    LITTLE_EVIDENCE = "little_evidence"
    SURELY_BELOW = "surely_below"
    BETWEEN = "between"


CATEGORY_OF: Final = {
    StandingRule.AUTHORISATION: StandingCategory.AUTHORISED,
    StandingRule.SURELY_ABOVE: StandingCategory.LOW,
    StandingRule.LATE_FINDINGS: StandingCategory.LOW,
    StandingRule.FEW_DECLARATIONS: StandingCategory.NEW,
    StandingRule.SHORT_TENURE: StandingCategory.NEW,
    StandingRule.OPEN_DEBT: StandingCategory.MEDIUM,
    StandingRule.FRESH_FINDING: StandingCategory.MEDIUM,
    StandingRule.LITTLE_EVIDENCE: StandingCategory.MEDIUM,
    StandingRule.SURELY_BELOW: StandingCategory.HIGH,
    StandingRule.BETWEEN: StandingCategory.MEDIUM,
}
"""The category that each rule makes."""


@dataclass(frozen=True, slots=True)
class StandingRules:
    """What makes a category; set by the administration, published, and the same for all.

    Attributes
    ----------
    half_life
        Days after which a declaration or result counts half.
    least_declarations, least_tenure
        A trader with fewer declarations, or known for fewer days, is new.
    low_above
        A trader stands low when his rate of findings surely exceeds so many times the base rate.
    high_below
        A trader stands high when his rate surely lies below so many times the base rate.
    certainty
        How sure *surely* is: a probability in (0.5, 1).
    most_belief
        As how many results the belief in the base rate counts at the most, however alike traders were so far.
    late_findings, late_results
        A trader stands low, too, when so many of his last so many results are findings, among those that became known
        within `fresh_finding` days.
    least_severity
        A finding of less severity by which nothing was recovered is none here; one whose severity is not said counts.
    least_results
        As many results of chance must speak for a high standing.
    fresh_finding
        Days after a finding in which nobody stands high.
    low_floor
        π under a consignment of a trader who stands low, in [0, 1].
    high_factor, authorised_factor
        What the expected harm of a trader who stands high, or is authorised, counts when the score spends the
        capacity, in (0, 1]. Floors of law, alert, profile, plan and chance are not touched.
    oldest
        Days after which a standing in use is told to be old; it stays in use as it is.
    """

    half_life: float = 365.0
    least_declarations: int = 10
    least_tenure: int = 180
    low_above: float = 2.0
    high_below: float = 1.0
    certainty: float = 0.9
    most_belief: float = 20.0
    late_findings: int = 5
    late_results: int = 10
    least_severity: int = 1
    least_results: float = 10.0
    fresh_finding: int = 365
    low_floor: float = 0.15
    high_factor: float = 0.5
    authorised_factor: float = 0.25
    oldest: int = 92

    def __post_init__(self) -> None:
        bounds = {
            "certainty": (0.5, 1.0),
            "most_belief": (1.0, float("inf")),
            "late_findings": (1.0, float("inf")),
            "late_results": (1.0, float("inf")),
            "low_floor": (0.0, 1.0),
            "high_factor": (0.0, 1.0),
            "authorised_factor": (0.0, 1.0),
        }
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), bounds.get(field.name, (0.0, float("inf")))
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise SettingsError(field=field.name, expected=f"a number from {low:g} to {high:g}", got=value)
        if self.half_life == 0 or not self.certainty < 1:
            raise SettingsError(
                field="half_life, certainty", expected="a half-life above 0 and a certainty below 1",
                got=(self.half_life, self.certainty),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one trader in one role on one day.

    Attributes
    ----------
    trader, role, day
        Who, as what, and when: only what was known before the day counts.
    category, rule
        How he is treated, and the rule that made it.
    rate, low, high
        What is believed of the share of his declarations with a finding, and its 90 % limits, in [0, 1].
    declarations, results, findings
        Declarations lodged, results known, findings among them that count: plain counts.
    chance_results
        As how many results those that chance had a hand in count.
    tenure
        Days since his first declaration.
    last_finding
        The day the latest finding became known.
    open_debt
        Debt to the state [currency of the customs value]; ``None`` where no register was given.
    wanted
        What would change the category: further passes of examinations drawn by chance, declarations or days, as the
        rule has it; ``None`` where nothing of the kind would.
    authorised_on, ends_on, suspended_from, suspended_to
        Terms of the authorisation in force on the day of the judgement; ``None`` where there is none.
    light_findings
        Findings that do not count, for their severity is stated and too low, and nothing was recovered.
    otherwise
        The rule that would make the category without the authorisation; it does on days when that is not in force.
    """

    trader: str
    role: Role
    day: date
    category: StandingCategory
    rule: StandingRule
    rate: float
    low: float
    high: float
    declarations: int
    results: int
    findings: int
    chance_results: float
    tenure: int
    last_finding: date | None = None
    open_debt: float | None = None
    wanted: float | None = None
    authorised_on: date | None = None
    ends_on: date | None = None
    suspended_from: date | None = None
    suspended_to: date | None = None
    otherwise: StandingRule | None = None
    light_findings: int = 0
