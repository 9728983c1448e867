"""A few decisions to read: chosen the same way every time, from every basis there is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from darvoza.domain.selection import Contribution, Floor, FloorKind

EXAMPLES = 10
_AS_DECIDED = (
    "decision_id",
    "declaration_id",
    "post",
    "agency",
    "act",
    "channel",
    "probability",
    "u",
    "basis",
    "score",
)


@dataclass(frozen=True, slots=True)
class Example:
    """One decision with what a reader needs to understand it.

    Attributes
    ----------
    decision_id, declaration_id, post, agency, act, channel
        As decided.
    day
        The day of lodging.
    importer
        Name of the importer, or its identifier.
    goods
        Description, or commodity code, of the first item concerned.
    hs, origin
        Of the same item.
    items
        How many items the declaration has.
    probability, u
        π in (0, 1] and the draw in [0, 1).
    basis
        What decided, or ``None`` when the act is not carried out.
    score
        Probability of a finding, ``None`` when nothing scored.
    floors
        Every floor under π, as given.
    contributions
        What spoke for and against in the score, in log-odds.
    """

    decision_id: str
    declaration_id: str
    post: str
    day: date
    importer: str
    goods: str
    hs: str
    origin: str
    items: int
    agency: str
    act: str
    channel: str
    probability: float
    u: float
    basis: str | None
    score: float | None
    floors: tuple[Floor, ...]
    contributions: tuple[Contribution, ...]


def choose_examples(decisions: pl.DataFrame, items: pl.DataFrame, *, count: int = EXAMPLES) -> tuple[Example, ...]:
    """Take decisions in turn from each basis and from those not carried out, until there are enough.

    Within a basis the order is that of the fingerprints, which is as good as random and always the same; no
    declaration comes twice.
    """
    order = {kind.value: rank for rank, kind in enumerate(FloorKind)}
    turn = pl.col("basis").replace_strict(order, default=len(order), return_dtype=pl.UInt8).fill_null(len(order))
    chosen = (
        decisions.with_columns(turn=turn)
        .sort("fingerprint", "decision_id")
        # of one declaration, what is carried out says more than what is not
        .sort("turn", maintain_order=True)
        .unique("declaration_id", keep="first", maintain_order=True)
        .with_columns(round=pl.int_range(pl.len()).over("turn"))
        .sort("round", "turn", maintain_order=True)
        .head(count)
        .sort("turn", "round")
    )
    goods = items.filter(pl.col("declaration_id").is_in(chosen.get_column("declaration_id").implode()))
    return tuple(_example(row, goods) for row in chosen.iter_rows(named=True))


def _example(row: dict[str, Any], items: pl.DataFrame) -> Example:
    mine = items.filter(pl.col("declaration_id") == row["declaration_id"])
    floors = tuple(_floor(floor) for floor in _listed(row["floors"]))
    concerned = _listed(row["items"])
    shown = mine.filter(pl.col("item").is_in(concerned)) if concerned and "item" in mine.columns else mine
    first = (shown if not shown.is_empty() else mine).row(0, named=True) if not mine.is_empty() else {}
    kept: dict[str, Any] = {name: row.get(name) for name in _AS_DECIDED}
    return Example(
        **kept,
        day=row["lodged_at"].date(),
        importer=str(first.get("importer_name") or first.get("importer_id") or ""),
        goods=str(first.get("description") or ""),
        hs=str(first.get("hs") or ""),
        origin=str(first.get("origin") or ""),
        items=mine.height,
        floors=floors,
        contributions=tuple(_contribution(held) for held in _listed(row.get("contributions"))),
    )


def _contribution(held: dict[str, Any]) -> Contribution:
    values = tuple(
        (value["name"], value["text"] if value["number"] is None else value["number"])
        for value in _listed(held.get("values"))
    )
    return Contribution(held["concept"], held["amount"], held.get("code") or "", held.get("fact") or "", values)


def _listed(value: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return list(value or ())


def _floor(held: dict[str, Any]) -> Floor:
    return Floor(
        FloorKind(str(held["kind"])),
        str(held["source"]),
        float(held["probability"]),
        tuple(held["items"] or ()),
    )
