"""Every place in the code that can refuse a sentence, a profile or a list has a row in the table of refusals.

The places are read off the source: whatever raises, refuses or makes an error. The table is run under a trace, and a
place that no row reaches fails the test. So does a row whose error does not say where and what was expected.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

from conditions import LISTS as NAMED_LISTS
from darvoza.errors import DarvozaError, SentenceError
from darvoza.flow import fields
from darvoza.flow.assessment import checking, list_files, profile_files, sentence, worked_cases
from darvoza.flow.assessment.list_files import parse_list, read_lists
from darvoza.flow.assessment.profile_files import load, load_profiles
from flow.assessment.refusals import FOLDERS, LISTS, PROFILE, PROFILES, SENTENCES

MODULES: tuple[ModuleType, ...] = (sentence, checking, profile_files, list_files, worked_cases, fields)
MAKERS = {
    "refuse",
    "_refuse_form",
    "wrong_type",
    "wrong_literal",
    "error",
    "SentenceError",
    "UnknownFact",
    "WrongType",
    "CostExceeded",
    "InvalidProfile",
}


def sites(module: ModuleType) -> Iterator[tuple[int, int]]:
    """First and last line of everything that refuses."""
    assert module.__file__ is not None
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", None) or getattr(called, "attr", None)
        if isinstance(node, ast.Raise | ast.Call) and (getattr(node, "exc", None) is not None or name in MAKERS):
            yield node.lineno, node.end_lineno or node.lineno


class Trace:
    """The lines of some modules that ran."""

    def __init__(self) -> None:
        self.ran: dict[str, set[int]] = defaultdict(set)
        self.files = {str(module.__file__) for module in MODULES}
        self.before: Any = None

    def __enter__(self) -> "Trace":
        self.before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    def _call(self, frame: FrameType, _event: str, _value: object) -> Any:
        return self._line if frame.f_code.co_filename in self.files else None

    def _line(self, frame: FrameType, event: str, _value: object) -> Any:
        if event == "line":
            self.ran[frame.f_code.co_filename].add(frame.f_lineno)
        return self._line


def singles(problem: BaseException) -> Iterator[DarvozaError]:
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from singles(inner)
    else:
        assert isinstance(problem, DarvozaError), problem
        yield problem


def refused_sentences() -> Iterator[DarvozaError]:
    for text, *_ in SENTENCES:
        with pytest.raises(SentenceError) as caught:
            sentence.parse(text, NAMED_LISTS)
        yield caught.value


def refused_folders(place: Path) -> Iterator[DarvozaError]:
    changed: list[tuple[dict[str, str | bytes | None], str]] = [
        ({"a.yaml": PROFILE.replace(old, new)}, said) for old, new, said in PROFILES
    ]
    for number, (files, said) in enumerate([*changed, *FOLDERS]):
        folder = place / str(number)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.mkdir()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ExceptionGroup) as caught:
            load_profiles(folder)
        errors = list(singles(caught.value))
        assert any(said in str(error) for error in errors), (said, [str(error) for error in errors])
        yield from errors


def refused_lists(place: Path) -> Iterator[DarvozaError]:
    for number, (csv, header, _) in enumerate(LISTS):
        folder = place / f"list-{number}"
        folder.mkdir(parents=True)
        (folder / "watched.yaml").write_text(header, encoding="utf-8")
        (folder / "watched.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
        yield from read_lists([folder], folder)[1]


def refused_calls(place: Path) -> Iterator[DarvozaError]:
    """What only a caller can do wrong: a place that is not there, a header without a folder."""
    for call in (
        lambda: load_profiles(place / "none"),
        lambda: load(place / "none.yaml"),
        lambda: parse_list({"name": "n", "source": "s", "date": "2026-01-01", "file": "a.csv"}, "form"),
    ):
        with pytest.raises((DarvozaError, ExceptionGroup)) as caught:
            call()
        yield from singles(caught.value)
    half = fields.Fields({"count": "1.5"}, "half.yaml")
    assert half.whole("count") is None
    yield from half.errors
    lone = place / "lone.yaml"
    lone.write_text(PROFILE.replace("customs", "custom"), encoding="utf-8")
    with pytest.raises(ExceptionGroup) as group:
        load(lone)
    yield from singles(group.value)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[DarvozaError], Trace]:
    place = tmp_path_factory.mktemp("refusals")
    with Trace() as trace:
        errors = [*refused_sentences(), *refused_folders(place), *refused_lists(place), *refused_calls(place)]
    return errors, trace


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_place_that_refuses_has_a_row_in_the_table(
    module: ModuleType, table: tuple[list[DarvozaError], Trace]
) -> None:
    ran = table[1].ran[str(module.__file__)]
    places = set(sites(module))
    assert places, "the module refuses nothing: this test looks for the wrong names"
    assert [first for first, last in sorted(places) if not ran & set(range(first, last + 1))] == []


def test_every_refusal_says_where_and_what_was_expected(table: tuple[list[DarvozaError], Trace]) -> None:
    without = [
        str(error)
        for error in table[0]
        if not (error.field or getattr(error, "column", None))
        or not (error.expected or "the file is not" in str(error))
    ]
    assert without == []


def test_every_name_that_nearly_exists_is_answered_with_the_one_that_does(
    table: tuple[list[DarvozaError], Trace],
) -> None:
    near = {"orgin": "origin", "unit_valeu": "unit_value", "watchd": "watched", "custom": "customs", "titel": "title"}
    near |= {"phisical": "physical", "prise": "price", "shares": "share", "orign": "origin", "cod": "code"}
    answered = {str(error.got): error.hint for error in table[0] if str(error.got) in near and error.hint}
    assert answered == {name: f"did you mean {right}?" for name, right in near.items()}
