"""Levels of matching become risk profiles: what is wrong with a certificate or permit asks for a look at the documents."""

from collections.abc import Iterator, Mapping

from darvoza.domain.codes import Act, Agency, Flow, RiskArea
from darvoza.domain.expression import Expression, Include, Known, Not, OneOf, both
from darvoza.domain.matching import AGENCY_OF_CERTIFICATE, LEVEL_OF_FAULT, MatchingLevel, MatchingSettings, PermitFault
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.certificate import CertificateFault
from darvoza.domain.wording import render

TITLES = {
    MatchingLevel.EXISTS: "{} that is not known, or does not count",
    MatchingLevel.COMMODITY: "{} for other goods, or of another origin",
    MatchingLevel.QUANTITY: "{} for less than was declared, or for a quantity that is not known",
}
INSTRUCTIONS: Mapping[str, Mapping[MatchingLevel, str]] = {
    "en": {
        MatchingLevel.EXISTS: (
            "Ask for the original of the {}: its number is not declared or not known, or it was not issued, has expired or is "
            "not in force yet, bears a date that cannot be, was used before, was given to another trader, is for another country, "
            "or lacks a statement. Hold it against the register of the service that issued it, and do not accept it until that "
            "is cleared up."
        ),
        MatchingLevel.COMMODITY: (
            "The {} speaks of other goods, or of another origin: compare goods, codes and origin line by line."
        ),
        MatchingLevel.QUANTITY: (
            "The {} covers less than was declared, or its quantity or the declared net mass is not known: compare the quantities "
            "with the original, those of earlier uses too."
        ),
    },
    "ru": {
        MatchingLevel.EXISTS: (
            "Потребовать оригинал документа ({}): номер не заявлен или неизвестен, либо документ не выдан, его срок истёк или ещё "
            "не начался, он имеет невозможную дату, уже использован, выдан другому лицу или для другой страны либо не содержит "
            "требуемой декларации. Сверить с реестром выдавшей службы и не принимать, пока это не выяснено."
        ),
        MatchingLevel.COMMODITY: (
            "Документ ({}) выдан на другие товары или другое происхождение: сверить товары, коды и происхождение построчно."
        ),
        MatchingLevel.QUANTITY: (
            "Документ ({}) покрывает меньше заявленного, либо количество в нём или заявленная масса нетто неизвестны: сверить "
            "количество по оригиналу с учётом прежнего использования."
        ),
    },
}
"""What the officer is told, by language: what may be wrong at a level, and what to do about it."""

RUSSIAN = {
    "Phytosanitary certificate": "фитосанитарный сертификат",
    "Veterinary certificate": "ветеринарный сертификат",
    "Sanitary certificate": "санитарный сертификат",
    "Permit": "разрешение",
}

OUTGOING = both(Known("flow"), OneOf("flow", (Flow.EXPORT.value,)))
"""Goods that leave: their certificates are our own, and stand in no register of those we were given."""

BASIS = "Matching of declared certificates and permits, level {}; ISPM 12 and the certificates of the importing country"


def matching_profiles(
    settings: MatchingSettings, *, certificates: bool = True, permits: bool = True
) -> tuple[RiskProfile, ...]:
    """Give the profiles of the levels that do not run passively.

    Parameters
    ----------
    settings
        Which levels run passively, and who looks at permits.
    certificates, permits
        Whether any are known; without them there is nothing to ask.

    Examples
    --------
    >>> made = matching_profiles(MatchingSettings(), permits=False)
    >>> [(each.code, each.agency.value) for each in made][:2]
    [('CERTIFICATE-PHYTOSANITARY-EXISTS', 'phytosanitary'), ('CERTIFICATE-VETERINARY-EXISTS', 'veterinary')]
    """
    return tuple(_profiles(settings, certificates=certificates, permits=permits))


def _profiles(settings: MatchingSettings, *, certificates: bool, permits: bool) -> Iterator[RiskProfile]:
    for level in MatchingLevel:
        if level in settings.passive:
            continue
        if certificates:
            faults = _of_level(level, tuple(CertificateFault))
            for kind, agency in AGENCY_OF_CERTIFICATE.items():
                condition = Include(f"{kind.value}_certificate_faults", faults)
                what = f"{kind.value.capitalize()} certificate"
                yield _profile(f"certificate-{kind}", what, level, agency=agency, condition=condition)
        if permits:
            condition = Include("permit_faults", _of_level(level, tuple(PermitFault)))
            yield _profile("permit", "Permit", level, agency=settings.permit_agency, condition=condition)


def _of_level(level: MatchingLevel, faults: tuple[CertificateFault, ...] | tuple[PermitFault, ...]) -> tuple[str, ...]:
    return tuple(fault.value for fault in faults if LEVEL_OF_FAULT[fault.value] is level)


def _profile(code: str, what: str, level: MatchingLevel, *, agency: Agency, condition: Expression) -> RiskProfile:
    condition = both(condition, Not(OUTGOING))
    return RiskProfile(
        code=f"{code}-{level}".upper(),
        title=TITLES[level].format(what),
        agency=agency,
        risk_area=RiskArea.SPS,
        condition=condition,
        sentence=render(condition),
        treatment=Treatment(Act.DOCUMENTARY),
        unknown=UnknownPolicy.NO_MATCH,
        valid=Validity(),
        instructions={
            "en": INSTRUCTIONS["en"][level].format(what.lower()),
            "ru": INSTRUCTIONS["ru"][level].format(RUSSIAN[what]),
        },
        legal_basis=BASIS.format(level),
        floor=FloorKind.LAW,
    )
