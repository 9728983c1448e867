"""Electronic phytosanitary certificates (ePhyto): the UN/CEFACT SPS certificate in XML.

Elements are known by their local name, for issuers use different versions of the same vocabulary. What is not read is
named, not lost.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from darvoza.domain.sps.certificate import SUBJECTS, Certificate, CertifiedGoods
from darvoza.errors import UnreadableFile
from darvoza.flow.fields import is_sane
from darvoza.flow.intake.plain_xml import Element, read_xml

SPACE = "urn:un:unece:uncefact:data:standard:SPSCertificate:"
KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001")}
"""Units of mass of UN Recommendation 20 → kilograms."""

_READ = {
    "Name", "ID", "TypeCode", "StatusCode", "IssueDateTime", "IssuerSPSParty", "IncludedSPSNote", "SPSExchangedDocument",
    "SPSConsignment", "ExportSPSCountry", "ImportSPSCountry", "IncludedSPSConsignmentItem",
}  # fmt: skip


def read_ephyto(path: Path) -> Certificate:
    """Read a certificate from a file; see `parse_ephyto`."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UnreadableFile(field=str(path), expected="a file that can be read", got=problem.strerror) from problem
    return parse_ephyto(data, path.name)


def parse_ephyto(data: bytes, source: str) -> Certificate:
    """Read a certificate.

    Parameters
    ----------
    data
        The XML document.
    source
        Its name, for the errors.

    Raises
    ------
    UnreadableFile
        When it is no well-formed XML, declares a document type, is another kind of document, or has no number.

    References
    ----------
    UN/CEFACT SPS certificate, D17; ISPM 12, appendix 1.
    """
    root = read_xml(data, source)
    if root.name != "SPSCertificate" or not root.space.startswith(SPACE):
        got = f"<{root.name}> of {root.space or 'no namespace'}"
        raise UnreadableFile(field=source, expected=f"an SPSCertificate of {SPACE}…", got=got)
    document = next(root.all("SPSExchangedDocument"), None)
    number = document.first("ID") if document is not None else ""
    if document is None or not number:
        raise UnreadableFile(field=source, expected="SPSExchangedDocument with an ID", got="none")
    consignment = next(root.all("SPSConsignment"), Element("", "", {}))
    return Certificate(
        number=number,
        issuer=document.first("IssuerSPSParty", "Name"),
        type=document.first("TypeCode"),
        status=document.first("StatusCode"),
        issued_at=_moment(document),
        export_country=consignment.first("ExportSPSCountry", "ID"),
        import_country=consignment.first("ImportSPSCountry", "ID"),
        statements=_statements(document.all("IncludedSPSNote")),
        goods=tuple(_goods(line) for line in consignment.all("IncludedSPSConsignmentItem", "IncludedSPSTradeLineItem")),
        unread=tuple(sorted({child.name for part in (document, consignment) for child in part.below} - _READ)),
    )


def _moment(document: Element) -> datetime | None:
    """Read the moment of issue; without a time zone it is taken as UTC; ``None`` where it cannot be read."""
    text = document.first("IssueDateTime", "DateTimeString") or document.first("IssueDateTime")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _statements(notes: Iterable[Element]) -> tuple[tuple[str, str], ...]:
    """Give the additional declarations among notes, each once: the code of what is declared, else its subject, and the text."""
    found: dict[tuple[str, str], None] = {}
    for note in notes:
        subject, code, text = (
            note.first("Subject") or note.first("SubjectCode"),
            note.first("ContentCode"),
            note.first("Content"),
        )
        if subject in SUBJECTS and (code or text):
            found[code or subject, text] = None
    return tuple(found)


def _goods(line: Element) -> CertifiedGoods:
    codes = [
        classed.first("ClassCode")
        for classed in line.all("ApplicableSPSClassification")
        if classed.first("SystemID") == "HS" or classed.first("SystemName") in ("HS", "HSCODE", "")
    ]
    digits = ["".join(sign for sign in code if sign.isdigit()) for code in codes]
    return CertifiedGoods(
        hs=next((code for code in digits if code), ""),
        name=line.first("ScientificName") or line.first("CommonName"),
        net_mass=_mass(line),
        origins=tuple(country.first("ID") for country in line.all("OriginSPSCountry") if country.first("ID")),
        statements=_statements(line.all("AdditionalInformationSPSNote")),
    )


def _mass(line: Element) -> Decimal | None:
    """Give the net mass in kilograms; ``None`` where it or its unit is not understood."""
    measure = next(line.all("NetWeightMeasure"), None)
    if measure is None:
        return None
    factor = KILOGRAMS.get(measure.attributes.get("unitCode", ""))
    try:
        value = Decimal(measure.text.strip())
    except InvalidOperation:
        return None
    return value * factor if factor is not None and is_sane(value) and value >= 0 else None
