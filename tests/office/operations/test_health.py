"""Whether the office says when it is well, and when it is not."""

import io
import json
import logging
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as office_settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import End
from darvoza.office.journal.services import record_alone
from darvoza.office.operations import queries
from darvoza.office.operations.counting import BOUNDS, Area, Counts
from darvoza.office.operations.logs import _OF_THE_SERVER, JsonFormatter
from darvoza.office.operations.probes import Finding, Health, worst
from office.sample import NOW, load_sample
from people import Cast

READY, LIVE, METRICS = "/health/ready", "/health/live", "/metrics"
PERSONAL = ("Айгуль Сатпаева", "01KG777ABC", "aigul@example.org", "KG-AKT-000001")
"""What stands in a declaration or a form, and must never stand in the log."""


def told(client: Client) -> tuple[int, dict[str, str]]:
    """What the office says of itself."""
    answer = client.get(READY)
    return answer.status_code, answer.json()["probes"]


@pytest.mark.django_db
def test_an_office_in_order_is_ready_and_says_so_to_anybody() -> None:
    record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    status, probes = told(Client())
    assert status == 200
    assert probes == {
        "database": "well",
        "migrations": "well",
        "journal": "well",
        "keys": "warning",
        "gate": "warning",
        "disk": probes["disk"],
    }


