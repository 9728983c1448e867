"""What is past its time is deleted, a batch at a time, each batch with its entry in the journal.

The chain of the journal stays: of an entry only the body is erased, and a later entry says of which. The body of an entry on a
declaration that stands in the register stays, however short its period is: without it nobody could show that the register is right.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from darvoza.domain.casework import FINISHED
from darvoza.domain.journal import EntryKind
from darvoza.flow.inspection.goods import digest_without_papers
from darvoza.flow.journal.entries import erasure
from darvoza.office.api.models import Comparison, Delivery, Event, GateMemory, Lodgement, Receipt
from darvoza.office.desk.models import Draft
from darvoza.office.desk.queries.photos import orders_gone
from darvoza.office.desk.services.photos import let_photos_go
from darvoza.office.journal.models import Entry
from darvoza.office.journal.services import SYSTEM, record
from darvoza.office.operations.retention import JOURNAL, KeptData, RetentionRule
from darvoza.office.operations.services.post_entries import erase_entries, erase_refused, forget_draws
from darvoza.office.registry.attested import (
    ERASED,
    IDENTITIES,
    PAPERS,
    RESULTS_SUBJECT,
    RETENTION,
    name_digest,
    run_subject,
)
from darvoza.office.registry.models import Decision, Declaration, Finding, Former, Item, Mark, Order, Result, Run
from darvoza.office.registry.services.sealing import override_without_papers
from darvoza.office.shell.writing import wait_for_turn

BATCH: Final = 500

PUBLIC_MARKS: Final = ("declaration", "tail")

Rows = QuerySet[Any]


class Expired(NamedTuple):
    """How much of a class was past its time, and before which moment."""

    data: KeptData
    before: datetime
    number: int


def past_its_time(rules: Iterable[RetentionRule], now: datetime) -> list[Expired]:
    """Count what is past its time; nothing is changed."""
    return [Expired(rule.data, rule.end(now), _rows(rule.data, rule.end(now)).count()) for rule in rules]


def expire(rules: Iterable[RetentionRule], *, by: str = SYSTEM, now: datetime) -> list[Expired]:
    """Delete what is past its time.

    Parameters
    ----------
    by
        Who lets it be done.
    now
        The moment from which periods are counted back.
    """
    return [Expired(rule.data, rule.end(now), _expire(rule, by, now)) for rule in rules]


def _expire(rule: RetentionRule, by: str, now: datetime) -> int:
    """Delete one class, a batch at a time: what is cut off goes on the next time."""
    done, before = 0, rule.end(now)
    after: Any = None
    while True:
        with transaction.atomic():
            rows = _rows(rule.data, before).order_by("pk")
            if rule.data in {KeptData.IDENTITIES, KeptData.DECLARATIONS}:
                rows = rows.select_for_update(no_key=True)  # an amendment at the same moment waits, or is waited for
            # what stays is not looked at again for each batch
            rows = rows if after is None else rows.filter(pk__gt=after)
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            if not keys:
                _forget_beside(rule, before, by, now)
                return done
            if rule.data in JOURNAL:
                _erase_bodies(keys, rule, by, now)
            else:
                told = {"what": "expired", "count": len(keys), **rule.told(before)}
                if rule.data is KeptData.DECLARATIONS:
                    # whoever holds the register against the journal finds that they may be gone
                    told["named"] = [name_digest(name) for name in _names(keys)]
                    told["photos"] = let_photos_go(_orders(keys), root=settings.PHOTOS)
                WAYS[rule.data](keys)
                record(EntryKind.SETTINGS_CHANGE, RETENTION, {**told, "basis": rule.basis}, by=by, now=now)
        done, after = done + len(keys), keys[-1]


def _forget_beside(rule: RetentionRule, before: datetime, by: str, now: datetime) -> None:
    """Let go, at the end of a class, what is told of declarations beside the register."""
    data = rule.data
    if data in {KeptData.IDENTITIES, KeptData.DECLARATIONS}:
        forget_draws(before)
        erase_refused(before)
    if data is KeptData.DECLARATIONS:  # also those of declarations that went before comparisons went with them
        here = Declaration.objects.filter(declaration_id=OuterRef("declaration_id"))
        Comparison.objects.filter(~Exists(here), at__lt=before).delete()
        photos = 0
        while orders := orders_gone(before, most=BATCH):  # as many as a database takes in one question
            photos += let_photos_go(orders, root=settings.PHOTOS)
        if photos:
            told = {"what": "photos", "photos": photos, **rule.told(before), "basis": rule.basis}
            record(EntryKind.SETTINGS_CHANGE, RETENTION, told, by=by, now=now)


def _rows(data: KeptData, before: datetime) -> Rows:
    """Give the rows of a class that are past their time."""
    if data in JOURNAL:
        bodies = Entry.objects.filter(kind__in=JOURNAL[data], at__lt=before, salt__isnull=False)
        return bodies.exclude(_stands()) if data is KeptData.JOURNAL_WORK else bodies
    busy = Order.objects.filter(declaration=OuterRef("pk")).exclude(state__in=FINISHED)
    lodged = Declaration.objects.filter(lodged_at__lt=before).exclude(Exists(busy))
    waiting = Delivery.objects.filter(event=OuterRef("pk"), state=Delivery.State.WAITING)
    found: Mapping[KeptData, Rows] = {
        KeptData.SESSIONS: Session.objects.filter(expire_date__lt=before),
        KeptData.DRAFTS: Draft.objects.filter(saved_at__lt=before),
        KeptData.RECEIPTS: Receipt.objects.filter(at__lt=before),
        KeptData.EVENTS: Event.objects.filter(at__lt=before).exclude(Exists(waiting)),
        KeptData.IDENTITIES: lodged.exclude(importer_id=ERASED),
        KeptData.DECLARATIONS: lodged,
    }
    return found[data]


def _stands() -> Q:
    """Tell of entries on declarations that stand in the register, on their orders, and on the runs and files that they came with."""
    declared = Declaration.objects.filter(declaration_id=OuterRef("subject"))
    standing = Q(Exists(declared)) | Q(Exists(Order.objects.filter(order_id=OuterRef("subject"))))
    runs = Run.objects.filter(Exists(Decision.objects.filter(run=OuterRef("pk")))).values_list("digest", flat=True)
    standing |= Q(kind=EntryKind.DECISION, subject__in=[run_subject(digest) for digest in runs])
    oldest = _oldest_result()
    files = Q(kind=EntryKind.FINDING, subject__startswith=RESULTS_SUBJECT, at__gte=oldest)
    return standing | files if oldest else standing


def _oldest_result() -> datetime | None:
    """Give a moment before which no result that stands came with a file.

    Which results came with a file, only entries on their orders tell, and not of each: none that stands was known after it. But for
    those of a file that gives moments to come, such as those of a clock of its own: with it their orders are told of.
    """
    on_orders = Entry.objects.filter(Exists(Order.objects.filter(order_id=OuterRef("subject"))), kind=EntryKind.FINDING)
    moments = (rows.aggregate(oldest=Min("at"))["oldest"] for rows in (Result.objects, on_orders))
    return min(filter(None, moments), default=None)


def _erase_bodies(sequences: list[int], rule: RetentionRule, by: str, now: datetime) -> None:
    """Erase the bodies of entries, and say so in the same transaction."""
    Entry.objects.filter(pk__in=sequences).update(body=None, salt=None)
    told = erasure(sequences, actor=by, at=now, basis=rule.basis, told=rule.told(rule.end(now)))
    record(told.kind, told.subject, told.body, by=by, now=now)


def _erase_identities(keys: list[int]) -> None:
    """Take out of declarations who traded; what was declared, decided and found stays."""
    rows = list(Declaration.objects.filter(pk__in=keys))
    for row in rows:
        row.importer_id, row.importer_name = ERASED, ""
        row.record = {name: value for name, value in row.record.items() if name not in IDENTITIES}
        row.record["importer_id"] = ERASED
    Declaration.objects.bulk_update(rows, ["importer_id", "importer_name", "record"])
    for former in Former.objects.filter(declaration__in=keys):
        former.record = {name: value for name, value in former.record.items() if name not in IDENTITIES}
        former.record["importer_id"] = ERASED
        former.items = [_without_papers(each) for each in former.items]
        former.save(update_fields=["record", "items"])
    _erase_papers(keys)
    Mark.objects.filter(declaration__in=keys).exclude(kind__in=PUBLIC_MARKS).delete()
    references = [row.declaration_id for row in rows]
    Lodgement.objects.filter(declaration_id__in=references).update(items=[])
    erase_entries(references)
    _forget_memory()


def _forget_memory() -> None:
    """Delete what a gate kept of its memory; whoever keeps it anew waits until the journal tells of what is erased."""
    wait_for_turn(GateMemory)
    GateMemory.objects.all().delete()


def _erase_papers(keys: list[int]) -> None:
    """Take the numbers of papers out of goods items; what was found of the goods, or proposed, holds for them without."""
    items = list(Item.objects.filter(declaration__in=keys))
    for item in items:
        item.record = _without_papers(item.record)
    Item.objects.bulk_update(items, ["record"])
    findings = list(Finding.objects.filter(result__order__declaration__in=keys))
    for finding in findings:
        if goods := finding.record.get("goods"):
            finding.record = {**finding.record, "goods": digest_without_papers(goods)}
    Finding.objects.bulk_update(findings, ["record"])
    orders = Order.objects.filter(declaration__in=keys).exclude(overrides=[])
    proposed = list(orders.select_for_update(no_key=True).order_by("pk"))
    for order in proposed:
        order.overrides = [override_without_papers(each) for each in order.overrides]
    Order.objects.bulk_update(proposed, ["overrides"])


def _without_papers(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != PAPERS}


def _delete_declarations(keys: list[int]) -> None:
    """Delete declarations, and what speaks of them without being bound to them."""
    references = _names(keys)
    Draft.objects.filter(order_id__in=_orders(keys)).delete()
    Lodgement.objects.filter(declaration_id__in=references).delete()
    erase_entries(references)
    _forget_memory()
    Event.objects.filter(declaration_id__in=references).delete()
    Comparison.objects.filter(declaration_id__in=references).delete()
    Declaration.objects.filter(pk__in=keys).delete()


def _orders(keys: list[int]) -> list[str]:
    return list(Order.objects.filter(declaration__in=keys).values_list("order_id", flat=True))


def _names(keys: list[int]) -> list[str]:
    return list(Declaration.objects.filter(pk__in=keys).order_by("pk").values_list("declaration_id", flat=True))


def _deleting(model: type[Session | Draft | Receipt | Event]) -> Callable[[list[Any]], None]:
    """Make the way of a class whose rows are simply deleted."""

    def delete(keys: list[Any]) -> None:
        model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented name

    return delete


WAYS: Final[Mapping[KeptData, Callable[[list[Any]], None]]] = {
    KeptData.SESSIONS: _deleting(Session),
    KeptData.DRAFTS: _deleting(Draft),
    KeptData.RECEIPTS: _deleting(Receipt),
    KeptData.EVENTS: _deleting(Event),
    KeptData.IDENTITIES: _erase_identities,
    KeptData.DECLARATIONS: _delete_declarations,
}
