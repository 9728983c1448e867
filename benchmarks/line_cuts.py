"""The line cut in the middle of requests and answers: the client sends again with the same key, nothing is lost or twice.

Between clients and the office stands a line that breaks after a random number of bytes, on the way there or on the way back,
with or without a word (FIN, RST). Clients lodge one by one and in streams, and send again until they are answered.

    python benchmarks/line_cuts.py --cuts 200
    python benchmarks/line_cuts.py --cuts 200 --database postgresql://USER@HOST:PORT/NAME   # an empty one
"""

import argparse
import random
import socket
import struct
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.clusters import free_port  # noqa: E402 - found once the path is set
from benchmarks.kills import GOODS, Office, Told, check, report  # noqa: E402 - as above

from darvoza.client import GateClient, Line  # noqa: E402 - as above
from darvoza.errors import DarvozaError  # noqa: E402 - as above

LONGEST: Final = {"there": 900, "back": 900}
"""Bytes after which a line breaks, at most: about what a request and an answer have."""

RESET: Final = struct.pack("ii", 1, 0)
OF_STREAM: Final = 4
"""Declarations of a stream."""


@dataclass
class BreakingLine:
    """A line that breaks.

    Parameters
    ----------
    to
        The port at its other end.
    rng
        Where it breaks.
    """

    to: int
    rng: random.Random
    port: int = field(default_factory=free_port)
    cuts: dict[str, int] = field(default_factory=lambda: {"there": 0, "back": 0})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Carry what comes."""
        listening = socket.create_server(("127.0.0.1", self.port), backlog=100)
        threading.Thread(target=self._listen, args=(listening,), daemon=True).start()

    def _listen(self, listening: socket.socket) -> None:
        while True:
            client, _ = listening.accept()
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """Carry one request and its answer, and break where it is to break."""
        server = socket.create_connection(("127.0.0.1", self.to))
        with self.lock:
            broken = self.rng.choice(("there", "back", ""))
            after = {broken: self.rng.randint(0, LONGEST[broken])} if broken else {}
            ends = Ends(client, server, reset=self.rng.random() < 0.5)
        back = threading.Thread(target=self._pump, args=("back", ends, after.get("back")), daemon=True)
        back.start()
        self._pump("there", ends, after.get("there"))
        back.join()
        ends.close()

    def _pump(self, way: str, ends: "Ends", after: int | None) -> None:
        """Carry bytes one way, and break the line after so many."""
        source, target = (ends.client, ends.server) if way == "there" else (ends.server, ends.client)
        with suppress(OSError):
            while data := source.recv(65536):
                if after is not None and after < len(data):
                    target.sendall(data[:after])
                    with self.lock:
                        self.cuts[way] += 1
                    ends.cut()
                    return
                after = None if after is None else after - len(data)
                target.sendall(data)
        if way == "back":
            ends.shut()


@dataclass(frozen=True)
class Ends:
    """Both ends of a line; when it is cut they are told (FIN), or not asked (RST)."""

    client: socket.socket
    server: socket.socket
    reset: bool

    def cut(self) -> None:
        """Cut the line."""
        if self.reset:
            for end in (self.client, self.server):
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.shut()

    def shut(self) -> None:
        """Send nothing more, and take nothing more."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of both."""
        self.client.close()
        self.server.close()


def lodge_on(client: GateClient, told: Told, seed: int) -> None:
    """Lodge one by one and in streams, each until it is answered whole."""
    rng = random.Random(seed)
    while not told.stop:
        bodies = [_body(told.next_number(), rng) for _ in range(rng.choice((1, 1, 1, OF_STREAM)))]
        key = f"key-{bodies[0]['declaration_id']}"
        try:
            if len(bodies) == 1:
                made = [client.lodge(bodies[0], key=key)]
            else:
                made = [line.decision for line in _stream(client, bodies, key) if line.decision]
        except DarvozaError as problem:
            told.refused.append(f"{key}: {problem}")
            continue
        if len(made) != len(bodies):
            told.refused.append(f"{key}: lines of the stream were refused")
        with told.lock:
            told.answers |= {each.declaration_id: each for each in made}


def _stream(client: GateClient, bodies: list[dict[str, object]], key: str) -> list[Line]:
    """Send a stream until all of its lines were answered."""
    while True:
        with suppress(OSError, ValueError):
            lines = list(client.lodge_all(bodies, key=key))
            if len(lines) == len(bodies):
                return lines


def _body(number: int, rng: random.Random) -> dict[str, object]:
    items = [{"hs": hs, "origin": origin, "net_mass": rng.randint(1, 900)} for hs, origin in rng.sample(GOODS, 2)]
    return {"declaration_id": f"K-{number}", "post": "KG-TOR", "importer_id": f"I-{number % 40}", "items": items}


def play(office: Office, *, cuts: int, clients: int) -> tuple[Told, BreakingLine]:
    """Lodge over a breaking line until it broke often enough."""
    told, line = Told(), BreakingLine(office.port, random.Random(11))
    office.start()
    _until_it_answers(office.port)
    line.open()
    address = f"http://127.0.0.1:{line.port}/api/v1"
    threads = [
        threading.Thread(
            target=lodge_on,
            args=(GateClient(address, office.token, attempts=1000, wait=lambda _: time.sleep(0.01)), told, seed),
            daemon=True,
        )
        for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    limit = time.monotonic() + 60 + cuts * 5
    while sum(line.cuts.values()) < cuts and time.monotonic() < limit:
        time.sleep(0.02)
    told.stop = True
    for thread in threads:
        thread.join(timeout=120)
    return told, line


def _until_it_answers(port: int) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("the office does not answer")


def cut_lines(office: Office, *, cuts: int, clients: int) -> tuple[Told, BreakingLine, dict[str, int]]:
    """Cut lines, and look for everything afterwards; what is kept beyond what was told is found too."""
    office.prepare()
    try:
        told, line = play(office, cuts=cuts, clients=clients)
    finally:
        office.close()
    found = check(office, told)
    return told, line, found | {"untold": found["kept"] - len(told.answers)}


def main() -> int:
    """Cut, check, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--database", default="")
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        office = Office(Path(directory), options.database, options.profiles.resolve())
        told, line, found = cut_lines(office, cuts=options.cuts, clients=options.clients)
    print(f"broken on the way there {line.cuts['there']}, on the way back {line.cuts['back']}")
    wrong = report("line to the office", told, found, time.monotonic() - began)
    return wrong or int(found["untold"] != 0)


if __name__ == "__main__":
    raise SystemExit(main())
