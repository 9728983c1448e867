"""Messages as rows: the declarations in a tree of elements, one row a goods item, and what the mapping leaves kept beside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from darvoza.domain.fields import FIELD, Kind
from darvoza.errors import InvalidMapping, UnreadableFile
from darvoza.flow.intake.code_texts import list_text
from darvoza.flow.intake.mapping import FieldSource, Mapping
from darvoza.flow.intake.plain_xml import Element, read_xml
from darvoza.flow.intake.raw import CHUNK_ROWS, BrokenRow, RawChunk, as_record
from darvoza.flow.intake.tree_path import TreePath, path_of

MOST_BYTES = 32 * 2**20
MOST_ELEMENTS = 400_000

OF_CARRIAGE = frozenset({"transport_document", "vehicle_id", "trailer_id", "container_ids", "seal_ids"})
"""What carries the goods of a declaration, also where a message says it item by item."""

_Values = dict[str, str | None]
_Shared = dict[str, list[str]]
"""By field, what the items of a declaration say of it together."""


def read_declarations_xml(data: bytes, source: str) -> Element:
    """Read the XML of declarations, which may be larger than a certificate: some 2,500 goods items a file."""
    return read_xml(data, source, most_bytes=MOST_BYTES, most_elements=MOST_ELEMENTS)


def read_tree(path: Path, mapping: Mapping, read: Callable[[bytes, str], Element]) -> Iterator[RawChunk]:
    """Read a message; rows are goods items, counted from 1.

    A path that begins with the path of the items is looked up in each item, any other in its declaration. Where a field
    holds one value and a path leads to several, the row is broken: to take one of them would be a guess.

    Raises
    ------
    UnreadableFile
        The message cannot be read, or holds no declaration where the mapping says.
    InvalidMapping
        A path of the mapping is none.
    """
    plan = _plan(mapping)
    root = read(path.read_bytes(), path.name)
    declarations = list(plan.declaration.elements(root)) if plan.declaration else [root]
    fits = _fitting(root, mapping)
    if not declarations or (fits and not any(_spoken_of(plan, each) for each in declarations)):
        raise UnreadableFile(
            field=path.name, expected=f"declarations at {mapping.form.declaration or mapping.form.item}",
            got=f"a {root.name or 'document'}",
            hint=f"it is a message of another kind: read it with the mapping {fits}" if fits
            else "is it a message of another kind, or the wrong mapping?",
        )  # fmt: skip
    return _chunks(plan, declarations)


SHIPPED: Final = {
    "ASYCUDA": ("asycuda_sad.yaml", "Item"),
    "ESADout_CU": ("esadout_cu.yaml", "ESADout_CUGoodsShipment/ESADout_CUGoods"),
    "MetaData": ("wco_dec.yaml", "GoodsShipment/GovernmentAgencyGoodsItem"),
}
"""By the name of the root of a message, which shipped mapping reads it, and where that one finds the goods."""


def _fitting(root: Element, mapping: Mapping) -> str | None:
    """Name the mapping that reads messages of this kind, where that is plainly another one."""
    file, item = SHIPPED.get(root.name, ("", mapping.form.item))
    return file if item != mapping.form.item else None


@dataclass(frozen=True, slots=True)
class _Source:
    """A field and its paths, those of the item without the path of the items.

    What carries the goods carries all of them: where one item says it, the others have it, too. A text that is joined may come in
    pieces; a code may not.
    """

    field: FieldSource
    paths: tuple[tuple[bool, TreePath], ...]
    many: bool
    whole: tuple[TreePath, ...] = ()

    def value(self, declaration: Element, item: Element, shared: _Shared) -> str | None:
        """Give the value of the field, ``None`` where there is none.

        Parameters
        ----------
        declaration, item
            Where it is looked for.
        shared
            What the items of the declaration say together; see `said_together`.

        Raises
        ------
        ValueError
            One value was meant and several are there.
        """
        found = [list(path.values(item if in_item else declaration)) for in_item, path in self.paths]
        together = shared.get(self.field.field, [])
        if self.many:
            return list_text(together or [text for values in found for text in values]) or None
        if self.field.between is None:
            return _one(next((values for values in found if values), together[:1]))
        if any(not values and not path.optional for values, (_, path) in zip(found, self.paths, strict=True)):
            return None
        if FIELD[self.field.field].kind is Kind.TEXT:
            return self.field.between.join(text for values in found for text in values) or None
        return self.field.between.join(_one(values) or "" for values in found if values) or None

    def said_together(self, declaration: Element) -> list[str]:
        """Give every value at any item, each once."""
        return list(dict.fromkeys(text for path in self.whole for text in path.values(declaration)))


def _one(values: list[str]) -> str | None:
    """Give the only value, ``None`` where there is none."""
    if len(values) > 1:
        raise ValueError(", ".join(values[:5]))
    return values[0] if values else None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A mapping with its paths read."""

    declaration: TreePath | None
    item: TreePath | None
    count: TreePath | None
    sources: tuple[_Source, ...]
    known: tuple[TreePath, ...]


