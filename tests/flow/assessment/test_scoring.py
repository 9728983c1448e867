"""The score of a declaration: its most suspicious item, its expected harm, its reasons."""

from dataclasses import replace

import numpy as np
import pytest

from builders import a_rates_model
from darvoza.domain.features import FEATURES
from darvoza.flow.assessment.scoring import score

NAMES = tuple(feature.name for feature in FEATURES)
IMPORTER, ORIGIN = NAMES.index("importer_finding_rate"), NAMES.index("origin_finding_rate")
PAIR, STAKE, CHAPTER = NAMES.index("importer_hs4_finding_rate"), NAMES.index("stake"), NAMES.index("hs_chapter")
MODEL = a_rates_model("importer_finding_rate", "origin_finding_rate", "importer_hs4_finding_rate")


def features(
    *importer: float, origin: float = 0.1, pair: float = 0.1, stake: object = 0.0
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.full((len(importer), len(NAMES)), np.nan, dtype=np.float32)
    rows[:, IMPORTER], rows[:, ORIGIN], rows[:, PAIR] = importer, origin, pair
    rows[:, STAKE] = np.log1p(np.asarray(stake, dtype=np.float64))
    return rows


def test_a_declaration_is_at_least_as_likely_as_its_most_suspicious_item() -> None:
    rows, starts = features(0.1, 0.4, 0.4, 0.2), np.array([0, 3])
    together = score(MODEL, rows, starts=starts, threads=1)
    assert together.probability == pytest.approx([0.4, 0.2], rel=1e-5)
    assert together.top.tolist() == [1, 3]
    apart = score(replace(MODEL, independence=1.0), rows, starts=starts, threads=1)
    assert apart.probability == pytest.approx([1 - 0.9 * 0.6 * 0.6, 0.2], rel=1e-5)
    assert together.money.tolist() == apart.money.tolist()


def test_the_expected_loss_of_a_declaration_is_the_sum_over_its_items_of_probability_times_loss() -> None:
    rows = features(0.1, 0.4, 0.1, 0.1, stake=[299.0, 99.0, np.nan, 0.0])
    scores = score(MODEL, rows, starts=np.array([0, 2]), threads=1)
    assert scores.money == pytest.approx([30 + 40, 10 + 0.1], rel=1e-4)  # an unknown stake counts as the typical 100


def test_harm_grows_with_a_power_of_the_loss() -> None:
    rows, usual = features(0.1, 0.1, stake=[0.0, 299.0]), MODEL.harm.loss.usual
    for power in (0.0, 0.5, 1.0):
        scores = score(MODEL, rows, starts=np.arange(2), threads=1, money_power=power)
        expected = [0.1 * (1 + 1 / usual) ** power, 0.1 * (1 + 300 / usual) ** power]
        assert scores.worth == pytest.approx(expected, rel=1e-4)


def test_harm_is_the_same_in_another_currency() -> None:
    rows, dear = features(0.1, 0.4, stake=[9.0, 299.0]), features(0.1, 0.4, stake=[99.0, 2999.0])
    worths = []
    for mean, given in ((2.0, rows), (20.0, dear)):
        model = replace(MODEL, harm=replace(MODEL.harm, loss=replace(MODEL.harm.loss, mean=mean)))
        worths.append(score(model, given, starts=np.arange(2), threads=1).worth)
    assert worths[0] == pytest.approx(worths[1], rel=1e-4)


def test_severity_is_the_level_of_grave_findings_times_how_likely_they_are() -> None:
    rows = features(0.1, 0.4)
    rows[:, CHAPTER] = [1, 87]
    assert score(MODEL, rows, starts=np.arange(2), threads=1).severity == pytest.approx([0.1 * 0.2 * 2, 0], rel=1e-4)
