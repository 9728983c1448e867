"""The model card: measures on rows never seen, with nothing claimed where nothing can be."""

import json

import numpy as np
import pytest

from darvoza.flow.learning.card import SHARES, ModelCard, Rows, card_text, measured

NOTHING = Rows(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0))


def rows(n: int = 200, *, findings: int = 20) -> Rows:
    """Rows ranked perfectly: the findings have the highest scores and are half likely."""
    found = np.arange(n) >= n - findings
    return Rows(np.arange(n, dtype=float), np.where(found, 0.5, 0.0), found, np.ones(n))


def card(*slices: Rows) -> ModelCard:
    parts = tuple(measured(f"slice {place}", part) for place, part in enumerate(slices))
    return ModelCard("trees", 12, 1_000, 200, 200, 150, parts)


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
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 4
    assert len({line.count("|") for line in table}) == 1
    assert "12 boosted trees; fitted on 1,000 examined items" in text
    assert "| slice 1 | 0 | 0 | – | – |" in text


def test_the_card_as_json_is_plain() -> None:
    held = json.loads(json.dumps(card(rows(), NOTHING).as_json(), allow_nan=False))
    assert held["shares"] == list(SHARES)
    assert held["slices"][1]["auc"] is None
