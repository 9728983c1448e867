"""A run and its declarations taken into the register: all of it, or nothing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

import polars as pl
from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import OutputError
from darvoza.office.journal.queries import key_subject, keys_told
from darvoza.office.journal.services import record
from darvoza.office.registry import models
from darvoza.office.registry.mapping import declaration_row, item_row, marks
from darvoza.office.registry.plain import as_plain
from darvoza.office.registry.services.records import Stated, stated
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.shell.writing import insert, numbered

BATCH = 500
"""Declarations that are written together."""

PROFILE_FIELDS = ("code", "title", "agency", "when", "when_en", "when_ru", "legal_basis", "rationale", "instructions")

Keys = dict[str, int]


class Loaded(NamedTuple):
    """How much was taken in."""

    declarations: int
    items: int
    decisions: int
    orders: int


def load(run: RunFiles, items: pl.DataFrame, *, by: str, now: datetime) -> Loaded:
    """Take a run into the register, with an entry in the journal.

    Parameters
    ----------
    items
        Goods items of the declarations that were assessed, as intake gives them.
    by, now
        Who, when.

    Raises
    ------
    OutputError
        When the run was taken in before, or decides on declarations that are not among these.
    """
    absent = set(run.decisions["declaration_id"]) - set(items["declaration_id"])
    if absent:
        raise OutputError(
            field="--declarations", expected="the files that were assessed", got=f"none with {min(absent)}"
        )
    with transaction.atomic():
        if models.Run.objects.filter(digest=run.digest).exists():
            raise OutputError(field=run.name, expected="a run that was not taken in yet", got="one that was")
        kept = models.Run.objects.create(
            digest=run.digest, name=run.name, loaded_at=now, profiles=_profiles(run.manifest), memory=run.memory
        )
        channels = dict(run.decisions.select("declaration_id", "channel").iter_rows())
        keys, goods = write_declarations(stated(items), channels)
        decisions = insert(decision_row(row, kept, keys) for row in run.decisions.iter_rows(named=True))
        orders = insert(order_row(row, keys) for row in run.orders.iter_rows(named=True))
        loaded = Loaded(len(keys), goods, decisions, orders)
        _commitments(run, by=by, now=now)
        record(EntryKind.DECISION, f"run {run.digest[:16]}", {"what": "taken in", **loaded._asdict()}, by=by, now=now)
    return loaded


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


def write_declarations(declared: Iterable[Stated], channels: Mapping[str, str]) -> tuple[Keys, int]:
    """Write declarations, their items and their marks, a batch at a time; give their keys and the number of items."""
    keys: Keys = {}
    goods = 0
    source = iter(declared)
    while batch := list(islice(source, BATCH)):
        rows = [declaration_row(each.header) for each in batch]
        for row in rows:
            row.channel = channels.get(row.declaration_id, "")
        numbered(rows)
        insert(rows)
        keys |= {row.declaration_id: row.pk for row in rows}
        found = list(zip(batch, (row.pk for row in rows), strict=True))
        goods += insert(item_row(item, key) for each, key in found for item in each.goods)
        insert(row for each, key in found for row in mark_rows(each, key))
    return keys, goods


def mark_rows(declared: Stated, key: int) -> Iterable[models.Mark]:
    """Make the rows of the marks of a declaration that has a row."""
    return (models.Mark(declaration_id=key, kind=kind, value=value) for kind, value in marks(declared.header))


def decision_row(row: dict[str, Any], run: models.Run, keys: Keys) -> models.Decision:
    """Make the row of a decision."""
    same = (
        "decision_id",
        "agency",
        "act",
        "items",
        "probability",
        "floors",
        "u",
        "selected",
        "channel",
        "score",
        "harm",
    )
    more = ("contributions", "fingerprint", "key_day", "commitment", "deadline")
    values = {name: row[name] for name in (*same, *more)}
    values |= {name: as_plain(values[name] or []) for name in ("items", "floors", "contributions")}
    return models.Decision(declaration_id=keys[row["declaration_id"]], run=run, basis=row["basis"] or "", **values)


def order_row(row: dict[str, Any], keys: Keys) -> models.Order:
    """Make the row of an order."""
    same = ("agency", "post", "act", "channel", "turn", "day", "deadline")
    return models.Order(
        order_id=f"{row['declaration_id']}:{row['agency']}:{row['act']}",
        declaration_id=keys[row["declaration_id"]],
        items=list(row["items"] or []),
        instructions={language: row[f"instructions_{language}"] for language in ("en", "ru")},
        **{name: row[name] for name in same},
    )
