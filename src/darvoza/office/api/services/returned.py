"""What a post brought back of a declaration that is here: one more revision, so that everybody is told what stands now.

It is decided by nobody here: what the post decided is put beside what the centre did. It stands in a batch of its own, so that
whoever decides, or decides again later, knows of it from then on and not before. A declaration that was never lodged here gets
its first revision with the second, out of the register; to systems it stays what it was: not theirs to amend.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.flow.gate.records import drawn_of, items_of, plain_rows
from darvoza.flow.tables import DECISION_SCHEMA
from darvoza.office.api.documents import as_text, journalled, said_of
from darvoza.office.api.models import DecidedBatch, Event, GateMark, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services.batch import event_of
from darvoza.office.registry.models import Declaration
from darvoza.office.shell.statements import hold, put

Plain = dict[str, Any]

_DRAW: Final = {name: DECISION_SCHEMA[name] for name in ("declaration_id", "lodged_at", "fingerprint", "key_day")}


class Stands(NamedTuple):
    """What stands of a declaration: goods items and decisions in plain values, and its channel.

    `run` is the digest of the run with which a declaration came that was never lodged here; empty for all others.
    """

    items: Sequence[Plain]
    decisions: Sequence[Plain]
    channel: str
    run: str = ""


def last_lodged(declaration_id: str) -> Lodgement | None:
    """Give the last revision of a declaration; nothing where it was never lodged here."""
    return Lodgement.objects.filter(declaration_id=declaration_id).order_by("-revision").first()


def enter_returned(row: Declaration, before: Stands, now_stands: Stands, *, now: datetime) -> None:
    """Write a revision of what stands since a post brought back what it did, within the transaction of the caller.

    Parameters
    ----------
    row
        The declaration in the register.
    before
        What stood: the first revision of what was never lodged here.
    now_stands
        What stands.
    """
    mark = hold(GateMark)
    mark.batch += 1
    last = last_lodged(row.declaration_id)
    state = last.state if last else ""
    if last is None:
        last = _written(row, before, mark.batch, last=None, state=before.run, now=now)
    made = _written(row, now_stands, mark.batch, last=last, state=state, now=now)
    known = DecidedBatch.objects.order_by("-number").first()
    if known is not None:
        told = {"state": known.state, "results": known.results, "runs": known.runs}
        DecidedBatch.objects.create(number=mark.batch, at=now, **told)
    put(mark)
    if Lodgement.objects.exclude(kind=LodgementKind.RETURNED).filter(declaration_id=row.declaration_id).exists():
        told = vars(made)
        Event.objects.create(**event_of(told, said_of(told)))


def _written(
    row: Declaration, stands: Stands, batch: int, *, last: Lodgement | None, state: str, now: datetime
) -> Lodgement:
    return Lodgement.objects.create(
        declaration_id=row.declaration_id,
        revision=last.revision + 1 if last else 1,
        kind=LodgementKind.RETURNED.value,
        batch=batch,
        state=state,
        post=stands.items[0]["post"],
        lodged_at=row.lodged_at,
        decided_at=now,
        channel=stands.channel,
        binding=last.binding if last else True,
        items=list(stands.items),
        decisions=list(stands.decisions),
    )


def as_lodged(row: Declaration) -> Stands:
    """Give what the register holds of a declaration as if it had been lodged: with the marks by which its goods are known."""
    goods = [{**row.record, **each} for each in row.items.order_by("number").values_list("record", flat=True)]
    decisions = list(row.decisions.select_related("run").order_by("pk"))
    head = {"declaration_id": row.declaration_id, "lodged_at": row.lodged_at}
    draw = [{**head, "fingerprint": each.fingerprint, "key_day": each.key_day} for each in decisions[:1]]
    [known] = plain_rows(drawn_of(items_of(goods), pl.DataFrame(draw, schema=_DRAW))) if draw else [{}]
    names = (
        "decision_id",
        "agency",
        "act",
        "items",
        "probability",
        "floors",
        "u",
        "selected",
        "channel",
        "contributions",
    )
    told = [
        {
            **known,
            "post": row.post,
            "commitment": each.commitment,
            **{name: getattr(each, name) for name in names},
            **({"basis": each.basis} if each.basis else {}),
            **{name: value for name in ("score", "harm") if (value := getattr(each, name)) is not None},
            **({"deadline": each.deadline.isoformat()} if each.deadline else {}),
        }
        for each in decisions
    ]
    return Stands(
        goods, told, row.channel, min(decisions, key=lambda each: each.run_id).run.digest if decisions else ""
    )


def told_of(declaration_id: str, stands: Stands, *, binding: bool) -> Mapping[str, Any]:
    """Give what the journal keeps of what a post brought back: acts with their floors, the draw, the digest of the goods.

    Parameters
    ----------
    binding
        Whether what the post decided is carried out, where nobody decided of it here.
    """
    last = last_lodged(declaration_id)
    said = {
        "kind": LodgementKind.RETURNED.value, "revision": last.revision if last else None, "state": last.state if last else None,
        "channel": stands.channel, "binding": last.binding if last else binding,
    }  # fmt: skip
    return journalled(said, list(stands.decisions), as_text(list(stands.items)))
