"""The register held against the journal: what was decided of each declaration, and found, is what was written down then.

A draw that is recomputed shows that a row agrees with itself. That it is the row that was decided, only the journal shows, whose
chain nobody mends.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from darvoza.domain.journal import EntryKind
from darvoza.office.insight.queries.differences import UNTOLD, Difference
from darvoza.office.insight.queries.erased_audit import Erased
from darvoza.office.insight.queries.gone import Ended, declarations_gone
from darvoza.office.insight.queries.goods_audit import goods_held
from darvoza.office.insight.queries.hearing import DeclarationHeard, heard_of, heard_on_declarations
from darvoza.office.insight.queries.orders_audit import OrdersHeld, orders_held
from darvoza.office.insight.queries.results_audit import ResultsHeld, from_files, orders_gone, results_held
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import DRAWN, EACH, run_subject, told_of
from darvoza.office.registry.models import Declaration
from darvoza.progress import OnProgress, counted, unheard

BATCH: Final = 500
"""Declarations that are looked at together."""

MOST: Final = 100
"""Differences that are told."""


@dataclass(slots=True)
class Audited:
    """What holding the register against the journal came to.

    Attributes
    ----------
    agreed, different
        Declarations that agree in everything, and those that do not.
    erased
        Declarations of which the last decision was erased from the journal.
    early
        Declarations that stand, and of which a decision, order or finding was erased before its shortest time was over.
    before
        Declarations that came with runs before the journal told of each: only their run can show what was decided.
    differences
        The first of what differs.
    results
        Results that are as the journal tells.
    unattested
        Results of which the journal tells only that they were recorded: it was before it kept digests, or erased.
    orders
        Orders that are as the journal tells.
    orders_before
        Orders of which it keeps nothing to compare: none of their moves was told since it does, or that was erased.
    """

    agreed: int = 0
    different: int = 0
    erased: int = 0
    before: int = 0
    early: int = 0
    differences: list[Difference] = field(default_factory=list)
    results: int = 0
    unattested: int = 0
    orders: int = 0
    orders_before: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing differs, and nothing was erased early by which it would be seen."""
        return not self.different and not self.early

    def note(self, found: Iterable[Difference]) -> None:
        """Take in what was found of one declaration."""
        told = list(found)
        self.different += bool(told)
        self.agreed += not told
        self.differences = [*self.differences, *told][:MOST]


def audit(declarations: QuerySet[Declaration] | None = None, on_progress: OnProgress = unheard) -> Audited:
    """Hold declarations against the journal.

    Parameters
    ----------
    declarations
        Which; ``None`` takes all, and asks for those too of which only the journal tells.
    on_progress
        Told how many of them were compared.
    """
    rows = (Declaration.objects.all() if declarations is None else declarations).order_by("pk")
    done, source, loose = Audited(), counted(rows.iterator(chunk_size=BATCH), on_progress), _Loose()
    erased, ended = Erased(), Ended()
    while batch := list(islice(source, BATCH)):
        keys = [row.pk for row in batch]
        _audit(keys, done, loose, ended)
        erased.look(keys)
    done.early = erased.early()
    if loose.number and loose.number > loose.most():
        done.note([Difference("", "", "results of loaded files", int(loose.most()), loose.number)])
    if declarations is None:
        for missing in (*declarations_gone(), *orders_gone()):
            done.note([missing])
    return done


def audit_latest(number: int) -> Audited:
    """Hold the declarations that were taken in last against the journal."""
    latest = Declaration.objects.order_by("-pk").values_list("pk", flat=True)[:number]
    return audit(Declaration.objects.filter(pk__in=list(latest)))


@dataclass(slots=True)
class _Loose:
    """Results of which the journal tells nothing by their order: how many there are, and how many may have come with files."""

    number: int = 0
    known: float | None = None

    def most(self) -> float:
        """Give how many may have come with files, asked for once, and only where there are any."""
        if self.known is None:
            self.known = from_files()
        return self.known


class _Standing(Enum):
    """Whether the decisions on a declaration can be compared."""

    COMPARED = auto()
    ERASED = auto()
    BEFORE = auto()


class _Looked(NamedTuple):
    """What looking at a declaration came to."""

    pk: int
    standing: _Standing
    differences: list[Difference]
    results: ResultsHeld
    orders: OrdersHeld


def _audit(keys: list[int], done: Audited, loose: _Loose, ended: Ended) -> None:
    """Hold some declarations against the journal."""
    for looked in _looked_twice(keys, ended):
        found = [*looked.differences]
        if (strange := looked.results.strange) and loose.most():
            loose.number += len(strange)
            done.unattested += len(strange)
        else:
            found += strange
        done.results += looked.results.attested
        done.unattested += looked.results.before
        done.orders += looked.orders.attested
        done.orders_before += looked.orders.before
        if found or looked.standing is _Standing.COMPARED:
            done.note(found)
        done.erased += looked.standing is _Standing.ERASED and not found
        done.before += looked.standing is _Standing.BEFORE and not found


