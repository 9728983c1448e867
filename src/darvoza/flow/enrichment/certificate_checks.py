"""Certificates and permits held against every goods item that refers to them, in the order of lodging.

Levels as in the single window of Great Britain: the reference exists and counts; its goods agree; its quantity covers. A
certificate that was presented is used, whatever is wrong with it; only goods that agree draw its quantity down. Whether goods
agreed is asked whenever it matters, of the document as it is known then: it may come to be known, or be corrected, after them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from darvoza.domain.codes import Flow
from darvoza.domain.fact_settings import DocumentKind, FactSettings
from darvoza.domain.folding import folded_number, folded_trader
from darvoza.domain.matching import AGENCY_OF_CERTIFICATE, LEVEL_OF_FAULT, MatchingLevel, MatchingSettings, PermitFault
from darvoza.domain.sps.certificate import ISSUED, Certificate, CertificateFault, CertificateType, Expected, Permit
from darvoza.domain.sps.written import quoted_statement
from darvoza.flow.enrichment.calendar import lodging_day
from darvoza.flow.enrichment.certificates import (
    AGREEING_DIGITS,
    certificate_faults,
    certified_mass,
    permit_agrees,
    permit_faults,
    stated_of,
)
from darvoza.flow.enrichment.different import FEW

KIND_OF_TYPE = {
    CertificateType.EXPORT.value: DocumentKind.PHYTOSANITARY,
    CertificateType.RE_EXPORT.value: DocumentKind.PHYTOSANITARY,
    CertificateType.SANITARY.value: DocumentKind.SANITARY,
    CertificateType.VETERINARY.value: DocumentKind.VETERINARY,
}
KINDS = (*AGENCY_OF_CERTIFICATE, DocumentKind.PERMIT)
ITEM = ("declaration_id", "version", "item")
CHECKS = {
    "declaration_id": pl.String(),
    "version": pl.Int64(),
    "item": pl.Int64(),
    "kind": pl.String(),
    "number": pl.String(),
    "level": pl.Int64(),
    "faults": pl.List(pl.String),
    "left": pl.Float64(),
    "statements": pl.String(),
    "declared": pl.String(),
    "flow": pl.String(),
}
"""Columns of the checks: one row for each document that an item refers to; mass left before the item, kg; the number as it is
compared, and as it was declared."""

USES = {
    "kind": pl.String(),
    "number": pl.String(),
    "declaration_id": pl.String(),
    "heading": pl.String(),
    "net_mass": pl.Decimal(38, 6),
}
"""Columns of the uses: which document was presented for which declaration and goods, and their mass, kg."""

PRESENTED = {**USES, "hs": pl.String(), "origin": pl.String(), "trader_digest": pl.String(), "day": pl.Date()}
"""Columns of the uses, and by what it is told whether the goods agree: whole code, origin; for a permit importer and day.

