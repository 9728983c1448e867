"""The register held against the journal: what was decided of each declaration is what was written down when it was decided.

A draw that is recomputed shows that a row agrees with itself. That it is the row that was decided, only the journal shows, whose
chain nobody mends.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import DRAWN, EACH, name_digest, told_of
from darvoza.office.registry.models import Declaration

BATCH: Final = 500
"""Declarations that are looked at together."""

MOST: Final = 100
"""Differences that are told."""

UNTOLD: Final = "decision"
"""The field of a difference where one side tells nothing at all."""

EXPIRED: Final = "retention"
"""Under which subject the journal tells how many declarations were deleted when their time was over."""


class Difference(NamedTuple):
    """What the register holds otherwise than the journal.

    Attributes
    ----------
    declaration_id, act
        Of which declaration, and of which of its acts (``agency act``; empty for the whole declaration).
    field
        What is another.
    journal, register
        What each of them says; ``None`` where it says nothing.
    """

    declaration_id: str
    act: str
    field: str
    journal: object
    register: object


@dataclass(slots=True)
class Audited:
    """What holding the register against the journal came to.

    Attributes
    ----------
    agreed, different
        Declarations that agree in everything, and those that do not.
    erased
        Declarations of which the journal was erased in good order.
    before
        Declarations that came with runs before the journal told of each: only their run can show what was decided.
    differences
        The first of what differs.
    """

    agreed: int = 0
    different: int = 0
    erased: int = 0
    before: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.different

    def note(self, found: Iterable[Difference]) -> None:
        """Take in what was found of one declaration."""
        told = list(found)
        self.different += bool(told)
        self.agreed += not told
        self.differences = [*self.differences, *told][:MOST]


def audit(declarations: QuerySet[Declaration] | None = None) -> Audited:
    """Hold declarations against the journal.

    Parameters
    ----------
    declarations
        Which; ``None`` takes all, and asks for those too of which only the journal tells.
    """
    rows = (Declaration.objects.all() if declarations is None else declarations).order_by("pk")
    done, source = Audited(), iter(rows.iterator(chunk_size=BATCH))
    while batch := list(islice(source, BATCH)):
        _audit(batch, done)
    if declarations is None:
        for name in _missing():
            done.note([Difference(name, "", UNTOLD, "a decision", None)])
    return done


def audit_latest(number: int) -> Audited:
    """Hold the declarations that were taken in last against the journal."""
    latest = Declaration.objects.order_by("-pk").values_list("pk", flat=True)[:number]
    return audit(Declaration.objects.filter(pk__in=list(latest)))


def _audit(batch: list[Declaration], done: Audited) -> None:
    """Hold some declarations against the journal."""
    names = [row.declaration_id for row in batch]
    told = _last_told(names)
    held = Declaration.objects.filter(pk__in=[row.pk for row in batch]).prefetch_related("decisions__run", "orders")
    before = _told_as_runs(run for row in held for run in _runs(row))
    for row in held:
        body = told.get(row.declaration_id)
        if body:
            done.note(_lasting(row, list(_differences(row, body))))
        elif row.declaration_id in told:
            done.erased += 1
        elif _runs(row) and _runs(row) <= before:
            done.before += 1
        else:
            done.note(_lasting(row, [Difference(row.declaration_id, "", UNTOLD, None, "a decision")]))


def _lasting(row: Declaration, found: list[Difference]) -> list[Difference]:
    """Give what still differs when it is read once more: an office at work may have decided between two questions."""
    if not found:
        return found
    now = Declaration.objects.filter(pk=row.pk).prefetch_related("decisions__run", "orders").first()
    told = _last_told([row.declaration_id])
    body = told.get(row.declaration_id)
    if now is None or (told and body is None):
        return []
    return list(_differences(now, body)) if body else found


def _last_told(names: Collection[str]) -> dict[str, Mapping[str, Any] | None]:
    """Give what the journal told last of what was decided on declarations; nothing of those whose entry was erased."""
    entries = Entry.objects.filter(kind=EntryKind.DECISION.value, subject__in=names).order_by("sequence")
    rows = entries.values_list("subject", "body")
    return {subject: body for subject, body in rows if body is None or "acts" in body}


def _runs(row: Declaration) -> set[str]:
    """Name the entries of the journal on the runs that decided on a declaration."""
    return {f"run {decision.run.digest[:16]}" for decision in row.decisions.all()}


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


def _missing() -> Iterator[str]:
    """Name declarations of which only the journal tells, and that were not deleted because their time was over.

    Deletions of before they were told by name count only by their number.
    """
    expired = Entry.objects.filter(subject=EXPIRED, body__data="declarations").values_list("body", flat=True)
    bodies = [body for body in expired if body]
    named = {digest for body in bodies for digest in body.get("named", ())}
    unnamed = sum(int(body["count"]) for body in bodies if "named" not in body)
    subjects = Entry.objects.filter(kind=EntryKind.DECISION.value, body__has_key="acts").order_by("subject")
    source = iter(subjects.values_list("subject", flat=True).distinct().iterator(chunk_size=BATCH))
    gone: list[str] = []
    while batch := list(islice(source, BATCH)):
        there = set(Declaration.objects.filter(declaration_id__in=batch).values_list("declaration_id", flat=True))
        gone += [name for name in batch if name not in there and name_digest(name) not in named]
    if len(gone) > unnamed:
        yield from gone
