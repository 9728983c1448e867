"""The office killed again and again while systems lodge: what was acknowledged is kept, and nothing is decided twice.

A server of its own answers clients that lodge declarations, each under one key that they repeat until they are answered.
At random moments the whole group of its processes is killed with SIGKILL and started again. Afterwards every answer is
looked for in the database: each declaration once, with the answer that was given, in an unbroken journal.

    python benchmarks/kills.py --kills 50 --acknowledged 10000
    python benchmarks/kills.py --kills 50 --acknowledged 10000 --database postgresql://USER@HOST:PORT/NAME   # an empty one
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from darvoza.client import ApiProblem, GateClient  # noqa: E402 - found once the path is set
from darvoza.flow.selectivity.keys import KeyRing, key_file_text  # noqa: E402

STATE = "profiles: {profiles}\nkey_file: key.json\n"
GOODS = (("870323", "DE"), ("080810", "UZ"), ("620342", "TR"), ("851713", "CN"))
PURPOSES = ("lodge", "decision.read")


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
    """

    home: Path
    database: str
    profiles: Path
    token: str = ""
    port: int = 0
    server: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make tables, key, state and client."""
        self.environment = {
            **os.environ,
            "DARVOZA_HOME": str(self.home),
            "DARVOZA_DATABASE": self.database,
            "DARVOZA_DEMO": "1",
            "PYTHONPATH": str(ROOT / "src"),
        }
        (self.home / "key.json").write_text(key_file_text(KeyRing((("customs", os.urandom(32)),))), encoding="utf-8")
        (self.home / "gate.yaml").write_text(STATE.format(profiles=self.profiles), encoding="utf-8")
        self.command("office", "first-run")
        chosen = [word for purpose in PURPOSES for word in ("--purpose", purpose)]
        said = self.command("office", "client", "kills", "--per-minute", "1000000", *chosen)
        self.token = next(word for word in said.split() if word.startswith("dvz_"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def command(self, *words: str) -> str:
        """Run a command of the office."""
        ran = subprocess.run(self._words(*words), env=self.environment, check=True, capture_output=True, text=True)
        return ran.stdout

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-c", "from darvoza.cli.main import main; raise SystemExit(main())", *words]

    def start(self) -> None:
        """Start the server in a group of processes of its own."""
        words = self._words("serve", "--bind", f"127.0.0.1:{self.port}", "--processes", "2")
        log = (self.home / "serve.log").open("ab")
        self.server = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """Kill every process of the server at once."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()


@dataclass
class Told:
    """What clients were answered: reference → answer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: dict[str, Any] = field(default_factory=dict)
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
        except ApiProblem as problem:
            told.refused.append(f"K-{number}: {problem}")
            continue
        with told.lock:
            told.answers[f"K-{number}"] = answer


def play(office: Office, *, kills: int, acknowledged: int, clients: int, say: Callable[[str], None] = print) -> Told:
    """Lodge and kill until there were enough of both."""
    told, rng = Told(), random.Random(7)
    office.start()
    threads = [threading.Thread(target=lodge_on, args=(office, told, seed), daemon=True) for seed in range(clients)]
    for thread in threads:
        thread.start()
    done = 0
    while done < kills or len(told.answers) < acknowledged:
        before = len(told.answers)
        due = max(acknowledged // max(kills, 1), 1) if done < kills else acknowledged - before
        limit = time.monotonic() + 120
        while len(told.answers) < before + due and time.monotonic() < limit:
            time.sleep(0.02)
        if len(told.answers) == before:
            raise SystemExit(f"nobody was answered for two minutes; see {office.home / 'serve.log'}")
        if done < kills:
            time.sleep(rng.uniform(0, 0.4))
            office.kill()
            done += 1
            office.start()
            if done % 10 == 0:
                say(f"{done} kills, {len(told.answers):,} acknowledged")
    told.stop = True
    for thread in threads:
        thread.join(timeout=120)
    office.kill()
    return told


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
    """Look for every answer in the database."""
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
    return found


WRONG = (
    "lost",
    "answered otherwise",
    "decided twice",
    "half written",
    "undecided",
    "not in the journal",
    "faults of the journal",
)


def main() -> int:
    """Play, check, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--acknowledged", type=int, default=300)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--database", default="")
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        office = Office(Path(directory), options.database, options.profiles.resolve())
        office.prepare()
        try:
            told = play(office, kills=options.kills, acknowledged=options.acknowledged, clients=options.clients)
        finally:
            if office.server is not None and office.server.poll() is None:
                office.kill()
        found = check(office, told)
    kind = "PostgreSQL" if options.database else "SQLite"
    print(
        f"{kind}: {options.kills} kills, {len(told.answers):,} acknowledged in {time.monotonic() - began:.0f} s; {found}"
    )
    for line in told.refused[:5]:
        print(f"refused: {line}")
    return 1 if told.refused or any(found[name] for name in WRONG) else 0


if __name__ == "__main__":
    raise SystemExit(main())
