"""Rows in groups as the lines of a form, one below the other with their levels; and what its buttons do to them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from darvoza.office.profiles.builder import AND, DEEPEST, JOINS, MOST, OVER, RELATIONS, Group, Row, Term

ADD_ROW, ADD_GROUP, REMOVE, SHAPE = "add-row", "add-group", "remove", "shape"
EDITS: Final = (ADD_ROW, ADD_GROUP, REMOVE, SHAPE)
"""What buttons ask for: a row or a group more in a group, one less, or only to be shown as it was sent."""

TOP: Final = "top"


class Line(NamedTuple):
    """A row, or the head of a group, with its level; those just below the outermost group have level 1."""

    level: int
    term: Term


@dataclass(frozen=True, slots=True)
class Placed:
    """A row or a group as a page shows it.

    Attributes
    ----------
    place
        Its number in the form; nothing for the outermost group.
    below
        What stands in it.
    nests
        Whether another group may stand in it.
    fresh
        Whether it was just added.
    """

    place: int | None
    level: int
    term: Term
    below: "tuple[Placed, ...]" = ()
    nests: bool = False
    fresh: bool = False

    @property
    def number(self) -> str:
        """Its number as it stands in names of fields; empty for the outermost group."""
        return "" if self.place is None else str(self.place)

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return isinstance(self.term, Group)


def lines_of(group: Group, level: int = 1) -> list[Line]:
    """Give rows and groups one below the other."""
    made: list[Line] = []
    for term in group.terms:
        if isinstance(term, Row):
            made.append(Line(level, term))
        else:
            made += [Line(level, replace(term, terms=())), *lines_of(term, level + 1)]
    return made


def group_of(head: Group, lines: list[Line]) -> Group:
    """Give the group whose lines these are; a line that is too deep stands as deep as it may.

    Examples
    --------
    >>> group_of(Group(), [Line(1, Group("or")), Line(2, Row("importer_is_new", "holds"))]).terms[0].terms[0].fact
    'importer_is_new'
    """
    terms: list[Term] = []
    at = 0
    while at < len(lines):
        end = _end(lines, at)
        term = lines[at].term
        below = [Line(max(line.level, lines[at].level + 1), line.term) for line in lines[at + 1 : end]]
        if isinstance(term, Group):
            terms.append(group_of(term, below))
        else:
            terms += [term, *group_of(Group(), below).terms]
        at = end
    return replace(head, terms=tuple(terms))


def _end(lines: list[Line], at: int) -> int:
    """Give the place after a line and everything that stands in it."""
    level = lines[at].level
    return next((place for place in range(at + 1, len(lines)) if lines[place].level <= level), len(lines))


def placed(group: Group, *, spare: int = 0, fresh: int | None = None) -> Placed:
    """Number rows and groups for a page; so many empty rows stand below the others.

    Parameters
    ----------
    fresh
        The number of a line that was just added.
    """
    offers = bool(group.terms) and _blank(group.terms[-1])
    head = group if offers else replace(group, terms=(*group.terms, *(Row(),) * spare))
    below, _count = _placed(head, 1, 0, fresh)
    return Placed(None, 0, group, below, nests=True)


def _placed(group: Group, level: int, place: int, fresh: int | None) -> tuple[tuple[Placed, ...], int]:
    made: list[Placed] = []
    for term in group.terms:
        at, place = place, place + 1
        below: tuple[Placed, ...] = ()
        if isinstance(term, Group):
            below, place = _placed(term, level + 1, place, fresh)
        made.append(Placed(at, level, term, below, nests=level < DEEPEST, fresh=at == fresh))
    return tuple(made), place


def sent_lines(sent: Mapping[str, str]) -> tuple[Group, list[Line]]:
    """Give the head and the lines of a form as it was sent."""
    count = 0
    while count < 2 * MOST and (f"row{count}-fact" in sent or f"row{count}-join" in sent):
        count += 1
    return Group(_one_of(sent.get("join", ""), JOINS, AND)), [_sent_line(sent, place) for place in range(count)]


def _sent_line(sent: Mapping[str, str], place: int) -> Line:
    def part(name: str) -> str:
        return sent.get(f"row{place}-{name}", "")

    level = part("level")
    term: Term = Row(part("fact"), part("operator"), part("value"))
    if f"row{place}-join" in sent:
        relation = _one_of(part("operator"), RELATIONS, ">=")
        over = _one_of(part("over"), OVER, "")
        term = Group(_one_of(part("join"), JOINS, AND), (), over, part("fact"), relation, part("value"))
    deepest = DEEPEST if isinstance(term, Group) else DEEPEST + 1
    return Line(min(max(int(level), 1), deepest) if level.isdecimal() else 1, term)


def _one_of(text: str, known: tuple[str, ...], otherwise: str) -> str:
    return text if text in known else otherwise


def edited(lines: list[Line], what: str) -> tuple[list[Line], int | None]:
    """Do what a button asks for, such as ``add-row:top`` or ``remove:3``; give the number of a new line, too.

    Empty rows below the others were only offered, and are left out.

    Examples
    --------
    >>> lines, fresh = edited([Line(1, Group()), Line(1, Row("price", ">", "1"))], "add-row:0")
    >>> [line.level for line in lines], fresh
    ([1, 2, 1], 1)
    """
    lines = lines[: _filled(lines)]
    verb, _colon, at = what.partition(":")
    place = int(at) if at.isdecimal() and int(at) < len(lines) else None
    if verb == REMOVE and place is not None:
        return [*lines[:place], *lines[_end(lines, place) :]], None
    level = 1 if place is None else lines[place].level + 1
    if not _takes(lines, place, at) or level > {ADD_ROW: DEEPEST + 1, ADD_GROUP: DEEPEST}.get(verb, 0):
        return lines, None
    end = len(lines) if place is None else _end(lines, place)
    new = [Line(level, Row())] if verb == ADD_ROW else [Line(level, Group()), Line(level + 1, Row())]
    return [*lines[:end], *new, *lines[end:]], end if verb == ADD_ROW else end + 1


def _takes(lines: list[Line], place: int | None, at: str) -> bool:
    """Tell whether a line is a group in which there is still room."""
    return len(lines) < MOST and (at == TOP if place is None else isinstance(lines[place].term, Group))


def _filled(lines: list[Line]) -> int:
    """Give the place after the last line of the outermost group in which something stands."""
    end = len(lines)
    while end and lines[end - 1].level == 1 and isinstance(lines[end - 1].term, Row) and _blank(lines[end - 1].term):
        end -= 1
    return end


def _blank(term: Term) -> bool:
    return isinstance(term, Row) and term.blank
