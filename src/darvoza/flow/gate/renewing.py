"""A decision made again: the same draw, every floor it had, and those it has now; so nothing is ever lowered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from darvoza.domain.selection import PlacedFloor
from darvoza.flow.selectivity.deciding import decide, decide_few
from darvoza.flow.tables import DECISION_SCHEMA, Table

Rows = list[dict[str, Any]]

OF_ACT = ("agency", "act", "items", "probability", "floors", "u", "selected", "basis", "channel")
OF_SCORE = ("contributions", "families")
OF_DRAW = ("fingerprint", "fingerprint_basis", "key_day", "commitment", "u")
KEY = ("declaration_id", "agency", "act")
FLOOR = ("kind", "source", "probability", "items")


def renewed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Join two decisions on the same declarations.

    Parameters
    ----------
    before, after
        Decisions on declarations; those that are in one of them only are left out. The draw is that of `before`, whatever
        was amended: an amendment can change the goods to others, and would else buy a second ticket.

    Returns
    -------
    pl.DataFrame
        Rows as in `after`: each act with the larger of the floors of each source, π and channel anew, the same u.
    """
    beside = [name for name in after.columns if name not in {*OF_ACT, *OF_SCORE, "decision_id"}]
    both = after.filter(pl.col("declaration_id").is_in(before.get_column("declaration_id").unique().to_list()))
    drawn = before.select("declaration_id", *OF_DRAW).unique("declaration_id", keep="first", maintain_order=True)
    heads = (
        both.select(name for name in beside if name not in OF_DRAW)
        .unique("declaration_id", keep="first", maintain_order=True)
        .join(drawn, on="declaration_id", how="left", maintain_order="left")
    )
    numbers = heads.select("declaration_id").with_row_index("declaration")
    floors = (
        pl.concat([_floors(both), _floors(before)])
        .join(numbers, on="declaration_id", how="inner", maintain_order="left")
        .group_by("declaration", "agency", "act", "kind", "source", maintain_order=True)
        .agg(pl.col("probability").max(), pl.col("items").first())
    )
    made = decide(floors, heads)
    told = pl.concat([both.select(*KEY, *OF_SCORE), before.select(*KEY, *OF_SCORE)]).unique(
        KEY, keep="first", maintain_order=True
    )
    return (
        made.join(told, on=KEY, how="left", maintain_order="left")
        .with_columns(pl.concat_str(KEY, separator=":").alias("decision_id"))
        .select(after.columns)
    )


def renewed_few(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> Rows:
    """Join the same of few declarations, row by row.

    Parameters
    ----------
    before, after
        As for `renewed`; rows of a declaration next to each other.
    """
    drawn: dict[str, Mapping[str, Any]] = {}
    acts_before: dict[str, list[Mapping[str, Any]]] = {}
    for row in before:
        drawn.setdefault(row["declaration_id"], row)
        acts_before.setdefault(row["declaration_id"], []).append(row)
    both = [row for row in after if row["declaration_id"] in drawn]
    heads = {row["declaration_id"]: row for row in reversed(both)}
    order = list(dict.fromkeys(row["declaration_id"] for row in both))
    known = [row for name in order for row in acts_before[name]]
    draws = [_head(heads[name], drawn[name]) for name in order]
    made = decide_few(_joined([*both, *known], {name: number for number, name in enumerate(order)}), draws)
    told: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in (*both, *known):
        told.setdefault(tuple(row[name] for name in KEY), row)
    return [_told(row, told[tuple(row[name] for name in KEY)]) for row in made]


def inherited(told: Table, before: Mapping[str, Iterable[Mapping[str, Any]]], items: pl.DataFrame) -> Table:
    """Put what earlier lodgings of the same goods were chosen for under decisions on goods that are lodged again.

    Whoever was chosen knows that his draw is low. If nothing but the draw stayed with the goods, he would lodge them again with
    another weight or value, until what they are worth to the score lies below it. Which of them was meant nobody can tell
    from another paper: such an act is of the whole consignment.

    Parameters
    ----------
    told
        Decisions on declarations that are lodged, or amended.
    before
        Acts of earlier lodgings that are to stand, by the reference of the new one: ``agency``, ``act``, ``floors``. Those that
        were minded before they were of the whole consignment say so, ``whole``, and what was told of the score.
    items
        The goods items that are lodged now.

    Returns
    -------
    Table
        The decisions in their order; those of the references in `before` with every floor of both, the same u.
    """
    new: dict[str, list[Mapping[str, Any]]] = {}
    for row in told.rows:
        new.setdefault(row["declaration_id"], []).append(row)
    numbers: dict[str, list[int]] = {name: [] for name in before}
    for name, number in items.filter(pl.col("declaration_id").is_in(list(before)))[
        "declaration_id", "item"
    ].iter_rows():
        numbers[name].append(number)
    known = [_standing_under(new[name][0], act, numbers[name]) for name, acts in before.items() for act in acts]
    made: dict[str, list[Mapping[str, Any]]] = {}
    whole = {
        (name, act["agency"], act["act"]) for name, acts in before.items() for act in acts if act.get("whole", True)
    }
    for row in renewed_few(known, [row for name in before for row in new[name]]):
        name = row["declaration_id"]
        asked = {"items": list(numbers[name])} if (name, row["agency"], row["act"]) in whole else {}
        made.setdefault(name, []).append(row | asked)
    return Table([dict(row) for rows in (new | made).values() for row in rows], DECISION_SCHEMA)


def _standing_under(new: Mapping[str, Any], act: Mapping[str, Any], numbers: Sequence[int]) -> dict[str, Any]:
    """Give a decision on goods as they were lodged earlier, as one on the goods that are lodged now."""
    whole = {"items": list(numbers)} if act.get("whole", True) else {}
    floors, of_score = [{**floor, **whole} for floor in act["floors"]], {name: act.get(name, []) for name in OF_SCORE}
    return {**new, "agency": act["agency"], "act": act["act"], "floors": floors, **of_score}


def _head(after: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give what stands beside the decisions on a declaration: as it is now, with the draw it had."""
    beside = {name: value for name, value in after.items() if name not in {*OF_ACT, *OF_SCORE, "decision_id"}}
    return {**beside, **{name: before[name] for name in OF_DRAW}}


def _joined(decisions: Iterable[Mapping[str, Any]], numbers: Mapping[str, int]) -> Iterable[PlacedFloor]:
    """Give the largest floor of each source under each act, in the order in which sources come."""
    floors: dict[tuple[int, str, str, str, str], PlacedFloor] = {}
    for row in decisions:
        for floor in row["floors"]:
            act = numbers[row["declaration_id"]], row["agency"], row["act"]
            placed = PlacedFloor(*act, *(floor[name] for name in FLOOR))
            held = floors.get(placed[:5])
            if held is None:
                floors[placed[:5]] = placed
            elif placed.probability > held.probability:
                floors[placed[:5]] = held._replace(probability=placed.probability)
    return floors.values()


def _told(made: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Name a decision, and tell beside it what was told of the score."""
    name = ":".join(made[part] for part in KEY)
    return {"decision_id": name, **made, **{part: told[part] for part in OF_SCORE}}


def _floors(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the floors of decisions, one a row."""
    floor = pl.col("floors").struct
    return (
        decisions.select(*KEY, "floors")
        .explode("floors", empty_as_null=False, keep_nulls=False)
        .select(*KEY, *(floor.field(name) for name in FLOOR))
    )