def _plan(mapping: Mapping) -> _Plan:
    """Read the paths of a mapping."""
    if not mapping.form.declaration and not mapping.form.item:
        raise InvalidMapping(
            field="format", expected="the paths declaration and item, for the file is a message", got=None,
            hint="see how mappings/wco_dec.yaml does it",
        )  # fmt: skip
    declaration = path_of(mapping.form.declaration) if mapping.form.declaration else None
    item = path_of(mapping.form.item) if mapping.form.item else None
    count = path_of(mapping.form.count) if mapping.form.count else None
    sources, known = [], [path_of(text) for text in (*mapping.unmapped, mapping.form.count) if text]
    for source in mapping.fields:
        paths = [path_of(text) for text in source.paths or (source.column,)]
        known += paths
        inside = [(bool(item and path.begins_with(item)), path) for path in paths]
        placed = tuple((within, path.after(item) if item and within else path) for within, path in inside)
        entry = FIELD[source.field]
        whole = paths if source.field in OF_CARRIAGE and any(within for within, _ in inside) else []
        sources.append(_Source(source, placed, entry.kind is Kind.CODES, tuple(whole)))
    return _Plan(declaration, item, count, tuple(sources), tuple(known))


def _chunks(plan: _Plan, declarations: list[Element]) -> Iterator[RawChunk]:
    rows: list[tuple[int, _Values, Element]] = []
    broken: list[BrokenRow] = []
    left: list[tuple[int, str, str]] = []
    number = 0
    for declaration in declarations:
        items = list(plan.item.elements(declaration)) if plan.item else [declaration]
        left += _left(plan, declaration, number + 1)
        shared = {each.field.field: each.said_together(declaration) for each in plan.sources if each.whole}
        wrong = _miscounted(plan, declaration, len(items))
        for item in items:
            number += 1
            read = replace(wrong, row=number) if wrong else _row(plan, number, (declaration, item), shared)
            if isinstance(read, BrokenRow):
                broken.append(read)
            else:
                rows.append((number, read, item))
        if not items:
            number += 1
            broken.append(_empty(plan, number, declaration))
        if len(rows) + len(broken) >= CHUNK_ROWS:
            yield _chunk(plan, rows, broken, left)
            rows, broken, left = [], [], []
    if rows or broken:
        yield _chunk(plan, rows, broken, left)


def _row(plan: _Plan, number: int, where: tuple[Element, Element], shared: _Shared) -> _Values | BrokenRow:
    """Read one goods item, or say why it cannot be."""
    values: _Values = {}
    declaration, item = where
    for source in plan.sources:
        try:
            values[source.field.column] = source.value(declaration, item, shared)
        except ValueError as several:
            expected, record = f"one value at {source.field.column}", as_record(dict(leaves(item)))
            return BrokenRow(
                number, "several-values", expected, str(several), record, _reference(plan, declaration, item)
            )
    return values


def _reference(plan: _Plan, declaration: Element, item: Element) -> str | None:
    """Give the reference of a declaration, ``None`` when it says several or none."""
    try:
        found = (each.value(declaration, item, {}) for each in plan.sources if each.field.field == "declaration_id")
        return next(found, None)
    except ValueError:
        return None


def _spoken_of(plan: _Plan, declaration: Element) -> bool:
    """Tell whether a mapping finds anything in a declaration: goods, or a reference."""
    goods = any(True for _ in plan.item.elements(declaration)) if plan.item else True
    return goods or _reference(plan, declaration, declaration) is not None


