"""``darvoza office restore``: make an office out of a backup, check it, let it go on."""

import secrets
import shutil
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from darvoza.errors import BackupError
from darvoza.office.commands.starting import start, write_alone
from darvoza.office.environment import DATABASE_FILE, SECRET_FILE


def run(options: Namespace) -> int:
    """Put the copy back, bring it up to date, recompute its journal, and write down that it was restored."""
    environment = start(options, secret=False, tables=False)
    from darvoza.office.operations.backups import read_backup  # noqa: PLC0415 - Django comes first
    from darvoza.office.operations.home_files import FILES  # noqa: PLC0415

    made = read_backup(options.backup)
    with _undone_when_it_fails(environment.home):
        environment.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        entries, other = _restore(options.backup, made, environment.home)
        if not environment.secret:
            write_alone(environment.home / SECRET_FILE, secrets.token_urlsafe(64))
    print(f"restored as of {made.made_at}; the journal holds: {entries:,} entries; {made.photos:,} photos are back")
    for name in made.lost:
        print(f"lost: the office had no whole photo {name} when it was copied; look for it in an older backup")
    for name in other:
        print(f"left as it was: {name}; that of the backup is {options.backup / FILES / name}")
    if otherwise := [name for name in made.otherwise if name != SECRET_FILE]:
        print(f"not in the backup, put back what was kept otherwise: {', '.join(otherwise)}")
    print("what was acknowledged later is not in it; compare the journal with the heads that other agencies keep")
    return 0


def _restore(backup: Path, made: Any, home: Path) -> tuple[int, tuple[str, ...]]:  # noqa: ANN401 - a `Backup`, which needs Django
    """Make the office; give the entries of its journal, and the names of files that stood there otherwise."""
    from darvoza.domain.journal import EntryKind  # noqa: PLC0415 - Django comes first
    from darvoza.office.journal.queries import verify  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM, record_alone  # noqa: PLC0415
    from darvoza.office.operations.backups import put_back  # noqa: PLC0415
    from darvoza.office.operations.home_files import FILES, GATE, put_home_back  # noqa: PLC0415
    from darvoza.office.operations.upgrading import upgrade  # noqa: PLC0415

    put_back(backup, made, home)
    upgrade()
    found = verify()
    if found.faults or (found.entries, found.head) != (made.entries, made.head or found.head):
        got = str(found.faults[0]) if found.faults else f"{found.entries} entries"
        expected = f"a journal of {made.entries} entries that holds"
        raise BackupError(field="journal", expected=expected, got=got, hint="take an older backup; keep this one")
    other = put_home_back(backup / FILES, made.files, home)  # not the state of a copy that is refused
    told = {"what": "restored", "made_at": made.made_at, "entries": made.entries, "sha256": made.sha256}
    told |= {"gate": GATE in made.files} if made.holds_files else {}
    record_alone(EntryKind.SETTINGS_CHANGE, "office", told, by=SYSTEM, now=datetime.now(UTC))
    return found.entries, other


@contextmanager
def _undone_when_it_fails(home: Path) -> Iterator[None]:
    """Take away what a restore made that failed: all of a home that was not there before, else its database."""
    mine = [home] if not home.exists() else [each for each in _database(home) if not each.exists()]
    try:
        yield
    except BaseException:
        from django.db import connection  # noqa: PLC0415 - Django comes first

        connection.close()
        for path in mine:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        raise


def _database(home: Path) -> list[Path]:
    """Name the files of an embedded database."""
    return [home / f"{DATABASE_FILE}{end}" for end in ("", "-wal", "-shm")]
