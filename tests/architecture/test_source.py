"""Habits that hold for every module of the source."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from architecture.house import ROOT, SOURCE, Module, body_lines, modules, read_module

MODULE_LINES, FUNCTION_LINES, CONFTEST_LINES = 400, 40, 100
ALONE, ALONE_LINES = "darvoza.darvoza_verify", 520
"""The one file that is handed to other agencies without the rest of the house, and may be longer."""
BESIDE = "darvoza.darvoza_redraw"
"""What goes beside it."""
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}


def unsafe_uses(module: Module) -> list[str]:
    """Imports and calls that could run code out of data."""
    imported = [name for name in module.imports() if name.split(".")[0] in UNSAFE_MODULES]
    return imported + [name for name in module.calls() if name in UNSAFE_CALLS]


def type_checking_blocks(module: Module) -> list[int]:
    """Lines where the name TYPE_CHECKING is used, in any spelling."""
    return [
        node.lineno
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]


def undocumented(module: Module) -> list[str]:
    """Public functions, classes and methods without a docstring, and the module itself."""
    missing = [] if ast.get_docstring(module.tree) else [module.name]

    def visit(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if child.name.startswith("_"):
                    continue
                if ast.get_docstring(child) is None:
                    missing.append(f"{path}.{child.name}")
                if isinstance(child, ast.ClassDef):
                    visit(child, f"{path}.{child.name}")

    visit(module.tree, module.name)
    return missing


@pytest.fixture(scope="module")
def house() -> list[Module]:
    """Every module, read once for the tests here and let go after them."""
    return modules()


def test_no_module_is_longer_than_400_lines(house: list[Module]) -> None:
    assert {m.name: m.lines for m in house if m.lines > MODULE_LINES and m.name != ALONE} == {}


def test_what_is_copied_alone_stands_alone_and_is_the_only_longer_module(house: list[Module]) -> None:
    alone = next(m for m in house if m.name == ALONE)
    assert {name for name in alone.imports() if name.split(".")[0] not in sys.stdlib_module_names} == set()
    assert alone.lines <= ALONE_LINES
    beside = next(m for m in house if m.name == BESIDE)
    assert {name for name in beside.imports() if name.split(".")[0] not in sys.stdlib_module_names} == set()


def test_no_function_is_longer_than_40_lines(house: list[Module]) -> None:
    long = {f"{m.name}.{f.name}": body_lines(f) for m in house for f in m.functions()}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


def test_no_conftest_is_longer_than_100_lines() -> None:
    found = [ROOT / "conftest.py", *(ROOT / "tests").rglob("conftest.py"), *(ROOT / "profiles").rglob("conftest.py")]
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in found if path.exists()}
    assert lines, "the root conftest.py is gone; this test looks in the wrong place"
    assert {path: count for path, count in lines.items() if count > CONFTEST_LINES} == {}


def test_no_module_hides_behind_a_name_that_says_nothing(house: list[Module]) -> None:
    assert [m.name for m in house if set(m.name.split(".")) & NO_NAMES] == []


def test_no_import_hides_from_the_contracts_behind_type_checking(house: list[Module]) -> None:
    assert {m.name: type_checking_blocks(m) for m in house if type_checking_blocks(m)} == {}


def test_no_module_borrows_from_the_future(house: list[Module]) -> None:
    assert [m.name for m in house if "__future__" in m.imports()] == []


def test_nothing_is_pickled_and_no_text_is_run_as_code(house: list[Module]) -> None:
    assert {m.name: unsafe_uses(m) for m in house if unsafe_uses(m)} == {}


def test_everything_public_says_what_it_is(house: list[Module]) -> None:
    written = [m for m in house if ".migrations." not in m.name]  # those are made by Django
    assert [name for m in written for name in undocumented(m)] == []


def test_every_folder_of_the_source_is_a_package() -> None:
    folders = {path.parent for path in SOURCE.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_a_function_has_at_most_six_parameters_and_the_linter_sees_to_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert settings["pylint"]["max-args"] == 6
    assert "PL" in settings["select"]
    assert "PLR0913" not in settings["ignore"]


def test_no_package_registry_is_written_into_the_tree() -> None:
    written = ["Makefile", "pyproject.toml", ".ci/run", "requirements/default.txt", "requirements/develop.txt"]
    mark = re.compile(r"https?://|file://|--(extra-)?index-url|--find-links|--trusted-host")
    assert {name: found.group() for name in written if (found := mark.search((ROOT / name).read_text()))} == {}


SABOTAGE = """
import pickle
import typing
from typing import TYPE_CHECKING
from __future__ import annotations

if TYPE_CHECKING:
    import json
if typing.TYPE_CHECKING:
    import joblib.numpy_pickle


def run(text):
    return eval(text)
"""


@pytest.fixture
def sabotaged(tmp_path: Path) -> Module:
    """A module that breaks every habit above at once."""
    path = tmp_path / "darvoza" / "utils.py"
    path.parent.mkdir()
    path.write_text(f'"""Everything wrong."""\n{SABOTAGE}' + "    x = 1\n" * 500)
    return read_module(path, tmp_path)


def test_the_tests_above_see_what_they_look_for(sabotaged: Module) -> None:
    assert unsafe_uses(sabotaged) == ["pickle", "joblib.numpy_pickle", "eval"]
    assert len(type_checking_blocks(sabotaged)) == 2
    assert "__future__" in sabotaged.imports()
    assert undocumented(sabotaged) == ["darvoza.utils.run"]
    assert sabotaged.lines > MODULE_LINES
    assert [body_lines(f) for f in sabotaged.functions()] == [501]
    assert set(sabotaged.name.split(".")) & NO_NAMES == {"utils"}
