"""A paper as content: title, reference, parts made of fields, tables, sentences; doors give it a layout.

Everything in it is text, so that a paper can be compared, digested and read aloud. The digest is over the content alone:
whoever holds the records makes the paper again and sees whether the digest on the printed one is the same.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeAlias

from darvoza.errors import InvalidValue

SCHEME = "darvoza"
VERSION = "1"
REFERENCE_LENGTH = 120
"""Characters of the reference that the code carries; the digest is over all of it."""


class PaperKind(StrEnum):
    """What a paper is."""

    ENTRY = "entry"
    ACT = "act"
    ORDER = "order"
    LABORATORY = "laboratory"
    NON_COMPLIANCE = "non_compliance"
    DETENTION = "detention"
    MEASURE = "measure"
    BLANK_ACT = "blank_act"
    EXAMINATION = "examination"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, under which what follows belongs."""

    title: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table.

    Attributes
    ----------
    title, head, rows
        What it is, its columns, its cells.
    widths
        Relative widths of the columns.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse a table whose parts do not fit each other."""
        lengths = {len(self.head), len(self.widths), *(len(row) for row in self.rows)}
        if len(lengths) > 1:
            raise InvalidValue(field=self.title, expected="as many cells as columns in each row", got=sorted(lengths))


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, each a paragraph."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers to be ticked off, such as those of packages to open."""

    title: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to be filled in by hand: a name before each, and how many lines it needs."""

    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signs: role, and name where it is known."""

    rows: tuple[tuple[str, str], ...]


Block: TypeAlias = Part | Fields | Rows | Prose | Numbers | Blanks | Signatures


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says.

    Attributes
    ----------
    kind, language
        What it is, and the code of its language.
    service, title, reference
        Whose it is, what it is called, its number.
    blocks
        What it says, from top to bottom.
    footing
        The words before digest and page number at the foot.
    """

    kind: PaperKind
    language: str
    service: str
    title: str
    reference: str
    blocks: tuple[Block, ...]
    footing: tuple[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 of the content in hexadecimal: canonical JSON, keys sorted, every block with its kind."""
        text = json.dumps(self.as_plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def verification(self) -> str:
        """What the code on the paper carries: scheme, version, kind, digest, reference.

        Examples
        --------
        >>> paper = Paper(PaperKind.ACT, "en", "", "Act", "A 1", (), ("", ""))
        >>> paper.verification[:19], paper.verification.rpartition(":")[2]
        ('darvoza:1:act:cd32c', 'A 1')
        """
        return ":".join((SCHEME, VERSION, self.kind, self.digest, self.reference[:REFERENCE_LENGTH]))

    def as_plain(self) -> dict[str, object]:
        """Give the paper as texts, lists and mappings, for a template or a digest."""
        blocks = [{"block": type(block).__name__.casefold(), **asdict(block)} for block in self.blocks]
        head = {name: getattr(self, name) for name in ("kind", "language", "service", "title", "reference", "footing")}
        return {**head, "blocks": blocks}


def agrees(paper: Paper, verification: str) -> bool:
    """Tell whether what was read off a printed paper is what the records say.

    Raises
    ------
    InvalidValue
        When it was not read off a paper of ours.
    """
    parts = verification.strip().split(":", 4)
    if len(parts) != 5 or parts[:2] != [SCHEME, VERSION]:
        raise InvalidValue(
            field="code", expected=f"what the code on a paper carries, {SCHEME}:{VERSION}:…", got=verification
        )
    return ":".join(parts) == paper.verification


def as_text(paper: Paper) -> str:
    """Give the paper as lines, for a terminal or a reader of screens."""
    return "\n".join([paper.service, f"{paper.title} {paper.reference}".strip(), *_lines(paper.blocks)])


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Part(title):
                yield from ("", title.upper())
            case Fields(rows):
                yield from (f"{name}: {value}" for name, value in rows)
            case Rows(title, head, rows, _):
                yield title
                yield from ("  " + " | ".join(cells) for cells in (head, *rows))
            case Prose(sentences):
                yield from sentences
            case Numbers(title, numbers):
                yield f"{title}: {' '.join(numbers)}"
            case Blanks(rows):
                yield from (f"{name}: {'_' * 40}" for name, _ in rows)
            case Signatures(rows):
                yield from (f"{role}: {'_' * 20} {name}".rstrip() for role, name in rows)
