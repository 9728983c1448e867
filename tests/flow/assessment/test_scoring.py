"""The score of a declaration: its most suspicious item, its expected harm, its reasons."""

import numpy as np
import pytest

from darvoza.domain.features import FEATURES
from darvoza.flow.assessment.scoring import CONCEPTS, REASONS, reasons, score
from darvoza.methods.calibration import CalibrationKind, Calibrator
from darvoza.methods.score_model import RateSum, ScoreModel

NAMES = tuple(feature.name for feature in FEATURES)
IMPORTER, ORIGIN = NAMES.index("importer_finding_rate"), NAMES.index("origin_finding_rate")
PAIR = NAMES.index("importer_hs4_finding_rate")
MODEL = ScoreModel(NAMES, Calibrator(CalibrationKind.PLATT), 100.0, RateSum((IMPORTER, ORIGIN, PAIR), 0.1))


def features(
    *importer: float, origin: float = 0.1, pair: float = 0.1
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.full((len(importer), len(NAMES)), np.nan, dtype=np.float32)
    rows[:, IMPORTER], rows[:, ORIGIN], rows[:, PAIR] = importer, origin, pair
    return rows


def test_a_declaration_is_as_likely_as_its_most_suspicious_item_and_its_harm_is_the_sum() -> None:
    rates = [0.1, 0.4, 0.4, 0.2]
    scores = score(MODEL, features(*rates), stake=np.zeros(4), starts=np.array([0, 3]), threads=1)
    assert scores.probability == pytest.approx([0.4, 0.2], rel=1e-5)
    assert scores.worth == pytest.approx([0.9, 0.2], rel=1e-5)
    assert scores.top.tolist() == [1, 3]


def test_harm_grows_with_the_root_of_the_stake_and_an_unknown_or_negative_stake_counts_as_none() -> None:
    stakes = np.array([300.0, 0.0, np.nan, -50.0])
    scores = score(MODEL, features(*[0.1] * 4), stake=stakes, starts=np.arange(4), threads=1)
    assert scores.worth == pytest.approx([0.2, 0.1, 0.1, 0.1], rel=1e-5)


def test_the_expected_loss_of_a_declaration_is_the_sum_over_its_items_of_probability_times_stake() -> None:
    stakes = np.array([300.0, 100.0, np.nan, -50.0])
    scores = score(MODEL, features(0.1, 0.4, 0.1, 0.1), stake=stakes, starts=np.array([0, 2]), threads=1)
    assert scores.money == pytest.approx([70.0, 0.0], rel=1e-5)
    assert scores.severity.tolist() == [0.0, 0.0]


def test_reasons_are_concepts_with_the_largest_first_and_parts_of_one_concept_together() -> None:
    said = reasons(MODEL, features(0.5, 0.05, origin=0.2, pair=0.5), threads=1).to_list()
    assert [len(row) for row in said] == [REASONS, REASONS]
    odds = np.log(9)  # of a rate of 0.5 against one of 0.1
    first = {part["concept"]: part["amount"] for part in said[0]}
    assert list(first)[:2] == ["importer", "origin"]
    assert (first["importer"], first["origin"]) == pytest.approx((2 * odds, np.log(0.25 * 9)), rel=1e-5)
    amounts = [abs(part["amount"]) for part in said[1]]
    assert amounts == sorted(amounts, reverse=True)


def test_every_concept_is_named_once() -> None:
    assert len(set(CONCEPTS)) == len(CONCEPTS)
    assert {feature.concept for feature in FEATURES} == set(CONCEPTS)


def test_reasons_for_many_come_in_the_order_asked() -> None:
    rates = np.linspace(0.05, 0.9, 40)
    said = reasons(MODEL, features(*rates), threads=1).to_list()
    found = [next(part["amount"] for part in row if part["concept"] == "importer") for row in said]
    assert np.all(np.diff(found) > 0)
