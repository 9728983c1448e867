"""How long the gate takes to open, by how much was lodged at it before: nothing, ten thousand, a hundred thousand declarations.

Trade of the practice world is decided and kept as the interface keeps it. Then a process of its own opens the gate: once as
after a restart, when it finds what it remembered, and once when it has to read everything that was lodged.

    python benchmarks/opening.py --declarations 10000
    python benchmarks/opening.py --declarations 100000 --database postgresql://USER@HOST:PORT/NAME   # an empty one
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import polars as pl  # noqa: E402 - found once the path is set

from darvoza.cli.main import main as darvoza_main  # noqa: E402
from darvoza.flow.gate.records import plain_rows  # noqa: E402
from darvoza.flow.inspection.orders import orders  # noqa: E402
from darvoza.flow.intake.intake import take_in  # noqa: E402
from darvoza.flow.intake.mapping import load_mapping  # noqa: E402
from darvoza.flow.intake.versions import latest_versions  # noqa: E402
from darvoza.flow.pipeline import Assessed, assess_all  # noqa: E402
from darvoza.flow.selectivity.memory_file import memory_text  # noqa: E402

CHUNK = 1_000
STATE = "profiles: {profiles}\nkey_file: key.json\nmodel: {model}\ncompetence: {competence}\n"
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def darvoza(*words: object) -> None:
    """Run a command."""
    if darvoza_main([*map(str, words)]) != 0:
        raise SystemExit(f"{words[0]} failed")


def prepare(home: Path, world: Path, count: int) -> None:
    """Make an office whose gate has decided so many declarations."""
    mapping = ROOT / "mappings" / "own.yaml"
    months = max(4, -(-count // 25_000) + 1)
    darvoza("simulate", "--months", months, "--per-month", max(4_000, -(-count // (months - 1))), "--out", world)
    files = sorted((world / "declarations").glob("*.csv"))
    darvoza("learn", *files[:3], "--mapping", mapping, "--out", home / "model")
    darvoza("key", "new", "--agency", "customs", "--out", home / "key.json")
    competence = ROOT / "reference_data" / "sps_competence.csv"
    state = STATE.format(profiles=ROOT / "profiles", model="model", competence=competence)
    (home / "gate.yaml").write_text(state, encoding="utf-8")
    darvoza("office", "migrate", "--home", home)
    if count:
        lodge(home, files[1:], mapping, count)


def lodge(home: Path, files: list[Path], mapping: Path, count: int) -> None:
    """Decide declarations and keep them as the interface does, a batch at a time."""
    from darvoza.office.api.services.opening import OpenGate  # noqa: PLC0415 - tables exist once Django is loaded

    gate = OpenGate.open(home / "gate.yaml", now=NOW)
    items = latest_versions(take_in(files, load_mapping(mapping)).items)
    names = items["declaration_id"].unique(maintain_order=True).to_list()[:count]
    items = items.filter(items["declaration_id"].is_in(names))
    keep(gate, items, assess_all(items, gate.state.policy), names)


def keep(gate: Any, items: pl.DataFrame, done: Assessed, names: list[str]) -> None:  # noqa: ANN401 - its module needs Django
    """Write what was decided."""
    from darvoza.office.api.models import GateMark, Lodgement  # noqa: PLC0415
    from darvoza.office.api.services.batch import enter_state  # noqa: PLC0415
    from darvoza.office.registry.services.lodging import enter_decided  # noqa: PLC0415

    run = enter_state(gate, NOW)
    ordered = orders(done.decisions, gate.state.policy.profiles)
    parts = [
        {name: each for (name,), each in frame.partition_by("declaration_id", as_dict=True).items()}
        for frame in (items, done.decisions, ordered)
    ]
    for batch, first in enumerate(range(0, len(names), CHUNK), start=1):
        chunk = names[first : first + CHUNK]
        goods, decisions, acts = (pl.concat([part[name] for name in chunk if name in part]) for part in parts)
        enter_decided(plain_rows(goods), plain_rows(decisions), acts.iter_rows(named=True), run=run)
        rows = []
        for name in chunk:
            held = list(plain_rows(parts[1][name]))
            rows.append(
                Lodgement(
                    declaration_id=name, revision=1, kind="lodged", batch=batch, client="benchmark", decided_at=NOW,
                    state=gate.state.digest, post=held[0]["post"], lodged_at=parts[0][name].item(0, "lodged_at"),
                    channel=held[0]["channel"], items=list(plain_rows(parts[0][name])), decisions=held,
                )
            )  # fmt: skip
        Lodgement.objects.bulk_create(rows)
        GateMark.objects.update_or_create(pk=1, defaults={"batch": batch, "memory": memory_text(done.memory)})


OPEN = """
import json, sys, time
began = time.monotonic()
from argparse import Namespace
from pathlib import Path
from darvoza.office.commands.starting import start
start(Namespace(home=Path(sys.argv[1])), secret=False)
django = time.monotonic()
from datetime import datetime, UTC
from darvoza.office.api.services import lodging
loaded = time.monotonic()
before = time.process_time()
lodging.state_in_force(datetime(2026, 7, 1, tzinfo=UTC))
done, cpu = time.monotonic(), time.process_time()
lodging.keep_memory(datetime(2026, 7, 1, tzinfo=UTC))
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024  # its own alone
print(json.dumps({"django": django - began, "imports": loaded - django, "opening": done - loaded, "opening_cpu": cpu - before, "all_cpu": cpu, "peak_mb": peak}))
"""


def opened(home: Path) -> dict[str, float]:
    """Open the gate in a process of its own; give the seconds of each part."""
    ran = subprocess.run([sys.executable, "-c", OPEN, str(home)], capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return {name: round(value, 2) for name, value in said.items()}


def main() -> None:
    """Make the office, open its gate, tell how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--declarations", type=int, default=10_000)
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database; SQLite without it")
    parser.add_argument("--home", type=Path, help="where the office is made, or lies already")
    options = parser.parse_args()
    os.environ |= {"DARVOZA_DATABASE": options.database, "DARVOZA_DEMO": "1"}
    with tempfile.TemporaryDirectory() as place:
        home = options.home or Path(place) / "office"
        if not (home / "gate.yaml").exists():
            home.mkdir(mode=0o700, exist_ok=True)
            prepare(home, Path(place) / "world", options.declarations)
        for what in ("reading everything", "after a restart", "after another one"):
            began = time.monotonic()
            print(what, opened(home), f"{time.monotonic() - began:.2f} s in all", flush=True)


if __name__ == "__main__":
    main()
