"""Write the reference pages that come out of the code itself: fields, facts, errors, command line, settings, interface.

Run without arguments to write the pages, with ``--check`` to say which of them are stale and fail if any is.
"""

import argparse
import inspect
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from darvoza import errors
from darvoza.cli import arguments as command_line
from darvoza.cli.doors import GROUP
from darvoza.domain.facts import CATALOGUE, Fact, FactGroup
from darvoza.domain.fields import FIELDS, Field, Level
from darvoza.office.variables import VARIABLES

if not settings.configured:  # what describes answers asks Django for nothing, but that it was asked
    settings.configure()

from darvoza.office.api.problems import KINDS
from darvoza.office.api.views import answers
from darvoza.office.api.views.describing import SENT
from darvoza.office.api.words import MEANINGS, EventKind

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the code, then run: make docs -->"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    r"""Write a table in Markdown.

    Examples
    --------
    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def build_parser() -> argparse.ArgumentParser:
    """Make the parser with the commands of every door of the project, whether or not they are installed yet."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    doors = project["entry-points"][GROUP].items()
    return command_line.build_parser([EntryPoint(name, value, GROUP) for name, value in doors])


def fields_page() -> str:
    """Write the page of the canonical declaration."""
    parts = [
        NOTE,
        "# Fields of the declaration",
        (
            "Intake turns every file into these fields. A [mapping](../how-to/map-your-own-file.md) says which column of "
            "your file is which field. A row without a required field, or with a value outside its rule, is kept aside "
            "with an error; the other rows go on. An empty value is *unknown*, never zero."
        ),
    ]
    titles = {
        Level.DECLARATION: "Of the declaration",
        Level.ITEM: "Of a goods item",
        Level.OUTCOME: "Of the outcome of an examination",
    }
    for level, title in titles.items():
        rows = [
            [f"`{field.name}`", field.kind.value, field.meaning, "; ".join(_rules(field)), _wco(field)]
            for field in FIELDS
            if field.level is level
        ]
        parts += [f"## {title}", table(["field", "kind", "meaning", "rule", "WCO Data Model"], rows)]
    return "\n\n".join(parts) + "\n"


def _rules(field: Field) -> Iterator[str]:
    """Say what a value of the field must fulfil."""
    if field.required:
        yield "**required**"
    if field.limit is not None:
        yield f"at most {field.limit} characters"
    if field.choices:
        yield "one of " + ", ".join(f"`{choice}`" for choice in field.choices)
    if field.minimum is not None:
        yield f"{'above' if field.exclusive else 'at least'} {field.minimum}"
    if field.maximum is not None:
        yield f"at most {field.maximum}"


def _wco(field: Field) -> str:
    """Give the element of the WCO Data Model, breakable at its slashes."""
    return f"`{field.wco}`" if field.wco else ""


def facts_page() -> str:
    """Write the page of the fact catalogue."""
    parts = [
        NOTE,
        "# Facts",
        (
            "Everything a [profile](../how-to/write-a-profile.md) may speak of. A fact is known at the moment of decision, "
            "or it is *unknown*; nothing later ever enters it. **Source** tells where it comes from: *declared* as lodged, "
            "*derived* from what was declared, *reference* by comparison with peers, *history* from what was known before."
        ),
    ]
    for group in FactGroup:
        rows = [_fact_row(fact) for fact in CATALOGUE if fact.group is group]
        if rows:
            head = ["fact", "type", "of", "meaning", "unit", "source", "example"]
            parts += [f"## {group.value.capitalize()}", table(head, rows)]
    return "\n\n".join(parts) + "\n"


def _fact_row(fact: Fact) -> list[str]:
    """One fact as a row."""
    of = "item" if fact.item else "declaration"
    example = f"`{fact.example}`" if fact.example else ""
    return [f"`{fact.name}`", fact.type.value, of, fact.meaning, fact.unit, fact.source, example]


def errors_page() -> str:
    """Write the page of the error tree."""
    tree = (errors.__doc__ or "").split("::\n\n")[1].split("\n\n")[0]
    found = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.DarvozaError)]
    rows = [[f"`{each.code}`", f"`{each.__name__}`", _first_line(each), _parents(each)] for each in found]
    return (
        "\n\n".join(
            [
                NOTE,
                "# Errors",
                (
                    "An error names the field, what was expected, what was there, and where it helps, what to do. Its `code` is "
                    "stable: programs may rely on it, and translations hang on it."
                ),
                "```text\nitems.3.hs: expected 6 to 10 digits, got '87.03'\n```",
                "## The tree",
                f"```text\n{inspect.cleandoc(tree)}\n```",
                "## The codes",
                table(["code", "class", "meaning", "is a"], rows),
            ]
        )
        + "\n"
    )


def _first_line(each: type) -> str:
    """First line of the docstring."""
    return inspect.getdoc(each).partition("\n")[0] if each.__doc__ else ""  # type: ignore[union-attr]


def _parents(each: type) -> str:
    """Name of the class one step up the tree."""
    return f"`{each.__bases__[0].__name__}`"


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Walk through a command and all its sub-commands, each with its full name."""
    yield parser.prog, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in dict.fromkeys(action.choices.values()):
                yield from commands(each)


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Give the arguments and options of a command, help and sub-commands left out."""
    left_out = (argparse._SubParsersAction, argparse._HelpAction)
    return [action for action in parser._actions if not isinstance(action, left_out)]


def spelled(action: argparse.Action) -> str:
    """Spell an argument as a person types it.

    Examples
    --------
    >>> parser = argparse.ArgumentParser(prog="darvoza")
    >>> spelled(parser.add_argument("--out", metavar="DIR"))
    '--out DIR'
    >>> spelled(parser.add_argument("file", nargs="+", metavar="FILE"))
    'FILE…'
    """
    name = str(action.metavar or action.dest.upper())
    if action.choices is not None and action.metavar is None:
        name = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"{name}…" if action.nargs in {"+", "*"} else name
    flags = ", ".join(action.option_strings)
    return flags if action.nargs == 0 else f"{flags} {name}"


def command_page() -> str:
    """Write the page of the command line."""
    parser = build_parser()
    parts = [NOTE, "# The command line", "Every command explains itself: `darvoza --help`, `darvoza assess --help`."]
    for name, each in commands(parser):
        rows = [_argument_row(each, action) for action in arguments(each)]
        if not rows and not each.description:
            continue
        parts += [f"## {name}", _sentence(each.description)]
        if rows:
            parts.append(table(["argument", "meaning", "default"], rows))
    return "\n\n".join(part for part in parts if part) + "\n"


def _sentence(text: str | None) -> str:
    """A description on one line, its own line breaks kept as paragraphs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n")).strip()


