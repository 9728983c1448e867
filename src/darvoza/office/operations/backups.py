"""A copy of the office that was consistent at one moment, made while it works; and an office made out of it again.

A backup is a directory: the database, the photos that it names, the state in force with its files, and a manifest with digests and
with the end of the journal. It holds no secret and no key: a restored office makes a new secret, and everybody signs in again.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

from darvoza import __version__
from darvoza.errors import BackupError
from darvoza.json_text import read_json
from darvoza.office.desk.queries.photos import every_photo
from darvoza.office.environment import DATABASE_FILE
from darvoza.office.journal.queries import ending
from darvoza.office.operations.home_files import FILES, check_home, copy_home
from darvoza.office.operations.photo_backups import PHOTOS, check_photos, copy_photos, file_digest, put_photos_back
from darvoza.office.operations.reasons import place_of_database, reason_of
from darvoza.office.operations.thinning import MANIFEST
from darvoza.on_disk import wait_for_disk

DUMP = "office.pgdump"
FORMAT: Final = 3
READ: Final = frozenset({1, 2, FORMAT})
"""The first form held no photos, the second no files of the home."""

PAGES: Final = 2000
"""Pages copied before a writer gets a turn."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a manifest says.

    Attributes
    ----------
    made_at
        Before it nothing is missing that was acknowledged.
    vendor
        ``sqlite`` or ``postgresql``.
    entries, head
        End of the journal in the copy.
    photos, photo_bytes, photo_sha256
        How many photos are in it, their bytes, and the digest of their names.
    lost
        Names of photos that the office itself had lost by then.
    files
        Digests of the files of the home that are in it, by their names: the state in force, what it names, heads of the journal.
    holds_files
        Whether it is of a form that holds such files; older ones say nothing of a state in force.
    otherwise
        Names of what stood in the home, or was named by the state in force, and has to be kept otherwise: secrets, keys, the rest.
    """

    version: str
    made_at: str
    vendor: str
    file: str
    size: int
    sha256: str
    entries: int
    head: str
    photos: int = 0
    photo_bytes: int = 0
    photo_sha256: str = ""
    lost: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    otherwise: tuple[str, ...] = ()
    holds_files: bool = False


def back_up(out: Path, home: Path, photos: Path, now: datetime) -> Backup:
    """Write a backup into a directory that takes its name when everything in it is on the disk.

    Parameters
    ----------
    out
        The directory.
    home, photos
        Where the office keeps its files, and its photos.

    Raises
    ------
    BackupError
        When the directory is there already, the copy is not whole, or there is no room for it; then nothing is left behind.
    """
    if out.exists():
        raise BackupError(field="out", expected="a directory that does not exist yet", got=str(out))
    part = out.with_name(f".{out.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        made = _fill(part, home, photos, now)
        part.rename(out)
        wait_for_disk(out.parent)
    except (OSError, sqlite3.Error, DatabaseError) as problem:
        shutil.rmtree(part, ignore_errors=True)
        why = reason_of(problem)
        got, hint = why or (
            type(problem.__cause__ or problem).__name__,
            "look at the disks of the office and of the copy",
        )
        raise BackupError(
            field=str(out),
            expected=f"a whole copy of {place_of_database(connection.settings_dict)}",
            got=got,
            hint=hint,
        ) from problem
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return made


def _fill(part: Path, home: Path, photos: Path, now: datetime) -> Backup:
    """Write everything that belongs into a backup, and have it on the disk."""
    entries, head = _copy_postgresql(part) if connection.vendor == "postgresql" else _copy_sqlite(part)
    file = next(part.iterdir())
    wait_for_disk(file)
    # after the database: files are there before rows name them, and go after them; so every photo of the copy is found, but
    # for those whose time ended meanwhile
    earlier = _earlier(part)
    copies = copy_photos(photos, part / PHOTOS, every_photo(), earlier / PHOTOS if earlier else None)
    kept = copy_home(home, part / FILES, earlier / FILES if earlier else None, _files_of(earlier))
    made = Backup(
        __version__, now.isoformat(), connection.vendor, file.name, file.stat().st_size, file_digest(file), entries, head,
        copies.count, copies.size, copies.sha256, copies.missing, kept.digests, kept.otherwise, holds_files=True,
    )  # fmt: skip
    manifest = part / MANIFEST
    manifest.write_text(json.dumps({"darvoza_backup": FORMAT, **asdict(made)}, indent=1) + "\n", encoding="utf-8")
    wait_for_disk(manifest)
    wait_for_disk(part)
    return made


def read_backup(directory: Path) -> Backup:
    """Read a manifest, and check that the copy beside it is the one it speaks of.

    Raises
    ------
    BackupError
        When it is not.
    """
    try:
        told = read_json((directory / MANIFEST).read_text(encoding="utf-8"))
        if told.pop("darvoza_backup") not in READ:
            raise ValueError("of another form")
        made = Backup(**told | {name: tuple(told.get(name, ())) for name in ("lost", "otherwise")})
        copy = directory / Path(made.file).name
        size, whole = copy.stat().st_size, file_digest(copy) == made.sha256
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        expected = "a directory that `darvoza office backup` wrote"
        raise BackupError(field=str(directory), expected=expected, got=type(problem).__name__) from problem
    if not whole:
        expected = f"{made.size:,} bytes as they were copied, with the digest {made.sha256[:16]}…"
        how = "cut off" if size < made.size else "changed"
        raise BackupError(
            field=made.file, expected=expected, got=f"{size:,} bytes: it is {how}", hint="take an older backup"
        )
    check_photos(directory / PHOTOS, made.photo_sha256)
    check_home(directory / FILES, made.files)
    return made


def put_back(directory: Path, made: Backup, home: Path) -> None:
    """Put the copy where the office of these settings keeps its database, which must be empty, and before it the photos.

    Raises
    ------
    BackupError
        When there is a database already, or it is of another kind.
    """
    if made.vendor != connection.vendor:
        expected = f"an office on {made.vendor}"
        raise BackupError(field="database", expected=expected, got=connection.vendor, hint="set DARVOZA_DATABASE")
    if made.vendor == "postgresql":
        _refuse_tables()
        put_photos_back(directory / PHOTOS, home / PHOTOS)
        _restore_postgresql(directory / made.file)
        return
    target = home / DATABASE_FILE
    if target.exists():
        raise BackupError(field="home", expected="an office without a database", got=str(target), hint="choose another")
    put_photos_back(directory / PHOTOS, home / PHOTOS)
    part = target.with_suffix(".part")
    try:
        shutil.copyfile(directory / made.file, part)
        part.chmod(0o600)
        wait_for_disk(part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    wait_for_disk(home)


def _copy_sqlite(part: Path) -> tuple[int, str]:
    """Copy by the online backup of SQLite; writers go on meanwhile, and the copy is of one moment."""
    source = sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True, timeout=20)
    target = sqlite3.connect(part / DATABASE_FILE)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # holds the moment against writers
        source.backup(target, pages=PAGES)
        [[verdict]] = target.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise BackupError(field="copy", expected="a whole database", got=verdict, hint="look at the disk")
        found = target.execute("SELECT number, head FROM journal_end").fetchone()
    finally:
        target.close()
        source.close()
    return (int(found[0]), str(found[1])) if found else (0, "")


def _copy_postgresql(part: Path) -> tuple[int, str]:
    """Dump what one snapshot shows, the end of the journal with it."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
        end, _ = ending()
        _postgresql("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={part / DUMP}")
    return end.number, end.head


