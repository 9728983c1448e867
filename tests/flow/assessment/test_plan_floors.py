from datetime import date

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.plan_floors import few_plan_floors, plan_floors

PLAN = SamplingPlan(
    "P", "Dried fruit", Agency.PHYTOSANITARY, Act.PHYSICAL, MeasureScope(goods=("0813",)), (1.0, 0.1), (3,), "Order 1",
    date(2026, 1, 1),
)  # fmt: skip
FACTS = pl.DataFrame(
    {
        "declaration_id": ["A", "A", "B", "C"],
        "item": [1, 2, 1, 1],
        "lodged_on": [date(2026, 3, 1)] * 3 + [date(2025, 3, 1)],
        "hs": ["081310", "081340", "081310", "081310"],
        "origin": ["UZ", "TJ", "UZ", "UZ"],
        "importer": ["I-1"] * 4,
        "sps_agencies": [["phytosanitary"]] * 4,
    }
)
STATES = pl.DataFrame(
    {
        "plan": ["P", "Q"],
        "importer_id": ["I-1"] * 2,
        "heading": ["0813"] * 2,
        "origin": ["UZ"] * 2,
        "fraction": [0.1, 0.5],
    }
)
STARTS = np.array([0, 2, 3])


def test_a_consignment_stands_where_its_strictest_goods_stand() -> None:
    floors = plan_floors(FACTS, (PLAN,), STATES, starts=STARTS)
    assert floors.select("declaration", "probability").rows() == [(0, 1.0), (1, 0.1)]
    assert floors.row(0, named=True)["items"] == [1, 2]
    assert set(floors.get_column("kind")) == {"plan"}


def test_a_stream_is_found_however_the_importer_was_typed_and_of_two_the_strictest_counts() -> None:
    kept = STATES.with_columns(importer_id=pl.Series(["i 1", "I-1"]))
    for states, probability in ((kept, 0.1), (pl.concat([kept, STATES.with_columns(fraction=pl.lit(0.3))]), 0.3)):
        for importer in ("I-1", "i1", "І 1"):
            facts = FACTS.with_columns(importer=pl.lit(importer))
            assert plan_floors(facts, (PLAN,), states, starts=STARTS).row(1, named=True)["probability"] == probability
            assert few_plan_floors(facts, (PLAN,), states, starts=STARTS)[1].probability == probability


def test_without_states_everything_is_at_its_start() -> None:
    floors = plan_floors(FACTS, (PLAN,), None, starts=STARTS)
    assert set(floors.get_column("probability")) == {1.0}


def test_goods_out_of_scope_or_not_controlled_are_left_alone() -> None:
    cars = FACTS.with_columns(hs=pl.lit("870323"))
    free = FACTS.with_columns(sps_agencies=pl.lit([], dtype=pl.List(pl.String)))
    for facts in (cars, free):
        assert plan_floors(facts, (PLAN,), STATES, starts=STARTS).is_empty()


LADDER = SamplingPlan(
    "Q", "Fruit", Agency.PHYTOSANITARY, Act.SAMPLING, MeasureScope(goods=("08",)), (1.0, 0.5, 0.1), (2, 2), "Order 2",
    date(2026, 1, 1),
)  # fmt: skip
GOODS = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["081310", "0808", "870323", None]), st.sampled_from(["UZ", "TJ", None]),
        st.sampled_from(["I-1", "I-2", None]), st.sampled_from([["phytosanitary"], [], None]),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip
STREAMS = st.lists(
    st.tuples(
        st.sampled_from("PQ"), st.sampled_from(["I-1", "I-2", None]), st.sampled_from(["0813", "0808", None]),
        st.sampled_from(["UZ", "TJ"]), st.sampled_from([0.1, 0.5, None]),
    ),
    max_size=5,
    unique_by=lambda row: row[:4],
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(GOODS, STREAMS, st.booleans())
def test_few_get_the_floors_that_many_get(
    rows: list[tuple[object, ...]], streams: list[tuple[object, ...]], known: bool
) -> None:
    facts = pl.DataFrame(
        rows,
        schema={
            "number": pl.Int64, "hs": pl.String, "origin": pl.String, "importer": pl.String,
            "sps_agencies": pl.List(pl.String),
        },
        orient="row",
    ).sort("number", maintain_order=True).with_row_index("item").with_columns(
        pl.col("item").cast(pl.Int64), declaration_id=pl.format("D{}", "number"), lodged_on=pl.lit(date(2026, 3, 1)),
    )  # fmt: skip
    starts = np.flatnonzero(facts["declaration_id"].is_first_distinct().to_numpy())
    schema = {"plan": pl.String, "importer_id": pl.String, "heading": pl.String, "origin": pl.String}
    states = pl.DataFrame(streams, schema={**schema, "fraction": pl.Float64}, orient="row") if known else None
    few = few_plan_floors(facts, (PLAN, LADDER), states, starts=starts)
    many = plan_floors(facts, (PLAN, LADDER), states, starts=starts)
    assert [tuple(floor) for floor in few] == many.rows()
