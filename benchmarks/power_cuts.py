"""The power cut again and again while systems lodge: what was acknowledged is kept, whatever the disk forgets.

The office, and PostgreSQL where it is asked for, stand on a file system that forgets what was not synchronised
(`tests/forgetful`). At random moments the disk is cut off, everything that ran is killed, the disk is mounted with what it
kept, and the office is started. Every second cut is torn: any page that was not synchronised may have survived.

    python benchmarks/power_cuts.py --cuts 100 --acknowledged 10000
    python benchmarks/power_cuts.py --cuts 100 --acknowledged 10000 --postgresql
    python benchmarks/power_cuts.py --weakened   # a control, which must lose: synchronous=NORMAL, synchronous_commit=off
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from benchmarks.clusters import Cluster  # noqa: E402 - found once the path is set
from benchmarks.kills import Office, ReadyOffice, Told, check, play, report  # noqa: E402 - as above

from forgetful.mounting import ForgetfulDisk, NotPossible  # noqa: E402 - as above

WEAK = (
    "import darvoza.office.environment as e; e.PRAGMAS = e.PRAGMAS.replace('synchronous=FULL', 'synchronous=NORMAL'); "
    "assert 'NORMAL' in e.PRAGMAS"
)


@dataclass
class Power:
    """What loses its power at once: the disk, and all that runs on it."""

    disk: ForgetfulDisk
    office: Office
    cluster: Cluster | None
    cuts: int = 0

    def kill(self) -> None:
        """Cut the power."""
        self.cuts += 1
        self.disk.cut(self.cuts if self.cuts % 2 == 0 else None)
        self.office.kill()
        if self.cluster is not None:
            self.cluster.kill()

    def start(self) -> None:
        """Bring the power back."""
        self.disk.power_on()
        if self.cluster is not None:
            self.cluster.start()
        self.office.start()


def cut_power(
    place: Path,
    *,
    cuts: int,
    acknowledged: int,
    clients: int,
    postgresql: bool,
    weakened: bool,
    profiles: Path,
    processes: int = 2,
) -> tuple[Told, dict[str, int]]:
    """Lodge while the power is cut; give what was told, and what was found.

    Raises
    ------
    NotPossible
        When a disk that forgets cannot be mounted.
    """
    with ForgetfulDisk(place) as disk:
        cluster = None
        if postgresql:
            place.chmod(0o755)  # it does not run as root
            (disk.mount / "postgresql").mkdir()
            cluster = Cluster(disk.mount / "postgresql", {"synchronous_commit": "off"} if weakened else {})
            cluster.start()
        (disk.mount / "office").mkdir()
        before = WEAK if weakened and not postgresql else ""
        office = ReadyOffice(disk.mount / "office", cluster.address if cluster else "", profiles, before, processes)
        try:
            office.prepare()
            disk.keep_all()
            power = Power(disk, office, cluster)
            told = play(office, power, kills=cuts, acknowledged=acknowledged, clients=clients)
            return told, check(office, told)
        finally:
            office.close()
            if cluster is not None:
                cluster.remove()


def main() -> int:
    """Cut, check, and say what came of it; a control fails when it loses nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=4)
    parser.add_argument("--acknowledged", type=int, default=200)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--weakened", action="store_true")
    parser.add_argument("--profiles", type=Path, default=ROOT / "profiles")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        try:
            told, found = cut_power(
                Path(directory),
                cuts=options.cuts,
                acknowledged=options.acknowledged,
                clients=options.clients,
                postgresql=options.postgresql,
                weakened=options.weakened,
                profiles=options.profiles.resolve(),
                processes=options.processes,
            )
        except NotPossible as problem:
            print(f"a disk that forgets cannot be mounted here: {problem}")
            return 2
    kind = f"power of {'PostgreSQL' if options.postgresql else 'SQLite'}{', weakened' if options.weakened else ''}"
    wrong = report(kind, told, found, time.monotonic() - began)
    return int(not found["lost"]) if options.weakened else wrong


if __name__ == "__main__":
    raise SystemExit(main())
