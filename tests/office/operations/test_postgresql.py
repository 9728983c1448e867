"""PostgreSQL keeps what it acknowledges: by its settings, which are looked at, and by the order of its calls to the system."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.clusters import Cluster, newest
from benchmarks.kills import Office

from architecture.house import ROOT
from office.operations.test_durability import run
from sql_tables import absent

COMMITTED = re.compile(r'sendto\(.*"C.*COMMIT')
WRITTEN, KEPT = (
    re.compile(r"pwrite64\(\d+<[^>]*/pg_wal/"),
    re.compile(r"(?:fdatasync|fsync)\(|<\.\.\. f(?:data)?sync resumed"),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of its own, whose settings may be changed."""
    if newest() is None:
        absent("PostgreSQL", FileNotFoundError("initdb"))
    made = Cluster()
    made.start()
    yield made
    made.remove()


def doctor(office: Office) -> str:
    """Give what the doctor says of durability."""
    said = subprocess.run(
        office.words("doctor"), env=office.environment, check=False, capture_output=True, text=True
    ).stdout
    [line] = [each for each in said.splitlines() if " durability: " in each]
    return line


def test_the_doctor_tells_settings_by_which_acknowledged_work_is_lost(cluster: Cluster, tmp_path: Path) -> None:
    office = Office(tmp_path, cluster.address, ROOT / "profiles")
    office.prepare()
    assert doctor(office).startswith("well")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        cluster.kill()
        cluster.settings = {name: "off"}
        cluster.start()
        assert doctor(office).startswith(f"failed   durability: off: {name};")
    cluster.kill()
    cluster.settings = {}
    cluster.start()


def test_a_commit_is_answered_after_its_log_is_on_the_disk(cluster: Cluster, tmp_path: Path) -> None:
    calls = calls_of(cluster, tmp_path)
    kept: dict[str, str] = {}
    in_order = 0
    for call in calls:
        process = call.split()[0]
        if WRITTEN.search(call):
            kept[process] = "written"
        elif KEPT.search(call) and kept.get(process) == "written":
            kept[process] = "kept"
        elif COMMITTED.search(call):
            before = kept.pop(process, "")
            assert before != "written", "acknowledged while it was on its way"
            in_order += before == "kept"
    assert in_order >= 3, "too few commits wrote their log themselves for this to tell anything"


def calls_of(cluster: Cluster, place: Path) -> list[str]:
    """What five acknowledged entries have a cluster ask of the system."""
    program = shutil.which("strace")
    log, first = place / "log", cluster.processes()[0]
    if program is None:
        pytest.skip("strace is not there: what is below the database is not looked at")
    words = ["-f", "-y", "-s", "40", "-e", "trace=pwrite64,fdatasync,fsync,sendto", "-o", str(log), "-p", str(first)]
    with subprocess.Popen([program, *words], stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr is not None
        if "attached" not in watching.stderr.readline():
            pytest.skip("strace may not be used: what is below the database is not looked at")
        time.sleep(0.2)
        assert run("acknowledge", place / "home", 5, database=cluster.address) == {"failed": ""}
        watching.terminate()
    return log.read_text(encoding="utf-8", errors="replace").splitlines()