def _argument_row(parser: argparse.ArgumentParser, action: argparse.Action) -> list[str]:
    """One argument as a row."""
    meaning = parser._get_formatter()._expand_help(action) if action.help else ""
    given = action.default not in (None, False, argparse.SUPPRESS, []) and bool(action.option_strings)
    default = "required" if action.required and action.option_strings else f"`{action.default}`" if given else ""
    return [f"`{spelled(action)}`", " ".join(meaning.split()), default]


def settings_page() -> str:
    """Write the page of the variables that an office reads."""
    rows = [[f"`{each.name}`", each.meaning, each.otherwise] for each in VARIABLES]
    parts = [
        NOTE,
        "# Settings of the office",
        (
            "An office reads its settings from variables of the environment and from files in its home. What is wrong is told "
            "when it starts, with the variable, and so is a name that is almost one of these; `darvoza doctor` looks at the rest, "
            "and warns of every other name that begins with `DARVOZA_`."
        ),
        table(["variable", "meaning", "without it"], rows),
    ]
    return "\n\n".join(parts) + "\n"


ANSWERS: dict[str, tuple[type[BaseModel], str]] = {
    "The decision": (
        answers.DecisionSchema,
        "To a declaration that is lodged, amended, cancelled or read; in Python `Decision`.",
    ),
    "An act": (answers.ActSchema, "One of the `acts` of a decision; in Python `Act`."),
    "The release": (answers.ReleaseSchema, "`GET /declarations/…/release`."),
    "The word of an agency": (answers.WordSchema, "One of the `agencies` of a release."),
    "An arrival": (answers.ArrivalSchema, "`POST /declarations/…/arrival`."),
    "An order": (answers.OrderSchema, "`GET /orders`, and `POST /orders/…/findings`."),
    "A delivery": (answers.DeliverySchema, "`GET /deliveries`."),
}
"""Answers that the page of the interface tells field by field."""


