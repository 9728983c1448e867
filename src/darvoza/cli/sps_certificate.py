"""``darvoza sps certificate``: an electronic certificate held against what was declared."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from darvoza.cli.certificate_trust import UNSIGNED, open_told
from darvoza.domain.certificate_words import FAULTS
from darvoza.domain.matching import MatchingSettings
from darvoza.domain.sps.certificate import Certificate, Expected
from darvoza.flow.enrichment.certificates import USUAL, certificate_faults, last_day
from darvoza.flow.intake.certificate_files import read_matching_settings
from darvoza.flow.intake.ephyto import read_ephyto


def run(options: Namespace) -> int:
    """Read a certificate and name its faults; exit with 1 when it has any."""
    certificate = read_ephyto(options.file)
    warning = open_told((options.file.parent, options.file))
    if warning is not None:
        print(warning, file=sys.stderr)
    settings = read_matching_settings(options.matching_settings) if options.matching_settings else USUAL
    print("\n".join(_told(certificate)))
    print("\n".join(_not_asked(certificate, settings, options.day)))
    expected = Expected(
        hs=options.hs,
        origin=options.origin,
        net_mass=options.net_mass,
        dispatched_on=options.dispatched,
        import_country=options.country or "",
        statements=tuple(options.statement),
    )
    faults = certificate_faults(certificate, expected, day=options.day, used=options.used, settings=settings)
    for fault in faults:
        print(f"fault: {FAULTS['en'][fault]}")
    print("it does not cover the goods" if faults else "it covers the goods")
    return 1 if faults else 0


def _not_asked(certificate: Certificate, settings: MatchingSettings, day: date) -> Iterator[str]:
    """Say what no fault can tell: whether the certificate is genuine, and how long it counts."""
    yield f"  {UNSIGNED}"
    last = last_day(certificate, settings, day)
    if last is None:
        yield "  nothing limits its age: it names no last day, and --matching-settings sets no greatest_age for it"
    else:
        yield f"  it counts until {last}"


def _told(certificate: Certificate) -> Iterator[str]:
    issued = certificate.issued_at.isoformat() if certificate.issued_at else "an unknown moment"
    yield f"certificate {certificate.number} (type {certificate.type}, status {certificate.status})"
    yield f"  issued by {certificate.issuer or 'nobody named'} at {issued}"
    yield f"  from {certificate.export_country or '?'} to {certificate.import_country or '?'}"
    for goods in certificate.goods:
        mass = f"{goods.net_mass.normalize():f} kg" if goods.net_mass is not None else "mass not understood"
        yield f"  {goods.hs or 'no code'} {goods.name}, {mass}, origin {', '.join(goods.origins) or 'not given'}"
    for code, text in (*certificate.statements, *(each for goods in certificate.goods for each in goods.statements)):
        yield f"  statement {code}: {' '.join(text.split())}"
    if certificate.unread:
        yield f"  not read: {', '.join(certificate.unread)}"
