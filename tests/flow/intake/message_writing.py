"""Any declaration written as a message, by the mapping that reads it: each field at a path from which it is read."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from darvoza.domain.fields import FIELD, Kind, Level
from darvoza.flow.intake.mapping import FieldSource, Mapping
from darvoza.flow.intake.plain_xml import Element
from darvoza.flow.intake.tree_path import PAIRED, Step, TreePath, path_of

MARKS = {"102": "%Y%m%d", "304": "%Y%m%d%H%M%S%z"}


def _child(above: Element, name: str, *, new: bool = False) -> Element:
    found = next((each for each in above.below if each.name == name and not new), None)
    if found is None:
        found = Element(name, "", {})
        above.below.append(found)
    return found


def _down(above: Element, step: Step, *, new: bool = False) -> Element:
    """Take one step down, and make what the path says must stand there."""
    if step.inner:
        met = [] if new else list(replace(step, place=step.place or 1).below(above))
        if met:
            return met[0]
        made = _child(above, step.name, new=True)
        inner = made
        for name in step.inner:
            inner = _child(inner, name)
        inner.text = step.value
        return made
    while step.place > len([each for each in above.below if each.name == step.name]):
        _child(above, step.name, new=True)
    found = [each for each in above.below if each.name == step.name]
    return found[step.place - 1] if step.place else _child(above, step.name, new=new)


def _put(above: Element, path: TreePath, value: str, *, another: bool = False) -> None:
    """Put a value at a path; `another` of a list stands in an element of its own."""
    *way, last = path.steps
    at, whole = above, [step for step in way if not step.name.isdecimal()]
    for step in way:
        at = _down(at, step, new=another and step is whole[-1])
    if path.attribute:
        _down(at, last).attributes[path.attribute] = value
    elif last.name == "1..5":
        for place, word in enumerate(value.split(" ", 4), start=1):
            _child(at, str(place)).text = word
    elif PAIRED in last.name:
        for name, part in zip(last.name.split(PAIRED), value.split(PAIRED, 1), strict=True):
            _child(at, name, new=True).text = part
    else:
        _down(at, last, new=another and not way).text = value


def _written(source: FieldSource, value: Any, chance: Random) -> str:
    """Write a value as the mapping says that it is written."""
    if FIELD[source.field].kind is Kind.MOMENT:
        return str(value.strftime(MARKS[source.moment])) if source.moment else str(value.isoformat())
    text = str(value)
    return chance.choice([key for key, code in source.codes.items() if code == text] or [text])


def _pieces(source: FieldSource, text: str) -> list[str]:
    """Cut what is joined from several paths."""
    if source.field == "declaration_id":
        return text.split("/")
    most = 8 if source.field == "hs" else 2
    return [text[:most], text[most:]] if len(source.paths) > 1 else [text]


def message(mapping: Mapping, body: dict[str, Any], chance: Random) -> Element:
    """Write a declaration as a tree."""
    root = Element("Root", "", {})
    top = root
    for step in path_of(mapping.form.declaration).steps if mapping.form.declaration else ():
        top = _down(top, step)
    item = path_of(mapping.form.item)
    goods = []
    for _ in body["items"]:
        at = top
        for place, step in enumerate(item.steps):
            at = _down(at, step, new=place == len(item.steps) - 1)
        goods.append(at)
    for source in mapping.fields:
        for element, value in _placed(source, item, (top, goods), body):
            _source(element, source, item, value, chance)
    return root


def _placed(
    source: FieldSource, item: TreePath, where: tuple[Element, list[Element]], body: dict[str, Any]
) -> Iterator[tuple[Element, Any]]:
    top, goods = where
    inside = path_of((source.paths or (source.column,))[0]).begins_with(item)
    of_items = [each.get(source.field) for each in body["items"]]
    if FIELD[source.field].level is Level.DECLARATION:
        of_items = [body.get(source.field)] * len(goods)
    pairs = zip(goods, of_items, strict=True) if inside else [(top, body.get(source.field))]
    yield from ((element, value) for element, value in pairs if value is not None)


def _source(element: Element, source: FieldSource, item: TreePath, value: Any, chance: Random) -> None:
    paths = [path_of(text) for text in source.paths or (source.column,)]
    paths = [path.after(item) if path.begins_with(item) else path for path in paths]
    if isinstance(value, list):
        for each in value if source.field != "documents" else ():  # written with their numbers
            _put(element, paths[0], each, another=True)
    elif source.between is None:
        _put(element, chance.choice(paths), _written(source, value, chance))
    else:
        for path, piece in zip(paths, _pieces(source, _written(source, value, chance)), strict=True):
            if piece:
                _put(element, path, piece)


def as_xml(element: Element, chance: Random, *, top: bool = True) -> str:
    """Write a tree as XML, each time otherwise: with prefixes, comments, sections of characters, blanks and empty elements."""
    prefix = chance.choice(["", "", "a:", "b:"])
    spaces = ' xmlns="urn:x" xmlns:a="urn:a:5.21" xmlns:b="urn:b"' if top else ""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attributes.items())
    text = f"<![CDATA[{element.text}]]>" if chance.random() < 0.2 and element.text else escape(element.text)
    comment = chance.choice(["", "", "", "<!-- 1 -->", "<?x y?>"])
    blank = chance.choice(["", "\n  ", "\r\n", "\t"])
    below = "".join(f"{blank}{as_xml(each, chance, top=False)}{comment}" for each in element.below)
    if not below and not text and chance.random() < 0.5:
        return f"<{prefix}{element.name}{spaces}{attributes}/>"
    return f"<{prefix}{element.name}{spaces}{attributes}>{comment}{text}{below}{blank}</{prefix}{element.name}>"


def as_edifact(root: Element, chance: Random) -> str:
    """Write a tree as an interchange, with any characters of service and ends of lines."""
    service = chance.choice((":+.? '", ":+,?*'", "|;.\\ ~", "\x1d\x1f.! \x1c"))
    head, goods = root.below[0], [each for each in root.below[0].below if each.name == "ITEM"]
    first = [each for each in head.below if each.name == "BGM"] + [each for each in head.below if each.name == "DTM"]
    rest = [each for each in head.below if each.name not in {"BGM", "DTM", "ITEM"}]
    lines = ["UNH+1+CUSDEC:D:96B:UN", *map(_segment, (*first, *rest)), "UNS+D"]
    for item in goods:
        lines += map(_segment, sorted(item.below, key=lambda each: each.name != "CST"))
    flat = [part for line in [*lines, "UNS+S"] for part in line.split("\n")]
    flat = ["UNB+UNOW:4+A+B+260302:0930+7", *flat, f"UNT+{len(flat) + 1}+1", "UNZ+1+7"]
    data, component, end, release = service[1], service[0], service[5], service[3]
    written = [_released(line, (component, data, release, end)) for line in flat]
    return f"UNA{service}" + "".join(f"{line}{end}{chance.choice(chr(13) + chr(10))}" for line in written)


def _released(line: str, service: tuple[str, str, str, str]) -> str:
    """Put the characters of service in; letters of a text, which come marked, are released where they are such a character."""
    component, data, release, _end = service
    parts = line.split("\0")
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = "".join(f"{release}{letter}" if letter in service else letter for letter in part)
        else:
            parts[place] = part.replace(":", "\1").replace("+", data).replace("\1", component)
    return "".join(parts)


def _segment(segment: Element) -> str:
    """Write a segment and those that speak of it, one a line; texts are marked."""
    numbered = {int(each.name): each for each in segment.below if each.name.isdecimal()}
    elements = [_composite(numbered[n]) if n in numbered else "" for n in range(1, max(numbered, default=0) + 1)]
    after = [_segment(each) for each in segment.below if not each.name.isdecimal()]
    return "\n".join(["+".join([segment.name, *elements]), *after])


def _composite(element: Element) -> str:
    numbered = {int(each.name): each.text for each in element.below}
    if not numbered:
        return f"\0{element.text}\0"
    return ":".join(f"\0{numbered.get(n, '')}\0" for n in range(1, max(numbered) + 1))
