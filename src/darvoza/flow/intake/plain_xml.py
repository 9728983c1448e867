"""XML read with suspicion: no document type, no entities of its own, bounded depth and size.

A certificate is data from a stranger. What XML offers beyond elements and texts has no use in it and much abuse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from darvoza.errors import UnreadableFile

MOST_BYTES = 16 * 2**20
DEEPEST = 64
MOST_ELEMENTS = 100_000


@dataclass(slots=True)
class Element:
    """An element: local name, namespace, attributes, text, and the elements below it."""

    name: str
    space: str
    attributes: dict[str, str]
    text: str = ""
    below: list["Element"] = field(default_factory=list)

    def all(self, *path: str) -> Iterator["Element"]:
        """Give the elements at a path of local names below this one."""
        if not path:
            yield self
            return
        for child in self.below:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> str:
        """Give the text of the first element at a path; empty where there is none."""
        return next((found.text.strip() for found in self.all(*path)), "")


def read_xml(data: bytes, source: str, *, most_bytes: int = MOST_BYTES, most_elements: int = MOST_ELEMENTS) -> Element:
    """Read a document of at most so many bytes and elements.

    Raises
    ------
    UnreadableFile
        When it is not well formed, declares a document type or entity, or is larger or deeper than allowed.

    Examples
    --------
    >>> read_xml(b"<a xmlns='urn:x'><b>1</b></a>", "x.xml").first("b")
    '1'
    >>> read_xml(b"<!DOCTYPE a [<!ENTITY e 'boom'>]><a>&e;</a>", "x.xml")
    Traceback (most recent call last):
        ...
    darvoza.errors.UnreadableFile: x.xml: expected XML without a document type, got '<!DOCTYPE a' (the document type is used to attack readers; it is never needed)
    """
    if len(data) > most_bytes:
        raise UnreadableFile(field=source, expected=f"at most {most_bytes} bytes", got=f"{len(data)} bytes")
    builder = _Builder(source, most_elements)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.words
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the signature of the library
    except (expat.ExpatError, LookupError, ValueError) as problem:  # the latter two are of a strange encoding
        raise UnreadableFile(field=source, expected="well-formed XML", got=str(problem)) from problem
    return builder.root


class _Builder:
    """Collects elements as the parser meets them."""

    def __init__(self, source: str, most: int) -> None:
        self.source, self.most = source, most
        self.root = Element("", "", {})
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.count = 0

    def doctype(self, name: str, *_rest: object) -> None:
        raise UnreadableFile(
            field=self.source, expected="XML without a document type", got=f"<!DOCTYPE {name}",
            hint="the document type is used to attack readers; it is never needed",
        )  # fmt: skip

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > self.most:
            allowed = f"at most {DEEPEST} levels and {self.most} elements"
            raise UnreadableFile(field=self.source, expected=allowed, got="more")
        space, _, local = name.rpartition(" ")
        element = Element(local, space, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        if self.open:
            self.open[-1].below.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def end(self, _name: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def words(self, text: str) -> None:
        self.texts[-1].append(text)  # joined once: a text of a million pieces must not be copied a million times
