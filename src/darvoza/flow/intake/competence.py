"""The register of competence read from a file: the one shipped, or that of a country in its place."""

from pathlib import Path

from darvoza.domain.codes import Agency
from darvoza.domain.sps.competence import (
    PROCESSES,
    Certainty,
    Competence,
    IntendedUse,
    PlantRisk,
    SanitaryCategory,
    VeterinaryCategory,
)
from darvoza.errors import InvalidValue
from darvoza.flow.intake.register_rows import Row, code_of, codes_of, collected, flag_of, rows_of

COLUMNS = (
    "prefix", "description", "agencies", "veterinary", "plant_risk", "ispm32", "sanitary", "perishable", "intended_use",
    "process", "basis", "certainty", "note",
)  # fmt: skip


def read_competence(path: Path) -> tuple[Competence, ...]:
    """Read a register of competence.

    Parameters
    ----------
    path
        CSV with the columns ``prefix, agencies, basis, certainty`` and, where they have a meaning, ``veterinary,
        plant_risk, ispm32, sanitary, perishable, intended_use, process, note, description``.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row.
    """
    rows = rows_of(path, required=("prefix", "agencies", "basis", "certainty"), allowed=COLUMNS)
    return tuple(collected(path, rows, _entry))


def _entry(row: Row) -> Competence:
    prefix = (row.get("prefix") or "").strip()
    if not (prefix.isascii() and prefix.isdigit() and 2 <= len(prefix) <= 10):
        raise InvalidValue(field="prefix", expected="2 to 10 digits", got=prefix)
    process = (row.get("process") or "").strip() or None
    if process is not None and process not in PROCESSES:
        raise InvalidValue(field="process", expected=f"one of {', '.join(PROCESSES)}", got=process)
    return Competence(
        prefix=prefix,
        agencies=tuple(codes_of(row, "agencies", Agency)),
        veterinary=code_of(row, "veterinary", VeterinaryCategory),
        plant_risk=code_of(row, "plant_risk", PlantRisk),
        ispm32=_category(row),
        sanitary=code_of(row, "sanitary", SanitaryCategory),
        perishable=bool(flag_of(row, "perishable")),
        intended_use=code_of(row, "intended_use", IntendedUse),
        process=process,
        basis=(row.get("basis") or "").strip(),
        certainty=code_of(row, "certainty", Certainty) or Certainty.JUDGED,
        note=(row.get("note") or "").strip(),
    )


def _category(row: Row) -> int | None:
    text = (row.get("ispm32") or "").strip()
    if text and text not in {"1", "2", "3", "4"}:
        raise InvalidValue(field="ispm32", expected="1, 2, 3 or 4", got=text)
    return int(text) if text else None
