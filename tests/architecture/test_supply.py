"""What Darvoza is made of: pinned, listed, and asked about."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from architecture.house import ROOT

BIN = Path(sys.executable).parent
TODAY = date(2026, 3, 1)


def load(name: str) -> ModuleType:
    """Load a script of .ci."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AUDIT = load("audit")


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    """What pip-audit tells."""
    return {"dependencies": list(packages)}


SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {
    "name": "weak",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"]}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code"), [([SOUND], 0), ([SOUND, WEAK], 1), ([SOUND, UNKNOWN], 2), ([WEAK, UNKNOWN], 1), ([], 2)]
)
def test_an_audit_that_could_not_ask_is_not_one_that_found_nothing(packages: list[dict[str, Any]], code: int) -> None:
    assert AUDIT.read(report(*packages), set()).code == code


def test_a_waiver_ends_with_its_day() -> None:
    lines = ["# why", "", "CVE-2026-1 2026-03-01 not reachable: we never call it"]
    assert AUDIT.read(report(WEAK), AUDIT.waivers(lines, TODAY)).code == 0
    assert AUDIT.read(report(WEAK), AUDIT.waivers(lines, date(2026, 3, 2))).code == 1
    with pytest.raises(ValueError, match="unpack"):
        AUDIT.waivers(["CVE-2026-1 2026-03-01"], TODAY)


def pinned(name: str) -> dict[str, str]:
    """Packages of a lock file with their versions."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["default.txt", "develop.txt"])
def test_every_package_is_pinned_with_its_digest(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pinned(name)) > 30
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_bill_of_materials_names_every_package_that_darvoza_runs_on(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    words = [
        "requirements",
        "requirements/default.txt",
        "--pyproject",
        "pyproject.toml",
        "--of",
        "JSON",
        "-o",
        str(out),
    ]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run([BIN / "cyclonedx-py", *words], cwd=ROOT, check=True, capture_output=True, env=quiet)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    assert {each["name"]: each["version"] for each in told["components"]} == pinned("default.txt")
