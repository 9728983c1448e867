"""`darvoza model promote`, `revert` and `show`: what is recorded is of these models and of this time."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from darvoza.cli.main import main
from darvoza.flow.learning.model_store import load_model
from darvoza.flow.learning.registry import REGISTRY, read_registry
from darvoza.flow.learning.training import train
from darvoza.methods.boosting import BoostingSettings
from flow.learning.test_model_store import saved
from flow.learning.test_training import planted

Models = tuple[Path, Path]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Two models without trees."""
    root = tmp_path_factory.mktemp("models")
    made = [train(planted(999, rate=0.3, seed=seed), settings=BoostingSettings(), threads=1) for seed in (1, 2)]
    return saved(root, made[0], "one"), saved(root, made[1], "two")


def promoted(registry: Path, model: Path, *more: object) -> int:
    words = ["model", "promote", model, "--registry", registry, "--by", "A. Analyst", "--reason", "for a test", *more]
    return main([str(word) for word in words])


def evidence(path: Path, champion: str, challenger: str) -> Path:
    told = {"champion": champion, "challenger": challenger, "declarations": 5653, "verdict": "better"}
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_evidence_of_other_models_is_never_recorded(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged, registry = evidence(tmp_path / "ev.json", "ffff", "eeee"), tmp_path / "registry"
    assert promoted(registry, models[0], "--evidence", forged) == 2
    assert "evidence: expected none, for there is no champion yet" in capsys.readouterr().err
    assert promoted(registry, models[0]) == 0
    assert promoted(registry, models[1], "--evidence", forged) == 2
    assert "'ffff with eeee'" in capsys.readouterr().err
    right = evidence(tmp_path / "right.json", *(load_model(model).digest for model in models))
    assert promoted(registry, models[1], "--evidence", right) == 0
    capsys.readouterr()
    assert main(["model", "show", str(registry)]) == 0
    assert "on the evidence of 5,653 declarations: better" in capsys.readouterr().out


def test_evidence_recorded_earlier_of_other_models_is_told_as_none(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert promoted(tmp_path, models[0]) == 0
    line = json.loads((tmp_path / REGISTRY).read_text(encoding="utf-8"))
    line["evidence"]["comparison"] = {"champion": "ffff", "challenger": "eeee", "declarations": 9, "verdict": "better"}
    (tmp_path / REGISTRY).write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert main(["model", "show", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "no evidence: the comparison that was given is one of ffff with eeee" in told
    assert "on the evidence" not in told


def test_a_comparison_without_its_fields_is_refused(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ev.json").write_text('{"verdict": "better"}', encoding="utf-8")
    assert promoted(tmp_path / "registry", models[0], "--evidence", tmp_path / "ev.json") == 2
    assert "evidence: expected a comparison of two models with champion" in capsys.readouterr().err


def test_no_change_is_of_a_time_to_come_or_before_the_last(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert promoted(tmp_path, models[0], "--at", soon.isoformat()) == 2
    assert "at: expected a moment that is not to come" in capsys.readouterr().err
    assert promoted(tmp_path, models[0]) == 0
    assert promoted(tmp_path, models[1], "--at", "2019-01-01T00:00:00+00:00") == 2
    assert "at: expected a moment not before the change of" in capsys.readouterr().err
    assert len(read_registry(tmp_path)) == 1


def test_the_head_that_is_printed_shows_later_that_the_last_line_was_changed(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert promoted(tmp_path, models[0]) == 0
    head = re.findall(r"kept elsewhere: ([0-9a-f]{64})", capsys.readouterr().out)
    assert main(["model", "show", str(tmp_path), "--head", *head]) == 0
    assert "that of line 1 of 1" in capsys.readouterr().out
    text = (tmp_path / REGISTRY).read_text(encoding="utf-8")
    (tmp_path / REGISTRY).write_text(text.replace("A. Analyst", "Z. Other"), encoding="utf-8")
    assert main(["model", "show", str(tmp_path), "--head", *head]) == 2
    assert "registry: expected a line with the digest" in capsys.readouterr().err
