"""The gate: how many declarations a second are decided and kept, and how long one waits.

A world is simulated, a score learned from its past, and its last month lodged again and again in declarations of five goods
items, against 500 profiles, most of which select. Every lorry comes with a document of its own; with ``--again`` the same goods
come again and again, and what they were chosen for before is looked up. Measured is what it takes to decide (no database),
and over HTTP, where all is kept before it is answered: clients that each wait for their answer, and one that sends a stream. Beside
it stands a plain view of Django that keeps what it is sent with one statement: it tells how quick the machine is.

    python benchmarks/gate.py                                                    # SQLite
    python benchmarks/gate.py --database postgresql://USER@HOST:PORT/NAME        # an empty one
    python benchmarks/gate.py --months 24 --per-month 10000                      # more past
    python benchmarks/gate.py --count 0                                          # the profiles of the project alone

Times are those of the processor of the server, and those that a client waits; say how busy the machine was.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]

import polars as pl  # noqa: E402 - found once the path is set

from darvoza.client import GateClient  # noqa: E402
from darvoza.flow.gate.deciding import Gate  # noqa: E402
from darvoza.flow.gate.state_file import State, read_state  # noqa: E402
from darvoza.flow.intake.lodged import read_lodged  # noqa: E402
from darvoza.flow.intake.lodged_form import GOODS, HEADER  # noqa: E402
from darvoza.flow.selectivity.keys import KeyRing, key_file_text  # noqa: E402
from kills import Office  # type: ignore[import-not-found]  # noqa: E402
from plain_view import measured, spent_by  # type: ignore[import-not-found]  # noqa: E402
from profile_workload import sentences  # type: ignore[import-not-found]  # noqa: E402

STATE = "profiles: {profiles}\nkey_file: key.json\nmodel: {model}\n"
MORE = """code: {code}
title: One of the workload of the benchmark of profiles
agency: customs
risk_area: undeclared
justification: None; it is a benchmark
legal_basis: None; it is a benchmark
rationale: None; it is a benchmark
valid: {{from: 2026-01-01, to: 2027-12-31}}
review_by: 2027-05-31
when: {when}
treatment: {{act: physical, share: 0.4}}
unknown: no match
floor: profile
instructions: {{en: Open the packages., ru: Вскройте места.}}
cases:
  - {{title: Nothing is known, given: {{flow: I}}, expect: unknown}}