def interface_page() -> str:
    """Write the page of what systems are told: answers, events, words, problems."""
    parts = [
        NOTE,
        "# The interface",
        (
            "What systems are told that [are connected](../how-to/connect-a-system.md). `GET /api/v1/openapi.json` describes "
            "every address, with these words and events. More fields may come; the words of a list change with a version."
        ),
    ]
    for title, (schema, words) in ANSWERS.items():
        parts += [f"## {title}", words, _fields_told(schema)]
    parts += [
        "## Events",
        "Each is sent by `POST` to the address that subscribed, with these headers and in this form.",
        table(["header", "meaning"], ([f"`{name}`", said] for name, said in SENT.items())),
        _fields_told(answers.EventSchema),
        "`body` depends on the kind; to a system of another agency than customs, `acts` are its own.",
        table(["kind", "when", "body"], map(_event_row, EventKind)),
        "The body of `order.recorded`:",
        _fields_told(answers.RecordedSchema),
    ]
    for kind, meanings in MEANINGS.items():
        if kind is not EventKind:
            title = (kind.__doc__ or "").partition("\n")[0].rstrip(".")
            rows = [[f"`{word.value}`", meaning] for word, meaning in meanings.items()]
            parts += [f"## {title}", table(["word", "meaning"], rows)]
    rows = [[f"`{kind.code}`", str(kind.status), kind.title] for kind in KINDS.values()]
    return "\n\n".join([*parts, "## Problems", table(["code", "status", "meaning"], rows)]) + "\n"


def _event_row(kind: EventKind) -> list[str]:
    """One event as a row."""
    body = answers.EVENTS[kind].model_fields["body"].annotation
    title = next((title for title, (schema, _) in ANSWERS.items() if schema is body), "")
    told = f"[{title.lower()}](#{title.lower().replace(' ', '-')})" if title else "below"
    return [f"`{kind.value}`", MEANINGS[EventKind][kind], told]


def _fields_told(schema: type[BaseModel]) -> str:
    """Write the fields of an answer as a table."""
    told = schema.model_json_schema(mode="serialization")
    rows = [
        [f"`{name}`", _type_told(said, told.get("$defs", {})), said.get("description", "")]
        for name, said in told["properties"].items()
    ]
    return table(["field", "type", "meaning"], rows)


def _type_told(said: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Say in a few words of which type a value is."""
    if "anyOf" in said:
        return " or ".join(_type_told(each, known) for each in said["anyOf"])
    if said.get("type") == "array":
        return f"list of {_type_told(said['items'], known)}"
    if "$ref" in said:
        of = known[said["$ref"].rpartition("/")[2]]
        return ", ".join(f"`{word}`" for word in of["enum"]) if "enum" in of else "object"
    return {"date-time": "moment"}.get(str(said.get("format")), str(said.get("type", "")))


PAGES: dict[str, Callable[[], str]] = {
    "fields.md": fields_page,
    "facts.md": facts_page,
    "errors.md": errors_page,
    "cli.md": command_page,
    "settings.md": settings_page,
    "interface.md": interface_page,
}


def stale() -> list[str]:
    """Names of the pages whose committed text is not what the code says now."""
    found = []
    for name, write in PAGES.items():
        path, text = REFERENCE / name, write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(name)
    return found


def main() -> int:
    """Write the pages, or check them; the exit code is 1 when a page is stale."""
    if sys.argv[1:] == ["--check"]:
        names = stale()
        for name in names:
            print(f"docs/reference/{name} is stale; run: make docs")
        return 1 if names else 0
    for name in stale():
        (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs     docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
