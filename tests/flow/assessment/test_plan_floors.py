from datetime import date

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.plan_floors import plan_floors

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


def test_without_states_everything_is_at_its_start() -> None:
    floors = plan_floors(FACTS, (PLAN,), None, starts=STARTS)
    assert set(floors.get_column("probability")) == {1.0}


def test_goods_out_of_scope_or_not_controlled_are_left_alone() -> None:
    cars = FACTS.with_columns(hs=pl.lit("870323"))
    free = FACTS.with_columns(sps_agencies=pl.lit([], dtype=pl.List(pl.String)))
    for facts in (cars, free):
        assert plan_floors(facts, (PLAN,), STATES, starts=STARTS).is_empty()
