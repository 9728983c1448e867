"""Alerts: what another service notified of a hazard, how such notifications are worded, and what follows from them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.measure import MeasureKind


@dataclass(frozen=True, slots=True)
class Alert:
    """A notification of a hazard, as received; a later one under the same number supersedes it.

    Attributes
    ----------
    source, number
        Whose it is (the name of its format) and the number it bears there; together its identity.
    update
        0 for the first notification, counted on by its updates.
    dated
        The day of this notification.
    kind, decision
        What it is and how grave it was judged, in the words of the source.
    hazard, product
        Disease, pest, substance or germ, and what it was found in.
    goods, origins, regions, establishments
        Prefixes of commodity codes, countries, regions and approval numbers it is about.
    ends_on, review_by
        Last day and day of review, where the source gives them.
    ended_on, ending
        The day on which it was withdrawn or resolved, and why.
    own
        Whether this version was entered here, to end the alert before its time; the next update of the source counts
        above it.
    """

    source: str
    number: str
    update: int
    dated: date
    kind: str
    hazard: str
    product: str = ""
    decision: str = ""
    goods: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    establishments: tuple[str, ...] = ()
    ends_on: date | None = None
    review_by: date | None = None
    ended_on: date | None = None
    ending: str = ""
    own: bool = False

    @property
    def version(self) -> tuple[int, bool]:
        """Its place among the versions under its number."""
        return self.update, self.own

    @property
    def code(self) -> str:
        """The code of the measure that follows from it.

        Examples
        --------
        >>> Alert("rasff", "2026/0041 a", 0, date(2026, 3, 1), "alert", "aflatoxins").code
        'RASFF-2026-0041-A'
        """
        signs = (sign if sign.isalnum() or sign in ".-" else "-" for sign in self.number.upper())
        return f"{self.source.upper()}-{''.join(signs)}"


@dataclass(frozen=True, slots=True)
class AlertFormat:
    """How the notifications of one source are worded.

    Attributes
    ----------
    name, title
        Short name, and whose they are.
    agency
        The service that answers for what follows.
    record
        Element of XML that holds one notification, by its local name.
    columns
        Field of `Alert` → column or element that holds it.
    dates
        How days are written, as ``%d-%m-%Y``.
    goods_of
        What was named in place of a commodity code, folded → prefixes of codes; empty where codes are given.
    """

    name: str
    title: str
    agency: Agency
    record: str
    columns: dict[str, str]
    dates: str = "%Y-%m-%d"
    goods_of: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """What follows from alerts of a kind; the first rule that fits counts.

    Attributes
    ----------
    sources, kinds, decisions
        Which alerts it is about, folded; an empty part is no limit.
    measure
        What the measure does.
    acts
        Act → floor, of frequencies and intensified controls.
    days
        Days after the notification on which the measure ends, where the source gives no end; 1 or more.
    review_days
        Days after the notification on which it is to be reviewed, where the source gives none; 1 or more.
    """

    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    decisions: tuple[str, ...]
    measure: MeasureKind
    acts: tuple[tuple[Act, Decimal], ...]
    days: int
    review_days: int

    def fits(self, alert: Alert) -> bool:
        """Tell whether the rule is about an alert."""
        asked = ((self.sources, alert.source), (self.kinds, alert.kind), (self.decisions, alert.decision))
        return all(not wanted or word.casefold() in wanted for wanted, word in asked)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """How alerts are read, and what follows from them.

    Attributes
    ----------
    basis
        The legal basis of every measure that follows.
    formats
        By name.
    rules
        In the order in which they are asked.
    """

    basis: str
    formats: dict[str, AlertFormat]
    rules: tuple[AlertRule, ...]

    def rule_for(self, alert: Alert) -> AlertRule | None:
        """Give the rule that counts for an alert; ``None``: it is evidence only."""
        return next((rule for rule in self.rules if rule.fits(alert)), None)
