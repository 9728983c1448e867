"""The registry of models: it only grows, says who and why, and takes a promotion back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from darvoza.errors import ModelError, TamperedModel
from darvoza.flow.learning.model_store import load_model
from darvoza.flow.learning.registry import (
    REGISTRY,
    ModelChange,
    champion_directory,
    is_registry,
    line_of_head,
    promote,
    read_registry,
    registry_head,
    revert,
)
from darvoza.flow.learning.training import train
from darvoza.methods.boosting import BoostingSettings
from flow.learning.test_model_store import saved
from flow.learning.test_training import planted

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two models without trees."""
    root = tmp_path_factory.mktemp("models")
    made = [train(planted(999, rate=0.3, seed=seed), settings=BoostingSettings(), threads=1) for seed in (1, 2)]
    return saved(root, made[0], "one"), saved(root, made[1], "two")


def made_champion(registry: Path, model: Path, **evidence: object) -> ModelChange:
    return promote(registry, model, by="A. Analyst", at=AT, reason="the first one", evidence=evidence)


def test_the_first_promotion_makes_a_champion_and_keeps_a_copy(models: tuple[Path, Path], tmp_path: Path) -> None:
    assert not is_registry(tmp_path)
    change = made_champion(tmp_path, models[0])
    assert (change.before, change.after, change.at) == ("", load_model(models[0]).digest, "2026-03-01T09:00:00+00:00")
    assert load_model(champion_directory(tmp_path)).digest == change.after
    assert change.evidence["card"]["kind"] == "rates"


def test_a_promotion_is_taken_back_by_a_line_that_says_so(models: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = made_champion(tmp_path, models[0]), made_champion(tmp_path, models[1])
    back = revert(tmp_path, by="S. Supervisor", at=AT, reason="findings fell")
    assert (back.change, back.before, back.after) == ("revert", second.after, first.after)
    assert [change.change for change in read_registry(tmp_path)] == ["promote", "promote", "revert"]
    assert champion_directory(tmp_path).name == first.after


def test_what_is_champion_is_not_promoted_again(models: tuple[Path, Path], tmp_path: Path) -> None:
    made_champion(tmp_path, models[0])
    with pytest.raises(ModelError, match="not champion already"):
        made_champion(tmp_path, models[0])


def test_there_is_no_way_back_before_the_first(models: tuple[Path, Path], tmp_path: Path) -> None:
    made_champion(tmp_path, models[0])
    with pytest.raises(ModelError, match="a champion before"):
        revert(tmp_path, by="S.", at=AT, reason="r")


def test_evidence_must_speak_of_these_two_models(models: tuple[Path, Path], tmp_path: Path) -> None:
    first = made_champion(tmp_path, models[0])
    with pytest.raises(ModelError, match="evidence"):
        made_champion(tmp_path, models[1], champion="x", challenger="y", verdict="better")
    right = {"champion": first.after, "challenger": load_model(models[1]).digest, "verdict": "better"}
    assert made_champion(tmp_path, models[1], **right).evidence["comparison"] == right


def test_the_first_champion_has_nothing_to_be_compared_with(models: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no champion yet"):
        made_champion(tmp_path, models[0], champion="ffff", challenger="eeee", declarations=5653, verdict="better")
    assert list(tmp_path.iterdir()) == []


def test_moments_do_not_go_back(models: tuple[Path, Path], tmp_path: Path) -> None:
    made_champion(tmp_path, models[0])
    before = AT - timedelta(days=1)
    with pytest.raises(ModelError, match=r"at: expected a moment not before the change of 2026-03-01T09:00:00"):
        promote(tmp_path, models[1], by="A.", at=before, reason="r", evidence={})
    made_champion(tmp_path, models[1])
    with pytest.raises(ModelError, match="not before"):
        revert(tmp_path, by="S.", at=before, reason="r")
    assert len(read_registry(tmp_path)) == 2


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("A.", " ")])
def test_nobody_and_no_reason_are_refused(models: tuple[Path, Path], tmp_path: Path, by: str, reason: str) -> None:
    with pytest.raises(ModelError, match="by, reason"):
        promote(tmp_path, models[0], by=by, at=AT, reason=reason, evidence={})
    assert list(tmp_path.iterdir()) == []  # not even a copy of the model
    assert not is_registry(tmp_path)


def test_a_line_changed_or_removed_is_found(models: tuple[Path, Path], tmp_path: Path) -> None:
    made_champion(tmp_path, models[0])
    made_champion(tmp_path, models[1])
    lines = (tmp_path / REGISTRY).read_text(encoding="utf-8").splitlines()
    for changed in ([lines[0].replace("first", "other"), lines[1]], lines[1:]):
        (tmp_path / REGISTRY).write_text("\n".join(changed) + "\n", encoding="utf-8")
        with pytest.raises(TamperedModel, match="the digest of the line before"):
            read_registry(tmp_path)


def test_the_head_kept_elsewhere_shows_a_change_of_the_last_line(models: tuple[Path, Path], tmp_path: Path) -> None:
    made_champion(tmp_path, models[0])
    first = registry_head(tmp_path)
    made_champion(tmp_path, models[1])
    last, text = registry_head(tmp_path), (tmp_path / REGISTRY).read_text(encoding="utf-8")
    assert (line_of_head(tmp_path, first), line_of_head(tmp_path, last)) == (1, 2)
    lines = text.splitlines()
    for changed in (lines[:1], [lines[0], lines[1].replace("A. Analyst", "Z. Other")]):
        (tmp_path / REGISTRY).write_text("\n".join(changed) + "\n", encoding="utf-8")
        assert read_registry(tmp_path)  # the chain alone does not show it
        assert line_of_head(tmp_path, first) == 1
        with pytest.raises(TamperedModel, match="the head that was kept"):
            line_of_head(tmp_path, last)


def test_a_reason_may_hold_any_character(models: tuple[Path, Path], tmp_path: Path) -> None:
    reason = "one line\u2028another\x85and\nmore"
    promote(tmp_path, models[0], by="A.", at=AT, reason=reason, evidence={})
    assert [change.reason for change in read_registry(tmp_path)] == [reason]


def test_a_directory_without_a_registry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="darvoza model promote"):
        read_registry(tmp_path)
    (tmp_path / REGISTRY).write_text(json.dumps({"change": "promote"}) + "\n", encoding="utf-8")
    with pytest.raises(ModelError):
        read_registry(tmp_path)
