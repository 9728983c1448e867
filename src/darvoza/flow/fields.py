"""Fields of a file written by people, read one by one, with every error kept instead of only the first."""

import difflib
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml
from yaml.composer import Composer

from darvoza.errors import DarvozaError, InvalidProfile, ProfileError

Choice = TypeVar("Choice", bound=StrEnum)
Kept = TypeVar("Kept")
Wrong = TypeVar("Wrong", bound=DarvozaError)
DEEPEST = 30
"""Levels of fields within fields."""

MOST_NODES = 25_000
MOST_LETTERS = 4 * 2**20
"""Bounds of a file written by people; what is larger belongs into a table."""

MOST_DIGITS = 38
"""Digits of a number before its point, or noughts after it: with a million of them, one number takes minutes to be written out."""

TRUE_WORDS, FALSE_WORDS = {"true", "yes", "True"}, {"false", "no", "False"}


def is_sane(number: Decimal) -> bool:
    """Tell whether a number is finite, and can be written out in a line.

    Examples
    --------
    >>> is_sane(Decimal("-1.5")), is_sane(Decimal("NaN")), is_sane(Decimal("1e999999"))
    (True, False, False)
    """
    return number.is_finite() and abs(number.adjusted()) < MOST_DIGITS


class _Plain(Composer, yaml.CSafeLoader):
    """A loader for which every scalar is a text: `NO` stays Norway and `010121` keeps its zero.

    Letters are read by libyaml, six times faster than in Python; what they make up is composed here, where it is bounded.
    """

    level = nodes = 0

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        yaml.CSafeLoader.__init__(self, text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what nests deeper than any file of ours, before anything recurses into it."""
        self.level, self.nodes = self.level + 1, self.nodes + 1
        if self.level > DEEPEST or self.nodes > MOST_NODES:
            event = self.peek_event()
            said = (
                f"it nests deeper than {DEEPEST} levels"
                if self.level > DEEPEST
                else f"it has more than {MOST_NODES:,} values; split the file"
            )
            raise yaml.composer.ComposerError(None, None, said, event and event.start_mark)  # type: ignore[arg-type]  # libyaml has marks of its own
        node = super().compose_node(parent, index)
        self.level -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:  # noqa: FBT001, FBT002
        """Refuse a key written twice, of which YAML would silently keep the last."""
        counted = Counter(str(key.value) for key, _ in node.value)
        twice = next((key for key, count in counted.items() if count > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


_Plain.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path, source: str, *, error: type[DarvozaError] = InvalidProfile) -> Mapping[str, object]:
    """Read a YAML file as texts, lists and mappings.

    Raises
    ------
    InvalidProfile
        The file is not UTF-8, not YAML, or holds something other than fields; or `error` in its place.
    """
    return parse_yaml(read_text(path, source, error=error), source, error=error)


def read_text(path: Path, source: str, *, error: type[DarvozaError], expected: str = "a file that can be read") -> str:
    """Read a file of text, without the mark that some editors put in front of it.

    Raises
    ------
    DarvozaError
        It cannot be read, or is not UTF-8; it is an `error`.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise error("the file is not UTF-8", field=source, expected=expected, got=str(problem)) from None
    except OSError as problem:
        raise error(field=source, expected=expected, got=problem.strerror) from None


def parse_yaml(text: str, source: str, *, error: type[DarvozaError] = InvalidProfile) -> Mapping[str, object]:
    """Read the text of a YAML file as texts, lists and mappings; see `read_yaml`."""
    if len(text) > MOST_LETTERS:
        raise error(field=source, expected=f"at most {MOST_LETTERS:,} characters", got=f"{len(text):,}")
    try:
        made = yaml.load(text, _Plain)  # noqa: S506 - a SafeLoader  # nosec B506
    except (yaml.YAMLError, UnicodeEncodeError) as problem:  # half a character cannot be handed to libyaml
        raise error(f"the file is not YAML: {problem}", field=source) from None
    if not isinstance(made, dict):
        raise error(field=source, expected="fields with values", got=made)
    return made


def leaves(group: BaseExceptionGroup[Wrong]) -> list[Wrong]:
    """Give the single errors of a group, however deep they lie."""
    made: list[Wrong] = []
    for error in group.exceptions:
        made.extend(leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return made


def keep_first(known: dict[str, Kept], name: str, value: Kept, *, path: str, errors: list[ProfileError]) -> None:
    """Keep a value by its name; a name used a second time is an error at `path`."""
    if name in known:
        errors.append(InvalidProfile(field=path, expected="a name used once", got=name))
    else:
        known[name] = value


def as_sequence(value: object) -> Sequence[object]:
    """Give a list as it is, and anything else as no list at all."""
    return value if isinstance(value, list | tuple) else ()


class Fields:
    """The fields of one mapping, and the errors found in them.

    Parameters
    ----------
    mapping
        The fields as read; anything else than a mapping is an error and counts as empty.
    source
        The name of the file.
    prefix
        The path of the mapping within the file, ending in a dot.
    errors
        Where errors are kept; shared with the parts of one file.
    error
        What an error of this file is called.
    """

    def __init__(
        self,
        mapping: object,
        source: str,
        *,
        prefix: str = "",
        errors: list[DarvozaError] | None = None,
        error: type[DarvozaError] = InvalidProfile,
    ) -> None:
        self.source, self.prefix, self.error = source, prefix, error
        self.errors: list[DarvozaError] = [] if errors is None else errors
        self.mapping: Mapping[str, object] = mapping if isinstance(mapping, Mapping) else {}
        if not isinstance(mapping, Mapping):
            self.errors.append(error(field=self.path("").rstrip(". "), expected="fields with values", got=mapping))

    def path(self, name: str) -> str:
        """Name the file and the field."""
        return f"{self.source}: {self.prefix}{name}"

    def refuse(self, name: str, expected: str, got: object, hint: str | None = None) -> None:
        """Keep an error about a field."""
        self.errors.append(self.error(field=self.path(name), expected=expected, got=got, hint=hint))

    @staticmethod
    def nearest(name: str, known: Iterable[str]) -> str | None:
        """Suggest the nearest known name."""
        close = difflib.get_close_matches(name, list(known), n=1)
        return f"did you mean {close[0]}?" if close else None

    def only(self, known: Collection[str]) -> None:
        """Refuse fields that are not known."""
        for name in self.mapping:
            if name not in known:
                hint = self.nearest(str(name), known)
                self.refuse(str(name), f"one of {', '.join(sorted(known))}", name, hint)

    def part(self, name: str) -> "Fields":
        """Give the fields below a field."""
        prefix = f"{self.prefix}{name}."
        return Fields(self.mapping.get(name), self.source, prefix=prefix, errors=self.errors, error=self.error)

    def text(self, name: str, *, required: bool = False) -> str:
        """Read a text; empty when absent."""
        value = self.mapping.get(name)
        if value is not None and not isinstance(value, str | int | float | Decimal):
            self.refuse(name, "a text", value)
            return ""
        text = "" if value is None else str(value).strip()
        if required and not text:
            self.refuse(name, "a text", value)
        return text

    def choice(self, name: str, choices: type[Choice], default: Choice | None = None) -> Choice | None:
        """Read one of a closed list of words; ``None`` after an error."""
        text = self.text(name)
        if not text and default is not None:
            return default
        words = [choice.value for choice in choices]
        if text in words:
            return choices(text)
        self.refuse(name, f"one of {', '.join(words)}", self.mapping.get(name), self.nearest(text, words))
        return None

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Read a date; ``None`` when absent or after an error."""
        value = self.mapping.get(name)
        if type(value) is date:
            return value
        text = self.text(name)
        try:
            if text or required:
                return date.fromisoformat(text)
        except ValueError:
            self.refuse(name, "a date such as 2026-01-31", value)
        return None

    def number(self, name: str) -> Decimal | None:
        """Read a decimal number; ``None`` when absent or after an error."""
        text = self.text(name)
        try:
            number = Decimal(text) if text else None
        except ArithmeticError:
            number = Decimal("nan")
        if number is not None and not is_sane(number):
            hint = f"of at most {MOST_DIGITS} digits" if number.is_finite() else None
            self.refuse(name, "a number", self.mapping.get(name), hint)
            return None
        return number

    def whole(self, name: str, *, least: int = 0) -> int | None:
        """Read a whole number; ``None`` when absent or after an error."""
        number = self.number(name)
        if number is not None and (number != int(number) or number < least):
            self.refuse(name, f"a whole number of {least} or more", str(number))
            return None
        return None if number is None else int(number)

    def flag(self, name: str) -> bool | None:
        """Read true or false; ``None`` after an error."""
        word = str(self.mapping.get(name))
        if word not in TRUE_WORDS | FALSE_WORDS:
            self.refuse(name, "true or false", word)
            return None
        return word in TRUE_WORDS

    def finish(self) -> None:
        """Raise everything that was found wrong, at once.

        Raises
        ------
        ExceptionGroup
            The errors kept so far, when there are any.
        """
        if self.errors:
            raise ExceptionGroup(f"{self.source} cannot be used", self.errors)
