"""What is shipped with Darvoza as data: registers, mappings, profiles; an administration gives its own in their place."""

from pathlib import Path

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.errors import OutputError
from darvoza.flow.enrichment.enrich import NO_REGISTERS, Registers
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.fact_settings import load_fact_settings
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.register_rows import rows_of
from darvoza.flow.intake.sps_registers import read_sps_registers

PLACES = (Path(__file__).parents[1], Path(__file__).parents[3])
"""Within an installed package, and within the source tree."""

REGISTERS = "reference_data"
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
    return shipped_data(f"{REGISTERS}/{name}")


def shipped_data(name: str) -> Path:
    """Give the path of a file or directory that is shipped, wherever Darvoza is installed.

    Parameters
    ----------
    name
        Its path in the source tree.

    Raises
    ------
    OutputError
        When the installation lacks it.
    """
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise OutputError(
        field=name.partition("/")[0], expected=f"{name} in {PLACES[0]}", got="none",
        hint="install Darvoza again, or give one of your own",
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
