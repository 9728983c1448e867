"""The office, or its database, killed again and again while systems lodge: what was acknowledged is kept, nothing is twice.

A server of its own answers clients that lodge declarations, each under one key that they repeat until they are answered.
At random moments all processes of the server, or of a PostgreSQL of its own, are killed with SIGKILL and started again.
Afterwards every answer is looked for in the database: each declaration once, with the answer that was given, in an unbroken
journal, and `darvoza doctor` finds nothing that failed.

    python benchmarks/kills.py --kills 50 --acknowledged 10000
    python benchmarks/kills.py --kills 50 --acknowledged 10000 --database postgresql://USER@HOST:PORT/NAME   # an empty one
    python benchmarks/kills.py --kills 50 --acknowledged 10000 --kill database   # of a cluster made for it
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.clusters import Cluster, free_port  # noqa: E402 - found once the path is set
from benchmarks.templates import Template  # noqa: E402 - as above

from darvoza.client import GateClient  # noqa: E402 - found once the path is set
from darvoza.errors import DarvozaError  # noqa: E402 - as above
from darvoza.flow.selectivity.keys import KeyRing, key_file_text  # noqa: E402

STATE = "profiles: {profiles}\nkey_file: key.json\n"
GOODS = (("870323", "DE"), ("080810", "UZ"), ("620342", "TR"), ("851713", "CN"))
PURPOSES = ("lodge", "decision.read")
OTHERS = ("DJANGO", "DARVOZA", "PYTHONDONTWRITEBYTECODE")
"""Beginnings of what the environment may hold and a server under test does not get."""


@dataclass
class Office:
    """An office with a server that can be killed.

    Parameters
    ----------
    home
        Its directory.
    database
        Address of a PostgreSQL database, or nothing for SQLite.
    profiles
        Directory of the profiles in force.
    before
        What the server does before it starts, as Python; for a control.
    processes, threads
        How many processes answer, and how many requests each of them at a time.
    """

    home: Path
    database: str
    profiles: Path
    before: str = ""
    processes: int = 2
    threads: int = 16
    token: str = ""
    port: int = 0
    server: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    def prepare(self, state: str = "") -> None:
        """Make tables, key, state and client."""
        self.environment = {
            # what is installed is compiled: where nothing may be written, each start would compile all of it again
            **{name: value for name, value in os.environ.items() if not name.startswith(OTHERS)},
            "DARVOZA_HOME": str(self.home),
            "DARVOZA_DATABASE": self.database,
            "DARVOZA_DEMO": "1",
            "PYTHONPATH": str(ROOT / "src"),
        }
        self.home.chmod(0o700)
        (self.home / "key.json").touch(0o600)
        (self.home / "key.json").write_text(key_file_text(KeyRing((("customs", os.urandom(32)),))), encoding="utf-8")
        (self.home / "gate.yaml").write_text(state or STATE.format(profiles=self.profiles), encoding="utf-8")
        self.command("office", "first-run")
        chosen = [word for purpose in PURPOSES for word in ("--purpose", purpose)]
        said = self.command("office", "client", "kills", "--per-minute", "1000000", *chosen)
        self.token = next(word for word in said.split() if word.startswith("dvz_"))
        self.port = free_port()

    def command(self, *words: str) -> str:
        """Run a command of the office; give what it said."""
        ran = subprocess.run(self.words(*words), env=self.environment, check=True, capture_output=True, text=True)
        return ran.stdout

    def words(self, *words: str) -> list[str]:
        """Give the words by which a command is run."""
        return [
            sys.executable,
            "-c",
            f"{self.before}\nfrom darvoza.cli.main import main; raise SystemExit(main())",
            *words,
        ]

    def start(self) -> None:
        """Start the server in a group of processes of its own."""
        bind, threads = f"127.0.0.1:{self.port}", str(self.threads)
        words = self.words("serve", "--bind", bind, "--processes", str(self.processes), "--threads", threads)
        with (self.home / "serve.log").open("ab") as log:
            self.server = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """Kill every process of the server at once."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def close(self) -> None:
        """Kill it for good."""
        self.kill()


