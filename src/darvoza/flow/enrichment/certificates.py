"""A certificate held against a declared goods item: which of the things it should attest it does not.

Three levels, as in the matching of the single window of Great Britain: the certificate exists and counts; its goods agree;
its quantity agrees. A level can run passively first: its faults are then told and hold nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from darvoza.domain.matching import PermitFault
from darvoza.domain.sps.certificate import (
    ISSUED,
    Certificate,
    CertificateFault,
    CertificateType,
    CertifiedGoods,
    Expected,
    Permit,
)
from darvoza.domain.sps.written import folded_number
from darvoza.errors import InvalidValue

TOLERANCE = Decimal("0.05")
"""Share by which the declared mass may exceed the certified one."""

AGREEING_DIGITS = 4
"""Leading digits of the commodity code that must agree: certificates are written with the codes of another country."""


def certificate_faults(
    certificate: Certificate,
    expected: Expected,
    *,
    day: date,
    used: Collection[str] = (),
    tolerance: Decimal = TOLERANCE,
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
    tolerance
        Share by which the declared mass may exceed the certified one, 0 or more.
    drawn
        Mass of such goods that the certificate covered before [kg].
    """
    faults = [*_counts(certificate, expected, day, used), *_agrees(certificate, expected)]
    certified = certified_mass(certificate, expected)
    declared = expected.net_mass
    if certified is not None and declared is not None and declared + drawn > certified * (1 + tolerance):
        faults.append(CertificateFault.TOO_LITTLE)
    return tuple(faults)


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
    if expected.import_country and certificate.import_country not in ("", expected.import_country):
        yield CertificateFault.OTHER_COUNTRY
    said = [f"{code} {text}".casefold() for code, text in certificate.statements]
    if any(not any(wanted.casefold() in text for text in said) for wanted in expected.statements):
        yield CertificateFault.STATEMENT_MISSING
    alike = [goods for goods in certificate.goods if _same_goods(goods, expected)]
    if not alike:
        yield CertificateFault.OTHER_GOODS
    elif not _covering(certificate, expected):
        yield CertificateFault.OTHER_ORIGIN


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
        PermitFault.OTHER_TRADER: permit.trader != trader,
        PermitFault.NOT_IN_FORCE: not permit.start <= day <= permit.end,
        PermitFault.OTHER_GOODS: bool(permit.goods) and not expected.hs.startswith(permit.goods),
        PermitFault.OTHER_ORIGIN: bool(permit.origins) and expected.origin not in permit.origins,
        PermitFault.TOO_LITTLE: expected.net_mass is not None
        and expected.net_mass + permit.drawn > permit.quantity * (1 + tolerance),
    }
    return tuple(fault for fault, applies in wrong.items() if applies)


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
