"""The model card: measures on rows never seen, with nothing claimed where nothing can be."""

import json
from dataclasses import replace

import numpy as np
import pytest

from darvoza.flow.learning.card import SHARES, HeadMeasure, ModelCard, Rows, measured
from darvoza.flow.learning.card_text import WARNINGS, WHY_NOT, card_text
from darvoza.flow.learning.fitness import Verdict
from darvoza.methods.recalibration import Recalibration, reliability_bins
from darvoza.methods.weighted_mean import Mean

NOTHING = Rows(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0))


def rows(n: int = 200, *, findings: int = 20) -> Rows:
    """Rows ranked perfectly: the findings have the highest scores and are half likely."""
    found = np.arange(n) >= n - findings
    return Rows(np.arange(n, dtype=float), np.where(found, 0.5, 0.0), found, np.ones(n))


def card(*slices: Rows, why_not: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> ModelCard:
    better = Mean(-0.02, -0.03, -0.01)
    verdict = Verdict(not why_not, why_not, better, better, Recalibration(0.0, 1.1, 0.9, 1.3))
    return ModelCard(
        kind="rates" if why_not else "trees", trees=12, fitted_on=1_000, calibrated_on=200, measured_on=200,
        set_aside=7, findings=150, by_chance=90, effective=61.5, label_cut_off=1_780_000_000, independence=0.25,
        verdict=verdict, slices=tuple(measured(f"slice {place}", part) for place, part in enumerate(slices)),
        heads=(HeadMeasure("valuation", True, 120, 0.9, 0.5, 61.2, 60.0), HeadMeasure("loss", False, 0, None, None, 9e6, 8e6)),
        reliability=reliability_bins(rows().likely, rows().findings, weights=rows().weights), warnings=warnings,
    )  # fmt: skip


def test_a_perfect_order_has_the_measures_of_one() -> None:
    part = measured("all rows", rows())
    assert (part.rows, part.findings, part.auc, part.average_precision) == (200, 20, 1.0, 1.0)
    assert part.precision == pytest.approx((1.0, 1.0, 1.0, 1.0, 0.5))
    assert part.recall == pytest.approx((0.1, 0.2, 0.5, 1.0, 1.0))
    assert part.brier == pytest.approx(0.25 * 20 / 200)


def test_a_slice_without_rows_claims_nothing() -> None:
    part = measured("never seen", NOTHING)
    assert (part.rows, part.findings, part.auc, part.brier) == (0, 0, None, None)
    assert part.precision == part.recall == (None,) * len(SHARES)


def test_a_slice_without_findings_has_no_auc() -> None:
    assert measured("all rows", rows(findings=0)).auc is None


def test_weights_count() -> None:
    part = rows()
    heavy = part._replace(score=-part.score, weights=np.where(part.findings, 9.0, 1.0))
    assert measured("", heavy).average_precision != measured("", part._replace(score=-part.score)).average_precision


def test_the_card_reads_as_a_table_with_one_line_a_slice() -> None:
    text = card_text(card(rows(), NOTHING))
    table = [line for line in text.splitlines() if line.startswith(("| rows", "| slice"))]
    assert len(table) == 3
    assert len({line.count("|") for line in table}) == 1
    assert "12 boosted trees; fitted on 1,000 examined items" in text
    assert "| slice 1 | 0 | 0 | – | – |" in text


def test_the_card_as_json_is_plain() -> None:
    held = json.loads(json.dumps(card(rows(), NOTHING).as_json(), allow_nan=False))
    assert held["shares"] == list(SHARES)
    assert held["slices"][1]["auc"] is None
    assert held["verdict"]["slope"] == {"intercept": 0.0, "slope": 1.1, "low": 0.9, "high": 1.3}
    assert held["reliability"][0]["rows"] == 180


def test_the_card_says_on_what_numbers_a_score_is_used() -> None:
    text = card_text(card(rows()))
    assert "The trees are used." in text
    assert "Calibration slope: 1.10 [0.90, 1.30]" in text
    assert "7 whose result came too late" in text


@pytest.mark.parametrize("code", WHY_NOT)
def test_the_card_says_why_trees_are_not_used(code: str) -> None:
    assert f"The smoothed rates are used; {WHY_NOT[code]}." in card_text(card(rows(), why_not=(code,)))


@pytest.mark.parametrize("code", WARNINGS)
def test_the_card_warns_where_it_is_too_good_to_be_true(code: str) -> None:
    assert WARNINGS[code] in card_text(card(rows(), warnings=(code,)))
    assert WARNINGS[code] not in card_text(card(rows()))


def test_the_card_sets_stated_beside_observed_with_an_interval() -> None:
    assert "| 0.5000 | 1.0000 | 0.8389 – 1.0000 | 20 |" in card_text(card(rows()))


def test_the_card_tells_which_heads_were_fitted_by_themselves() -> None:
    text = card_text(card(rows()))
    assert "| valuation | yes | 120 | 0.900 | 0.500 | 61 | 60 |" in text
    assert "| loss | no | 0 | – | – | 9,000,000 | 8,000,000 |" in text


@pytest.mark.parametrize(
    ("observed", "unstated", "said"),
    [(None, 20, "| not known |"), (8e6, 3, "| ≥ 8,000,000 (3 say no amount) |"), (8e6, 0, "| 8,000,000 |")],
)
def test_a_loss_that_nobody_wrote_down_is_not_none(observed: float | None, unstated: int, said: str) -> None:
    loss = HeadMeasure("loss", False, 0, None, None, 9e6, observed, unstated)
    line = next(
        each for each in card_text(replace(card(rows()), heads=(loss,))).splitlines() if each.startswith("| loss")
    )
    assert line.endswith(said)


def test_where_no_declaration_has_two_items_nothing_is_said_of_their_independence() -> None:
    text = card_text(replace(card(rows()), independence=None))
    assert "how independent several would be is not known" in text
    assert "% independent" not in text