"""
ITEMS = 5
NOT_SENT = {"lodged_at", "released_at", "version", "item", "examined", "finding", "result_at"}
IN_ORDER = ("lodged_at", "declaration_id", "version", "item")


@dataclass
class World:
    """Where everything lies, and the declarations that are lodged."""

    home: Path
    bodies: list[dict[str, Any]] = field(default_factory=list)
    again: bool = False
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, count: int) -> list[dict[str, Any]]:
        """Give declarations that were never lodged."""
        with self.lock:
            first, self.number = self.number, self.number + count
        return [self._body(place) for place in range(first, first + count)]

    def _body(self, place: int) -> dict[str, Any]:
        """Give one; whoever comes after all have come drives the lorry of another, and has another document."""
        lap, at = divmod(place, len(self.bodies))
        made = {**self.bodies[at], "declaration_id": f"G-{os.getpid()}-{place}"}
        if lap and not self.again:
            other = self.bodies[(at + 7 * lap) % len(self.bodies)]
            made |= {name: other.get(name) for name in ("vehicle_id", "container_ids") if name in other or name in made}
            made["transport_document"] = f"CMR-{place}"
        return made


def command(*words: object) -> None:
    """Run a command of the project."""
    run = [sys.executable, "-c", "from darvoza.cli.main import main; raise SystemExit(main())", *map(str, words)]
    subprocess.run(run, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")})


def simulated(home: Path, months: int, per_month: int, *, again: bool = False) -> World:
    """Simulate, learn, and read the last month as a system would send it."""
    command("simulate", "--months", months, "--per-month", per_month, "--seed", 3, "--out", home / "sim")
    files = sorted((home / "sim" / "declarations").glob("*.csv"))
    command("learn", *files[:-1], "--mapping", ROOT / "mappings" / "own.yaml", "--out", home / "model")
    (home / "key.json").write_text(key_file_text(KeyRing((("customs", os.urandom(32)),))), encoding="utf-8")
    return World(home, list(_bodies(pl.read_csv(files[-1], infer_schema_length=0))), again)


def _bodies(table: pl.DataFrame) -> Iterator[dict[str, Any]]:
    rows = list(table.iter_rows(named=True))
    header = [each.name for each in HEADER if each.name in table.columns and each.name not in NOT_SENT]
    goods = [each.name for each in GOODS if each.name in table.columns and each.name not in NOT_SENT]
    begun = [
        place
        for place, row in enumerate(rows)
        if not place or row["declaration_id"] != rows[place - 1]["declaration_id"]
    ]
    for first in (place for place in begun if place < len(rows) - ITEMS):
        head = {name: value for name in header if (value := rows[first][name])}
        yield {
            **head,
            "items": [{name: value for name in goods if (value := row[name])} for row in rows[first : first + ITEMS]],
        }


def _facts_of(world: World) -> pl.DataFrame:
    """Give facts of the last month, of whose values sentences are made."""
    table = pl.read_csv(max((world.home / "sim" / "declarations").glob("*.csv")), infer_schema_length=0)
    return table.select("hs", "origin", pl.col("importer_id").alias("importer"), "post")


def state_of(world: World, profiles: Path, count: int) -> State:
    """Make the state of the gate, with profiles beside those of the project so that there are so many."""
    shutil.copytree(profiles, world.home / "profiles")
    (world.home / "gate.yaml").write_text(
        STATE.format(profiles=world.home / "profiles", model="model"), encoding="utf-8"
    )
    state = read_state(world.home / "gate.yaml")
    missing = count - len(state.policy.profiles)
    if missing > 0:
        (world.home / "profiles" / "more").mkdir()
        for number, sentence in enumerate(sentences(_facts_of(world), missing, 5)):
            text = MORE.format(code=f"BENCH-{number:03d}", when=json.dumps(sentence))
            (world.home / "profiles" / "more" / f"BENCH-{number:03d}.yaml").write_text(text, encoding="utf-8")
        state = read_state(world.home / "gate.yaml")
    print(f"{len(state.policy.profiles)} profiles")
    return state


def deciding(state: State, world: World, sizes: Sequence[int]) -> None:
    """Decide in one process, nothing stored."""
    began = time.perf_counter()
    gate = Gate(state.policy)
    gate.decide(_read(world.fresh(1)))
    print(f"first decision after {time.perf_counter() - began:.1f} s; {gate.past().height:,} goods items remembered")
    print("decided together    processor ms    a declaration ms    declarations/s")
    for size in sizes:
        rounds = max(3, 60 // size)
        batches = [world.fresh(size) for _ in range(rounds)]
        began = time.process_time()
        for batch in batches:
            gate.keep(gate.decide(_read(batch)))
        spent = (time.process_time() - began) / rounds
        print(f"{size:>16} {1000 * spent:>15.1f} {1000 * spent / size:>19.2f} {size / spent:>17.0f}")


def _read(bodies: Sequence[dict[str, Any]]) -> pl.DataFrame:
    read = read_lodged(bodies, now=datetime.now(UTC))
    if read.wrong:
        raise SystemExit(f"the world is refused: {next(iter(read.wrong.values()))}")
    return read.items.sort(IN_ORDER, maintain_order=True)


def processor(office: Office) -> float:
    """Give the seconds of processor that the server and its processes have taken."""
    return 0.0 if office.server is None else spent_by(office.server.pid)


def answered(office: Office, world: World, *, clients: int, seconds: float) -> None:
    """Let clients lodge one declaration after another, each waiting for its answer."""
    waited: list[float] = []

    def lodge() -> None:
        client = GateClient(f"http://127.0.0.1:{office.port}/api/v1", office.token)
        while time.perf_counter() < end:
            body = world.fresh(1)[0]
            began = time.perf_counter()
            client.lodge(body, key=body["declaration_id"])
            waited.append(time.perf_counter() - began)

    end, spent = time.perf_counter() + seconds, processor(office)
    threads = [threading.Thread(target=lodge) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = processor(office) - spent
    cuts = statistics.quantiles(waited, n=100)
    print(
        f"{clients:>3} clients: {len(waited) / seconds:>6.0f}/s, {len(waited) / spent:>6.0f}/s of a core; "
        f"median {1000 * cuts[49]:.0f} ms, p99 {1000 * cuts[98]:.0f} ms"
    )


def streamed(office: Office, world: World, count: int) -> None:
    """Send one stream."""
    client = GateClient(f"http://127.0.0.1:{office.port}/api/v1", office.token)
    bodies, spent, began = world.fresh(count), processor(office), time.perf_counter()
    lines = list(client.lodge_all(bodies, key=bodies[0]["declaration_id"]))
    took, spent = time.perf_counter() - began, processor(office) - spent
    wrong = sum(line.decision is None for line in lines)
    print(
        f"a stream of {count:,}: {count / took:.0f} declarations/s, {ITEMS * count / took:.0f} items/s, "
        f"{ITEMS * count / spent:.0f} items/s of a core; {wrong} refused"
    )


def served(world: World, options: argparse.Namespace) -> None:
    """Measure over HTTP."""
    profiles = world.home / "profiles"
    office = Office(
        world.home / "office", options.database, profiles, processes=options.processes, threads=options.threads
    )
    office.home.mkdir()
    office.prepare(STATE.format(profiles=profiles, model=world.home / "model"))
    began = time.perf_counter()
    office.start()
    client = GateClient(
        f"http://127.0.0.1:{office.port}/api/v1", office.token, attempts=600, wait=lambda _: time.sleep(0.1)
    )
    first = world.fresh(1)[0]
    client.lodge(first, key=first["declaration_id"])
    print(f"first answer {time.perf_counter() - began:.1f} s after the start")
    try:
        streamed(office, world, 250)
        streamed(office, world, options.declarations)
        for clients in (1, 16, 64):
            answered(office, world, clients=clients, seconds=options.seconds)
    finally:
        office.kill()


def main() -> int:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--per-month", type=int, default=3_000)
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    parser.add_argument("--count", type=int, default=500, help="profiles in all")
    parser.add_argument("--again", action="store_true", help="lodge the same goods again and again")
    parser.add_argument("--declarations", type=int, default=2_000, help="in a stream")
    parser.add_argument("--seconds", type=float, default=15.0, help="for which clients lodge")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=16, help="requests that each process answers at a time")
    parser.add_argument("--alone", action="store_true", help="only decide, without a server")
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory() as directory:
        world = simulated(Path(directory), options.months, options.per_month, again=options.again)
        state = state_of(world, options.profiles.resolve(), options.count)
        deciding(state, world, (1, 4, 16, 64, 250))
        if not options.alone:
            served(world, options)
            for clients in (1, 16):
                print(
                    measured(
                        options.database, world.home, clients=clients, threads=options.threads, seconds=options.seconds
                    )
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