def _looked_twice(keys: list[int], ended: Ended) -> Iterator[_Looked]:
    """Look at declarations, and at those of which something differs once more: an office at work may have decided in between."""
    first = list(_looked(keys, ended))
    strange = [each.pk for each in first if each.differences or each.results.strange]
    again = {each.pk: each for each in _looked(strange, ended)} if strange else {}
    for each in first:
        gone = each._replace(differences=[], results=ResultsHeld(), orders=OrdersHeld())
        yield again.get(each.pk, gone) if each.differences or each.results.strange else each


def _looked(keys: list[int], ended: Ended) -> Iterator[_Looked]:
    """Look at declarations as they stand now."""
    rows = Declaration.objects.filter(pk__in=keys).order_by("pk")
    held = list(rows.prefetch_related(*_AT_HAND))
    names = [row.declaration_id for row in held]
    told, on_all = _last_told(names), heard_on_declarations(names)
    heard = heard_of(held, _lives(on_all, ended))
    before = _told_as_runs(run for row in held for run in _runs(row))
    for row in held:
        standing, found = _of_decision(row, told, before)
        on_it, results = on_all.get(row.declaration_id, DeclarationHeard()), results_held(row, heard)
        orders = orders_held(row, on_it, heard)
        goods = goods_held(row, on_it, heard)
        yield _Looked(row.pk, standing, [*found, *goods, *orders.differences, *results.differences], results, orders)


def _lives(on_all: dict[str, DeclarationHeard], ended: Ended) -> dict[str, int]:
    """Forget what is told of earlier declarations under references that came again after their time was over; give since when."""
    again = [name for name, on_it in on_all.items() if on_it.beginnings > 1 or on_it.erased]
    since = {name: until for name in again if (until := ended.until(name))}
    if since:
        on_all |= {name: DeclarationHeard() for name in since} | heard_on_declarations(since, since)
    return since


_AT_HAND: Final = ("items", "decisions__run", "orders__results__findings", "orders__results__declared")


def _of_decision(
    row: Declaration, told: Mapping[str, Mapping[str, Any] | None], before: Collection[str]
) -> tuple[_Standing, list[Difference]]:
    """Hold what was decided on a declaration against the journal, where that can be done."""
    if body := told.get(row.declaration_id):
        return _Standing.COMPARED, list(_differences(row, body))
    if row.declaration_id in told:
        return _Standing.ERASED, []
    runs = _runs(row)
    if runs and runs <= set(before):
        return _Standing.BEFORE, []
    return _Standing.COMPARED, [Difference(row.declaration_id, "", UNTOLD, None, "a decision")]


def _last_told(names: Collection[str]) -> dict[str, Mapping[str, Any] | None]:
    """Give what the journal told last of what was decided on declarations; nothing of those whose entry was erased."""
    entries = Entry.objects.filter(kind=EntryKind.DECISION.value, subject__in=names).order_by("sequence")
    rows = entries.values_list("subject", "body")
    return {subject: body for subject, body in rows if body is None or "acts" in body}


def _runs(row: Declaration) -> set[str]:
    """Name the entries of the journal on the runs that decided on a declaration."""
    return {run_subject(decision.run.digest) for decision in row.decisions.all()}


def _told_as_runs(subjects: Iterable[str]) -> set[str]:
    """Name the runs of which the journal tells only that they were taken in: those of before it told of each declaration."""
    entries = Entry.objects.filter(kind=EntryKind.DECISION.value, subject__in=set(subjects))
    return {subject for subject, body in entries.values_list("subject", "body") if not (body and EACH in body)}


def _differences(row: Declaration, body: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare what the register holds of a declaration with what the journal says of it."""
    name = row.declaration_id
    held = told_of(_plain(row))
    yield from (
        Difference(name, "", each, body.get(each), held[each]) for each in DRAWN if body.get(each) != held[each]
    )
    if body["channel"] != row.channel:
        yield Difference(name, "", "channel", body["channel"], row.channel)
    journal, register = _by_duty(body["acts"]), _by_duty(held["acts"])
    for duty in sorted(journal.keys() | register.keys()):
        one, other = journal.get(duty, {}), register.get(duty, {})
        if not (one and other):
            yield Difference(name, " ".join(duty), UNTOLD, *(("an act", None) if one else (None, "an act")))
            continue
        yield from (
            Difference(name, " ".join(duty), each, one[each], other[each]) for each in one if one[each] != other[each]
        )
    if body.get("binding", "run" in body):
        yield from _without_order(row, journal)


def _without_order(row: Declaration, acts: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[Difference]:
    """Give the acts that were chosen and of which no order is there."""
    given = {order.order_id for order in row.orders.all()}
    for (agency, act), told in acts.items():
        if told["selected"] and f"{row.declaration_id}:{agency}:{act}" not in given:
            yield Difference(row.declaration_id, f"{agency} {act}", "order", "chosen", None)


def _plain(row: Declaration) -> list[dict[str, Any]]:
    """Give the decisions on a declaration in plain values."""
    names = ("agency", "act", "probability", "u", "selected", "basis", "floors", "fingerprint", "commitment")
    return [
        {name: getattr(each, name) for name in names} | {"key_day": each.key_day.isoformat()}
        for each in row.decisions.all()
    ]


def _by_duty(acts: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give what is said of each act; floors in one order, an empty basis as none."""
    return {
        (act["agency"], act["act"]): {
            **act,
            "basis": act["basis"] or "",
            "floors": sorted(map(list, act["floors"])),
        }
        for act in acts
    }