Uses outlive the identities of those who trade, so that of an importer there is a digest. Where no code is told, as in what earlier
versions wrote, the mass is what the goods drew down.
"""

IN_ORDER = [name for name in PRESENTED if name != "net_mass"]
ALIKE = [name for name in IN_ORDER if name != "declaration_id"]
OTHERS = ""
"""In the place of declarations of before."""

Number = tuple[DocumentKind, str]


@dataclass(frozen=True)
class Attested:
    """The certificates and permits that are known; ``None``: none were given, and nothing is known of them."""

    certificates: tuple[Certificate, ...] | None = None
    permits: tuple[Permit, ...] | None = None
    settings: MatchingSettings = field(default_factory=MatchingSettings)

    @property
    def known(self) -> bool:
        """Whether there are certificates or permits to hold against goods."""
        return self.certificates is not None or self.permits is not None

    @cached_property
    def certificate_of(self) -> Mapping[Number, Certificate]:
        """The certificates by kind and number; of two with one number the one that does not stand."""
        made: dict[Number, Certificate] = {}
        for each in self.certificates or ():
            if each.type in KIND_OF_TYPE:
                key = (KIND_OF_TYPE[each.type], folded_number(each.number))
                made[key] = each if key not in made or made[key].status == ISSUED else made[key]
        return made

    @cached_property
    def permit_of(self) -> Mapping[Number, Permit]:
        """The permits by kind and number."""
        return {(DocumentKind.PERMIT, folded_number(each.number)): each for each in self.permits or ()}

    def of_kind(self, kind: DocumentKind) -> bool:
        """Tell whether anything is known of documents of a kind."""
        return (self.permits if kind is DocumentKind.PERMIT else self.certificates) is not None


NOTHING_ATTESTED = Attested()
"""Neither certificates nor permits."""


@dataclass(frozen=True, slots=True)
class CertificateChecks:
    """What came of it.

    Attributes
    ----------
    checks
        The columns of `CHECKS`.
    uses
        The columns of `PRESENTED`, those of earlier declarations included.
    """

    checks: pl.DataFrame
    uses: pl.DataFrame


class _Use(NamedTuple):
    """Goods for which a document was presented, in the order of `PRESENTED` but for their mass."""

    number: Number
    declaration: str
    heading: str
    hs: str | None = None
    origin: str | None = None
    trader_digest: str | None = None
    day: date | None = None

    def draws(self, known: Attested) -> bool:
        """Tell whether the goods agree with the document as it is known, so that they draw its quantity down."""
        if self.hs is None:
            return True
        expected = Expected(hs=self.hs, origin=self.origin or "")
        if (permit := known.permit_of.get(self.number)) is not None:
            faults = permit_faults(permit, expected, trader=permit.trader, day=self.day or date.min)
            return self.trader_digest == _digest_of(permit.trader) and permit_agrees(faults)
        certificate = known.certificate_of.get(self.number)
        return certificate is not None and certified_mass(certificate, expected) is not None


@dataclass(slots=True)
class _Ledger:
    """Who presented which document for which goods, and how much of it they drew, with its sums."""

    known: Attested
    uses: dict[_Use, Decimal] = field(default_factory=dict)
    users: dict[Number, set[str]] = field(default_factory=dict)
    sums: dict[tuple[Number, str], Decimal] = field(default_factory=dict)

    def note(self, use: _Use, mass: Decimal) -> None:
        """Enter a use by goods that are checked."""
        self.uses[use] = self.uses.get(use, Decimal(0)) + mass
        self.count(use, mass)

    def count(self, use: _Use, mass: Decimal) -> None:
        """Count a use, also by goods of before."""
        self.users.setdefault(use.number, set()).add(use.declaration)
        if use.draws(self.known):
            for key in ((use.number, use.heading), (use.number, "")):
                self.sums[key] = self.sums.get(key, Decimal(0)) + mass

    def used_by_others(self, number: Number, declaration: str) -> bool:
        return bool(self.users.get(number, set()) - {declaration})

    def drawn(self, number: Number, heading: str = "") -> Decimal:
        """Give the mass drawn for a heading; for all of them by default."""
        return self.sums.get((number, heading), Decimal(0))

    def table(self) -> pl.DataFrame:
        rows = [(*use.number, use.declaration, use.heading, mass, *use[3:]) for use, mass in self.uses.items()]
        return pl.DataFrame(rows, schema=PRESENTED, orient="row")


_NO_CHECKS, _NO_USES = pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=PRESENTED)
KEPT = 8
"""Settings whose codes of certificates and permits are remembered."""


def check_certificates(
    items: pl.DataFrame, attested: Attested, fact_settings: FactSettings, earlier: pl.DataFrame | None = None
) -> CertificateChecks:
    """Hold the certificates and permits that goods items refer to against them.

    Parameters
    ----------
    items
        Canonical goods items, the latest version of each declaration.
    attested
        What is known.
    fact_settings
        What the codes of documents stand for.
    earlier
        Uses by declarations before these (`PRESENTED`, `refolded` where they were read), or ``None``; those of declarations
        among `items` are forgotten, for the same declaration does not use a certificate twice.
    """
    asked = list(_asked(items, fact_settings))
    others = _NO_USES if earlier is None else earlier[list(PRESENTED)]
    others = others.filter(~pl.col("declaration_id").is_in(items.get_column("declaration_id").unique().implode()))
    if not asked:
        return CertificateChecks(_NO_CHECKS, others)
    ledger = _Ledger(attested)
    # only uses of the documents that are asked about are entered, and those of equal goods together: there may be many
    named = {folded_number(number) for each in asked for numbers in each.numbers.values() for number in numbers}
    met = others.filter(pl.col("number").is_in(list(named))).group_by(ALIKE, maintain_order=True)
    for kind, number, heading, *terms, mass in met.agg(pl.col("net_mass").sum()).iter_rows():
        ledger.count(_Use((DocumentKind(kind), number), OTHERS, heading, *terms), mass)
    rows = [row for each in asked for row in _checked(each, attested, ledger)]
    uses = pl.concat([others, ledger.table()]).sort(IN_ORDER)
    return CertificateChecks(pl.DataFrame(rows, schema=CHECKS, orient="row"), uses)


def refolded(uses: pl.DataFrame) -> pl.DataFrame:
    """Give uses that were read as they are written today, their numbers folded: none is forgotten for how it was written.

    What holds no uses is refused with an error of the library.
    """
    if "trader" in uses.columns:
        named = uses.get_column("trader").drop_nulls().unique().to_list()
        digests = pl.col("trader").replace_strict(
            named, [_digest_of(trader) for trader in named], return_dtype=pl.String
        )
        uses = uses.with_columns(trader_digest=digests).drop("trader")
    uses = uses.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in PRESENTED.items() if name not in {*USES, *uses.columns}
    )
    uses = uses.select(*PRESENTED).cast(PRESENTED)  # type: ignore[arg-type]
    odd = uses.get_column("number").filter(uses.get_column("number").str.contains(r"[^A-Z0-9]")).unique().to_list()
    return uses.with_columns(pl.col("number").replace(odd, [folded_number(number) for number in odd])) if odd else uses


def _digest_of(trader: str) -> str:
    """Give by what it is told whether a trader is the one of a permit, without naming anybody."""
    return hashlib.sha256(folded_trader(trader).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A goods item that refers to documents; the mass that it draws down, at most its gross mass where its net is unknown."""

    key: tuple[str, int, int]
    day: date
    trader: str
    expected: Expected
    mass: Decimal
    numbers: Mapping[DocumentKind, tuple[str, ...]]
    flow: str | None

    def using(self, number: Number) -> _Use:
        """Give the use of a document for it."""
        expected, of_permit = self.expected, number[0] is DocumentKind.PERMIT
        terms = (_digest_of(self.trader), self.day) if of_permit else (None, None)
        return _Use(number, self.key[0], expected.hs[:AGREEING_DIGITS], expected.hs, expected.origin, *terms)


