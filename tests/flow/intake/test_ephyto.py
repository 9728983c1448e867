from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from darvoza.domain.matching import GreatestAge, MatchingSettings
from darvoza.domain.sps.certificate import ISSUED, CertificateFault, CertificateType, Expected, Permit
from darvoza.errors import InvalidValue, UnreadableFile
from darvoza.flow.enrichment.certificates import certificate_faults, draw_down, last_day
from darvoza.flow.intake.ephyto import parse_ephyto
from darvoza.flow.intake.plain_xml import DEEPEST

A = "urn:un:unece:uncefact:data:standard:SPSCertificate:17"
B = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
C = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21"


def xml(
    *, number: str = "PC-1", kind: str = "851", status: str = "70", issued: str = "2026-03-01T10:00:00+05:00",
    note: str = "Found free of Capnodis tenebrionis", hs: str = "08091000", mass: str = "20000", unit: str = "KGM",
    origin: str = "UZ", to: str = "KG", space: str = A,
) -> bytes:  # fmt: skip
    """A certificate written for the tests, in the vocabulary of the standard."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<a:SPSCertificate xmlns:a="{space}" xmlns:b="{B}" xmlns:c="{C}">
 <a:SPSExchangedDocument>
  <b:Name/><b:ID>{number}</b:ID><b:TypeCode>{kind}</b:TypeCode><b:StatusCode>{status}</b:StatusCode>
  <b:IssueDateTime><c:DateTimeString>{issued}</c:DateTimeString></b:IssueDateTime>
  <b:IssuerSPSParty><b:Name>Agency for Plant Quarantine</b:Name></b:IssuerSPSParty>
  <b:IncludedSPSNote><b:Subject>ADEDL</b:Subject><b:Content languageID="en">{note}</b:Content></b:IncludedSPSNote>
  <b:SignatorySPSAuthentication/>
 </a:SPSExchangedDocument>
 <a:SPSConsignment>
  <b:ExportSPSCountry><b:ID>UZ</b:ID></b:ExportSPSCountry><b:ImportSPSCountry><b:ID>{to}</b:ID></b:ImportSPSCountry>
  <b:IncludedSPSConsignmentItem><b:IncludedSPSTradeLineItem>
   <b:ScientificName>Prunus armeniaca</b:ScientificName>
   <b:NetWeightMeasure unitCode="{unit}">{mass}</b:NetWeightMeasure>
   <b:ApplicableSPSClassification><b:SystemName>HS</b:SystemName><b:ClassCode>{hs}</b:ClassCode></b:ApplicableSPSClassification>
   <b:OriginSPSCountry><b:ID>{origin}</b:ID></b:OriginSPSCountry>
  </b:IncludedSPSTradeLineItem></b:IncludedSPSConsignmentItem>
 </a:SPSConsignment>
</a:SPSCertificate>""".encode()


DAY = date(2026, 3, 10)
APRICOTS = Expected("0809100000", "UZ", Decimal(20000), date(2026, 3, 2), "KG", ("Found free of Capnodis tenebrionis",))


def faults(expected: Expected = APRICOTS, used: tuple[str, ...] = (), **changes: str) -> tuple[CertificateFault, ...]:
    certificate = parse_ephyto(xml(**changes), "c.xml")
    return certificate_faults(certificate, expected, day=DAY, used=used)


def test_the_codes_of_the_standard_are_ours() -> None:
    assert (CertificateType.EXPORT.value, CertificateType.RE_EXPORT.value, ISSUED) == ("851", "657", "70")


def test_a_certificate_is_read_and_what_is_not_read_is_named() -> None:
    certificate = parse_ephyto(xml(), "c.xml")
    assert (certificate.number, certificate.type, certificate.status) == ("PC-1", "851", "70")
    assert certificate.issued_at is not None
    assert certificate.issued_at.isoformat() == "2026-03-01T10:00:00+05:00"
    (goods,) = certificate.goods
    assert (goods.hs, goods.name, goods.net_mass, goods.origins) == (
        "08091000",
        "Prunus armeniaca",
        Decimal(20000),
        ("UZ",),
    )
    assert certificate.statements == (("ADEDL", "Found free of Capnodis tenebrionis"),)
    assert certificate.unread == ("SignatorySPSAuthentication",)


def test_a_good_certificate_covers_the_goods() -> None:
    assert faults() == ()
    assert faults(mass="20", unit="TNE") == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "100"}, CertificateFault.UNKNOWN_TYPE),
        ({"status": "40"}, CertificateFault.NOT_ISSUED),
        ({"status": ""}, CertificateFault.NOT_ISSUED),
        ({"issued": "lately"}, CertificateFault.NO_DATE),
        ({"issued": "2026-03-05T00:00:00Z"}, CertificateFault.AFTER_DISPATCH),
        ({"to": "KZ"}, CertificateFault.OTHER_COUNTRY),
        ({"note": "Free of everything"}, CertificateFault.STATEMENT_MISSING),
        ({"note": "Not found free of Capnodis tenebrionis"}, CertificateFault.STATEMENT_MISSING),
        ({"unit": "LTR"}, CertificateFault.UNKNOWN_QUANTITY),
        ({"hs": "0702"}, CertificateFault.OTHER_GOODS),
        ({"hs": ""}, CertificateFault.OTHER_GOODS),
        ({"origin": "TJ"}, CertificateFault.OTHER_ORIGIN),
        ({"mass": "19000"}, CertificateFault.TOO_LITTLE),
    ],
)
def test_each_fault_of_a_certificate_is_named(changes: Any, fault: CertificateFault) -> None:
    assert faults(**changes) == (fault,)


