"""An office in a process of its own, with writers beside it that are killed: run as a program by the tests.

Writers write entries into the journal, one transaction each, and say the number of an entry on a pipe of the file system
once it is acknowledged. What was said must be there afterwards, whatever was killed when.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def office(home: Path) -> None:
    """Make or open an office."""
    from darvoza.office.commands import migrate

    home.mkdir(exist_ok=True)
    migrate.run(Namespace(home=home))


def forked(work: Callable[[], object]) -> int:
    """Let a child do something, with connections of its own."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def write_and_acknowledge(said: Path, writer: int) -> None:
    """Write entries for ever; say each number once it is kept."""
    from darvoza.domain.journal import EntryKind
    from darvoza.office.journal.services import record_alone

    handle = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        entry = record_alone(EntryKind.DECISION, f"KG-{writer}", {"writer": writer}, by="system", now=NOW)
        os.write(handle, f"{entry.sequence} {entry.head}\n".encode())


def add_photos(root: Path, said: Path) -> None:
    """Add photos for ever, each another; say the digest of each once it is kept."""
    from django.db import transaction

    from darvoza.office.desk.models import Photo
    from darvoza.office.desk.photo_files import store

    handle = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in itertools.count(1):
        stored = store(root, [b"\xff\xd8\xff", os.urandom(3000)], most=4000)
        with transaction.atomic():
            Photo.objects.create(order_id="KG-1", number=number, by="asel", at=NOW, **stored._asdict())
        os.write(handle, f"{number} {stored.digest}\n".encode())
        time.sleep(0.002)


