"""Every command line that the documentation shows is one that Darvoza takes, in code blocks and within sentences."""

import argparse
import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from architecture.house import DOCS, ROOT
from architecture.test_documentation import GENERATOR

PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
PLACEHOLDER = re.compile(r"<.+>|\$\w+|…|[A-Z][A-Z_:.]+")
"""Words that stand for others, such as DIR, HOST:PORT or …"""

BLOCK = re.compile(r"^( *)```\w*[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^(?:\$ )?((?:[A-Z_]+=\S+ |sudo (?:-u \w+ )?|\S*/)*darvoza [a-z-].*)$")
INLINE = re.compile(r"(?<!`)`((?:\S*/)?darvoza(?: [^`]*)?)`(?!`)", re.DOTALL)


def lines_shown(text: str) -> Iterator[str]:
    """Command lines that stand in code blocks, each whole; what comes before and after in a pipe is left out."""
    for _, block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"\s(?:\||&&|;)\s|\s[12]?>+\s*\S+", re.sub(r"(^|\s)#.*", "", line)):
                if found := LINE.match(part.strip()):
                    yield found.group(1)


def mentions(text: str) -> Iterator[str]:
    """Commands that are named within sentences, often without all that they need."""
    yield from (" ".join(found.split()) for found in INLINE.findall(BLOCK.sub("", text)))


def words_of(line: str) -> list[str]:
    """Words after ``darvoza``."""
    words = shlex.split(line)
    return words[next(at for at, word in enumerate(words) if word.rpartition("/")[2] == "darvoza") + 1 :]


@cache
def reader(*, whole: bool) -> argparse.ArgumentParser:
    """The parser that the program uses, except that it takes placeholders, and where a line is not whole, less than it needs."""
    parser: argparse.ArgumentParser = GENERATOR.build_parser()
    for _, each in GENERATOR.commands(parser):
        for group in () if whole else each._mutually_exclusive_groups:
            group.required = False
        for action in each._actions:
            if isinstance(action, argparse._SubParsersAction):
                action.required = whole
                continue
            if action.nargs != 0:
                action.type, action.choices = _taking_placeholders(action), None
            if not whole:
                action.required = False
                if action.nargs != 0:
                    action.nargs = "?" if action.option_strings and action.nargs is None else "*"
    return parser


def _taking_placeholders(action: argparse.Action) -> object:
    read, choices = action.type or str, action.choices

    def taken(text: str) -> object:
        if PLACEHOLDER.fullmatch(text) or text == action.default:
            return text
        value = read(text)  # type: ignore[operator] # of argparse, a callable
        if choices is not None and value not in choices:
            raise argparse.ArgumentTypeError(f"invalid choice: {text!r}")
        return value

    return taken


def fault(line: str, *, whole: bool) -> str:
    """What the parser says against a line; nothing when it takes it."""
    said = io.StringIO()
    words = words_of(line)
    if "…" in words:  # more stands there
        whole, words = False, [word for word in words if word != "…"]
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            reader(whole=whole).parse_args(words)
    except SystemExit as end:
        return said.getvalue().strip().splitlines()[-1] if end.code else ""
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_line_that_is_shown_is_taken(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    wrong = [(line, told) for line in lines_shown(text) if (told := fault(line, whole=True))]
    wrong += [(line, told) for line in mentions(text) if (told := fault(line, whole=False))]
    assert wrong == []


def test_the_lines_are_found() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(list(lines_shown(text))) > 100
    assert len(list(mentions(text))) > 80


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("darvoza works", False),
        ("darvoza office nothing", False),
        ("darvoza worker --twice", False),
        ("darvoza office client NAME --agency nobody", False),
        ("darvoza office restore", True),
    ],
)
def test_a_line_that_the_program_refuses_is_named(line: str, whole: bool) -> None:
    assert fault(line, whole=whole)
