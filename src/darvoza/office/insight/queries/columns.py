"""The register as columns, read a batch at a time: what figures are worked out from."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import polars as pl
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from darvoza.domain.casework import CaseMove, CaseState
from darvoza.domain.codes import Act, Agency
from darvoza.domain.journal import EntryKind
from darvoza.office.desk.models import DutyRoster
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Decision, Declaration, Item, Order, Run
from darvoza.office.registry.queries import counted, last_findings, with_result

BATCH = 20_000
MOMENT: Final = pl.Datetime("us", "UTC")
LONGEST_REASON = 120
"""Characters of a reason by which overrides are told apart in figures; the journal holds all of it."""

Schema = dict[str, pl.DataType | type[pl.DataType]]

_FLOOR = pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64})
_DECISION: Final[Schema] = {
    "declaration_id": pl.String, "post": pl.String, "lodged_at": MOMENT, "decision_id": pl.String, "agency": pl.String,
    "act": pl.String, "probability": pl.Float64, "floors": pl.List(_FLOOR), "u": pl.Float64, "selected": pl.Boolean,
    "basis": pl.String, "channel": pl.String, "score": pl.Float64, "fingerprint": pl.String, "key_day": pl.Date,
    "commitment": pl.String,
}  # fmt: skip
_ORDER: Final[Schema] = {
    "key": pl.Int64, "decision_id": pl.String, "declaration": pl.Int64, "agency": pl.String, "post": pl.String,
    "act": pl.String, "channel": pl.String, "state": pl.String, "lodged_at": MOMENT, "recorded_at": MOMENT,
    "recorded": pl.Boolean,
}  # fmt: skip


_CANCELLED: Final = Q(declaration__cancelled_at__isnull=False, state=CaseState.WITHDRAWN)
"""Orders that ended because their declaration was cancelled."""


def _frame(rows: Iterable[tuple[Any, ...]], schema: Schema) -> pl.DataFrame:
    """Lay rows out in columns, without ever holding more than a batch of them as rows."""
    source, parts = iter(rows), [pl.DataFrame(schema=schema)]
    while batch := list(islice(source, BATCH)):
        parts.append(pl.DataFrame(batch, schema=schema, orient="row"))
    return pl.concat(parts)


def declared() -> pl.DataFrame:
    """Give one row a declaration that counts: ``declaration, post, lodged_at, channel``."""
    rows = Declaration.objects.filter(counted()).order_by("pk").values_list("pk", "post", "lodged_at", "channel")
    schema: Schema = {"declaration": pl.Int64, "post": pl.String, "lodged_at": MOMENT, "channel": pl.String}
    return _frame(rows.iterator(chunk_size=BATCH), schema)


def uncounted() -> pl.Series:
    """Give the declarations that were cancelled before any check of them was made: nothing is known of their goods."""
    gone = Declaration.objects.exclude(counted()).values_list("declaration_id", flat=True)
    return pl.Series(list(gone), dtype=pl.String)


def unbound() -> pl.Series:
    """Give the declarations of which only another system decides: what was drawn for them here is ordered of nobody.

    An order that was given where it bound, or that a post gave by itself, is carried out: its declaration is none of them.
    """
    told = Entry.objects.filter(kind=EntryKind.DECISION.value).order_by()
    bound = told.filter(subject=OuterRef("subject"), body__binding=True)
    silent = told.filter(~Exists(bound), body__binding=False).values_list("subject", flat=True).distinct()
    ordered = Decision.objects.filter(selected=True, decision_id__in=Order.objects.values("order_id"))
    given = set(ordered.values_list("declaration__declaration_id", flat=True)) if silent.exists() else set[str]()
    return pl.Series([each for each in silent.iterator(chunk_size=BATCH) if each not in given], dtype=pl.String)


def called_off() -> pl.Series:
    """Give the declarations that were cancelled before customs had examined their goods: no result of that will ever come."""
    done = _examinations().filter(with_result(), declaration=OuterRef("pk"))
    gone = Declaration.objects.filter(~Exists(done), cancelled_at__isnull=False)
    return pl.Series(list(gone.values_list("declaration_id", flat=True)), dtype=pl.String)


def decisions(which: Q | None = None) -> pl.DataFrame:
    """Give the decisions as a run writes them, in the order in which they were taken in.

    Parameters
    ----------
    which
        Condition under which a decision is among them; all by default.
    """
    first = ("declaration__declaration_id", "declaration__post", "declaration__lodged_at", "decision_id", "agency")
    more = ("act", "probability", "floors", "u", "selected", "basis", "channel", "score")
    draw = ("fingerprint", "key_day", "commitment")
    rows = Decision.objects.filter(which or Q()).order_by("pk").values_list(*first, *more, *draw)
    made = _frame((_slim(row) for row in rows.iterator(chunk_size=BATCH)), _DECISION)
    return made.with_columns(pl.col("basis").replace("", None))


def _slim(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keep of the floors what is asked for."""
    names = ("kind", "source", "probability")
    return (*row[:7], [{name: floor[name] for name in names} for floor in row[7]], *row[8:])


def orders() -> pl.DataFrame:
    """Give one row an order, with the channel of its declaration; none that ended because its declaration was cancelled."""
    own = ("pk", "order_id", "declaration_id", "agency", "post", "act", "declaration__channel", "state")
    rows = Order.objects.exclude(_CANCELLED).annotate(recorded=ExpressionWrapper(with_result(), BooleanField()))
    moments = ("declaration__lodged_at", "recorded_at")
    return _frame(rows.order_by("pk").values_list(*own, *moments, "recorded").iterator(chunk_size=BATCH), _ORDER)


