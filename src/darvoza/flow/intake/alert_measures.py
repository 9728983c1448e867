"""What follows from alerts: a measure for each, by the rule that counts for its kind, with an end and a day of review."""

from dataclasses import dataclass
from datetime import date, timedelta

from darvoza.domain.sps.alert import Alert, AlertRules
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope
from darvoza.errors import InvalidMeasure


@dataclass(frozen=True, slots=True)
class Consequence:
    """The measure that follows from an alert, and what had to be set because the source said nothing.

    Attributes
    ----------
    measure
        The measure.
    by_setting
        ``to`` and ``review_by``, where the rule and not the source gave the day.
    """

    measure: Measure
    by_setting: tuple[str, ...]


def consequence(alert: Alert, rules: AlertRules, *, since: date | None = None) -> Consequence:
    """Give what follows from an alert.

    Parameters
    ----------
    alert
        The alert.
    rules
        What follows from which; one that no rule is about is evidence only.
    since
        The day of the first notification under its number; of this one by default.

    Raises
    ------
    InvalidMeasure
        When the rules do not know the source any more.

    Examples
    --------
    >>> from darvoza.domain.codes import Agency
    >>> from darvoza.domain.sps.alert import AlertFormat
    >>> form = AlertFormat("own", "Own notifications", Agency.SANITARY, "alert", {})
    >>> alert = Alert("own", "7", 0, date(2026, 3, 1), "news", "salmonella", goods=("0407",), origins=("TR",))
    >>> found = consequence(alert, AlertRules("Order 1", {"own": form}, ()))
    >>> found.measure.kind.value, found.measure.title, found.by_setting
    ('evidence', 'salmonella, TR', ('to', 'review_by'))
    """
    form = rules.formats.get(alert.source)
    if form is None:
        known = ", ".join(rules.formats)
        raise InvalidMeasure(field=f"formats.{alert.source}", expected=f"a format among {known}", got=alert.source)
    rule = rules.rule_for(alert)
    days, review_days = (rule.days, rule.review_days) if rule else (DAYS, REVIEW_DAYS)
    end = alert.ends_on or alert.dated + timedelta(days=days)
    measure = Measure(
        code=alert.code,
        title=_title(alert),
        agency=form.agency,
        kind=rule.measure if rule else MeasureKind.EVIDENCE,
        scope=MeasureScope(
            goods=alert.goods, origins=alert.origins, regions=alert.regions, establishments=alert.establishments
        ),
        legal_basis=_basis(alert, rules),
        start=min(since or alert.dated, alert.dated),
        end=end,
        review_by=min(alert.review_by or alert.dated + timedelta(days=review_days), end),
        alert=True,
        acts=rule.acts if rule else (),
        hazard=alert.hazard,
        source=form.title,
        reference=alert.number,
        terminated_on=alert.ended_on,
        termination=alert.ending,
    )
    given: tuple[tuple[str, date | None], ...] = (("to", alert.ends_on), ("review_by", alert.review_by))
    return Consequence(measure, tuple(name for name, day in given if day is None))


DAYS, REVIEW_DAYS = 180, 90
"""Days until the end and the review of an alert that no rule is about."""


def _title(alert: Alert) -> str:
    where = ", ".join((*alert.regions, *alert.establishments) or alert.origins)
    return ", ".join(part for part in (alert.product, alert.hazard, where) if part)


def _basis(alert: Alert, rules: AlertRules) -> str:
    """Name the alert: whoever reads why goods are checked reads it here."""
    update = f", update {alert.update}" if alert.update else ""
    return f"Alert {alert.source} {alert.number}{update} of {alert.dated} ({alert.kind}); {rules.basis}"
