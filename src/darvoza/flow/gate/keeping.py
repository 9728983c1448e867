"""What a gate remembers as bytes, so that it opens again without reading everything that was lodged at it.

It holds nothing that could not be read again from what is stored of each lodging: it may be thrown away at any time.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

import polars as pl

from darvoza.errors import OutputError
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS
from darvoza.flow.pipeline import Policy
from darvoza.on_disk import DAMAGED_ARCHIVE

FORMAT: Final = 4
_THEN = (1980, 1, 1, 0, 0, 0)

Frames = Mapping[str, pl.DataFrame]


def needs(policy: Policy) -> str:
    """Name what has to be remembered under a state: what is kept under one name serves every state with that name."""
    since = "" if policy.plan_states is None else policy.plan_states.write_json()
    used = "" if policy.used is None else policy.used.write_csv()
    scoping = (policy.competence, policy.settings.digest) if policy.plans or policy.attested.known else None
    attested = (policy.attested.certificates is not None, policy.attested.permits is not None)
    told = (FORMAT, HISTORY_COLUMNS, policy.plans, scoping, since, attested, policy.attested.known and used)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def packed(frames: Frames) -> bytes:
    """Write frames as one file; equal frames give equal bytes."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(frames):
            content = BytesIO()
            frames[name].rechunk().write_ipc(content, compression="zstd")
            archive.writestr(zipfile.ZipInfo(name, _THEN), content.getvalue())
    return into.getvalue()


def unpacked(content: bytes) -> dict[str, pl.DataFrame]:
    """Read the frames back.

    Raises
    ------
    OutputError
        When it is not what `packed` wrote.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return {name: pl.read_ipc(archive.read(name)) for name in archive.namelist()}
    except (*DAMAGED_ARCHIVE, pl.exceptions.PolarsError) as problem:
        raise OutputError(field="memory of the gate", expected="what a gate kept", got=str(problem)) from problem
