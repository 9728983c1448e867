"""What is stored of a lodging is what is read again after a stop: the gate then decides as if it had never stopped."""

import json
from dataclasses import replace
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from darvoza.flow.gate.deciding import DRAW_COLUMNS, Gate
from darvoza.flow.gate.records import FEW, decisions_of, drawn_of, items_of, plain_rows, watched_of
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.selectivity.memory_file import memory_text, read_memory
from darvoza.flow.tables import DECISION_SCHEMA
from gate_world import PROFILES, at_once, in_parts, lodged, policy

SHARES = {profile.code: float(profile.treatment.share) for profile in PROFILES}


def through_text(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    made = json.loads(json.dumps(rows))
    assert isinstance(made, list)
    return made


def test_decisions_come_back_bit_by_bit() -> None:
    decisions = at_once().decisions
    assert decisions.schema == pl.Schema(DECISION_SCHEMA)
    assert decisions_of(through_text(list(plain_rows(decisions)))).equals(decisions)


def test_goods_items_come_back() -> None:
    items = lodged().with_columns(file=pl.lit(None, pl.String), row=pl.lit(None, pl.Int64)).select(list(ITEM_SCHEMA))
    assert items_of(through_text(list(plain_rows(items)))).equals(items)


def test_what_profiles_asked_for_is_read_off_decisions() -> None:
    watched = at_once().watched(policy())
    read = watched_of(at_once().decisions, SHARES).lately(policy().ceiling.window_days)
    order = ["declaration", "source"]
    assert read.declarations.equals(watched.declarations)
    profiles = watched.floors.filter(kind="profile")
    assert read.floors.sort(order).equals(profiles.sort(order))


def test_marks_that_were_not_stored_are_found_again() -> None:
    drawn = at_once().decisions.select(DRAW_COLUMNS).unique("declaration_id", maintain_order=True)
    again = drawn_of(lodged(), drawn.drop("marks", "fingerprint_basis")).select(DRAW_COLUMNS)
    assert again.sort("declaration_id").equals(drawn.sort("declaration_id"))


def test_a_gate_that_stopped_decides_as_if_it_had_not() -> None:
    parts = list(in_parts(lodged(), 6, 60))
    gate = Gate(policy())
    first, second = parts[0], parts[1]
    done = gate.decide(first)
    gate.keep(done)
    stored = through_text(list(plain_rows(done.decisions)))
    decisions = decisions_of(stored)
    again = Gate.of(
        replace(
            policy(),
            earlier=decisions,
            memory=read_memory(memory_text(gate.policy.memory), "memory"),
            watched=watched_of(decisions, SHARES).lately(policy().ceiling.window_days),
        ),
        first.with_columns(examined=None, finding=None, result_at=None).cast({"examined": pl.Boolean, "finding": pl.Boolean, "result_at": pl.Datetime("us", "UTC")}),
        decisions,
    )  # fmt: skip
    assert again.decide(second).decisions.equals(gate.decide(second).decisions)


@given(
    st.lists(st.decimals(min_value=-(10**20), max_value=10**20, places=6), min_size=1, max_size=5), st.integers(0, 6)
)
def test_a_few_amounts_are_written_as_many_are(amounts: list[Decimal], scale: int) -> None:
    column = pl.Series("x", [*amounts, None], dtype=pl.Decimal(38, 6)).cast(pl.Decimal(38, scale))
    few = [row.get("x") for row in plain_rows(column.to_frame())]
    many = [row.get("x") for row in plain_rows(column.to_frame().select(pl.col("x").repeat_by(FEW + 1).explode()))]
    assert many[:: FEW + 1] == few
