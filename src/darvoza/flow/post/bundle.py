"""Bundles: made at the centre out of the state in force, carried by any means, opened at one post and at no other.

A bundle is a ZIP file:

    manifest.json     what `Bundle` says, and the digest of every other file
    manifest.note     its digest, with post, serial and days, signed by the centre (Ed25519)
    keys.sealed       keys of the days, sealed for the post; of thirty days before, too, and of the day of every draw in it
    draws.parquet     draws of the last thirty days
    memory.json       what the post has spent
    state/…           the state in force, as the gate reads it, without the key

The shares of the key never leave the centre. Whoever steals the machine of a post can draw for the days of its bundle.
"""

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

import polars as pl

from darvoza.domain.bundle import Bundle
from darvoza.errors import DarvozaError, InvalidBundle, SettingsError
from darvoza.flow.gate.deciding import DRAW_COLUMNS
from darvoza.flow.gate.state_archive import state_files
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.post.given import check_signing_key, post_code
from darvoza.flow.selectivity.fingerprint import SAME_GOODS_DAYS
from darvoza.flow.selectivity.keys import DayKeys, day_keys_text, read_day_keys
from darvoza.json_text import read_json
from darvoza.methods.sealing.sealed_box import check_box_key, opened, seal
from darvoza.methods.sealing.signed_note import check_note_key, sign_note, signed_text
from darvoza.on_disk import DAMAGED_ARCHIVE

MANIFEST, NOTE, KEYS, DRAWS, MEMORY, STATE = (
    "manifest.json",
    "manifest.note",
    "keys.sealed",
    "draws.parquet",
    "memory.json",
    "state/gate.yaml",
)
FORMAT: Final = 2
LARGEST: Final = 512 * 1024**2
"""Bytes that a bundle may unpack to."""

LONGEST: Final = 31
"""Days of a bundle at most."""

BACK: Final = max(SAME_GOODS_DAYS.values())
_THEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Addressed:
    """For which post a bundle is made, as which of its bundles, for which days.

    Attributes
    ----------
    sealed_for
        Public half of the key by which the post opens it.
    signed_by
        Public half of the key by which the post signs what it writes down.
    """

    post: str
    serial: int
    start: date
    end: date
    sealed_for: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle at its post: what it says, and the keys that were sealed in it."""

    bundle: Bundle
    keys: DayKeys
    content: Mapping[str, bytes]

    def draws(self) -> pl.DataFrame:
        """Give the draws that were known at the centre."""
        return pl.read_parquet(BytesIO(self.content[DRAWS]))


def make_bundle(  # noqa: PLR0913 - what is put in, and by which keys
    state: Path,
    to: Addressed,
    draws: pl.DataFrame | None,
    memory: str,
    *,
    signing_key: str,
    seed: bytes,
    revealed: Collection[date] = (),
) -> bytes:
    """Make a bundle.

    Parameters
    ----------
    state
        File of the state in force, as `darvoza.flow.gate.state_file` reads it.
    draws
        Earlier decisions with `DRAW_COLUMNS`, or ``None``.
    memory
        What posts have spent, as text.
    signing_key
        Private key of the centre.
    seed
        Random bytes for the seal, new for each bundle.
    revealed
        Days whose keys everybody knows by now: nothing new is drawn for them.

    Raises
    ------
    SettingsError
        When the post, the days, the serial or a key cannot be used.
    DarvozaError
        When the state cannot be read.
    """
    if not 0 <= (to.end - to.start).days < LONGEST or to.serial < 1:
        got = f"{to.start} to {to.end}, serial {to.serial}"
        raise SettingsError(field="bundle", expected=f"1 to {LONGEST} days, a serial from 1 on", got=got)
    post_code(to.post)
    _check_keys(to)
    check_signing_key(signing_key, "signing_key")
    read = read_state(state)
    content = {f"{PurePosixPath(STATE).parent}/{name}": data for name, data in state_files(state, read.beside)}
    known = _draws(draws, to.start)
    content[DRAWS] = _parquet(known)
    content[MEMORY] = memory.encode()
    bound = f"{to.post} {to.serial}".encode()
    days = {*_days(to.start - timedelta(days=BACK), to.end)} - set(revealed)
    keys = day_keys_text(read.policy.ring, sorted({*days, *_drawn_on(known)}))
    content[KEYS] = seal(keys.encode(), to.sealed_for, bound=bound, seed=seed)
    files = tuple((name, _sum(content[name])) for name in sorted(content))
    known_to_all = tuple(sorted(revealed))
    manifest = _manifest(Bundle(to.post, to.serial, to.start, to.end, read.digest, to.signed_by, files, known_to_all))
    content[MANIFEST] = manifest
    content[NOTE] = sign_note(_note(manifest, to.post, to.serial), signing_key).encode()
    return _zipped(content)


def open_bundle(packed: bytes, *, trusted: str, private: str) -> OpenBundle:
    """Open a bundle at its post.

    Parameters
    ----------
    trusted
        Public key of the centre.
    private
        Private key of the post.

    Raises
    ------
    InvalidBundle
        When it was cut short or changed, was not signed by the centre, or is sealed for another post.
    """
    try:
        content = _unzipped(packed)
        bundle = _read_manifest(content[MANIFEST])
        signed = signed_text(content[NOTE].decode(), trusted) == _note(content[MANIFEST], bundle.post, bundle.serial)
        held = {name: content[name] for name, _ in bundle.files}
        wrong = [name for name, digest in bundle.files if _sum(held[name]) != digest]
        if not signed or wrong or set(content) != {MANIFEST, NOTE, *held}:
            raise ValueError(f"it is not what was signed ({(wrong or ['manifest'])[0]})")
        bound = f"{bundle.post} {bundle.serial}".encode()
        keys = read_day_keys(opened(held[KEYS], private, bound=bound).decode())
    except (*DAMAGED_ARCHIVE, TypeError, AttributeError, DarvozaError) as problem:
        raise InvalidBundle(
            field="bundle",
            expected="a bundle of the centre for this post",
            got=str(problem) or type(problem).__name__,
            hint="ask the centre for it again; nothing of this one is used",
        ) from problem
    return OpenBundle(bundle, keys, content)


def unpack_state(bundle: OpenBundle, directory: Path) -> Path:
    """Write the files of the state where the gate can read them; give the place of the state file."""
    for name, data in bundle.content.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return directory / STATE


def without_keys(packed: bytes) -> dict[str, bytes]:
    """Give the files of a bundle by which a post decides: all but its keys, and what is signed of them."""
    return {name: data for name, data in _unzipped(packed).items() if name not in {MANIFEST, NOTE, KEYS}}


def _check_keys(to: Addressed) -> None:
    """Refuse keys that are none, or stand in each other's place."""
    for field, key, check in (
        ("sealed_for", to.sealed_for, check_box_key),
        ("signed_by", to.signed_by, check_note_key),
    ):
        try:
            check(key)
        except ValueError as problem:
            hint = "the post tells both when it is made: darvoza post new"
            raise SettingsError(str(problem), field=field, hint=hint) from problem


