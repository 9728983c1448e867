"""A plain view of Django beside the gate: what the machine, the server and one statement cost where nothing is decided.

The view reads a declaration as JSON, keeps it with one statement that is committed before it answers, and does nothing else: no token,
no profile, no draw, no journal. It is served by the same server as the gate, and asked by clients that send a declaration of five goods
items one after another. So figures of the gate can be compared between machines that are not equally fast.

    python benchmarks/plain_view.py --database postgresql://USER@HOST:PORT/NAME
    python benchmarks/plain_view.py                                                   # SQLite
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "benchmarks")]

from benchmarks.clusters import free_port  # noqa: E402 - found once the path is set

GOODS = {
    "hs": "870323",
    "origin": "DE",
    "description": "used passenger cars",
    "gross_mass": "1450.5",
    "net_mass": "1400",
}
BODY = {"post": "3021", "importer_id": "30405060708090", "vehicle_id": "01KG123ABC", "items": [GOODS] * 5}


def application() -> Callable[..., Any]:
    """Give the application, with its one table; run in the server."""
    import django  # noqa: PLC0415 - where the server runs
    from django.conf import settings  # noqa: PLC0415
    from django.http import HttpRequest, JsonResponse  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    from darvoza.office.environment import database_settings  # noqa: PLC0415

    def keep(request: HttpRequest) -> JsonResponse:
        """Keep what was sent."""
        from django.db import connection  # noqa: PLC0415 - once Django is set up

        said = json.loads(request.body)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO plain_kept (post, body) VALUES (%s, %s)", [said["post"], json.dumps(said)])
        return JsonResponse({"post": said["post"], "items": len(said["items"])}, status=201)

    database = database_settings(os.environ["DARVOZA_DATABASE"], Path(os.environ["DARVOZA_HOME"]))
    settings.configure(
        DATABASES={"default": database},
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=(path("kept", keep),),
        SECRET_KEY="only-for-a-benchmark",  # noqa: S106 # nosec B106 - it signs nothing
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS plain_kept (post varchar(20), body text)")
    connection.close()
    return get_wsgi_application()


@contextmanager
def served(database: str, home: Path, threads: int) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Serve it in a process of its own; give its port, and the process."""
    port = free_port()
    words = f"-m gunicorn -k gthread --threads {threads} -w 1 -b 127.0.0.1:{port} benchmarks.plain_view:application()".split()
    environment = {
        **os.environ,
        "DARVOZA_DATABASE": database,
        "DARVOZA_HOME": str(home),
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
    }
    server = subprocess.Popen(
        [sys.executable, *words],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        while not _kept(http.client.HTTPConnection("127.0.0.1", port)):
            time.sleep(0.1)
        yield port, server
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def _kept(connection: http.client.HTTPConnection) -> bool:
    """Send a declaration; tell whether it was kept."""
    try:
        connection.request("POST", "/kept", json.dumps(BODY), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return False
    return answer.status == 201


def spent_by(group: int) -> float:
    """Give the seconds of processor of a group of processes."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(words[2]) == group:
            ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(database: str, home: Path, *, clients: int, threads: int, seconds: float) -> str:
    """Let clients send one after another; tell how many were kept."""
    kept: list[int] = []

    def ask(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            kept.append(_kept(connection))

    with served(database, home, threads) as (port, server):
        began, end = spent_by(server.pid), time.perf_counter() + seconds
        asking = [threading.Thread(target=ask, args=(port,)) for _ in range(clients)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        spent = spent_by(server.pid) - began
    done = sum(kept)
    return f"a plain view with one statement, {clients} clients: {done / seconds:.0f}/s, {done / spent:.0f}/s of a core"


def main() -> int:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        for clients in (1, 16):
            told = measured(
                options.database, Path(home), clients=clients, threads=options.threads, seconds=options.seconds
            )
            print(told)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
