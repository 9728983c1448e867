"""A thousand faults between the office and a receiver of its events: everything is told, each consignment in its order.

    python benchmarks/told.py [--faults 1000] [--workers 2]

A receiver answers 500, hangs, cuts the line before it has read or after it has taken an event, answers too late, or is
gone for a while; and workers are killed with SIGKILL after an event was taken, before they could write that down. What is
dead is looked up and tried again. On SQLite in a directory of its own, or on the empty PostgreSQL database that
``DARVOZA_DATABASE`` names; the last line is JSON.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

# the tests have an `office` of their own, and so have the benchmarks
sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from benchmarks.in_process import make_office  # noqa: E402 - found once the path is set

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PATIENCE = 0.3
"""Seconds after which a worker gives up on an answer."""

FAULTS = ("error", "hang", "cut before", "cut after", "late", "kill", "gone")


class Play:
    """What a receiver has taken, and what goes wrong next.

    Parameters
    ----------
    faults
        How many faults there are to be.
    """

    def __init__(self, faults: int, seed: int = 11) -> None:
        self.faults, self.rng = faults, random.Random(seed)
        self.played: Counter[str] = Counter()
        self.taken: dict[str, list[int]] = {}
        self.twice = self.out_of_order = 0
        self.gone_until = 0.0
        self.lock = threading.Lock()

    def next_fault(self) -> str:
        """Say what goes wrong with this request; nothing once there were enough faults."""
        if sum(self.played.values()) >= self.faults or self.rng.random() > 0.7:
            return ""
        fault = self.rng.choice(FAULTS)
        self.played[fault] += 1
        if fault == "gone":
            self.gone_until = time.monotonic() + 0.2
        return fault

    def take(self, told: dict[str, Any]) -> None:
        """Note an event; one that comes again is known by its number."""
        mine = self.taken.setdefault(told["declaration_id"], [])
        if told["event"] in mine:
            self.twice += 1
        else:
            self.out_of_order += bool(mine) and told["event"] < mine[-1]
            mine.append(told["event"])


def receiver(play: Play) -> type[BaseHTTPRequestHandler]:
    """Make a receiver that misbehaves as the play says."""

    class Receiver(BaseHTTPRequestHandler):
        """Takes events, or does not."""

        def do_POST(self) -> None:
            """Take one."""
            with play.lock:
                fault = "gone" if time.monotonic() < play.gone_until else play.next_fault()
                if fault in {"gone", "cut before"}:
                    return  # the line is cut without a word
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if fault not in {"error", "hang"}:
                    play.take(told)
            self._answer(fault)

        def _answer(self, fault: str) -> None:
            """Answer, or do not."""
            if fault in {"hang", "late"}:
                time.sleep(PATIENCE * 2)
            if fault == "kill":
                os.kill(int(self.headers["X-Worker"]), signal.SIGKILL)
            if fault not in {"hang", "cut after", "kill"}:
                self.send_response(500 if fault == "error" else 200)
                self.end_headers()

        def do_GET(self) -> None:
            """Say what was played and taken so far."""
            with play.lock:
                said = {
                    "played": play.played,
                    "taken": play.taken,
                    "twice": play.twice,
                    "out_of_order": play.out_of_order,
                }
                text = json.dumps(said).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    return Receiver


class Server(socketserver.ThreadingTCPServer):
    """Answers many at once, and ends with the play."""

    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker that gave up or died is what is played here."""


def receive(play: Play) -> tuple[int, int]:
    """Start the receiver in a process of its own; give its number and its port."""
    server = Server(("127.0.0.1", 0), receiver(play))
    child = os.fork()
    if child == 0:
        try:
            server.serve_forever()
        finally:
            os._exit(1)
    server.socket.close()
    return child, int(server.server_address[1])


