"""Histories of one kind of goods whose results come late, in any order, and are corrected."""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl
from hypothesis import strategies as st

from builders import START
from darvoza.flow.gate.planned import ROWS
from darvoza.flow.learning.plan_states import plan_states
from darvoza.methods.plans.states import Plan

TELLING = (
    "importer_id",
    "fraction",
    "mode",
    "run",
    "consignments",
    "examined",
    "failures",
    "last",
    "memory",
    "counted",
    "shares",
)


class Came(NamedTuple):
    """A consignment: the hour of its lodging, whose it is, with which π, and what was told of it after how many hours."""

    hour: int
    importer: str
    probability: float | None
    results: tuple[tuple[int, bool], ...]


def told_once() -> st.SearchStrategy[tuple[tuple[int, bool], ...]]:
    """At most one result, soon or very late."""
    late = st.sampled_from([1, 5, 30, 200, 700])
    return st.lists(st.tuples(late, st.integers(0, 3).map(lambda one: one == 0)), max_size=1).map(tuple)


def told_often() -> st.SearchStrategy[tuple[tuple[int, bool], ...]]:
    """Results that are corrected afterwards."""
    each = st.tuples(st.sampled_from([1, 5, 30, 200, 700]), st.booleans())
    return st.lists(each, max_size=3, unique_by=lambda one: one[0]).map(lambda found: tuple(sorted(found)))


def told_out_of_order() -> st.SearchStrategy[tuple[tuple[int, bool], ...]]:
    """Results that are corrected afterwards by such as are dated alike or earlier."""
    each = st.tuples(st.sampled_from([1, 5, 30, 200, 700]), st.booleans())
    return st.lists(each, max_size=4).map(tuple)


def histories(results: st.SearchStrategy[tuple[tuple[int, bool], ...]]) -> st.SearchStrategy[list[Came]]:
    came = st.builds(
        Came, st.integers(0, 1500), st.sampled_from(["I1", "I2"]), st.sampled_from([None, 0.05, 0.1, 0.25, 0.6, 1.0]), results
    )  # fmt: skip
    return st.lists(came, max_size=25)


def frame(history: list[Came]) -> pl.DataFrame:
    """The goods of a history, a row a result."""
    rows = []
    for number, one in enumerate(history):
        lodged = START + timedelta(hours=one.hour)
        goods = {
            "plan": "P", "declaration_id": f"D{number}", "version": 1, "item": 1, "importer_id": one.importer,
            "hs": "080810", "origin": "CN", "lodged_at": lodged, "inclusion_probability": one.probability,
        }  # fmt: skip
        rows.append(goods)
        rows += [
            goods | {"examined": True, "finding": failed, "result_at": lodged + timedelta(hours=after)}
            for after, failed in one.results
        ]
    return pl.DataFrame([dict.fromkeys(ROWS) | row for row in rows], schema=ROWS, orient="row")


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def stand(items: pl.DataFrame, plan: Plan, moment: datetime, since: pl.DataFrame | None = None) -> pl.DataFrame:
    return plan_states(items, plan, code="P", day=moment.date(), until=moment, since=since)
