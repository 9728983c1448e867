"""Samples and laboratories: what a result says, when the trader may have it tested again, what may go before it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from darvoza.domain.sps.control import LaboratoryTest, LaboratoryVerdict
from darvoza.errors import InvalidValue

SECOND_TEST_DAYS = 10
"""Days after the report in which a second test may be asked for. WTO TFA 5.3 gives the right and leaves the number to
national law: this one is a proposal, to be replaced."""

LARGEST_UNCERTAINTY = Decimal("0.5")
"""Largest expanded uncertainty, as a share of the result, with which a result above its limit still counts as within it. The
default of laboratories of the European Union for residues (SANTE/11312; recalled), taken here for every analyte: a proposal."""

AGAINST = (LaboratoryVerdict.REJECT, LaboratoryVerdict.INCONCLUSIVE)
"""Verdicts that hold goods."""

UNITS: dict[str, tuple[str, Decimal]] = {
    "%": ("mass fraction", Decimal("1e-2")),
    "g/kg": ("mass fraction", Decimal("1e-3")),
    "mg/kg": ("mass fraction", Decimal("1e-6")),
    "ppm": ("mass fraction", Decimal("1e-6")),
    "µg/kg": ("mass fraction", Decimal("1e-9")),
    "ppb": ("mass fraction", Decimal("1e-9")),
    "ng/kg": ("mass fraction", Decimal("1e-12")),
    "g/l": ("concentration", Decimal(1)),
    "mg/l": ("concentration", Decimal("1e-3")),
    "µg/l": ("concentration", Decimal("1e-6")),
    "Bq/kg": ("activity", Decimal(1)),
    "kBq/kg": ("activity", Decimal(1000)),
    "CFU/g": ("count", Decimal(1)),
    "CFU/kg": ("count", Decimal("1e-3")),
}
"""Unit → what it measures, and how many of the first of its kind it is."""

_SPELLED = {"ug": "µg", "μg": "µg", "mcg": "µg", "мкг": "µg", "мг": "mg", "г": "g", "кг": "kg", "л": "l", "L": "l"}


def plain_unit(unit: str) -> str:
    """Spell a unit as `UNITS` does.

    Examples
    --------
    >>> plain_unit("мкг/кг"), plain_unit(" ug/kg ")
    ('µg/kg', 'µg/kg')
    """
    return "/".join(_SPELLED.get(part.strip(), part.strip()) for part in unit.split("/"))


def conversion(unit: str, *, into: str) -> Decimal | None:
    """Give the factor from one unit into another; ``None`` where they do not measure the same thing, or are unknown.

    Examples
    --------
    >>> print(conversion("mg/kg", into="µg/kg"))
    1000
    >>> conversion("mg/kg", into="CFU/g") is None
    True
    """
    found, wanted = UNITS.get(plain_unit(unit)), UNITS.get(plain_unit(into))
    if found is None or wanted is None or found[0] != wanted[0]:
        return None
    factor = found[1] / wanted[1]
    return factor.quantize(Decimal(1)) if factor == factor.to_integral_value() else factor.normalize()


def laboratory_verdict(test: LaboratoryTest) -> LaboratoryVerdict:
    """Tell what a test says: reject only where the result less its expanded uncertainty exceeds the limit.

    A result above the limit that only an uncertainty of more than `LARGEST_UNCERTAINTY` of it would excuse is inconclusive:
    the wider a laboratory guesses, the more it would let pass.

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
    if test.result - test.expanded_uncertainty > test.limit:
        return LaboratoryVerdict.REJECT
    wide = test.result > test.limit and test.expanded_uncertainty > LARGEST_UNCERTAINTY * test.result
    return LaboratoryVerdict.INCONCLUSIVE if wide else LaboratoryVerdict.ACCEPT


def accepted(test: LaboratoryTest, *, at: datetime) -> LaboratoryTest:
    """Let a laboratory take a test on.

    Raises
    ------
    InvalidValue
        When it was taken on already, or not yet asked for at that moment.
    """
    if test.accepted_at is not None:
        raise InvalidValue(field="accepted_at", expected="a test not taken on yet", got=test.accepted_at.isoformat())
    if at < test.requested_at:
        raise InvalidValue(
            field="accepted_at", expected=f"a moment from {test.requested_at.isoformat()} on", got=at.isoformat()
        )
    return replace(test, accepted_at=at)