def _refuse_tables() -> None:
    """See that the database is empty."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if tables:
        got = f"{len(tables)} tables"
        raise BackupError(field="database", expected="an empty database", got=got, hint="createdb makes one")


def _restore_postgresql(dump: Path) -> None:
    connection.close()
    name = str(connection.settings_dict["NAME"])
    _postgresql("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={name}", str(dump))


def _postgresql(program: str, *words: str) -> None:
    """Run a program of PostgreSQL on the database of these settings; the password goes by the environment."""
    settings: Mapping[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    told = {variable: str(settings[name]) for variable, name in names.items() if settings[name]}
    found = shutil.which(program)
    if found is None:
        raise BackupError(field=program, expected="the client programs of PostgreSQL", got="none on this machine")
    done = subprocess.run([found, *words], env={**os.environ, **told}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(field=program, expected="to succeed", got=done.stderr.strip()[-300:])


def _earlier(part: Path) -> Path | None:
    """Give the newest backup beside a new one."""
    beside = (each for each in part.absolute().parent.glob(f"*/{MANIFEST}") if each.parent.name[0] != ".")
    made = [each for each in beside if (each.parent / PHOTOS).is_dir() or (each.parent / FILES).is_dir()]
    newest = max(made, key=lambda each: each.stat().st_mtime, default=None)
    return newest.parent if newest else None


def _files_of(earlier: Path | None) -> Mapping[str, str]:
    """Give the digests of the files of the home that an earlier backup says it holds."""
    try:
        told = read_json((earlier / MANIFEST).read_text(encoding="utf-8")).get("files") if earlier else None
    except (OSError, ValueError, AttributeError):
        return {}
    return told if isinstance(told, dict) else {}
