"""Models on disk: the same bytes every time, and nothing read that was changed."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from builders import trade
from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.domain.sps.competence import Certainty
from darvoza.errors import ModelError, TamperedModel
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS
from darvoza.flow.learning.model_store import DIGESTS, load_model, save_model
from darvoza.flow.learning.training import Trained, train
from darvoza.methods.boosting import BoostingSettings, lightgbm
from flow.learning.test_training import planted, with_trees

HISTORY = trade(50, 1, examined=0.5).select(HISTORY_COLUMNS)
FILES = ["SHA256SUMS", "card.json", "card.md", "facts.json", "history.parquet", "model.json",
         "trees-kind.valuation.txt", "trees-score.txt"]  # fmt: skip


def saved(path: Path, trained: Trained, name: str = "model") -> Path:
    directory = path / name
    directory.mkdir()
    save_model(directory, trained.model, HISTORY, trained.card)
    return directory


def test_a_model_read_back_gives_the_same_probabilities_and_history(tmp_path: Path) -> None:
    trained = with_trees()
    (tmp_path / "model").mkdir()
    digest = save_model(tmp_path / "model", trained.model, HISTORY, trained.card)
    stored = load_model(tmp_path / "model")
    features = planted(1_500).features
    np.testing.assert_array_equal(stored.model.probabilities(features), trained.model.probabilities(features))
    assert stored.history.equals(HISTORY)
    assert stored.digest == digest


def test_a_model_remembers_how_its_facts_were_made(tmp_path: Path) -> None:
    limit = ValueLimit("exemption", Decimal("1000.50"), date(2026, 1, 1), source="an act", certainty=Certainty.VERIFIED)
    house = FactSettings(half_life_days=30, time_zone="Asia/Bishkek", night=(21, 5), weekend=("fri",), limits=(limit,))
    trained = with_trees()
    save_model(tmp_path, trained.model, HISTORY, trained.card, settings=house)
    assert load_model(tmp_path).settings == house
    card = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "halve in 30 days; local time Asia/Bishkek; 1 limits of value" in card


def test_rates_have_no_trees_to_store(tmp_path: Path) -> None:
    trained = train(planted(999, rate=0.3), settings=BoostingSettings(), threads=1)
    directory = saved(tmp_path, trained)
    assert sorted(path.name for path in directory.iterdir()) == FILES[:-2]
    features = planted(999, rate=0.3).features
    again = load_model(directory).model.probabilities(features)
    np.testing.assert_array_equal(again, trained.model.probabilities(features))


def test_one_thread_or_two_write_the_same_bytes(tmp_path: Path) -> None:
    again = train(planted(1_500), settings=BoostingSettings(trees=40), threads=2)
    one, two = saved(tmp_path, with_trees(), "one"), saved(tmp_path, again, "two")
    assert sorted(path.name for path in one.iterdir()) == FILES
    assert {name for name in FILES if (one / name).read_bytes() != (two / name).read_bytes()} == set()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_one_flipped_bit_in_any_file_is_found(tmp_path: Path, name: str, place: float) -> None:
    directory = saved(tmp_path, with_trees())
    content = bytearray((directory / name).read_bytes())
    content[int(place * (len(content) - 2))] ^= 1
    (directory / name).write_bytes(content)
    with pytest.raises(TamperedModel):
        load_model(directory)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_found(tmp_path: Path, name: str) -> None:
    directory = saved(tmp_path, with_trees())
    (directory / name).unlink()
    with pytest.raises(TamperedModel, match="exactly the files listed"):
        load_model(directory)


def test_a_model_of_an_earlier_version_must_be_fitted_again(tmp_path: Path) -> None:
    directory = saved(tmp_path, with_trees())
    (directory / "facts.json").unlink()
    sums = (directory / DIGESTS).read_text(encoding="utf-8").splitlines(keepends=True)
    (directory / DIGESTS).write_text("".join(line for line in sums if "facts.json" not in line), encoding="utf-8")
    with pytest.raises(ModelError, match="fit it again"):
        load_model(directory)


def test_an_extra_file_is_found(tmp_path: Path) -> None:
    directory = saved(tmp_path, with_trees())
    (directory / "more.txt").touch()
    with pytest.raises(TamperedModel, match=r"more\.txt"):
        load_model(directory)


def test_a_list_that_names_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / DIGESTS).write_text("")
    with pytest.raises(TamperedModel):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_directory_without_a_model_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="darvoza learn"):
        load_model(tmp_path / name)


def test_without_the_library_a_model_comes_back_transparent_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = saved(tmp_path, with_trees())
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    lightgbm.cache_clear()
    stored = load_model(directory)
    monkeypatch.undo()
    lightgbm.cache_clear()
    assert stored.model.kind == "rates"
    assert stored.without is not None
    assert "libgomp1" in stored.without
    assert stored.digest == load_model(directory).digest
    assert load_model(directory).without is None


def test_history_keeps_its_types(tmp_path: Path) -> None:
    assert load_model(saved(tmp_path, with_trees())).history.schema == pl.Schema(HISTORY.schema)