def acknowledge(home: Path, count: int) -> dict[str, object]:
    """Write entries one by one, say each once it is kept, and tell what happened when one could not be."""
    office(home)
    from django.conf import settings
    from django.db import DatabaseError
    from django.test import Client

    from darvoza.domain.journal import EntryKind
    from darvoza.office.journal.services import record_alone

    settings.SECURE_SSL_REDIRECT, settings.SECRET_KEY, settings.ALLOWED_HOSTS = False, "s" * 60, ["testserver"]
    Client().get("/account/sign-in/")  # loads what a page needs
    handle = os.open(home / "said", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        for _ in range(count):
            entry = record_alone(EntryKind.DECISION, "KG-1", by="system", now=NOW)
            os.write(handle, f"{entry.sequence} {entry.head}\n".encode())
    except DatabaseError as problem:
        ready, page = Client().get("/health/ready"), Client().get("/account/sign-in/")
        return {"failed": str(problem), "ready": ready.status_code, "page": page.status_code}
    return {"failed": ""}


def numbers(said: Path) -> dict[int, str]:
    """Give what was acknowledged: the head of each entry by its number; a line cut by a kill was not said."""
    lines = said.read_text().split("\n")[:-1] if said.exists() else []
    return {int(number): head for number, head in map(str.split, lines)}


def wait_for(said: Path, count: int) -> None:
    """Wait until so many entries were acknowledged."""
    while len(numbers(said)) < count:
        time.sleep(0.002)


def lost(acknowledged: dict[int, str]) -> int:
    """Give how many acknowledged entries are not in the journal as they were."""
    from darvoza.office.journal.models import Entry

    kept = dict(Entry.objects.values_list("sequence", "head"))
    return sum(kept.get(number) != head for number, head in acknowledged.items())


def kills(home: Path, rounds: int, seed: int, most: int = 15) -> dict[str, object]:
    """Kill two writers again and again while they write; tell what was lost."""
    office(home)
    chance, said = random.Random(seed), home / "said"
    for _ in range(rounds):
        children = [forked(partial(write_and_acknowledge, said, writer)) for writer in range(2)]
        wait_for(said, len(numbers(said)) + chance.randint(1, most))
        time.sleep(chance.uniform(0, 0.01))
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    from darvoza.office.journal.queries import verify

    found, acknowledged = verify(), numbers(said)
    return {
        "kills": rounds * 2,
        "acknowledged": len(acknowledged),
        "lost": lost(acknowledged),
        "faults": len(found.faults),
        "entries": found.entries,
    }


def drill(home: Path, out: Path) -> dict[str, object]:
    """Back up under writes, restore elsewhere, verify, go on."""
    from darvoza.office.commands import backup

    office(home)
    said = home / "said"
    photos = home / "said-photos"
    children = [forked(partial(write_and_acknowledge, said, writer)) for writer in range(2)]
    children.append(forked(partial(add_photos, home / "photos", photos)))
    wait_for(said, 20)
    wait_for(photos, 20)
    before, pictures = numbers(said), numbers(photos)
    code = backup.run(Namespace(home=home, out=out, keep=False))
    during = len(numbers(said)) - len(before)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {"before": before, "during": during, "photos": pictures, "code": code}


def restored(home: Path, out: Path, before: Path) -> dict[str, object]:
    """Restore in a fresh process, as after the loss of a machine."""
    from darvoza.office.commands import restore

    began = time.monotonic()
    restore.run(Namespace(home=home, backup=out))
    took = time.monotonic() - began
    from darvoza.domain.journal import EntryKind
    from darvoza.office.journal.queries import verify
    from darvoza.office.journal.services import record_alone

    acknowledged = {int(number): head for number, head in json.loads(before.read_text()).items()}
    record_alone(EntryKind.DECISION, "KG-9", by="system", now=NOW)
    found = verify()
    told = {"lost": lost(acknowledged), "faults": len(found.faults), "entries": found.entries, "seconds": took}
    return told | {"photos": whole_photos(home)}


def whole_photos(home: Path) -> list[str]:
    """Give the digests of the photos that the database names, once each is seen to be there with its bytes."""
    from darvoza.office.desk.models import Photo
    from darvoza.office.desk.photo_files import read

    rows = Photo.objects.values_list("digest", "kind")
    return [digest for digest, kind in rows if read(home / "photos", digest, kind)]


def upgrade_and_die(moment: int) -> None:
    """Upgrade, and be killed once so many steps and one were noted as done."""
    from django.db.migrations.recorder import MigrationRecorder

    from darvoza.office.operations.upgrading import upgrade

    keep, noted = MigrationRecorder.record_applied, itertools.count()

    def die(recorder: MigrationRecorder, app: str, name: str) -> None:
        keep(recorder, app, name)
        if next(noted) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    MigrationRecorder.record_applied = die  # type: ignore[method-assign, assignment]
    upgrade()


def upgrades(home: Path, moments: int) -> dict[str, object]:
    """Kill an upgrade of an older office with data at every step; it must come through each time without a hand."""
    office(home)
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from darvoza.domain.journal import EntryKind
    from darvoza.office.commands import backup
    from darvoza.office.journal.queries import verify
    from darvoza.office.journal.services import record_alone
    from darvoza.office.operations.upgrading import upgrade

    for number in range(5):
        record_alone(EntryKind.DECISION, f"KG-{number}", by="system", now=NOW)
    older = {"operations": "zero", "desk": "zero", "mfa": "zero"}
    for app, name in older.items():
        call_command("migrate", app, name, verbosity=0)
    before = len(MigrationRecorder(connection).applied_migrations())
    copied = backup.run(Namespace(home=home, out=home / "before", keep=False))
    survived = []
    for moment in range(moments):
        _, status = os.waitpid(forked(partial(upgrade_and_die, moment)), 0)
        if os.WIFSIGNALED(status):
            survived.append(len(MigrationRecorder(connection).applied_migrations()) == before)
    upgrade()
    found = verify()
    killed, as_before = len(survived), sum(survived)
    return {
        "copied": copied, "killed": killed, "as_before": as_before, "faults": len(found.faults), "entries": found.entries,
    }  # fmt: skip


def handed_over(home: Path, count: int) -> dict[str, object]:
    """Hand the journal over, and erase the body of its last entry when only the first of them have been read."""
    office(home)
    from django.db import transaction

    from darvoza.darvoza_verify import check
    from darvoza.domain.journal import EntryKind, JournalEvent
    from darvoza.office.journal.exports import chunks, handed_over
    from darvoza.office.journal.queries import verify
    from darvoza.office.journal.services import record_all

    with transaction.atomic():
        record_all(JournalEvent(EntryKind.SENSITIVE_READ, "asel", f"KG-{number}", NOW) for number in range(count))
    lines = chunks(handed_over(by="system", now=NOW))
    first = next(lines)
    eraser = Thread(target=erase, args=(count,))
    eraser.start()
    eraser.join()
    found, now = check((first + b"".join(lines)).splitlines(keepends=True)), verify()
    return {"entries": [found.entries, now.entries], "erased": [found.erased, now.erased], "faults": len(found.faults)}


def erase(number: int) -> None:
    """Erase the body of an entry in good order, by a connection of its own."""
    from django.db import connection, transaction

    from darvoza.flow.journal.entries import erasure
    from darvoza.office.journal.models import Entry
    from darvoza.office.journal.services import record_all

    with transaction.atomic():
        Entry.objects.filter(sequence=number).update(body=None, salt=None)
        record_all([erasure([number], actor="retention", at=NOW, basis="its time is over")])
    connection.close()


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    home = Path(words[0])
    done = {
        "acknowledge": lambda: acknowledge(home, int(words[1])),
        "kills": lambda: kills(home, *map(int, words[1:])),
        "drill": lambda: drill(home, Path(words[1])),
        "restored": lambda: restored(home, Path(words[1]), Path(words[2])),
        "handed_over": lambda: handed_over(home, int(words[1])),
        "upgrades": lambda: upgrades(home, int(words[1])),
    }[what]()
    print(json.dumps(done))  # noqa: T201 - what the test reads
