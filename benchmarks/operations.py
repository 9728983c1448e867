"""What an office costs to keep: room per declaration, memory of a process, backup, restore; and what kills do to it.

    python benchmarks/operations.py [--declarations 3000] [--rounds 50]

A practice month is simulated, assessed and taken into an office on SQLite; the office is backed up and restored. Then two
writers write into a journal, each entry its own transaction with `synchronous=FULL`, and are killed again and again.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
HARNESS = ROOT / "tests" / "office" / "operations" / "harness.py"
MOST = 400
"""Entries acknowledged before a kill, at most."""
DARVOZA = [sys.executable, "-m", "darvoza.cli.main"]


def run(*words: object) -> float:
    """Run a command; give its seconds."""
    began = time.perf_counter()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    subprocess.run([*DARVOZA, *map(str, words)], cwd=ROOT, env=clean, check=True, capture_output=True)
    return time.perf_counter() - began


def office(place: Path, declarations: int) -> None:
    """Make an office of a month; tell what it takes."""
    world, made, home = place / "world", place / "run", place / "office"
    run("simulate", "--months", 1, "--per-month", declarations, "--out", world)
    [file] = (world / "declarations").glob("*.csv")
    mapping = ["--mapping", "mappings/own.yaml"]
    run("assess", file, *mapping, "--profiles", "profiles", "--capacity", "0.1", "--out", made)
    took = run("office", "demo", made, "--declarations", file, *mapping, "--home", home)
    size = (home / "office.sqlite3").stat().st_size
    print(f"office of {declarations:,} declarations: taken in with start-up in {took:.1f} s")
    print(f"room: {size / 1024**2:.1f} MB, {size / declarations / 1024:.1f} kB a declaration with all about it")
    backup = run("office", "backup", "--home", home, "--out", place / "backup")
    restore = run("office", "restore", place / "backup", "--home", place / "restored")
    print(f"backup {backup:.1f} s, restore with the journal recomputed {restore:.1f} s, start-up included in each")
    print(f"memory of a process that answers: {memory(home):.0f} MB")


def memory(home: Path) -> float:
    """Give the resident memory of a process of the server after a few requests [MB]."""
    words = [*DARVOZA, "serve", "--home", str(home), "--bind", "127.0.0.1:18471", "--processes", "1"]
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                with urlopen("http://127.0.0.1:18471/health/ready", timeout=30) as answer:
                    answer.read()
                break
            except OSError:
                time.sleep(0.2)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        lines = Path(f"/proc/{children[0]}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
    finally:
        server.terminate()
        server.wait()


def kills(place: Path, rounds: int) -> None:
    """Kill writers; tell what was lost."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    words = [sys.executable, str(HARNESS), "kills", str(place), str(rounds), "7", str(MOST)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=clean)
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{found['kills']} writers killed, {found['acknowledged']:,} entries acknowledged, {found['lost']} lost, "
        f"{found['faults']} faults in a journal of {found['entries']:,}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--declarations", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        office(Path(place), options.declarations)
        kills(Path(place) / "journal", options.rounds)


if __name__ == "__main__":
    main()
