"""What stands in deploy/ can be read by what reads it, runs commands that exist, and is closed."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from architecture.house import ROOT
from architecture.test_documentation import GENERATOR

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))

CLOSING = re.compile(r"(Private|Protect|Restrict|NoNew|Lock|Capability|SystemCall|UMask)\w*=")
"""What closes a unit, but for the places that it may write in."""


def commands(text: str) -> list[list[str]]:
    """Commands of Darvoza that a file runs, as words; those in YAML lists and in lines."""
    plain = re.sub(r" +", " ", re.sub(r'[\[\],"\']', " ", text))
    found = re.findall(r"(?:^|[\s/])darvoza ((?:serve|office|doctor|worker|post|journal|key)\b[^\n&)]*)", plain)
    return [line.split() for line in found]


@pytest.mark.parametrize(
    "path", [path for path in DEPLOY.rglob("*") if path.is_file()], ids=lambda path: path.relative_to(DEPLOY).as_posix()
)
def test_every_command_that_is_run_exists_with_its_options(path: Path) -> None:
    known = {
        name.removeprefix("darvoza "): {flag for action in each._actions for flag in action.option_strings}
        for name, each in GENERATOR.commands(GENERATOR.build_parser())
    }
    for words in commands(path.read_text(encoding="utf-8")):
        name = next((" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in known), None)
        assert name is not None, (path.name, words)
        flags = {word for word in words if re.match(r"--[a-z]", word)}
        assert flags <= known[name], (path.name, words)


def test_the_files_run_something() -> None:
    found = [
        words for path in DEPLOY.rglob("*") if path.is_file() for words in commands(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 8


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_as_a_user_of_its_own_and_may_touch_little(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("User=darvoza", "UMask=0077", "ProtectSystem=strict", "ProtectHome=yes", "NoNewPrivileges=yes"):
        assert f"\n{line}\n" in text, line


def test_what_a_timer_starts_is_closed_as_what_answers_is() -> None:
    """It reads the key of the draw, or all that the office knows, and needs no more of the machine."""
    closed = {
        unit.name: {line for line in unit.read_text(encoding="utf-8").splitlines() if CLOSING.match(line)}
        for unit in UNITS
    }
    for name, lines in closed.items():
        assert lines == closed["darvoza.service"], name


def test_systemd_finds_no_fault_with_the_units() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not there")
    units = [str(path) for path in (DEPLOY / "systemd").iterdir() if path.suffix in {".service", ".timer"}]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    faults = [line for line in done.stderr.splitlines() if "/deploy/" in line and "is not executable" not in line]
    assert faults == []


def test_the_image_has_what_its_package_is_built_with() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^COPY [^\n]*\bhatch_build\.py\b", text, re.MULTILINE)
    assert (ROOT / "hatch_build.py").is_file()
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert [name for name in shipped if f"\nCOPY {name} {name}\n" not in text] == []


def test_the_guide_makes_the_key_as_somebody_who_may_write_where_it_lies() -> None:
    """The directory belongs to root, and the one who draws may not put another key in its place."""
    text = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    [as_root, as_office, *_] = re.findall(r"```shell\n(.*?)```", text[text.index("## One machine") :], re.DOTALL)
    assert "install -d -m 750 -o root -g darvoza /etc/darvoza\n" in as_root
    assert as_root.index("darvoza key new") < as_root.index("chown darvoza:darvoza /etc/darvoza/key.json")
    assert "key new" not in as_office
    assert as_office.index("first-run") < as_office.index("office keys")


UPGRADING = (
    "systemctl stop", "office backup", "git pull", "make .venv", "office migrate", "office doctor", "systemctl start",
)  # fmt: skip


@pytest.mark.parametrize("failing", [*UPGRADING[1:-2], None])
def test_an_upgrade_as_the_guide_tells_it_stops_at_the_line_that_fails(tmp_path: Path, failing: str | None) -> None:
    """Nothing is fetched or upgraded of which there is no copy; the doctor alone stops nothing: it misses the stopped worker."""
    text = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    [told, *_] = re.findall(r"```shell\n(.*?)```", text[text.index("## Upgrade") :], re.DOTALL)
    log, stubs = tmp_path / "log", tmp_path / "stubs"
    stubs.mkdir()
    for name in ("systemctl", "runuser", "git", "make"):
        stub = stubs / name
        failed = f'case "{name} $*" in *"{failing or "office doctor"}"*) exit 1;; esac\n'
        stub.write_text(f'#!/bin/sh\necho "{name} $*" >> "{log}"\n{failed}', encoding="utf-8")
        stub.chmod(0o755)
    path = {"PATH": f"{stubs}:{os.environ['PATH']}"}
    subprocess.run(["bash"], input=told.replace("/opt/darvoza", str(tmp_path)), text=True, env=path, check=False)
    lines = log.read_text(encoding="utf-8").splitlines()
    done = [next(step for step in UPGRADING if step in line) for line in lines]
    assert done == list(UPGRADING[: UPGRADING.index(failing) + 1] if failing else UPGRADING)


def documents(path: Path) -> list[dict[str, Any]]:
    """The documents of a YAML file."""
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]


NIGHT = ("office keys", "office expire", "doctor --journal")


@pytest.mark.parametrize("failing", [*NIGHT, None])
@pytest.mark.parametrize("of", ["unit", "job"])
def test_what_fails_at_night_keeps_nothing_else_from_running_and_is_told(
    tmp_path: Path, of: str, failing: str | None
) -> None:
    if of == "unit":
        unit = (DEPLOY / "systemd" / "darvoza-nightly.service").read_text(encoding="utf-8").replace("\\\n", "")
        [told] = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
        script = told.replace("$$", "$").replace("/opt/darvoza/.venv/bin/", "")
    else:
        [job] = documents(DEPLOY / "kubernetes" / "nightly.yaml")
        [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        shell, script = container["command"][:2], container["command"][2]
        assert shell == ["sh", "-c"]
    log, stub = tmp_path / "log", tmp_path / "darvoza"
    stub.write_text(f'#!/bin/sh\necho "$*" >> {log}\ncase "$*" in "{failing or "nothing"}"*) exit 1;; esac\n')
    stub.chmod(0o755)
    ran = subprocess.run(["sh", "-c", script], env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=False)
    done = [next(step for step in NIGHT if line.startswith(step)) for line in log.read_text().splitlines()]
    assert (tuple(done), ran.returncode) == (NIGHT, 1 if failing else 0)


def test_the_worker_is_started_wherever_the_office_is() -> None:
    units = {
        line for unit in UNITS for line in unit.read_text(encoding="utf-8").splitlines() if "/darvoza worker" in line
    }
    assert units == {"ExecStart=/opt/darvoza/.venv/bin/darvoza worker"}
    [told] = documents(DEPLOY / "compose.yaml")
    assert told["services"]["worker"]["command"] == ["darvoza", "worker"]
    running = [each for path in MANIFESTS for each in documents(path) if each["kind"] == "Deployment"]
    commands = [each["spec"]["template"]["spec"]["containers"][0]["command"] for each in running]
    assert ["darvoza", "worker"] in commands


def test_the_composed_office_is_closed_and_its_database_checks_its_pages() -> None:
    [told] = documents(DEPLOY / "compose.yaml")
    office, database = told["services"]["office"], told["services"]["database"]
    for closed in (office, told["services"]["worker"]):
        assert closed["cap_drop"] == ["ALL"]
        assert closed["read_only"] is True
    assert "ports" not in told["services"]["worker"]
    assert [port for port in office["ports"] if not port.startswith("127.0.0.1:")] == []
    assert database["environment"]["POSTGRES_INITDB_ARGS"] == "--data-checksums"
    assert "ports" not in database
    assert "password" not in str(told).lower().replace("postgres_password_file", "")
    assert re.search(r":\d", database["image"])


def pods(path: Path) -> list[dict[str, Any]]:
    """The pods of a manifest."""
    specs = [each["spec"] for each in documents(path) if each["kind"] in {"Deployment", "Job", "CronJob"}]
    return [spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"] for spec in specs]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_every_pod_has_the_home_that_all_share_and_can_read_the_key(path: Path) -> None:
    for pod in pods(path):
        assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert volumes["home"]["persistentVolumeClaim"] == {"claimName": "home"}
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            places = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
            assert places["/var/lib/darvoza"] == "home"
            assert set(places.values()) <= set(volumes)
        for volume in volumes.values():
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] & 0o040, "a file of root that nobody else can read"
                assert not volume["secret"]["defaultMode"] & 0o007


def test_the_first_administrator_is_made_somewhere() -> None:
    said = [words for path in MANIFESTS for words in commands(path.read_text(encoding="utf-8"))]
    assert ["office", "first-run"] in [words[:2] for words in said]


def test_what_is_composed_copies_the_office_and_has_its_nights() -> None:
    [told] = documents(DEPLOY / "compose.yaml")
    for name, command in (("nightly", "office expire --now"), ("backup", "office backup --keep")):
        service = told["services"][name]
        assert f"darvoza {command}" in str(service["command"])
        assert "home:/var/lib/darvoza" in service["volumes"]
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_say_that_they_were_not_run_and_every_container_is_closed(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# NOT RUN")
    assert pods(path)
    for pod in pods(path):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            closed = container["securityContext"]
            assert closed["readOnlyRootFilesystem"] is True
            assert closed["allowPrivilegeEscalation"] is False
            assert closed["capabilities"] == {"drop": ["ALL"]}
            assert re.search(r":\d", container["image"])


def test_the_probes_ask_addresses_that_exist() -> None:
    from django.urls import resolve

    paths = re.findall(r"path: (/health/\w+)", (DEPLOY / "kubernetes" / "office.yaml").read_text(encoding="utf-8"))
    assert sorted(resolve(path).view_name for path in paths) == ["operations:live", "operations:ready"]


def test_the_database_keeps_what_it_acknowledges_and_logs_no_values() -> None:
    text = (DEPLOY / "postgresql" / "darvoza.conf").read_text(encoding="utf-8")
    told = dict(re.findall(r"^(\w+) = ([^#\n]+?)\s*(?:#.*)?$", text, re.MULTILINE))
    assert {name: told[name] for name in ("fsync", "full_page_writes", "synchronous_commit")} == {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
    }
    assert (told["log_parameter_max_length"], told["log_statement"]) == ("0", "none")


def test_the_proxy_lets_through_streams_and_hands_addresses_on_as_they_came() -> None:
    from django.urls import resolve

    from darvoza.office.api.bodies import LARGEST_STREAM
    from darvoza.office.shell.bodies import LARGEST

    text = (DEPLOY / "nginx" / "darvoza.conf").read_text(encoding="utf-8")
    stream = text.partition("location = /api/v1/declarations/stream {")[2].partition("}")[0]
    assert f"client_max_body_size {LARGEST_STREAM // 2**20}m;" in stream
    photos = min(int(most) for most in re.findall(r"client_max_body_size (\d+)m;", text))
    assert photos * 2**20 > LARGEST
    assert resolve("/api/v1/declarations/stream").view_name == "api:stream"
    # with a path after the address, what was sent as %2F would be handed on as a slash
    assert set(re.findall(r"proxy_pass ([^;]+);", text)) == {"http://127.0.0.1:8000"}


def test_the_proxy_of_a_distribution_that_is_kept_for_long_reads_its_file(tmp_path: Path) -> None:
    """That of Debian 12 knows no `http2 on;`, and one of today takes both."""
    text = (DEPLOY / "nginx" / "darvoza.conf").read_text(encoding="utf-8")
    told = re.sub(r"#.*", "", text)
    assert re.search(r"^\s*http2\b", told, re.MULTILINE) is None
    assert "listen 443 ssl http2;" in told
    nginx, openssl = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        return
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=darvoza.customs.example", "-days", "1"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([openssl, *made, *files], check=True, capture_output=True)
    inner, outer = tmp_path / "darvoza.conf", tmp_path / "nginx.conf"
    inner.write_text(text.replace("/etc/darvoza/tls", str(tmp_path)), encoding="utf-8")
    outer.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include {inner}; }}", "utf-8")
    done = subprocess.run([nginx, "-t", "-q", "-c", str(outer)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_secret_is_written_into_the_tree() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            assert not re.search(
                r"(?i)(password|secret|token)\s*[:=]\s*['\"]?[A-Za-z0-9+/]{12,}", path.read_text("utf-8")
            ), path