def test_to_be_alive_asks_nothing_of_the_database(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:  # noqa: ARG001
    with django_assert_num_queries(0):
        assert Client().get(LIVE).json() == {"live": True}


@pytest.mark.django_db
def test_a_journal_whose_end_was_moved_makes_the_office_not_ready() -> None:
    record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    End.objects.update(head="ab" * 32)
    status, probes = told(Client())
    assert (status, probes["journal"]) == (503, "failed")


@pytest.mark.django_db
def test_a_database_that_cannot_be_written_makes_it_not_ready_while_reading_works(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_sample()

    def full(_now: datetime) -> None:
        raise OperationalError("database or disk is full")

    officer = cast.browser("timur")
    officer.get("/declarations/")
    monkeypatch.setattr(queries, "beat", full)
    status, probes = told(Client())
    assert (status, probes["database"]) == (503, "failed")
    assert officer.get("/declarations/").status_code == 200


def test_a_disk_without_room_makes_it_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, health in (
        (queries.LEAST_FREE - 1, "failed"),
        (queries.LEAST_FREE, "warning"),
        (queries.LOW_FREE, "well"),
    ):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert queries.room(tmp_path / "not" / "yet").health == health


@pytest.mark.django_db
def test_a_clock_before_the_journal_is_told() -> None:
    record_alone(EntryKind.ORDER, "KG-1", by="asel", now=NOW)
    assert queries.clock(NOW - timedelta(hours=1)).health is Health.FAILED
    assert queries.clock(NOW - timedelta(minutes=1)).health is Health.WELL


def test_the_key_of_the_state_is_looked_at_wherever_it_lies(tmp_path: Path) -> None:
    home, apart = tmp_path / "home", tmp_path / "etc"
    for directory in (home, apart):
        directory.mkdir(mode=0o700)
    (apart / "ring.json").write_text("{}")
    (home / "gate.yaml").write_text(f"key_file: {apart / 'ring.json'}\n")
    for path, mode in ((apart / "ring.json", 0o640), (home / "gate.yaml", 0o600)):
        path.chmod(mode)
    [found] = queries.guarded_files(home, home / "gate.yaml")
    assert (found.health, found.found) == (Health.FAILED, f"{apart / 'ring.json'}: others can read it")
    (apart / "ring.json").chmod(0o600)
    assert list(queries.guarded_files(home, home / "gate.yaml")) == []
    (home / "gate.yaml").write_text("key_file: [1]\n")
    assert list(queries.guarded_files(home, home / "gate.yaml")) == []


def test_a_key_that_is_mounted_for_a_group_is_warned_of_and_one_for_everybody_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.json"
    key.write_text("{}")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    for mode, health in ((0o440, Health.WARNING), (0o444, Health.FAILED), (0o660, Health.FAILED)):
        key.chmod(mode)
        told = [each.health for each in queries.guarded_files(tmp_path) if "others can read it" in each.found]
        assert told == [health], oct(mode)


def test_the_worst_finding_counts() -> None:
    found = [Finding("a", each, "") for each in (Health.WARNING, Health.FAILED, Health.WELL)]
    assert worst(found) is Health.FAILED
    assert worst([]) is Health.WELL


@pytest.mark.django_db
def test_a_database_that_is_away_gives_503_and_releases_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = cast.browser("timur")
    browser.raise_request_exception = False

    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("darvoza.office.registry.views.find", away)
    answer = browser.get("/declarations/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "nothing is released" in answer.text
    assert "refused" not in answer.text


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_metrics_are_told_to_whoever_has_the_token_and_to_nobody_else(cast: Cast) -> None:
    load_sample()
    cast.browser("timur").get("/declarations/")
    bearer = {"authorization": f"Bearer {office_settings.METRICS_TOKEN}"}
    text = Client().get(METRICS, headers=bearer).text
    assert 'darvoza_orders{state="waiting"} 4\n' in text
    assert "darvoza_database_up 1\n" in text
    assert 'darvoza_deliveries{state="dead"} 0\n' in text
    assert "\ndarvoza_worker_last_seconds 0" in text
    assert "\ndarvoza_gate_alarms " in text
    assert 'darvoza_requests_total{area="pages",status="2xx"}' in text
    for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": "Bearer "}):
        assert Client().get(METRICS, headers=wrong).status_code == 401


def test_without_a_token_in_the_settings_nobody_is_told(settings: SimpleNamespace) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get(METRICS, headers={"authorization": "Bearer "}).status_code == 401


def test_every_line_of_the_metrics_has_a_name_and_a_number(db: None) -> None:  # noqa: ARG001
    bearer = {"authorization": f"Bearer {office_settings.METRICS_TOKEN}"}
    lines = [line for line in Client().get(METRICS, headers=bearer).text.splitlines() if not line.startswith("#")]
    assert len(lines) > 40
    for line in lines:
        name, value = line.rsplit(" ", 1)
        assert name.startswith("darvoza_")
        assert float(value) >= 0


def test_counts_of_several_processes_are_added_up() -> None:
    counts = Counts()
    for row in (0, 3, 63, 0):
        counts.take_row(row)
        counts.note(Area.API, 503, 0.03)
    assert counts.requests(Area.API) == {"2xx": 0, "3xx": 0, "4xx": 0, "5xx": 4}
    assert counts.requests(Area.PAGES)["5xx"] == 0
    assert counts.durations(Area.API) == [0 if bound < 0.03 else 4 for bound in BOUNDS] + [4]
    assert counts.seconds(Area.API) == pytest.approx(0.12)


# ── log ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def log() -> object:
    """Everything that is logged, as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)


def test_nothing_that_came_in_stands_in_the_log(cast: Cast, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = cast.browser("timur")
    browser.raise_request_exception = False
    name, plate, mail, reference = PERSONAL

    def fails(*_: object) -> None:
        raise ValueError(f"no such importer: {name} {plate}")

    monkeypatch.setattr("darvoza.office.registry.views.find", fails)
    assert browser.get("/declarations/", {"q": f"{name} {plate}"}).status_code == 500
    browser.get(f"/declarations/{reference}/")
    browser.post("/account/sign-in/", {"login": mail, "password": name})
    logging.getLogger("library").error("%s could not be sent to %s", name, mail)
    logging.getLogger("library").error(f"{name} could not be sent")  # noqa: G004 - what a library might do
    lines = log.getvalue().splitlines()
    assert len(lines) >= 5
    assert [each for each in PERSONAL if each in log.getvalue() or json.dumps(each)[1:-1] in log.getvalue()] == []
    read = [json.loads(line) for line in lines]
    assert {"registry:declarations"} <= {line.get("route") for line in read}
    assert any("builtins.ValueError" in line.get("error", {}).get("kinds", []) for line in read)


@pytest.mark.django_db
def test_a_request_that_was_refused_is_one_line_of_the_log(log: io.StringIO) -> None:
    assert Client().get("/api/v1/gate").status_code == 401
    assert Client().get("/no/such/page/").status_code == 404
    read = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line.get("status") for line in read if line["logger"].startswith(("darvoza", "django.request"))] == [
        401,
        404,
    ]


def test_a_line_break_cannot_imitate_a_line(log: io.StringIO) -> None:
    logging.getLogger("darvoza.x").error('well\n{"level":"info"}')
    assert len(log.getvalue().splitlines()) == 1


FROM_REQUESTS = (
    "Invalid request from ip=127.0.0.1: Invalid HTTP Version: 'Petrov HTTP/1.1'",
    "Invalid request from ip=127.0.0.1: Invalid HTTP header name: 'Passport AB1234567'",
    "Invalid request from ip=127.0.0.1: Invalid method name: 'connection to Petrov failed: [Errno 1] No'",
)


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING, logging.ERROR])
def test_nothing_of_a_request_that_the_server_could_not_read_stands_in_the_log(log: io.StringIO, level: int) -> None:
    server = logging.getLogger("gunicorn.error")
    for words in FROM_REQUESTS:
        server.log(level, words)
    server.log(level, "Error handling request %s %s", "GET", "/declarations/?q=Petrov")
    assert len(log.getvalue().splitlines()) == 4
    assert log.getvalue().count('"Invalid request"') == 3
    assert [each for each in ("Petrov", "Passport", "127.0.0.1") if each in log.getvalue()] == []


def test_what_the_server_says_of_its_port_and_its_processes_can_be_read(log: io.StringIO) -> None:
    server = logging.getLogger("gunicorn.error")
    server.error("Connection in use: %s", "('127.0.0.1', 8000)")
    server.error("connection to ('127.0.0.1', 8000) failed: [Errno 98] Address already in use")
    server.error("Worker (pid:%s) exited with code %s.", 12, 3)
    server.info("Listening at: %s (%s)", "http://127.0.0.1:8000", 7)
    assert [json.loads(line)["event"] for line in log.getvalue().splitlines()] == [
        "Connection in use: ('127.0.0.1', 8000)",
        "connection to ('127.0.0.1', 8000) failed: [Errno 98] Address already in use",
        "Worker (pid:12) exited with code 3.",
        "Listening at: http://127.0.0.1:8000 (7)",
    ]


def test_the_server_says_these_words() -> None:
    import gunicorn

    source = "".join(
        (Path(gunicorn.__file__).parent / name).read_text() for name in ("arbiter.py", "sock.py", "workers/gthread.py")
    )
    said = [words.removesuffix(" Perhaps out of memory?") for words in _OF_THE_SERVER]
    assert [words for words in said if f'"{words}"' not in source] == []


def test_the_server_logs_as_the_office_does() -> None:
    from darvoza.office.commands.serve import _logging

    told_ = _logging()
    assert told_["loggers"]["gunicorn.error"]["handlers"] == ["stderr"]
    assert told_["handlers"]["stderr"]["formatter"] == "json"


def test_what_is_not_a_method_is_not_logged_as_one(log: io.StringIO, db: None) -> None:  # noqa: ARG001
    from darvoza.office.operations.watching import Watching

    with connection.cursor():
        request = RequestFactory().generic("AIGUL", "/")
    request.resolver_match = None
    from django.http import HttpResponse

    Watching(lambda _: HttpResponse())(request)
    assert "AIGUL" not in log.getvalue()
    assert '"method": "other"' in log.getvalue()


# ── a disk that is really full ───────────────────────────────────────────────────────────────────────────────────────

FULL_DISK = """
import os, pathlib, sys
from argparse import Namespace
home = pathlib.Path(sys.argv[1])
from darvoza.office.commands import migrate
migrate.run(Namespace(home=home))
(home / "secret").write_text("s" * 60)
from django.conf import settings
settings.SECURE_SSL_REDIRECT, settings.SECRET_KEY, settings.ALLOWED_HOSTS = False, "s" * 60, ["testserver"]
from django.test import Client
from darvoza.office.operations import queries
queries.LEAST_FREE = 0
print(Client().get("/health/ready").status_code)
room = os.open(home / "filler", os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(room, bytes(4096))
except OSError as problem:
    print(problem.strerror)
full = Client().get("/health/ready")
print(full.status_code, full.json()["probes"]["database"], Client().get("/account/sign-in/").status_code)
os.close(room); os.unlink(home / "filler")
print(Client().get("/health/ready").status_code)
"""


def test_a_full_disk_turns_the_office_red_and_room_turns_it_ready_again(tmp_path: Path) -> None:
    mount = [
        "unshare",
        "-m",
        "sh",
        "-c",
        'mount -t tmpfs -o size=3m none "$1" && shift && exec "$@"',
        "sh",
        str(tmp_path),
    ]
    possible = subprocess.run([*mount, "true"], capture_output=True, check=False) if sys.platform == "linux" else None
    if possible is None or possible.returncode:
        pytest.skip("a small disk cannot be made here: it takes the right to mount one")
    program = [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(tmp_path)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    found = subprocess.run([*mount, *program], capture_output=True, text=True, check=False, timeout=60, env=clean)
    assert found.stdout.splitlines()[1:] == ["200", "No space left on device", "503 failed 200", "200"], found.stderr


def test_the_moment_of_the_pulse_is_kept(db: None) -> None:  # noqa: ARG001
    from darvoza.office.operations.models import Pulse
    from darvoza.office.operations.services.pulse import beat

    for hour in (1, 2):
        beat(datetime(2026, 3, 1, hour, tzinfo=UTC))
    assert [pulse.at.hour for pulse in Pulse.objects.all()] == [2]
