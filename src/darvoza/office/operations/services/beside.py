"""What is asked of two systems side by side on a page: where they differ, by what, and what was found there.

Who may know of what, and which names are told, is the same as by the interface of systems.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from django.db.models import Q

from darvoza.domain.codes import Channel
from darvoza.flow.gate.comparing import Agreement, Compared, Pair, Tally, compare, pairs, tallied
from darvoza.flow.gate.state_file import State
from darvoza.flow.oversight.estimate_records import Limits
from darvoza.office.accounts.scope import Placed
from darvoza.office.api.models import Comparison
from darvoza.office.api.problems import Problem
from darvoza.office.api.queries import names_for
from darvoza.office.api.services.compared import Asked, Each, alike, each_of, that_met
from darvoza.office.api.services.lodging import state_in_force
from darvoza.office.insight.queries.figures import rate_of, share_of
from darvoza.office.registry.models import Declaration
from darvoza.office.registry.queries import declarations_for, found_by_declaration, orders_for

PER_PAGE: Final = 50
MOST: Final = 50_000
"""Rows of an export."""

DIFFERING: Final = (Agreement.STRICTER, Agreement.LAXER)


class _Reader(NamedTuple):
    """A person as one who asks: lodges nothing, whatever the name."""

    agency: str
    post: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which declarations are counted, and which of them are listed.

    Attributes
    ----------
    met
        How our channel stands to theirs.
    theirs, ours
        The channels; any where it is ``None``.
    """

    asked: Asked
    met: tuple[Agreement, ...] = DIFFERING
    theirs: Channel | None = None
    ours: Channel | None = None

    def listed(self) -> Q:
        """Give the condition under which a declaration is listed."""
        condition = that_met(*self.met)
        for name, channel in (("theirs", self.theirs), ("ours", self.ours)):
            if channel is not None:
                condition &= Q(**{name: channel.value})
        return condition


class Row(NamedTuple):
    """What theirs sent by one channel: by which ours sent it, and how many in all."""

    theirs: Channel
    pairs: tuple[tuple[Pair, float | None], ...]
    declarations: int


class MetLine(NamedTuple):
    """Declarations on which the systems agree in one way; one pair of channels of them where `pair` says which."""

    met: Agreement
    pair: Pair | None
    declarations: int
    share: float | None
    checked: int
    found: int
    rate: Limits | None


class NamedLine(NamedTuple):
    """A profile, measure, plan or post, and how the systems agree there.

    Attributes
    ----------
    alone
        Of the declarations on which we are stricter, those that nothing else matched of what may be read.
    silent
        Of a post: whether another system decides there.
    """

    tally: Tally
    title: str
    rate: Limits | None
    alone: int = 0
    silent: bool | None = None


