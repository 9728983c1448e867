"""A run and its declarations taken into the register: all of it, or nothing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import polars as pl
from django.db import transaction

from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.errors import OutputError
from darvoza.flow.gate.records import plain_rows
from darvoza.office.journal.queries import key_subject, keys_told
from darvoza.office.journal.services import record, record_all
from darvoza.office.registry import models
from darvoza.office.registry.attested import DECLARED, EACH, ORDERS, run_subject, told_of, within
from darvoza.office.registry.mapping import decision_values, declaration_values, item_values, marks, order_values
from darvoza.office.registry.services.records import Stated, stated
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.registry.services.sealing import declared_digest, told_of_order
from darvoza.office.shell.writing import insert, new_keys, wait_for_turn
from darvoza.progress import OnProgress, counted, unheard

BATCH = 500
"""Declarations that are written together."""

NAMED = 3
"""Declarations that an error names, of those it speaks of."""

PROFILE_FIELDS = ("code", "title", "agency", "when", "when_en", "when_ru", "legal_basis", "rationale", "instructions")

Keys = dict[str, int]

Attested = dict[str, dict[str, Any]]
"""What the journal keeps of what was written, by declaration: what is declared, and the orders that were given."""


class Loaded(NamedTuple):
    """How much was taken in."""

    declarations: int
    items: int
    decisions: int
    orders: int


def load(
    run: RunFiles,
    items: pl.DataFrame,
    *,
    by: str,
    now: datetime,
    attest: bool = True,
    on_progress: OnProgress = unheard,
) -> Loaded:
    """Take a run into the register, with an entry in the journal.

    Parameters
    ----------
    items
        Goods items of the declarations that were assessed, as intake gives them.
    by, now
        Who, when.
    attest
        Whether the journal is to tell what was decided of each declaration; not where the caller tells it.
    on_progress
        Told how many decisions were taken in.

    Raises
    ------
    OutputError
        When the run was taken in before, decides on declarations that are not among these, or on some that are in the
        register already.
    """
    absent = set(run.decisions["declaration_id"]) - set(items["declaration_id"])
    if absent:
        raise OutputError(
            field="--declarations", expected="the files that were assessed", got=f"none with {min(absent)}"
        )
    with transaction.atomic():
        wait_for_turn(models.Run)  # the gate knows by the number of a run which it has heard of
        if models.Run.objects.filter(digest=run.digest).exists():
            raise OutputError(field=run.name, expected="a run that was not taken in yet", got="one that was")
        _refuse_known(run.name, items)
        kept = models.Run.objects.create(
            digest=run.digest, name=run.name, loaded_at=now, profiles=_profiles(run.manifest), memory=run.memory
        )
        channels = dict(run.decisions.select("declaration_id", "channel").iter_rows())
        attested: Attested = {}
        declared = stated(plain_rows(items.sort("declaration_id", "item")))
        keys, goods = write_declarations(declared, channels, attested)
        decisions = write_decisions(counted(plain_rows(run.decisions), on_progress), kept, keys)
        orders = write_orders(run.orders.iter_rows(named=True), keys, attested)
        loaded = Loaded(len(keys), goods, decisions, orders)
        _commitments(run, by=by, now=now)
        record(
            EntryKind.DECISION,
            run_subject(run.digest),
            {"what": "taken in", EACH: True, **loaded._asdict()},
            by=by,
            now=now,
        )
        if attest:
            _attest(run, channels, attested, by=by, now=now)
    return loaded


def _attest(run: RunFiles, channels: Mapping[str, str], attested: Attested, *, by: str, now: datetime) -> None:
    """Write down what was decided and ordered of each declaration, a batch at a time."""
    rows = groupby(
        plain_rows(run.decisions.sort("declaration_id", maintain_order=True)), key=itemgetter("declaration_id")
    )
    events = (
        JournalEvent(
            EntryKind.DECISION,
            by,
            name,
            now,
            {
                "what": "taken in",
                "run": run.digest[:16],
                "channel": channels[name],
                **told_of(of_one),
                **attested[name],
            },
        )
        for name, of_one in rows
    )
    while batch := list(islice(events, BATCH)):
        record_all(batch)


def _refuse_known(name: str, items: pl.DataFrame) -> None:
    """See that no declaration is in the register: what was ordered of it there stands, and officers may be at it."""
    version = pl.col("version").max() if "version" in items.columns else pl.lit(1)
    came = dict(items.group_by("declaration_id").agg(version).sort("declaration_id").iter_rows())
    known: dict[str, int | None] = {}
    references = iter(came)
    while batch := list(islice(references, BATCH)):
        rows = models.Declaration.objects.filter(declaration_id__in=batch).order_by("declaration_id")
        known |= dict(rows.values_list("declaration_id", "record__version"))
    if not known:
        return
    newer = sum((came[each] or 1) > (version or 1) for each, version in known.items())
    raise OutputError(
        field=name,
        expected="declarations that are not in the register yet",
        got=f"{len(known):,} that are, {newer:,} of them in a newer version: {', '.join(list(known)[:NAMED])}",
        hint="nothing was taken in; leave these out of the files and run darvoza assess again; what was lodged at the gate is amended there",
    )


def _commitments(run: RunFiles, *, by: str, now: datetime) -> None:
    """Write down by which keys a run drew, so that they can be revealed; that it came after the draws, its time tells.

    A day that was committed to with another key keeps its entry: beside it stands by which key the run drew instead.
    """
    known = keys_told(EntryKind.KEY_COMMITMENT)
    for text, commitment in sorted(run.manifest.get("commitments", {}).items()):
        name = key_subject(date.fromisoformat(text))
        body = {"what": "day key", "day": text, "commitment": commitment, "run": run.digest[:16]}
        if name not in known:
            record(EntryKind.KEY_COMMITMENT, name, body, by=by, now=now)
        elif known[name] != commitment:
            other = {**body, "instead of": known[name]}
            record(EntryKind.KEY_COMMITMENT, f"run {run.digest[:16]}: {name}", other, by=by, now=now)


def _profiles(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of the profiles what is shown of them."""
    told = manifest.get("profiles", [])
    return {each["code"]: {name: each.get(name) for name in PROFILE_FIELDS if each.get(name)} for each in told}