def test_a_certificate_of_the_future_is_no_certificate() -> None:
    expected = Expected("080910", "UZ", Decimal(20000), import_country="KG")
    assert faults(expected, issued="2026-03-11T00:00:00Z") == (CertificateFault.FUTURE_DATE,)


def test_what_is_not_known_of_the_goods_is_not_covered() -> None:
    assert faults(replace(APRICOTS, net_mass=None)) == (CertificateFault.UNKNOWN_QUANTITY,)
    assert faults(replace(APRICOTS, net_mass=Decimal(0))) == (CertificateFault.UNKNOWN_QUANTITY,)
    assert faults(replace(APRICOTS, import_country="")) == (CertificateFault.UNKNOWN_COUNTRY,)


def test_what_is_stated_counts_for_its_own_goods_and_by_code_or_whole_text() -> None:
    note = "<b:IncludedSPSNote><b:Subject>ADEDL</b:Subject><b:ContentCode>AD-12</b:ContentCode></b:IncludedSPSNote>"
    line = "<b:AdditionalInformationSPSNote><b:Subject>ADTLIL</b:Subject><b:Content>Grown in XX</b:Content></b:AdditionalInformationSPSNote>"
    text = xml().decode().replace("<b:SignatorySPSAuthentication/>", note)
    certificate = parse_ephyto(text.replace("<b:ScientificName>", f"{line}<b:ScientificName>").encode(), "c.xml")
    assert certificate.statements[1] == ("AD-12", "")
    assert certificate.goods[0].statements == (("ADTLIL", "Grown in XX"),)

    def said(words: str, hs: str = "080910") -> bool:
        asked = replace(APRICOTS, hs=hs, statements=(words,))
        return CertificateFault.STATEMENT_MISSING not in certificate_faults(certificate, asked, day=DAY)

    assert said("AD-12")
    assert said("grown  in XX.")
    assert not said("Grown in")
    assert not said("ADEDL")
    assert not said("Grown in XX", hs="080810")


def test_a_certificate_counts_until_its_last_day_or_its_greatest_age() -> None:
    certificate = parse_ephyto(xml(), "c.xml")
    ages = (
        GreatestAge(9, date(2026, 1, 1), None, "an order of the country"),
        GreatestAge(1, date(2025, 1, 1), date(2025, 12, 31), "gone"),
        GreatestAge(1, date(2026, 1, 1), None, "of others", type="853"),
    )
    set_, day = MatchingSettings(greatest_ages=ages), date(2026, 3, 10)
    expired = (CertificateFault.EXPIRED,)
    late = date(2036, 3, 25)
    assert certificate_faults(certificate, APRICOTS, day=late) == ()
    assert certificate_faults(certificate, APRICOTS, day=day, settings=set_) == ()
    assert certificate_faults(certificate, APRICOTS, day=date(2026, 3, 11), settings=set_) == expired
    dated = replace(certificate, valid_to=day)
    assert certificate_faults(dated, APRICOTS, day=day) == ()
    assert certificate_faults(dated, APRICOTS, day=date(2026, 3, 11)) == expired
    assert last_day(certificate, MatchingSettings(), day) is None


def test_a_certificate_is_used_once() -> None:
    assert faults(used=("PC-1",)) == (CertificateFault.ALREADY_USED,)


@pytest.mark.parametrize("changes", [{"unit": "LTR"}, {"mass": "1e999999"}, {"mass": "many"}])
def test_a_mass_that_is_not_understood_is_not_guessed(changes: dict[str, str]) -> None:
    certificate = parse_ephyto(xml(**changes), "c.xml")
    assert certificate.goods[0].net_mass is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "well-formed"),
        (b"<a>", "well-formed"),
        (b"<SPSCertificate/>", "an SPSCertificate of urn:"),
        (xml(space="urn:other"), "urn:other"),
        (xml(number=""), "with an ID"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "without a document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "without a document type"),
        (b"<x>" * (DEEPEST + 2) + b"</x>" * (DEEPEST + 2), "levels"),
        (b"<x>" + b"<y/>" * 100_001 + b"</x>", "elements"),
        (b"\xff\xfe\x00", "well-formed"),
    ],
)
def test_what_is_no_certificate_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        parse_ephyto(data, "c.xml")


def test_a_bomb_of_entities_is_refused_before_it_grows() -> None:
    entities = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "boom">{entities}]><x>&e11;</x>'.encode()
    with pytest.raises(UnreadableFile, match="without a document type"):
        parse_ephyto(bomb, "c.xml")


PERMIT = Permit("P-1", "I-1", date(2026, 1, 1), date(2026, 6, 30), Decimal(50000), ("0809",), ("UZ",))


def test_a_permit_is_drawn_down_to_nothing_and_no_further() -> None:
    after = draw_down(PERMIT, Decimal(30000), hs="08091000", origin="UZ", day=DAY)
    assert after.drawn == 30000
    empty = draw_down(after, Decimal(20000), hs="08091000", origin="UZ", day=DAY)
    with pytest.raises(InvalidValue, match="net_mass"):
        draw_down(empty, Decimal(1), hs="08091000", origin="UZ", day=DAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(2026, 7, 1)}, "day"),
        ({"hs": "0702"}, "hs"),
        ({"origin": "TJ"}, "origin"),
    ],
)
def test_a_permit_covers_its_goods_origin_and_days_only(changes: dict[str, object], field: str) -> None:
    asked: dict[str, object] = {"hs": "08091000", "origin": "UZ", "day": DAY, **changes}
    with pytest.raises(InvalidValue) as refused:
        draw_down(PERMIT, Decimal(1), **asked)  # type: ignore[arg-type]
    assert refused.value.field == field