def never_released() -> pl.Series:
    """Give the keys of declarations that were cancelled while a check of them was to be made."""
    return pl.Series(list(Order.objects.filter(_CANCELLED).values_list("declaration", flat=True)), dtype=pl.Int64)


def found() -> pl.DataFrame:
    """Give, by order with a result, what the last words on its items say: ``key, found, recovered, unstated``.

    `recovered` adds up the amounts that are stated, and `unstated` tells of findings that state none.
    """
    schema: Schema = {"key": pl.Int64, "found": pl.Boolean, "recovered": pl.Float64}
    rows = ((key, found, _amount(duty)) for key, found, duty, *_ in last_findings())
    unstated = (pl.col("found") & pl.col("recovered").is_null()).any().alias("unstated")
    sums = (pl.col("found").any(), pl.col("recovered").sum(), unstated)
    return _frame(rows, schema).group_by("key", maintain_order=True).agg(*sums)


def _amount(duty: Decimal | None) -> float | None:
    return None if duty is None else float(duty)


def items() -> pl.DataFrame:
    """Give the goods items with what the physical examination by customs found on them.

    An item on which there is a word and which was amended away is there with the word alone.
    """
    goods: Schema = {
        "declaration_id": pl.String, "item": pl.Int64, "hs": pl.String, "customs_value": pl.String, "tax_rate": pl.String,
    }  # fmt: skip
    rows = Item.objects.order_by("pk").values_list(
        "declaration__declaration_id", "number", "hs", KT("record__customs_value"), KT("record__tax_rate")
    )
    made = _frame((_as_text(row) for row in rows.iterator(chunk_size=BATCH)), goods).with_columns(
        pl.col("customs_value", "tax_rate").cast(pl.Float64, strict=False)
    )
    return made.join(_outcomes(), on=["declaration_id", "item"], how="full", coalesce=True, maintain_order="left_right")


def _as_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:3], *(None if value is None else str(value) for value in row[3:]))


def _examinations() -> QuerySet[Order]:
    """Give the physical examinations by customs; one that was raised to it was drawn for another act."""
    ordered = Order.objects.filter(agency=Agency.CUSTOMS, act=Act.PHYSICAL)
    return ordered.filter(order_id__endswith=f":{Agency.CUSTOMS}:{Act.PHYSICAL}")


def examined() -> pl.Series:
    """Give the declarations whose physical examination by customs has its result; until then nothing is known of them."""
    done = _examinations().filter(with_result()).values_list("declaration__declaration_id", flat=True)
    return pl.Series(list(done), dtype=pl.String)


def _outcomes() -> pl.DataFrame:
    """Give what the last word on each item says, whatever is still awaited of the others."""
    schema: Schema = {
        "declaration_id": pl.String, "item": pl.Int64, "examined": pl.Boolean, "finding": pl.Boolean,
        "finding_area": pl.String, "recovered": pl.Float64, "result_at": MOMENT,
    }  # fmt: skip
    of = {"result__order__in": _examinations()}
    rows = (
        (declaration, item, True, found, areas[0] if areas else None, _amount(duty), at)
        for _, found, duty, areas, item, declaration, at in last_findings(**of)
    )
    return _frame(rows, schema).unique(["declaration_id", "item"], keep="last", maintain_order=True)


def rosters() -> pl.DataFrame:
    """Give the hours of work that stand on each roster: ``agency, post, day, hours``."""
    schema: Schema = {"agency": pl.String, "post": pl.String, "day": pl.Date, "hours": pl.Float64}
    rows = DutyRoster.objects.order_by("pk").values_list("agency", "post", "day", "hours")
    return _frame(((*row[:3], float(sum(row[3].values()))) for row in rows.iterator(chunk_size=BATCH)), schema)


def overrides() -> pl.DataFrame:
    """Give one row an override: ``agency, post, at, move, reason``, the reason as far as figures tell it.

    An order that a suspicion opened is one, of the day for which it was given.
    """
    schema: Schema = {"agency": pl.String, "post": pl.String, "at": MOMENT, "move": pl.String, "reason": pl.String}
    orders = Order.objects.exclude(overrides=[], referral="").order_by("pk")
    kept = orders.values_list("agency", "post", "day", "referral", "overrides").iterator(chunk_size=BATCH)
    rows = (
        (agency, post, at, move, " ".join(reason.split())[:LONGEST_REASON])
        for agency, post, day, referral, later in kept
        for at, move, reason in _departures(day, referral, later)
    )
    return _frame(rows, schema)


def _departures(day: date, referral: str, later: Iterable[Mapping[str, str]]) -> Iterator[tuple[datetime, str, str]]:
    """Give when people departed from what was decided of an order, in which way, and why."""
    if referral:
        yield datetime.combine(day, time(12), UTC), CaseMove.REFER.value, referral
    for each in later:
        yield datetime.fromisoformat(each["at"]), each["move"], each["reason"]


def titles() -> dict[str, str]:
    """Give the titles of the profiles that decided, the latest run's where they differ."""
    told = Run.objects.order_by("loaded_at", "pk").values_list("profiles", flat=True)
    return {code: str(each.get("title", code)) for profiles in told for code, each in profiles.items()}
