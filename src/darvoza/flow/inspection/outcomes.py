"""From checks and words to outcomes: what they mean for the goods, for customs and for later consignments."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from darvoza.domain.codes import Agency
from darvoza.domain.sps.control import AgencyDecision, Check, CheckStatus, ControlOutcome, CustomsWord
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

WORD_OF_LETTER = {"C": CustomsWord.RELEASE, "H": CustomsWord.HOLD, "N": CustomsWord.REFUSE}
"""First letter of a code → what customs does, in words that hold in every country."""

_SEVERITY = {"C": 0, "H": 1, "N": 2}
_ORDER = {outcome: place for place, outcome in enumerate(ControlOutcome)}
_REFUSALS = {CODE_OF_OUTCOME[outcome]: place for outcome, place in _ORDER.items()}


def customs_word(code: str) -> CustomsWord:
    """Tell what a code means for the goods.

    Raises
    ------
    InvalidValue
        When it begins with no known letter.

    Examples
    --------
    >>> customs_word("N04").value
    'refuse'
    """
    if code[:1] not in WORD_OF_LETTER:
        raise InvalidValue(field="code", expected=f"a code that begins with {', '.join(WORD_OF_LETTER)}", got=code)
    return WORD_OF_LETTER[code[0]]


def worst_code(codes: Iterable[str]) -> str:
    """Give the worst of some codes: refuse before hold before clear.

    Among refusals the number of a code says nothing: what is done with the goods does, as outcomes are listed.

    Raises
    ------
    InvalidValue
        When there is none: nothing may be cleared by nobody's word.

    Examples
    --------
    >>> worst_code(["N04", "N02", "N01"]), worst_code(["C03", "H02", "H01"])
    ('N02', 'H02')
    """
    found = list(codes)
    if not found:
        raise InvalidValue(field="codes", expected="at least one", got="none")
    return max(found, key=_weight)


def _weight(code: str) -> tuple[int, int, str]:
    return _SEVERITY[code[0]], _REFUSALS.get(code, -1) if code[0] == "N" else 0, code


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
    return worst_code(codes)


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
