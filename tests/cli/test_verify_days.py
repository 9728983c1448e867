"""A past day is verified by whoever holds the revealed key of that day, and nothing else."""

import hashlib
import json
import stat
from pathlib import Path

import polars as pl
import pytest

from cli.declared import assessed, declared
from darvoza.cli.main import main

Said = pytest.CaptureFixture[str]


def test_a_day_is_verified_by_its_revealed_key_alone(tmp_path: Path, capsys: Said) -> None:
    rows = [
        {"declaration_id": f"D{n}", "lodged_at": f"2026-03-{25 + n % 2}T08:00:00Z", "importer_id": f"I{n}"}
        for n in range(6)
    ]
    key, days = tmp_path / "key.json", tmp_path / "days.json"
    assert main(["key", "new", "--agency", "customs", "--out", str(key)]) == 0
    whole = assessed(tmp_path, declared(tmp_path, *rows), "--key-file", key)
    reveal = ["key", "reveal", "--key-file", str(key), "--from", "2026-03-25", "--to", "2026-03-25", "--out", str(days)]
    assert main(reveal) == 0
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "run"), "--key-file", str(days)]) == 0
    said = capsys.readouterr().out
    mine = whole["key_day"].dt.day().eq(25).sum()
    assert f"{mine:,} of {mine:,} decisions agree" in said
    assert f"{whole.height - mine:,} decisions were drawn by keys of other days" in said
    other = tmp_path / "other.json"
    other.write_text(days.read_text(encoding="utf-8").replace("2026-03-25", "2026-03-26"), encoding="utf-8")
    assert main(["verify", str(tmp_path / "run"), "--key-file", str(other)]) == 2
    assert "the key committed to as" in capsys.readouterr().err
    other.write_text(days.read_text(encoding="utf-8").replace("2026-03-25", "2026-04-25"), encoding="utf-8")
    assert main(["verify", str(tmp_path / "run"), "--key-file", str(other)]) == 2
    assert "keys of other days" in capsys.readouterr().err
    other.write_text("not JSON", encoding="utf-8")
    assert main(["verify", str(tmp_path / "run"), "--key-file", str(other)]) == 2
    assert f"expected JSON, got 'something else' (in {other})" in capsys.readouterr().err


def test_the_key_that_a_run_for_practice_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    assessed(tmp_path, declared(tmp_path, {"declaration_id": "D1"}))
    assert stat.S_IMODE((tmp_path / "run" / "key.json").stat().st_mode) == 0o600


def test_a_run_that_was_made_anew_with_another_key_is_not_the_one_that_was_published(
    tmp_path: Path, capsys: Said
) -> None:
    whole = assessed(tmp_path, declared(tmp_path, {"declaration_id": "D1"}))
    published = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))["ring_commitment"]
    words = ["verify", str(tmp_path / "run"), "--key-file", str(tmp_path / "run" / "key.json")]
    assert whole.height
    assert main(words) == 0
    assert f"committed to as {published}: give --commitment" in capsys.readouterr().out
    assert main([*words, "--commitment", published.upper()]) == 0
    assert "--commitment" not in capsys.readouterr().out
    assert main([*words, "--commitment", "00" * 32]) == 2
    assert "another key than the one that was published" in capsys.readouterr().err


def test_a_run_without_a_decision_verifies_nothing(tmp_path: Path, capsys: Said) -> None:
    assessed(tmp_path, declared(tmp_path, {"declaration_id": "D1"}))
    place = tmp_path / "run" / "decisions.parquet"
    pl.read_parquet(place).clear().write_parquet(place)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["outputs"]:
        if entry["name"] == place.name:
            entry["sha256"] = hashlib.sha256(place.read_bytes()).hexdigest()
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["verify", str(tmp_path / "run"), "--key-file", str(tmp_path / "run" / "key.json")]) == 1
    assert "nothing was verified" in capsys.readouterr().out
