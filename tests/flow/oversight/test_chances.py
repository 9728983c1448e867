from datetime import timedelta

import polars as pl

from builders import START
from darvoza.flow.oversight.chances import chances_of_results


def test_a_result_that_no_draw_asked_for_has_no_chance_whatever_stands_beside_it() -> None:
    """Four of ten that the run drew came back, blank, among twenty results of another policy."""
    names = [f"D{k}" for k in range(60)]
    decisions = pl.DataFrame(
        {
            "declaration_id": names,
            "agency": "customs",
            "act": "physical",
            "selected": [k < 10 for k in range(60)],
            "probability": [0.9 if k < 10 else 0.01 for k in range(60)],
            "lodged_at": START + timedelta(days=1),
        }
    )
    results = pl.DataFrame(
        {
            "declaration_id": [*names[:4], *names[30:50]],
            "inclusion_probability": [0.9, 0.9, None, 0.3] + [0.02] * 20,
        }
    )
    told = chances_of_results(decisions, results)
    assert told.height == 60
    assert dict(told.drop_nulls().iter_rows()) == {"D0": 0.9, "D1": 0.9}
