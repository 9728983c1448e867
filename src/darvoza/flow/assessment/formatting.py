"""Profile files in one form: the canonical sentence, fields in one order, every comment with the field below it.

Only the sentence is written anew; every other field keeps its text. What cannot be kept is refused, and the result is
read back before anybody sees it: it must hold the same fields.
"""

import textwrap
from collections.abc import Iterable
from typing import Final

import yaml

from darvoza.domain.named_list import NamedList
from darvoza.domain.wording import render
from darvoza.errors import InvalidProfile
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import parse_yaml

ORDER: Final = (
    *("code", "title", "agency", "risk_area", "risk_register", "legal_basis", "rationale", "justification", "valid"),
    *("review_by", "when", "treatment", "unknown", "floor", "visibility", "needs_national_data", "national_data"),
    *("instructions", "cases", "owner", "author", "approver"),
)
"""The order of the fields of a profile; any other comes last."""

WIDTH: Final = 118


def formatted(text: str, source: str, lists: Iterable[NamedList] = ()) -> str:
    """Write the text of a profile file in the one form.

    Parameters
    ----------
    text
        The file.
    source
        Its name, for the errors.
    lists
        The named lists its sentence may speak of.

    Raises
    ------
    InvalidProfile
        It is no profile, or something in it, such as a comment within the sentence, could not be kept.
    SentenceError
        The sentence cannot be read.
    """
    fields = parse_yaml(text, source)
    sentence = render(parse(str(fields.get("when", "")), lists))
    head, blocks, tail = _blocks(text, source)
    if "when" in blocks:
        blocks["when"] = _sentence(blocks["when"], sentence, source)
    ranked = sorted(blocks, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    made = head + "".join(blocks[name] for name in ranked) + tail
    kept = parse_yaml(made, source)
    if {**fields, "when": sentence} != kept:
        raise InvalidProfile(
            "its fields could not be kept", field=source, hint="write it in plain blocks, and try again"
        )
    return made


def _blocks(text: str, source: str) -> tuple[str, dict[str, str], str]:
    """Cut a file into what stands above all fields, each field with the comments above it, and what stands below."""
    node = yaml.compose(text, yaml.CSafeLoader)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise InvalidProfile(field=source, expected="fields in block style, one below the other", got="another style")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [_above(lines, key.start_mark.line) for key, _ in node.value]
    below = len(lines)
    while lines[below - 1].startswith("#") or not lines[below - 1].strip():
        below -= 1
    ends = [*starts[1:], below]
    names = [str(key.value) for key, _ in node.value]
    parts = {name: "".join(lines[start:end]) for name, start, end in zip(names, starts, ends, strict=True)}
    return "".join(lines[: starts[0]]), parts, "".join(lines[below:])


def _above(lines: list[str], line: int) -> int:
    """Give the first line of the comments that stand right above a line."""
    while line and lines[line - 1].startswith("#"):
        line -= 1
    return line


def _sentence(block: str, sentence: str, source: str) -> str:
    """Write the field of the sentence anew, its comments above it kept."""
    lines = block.splitlines(keepends=True)
    begin = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    written = "".join(lines[begin:])
    bare = written.partition(":")[2].replace("\\#", "")
    if any(part.strip().startswith("#") for part in lines[begin:]) or " #" in bare:
        hint = "move it above `when`"
        raise InvalidProfile("a comment within the sentence could not be kept", field=f"{source}: when", hint=hint)
    folded = textwrap.wrap(sentence, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    blank = "".join(line for line in lines[begin:] if not line.strip())
    return "".join(lines[:begin]) + "when: >-\n" + "".join(f"  {line}\n" for line in folded) + blank