@dataclass
class ReadyOffice(Office):
    """An office whose server is forked out of a template, and so is back sooner."""

    template: Template | None = None

    def start(self) -> None:
        """Start the server in a group of processes of its own."""
        if self.template is None:
            words = ["serve", "--bind", f"127.0.0.1:{self.port}", "--processes", str(self.processes)]
            self.template = Template(words, self.environment, self.before)
        self.template.start(self.home / "serve.log")

    def kill(self) -> None:
        """Kill every process of the server at once."""
        if self.template is not None:
            self.template.kill()

    def close(self) -> None:
        """Kill it, and end the template."""
        if self.template is not None:
            self.template.end()
            self.template = None


class Doomed(Protocol):
    """What is killed, and started again."""

    def kill(self) -> None:
        """End it at once."""

    def start(self) -> None:
        """Start it."""


@dataclass
class Told:
    """What clients were answered: reference → answer; and after how many seconds from each kill somebody was again.

    Beside that stands after how many what was killed ran again: what is left is the office's own.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: dict[str, Any] = field(default_factory=dict)
    back: list[float] = field(default_factory=list)
    up: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    number: int = 0
    stop: bool = False

    def next_number(self) -> int:
        """Give a number that no declaration has."""
        with self.lock:
            self.number += 1
            return self.number


def lodge_on(office: Office, told: Told, seed: int) -> None:
    """Lodge declaration after declaration, each until it is answered."""
    rng = random.Random(seed)
    client = GateClient(
        f"http://127.0.0.1:{office.port}/api/v1", office.token, attempts=10_000, wait=lambda _: time.sleep(0.1)
    )
    while not told.stop:
        number = told.next_number()
        items = [{"hs": hs, "origin": origin, "net_mass": rng.randint(1, 900)} for hs, origin in rng.sample(GOODS, 2)]
        body = {"declaration_id": f"K-{number}", "post": "KG-TOR", "importer_id": f"I-{number % 40}", "items": items}
        try:
            answer = client.lodge(body, key=f"key-{number}")
        except DarvozaError as problem:
            told.refused.append(f"K-{number}: {problem}")
            continue
        with told.lock:
            told.answers[f"K-{number}"] = answer


def play(
    office: Office,
    doomed: Doomed,
    *,
    kills: int,
    acknowledged: int,
    clients: int,
    say: Callable[[str], object] = print,
) -> Told:
    """Lodge and kill until there were enough of both."""
    told, rng = Told(), random.Random(7)
    office.start()
    threads = [threading.Thread(target=lodge_on, args=(office, told, seed), daemon=True) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for done in range(1, kills + 1):
        _wait(office, told, max(acknowledged // kills, 1))
        time.sleep(rng.uniform(0, 0.4))
        _kill(office, doomed, told)
        if done % 10 == 0:
            say(f"{done} kills, {len(told.answers):,} acknowledged, back after {max(told.back):.1f} s at most")
    while len(told.answers) < acknowledged:
        _wait(office, told, 1)
    told.stop = True
    for thread in threads:
        thread.join(timeout=120)
    office.kill()
    return told


def _wait(office: Office, told: Told, more: int) -> None:
    """Wait until so many more were answered."""
    before, limit = len(told.answers), time.monotonic() + 120
    while len(told.answers) < before + more and time.monotonic() < limit:
        time.sleep(0.01)
    if len(told.answers) == before:
        raise SystemExit(f"nobody was answered for two minutes; see {office.home / 'serve.log'}")


def _kill(office: Office, doomed: Doomed, told: Told) -> None:
    """Kill, start again, and measure how long nobody is answered."""
    begun = time.monotonic()
    doomed.kill()
    time.sleep(0.1)  # answers that were on their way come in
    before = len(told.answers)
    doomed.start()
    told.up.append(time.monotonic() - begun)
    while len(told.answers) == before:
        _wait(office, told, 1)
    told.back.append(time.monotonic() - begun)


CHECK = """
import json, sys
from argparse import Namespace
from darvoza.office.commands.starting import start
start(Namespace(home=None))
from django.db.models import Count
from darvoza.office.api.models import Lodgement, Receipt
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import verify
from darvoza.office.registry.models import Declaration, Decision
told = json.loads(sys.stdin.read())
rows = {row.declaration_id: row for row in Lodgement.objects.all()}
lost = [name for name in told if name not in rows]
differ = [name for name, state in told.items() if name in rows and [rows[name].channel, rows[name].decided_at.isoformat()] != state]
twice = Lodgement.objects.values("declaration_id").annotate(n=Count("pk")).filter(n__gt=1).count()
half = Lodgement.objects.count() - Declaration.objects.count()
undecided = Declaration.objects.filter(decisions=None).count()
unwritten = Lodgement.objects.count() - Entry.objects.filter(kind="decision").count()
checked = verify()
print(json.dumps({"kept": len(rows), "receipts": Receipt.objects.count(), "lost": len(lost), "answered otherwise": len(differ),
  "decided twice": twice, "half written": half, "undecided": undecided, "not in the journal": unwritten,
  "faults of the journal": len(checked.faults)}))
