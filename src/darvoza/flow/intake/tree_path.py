"""Paths into a tree of elements: which element of a message holds a value.

A path is a row of local names, so that a new version of a namespace changes nothing. A step may be narrowed by its place
(``GovernmentProcedure[2]``), by what stands in it (``Classification[IdentificationTypeCode=TSP]``), or by both, and then the
place is that among those in which it stands. An attribute is named last (``InvoiceAmount/@currencyID``), and a question mark at
the end says that the value may be absent. Two names with a colon between them (``AdditionalDocument/TypeCode:ID``) give their
values with a colon between them, where an element has both. A run of numbers (``FTX/4/1..5``) gives the components of that many
places as one text, with a blank between them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from darvoza.errors import InvalidValue
from darvoza.flow.intake.plain_xml import Element

PAIRED = ":"
_RUN = re.compile(r"([1-9][0-9]?)\.\.([1-9][0-9]?)")
_STEP = re.compile(r"(?P<name>[^\[\]/@=?]+)(?:\[(?P<inner>[^\[\]]+)\])?(?:\[(?P<nth>[1-9][0-9]{0,3})\])?")
_SPLIT = re.compile(r"/(?![^\[]*\])")


@dataclass(frozen=True, slots=True)
class Step:
    """One step down.

    Attributes
    ----------
    name
        The local name.
    place
        Which of the elements of this name is meant, from 1; 0 means all.
    inner, value
        Names below the element, and the text that must stand there; no names mean no condition.
    """

    name: str
    place: int = 0
    inner: tuple[str, ...] = ()
    value: str = ""

    def below(self, element: Element) -> Iterator[Element]:
        """Give the elements that one step down leads to."""
        met = 0
        for child in element.below:
            if child.name not in _names(self.name) or (self.inner and child.first(*self.inner) != self.value):
                continue
            met += 1
            if self.place in {0, met}:
                yield child


@lru_cache(maxsize=1024)
def _names(step: str) -> frozenset[str]:
    """Give the names that a step goes by: one, two that stand together, or a run of numbers."""
    run = _RUN.fullmatch(step)
    return frozenset(map(str, range(int(run[1]), int(run[2]) + 1)) if run else step.split(PAIRED))


@dataclass(frozen=True, slots=True)
class TreePath:
    """A path of steps, perhaps to an attribute.

    Attributes
    ----------
    steps
        The steps, from an element down.
    attribute
        The attribute meant; empty when the text of the element is.
    optional
        Whether a joined value does without it.

    Examples
    --------
    >>> from darvoza.flow.intake.plain_xml import read_xml
    >>> tree = read_xml(b"<d><p><c>40</c></p><p><c>000</c></p><sum cur='KGS'>5</sum></d>", "d.xml")
    >>> [list(path_of(text).values(tree)) for text in ("p/c", "p[2]/c", "p[c=40]/c", "sum/@cur")]
    [['40', '000'], ['000'], ['40'], ['KGS']]
    """

    steps: tuple[Step, ...]
    attribute: str = ""
    optional: bool = False

    def elements(self, element: Element) -> Iterator[Element]:
        """Give the elements the path leads to."""
        level = [element]
        for step in self.steps:
            level = [found for above in level for found in step.below(above)]
        yield from level

    def conditions(self, element: Element) -> Iterator[Element]:
        """Give the elements whose text narrowed a step down."""
        level = [element]
        for step in self.steps:
            level = [found for above in level for found in step.below(above)]
            yield from (told for found in level if step.inner for told in found.all(*step.inner))

    def values(self, element: Element) -> Iterator[str]:
        """Give the texts the path leads to, with line ends and runs of spaces as one space; empty ones are left out."""
        if not self.attribute and PAIRED in self.steps[-1].name:
            yield from self._pairs(element)
            return
        if not self.attribute and _RUN.fullmatch(self.steps[-1].name):
            yield from self._runs(element)
            return
        for found in self.elements(element):
            text = found.attributes.get(self.attribute, "") if self.attribute else found.text
            if text := " ".join(text.split()):
                yield text

    def _pairs(self, element: Element) -> Iterator[str]:
        """Give the texts of two elements that stand together, each pair as one."""
        names = self.steps[-1].name.split(PAIRED)
        for above in TreePath(self.steps[:-1]).elements(element):
            texts = [" ".join((above.first(name) or "").split()) for name in names]
            if all(texts):
                yield PAIRED.join(texts)

    def _runs(self, element: Element) -> Iterator[str]:
        """Give the texts that stand one after the other in an element, as one."""
        *above, last = self.steps
        for whole in TreePath(tuple(above)).elements(element):
            if text := " ".join(" ".join(piece.text for piece in last.below(whole)).split()):
                yield text

    def begins_with(self, other: "TreePath") -> bool:
        """Whether the path leads through the elements of `other`."""
        return self.steps[: len(other.steps)] == other.steps

    def after(self, other: "TreePath") -> "TreePath":
        """Give the rest of the path below `other`."""
        return TreePath(self.steps[len(other.steps) :], self.attribute, self.optional)


def path_of(text: str) -> TreePath:
    """Read a path.

    Raises
    ------
    InvalidValue
        The text is not a path.

    Examples
    --------
    >>> path_of("Item//Code")
    Traceback (most recent call last):
        ...
    darvoza.errors.InvalidValue: path: expected local names between slashes, such as Item/Packages/Number or Document[Type=N853]/@id, got 'Item//Code'
    """
    optional = text.endswith("?")
    words = [word for word in _SPLIT.split(text.removesuffix("?")) if word != "."]
    attribute = words.pop()[1:] if words and words[-1].startswith("@") else ""
    steps = [_step(word) for word in words]
    if None in steps or not (steps or attribute):
        expected = "local names between slashes, such as Item/Packages/Number or Document[Type=N853]/@id"
        raise InvalidValue(field="path", expected=expected, got=text)
    return TreePath(tuple(step for step in steps if step is not None), attribute, optional)


def _step(word: str) -> Step | None:
    """Read one step; ``None`` when it is none."""
    met = _STEP.fullmatch(word.strip())
    if met is None:
        return None
    name, inner, nth = met["name"].strip(), met["inner"], int(met["nth"] or 0)
    if inner is None:
        return Step(name)
    if inner.isdecimal() and int(inner):
        return None if nth else Step(name, place=int(inner))
    where, equals, value = inner.partition("=")
    return Step(name, nth, tuple(where.strip().split("/")), value.strip()) if equals else None
