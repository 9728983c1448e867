"""A PostgreSQL cluster of one's own, which can be killed with everything in it and started again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

INSTALLED: Final = Path("/usr/lib/postgresql")
SUPERUSER: Final = "postgres"


def newest() -> Path | None:
    """Give the directory of the newest PostgreSQL of this machine; nothing when there is none."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Cluster:
    """A cluster.

    Parameters
    ----------
    place
        An existing directory for its data; a temporary one where nothing is given.
    settings
        What is set otherwise than PostgreSQL sets it.
    """

    place: Path | None = None
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    home: Path = field(init=False)
    server: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        """Make its directory, and the cluster in it."""
        self.home = Path(tempfile.mkdtemp(prefix="cluster-"))
        owned = [self.home]
        if self.place is not None:
            owned.append(self.place)
        if os.geteuid() == 0:
            for each in owned:
                shutil.chown(each, SUPERUSER)
        self.data = (self.place or self.home) / "data"
        words = [self._program("initdb"), "-D", str(self.data), "-U", SUPERUSER, "-A", "trust", "--no-sync"]
        subprocess.run(words, cwd="/", check=True, capture_output=True, **_who())

    @property
    def address(self) -> str:
        """The address of a database in it."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it has recovered."""
        told = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.home),
        } | self.settings
        options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
        words = [self._program("postgres"), "-D", str(self.data), *options]
        with (self.home / "log").open("ab") as log:
            self.server = subprocess.Popen(words, cwd="/", stdout=log, stderr=log, start_new_session=True, **_who())
        limit = time.monotonic() + 60
        asked = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(asked, check=False).returncode:
            if self.server.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"it does not start: {(self.home / 'log').read_text()[-1000:]}")
            time.sleep(0.02)

    def processes(self) -> list[int]:
        """Give its processes, the first of which made the others; none when it does not run."""
        if self.server is None:
            return []
        first = self.server.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def kill(self) -> None:
        """Kill all its processes with SIGKILL."""
        if self.server is None:
            return
        os.kill(self.server.pid, signal.SIGSTOP)  # it makes no more
        doomed = self.processes()
        for process in reversed(doomed):
            os.kill(process, signal.SIGKILL)
        self.server.wait()
        self.server = None
        limit = time.monotonic() + 30
        while any(map(_lives, doomed)):
            if time.monotonic() > limit:
                raise TimeoutError(f"processes of the cluster outlived SIGKILL: {doomed}")
            time.sleep(0.005)

    def remove(self) -> None:
        """Kill it, and take its directory away."""
        self.kill()
        shutil.rmtree(self.home)

    def _program(self, name: str) -> str:
        where = newest()
        if where is None:
            raise FileNotFoundError(f"no PostgreSQL in {INSTALLED}")
        return str(where / name)


def _who() -> dict[str, Any]:
    """As whom to run: a server refuses to run as root."""
    if os.geteuid():
        return {}
    account = pwd.getpwnam(SUPERUSER)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _lives(process: int) -> bool:
    """Tell whether a process runs; one that waits to be counted as dead does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except OSError:
        return False