@lru_cache(maxsize=KEPT)
def _codes(settings: FactSettings) -> Mapping[str, DocumentKind]:
    """Give the codes that stand for a certificate or permit."""
    known = {document.code: document.kind for document in settings.documents if document.kind in KINDS}
    return MappingProxyType({**KIND_OF_TYPE, **known})


def _asked(items: pl.DataFrame, settings: FactSettings) -> Iterator[_Asked]:
    """Give the goods items that refer to a document of a kind, in the order of lodging."""
    columns = (
        "hs", "origin", "net_mass", "gross_mass", "dispatched_at", "flow", "post", "destination_country", "importer_id",
        "lodged_at",
    )  # fmt: skip
    codes = _codes(settings)
    likely = items if items.height <= FEW else items.filter(_refers(codes))
    rows = likely.select(*ITEM, *columns, "documents", "document_numbers", lodging_day(settings)).sort(
        "lodged_at", *ITEM
    )
    for row in rows.iter_rows(named=True):
        numbers = _numbers(row["documents"] or (), row["document_numbers"] or (), codes)
        if not numbers or row["hs"] is None or row["origin"] is None:
            continue
        dispatched = row["dispatched_at"]
        yield _Asked(
            key=(row["declaration_id"], row["version"], row["item"]),
            day=row["lodged_on"],
            trader=row["importer_id"] or "",
            expected=Expected(
                hs=row["hs"],
                origin=row["origin"],
                net_mass=row["net_mass"],
                dispatched_on=dispatched and dispatched.date(),
                import_country=row["destination_country"] or _country_of_post(row["flow"], row["post"]),
            ),
            mass=row["net_mass"] or row["gross_mass"] or Decimal(0),
            numbers=numbers,
            flow=row["flow"],
        )


