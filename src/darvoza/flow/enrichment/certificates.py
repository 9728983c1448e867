"""A certificate held against a declared goods item: which of the things it should attest it does not.

Three levels, as in the matching of the single window of Great Britain: the certificate exists and counts; its goods agree;
its quantity agrees. A level can run passively first: its faults are then told and hold nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeGuard

from darvoza.domain.folding import folded_number, folded_trader
from darvoza.domain.matching import MatchingSettings, PermitFault
from darvoza.domain.sps.certificate import (
    ISSUED,
    KEYED,
    SUBJECTS,
    Certificate,
    CertificateFault,
    CertificateType,
    CertifiedGoods,
    Expected,
    Permit,
)
from darvoza.domain.sps.written import folded_statement
from darvoza.errors import InvalidValue

USUAL = MatchingSettings()
"""What holds where nothing is set."""

_ORDER = tuple(CertificateFault)

AGREEING_DIGITS = 4
"""Leading digits of the commodity code that must agree: certificates are written with the codes of another country."""


def certificate_faults(
    certificate: Certificate,
    expected: Expected,
    *,
    day: date,
    used: Collection[str] = (),
    settings: MatchingSettings = USUAL,
    drawn: Decimal = Decimal(0),
) -> tuple[CertificateFault, ...]:
    """Name what is wrong with a certificate for a goods item, in order; none: it covers the goods.

    Parameters
    ----------
    certificate
        The certificate.
    expected
        What the goods item asks of it.
    day
        The day of the check.
    used
        Numbers of certificates already used for other consignments.
    settings
        What is set: the share by which the declared mass may exceed the certified one, and how old it may be.
    drawn
        Mass of such goods that the certificate covered before [kg].
    """
    faults = [*_counts(certificate, expected, day, used), *_agrees(certificate, expected)]
    last = last_day(certificate, settings, day)
    if last is not None and last < day:
        faults.append(CertificateFault.EXPIRED)
    if _covering(certificate, expected):
        faults += _suffices(certified_mass(certificate, expected), expected.net_mass, settings.tolerance, drawn)
    return tuple(sorted(faults, key=_ORDER.index))


def last_day(certificate: Certificate, settings: MatchingSettings, day: date) -> date | None:
    """Give the last day on which a certificate counts, asked on a day; ``None`` where nothing limits its age."""
    limits = [age.days for age in settings.greatest_ages if age.limits(certificate.type, day)]
    days = [certificate.valid_to] if certificate.valid_to is not None else []
    if limits and certificate.issued_at is not None:
        days.append(certificate.issued_at.date() + timedelta(min(limits)))
    return min(days, default=None)


def _suffices(
    certified: Decimal | None, declared: Decimal | None, tolerance: Decimal, drawn: Decimal
) -> Iterator[CertificateFault]:
    """Ask whether a quantity covers the goods; one that is unknown, on either side, covers nothing."""
    if certified is None or not is_quantity(declared):
        yield CertificateFault.UNKNOWN_QUANTITY
    elif declared + drawn > certified * (1 + tolerance):
        yield CertificateFault.TOO_LITTLE


def is_quantity(mass: Decimal | None) -> TypeGuard[Decimal]:
    """Tell whether a declared mass says how much there is: none, or nought, draws nothing down however often it is lodged."""
    return mass is not None and mass > 0


def certified_mass(certificate: Certificate, expected: Expected) -> Decimal | None:
    """Give the mass that a certificate attests of the goods [kg]; ``None`` where it speaks of none of them."""
    masses = [goods.net_mass for goods in _covering(certificate, expected) if goods.net_mass is not None]
    return sum(masses, Decimal(0)) if masses else None


def _counts(
    certificate: Certificate, expected: Expected, day: date, used: Collection[str]
) -> Iterator[CertificateFault]:
    """Ask whether the certificate is one that counts."""
    if certificate.type not in set(CertificateType):
        yield CertificateFault.UNKNOWN_TYPE
    if certificate.status != ISSUED:
        yield CertificateFault.NOT_ISSUED
    if certificate.issued_at is None:
        yield CertificateFault.NO_DATE
    else:
        issued = certificate.issued_at.date()
        if issued > day:
            yield CertificateFault.FUTURE_DATE
        if expected.dispatched_on is not None and issued > expected.dispatched_on:
            yield CertificateFault.AFTER_DISPATCH
    if folded_number(certificate.number) in {folded_number(number) for number in used}:
        yield CertificateFault.ALREADY_USED


def _agrees(certificate: Certificate, expected: Expected) -> Iterator[CertificateFault]:
    """Ask whether it speaks of these goods, from there to here, with the statements required."""
    if certificate.import_country and not expected.import_country:
        yield CertificateFault.UNKNOWN_COUNTRY
    elif certificate.import_country not in ("", expected.import_country):
        yield CertificateFault.OTHER_COUNTRY
    said = {folded_statement(words) for words in stated_of(certificate, expected)}
    if not {folded_statement(wanted) for wanted in expected.statements} <= said:
        yield CertificateFault.STATEMENT_MISSING
    alike = [goods for goods in certificate.goods if _same_goods(goods, expected)]
    if not alike:
        yield CertificateFault.OTHER_GOODS
    elif not _covering(certificate, expected):
        yield CertificateFault.OTHER_ORIGIN


def stated_of(certificate: Certificate, expected: Expected) -> tuple[str, ...]:
    """Give what a certificate states of all its goods or of these: codes and whole texts, each once.

    That words occur in a text says nothing: "not free from" has those of "free from".
    """
    pairs = [*certificate.statements, *(pair for line in _covering(certificate, expected) for pair in line.statements)]
    words = (word for pair in pairs for word in pair if word and word not in (*SUBJECTS, KEYED))
    return tuple(dict.fromkeys(words))


def _same_goods(goods: CertifiedGoods, expected: Expected) -> bool:
    return bool(goods.hs) and goods.hs[:AGREEING_DIGITS] == expected.hs[:AGREEING_DIGITS]


def _covering(certificate: Certificate, expected: Expected) -> list[CertifiedGoods]:
    """Give the lines that speak of the goods and their origin; a line without origin speaks of the exporting country."""
    return [
        goods
        for goods in certificate.goods
        if _same_goods(goods, expected) and expected.origin in (goods.origins or (certificate.export_country,))
    ]


def permit_faults(
    permit: Permit, expected: Expected, *, trader: str, day: date, tolerance: Decimal = Decimal(0)
) -> tuple[PermitFault, ...]:
    """Name what is wrong with a permit for a goods item, in order; none: it covers the goods.

    Parameters
    ----------
    permit
        The permit, with what was drawn from it before.
    expected
        What the goods item asks of it.
    trader
        Who imports.
    day
        The day of import.
    tolerance
        Share by which the quantity may be exceeded, 0 or more.
    """
    wrong = {
        PermitFault.OTHER_TRADER: folded_trader(permit.trader) != folded_trader(trader),
        PermitFault.NOT_IN_FORCE: not permit.start <= day <= permit.end,
        PermitFault.OTHER_GOODS: bool(permit.goods) and not expected.hs.startswith(permit.goods),
        PermitFault.OTHER_ORIGIN: bool(permit.origins) and expected.origin not in permit.origins,
        PermitFault.TOO_LITTLE: is_quantity(expected.net_mass)
        and expected.net_mass + permit.drawn > permit.quantity * (1 + tolerance),
        PermitFault.UNKNOWN_QUANTITY: not is_quantity(expected.net_mass),
    }
    return tuple(fault for fault, applies in wrong.items() if applies)


def permit_agrees(faults: Collection[PermitFault]) -> bool:
    """Tell whether goods agree with a permit, whatever is left of it, so that they draw it down."""
    return set(faults) <= {PermitFault.TOO_LITTLE, PermitFault.UNKNOWN_QUANTITY}


def draw_down(permit: Permit, net_mass: Decimal, *, hs: str, origin: str, day: date) -> Permit:
    """Draw a quantity down from a permit.

    Parameters
    ----------
    permit
        The permit as it stands.
    net_mass
        Mass of the consignment [kg], above 0.
    hs, origin
        Commodity code and country of origin.
    day
        Day of import.

    Raises
    ------
    InvalidValue
        When the permit does not cover goods, origin or day, or holds less than is asked for.
    """
    if not (permit.start <= day <= permit.end):
        raise InvalidValue(field="day", expected=f"{permit.start} to {permit.end}", got=day.isoformat())
    if permit.goods and not hs.startswith(permit.goods):
        raise InvalidValue(field="hs", expected=f"codes starting with {', '.join(permit.goods)}", got=hs)
    if permit.origins and origin not in permit.origins:
        raise InvalidValue(field="origin", expected=f"one of {', '.join(permit.origins)}", got=origin)
    left = permit.quantity - permit.drawn
    if not 0 < net_mass <= left:
        raise InvalidValue(field="net_mass", expected=f"above 0 and at most the {left} kg left", got=str(net_mass))
    return replace(permit, drawn=permit.drawn + net_mass)
