"""Registers, certificates and permits of the health services, read before a declaration is.

intake (what the files hold) → assessment (which profiles follow) → enrichment (what facts are looked up in)
"""

from dataclasses import dataclass
from pathlib import Path

from darvoza.domain.profile import RiskProfile
from darvoza.errors import DarvozaError, SettingsError
from darvoza.flow.assessment.matching_profiles import matching_profiles
from darvoza.flow.enrichment.certificate_checks import NOTHING_ATTESTED, Attested
from darvoza.flow.enrichment.enrich import Registers
from darvoza.flow.intake.certificate_files import read_certificates, read_matching_settings
from darvoza.flow.intake.sps_registers import SpsRegisters, read_sps_registers


@dataclass(frozen=True, slots=True)
class HealthSources:
    """What is known of registers, certificates and permits.

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
    refused: tuple[DarvozaError, ...] = ()
    files: tuple[Path, ...] = ()

    def profiles(self) -> tuple[RiskProfile, ...]:
        """Give the profiles of the levels of matching that put floors under goods."""
        return matching_profiles(
            self.attested.settings,
            certificates=self.attested.certificates is not None,
            permits=self.attested.permits is not None,
        )

    def as_registers(self) -> Registers:
        """Give what facts are looked up in."""
        return Registers.of(self.registers.zones, self.registers.establishments)


def read_health_sources(
    *, registers: Path | None, certificates: Path | None, matching_settings: Path | None
) -> HealthSources:
    """Read registers, certificates and settings; go on without certificates that cannot be read.

    Parameters
    ----------
    registers, certificates
        Directories.
    matching_settings
        File with what is set about certificates and permits.

    Raises
    ------
    SettingsError
        When there are settings about matching, and neither certificates nor permits.
    """
    held = read_sps_registers(registers) if registers else SpsRegisters()
    read = read_certificates(certificates) if certificates else None
    settings = read_matching_settings(matching_settings) if matching_settings else NOTHING_ATTESTED.settings
    made = HealthSources(
        registers=held,
        attested=Attested(read.certificates if read else None, held.permits, settings),
        refused=read.refused if read else (),
        files=(*held.files, *(read.files if read else ())),
    )
    if matching_settings and not made.attested.known:
        raise SettingsError(field="matching_settings", expected="certificates or a register of permits", got="neither")
    return made
