"""Registers shipped with Darvoza, as data with source and date; an administration gives its own in their place."""

from pathlib import Path

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.errors import OutputError
from darvoza.flow.enrichment.enrich import NO_REGISTERS, Registers
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.fact_settings import load_fact_settings
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.register_rows import rows_of
from darvoza.flow.intake.sps_registers import read_sps_registers

PLACES = (Path(__file__).parents[1] / "reference_data", Path(__file__).parents[3] / "reference_data")
"""Within an installed package, and within the source tree."""

COMPETENCE, BASES = "sps_competence.csv", "sps_bases.csv"
PRACTICE_FACTS = "practice_fact_settings.yaml"
POSTS = "practice_posts.csv"
"""Where the posts of the practice world lie, roughly: for its map."""


def shipped(name: str) -> Path:
    """Give the path of a shipped register.

    Raises
    ------
    OutputError
        When the installation lacks it.
    """
    for place in PLACES:
        if (place / name).is_file():
            return place / name
    raise OutputError(
        field="reference_data", expected=f"the file {name} in {PLACES[0]}", got="none",
        hint="install Darvoza again, or give a register of your own",
    )  # fmt: skip


def competence_register(given: Path | None) -> CompetenceRegister:
    """Read the register of competence that was given, or the shipped one."""
    return CompetenceRegister.of(read_competence(competence_file(given)))


def competence_file(given: Path | None) -> Path:
    """Give the path of the register of competence that was given, or of the shipped one."""
    return given or shipped(COMPETENCE)


def registers_of(directory: Path | None) -> Registers:
    """Read the registers of the health services that were given; none otherwise."""
    if directory is None:
        return NO_REGISTERS
    read = read_sps_registers(directory)
    return Registers.of(read.zones, read.establishments)


def fact_settings(given: Path | None) -> FactSettings:
    """Read the settings of facts that were given, or what holds where nothing is said."""
    return load_fact_settings(given) if given else DEFAULT


def basis_titles() -> dict[str, str]:
    """Give the titles of the legal bases that registers name by a short word."""
    rows = rows_of(shipped(BASES), required=("basis", "title", "certainty"), allowed=("basis", "title", "certainty"))
    return {row["basis"]: row["title"] for row in rows}