def with_result(
    test: LaboratoryTest, result: Decimal, *, unit: str, expanded_uncertainty: Decimal, at: datetime
) -> LaboratoryTest:
    """Report the result of a test that a laboratory has taken on.

    Raises
    ------
    InvalidValue
        When it was not taken on, is reported already, or comes in another unit: units are never converted by guess. Where
        the factor is known the hint says it.
    """
    if test.accepted_at is None:
        raise InvalidValue(field="accepted_at", expected="a test that the laboratory has taken on", got="not yet")
    if test.result is not None:
        raise InvalidValue(field="result", expected="one result a test", got="a second one; ask for a second test")
    if plain_unit(unit) != plain_unit(test.unit):
        raise InvalidValue(
            field="unit", expected=f"the unit of the request, {test.unit}", got=unit, hint=_hint(unit, into=test.unit)
        )
    return replace(test, reported_at=at, result=result, expanded_uncertainty=expanded_uncertainty)


def _hint(unit: str, *, into: str) -> str:
    """Say how the two units stand to each other, and who is to convert."""
    factor = conversion(unit, into=into)
    if factor is None:
        return f"no factor leads from {unit} to {into}; ask the laboratory what it measured"
    return f"1 {unit} is {factor:f} {into}; have the laboratory report in {into}, nothing is converted here"


def second_test_until(test: LaboratoryTest, *, days: int = SECOND_TEST_DAYS) -> datetime | None:
    """Give the moment until which the trader may ask for a second test; ``None`` where he has no such right.

    References
    ----------
    WTO TFA 5.3: after a first test that speaks against the goods: one that rejected, or is inconclusive and holds them as
    well. There is one second test.
    """
    if test.second or test.reported_at is None or laboratory_verdict(test) not in AGAINST:
        return None
    return test.reported_at + timedelta(days=days)


def second_test(test: LaboratoryTest, *, at: datetime, laboratory: str, days: int = SECOND_TEST_DAYS) -> LaboratoryTest:
    """Open the second test that a trader may ask for where the first holds his goods (WTO TFA 5.3), of the kept part of the sample.

    Parameters
    ----------
    test
        The first test.
    at
        When it is asked for.
    laboratory
        Another laboratory than that of the first test.
    days
        How long after the report it may be asked for.

    Raises
    ------
    InvalidValue
        When the first test neither rejected nor is inconclusive, is itself a second one, the time is over, or the laboratory is the same.
    """
    until = second_test_until(test, days=days)
    if until is None:
        expected = "a first test that rejected or is inconclusive"
        raise InvalidValue(field="test", expected=expected, got=laboratory_verdict(test).value)
    if at > until:
        raise InvalidValue(field="at", expected=f"a request until {until.isoformat()}", got=at.isoformat())
    if not laboratory.strip() or laboratory.strip().casefold() == test.laboratory.strip().casefold():
        raise InvalidValue(
            field="laboratory", expected="another laboratory than that of the first test", got=laboratory
        )
    return replace(
        test, suspicion=True, requested_at=at, accepted_at=None, reported_at=None, result=None,
        expanded_uncertainty=None, second=True, laboratory=laboratory.strip(),
    )  # fmt: skip


def deciding(tests: Iterable[LaboratoryTest]) -> tuple[LaboratoryTest, ...]:
    """Give the tests that count: of several of a sample and analyte the second, else the last asked for.

    What holds goods stands beside a later test until that one overrules it: to ask for another test is no result, and takes
    neither a rejection nor a suspicion away.
    """
    counting: dict[tuple[str, str], list[LaboratoryTest]] = {}
    for test in sorted(tests, key=lambda test: (test.second, test.requested_at)):
        before = counting.get((test.sample, test.analyte), [])
        standing = [earlier for earlier in before if not _overrules(test, earlier)]
        counting[test.sample, test.analyte] = [*standing, test]
    return tuple(test for those in counting.values() for test in those)


def _overrules(test: LaboratoryTest, earlier: LaboratoryTest) -> bool:
    """Tell whether an earlier test of a sample and analyte no longer counts beside a later one."""
    says, said = laboratory_verdict(test), laboratory_verdict(earlier)
    if test.second or said is LaboratoryVerdict.ACCEPT:
        return True
    if says is LaboratoryVerdict.PENDING:
        return said is LaboratoryVerdict.PENDING and waits(test) >= waits(earlier)
    return says is not LaboratoryVerdict.INCONCLUSIVE or said is not LaboratoryVerdict.REJECT


def waits(test: LaboratoryTest) -> bool:
    """Tell whether goods wait for the result of a test: where they are suspected, or were rejected before a second one."""
    return test.suspicion or test.second


def may_be_released(tests: Iterable[LaboratoryTest]) -> bool:
    """Tell whether goods may be released before all results are there: only where nothing is suspected.

    Of several tests of a sample and analyte those count that `deciding` gives.

    References
    ----------
    Regulation (EU) 2019/2130: goods sampled under a monitoring plan, without suspicion, may go before the result.
    """
    verdicts = [(test, laboratory_verdict(test)) for test in deciding(tests)]
    return all(
        verdict is LaboratoryVerdict.ACCEPT or (verdict is LaboratoryVerdict.PENDING and not waits(test))
        for test, verdict in verdicts
    )