"""


def check(office: Office, told: Told) -> dict[str, int]:
    """Look for every answer in the database, and have the office looked at as a whole."""
    states = {name: [answer.channel, answer.decided_at] for name, answer in told.answers.items()}
    ran = subprocess.run(
        [sys.executable, "-c", CHECK],
        env=office.environment,
        input=json.dumps(states),
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, int] = json.loads(ran.stdout)
    doctor = subprocess.run(
        office.words("doctor", "--journal"), env=office.environment, check=False, capture_output=True, text=True
    )
    return found | {"ill": doctor.returncode}


WRONG = (
    "lost",
    "answered otherwise",
    "decided twice",
    "half written",
    "undecided",
    "not in the journal",
    "faults of the journal",
    "ill",
)


def _spread(seconds: list[float]) -> str:
    """Say the median and the longest."""
    return f"{statistics.median(seconds):.1f} s, at most {max(seconds):.1f} s"


def report(kind: str, told: Told, found: dict[str, int], seconds: float) -> int:
    """Print what came of it; 1 when anything is wrong."""
    back = (
        f"back after {_spread(told.back)}, {_spread(told.up)} of it for what was killed"
        if told.back
        else "nothing killed"
    )
    print(
        f"{kind}: {len(told.back)} kills, {len(told.answers):,} acknowledged in {seconds:.0f} s, {back}; {found}",
        flush=True,
    )
    for line in told.refused[:5]:
        print(f"refused: {line}")
    return 1 if told.refused or any(found[name] for name in WRONG) else 0


def main() -> int:
    """Play, check, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--acknowledged", type=int, default=300)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", default="")
    parser.add_argument("--kill", choices=("office", "database"), default="office")
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    options = parser.parse_args()
    settings = {"recovery_init_sync_method": "syncfs"}  # as deploy/postgresql/darvoza.conf has it
    cluster = Cluster(settings=settings) if options.kill == "database" else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        if cluster is not None:
            cluster.start()
        address = options.database if cluster is None else cluster.address
        office = ReadyOffice(Path(directory), address, options.profiles.resolve(), processes=options.processes)
        try:
            office.prepare()
            many = {"kills": options.kills, "acknowledged": options.acknowledged, "clients": options.clients}
            told = play(office, office if cluster is None else cluster, **many)
            found = check(office, told)
        finally:
            office.close()
            if cluster is not None:
                cluster.remove()
    kind = "PostgreSQL" if cluster or options.database else "SQLite"
    return report(f"{options.kill} on {kind}", told, found, time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
