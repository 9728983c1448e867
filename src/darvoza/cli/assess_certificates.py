"""Certificates and permits of an assessment: what is wrong with them told, and recorded beside the decisions."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from darvoza.cli.certificate_trust import open_told
from darvoza.cli.certificate_words import CHECKED
from darvoza.cli.manifest import file_entries
from darvoza.domain.matching import LEVEL_OF_FAULT, MatchingLevel
from darvoza.errors import OutputError
from darvoza.flow.enrichment.certificate_checks import Attested, CertificateChecks, refolded
from darvoza.flow.health_sources import HealthSources, read_health_sources

USED = "certificates_used.parquet"
SHOWN = 5


def health_sources(options: Namespace) -> HealthSources:
    """Read registers, certificates and settings; say which certificates cannot be read, and go on without them.

    Raises
    ------
    SettingsError
        When there are settings about matching, and neither certificates nor permits.
    """
    made = read_health_sources(
        registers=options.registers, certificates=options.certificates, matching_settings=options.matching_settings
    )
    for problem in made.refused[:SHOWN]:
        print(f"certificate kept aside, goods that refer to it are looked at: {problem}", file=sys.stderr)
    warning = open_told(_places(options.certificates)) if options.certificates else None
    if warning is not None:
        print(warning, file=sys.stderr)
    if len(made.refused) > SHOWN:
        print(f"{len(made.refused) - SHOWN} more certificates kept aside, see the manifest", file=sys.stderr)
    return made


def _places(directory: Path) -> Iterator[Path]:
    """Give a directory of certificates and everything in it."""
    yield directory
    yield from sorted(directory.rglob("*"))


def sources_told(sources: HealthSources) -> dict[str, object]:
    """Tell what was read, and what could not be."""
    return {"files": file_entries(sources.files), "refused": [str(problem) for problem in sources.refused]}


def used_before(previous: Path | None) -> pl.DataFrame | None:
    """Give who used which document in the run before; ``None`` where there is none, or it asked about no document."""
    if previous is None or not (previous / USED).is_file():
        return None
    try:
        return refolded(pl.read_parquet(previous / USED))
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(previous / USED), expected="the uses that `darvoza assess` wrote", got=str(problem)
        ) from problem


def write_certificates(directory: Path, checked: CertificateChecks | None) -> None:
    """Write what came of the checks, and who has used what so far."""
    if checked is None:
        return
    checked.checks.write_parquet(directory / CHECKED, compression="zstd")
    checked.uses.write_parquet(directory / USED, compression="zstd")


def certificates_told(checked: CertificateChecks | None, attested: Attested) -> Iterator[str]:
    """Say how many documents pass every level, and what the levels that run passively would have asked for."""
    if checked is None:
        return
    total = checked.checks.height
    whole = checked.checks.filter(pl.col("level") == len(MatchingLevel)).height
    yield f"{total:,} references to certificates and permits: {whole:,} pass every level; see {CHECKED}"
    known = attested.certificates or ()
    ageless = sum(
        each.valid_to is None and not any(age.type in ("", each.type) for age in attested.settings.greatest_ages)
        for each in known
    )
    if ageless:
        yield f"nothing limits the age of {ageless:,} of {len(known):,} certificates: no valid_to, no greatest_age set"
    for level in attested.settings.passive:
        faults = [fault for fault, of in LEVEL_OF_FAULT.items() if of is level]
        fail = checked.checks.filter(pl.col("faults").list.eval(pl.element().is_in(faults)).list.any()).height
        yield f"the level {level} runs passively: {fail:,} fail it, and no check follows from that"
