"""Two runs that are taken in at once, while systems lodge and the gate is open: run by a test as a program."""

import json
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from darvoza.domain.journal import JournalEntry
from office.api.late_results import NOW, lodge


def take_in(name: str) -> int:
    """Take in a run of one declaration; give its number."""
    import polars as pl

    from darvoza.office.registry.models import Run
    from darvoza.office.registry.services.loading import load
    from darvoza.office.registry.services.run_files import RunFiles
    from office.sample import a_decision, a_declaration, as_items

    decisions = pl.DataFrame([a_decision(name, "customs", "physical", selected=False)])
    orders = pl.DataFrame(schema={"declaration_id": pl.String})
    load(RunFiles(name, name, decisions, orders, {}), as_items([a_declaration(name)]), by="system", now=NOW)
    return Run.objects.get(digest=name).pk


class Taking(threading.Thread):
    """Another connection that takes in a run, and goes on to its entry in the journal when it is told to."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.of, self.number = name, 0
        self.written, self.go = threading.Event(), threading.Event()

    def run(self) -> None:
        """Take it in."""
        from django.db import connection

        try:
            self.number = take_in(self.of)
        finally:
            self.written.set()
            connection.close()


def hold_up() -> None:
    """Let those that take in a run wait when all but the entry in the journal is written."""
    from darvoza.office.registry.services import loading

    journalled: Callable[..., JournalEntry] = vars(loading)["record"]

    def record(*words: Any, **more: Any) -> JournalEntry:
        here = threading.current_thread()
        if isinstance(here, Taking):
            here.written.set()
            assert here.go.wait(60)
        return journalled(*words, **more)

    vars(loading)["record"] = record


def somebody_waits() -> bool:
    """Tell, within a minute, whether somebody waits for another to end."""
    from django.db import connection

    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory' LIMIT 1")
            if cursor.fetchone() is not None:
                return True
        time.sleep(0.1)
    return False


def heard() -> list[str]:
    """Which declarations the gate of this process remembers."""
    from darvoza.office.api.services import lodging

    gate = lodging._Open.gate
    assert gate is not None
    return sorted(set(gate.gate.past().get_column("declaration_id")))


def play(home: Path) -> dict[str, Any]:
    """Take in two runs at once, and note what the gate hears when."""
    from darvoza.office.commands import migrate

    home.mkdir()
    migrate.run(Namespace(home=home))
    from darvoza.flow.selectivity.keys import read_key_file
    from darvoza.office.api.services.opening import OpenGate
    from darvoza.office.api.services.replaying import replay
    from office.api.systems import write_state

    write_state(home)
    told = at_once()
    take_in("R-3")
    lodge("D")
    told["at last"] = heard()
    past = OpenGate.open(home / "gate.yaml", now=NOW).gate.past()
    told |= {"anew": sorted(set(past.get_column("declaration_id"))), "once": past.height}
    ring = read_key_file(home / "key.json")
    again = replay({ring.commitment(): ring})
    return told | {"replayed": [again.equal, again.different]}


def at_once() -> dict[str, Any]:
    """Take in two runs while declarations are lodged."""
    told: dict[str, Any] = {}
    hold_up()
    lodge("A")
    first, second = Taking("R-1"), Taking("R-2")
    first.start()
    assert first.written.wait(60)
    second.start()
    told["waits"] = somebody_waits()
    lodge("B")
    told["before"] = heard()
    second.go.set()
    first.go.set()
    first.join()
    second.join()
    told["in order"] = 0 < first.number < second.number
    lodge("C")
    told["after"] = heard()
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(Path(sys.argv[1]))) + "\n")