def write_declarations(declared: Iterable[Stated], channels: Mapping[str, str], attested: Attested) -> tuple[Keys, int]:
    """Write declarations, their items and their marks, a batch at a time; give their keys and the number of items.

    What the journal keeps of each is put to what is attested.
    """
    keys: Keys = {}
    goods = 0
    source = iter(declared)
    while batch := list(islice(source, BATCH)):
        numbers = new_keys(models.Declaration, len(batch))
        found = list(zip(batch, numbers, strict=True))
        insert(
            models.Declaration,
            (
                {
                    "id": key,
                    "channel": channels.get(each.header["declaration_id"], ""),
                    **declaration_values(each.header),
                }
                for each, key in found
            ),
        )
        keys |= {each.header["declaration_id"]: key for each, key in found}
        attested |= {each.header["declaration_id"]: attested_of(each) for each in batch}
        goods += write_goods(found)
    return keys, goods


def attested_of(declared: Stated) -> dict[str, Any]:
    """Give what the journal keeps of what is declared, and of orders so far: none."""
    return {DECLARED: declared_digest(declared.header, declared.goods), ORDERS: {}}


def write_goods(declared: Iterable[tuple[Stated, int]]) -> int:
    """Write items and marks of declarations whose keys are known; give the number of items."""
    every = list(declared)
    insert(
        models.Mark,
        (
            {"declaration_id": key, "kind": kind, "value": value}
            for each, key in every
            for kind, value in marks(each.header)
        ),
    )
    return insert(
        models.Item, ({"declaration_id": key, **item_values(item)} for each, key in every for item in each.goods)
    )


def write_decisions(decisions: Iterable[Mapping[str, Any]], run: models.Run, keys: Keys) -> int:
    """Write decisions, given as plain values; give their number."""
    placed = (
        {"run_id": run.pk, "declaration_id": keys[row["declaration_id"]], **decision_values(row)} for row in decisions
    )
    return insert(models.Decision, placed)


def write_orders(orders: Iterable[Mapping[str, Any]], keys: Keys, attested: Attested) -> int:
    """Write orders, given as rows of their frame; give their number. What the journal keeps of each is put to what is attested."""
    return insert(models.Order, _attesting(orders, keys, attested))


def _attesting(orders: Iterable[Mapping[str, Any]], keys: Keys, attested: Attested) -> Iterator[dict[str, Any]]:
    """Give the rows of orders, and note what the journal keeps of each."""
    for told in orders:
        reference = told["declaration_id"]
        row = {"declaration_id": keys[reference], **order_values(told)}
        attested[reference][ORDERS][within(row["order_id"])] = told_of_order(models.Order(**row))
        yield row
