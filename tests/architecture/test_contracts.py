"""The contracts on imports hold, and each of them breaks when it is broken."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from architecture.house import ROOT, SOURCE

LAYERS = "Doors know the house; the house never knows its doors"
STAGES = "Stages of the flow never import one another; only the composer joins them"
PURE = "The core is pure: no web, no database, no network"
PLAIN = "The domain speaks plain Python"
NUMBERS = "Methods know numbers, not customs"
APPS = "Apps of the office stand in one order"
TABLES = "Only services, queries and mappings touch tables; views ask them"
CYCLES = "No cycles anywhere"
ALL = {LAYERS, STAGES, PURE, PLAIN, NUMBERS, APPS, TABLES, CYCLES}

COMMAND = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]


def broken_contracts(tree: Path) -> set[str]:
    """Check the copy of the house at `tree` and give the names of the contracts it breaks."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [*COMMAND, "--no-cache", "--no-logo"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert set(verdicts) == ALL, f"not every contract was checked:\n{done.stdout}\n{done.stderr}"
    broken = {name for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert (done.returncode != 0) == bool(broken)
    return broken


def contracts() -> list[dict[str, Any]]:
    """The contracts as they stand in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_the_contracts_are_kept() -> None:
    assert broken_contracts(ROOT) == set()


def test_no_import_is_excused_from_a_contract() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_contract_is_known_to_these_tests() -> None:
    assert {contract["name"] for contract in contracts()} == ALL


def test_new_packages_and_new_stages_must_be_given_a_place() -> None:
    assert all(contract["exhaustive"] for contract in contracts() if contract["type"] == "layers")


class Sabotage(NamedTuple):
    """A violation: the files planted, by path below the package, and the contracts that must break."""

    files: dict[str, str]
    breaks: set[str]
    upward: bool = False
    """Whether the import points up the house; where the way down exists too, that also closes a cycle."""


VIOLATIONS = {
    "the domain uses numpy": Sabotage({"domain/planted.py": "import numpy"}, {PLAIN}),
    "an error speaks through rich": Sabotage({"errors.py": "import rich"}, {PLAIN}),
    "the domain knows the flow": Sabotage(
        {"domain/planted.py": "from darvoza.flow import intake"}, {LAYERS}, upward=True
    ),
    "a method knows a customs word": Sabotage(
        {"methods/planted.py": "from darvoza.domain import codes"}, {LAYERS, NUMBERS}
    ),
    "a noun knows a method": Sabotage({"domain/planted.py": "import darvoza.methods"}, {LAYERS}),
    "a stage knows another stage": Sabotage(
        {"flow/intake/planted.py": "from darvoza.flow.oversight import __doc__"}, {STAGES}
    ),
    "a stage knows the composer": Sabotage(
        {"flow/intake/planted.py": "import darvoza.flow.pipeline"}, {STAGES}, upward=True
    ),
    "the flow knows a door": Sabotage({"flow/intake/planted.py": "import darvoza.cli"}, {LAYERS}, upward=True),
    "the practice world knows the flow": Sabotage({"simulation/planted.py": "import darvoza.flow"}, {LAYERS}),
    "the loop knows a door": Sabotage({"practice/planted.py": "import darvoza.cli"}, {LAYERS}, upward=True),
    "a door knows another door": Sabotage({"office/desk/planted.py": "import darvoza.cli"}, {LAYERS}),
    "the flow knows the web": Sabotage({"flow/intake/planted.py": "import django"}, {PURE}),
    "a lower app knows a higher one": Sabotage(
        {"office/accounts/planted.py": "import darvoza.office.journal.chain"}, {APPS}, upward=True
    ),
    "an app without a place": Sabotage({"office/tools/__init__.py": ""}, {APPS}),
    "a page touches a table": Sabotage({"office/journal/views.py": "import darvoza.office.journal.models"}, {TABLES}),
    "a package without a place": Sabotage({"utils/__init__.py": ""}, {LAYERS}),
    "a stage without a place": Sabotage({"flow/clearance/__init__.py": ""}, {STAGES}),
    "two packages that need each other": Sabotage(
        {
            "methods/first/__init__.py": "import darvoza.methods.second",
            "methods/second/__init__.py": "import darvoza.methods.first",
        },
        {CYCLES},
    ),
    "the flow opens a socket": Sabotage({"flow/intake/planted.py": "import socket"}, {PURE}),
    "the flow opens a database": Sabotage({"flow/learning/planted.py": "import sqlite3"}, {PURE}),
    "a type-only import": Sabotage(
        {"domain/planted.py": "import typing\nif typing.TYPE_CHECKING:\n    import darvoza.flow"}, {LAYERS}, upward=True
    ),
    "an import inside a function": Sabotage(
        {"domain/planted.py": "def late():\n    import darvoza.flow"}, {LAYERS}, upward=True
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house to break."""
    place = tmp_path_factory.mktemp("house")
    shutil.copytree(SOURCE, place / "src" / "darvoza", ignore=shutil.ignore_patterns("__pycache__", "locale", "static"))
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


@contextmanager
def planted(tree: Path, files: dict[str, str]) -> Iterator[None]:
    """Break a copy of the house; afterwards it is whole again."""
    with ExitStack() as undo:
        for name, text in files.items():
            path = tree / "src" / "darvoza" / name
            if not path.parent.exists():
                path.parent.mkdir()
                undo.callback(path.parent.rmdir)
            if path.exists():
                undo.callback(path.write_bytes, path.read_bytes())
            else:
                undo.callback(path.unlink)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n{text}\n")
        yield


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_breaks_the_contract_meant_for_it_and_no_other(copy: Path, violation: Sabotage) -> None:
    with planted(copy, violation.files):
        broken = broken_contracts(copy)
    assert violation.breaks <= broken
    assert broken - violation.breaks <= ({CYCLES} if violation.upward else set())


def test_a_copy_that_was_broken_is_whole_again(copy: Path) -> None:
    with planted(copy, {"errors.py": "import rich", "utils/__init__.py": "", "domain/planted.py": "import numpy"}):
        pass
    assert broken_contracts(copy) == set()
    assert not (copy / "src" / "darvoza" / "utils").exists()
