"""What decided, kept: the files of each state that ever was in force, and what was known when a batch was decided."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from darvoza.errors import DarvozaError, OtherState, SettingsError
from darvoza.flow.gate.state_archive import state_files, write_files
from darvoza.flow.gate.state_file import BESIDE, State, read_state
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.api.models import DecidedBatch, KeptPart, KeptState, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services.dating import day_of
from darvoza.office.api.services.opening import OpenGate, with_library
from darvoza.office.profiles.queries import set_in_force
from darvoza.office.profiles.services.files import write_out
from darvoza.office.shell.writing import insert

PIECE: Final = 4 * 1024 * 1024
"""Bytes of a piece: what a growing file had before is not kept a second time."""


def keep_state(gate: OpenGate, now: datetime) -> None:
    """Keep the files of the state that decides, within the transaction of its first decision.

    Raises
    ------
    OtherState
        When they are no longer those that were read: whoever decides has to read them again.
    """
    if KeptState.objects.filter(digest=gate.state.digest).exists():
        return
    expected = "the state that was read"
    try:
        files, digest = _files_there(gate, now), with_library(read_state(gate.file), now).digest
    except (DarvozaError, ExceptionGroup, OSError) as problem:
        raise OtherState(field=str(gate.file), expected=expected, got="one that cannot be read") from problem
    if digest != gate.state.digest:
        raise OtherState(field=str(gate.file), expected=expected, got="another, put there since")
    commitment = gate.state.policy.ring.commitment()
    KeptState.objects.create(digest=gate.state.digest, kept_at=now, commitment=commitment, files=keep_files(files))


def _files_there(gate: OpenGate, now: datetime) -> dict[str, bytes]:
    """Give the files of the state as they lie there, with the profiles of the library where it has any."""
    with TemporaryDirectory() as place:
        profiles = Path(place) / "profiles" if tuple(set_in_force(now)) else None
        if profiles is not None:
            write_out(profiles, moment=now)
        return dict(state_files(gate.file, gate.state.beside, profiles=profiles))


def keep_files(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Keep files; give each as the digests of its pieces."""
    told = {name: list(_pieces(data)) for name, data in files.items()}
    for pieces in told.values():
        for content in pieces:
            KeptPart.objects.get_or_create(digest=_digest(content), defaults={"content": content})
    return {name: [_digest(content) for content in pieces] for name, pieces in told.items()}


def kept_files(told: Mapping[str, list[str]]) -> dict[str, bytes]:
    """Give files back that were kept.

    Raises
    ------
    SettingsError
        When a piece is missing or was changed.
    """
    return {name: b"".join(_read(digests)) for name, digests in told.items()}


def keep_batch(gate: OpenGate, number: int, now: datetime) -> None:
    """Keep what is known before a batch; on the first of a day, or after a run was taken in, what posts remember, too."""
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    remembered = DecidedBatch.objects.filter(at__gte=morning, runs=gate.runs, memory__isnull=False)
    kept = gate.kept == (now.date(), gate.runs) or remembered.exists()
    memory = None if kept else memory_text(gate.gate.policy.memory)
    told = {"number": number, "at": now, "state": gate.state.digest, "results": gate.results, "runs": gate.runs}
    insert(DecidedBatch, [{**told, "memory": memory, "day": day_of(gate.state, now)}])


def kept_state(digest: str, rings: Mapping[str, KeyRing]) -> State:
    """Read a state that was in force, with its key.

    Parameters
    ----------
    rings
        Keys of the draw by their commitments.

    Raises
    ------
    SettingsError
        When the state was not kept, a piece of it is missing or was changed, or its key is not among these.
    """
    row = KeptState.objects.filter(digest=digest).first()
    if row is None:
        raise SettingsError(field="state", expected="a state that was kept", got=digest)
    ring = rings.get(row.commitment)
    if ring is None:
        raise SettingsError(field="key-file", expected=f"the key of the commitment {row.commitment}", got=list(rings))
    with TemporaryDirectory() as place:
        files = kept_files(row.files)
        then = None if BESIDE in files else _profiles_then(digest)
        return read_state(write_files(files, Path(place)), ring, kept=True, decided_with=then)


def _profiles_then(state: str) -> str | None:
    """Give the digest of the profiles that stands with the decisions of a state."""
    numbers = DecidedBatch.objects.filter(state=state).values("number")
    decided = Lodgement.objects.filter(batch__in=numbers).exclude(kind=LodgementKind.CANCELLED).order_by("pk")
    rows = (row for rows in decided.values_list("decisions", flat=True).iterator() for row in rows)
    return next((str(row["profiles_digest"]) for row in rows if row.get("profiles_digest")), None)


def _read(digests: list[str]) -> Iterator[bytes]:
    """Give pieces, each seen to be what was kept."""
    for digest in digests:
        row = KeptPart.objects.filter(digest=digest).first()
        content = bytes(row.content) if row else b""
        if row is None or _digest(content) != digest:
            raise SettingsError(field="state", expected=f"the piece {digest}", got="another" if row else "none")
        yield content


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + PIECE] for start in range(0, max(len(data), 1), PIECE))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
