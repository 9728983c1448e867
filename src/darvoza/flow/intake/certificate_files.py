"""Certificates of a directory: electronic ones in XML, paper ones keyed by hand in CSV or YAML.

One that cannot be read is kept aside with its error and the others go on: its number is then unknown, and goods that refer
to it are looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from darvoza.domain.code_lists import COUNTRIES
from darvoza.domain.codes import Agency
from darvoza.domain.folding import folded_number
from darvoza.domain.matching import GreatestAge, MatchingLevel, MatchingSettings
from darvoza.domain.sps.certificate import ISSUED, KEYED, Certificate, CertificateType, CertifiedGoods
from darvoza.errors import DarvozaError, IntakeError, InvalidValue, SettingsError, UnreadableFile
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.intake.ephyto import read_ephyto
from darvoza.flow.intake.register_rows import Row, code_of, day_of, missing, rows_of, text_of
from darvoza.flow.intake.sps_registers import mass_of

COLUMNS = (
    "number",
    "type",
    "issued_on",
    "valid_to",
    "from",
    "to",
    "hs",
    "net_mass",
    "origin",
    "name",
    "statement",
    "status",
    "issuer",
)
SUFFIXES = (".xml", ".csv", ".yaml", ".yml")
SAID_ONCE = {
    "issued_on": "issued_at",
    "valid_to": "valid_to",
    "from": "export_country",
    "to": "import_country",
    "issuer": "issuer",
}
"""Columns on which the rows of one certificate must agree → what they say of it."""

LONGEST = 36_525
"""Days to which the age of certificates may be limited: a century."""

_Key = tuple[str, str]
"""Type and folded number."""


@dataclass(frozen=True, slots=True)
class ReadCertificates:
    """The certificates of a directory, and what could not be read of it."""

    certificates: tuple[Certificate, ...]
    refused: tuple[DarvozaError, ...]
    files: tuple[Path, ...]


def read_certificates(directory: Path) -> ReadCertificates:
    """Read the certificates of a directory and of those within it.

    Parameters
    ----------
    directory
        It holds files that end in ``.xml`` (one ePhyto each), ``.csv`` or ``.yaml`` (keyed by hand, a row for each
        line of goods).

    Raises
    ------
    UnreadableFile
        When it is no directory, or no such file lies in it.
    """
    files = tuple(sorted(path for path in directory.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()))
    if not files:
        raise UnreadableFile(
            field=str(directory), expected="a directory of certificates (.xml, .csv, .yaml)", got="none of them"
        )
    made: list[Certificate] = []
    refused: list[DarvozaError] = []
    spoiled: set[_Key] = set()
    for file in files:
        try:
            found, wrong = ([read_ephyto(file)], {}) if file.suffix.lower() == ".xml" else _keyed(file)
        except DarvozaError as problem:
            refused.append(problem)
            continue
        made += found
        refused += [problem for problems in wrong.values() for problem in problems]
        spoiled |= set(wrong)
    return ReadCertificates(tuple(_counting(each for each in made if _key(each) not in spoiled)), tuple(refused), files)


def _counting(certificates: Iterable[Certificate]) -> Iterator[Certificate]:
    """Give one certificate for each type and number: one that does not stand before one that does, then the latest."""
    held: dict[_Key, list[Certificate]] = {}
    for each in certificates:
        held.setdefault(_key(each), []).append(each)
    for those in held.values():
        yield max(those, key=lambda each: (each.status != ISSUED, each.issued_at or datetime.min.replace(tzinfo=UTC)))


def _key(certificate: Certificate) -> _Key:
    return certificate.type, folded_number(certificate.number)


def _keyed(path: Path) -> tuple[list[Certificate], dict[_Key, list[DarvozaError]]]:
    """Read certificates keyed by hand; a certificate of which one row is wrong, in any file, is not used."""
    rows = rows_of(path, required=("number", "type", "issued_on", "from", "hs"), allowed=COLUMNS)
    made: dict[_Key, Certificate] = {}
    wrong: dict[_Key, list[DarvozaError]] = {}
    for number, row in enumerate(rows, start=2):
        key = (text_of(row, "type"), folded_number(text_of(row, "number")))
        try:
            certificate = _certificate(row)
            made[key] = _joined(made[key], certificate) if key in made else certificate
        except IntakeError as problem:
            where = f"{path.name} row {number} {problem.field}"
            refused = InvalidValue(field=where, expected=problem.expected, got=problem.got)
            wrong.setdefault(key, []).append(refused)
    return [certificate for key, certificate in made.items() if key not in wrong], wrong


def _joined(one: Certificate, other: Certificate) -> Certificate:
    """Add the line and the statement of a further row; a row that stands twice counts once, a status other than issued wins.

    Raises
    ------
    InvalidValue
        When the rows of one certificate do not agree on what it is.
    """
    for column, name in SAID_ONCE.items():
        said, again = getattr(one, name), getattr(other, name)
        if said != again:
            raise InvalidValue(field=column, expected=f"what the rows before say, {said or 'nothing'}", got=str(again))
    return replace(
        one,
        status=one.status if one.status != ISSUED else other.status,
        goods=tuple(_lines((*one.goods, *other.goods))),
    )


def _lines(goods: Iterable[CertifiedGoods]) -> Iterator[CertifiedGoods]:
    """Give lines that are alike once, with what any of them states."""
    stated: dict[CertifiedGoods, dict[tuple[str, str], None]] = {}
    for line in goods:
        stated.setdefault(replace(line, statements=()), {}).update(dict.fromkeys(line.statements))
    for line, statements in stated.items():
        yield replace(line, statements=tuple(statements))


def _certificate(row: Row) -> Certificate:
    issued = day_of(row, "issued_on") or missing("issued_on", "a day such as 2026-01-31")
    last = day_of(row, "valid_to")
    if last is not None and last < issued:
        raise InvalidValue(field="valid_to", expected=f"a day not before {issued}", got=last.isoformat())
    said = text_of(row, "statement")
    kind = code_of(row, "type", CertificateType) or missing("type", f"one of {', '.join(CertificateType)}")
    hs = "".join(text_of(row, "hs").split())
    if not (hs.isascii() and hs.isdigit() and 4 <= len(hs) <= 10):
        raise InvalidValue(field="hs", expected="a commodity code of 4 to 10 digits", got=hs)
    return Certificate(
        number=text_of(row, "number") or missing("number", "the number of the certificate"),
        issuer=text_of(row, "issuer"),
        type=kind.value,
        status=text_of(row, "status") or ISSUED,
        issued_at=datetime(issued.year, issued.month, issued.day, tzinfo=UTC),
        export_country=_country(row, "from") or missing("from", "the country of export, two letters"),
        import_country=_country(row, "to"),
        goods=(
            CertifiedGoods(
                hs,
                text_of(row, "name"),
                mass_of(row, "net_mass"),
                tuple(text_of(row, "origin").split()),
                ((KEYED, said),) if said else (),
            ),
        ),
        valid_to=last,
    )


def _country(row: Row, name: str) -> str:
    text = text_of(row, name)
    if text and text not in COUNTRIES:
        raise InvalidValue(field=name, expected="a country of ISO 3166-1, two letters", got=text)
    return text


def read_matching_settings(path: Path) -> MatchingSettings:
    """Read what an administration sets about certificates and permits.

    Parameters
    ----------
    path
        YAML with any of ``passive`` (levels), ``tolerance``, ``once``, ``permit_agency``, ``greatest_age`` (a list of
        ``days, from, source`` and, where they have a meaning, ``type, to``).

    Raises
    ------
    SettingsError
        When the file cannot be read.
    ExceptionGroup
        Of `SettingsError`, everything that is wrong in it.
    """
    fields = Fields(read_yaml(path, path.name, error=SettingsError), path.name, error=SettingsError)
    fields.only(("passive", "tolerance", "once", "permit_agency", "greatest_age"))
    usual = MatchingSettings()
    given = fields.mapping.get("passive")
    passive = as_sequence(given)
    unknown = [word for word in passive if word not in set(MatchingLevel)]
    if unknown or (given is not None and not isinstance(given, list)):
        fields.refuse("passive", f"a list of {', '.join(MatchingLevel)}", unknown or given)
    tolerance = fields.number("tolerance")
    if tolerance is not None and not 0 <= tolerance <= 1:
        fields.refuse("tolerance", "a share from 0 to 1", str(tolerance))
    once = fields.flag("once") if "once" in fields.mapping else usual.once
    agency = fields.choice("permit_agency", Agency, usual.permit_agency)
    ages = tuple(_ages(fields))
    fields.finish()
    return MatchingSettings(
        passive=usual.passive if given is None else tuple(MatchingLevel(str(word)) for word in passive),
        tolerance=usual.tolerance if tolerance is None else tolerance,
        once=bool(once),
        permit_agency=agency or usual.permit_agency,
        greatest_ages=ages,
    )


def _ages(fields: Fields) -> Iterator[GreatestAge]:
    """Read how old certificates may be."""
    given = fields.mapping.get("greatest_age")
    if given is not None and not isinstance(given, list):
        fields.refuse("greatest_age", "a list of days, from, source", given)
    for place, each in enumerate(as_sequence(given)):
        prefix = f"greatest_age.{place}."
        age = Fields(each, fields.source, prefix=prefix, errors=fields.errors, error=SettingsError)
        age.only(("type", "days", "from", "to", "source"))
        days, start, end = age.whole("days"), age.day("from", required=True), age.day("to")
        source = age.text("source", required=True)
        kind = age.choice("type", CertificateType) if "type" in age.mapping else None
        if days is None or days > LONGEST:
            age.refuse("days", f"a whole number of days up to {LONGEST}", age.mapping.get("days"))
        elif start is not None and end is not None and end < start:
            age.refuse("to", f"a day not before {start}", end)
        elif start is not None:
            yield GreatestAge(days=days, start=start, end=end, source=source, type=kind.value if kind else "")