def _draws(draws: pl.DataFrame | None, start: date) -> pl.DataFrame:
    """Give the draws whose window is not over."""
    if draws is None:
        return pl.DataFrame()
    recent = draws.select(DRAW_COLUMNS).filter(pl.col("lodged_at").dt.date() >= start - timedelta(days=BACK))
    return recent.unique(["declaration_id", "marks"], maintain_order=True)


def _drawn_on(draws: pl.DataFrame) -> Iterator[date]:
    """Give the days of draws: goods that were seen by one mark and then by another keep a draw of longer ago."""
    if draws.width:
        yield from draws.get_column("key_day").unique()


def _parquet(draws: pl.DataFrame) -> bytes:
    into = BytesIO()
    draws.write_parquet(into, compression="zstd")
    return into.getvalue()


def _manifest(bundle: Bundle) -> bytes:
    told = {
        "darvoza_bundle": FORMAT,
        "post": bundle.post,
        "serial": bundle.serial,
        "start": bundle.start.isoformat(),
        "end": bundle.end.isoformat(),
        "state": bundle.state,
        "signed_by": bundle.signed_by,
        "files": dict(bundle.files),
        **({"revealed": [day.isoformat() for day in bundle.revealed]} if bundle.revealed else {}),
    }
    return json.dumps(told, indent=1, sort_keys=True).encode()


def _read_manifest(text: bytes) -> Bundle:
    told = read_json(text)
    if told["darvoza_bundle"] != FORMAT:
        raise ValueError("of another form")
    start, end = (date.fromisoformat(told[name]) for name in ("start", "end"))
    post, serial, state, signed_by = str(told["post"]), int(told["serial"]), str(told["state"]), str(told["signed_by"])
    revealed = tuple(date.fromisoformat(day) for day in told.get("revealed", ()))
    return Bundle(post, serial, start, end, state, signed_by, tuple(told["files"].items()), revealed)


def _note(manifest: bytes, post: str, serial: int) -> str:
    """Write what is signed."""
    return f"darvoza bundle {FORMAT}\n{post}\n{serial}\n{_sum(manifest)}\n"


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _zipped(content: Mapping[str, bytes]) -> bytes:
    """Pack files; equal files give equal bytes."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            archive.writestr(zipfile.ZipInfo(name, _THEN), content[name], zipfile.ZIP_DEFLATED)
    return into.getvalue()


def _unzipped(packed: bytes) -> dict[str, bytes]:
    """Unpack files, none of which leads outside or is larger than a bundle can be."""
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        inside = archive.infolist()
        if sum(each.file_size for each in inside) > LARGEST:
            raise ValueError(f"it unpacks to more than {LARGEST} bytes")
        for each in inside:
            path = PurePosixPath(each.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in each.filename or each.is_dir():
                raise ValueError(f"it holds a name that leads elsewhere: {each.filename!r:.60}")
        return {each.filename: archive.read(each) for each in inside}


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
