"""Certificates and permits of an assessment: read before a row is, held against the goods, recorded beside the decisions."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from darvoza.cli.certificate_words import CHECKED
from darvoza.cli.manifest import file_entries
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.matching import LEVEL_OF_FAULT, MatchingLevel
from darvoza.domain.profile import RiskProfile
from darvoza.errors import DarvozaError, OutputError, SettingsError
from darvoza.flow.assessment.matching_profiles import matching_profiles
from darvoza.flow.enrichment.certificate_checks import USES, Attested, CertificateChecks, check_certificates
from darvoza.flow.enrichment.certificate_lookup import CheckedCertificates
from darvoza.flow.enrichment.enrich import Registers
from darvoza.flow.intake.certificate_files import read_certificates, read_matching_settings
from darvoza.flow.intake.sps_registers import SpsRegisters, read_sps_registers
from darvoza.flow.intake.versions import latest_versions

USED = "certificates_used.parquet"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class HealthSources:
    """What a command was given of registers, certificates and permits.

    Attributes
    ----------
    registers
        The registers as read.
    attested
        The certificates and permits, and what is set about them.
    refused
        Certificates that could not be read.
    files
        Everything that was read.
    """

    registers: SpsRegisters
    attested: Attested
    refused: tuple[DarvozaError, ...]
    files: tuple[Path, ...]

    @property
    def any_to_match(self) -> bool:
        """Whether there are certificates or permits to hold against goods."""
        return self.attested.certificates is not None or self.attested.permits is not None

    def profiles(self) -> tuple[RiskProfile, ...]:
        """Give the profiles of the levels of matching that put floors under goods."""
        return matching_profiles(
            self.attested.settings,
            certificates=self.attested.certificates is not None,
            permits=self.attested.permits is not None,
        )

    def as_registers(self, checked: CertificateChecks | None = None) -> Registers:
        """Give what facts are looked up in."""
        held = None
        if checked is not None:
            given = {
                "certificates": self.attested.certificates is not None,
                "permits": self.attested.permits is not None,
            }
            held = CheckedCertificates(checked.checks, **given)
        return Registers(self.registers.zones, self.registers.establishments, held)

    def told(self) -> dict[str, object]:
        """Tell what was read, and what could not be."""
        return {"files": file_entries(self.files), "refused": [str(problem) for problem in self.refused]}


def read_health_sources(options: Namespace) -> HealthSources:
    """Read registers, certificates and settings; say which certificates cannot be read, and go on without them.

    Raises
    ------
    SettingsError
        When there are settings about matching, and neither certificates nor permits.
    """
    registers = read_sps_registers(options.registers) if options.registers else SpsRegisters()
    read = read_certificates(options.certificates) if options.certificates else None
    settings = read_matching_settings(options.matching_settings) if options.matching_settings else Attested().settings
    made = HealthSources(
        registers=registers,
        attested=Attested(read.certificates if read else None, registers.permits, settings),
        refused=read.refused if read else (),
        files=(*registers.files, *(read.files if read else ())),
    )
    if options.matching_settings and not made.any_to_match:
        raise SettingsError(field="matching_settings", expected="certificates or a register of permits", got="neither")
    for problem in made.refused[:SHOWN]:
        print(f"certificate kept aside, goods that refer to it are looked at: {problem}", file=sys.stderr)
    if len(made.refused) > SHOWN:
        print(f"{len(made.refused) - SHOWN} more certificates kept aside, see the manifest", file=sys.stderr)
    return made


def check(
    items: pl.DataFrame, sources: HealthSources, settings: FactSettings, previous: Path | None
) -> CertificateChecks | None:
    """Hold certificates and permits against goods items; ``None`` where there are neither."""
    if not sources.any_to_match:
        return None
    earlier = _earlier(previous / USED) if previous and (previous / USED).is_file() else None
    return check_certificates(latest_versions(items), sources.attested, settings, earlier)


def _earlier(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path).select(*USES).cast(USES)  # type: ignore[arg-type]
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(path), expected="the uses that `darvoza assess` wrote", got=str(problem)
        ) from problem


def write_certificates(directory: Path, checked: CertificateChecks | None) -> None:
    """Write what came of the checks, and who has used what so far."""
    if checked is None:
        return
    checked.checks.write_parquet(directory / CHECKED, compression="zstd")
    checked.uses.write_parquet(directory / USED, compression="zstd")


def certificates_told(checked: CertificateChecks | None, sources: HealthSources) -> Iterator[str]:
    """Say how many documents pass every level, and what the levels that run passively would have asked for."""
    if checked is None:
        return
    total = checked.checks.height
    whole = checked.checks.filter(pl.col("level") == len(MatchingLevel)).height
    yield f"{total:,} references to certificates and permits: {whole:,} pass every level; see {CHECKED}"
    for level in sources.attested.settings.passive:
        faults = [fault for fault, of in LEVEL_OF_FAULT.items() if of is level]
        fail = checked.checks.filter(pl.col("faults").list.eval(pl.element().is_in(faults)).list.any()).height
        yield f"the level {level} runs passively: {fail:,} fail it, and no check follows from that"
