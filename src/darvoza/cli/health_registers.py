"""The registers of the health services that a command was given, as facts are looked up in them."""

from pathlib import Path

from darvoza.flow.enrichment.enrich import NO_REGISTERS, Registers
from darvoza.flow.intake.sps_registers import read_sps_registers


def health_registers(directory: Path | None) -> Registers:
    """Read the registers of a directory; none where none was given."""
    if directory is None:
        return NO_REGISTERS
    read = read_sps_registers(directory)
    return Registers(read.zones, read.establishments)