def _miscounted(plan: _Plan, declaration: Element, items: int) -> BrokenRow | None:
    """Say that a declaration has another number of goods items than it states: one was lost on the way, or put in."""
    stated = list(plan.count.values(declaration)) if plan.count else []
    if all(each.isdecimal() and int(each[:9]) == items for each in stated):
        return None
    expected, record = f"{', '.join(stated)[:50]} goods items, as it states", as_record(dict(leaves(declaration)))
    reference = _reference(plan, declaration, declaration)
    return BrokenRow(0, "item-count", expected, f"{items}", record, reference)


def _empty(plan: _Plan, number: int, declaration: Element) -> BrokenRow:
    """Say that a declaration has no goods item."""
    where = "/".join(step.name for step in plan.item.steps) if plan.item else ""
    reference, record = _reference(plan, declaration, declaration), as_record(dict(leaves(declaration)))
    return BrokenRow(number, "no-items", f"goods items at {where}", "none", record, reference)


def _chunk(
    plan: _Plan, rows: list[tuple[int, _Values, Element]], broken: list[BrokenRow], left: list[tuple[int, str, str]]
) -> RawChunk:
    columns = [
        pl.Series(name, [values[name] for _, values, _ in rows], dtype=pl.String)
        for name in dict.fromkeys(source.field.column for source in plan.sources)
    ]

    def record(position: int) -> str:
        _, values, item = rows[position]
        return as_record(values | dict(leaves(item)))

    numbers = pl.Series("row", [number for number, _, _ in rows], dtype=pl.Int64)
    return RawChunk(numbers, pl.DataFrame(columns), record, broken, left)


def leaves(element: Element, above: str = "") -> Iterator[tuple[str, str]]:
    """Give every text and attribute below an element, with its path.

    Examples
    --------
    >>> list(leaves(read_xml(b"<d><a x='1'>2</a><b/></d>", "d.xml")))
    [('a/@x', '1'), ('a', '2')]
    """
    for child in element.below:
        path = f"{above}{child.name}"
        yield from ((f"{path}/@{name}", value) for name, value in child.attributes.items())
        if text := _own_text(child):
            yield path, text
        yield from leaves(child, f"{path}/")


def _own_text(element: Element) -> str:
    """Give the text of an element, also beside others; that of a data element of EDIFACT is told by its components."""
    return "" if element.below and element.name.isdecimal() else " ".join(element.text.split())


def _left(plan: _Plan, declaration: Element, number: int) -> Iterator[tuple[int, str, str]]:
    """Give what a declaration says that the mapping neither maps nor leaves out by name."""
    bare = {id(found) for path in plan.known if not path.attribute for found in path.elements(declaration)}
    bare |= {id(found) for path in plan.known for found in path.conditions(declaration)}
    named = {
        (id(found), path.attribute) for path in plan.known if path.attribute for found in path.elements(declaration)
    }
    items = {id(found) for found in plan.item.elements(declaration)} if plan.item else set()
    yield from _attributes(declaration, "@", number, frozenset(named))
    yield from _unknown(declaration, "", number, (frozenset(bare), frozenset(named), frozenset(items)))


_Known = tuple[frozenset[int], frozenset[tuple[int, str]], frozenset[int]]


def _unknown(element: Element, above: str, number: int, known: _Known) -> Iterator[tuple[int, str, str]]:
    """Walk below an element past what is known; goods items are counted on."""
    bare, named, items = known
    for child in element.below:
        path, row = f"{above}{child.name}", number
        if id(child) in items:
            number += 1
        yield from _attributes(child, f"{path}/@", row, named)
        if id(child) in bare:
            continue
        if text := _own_text(child):
            yield row, path, text
        yield from _unknown(child, f"{path}/", row, known)


def _attributes(
    element: Element, above: str, row: int, named: frozenset[tuple[int, str]]
) -> Iterator[tuple[int, str, str]]:
    """Give the attributes of an element that are not known."""
    for name, value in element.attributes.items():
        if (id(element), name) not in named and not name.startswith("schemaLocation"):
            yield row, f"{above}{name}", value