def asked(port: int) -> dict[str, Any]:
    """Ask the receiver what it has taken."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/")
    said: dict[str, Any] = json.loads(line.getresponse().read())
    line.close()
    return said


def set_up(home: Path) -> Any:  # noqa: ANN401 - a client
    """Make an office with a client that subscribes; give the client."""
    make_office(home)
    from darvoza.office.api.purposes import Purpose  # noqa: PLC0415
    from darvoza.office.api.services.clients import NewClient, caller_of, enter_client  # noqa: PLC0415
    from office.api.systems import write_state  # noqa: PLC0415 - of the tests

    write_state(home)
    return caller_of(enter_client(NewClient("told", tuple(Purpose)), by="system", now=NOW))


def happen(caller: Any, consignments: int) -> None:  # noqa: ANN401 - as above
    """Let something happen to consignments: each is lodged, amended twice and cancelled."""
    from darvoza.office.api.purposes import LodgementKind  # noqa: PLC0415
    from darvoza.office.api.requests import Request  # noqa: PLC0415
    from darvoza.office.api.services.lodging import lodge  # noqa: PLC0415
    from office.api.systems import a_body  # noqa: PLC0415

    names = [f"D-{number}" for number in range(consignments)]
    lodge([Request(caller, LodgementKind.LODGED, a_body(name)) for name in names], now=NOW)
    for _ in range(2):
        lodge([Request(caller, LodgementKind.AMENDED, a_body(name), reference=name) for name in names], now=NOW)
    lodge([Request(caller, LodgementKind.CANCELLED, None, reference=name) for name in names], now=NOW)


def work(seed: int) -> None:
    """Send what is due until nothing is left; the clock runs fast, so that nobody waits for the next attempt."""
    from django.db import connection  # noqa: PLC0415

    from darvoza.office.api import sending  # noqa: PLC0415
    from darvoza.office.api.services import outbox, planning  # noqa: PLC0415

    connection.close()
    sending.TIMEOUT = PATIENCE
    outbox.AT_ONCE, outbox.MOST_ATTEMPTS = 5, 3  # some letters are to die
    rng = random.Random(seed)
    while True:
        now = datetime.now(UTC) + outbox.LONGEST_WAIT * int(time.monotonic() * 4)
        planning.fan_out(now)
        done = outbox.deliver_due(
            lambda url, body, more: sending.send(url, body, {**more, "X-Worker": str(os.getpid())}),
            clock=partial(datetime.fromtimestamp, now.timestamp(), UTC),
        )
        if not any(done):
            time.sleep(rng.uniform(0.02, 0.1))


def start(workers: dict[int, int], seed: int) -> None:
    """Start a worker in a process of its own."""
    from django.db import connection  # noqa: PLC0415

    connection.close()
    child = os.fork()
    if child == 0:
        try:
            work(seed)
        finally:
            os._exit(1)
    workers[child] = seed


def watch(caller: Any, workers: dict[int, int], *, faults: int, port: int, patience: float) -> tuple[int, int]:  # noqa: ANN401 - as above
    """Keep workers alive and dead letters tried again until all is told; give how many died, and how many letters did."""
    from darvoza.office.api.models import Delivery, Event  # noqa: PLC0415
    from darvoza.office.api.queries import deliveries_for  # noqa: PLC0415
    from darvoza.office.api.services.subscribing import replay  # noqa: PLC0415

    died = letters = 0
    end = time.monotonic() + patience
    while time.monotonic() < end:
        for gone in [each for each in workers if os.waitpid(each, os.WNOHANG)[0]]:
            died += 1
            start(workers, workers.pop(gone) + 100)
        for dead in deliveries_for(caller, state="dead", after=0, limit=500)[0]:
            replay(caller, dead["delivery"], now=NOW)
            letters += 1
        if Event.objects.count() == Delivery.objects.filter(state=Delivery.State.DELIVERED).count():
            if sum(asked(port)["played"].values()) < faults:
                raise SystemExit("all was told before there were enough faults; let more happen")
            break
        time.sleep(0.1)
    return died, letters


def lost_of(taken: dict[str, list[int]]) -> tuple[int, int, int]:
    """Count the events, those that nobody took, and the deliveries that are not done."""
    from darvoza.office.api.models import Delivery, Event  # noqa: PLC0415

    events = set(Event.objects.values_list("pk", flat=True))
    undelivered = Delivery.objects.exclude(state=Delivery.State.DELIVERED).count()
    return len(events), len(events - {number for mine in taken.values() for number in mine}), undelivered


def main() -> int:
    """Play, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--patience", type=float, default=3_600, help="seconds after which to give up")
    options = parser.parse_args()
    begun = time.perf_counter()
    server, port = receive(Play(options.faults))
    workers: dict[int, int] = {}
    try:
        with tempfile.TemporaryDirectory() as home:
            caller = set_up(Path(home))
            from darvoza.office.api.services.subscribing import subscribe  # noqa: PLC0415

            subscribe(caller, f"http://127.0.0.1:{port}/hook", (), now=NOW - timedelta(days=1))
            happen(caller, options.faults // 4 + 5)
            for seed in range(options.workers):
                start(workers, seed)
            died, letters = watch(caller, workers, faults=options.faults, port=port, patience=options.patience)
            said = asked(port)
            events, lost, undelivered = lost_of(said["taken"])
            _end(workers)
    finally:
        _end([*workers, server])
    found = {
        "faults": sum(said["played"].values()), "played": said["played"], "events": events, "lost": lost,
        "undelivered": undelivered, "out_of_order": said["out_of_order"], "twice": said["twice"], "workers_killed": died,
        "dead_letters": letters,
    }  # fmt: skip
    print(f"{found['faults']:,} faults, {events:,} events in {time.perf_counter() - begun:.0f} s: {lost} lost")
    print(json.dumps(found))
    return 1 if lost or undelivered or found["out_of_order"] else 0


def _end(children: Iterable[int]) -> None:
    """End processes that were started here."""
    for child in list(children):
        try:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


if __name__ == "__main__":
    raise SystemExit(main())