def _country_of_post(flow: str | None, post: str | None) -> str:
    """Give the country that an import comes to, where the code of its post begins with one, such as KG-OSH; else nothing."""
    known = flow in (None, Flow.IMPORT.value) and re.match(r"[A-Z]{2}-", post or "")
    return known.group()[:2] if known else ""


def _refers(codes: Mapping[str, DocumentKind]) -> pl.Expr:
    """Tell which goods items refer to a document of a kind."""
    named = pl.col("document_numbers").list.eval(pl.element().str.split(":").list.first())
    wanted = pl.lit(pl.Series([list(codes)], dtype=pl.List(pl.String)))
    return pl.any_horizontal(
        each.list.set_intersection(wanted).list.len().fill_null(0) > 0 for each in (pl.col("documents"), named)
    )


def _numbers(
    documents: Iterable[str], numbers: Iterable[str], codes: Mapping[str, DocumentKind]
) -> dict[DocumentKind, tuple[str, ...]]:
    """Give the numbers of the documents of each kind that is declared; none where only its code is."""
    found: dict[DocumentKind, tuple[str, ...]] = {codes[code]: () for code in documents if code in codes}
    for text in numbers:
        code, _, number = text.partition(":")
        if code in codes:
            kind = codes[code]
            found[kind] = (*found.get(kind, ()), number) if folded_number(number) else found.get(kind, ())
    return found


def _checked(asked: _Asked, known: Attested, ledger: _Ledger) -> Iterator[tuple[object, ...]]:
    for kind, numbers in sorted(asked.numbers.items()):
        if not known.of_kind(kind):
            continue
        if not numbers:
            yield (*_row(asked, (kind, ""), [CertificateFault.NO_NUMBER.value]), "", asked.flow)
        for number in numbers:
            check = _permit if kind is DocumentKind.PERMIT else _certificate
            yield (*check(asked, known, ledger, (kind, folded_number(number))), number, asked.flow)


def _certificate(asked: _Asked, known: Attested, ledger: _Ledger, number: Number) -> tuple[object, ...]:
    certificate, use, settings = known.certificate_of.get(number), asked.using(number), known.settings
    used, drawn = settings.once and ledger.used_by_others(number, use.declaration), ledger.drawn(number, use.heading)
    ledger.note(use, asked.mass)  # it was presented, and may come to be known
    if certificate is None:
        return _row(asked, number, [CertificateFault.NOT_FOUND.value])
    faults = certificate_faults(
        certificate, asked.expected, day=asked.day, used=(certificate.number,) if used else (),
        settings=settings, drawn=drawn,
    )  # fmt: skip
    mass = certified_mass(certificate, asked.expected)
    statements = " / ".join(map(quoted_statement, stated_of(certificate, asked.expected)))
    left = None if mass is None else max(mass - drawn, Decimal(0))
    return _row(asked, number, [fault.value for fault in faults], left=left, statements=statements)


def _permit(asked: _Asked, known: Attested, ledger: _Ledger, number: Number) -> tuple[object, ...]:
    permit, drawn = known.permit_of.get(number), ledger.drawn(number)
    ledger.note(asked.using(number), asked.mass)  # as for a certificate
    if permit is None:
        return _row(asked, number, [PermitFault.NOT_FOUND.value])
    taken = permit.drawn + drawn
    faults = permit_faults(
        replace(permit, drawn=taken), asked.expected, trader=asked.trader, day=asked.day,
        tolerance=known.settings.tolerance,
    )  # fmt: skip
    return _row(asked, number, [fault.value for fault in faults], left=max(permit.quantity - taken, Decimal(0)))


def _row(
    asked: _Asked, number: Number, faults: list[str], *, left: Decimal | None = None, statements: str = ""
) -> tuple[object, ...]:
    kind, text = number
    held = None if left is None else float(left)
    return (*asked.key, kind.value, text, passed(faults), faults, held, statements)


def passed(faults: Iterable[str]) -> int:
    """Count the levels that a document passes.

    Examples
    --------
    >>> [passed(faults) for faults in ([], ["too_little"], ["other_goods", "too_little"], ["not_found"])]
    [3, 2, 1, 0]
    """
    failed = {LEVEL_OF_FAULT[fault] for fault in faults}
    return next((place for place, level in enumerate(MatchingLevel) if level in failed), len(MatchingLevel))
