"""What is watched for drift, and what was seen: charts, alarms, calibration by month, and the state of the model."""

from dataclasses import dataclass
from datetime import datetime

from darvoza.errors import SettingsError
from darvoza.methods.recalibration import Recalibration
from darvoza.methods.weighted_mean import Mean

TOO_FEW, INCOMPLETE = "too few", "incomplete"
"""Why there is no number: results are too few, or under 95 % of those that chance asked for are known."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How drift is watched for.

    Attributes
    ----------
    false_alarms
        False alarms a year that are accepted, over all charts together, above 0. One in two years by default.
    odds_ratio
        What the charts look for: odds of a finding so many times those stated, above 1.
    fewest
        Results below which nothing is said, at least 10.
    """

    false_alarms: float = 0.5
    odds_ratio: float = 2.0
    fewest: int = 30

    def __post_init__(self) -> None:
        if not 0 < self.false_alarms < float("inf"):
            raise SettingsError(field="false_alarms", expected="a number a year, above 0", got=self.false_alarms)
        if not 1 < self.odds_ratio < float("inf"):
            raise SettingsError(field="odds_ratio", expected="a ratio above 1", got=self.odds_ratio)
        if self.fewest < 10:
            raise SettingsError(field="fewest", expected="10 results or more", got=self.fewest)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A chart that reached its threshold.

    Attributes
    ----------
    since
        When the first of them was lodged: the likeliest start of the change.
    raised
        When the result became known that raised it.
    results, findings, expected
        Results since then, those of them with a finding, and how many had been expected.
    low, high
        95 % limits of findings ÷ expected, were the start known beforehand; it was not, so that the ratio flatters
        the alarm.
    """

    since: datetime
    raised: datetime
    results: int
    findings: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the random floor.

    Attributes
    ----------
    by, group
        ``all``, ``channel`` or ``chapter``, and which one. The channel is the one a declaration was likeliest to go by.
    results, findings, expected
        Results, those with a finding, and the sum of the probabilities stated.
    run_length
        Results until a false alarm, on average; 0 where there are too few.
    threshold
        Height at which an alarm is raised; 0 where there are too few.
    known_at, values
        When each result became known, and the height of the chart after it.
    alarms
        In order of time.
    why_not
        ``too few`` where the chart is not drawn.
    """

    by: str
    group: str
    results: int
    findings: int
    expected: float
    run_length: float = 0.0
    threshold: float = 0.0
    known_at: tuple[datetime, ...] = ()
    values: tuple[float, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class CalibrationMonth:
    """Results of the random floor of what was lodged in a month, beside what was stated; `line` is its calibration."""

    month: str
    results: int
    findings: int
    expected: float
    line: Recalibration | None
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Hit rate of one set of results beside the mean of what was stated.

    Attributes
    ----------
    sample, group
        ``random`` for the random floor, ``selected`` for the rest; and the part: ``all``, a channel, a basis.
    results, findings
        Results, and those with a finding.
    stated
        Mean probability stated.
    rate
        Findings ÷ results with 95 % limits (Wilson); ``None`` where there are too few.
    """

    sample: str
    group: str
    results: int
    findings: int
    stated: float
    rate: Mean | None

    @property
    def verdict(self) -> str:
        """``above`` or ``below`` where the interval leaves out what was stated, ``as stated``, or ``too few``."""
        if self.rate is None:
            return TOO_FEW
        return "above" if self.rate.low > self.stated else "below" if self.rate.high < self.stated else "as stated"


@dataclass(frozen=True, slots=True)
class NewcomerMonth:
    """Declarations of a month, and the share whose importer was not seen in an earlier month of the runs."""

    month: str
    declarations: int
    share: Mean


@dataclass(frozen=True, slots=True)
class Moved:
    """How far what is declared has moved between the halves of the period: the stability index of one field."""

    field: str
    before: int
    now: int
    moved_by: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether the model in use is fit for use, by results of the random floor that came after it.

    Attributes
    ----------
    digest
        The model of the latest decision.
    results, findings
        Its results on the random floor.
    slope
        Its calibration; ``None`` where there are too few.
    against_base
        Mean log loss minus that of the base rate of these very results; above 0 it says less than nothing.
    verdict
        ``fall back``, ``refit``, ``watch``, ``keep`` or ``too few``; the rule is in `darvoza.flow.oversight.drift`.
    why
        Codes: ``slope``, ``worse-than-base-rate``, ``alarm``, ``above``, ``below``.
    """

    digest: str
    results: int
    findings: int
    slope: Recalibration | None
    against_base: Mean | None
    verdict: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """What was seen, in the order in which it counts.

    Attributes
    ----------
    start, end
        First and last moment of lodging.
    declarations
        Decided declarations.
    drawn, results, findings
        Declarations that chance asked to examine, results of the random floor, and those with a finding.
    foreign
        Those results that the run did not draw: they count with the chance stated beside them, thinned by the draw.
    declared
        Declarations whose goods are in the files of results; what is declared of the others is not compared.
    aside
        Results left aside because nobody wrote down with what chance they were come by.
    owed, share_known
        Declarations that chance asked for in months whose results are the run's own, and the share of them with a result,
        in [0, 1].
    """

    start: datetime
    end: datetime
    declarations: int
    drawn: int
    results: int
    findings: int
    foreign: int
    declared: int
    aside: int
    owed: int
    share_known: float
    model: ModelState
    charts: tuple[Chart, ...]
    months: tuple[CalibrationMonth, ...]
    expectations: tuple[Expectation, ...]
    newcomers: tuple[NewcomerMonth, ...]
    moved: tuple[Moved, ...]

    @property
    def alarms(self) -> tuple[tuple[Chart, Alarm], ...]:
        """Every alarm with its chart, in order of time."""
        made = [(chart, alarm) for chart in self.charts for alarm in chart.alarms]
        return tuple(sorted(made, key=lambda one: (one[1].raised, one[0].by, one[0].group)))