class Told(NamedTuple):
    """One declaration that was compared, as it is listed.

    Attributes
    ----------
    lodged_at
        Nothing where the register does not hold it any more.
    here
        Whether the reader may open it.
    found
        Whether anything was found; ``None`` without a result.
    """

    each: Each
    lodged_at: datetime | None
    here: bool
    found: bool | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page shows.

    Attributes
    ----------
    any
        Whether another system ever told anything.
    readable
        Whether the state in force could be read, which says whose names may be told.
    posts_known, systems_known
        What can be asked for.
    """

    any: bool
    readable: bool
    whole: Tally
    matrix: tuple[Row, ...] = ()
    lines: tuple[MetLine, ...] = ()
    profiles: tuple[NamedLine, ...] = ()
    unnamed: NamedLine | None = None
    posts: tuple[NamedLine, ...] = ()
    posts_known: tuple[str, ...] = ()
    systems_known: tuple[str, ...] = ()


def names_told(now: datetime) -> State | None:
    """Give the state in force, whose names may be told; nothing where it cannot be read, or nothing was ever compared.

    Where it cannot be read the gate gives an alarm, and the page tells.
    """
    if not Comparison.objects.exists():
        return None
    try:
        return state_in_force(now)
    except Problem:
        return None


def beside(person: Placed, wanted: Wanted, state: State | None) -> Beside:
    """Give how the systems agree, over what a person may know of."""
    if not Comparison.objects.exists():
        return Beside(any=False, readable=True, whole=Tally("", 0, 0, 0))
    reader, may_read = _reader(person), _names(person, state)
    of_these = wanted.asked.rows().order_by().values("declaration_id")
    results = found_by_declaration(orders_for(person).filter(declaration__declaration_id__in=of_these))
    seen = alike(reader, may_read, wanted.asked, results)
    [whole, *named] = compare(seen)
    counted = pairs(seen)
    return Beside(
        any=True,
        readable=state is not None,
        whole=whole,
        matrix=_matrix(counted, whole.declarations),
        lines=tuple(_lines(counted, whole)),
        profiles=_profiles(named, seen, state),
        unnamed=next(map(_named, tallied(seen, lambda one: () if one.profiles else ("",))), None),
        posts=_posts(seen, state),
        posts_known=() if person.post else _known("post"),
        systems_known=_known("system"),
    )


def _reader(person: Placed) -> _Reader:
    return _Reader(person.agency, person.post)


def _names(person: Placed, state: State | None) -> set[str]:
    return names_for(person, state) if state else set()


def _known(column: str) -> tuple[str, ...]:
    return tuple(Comparison.objects.order_by(column).values_list(column, flat=True).distinct())


def _matrix(counted: list[Pair], whole: int) -> tuple[Row, ...]:
    rows = []
    for theirs in Channel:
        own = [each for each in counted if each.theirs is theirs]
        shares = tuple((each, share_of(each.declarations, whole)) for each in own)
        rows.append(Row(theirs, shares, sum(each.declarations for each in own)))
    return tuple(rows)


def _lines(counted: list[Pair], whole: Tally) -> Iterator[MetLine]:
    """Give each way to agree, and below those that differ the pairs of channels, the most frequent first."""
    for met in Agreement:
        own = sorted((each for each in counted if each.met is met), key=lambda each: -each.declarations)
        sums = [sum(getattr(each, name) for each in own) for name in ("declarations", "checked", "found")]
        yield _met(met, None, whole, *sums)
        for each in own if met in DIFFERING else ():
            if each.declarations:
                yield _met(met, each, whole, each.declarations, each.checked, each.found)


def _met(met: Agreement, pair: Pair | None, whole: Tally, declarations: int, checked: int, found: int) -> MetLine:  # noqa: PLR0917 - counts of a line
    share = share_of(declarations, whole.declarations)
    return MetLine(met, pair, declarations, share, checked, found, rate_of(found, checked))


def _named(tally: Tally) -> NamedLine:
    return NamedLine(tally, "", rate_of(tally.found, tally.checked))


def _profiles(named: Iterable[Tally], seen: list[Compared], state: State | None) -> tuple[NamedLine, ...]:
    """Give the names that matched, those first on which we are stricter most often."""
    titles = _titles(state) if state else {}
    alone = tallied(seen, lambda one: one.profiles if len(one.profiles) == 1 else ())
    by_itself = {each.name: each.stricter for each in alone}
    lines = sorted(named, key=lambda each: (-each.stricter, -each.declarations, each.name))
    return tuple(
        _named(each)._replace(title=titles.get(each.name, ""), alone=by_itself.get(each.name, 0)) for each in lines
    )


def _titles(state: State) -> dict[str, str]:
    """Give what profiles and measures are called."""
    return {each.code: each.title for each in (*state.measures, *state.policy.profiles)}


def _posts(seen: list[Compared], state: State | None) -> tuple[NamedLine, ...]:
    """Give the posts, those with most declarations first."""
    lines = sorted(tallied(seen, lambda one: (one.post,)), key=lambda each: (-each.declarations, each.name))
    return tuple(_named(each)._replace(silent=not state.binds(each.name) if state else None) for each in lines)


def listed(person: Placed, wanted: Wanted, state: State | None, *, before: int = 0) -> tuple[list[Told], int | None]:
    """Give a page of the declarations that are listed, what was told last first, and where the next begins.

    Parameters
    ----------
    before
        The number before which the page begins; the first page without it.
    """
    page = list(islice(_each(person, wanted, state, before), PER_PAGE + 1))
    return _told(person, page[:PER_PAGE]), page[PER_PAGE - 1].row.pk if len(page) > PER_PAGE else None


def every(person: Placed, wanted: Wanted, state: State | None) -> Iterator[Told]:
    """Give all declarations that are listed, at most `MOST`."""
    source = islice(_each(person, wanted, state, 0), MOST)
    while batch := list(islice(source, PER_PAGE * 10)):
        yield from _told(person, batch)


def _each(person: Placed, wanted: Wanted, state: State | None, before: int) -> Iterator[Each]:
    rows = wanted.asked.rows().filter(wanted.listed()).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    return each_of(_reader(person), _names(person, state), wanted.asked, rows)


def _told(person: Placed, page: list[Each]) -> list[Told]:
    names = [each.row.declaration_id for each in page]
    lodged = dict(Declaration.objects.filter(declaration_id__in=names).values_list("declaration_id", "lodged_at"))
    here = set(declarations_for(person).filter(declaration_id__in=names).values_list("declaration_id", flat=True))
    found = found_by_declaration(orders_for(person).filter(declaration__declaration_id__in=names))
    return [Told(each, lodged.get(name), name in here, found.get(name)) for name, each in zip(names, page, strict=True)]
