"""Content to PDF, by one template that reads values as data and never as source.

The same content gives the same bytes on every machine: fonts are those inside the typesetting library, none of the
system; the moment written into the file is the one given; nothing is looked up.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import typst

from darvoza.errors import OutputError
from darvoza.flow.inspection.papers.paper import Paper

TEMPLATE = Path(__file__).parent / "templates" / "paper.typ"
STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")
"""PDF/A-2a for the archive, PDF/UA-1 for readers of screens."""

ATTEMPTS = 8
"""How often letters without a form are looked for; the library names many at once, not all."""

TURNED = {number: f"[U+{number:04X}]" for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Signs that turn the order of letters about, which nobody sees: how each is written."""

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def as_pdf(paper: Paper, *, at: datetime, fonts: Path | None = None) -> bytes:
    """Set a paper as PDF, A4.

    Letters that no font at hand has, such as Chinese ones without `fonts`, are written by their number, as ``[U+5E7F]``:
    a name is never dropped, and the digest is that of the content as it is. So are signs that turn the order of letters
    about: what is read is what was written.

    Parameters
    ----------
    paper
        What it says.
    at
        The moment written into the file as that of its making, with its offset from UTC.
    fonts
        A folder with more fonts; ``None`` for those of the typesetting library, which hold Latin, Cyrillic, Greek, Arabic
        and Georgian letters.

    Returns
    -------
    bytes
        A file in the forms PDF/A-2a and PDF/UA-1; the same for the same arguments.

    Raises
    ------
    OutputError
        When the paper cannot be set.
    """
    missing: set[str] = set()
    values: object = {**paper.as_plain(), "digest": paper.digest, "code": code_svg(paper)}
    values = _by_number(values, TURNED)
    for _ in range(ATTEMPTS):
        try:
            return _set(values, at, fonts)
        except typst.TypstError as problem:
            missing = _without_letterform(problem.diagnostic)
            if not missing:
                raise OutputError(
                    field=f"{paper.kind} {paper.reference}", expected="a paper that can be set", got=problem.message
                ) from problem
            values = _by_number(values, {ord(letter): f"[U+{ord(letter):04X}]" for letter in missing})
    raise OutputError(
        field=f"{paper.kind} {paper.reference}", expected=f"letters that can be set, after {ATTEMPTS} attempts",
        got=sorted(missing), hint="give a folder with fonts that hold them",
    )  # fmt: skip


def _set(values: object, at: datetime, fonts: Path | None) -> bytes:
    compiler = typst.Compiler(
        font_paths=_fonts(fonts), root=TEMPLATE.parent, sys_inputs={"paper": json.dumps(values, ensure_ascii=False)}
    )
    made = compiler.compile(input=_template(), format="pdf", timestamp=at, pdf_standards=list(STANDARDS))
    if not isinstance(made, bytes):
        raise OutputError(field="paper", expected="one file", got=type(made).__name__)
    return made


def _without_letterform(diagnostic: str) -> set[str]:
    """Read off what the library says of letters that it has no form for; nothing where it says something else."""
    spelled = "".join(_MISSING.findall(diagnostic))
    escaped = {chr(int(number, 16)) for number in _ESCAPED.findall(spelled)}
    return escaped | set(_ESCAPED.sub("", spelled))


def _by_number(value: object, table: Mapping[int, str]) -> object:
    """Write some letters by their number, in every text of a value."""
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {name: _by_number(each, table) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_by_number(each, table) for each in value]
    return value


def code_svg(paper: Paper) -> str:
    """Draw the code that carries what verifies the paper, as SVG."""
    import segno  # few papers carry a code

    drawn = BytesIO()
    segno.make(paper.verification, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()


@cache
def _fonts(more: Path | None) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[more] if more else [])


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
