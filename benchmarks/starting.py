"""How long `darvoza serve` takes until it answers: that it lives, that it is ready, and a first declaration at the gate.

A world is simulated and a score with trees learned from it; then a server of one process is started again and again, asked
from the moment it is started, and killed. The processor time is that of all its processes; beside it stands what loading
Polars, the dearest library that every decision needs, takes of the same busy machine.

    python benchmarks/starting.py
    python benchmarks/starting.py --database postgresql://USER@HOST:PORT/NAME        # an empty one
"""

import argparse
import http.client
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]

from darvoza.client import GateClient  # noqa: E402
from gate import World, processor, simulated  # type: ignore[import-not-found]  # noqa: E402 - found once the path is set
from kills import Office  # type: ignore[import-not-found]  # noqa: E402

ASKED = 0.01
"""How long after a question without an answer the next is asked [s]."""

Moment = tuple[float, float]
"""Seconds by the clock and of the processor since the server was started."""


def answers(office: Any, path: str) -> bool:  # noqa: ANN401 - its module has no types here
    """Tell whether the server says yes."""
    asked = http.client.HTTPConnection("127.0.0.1", office.port, timeout=30)
    try:
        asked.request("GET", path)
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


def started(office: Any, world: World) -> list[Moment]:  # noqa: ANN401 - as above
    """Start the server; give the moments at which it lived, was ready, and had answered a declaration."""
    began, moments = time.perf_counter(), []
    office.start()
    for path in ("/health/live", "/health/ready"):
        while not answers(office, path):
            time.sleep(ASKED)
        moments.append((time.perf_counter() - began, processor(office)))
    client = GateClient(f"http://127.0.0.1:{office.port}/api/v1", office.token, attempts=1)
    body = world.fresh(1)[0]
    client.lodge(body, key=body["declaration_id"])
    return [*moments, (time.perf_counter() - began, processor(office))]


def loading(library: str) -> float:
    """Processor time of loading a library [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {library}"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Start so many times, and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        world = simulated(Path(directory), 6, 3_000)
        office = Office(world.home / "office", options.database, options.profiles.resolve(), processes=1)
        office.home.mkdir()
        office.prepare(f"profiles: {options.profiles.resolve()}\nkey_file: key.json\nmodel: {world.home / 'model'}\n")
        rounds, polars = [], []
        for _ in range(options.rounds):
            try:
                rounds.append(started(office, world))
            finally:
                office.kill()
            polars.append(loading("polars"))
    print(f"load {os.getloadavg()[0]:.1f}; loading Polars takes {statistics.median(polars):.2f} s of the processor")
    for name, moments in zip(("lives", "is ready", "has decided"), zip(*rounds, strict=True), strict=True):
        clock, spent = (statistics.median(part) for part in zip(*moments, strict=True))
        print(f"{name:12} after {clock:.1f} s by the clock, {spent:.1f} s of the processor")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
