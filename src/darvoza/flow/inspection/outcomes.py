"""From checks and tests to outcomes: what they mean for the goods, for customs and for the exporting service."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from darvoza.domain.codes import Agency
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
    LaboratoryTest,
    LaboratoryVerdict,
)
from darvoza.errors import InvalidValue

CODE_OF_STATUS = {
    CheckStatus.TO_DO: "H01",
    CheckStatus.HOLD: "H01",
    CheckStatus.TO_BE_INSPECTED: "H02",
    CheckStatus.NOT_INSPECTED: "C02",
    CheckStatus.AUTO_CLEARED: "C03",
    CheckStatus.COMPLIANT: "C03",
    CheckStatus.NOT_COMPLIANT: "N01",
}
"""Status of a check → code for customs, as in the single window of Great Britain: H hold, C clear, N refuse."""

CODE_OF_OUTCOME = {
    ControlOutcome.RELEASE: "C03",
    ControlOutcome.UNDER_MONITORING: "C03",
    ControlOutcome.CONDITIONAL: "C06",
    ControlOutcome.TREAT: "H02",
    ControlOutcome.QUARANTINE: "H02",
    ControlOutcome.TRANSFORM: "N03",
    ControlOutcome.RETURN: "N04",
    ControlOutcome.DESTROY: "N02",
}
"""Outcome → code for customs."""

_SEVERITY = {"C": 0, "H": 1, "N": 2}
_ORDER = {outcome: place for place, outcome in enumerate(ControlOutcome)}


def customs_code(checks: Iterable[Check]) -> str:
    """Give the code that customs acts on: the worst of all checks, refuse before hold before clear.

    Raises
    ------
    InvalidValue
        When there is no check: nothing may be cleared by nobody's word.

    Examples
    --------
    >>> from darvoza.domain.codes import Act
    >>> done = [Check(Agency.PHYTOSANITARY, act, CheckStatus.COMPLIANT) for act in (Act.DOCUMENTARY, Act.IDENTITY)]
    >>> customs_code([*done, Check(Agency.PHYTOSANITARY, Act.PHYSICAL, CheckStatus.TO_BE_INSPECTED)])
    'H02'
    """
    codes = [CODE_OF_STATUS[check.status] for check in checks]
    if not codes:
        raise InvalidValue(field="checks", expected="at least one check", got="none")
    return max(codes, key=lambda code: (_SEVERITY[code[0]], code))


def joint_outcome(
    decisions: Iterable[AgencyDecision], agencies: Iterable[Agency], items: Iterable[int]
) -> dict[int, ControlOutcome | None]:
    """Give the outcome of each goods item: the worst word of any service; none while a service has not spoken.

    Parameters
    ----------
    decisions
        What services have said; the latest word of a service on an item counts.
    agencies
        The services whose word is needed.
    items
        Numbers of the goods items.
    """
    spoken: dict[tuple[Agency, int], ControlOutcome] = {}
    needed, numbers = tuple(agencies), tuple(items)
    for decision in sorted(decisions, key=lambda decision: decision.at):
        for item in decision.items or numbers:
            spoken[decision.agency, item] = decision.outcome
    made: dict[int, ControlOutcome | None] = {}
    for item in numbers:
        words = [spoken.get((agency, item)) for agency in needed]
        said = [word for word in words if word is not None]
        worst = max(said, key=_ORDER.__getitem__, default=None)
        refused = worst is not None and CODE_OF_OUTCOME[worst][0] == "N"
        made[item] = worst if refused or len(said) == len(words) else None
    return made


def laboratory_verdict(test: LaboratoryTest) -> LaboratoryVerdict:
    """Tell what a test says: reject only where the result less its expanded uncertainty exceeds the limit.

    Raises
    ------
    InvalidValue
        When a result is reported without uncertainty or limit, or one of them is no amount.

    References
    ----------
    Regulation (EU) 2023/2782, Annex I, part II.
    """
    if test.result is None:
        return LaboratoryVerdict.PENDING
    if test.expanded_uncertainty is None or test.limit is None:
        raise InvalidValue(field="expanded_uncertainty, limit", expected="both beside a result", got="one is missing")
    numbers = (test.result, test.expanded_uncertainty, test.limit)
    if not all(number.is_finite() and number >= 0 for number in numbers):
        raise InvalidValue(field="result", expected="amounts of 0 or more", got=[str(number) for number in numbers])
    beyond = test.result - test.expanded_uncertainty > test.limit
    return LaboratoryVerdict.REJECT if beyond else LaboratoryVerdict.ACCEPT


def with_result(
    test: LaboratoryTest, result: Decimal, *, unit: str, expanded_uncertainty: Decimal, at: datetime
) -> LaboratoryTest:
    """Report the result of a test that a laboratory has taken on.

    Raises
    ------
    InvalidValue
        When it was not taken on, is reported already, or comes in another unit: units are never converted by guess.
    """
    if test.accepted_at is None:
        raise InvalidValue(field="accepted_at", expected="a test that the laboratory has taken on", got="not yet")
    if test.result is not None:
        raise InvalidValue(field="result", expected="one result a test", got="a second one; ask for a second test")
    if unit != test.unit:
        raise InvalidValue(field="unit", expected=f"the unit of the request, {test.unit}", got=unit)
    return LaboratoryTest(
        test.sample, test.analyte, test.unit, test.suspicion, test.requested_at, test.accepted_at, at, result,
        expanded_uncertainty, test.limit, test.second,
    )  # fmt: skip


def second_test(test: LaboratoryTest, *, at: datetime) -> LaboratoryTest:
    """Open the second test that a trader may ask for after a rejection (WTO TFA 5.3), of the kept half of the sample.

    Raises
    ------
    InvalidValue
        When the first test did not reject, or is itself a second one.
    """
    if test.second or laboratory_verdict(test) is not LaboratoryVerdict.REJECT:
        raise InvalidValue(field="test", expected="a first test that rejected", got=laboratory_verdict(test).value)
    return LaboratoryTest(test.sample, test.analyte, test.unit, True, at, limit=test.limit, second=True)  # noqa: FBT003


def may_be_released(tests: Iterable[LaboratoryTest]) -> bool:
    """Tell whether goods may be released before all results are there: only where nothing is suspected.

    Of several tests of a sample and analyte the second decides.
    """
    latest = {(test.sample, test.analyte): test for test in sorted(tests, key=lambda test: test.second)}
    verdicts = {key: laboratory_verdict(test) for key, test in latest.items()}
    return all(
        verdict is LaboratoryVerdict.ACCEPT or (verdict is LaboratoryVerdict.PENDING and not latest[key].suspicion)
        for key, verdict in verdicts.items()
    )


def substituted(selected: Check, chosen: str, *, same_category: bool, same_origin: bool) -> Check:
    """Let an officer check another consignment than the one selected, and record it.

    Raises
    ------
    InvalidValue
        When category or origin differ (Regulation (EU) 2019/2129, Article 3).
    """
    if not (same_category and same_origin):
        got = (
            f"category {'the same' if same_category else 'another'}, origin {'the same' if same_origin else 'another'}"
        )
        raise InvalidValue(field="substitute", expected="a consignment of the same category and origin", got=got)
    return Check(
        selected.agency, selected.act, selected.status, selected.officer, selected.at, selected.method, selected.items,
        chosen, selected.notes,
    )  # fmt: skip


def raised_frequency(current: Decimal) -> Decimal:
    """Give the next higher baseline after serious deficiencies: 1, 5, 15, 30, then 50 %.

    References
    ----------
    Regulation (EU) 2019/2129, Article 5.

    Examples
    --------
    >>> print(raised_frequency(Decimal("0.05")), raised_frequency(Decimal("0.3")))
    0.15 0.50
    """
    baselines = [Decimal(text) for text in ("0.01", "0.05", "0.15", "0.30", "0.50", "1")]
    return next((baseline for baseline in baselines if baseline > current), Decimal(1))


def reduced_frequency_allowed(consignments: Sequence[int], checked: int, infested: Sequence[float]) -> bool:
    """Tell whether plants of an origin may be checked less often than always.

    Parameters
    ----------
    consignments
        Consignments of each of three years.
    checked
        Consignments checked in the three years.
    infested
        Share found infested in each of the three years, in [0, 1].

    Raises
    ------
    InvalidValue
        When not three years are given.

    References
    ----------
    Regulation (EU) 2022/2389, Annex II(1): on average 200 a year, 600 checked, below 1 % in each year.
    """
    if len(consignments) != 3 or len(infested) != 3:
        raise InvalidValue(field="years", expected="three years", got=(len(consignments), len(infested)))
    return sum(consignments) >= 600 and checked >= 600 and all(share < 0.01 for share in infested)


NOTICE_DAYS, NOTICE_DAYS_WOOD, NOTICE_HOURS = 1, 5, 4
"""Working days before arrival by which goods, or logs and wood, are to be announced; hours where logistics prevent it."""


def latest_notice(arrival: datetime, *, wood: bool = False, prevented: bool = False) -> datetime:
    """Give the latest moment for the prior notice of a consignment; Saturday and Sunday do not count as working days.

    Parameters
    ----------
    arrival
        When it is expected.
    wood
        Whether it is logs or wood.
    prevented
        Whether logistics prevent the ordinary notice.

    References
    ----------
    Regulation (EU) 2019/1013, Article 1; for wood up to five working days.

    Examples
    --------
    >>> latest_notice(datetime(2026, 3, 2, 9)).isoformat()
    '2026-02-27T09:00:00'
    """
    if prevented:
        return arrival - timedelta(hours=NOTICE_HOURS)
    moment, left = arrival, NOTICE_DAYS_WOOD if wood else NOTICE_DAYS
    while left:
        moment -= timedelta(days=1)
        left -= moment.weekday() < 5
    return moment
