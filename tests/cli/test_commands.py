"""The commands as a user gives them: what they write, what they say, and how they end."""

import errno
import filecmp
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, PROFILES, Place, assess_words
from cli.declared import declared, one_profile
from darvoza.cli.key_reveal import reveal
from darvoza.cli.main import main
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.keys import read_key_file

OUTPUTS = {
    "decisions.parquet", "inputs.zip", "load.parquet", "manifest.json", "memory.json", "orders.parquet", "rejected.parquet", "report.html",
}  # fmt: skip


def test_a_run_leaves_decisions_rejected_rows_report_and_manifest(place: Place) -> None:
    assert {path.name for path in place.run.iterdir()} == OUTPUTS


def test_the_manifest_holds_the_digest_of_everything_that_went_in_and_came_out(place: Place) -> None:
    manifest = json.loads((place.run / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in manifest["outputs"]} == OUTPUTS - {"manifest.json"}
    assert manifest["inputs"][0]["name"] == place.months[-1].name
    assert manifest["rows"]["read"] == manifest["rows"]["accepted"] + manifest["rows"]["rejected"]
    assert manifest["model_digest"]
    assert manifest["profiles_digest"]


def test_the_same_inputs_and_key_give_the_same_bytes_whatever_the_number_of_workers(
    place: Place, tmp_path: Path
) -> None:
    program = str(Path(sys.executable).with_name("darvoza"))
    for workers in ("1", "2"):
        words = [program, *assess_words(place, tmp_path / workers, "--workers", workers)]
        subprocess.run(words, check=True, capture_output=True, env={**os.environ, "POLARS_MAX_THREADS": workers})
    same, different, odd = filecmp.cmpfiles(tmp_path / "1", tmp_path / "2", sorted(OUTPUTS), shallow=False)
    assert (sorted(same), different, odd) == (sorted(OUTPUTS), [], [])


def test_an_auditor_with_the_key_finds_every_draw_right(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(place.run), "--key-file", str(place.key)]) == 0
    decisions = pl.read_parquet(place.run / "decisions.parquet")
    assert f"{decisions.height:,} of {decisions.height:,} decisions agree" in capsys.readouterr().out


def test_a_changed_decision_is_found_and_named(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in OUTPUTS:
        (copy / name).write_bytes((place.run / name).read_bytes())
    decisions = pl.read_parquet(copy / "decisions.parquet").with_row_index("place")
    turned = pl.when(pl.col("place") == 3).then(~pl.col("selected")).otherwise("selected").alias("selected")
    decisions.with_columns(turned).drop("place").write_parquet(copy / "decisions.parquet")
    assert main(["verify", str(copy), "--key-file", str(place.key)]) == 1
    said = capsys.readouterr().out
    assert "decisions.parquet: differs from the digest" in said
    assert decisions["decision_id"][3] in said


def test_a_key_that_was_not_committed_to_is_refused(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    assert main(["key", "new", "--agency", "customs", "--out", str(other)]) == 0
    assert main(["verify", str(place.run), "--key-file", str(other)]) == 2
    assert "not the key the draws were made with" in capsys.readouterr().err


def test_a_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    words = ["key", "new", "--agency", "customs", "--out", str(tmp_path / "key.json")]
    assert main(words) == 0
    assert (tmp_path / "key.json").stat().st_mode & 0o077 == 0
    assert main(words) == 2


def test_a_key_comes_in_the_place_of_another_from_a_day_to_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "key.json", tmp_path / "new.json"
    today = datetime.now(UTC).date()
    assert main(["key", "new", "--agency", "customs", "--out", str(old)]) == 0
    words = ["key", "new", "--agency", "customs", "--out", str(new), "--after", str(old)]
    assert main(words) == 2
    assert main([*words, "--from", today.isoformat()]) == 2
    assert "--from: expected a day after" in capsys.readouterr().err
    assert main([*words, "--from", (today + timedelta(days=2)).isoformat()]) == 0
    ring, before = read_key_file(new), read_key_file(old)
    assert ring.key(today) == before.key(today)
    assert ring.key(today + timedelta(days=2)) != before.key(today + timedelta(days=2))
    assert new.stat().st_mode & 0o077 == 0


def test_a_run_is_verified_by_the_key_that_came_in_the_place_of_its_own(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.json"
    soon = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    words = ["key", "new", "--agency", "customs", "--after", str(place.key), "--from", soon, "--out", str(new)]
    assert main(words) == 0
    assert main(["verify", str(place.run), "--key-file", str(new)]) == 0
    assert "decisions agree" in capsys.readouterr().out


def test_a_key_that_cannot_be_written_says_what_the_system_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "key.json"

    def refused(path: str, _flags: int, _mode: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", refused)
    assert main(["key", "new", "--agency", "customs", "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"{out}: expected a place that can be written to, got 'Permission denied'" in said
    assert "overwritten" not in said


def test_keys_of_days_that_are_over_are_revealed_and_no_other(tmp_path: Path) -> None:
    key, out = tmp_path / "key.json", tmp_path / "days.json"
    assert main(["key", "new", "--agency", "customs", "--agency", "veterinary", "--out", str(key)]) == 0
    words = ["key", "reveal", "--key-file", str(key), "--out", str(out)]
    assert main([*words, "--from", "2026-03-02", "--to", "2026-03-01"]) == 2
    assert main([*words, "--from", "2026-03-01", "--to", "2026-03-02"]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))["keys"]
    assert list(told) == ["2026-03-01", "2026-03-02"]
    assert main([*words, "--from", "2026-03-01", "--to", "2026-03-02"]) == 2


def test_the_key_of_a_day_that_is_not_over_is_not_revealed(tmp_path: Path) -> None:
    key, out, first = tmp_path / "key.json", tmp_path / "days.json", date(2026, 3, 1)
    assert main(["key", "new", "--agency", "customs", "--out", str(key)]) == 0
    late = datetime(2026, 3, 3, 23, 59, tzinfo=UTC)
    for now in (late, datetime(2026, 3, 4, 4, 59, tzinfo=timezone(timedelta(hours=5)))):
        with pytest.raises(SettingsError, match="--to: expected a day before 2026-03-03"):
            reveal(key, first, 3, out, now=now)
    assert not out.exists()
    reveal(key, first, 3, out, now=late + timedelta(minutes=1))
    assert len(json.loads(out.read_text(encoding="utf-8"))["keys"]) == 3
    coming = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    words = ["key", "reveal", "--key-file", str(key), "--from", coming, "--to", coming, "--out", str(tmp_path / "soon")]
    assert main(words) == 2


def test_a_decision_is_told_in_words(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    row = pl.read_parquet(place.run / "decisions.parquet").filter(pl.col("basis") == "profile").row(0, named=True)
    assert main(["explain", row["decision_id"], "--in", str(place.run)]) == 0
    said = capsys.readouterr().out
    assert f"u = {row['u']:.6f} < π = {row['probability']:.6f}" in said
    assert row["floors"][0]["source"] in said
    assert "the random floor" in said or row["act"] != "physical"


def test_reasons_of_the_score_are_not_announced_where_none_were_kept(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = pl.read_parquet(place.run / "decisions.parquet").filter(pl.col("score").is_not_null()).head(1)
    kept = decisions.with_columns(contributions=pl.col("contributions").list.head(0))
    (tmp_path / "manifest.json").write_bytes((place.run / "manifest.json").read_bytes())
    for language in ("en", "ru"):
        kept.write_parquet(tmp_path / "decisions.parquet")
        words = ["explain", kept["decision_id"][0], "--in", str(tmp_path), "--language", language]
        assert main(words) == 0
        assert not any(line.rstrip().endswith("):") for line in capsys.readouterr().out.splitlines())


def test_a_declaration_that_is_not_there_is_said_so_with_the_nearest(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    known = pl.read_parquet(place.run / "decisions.parquet")["declaration_id"][0]
    assert main(["explain", known[:-1] + "X", "--in", str(place.run)]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_results_are_never_overwritten(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(assess_words(place, place.run)) == 2
    assert "never overwritten" in capsys.readouterr().err


def test_goods_that_were_drawn_for_keep_their_draw_in_the_next_run(place: Place, tmp_path: Path) -> None:
    assert main([*assess_words(place, tmp_path / "again"), "--previous", str(place.run)]) == 0
    first, second = (pl.read_parquet(folder / "decisions.parquet") for folder in (place.run, tmp_path / "again"))
    assert first["u"].to_list() == second["u"].to_list()


def test_a_score_is_used_only_with_the_settings_of_facts_it_was_fitted_with(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("half_life_days: 30\n", encoding="utf-8")
    assert main(assess_words(place, tmp_path / "out", "--facts", facts)) == 2
    assert "leave --facts out, or learn again with it" in capsys.readouterr().err
    facts.write_text("title: the defaults\n", encoding="utf-8")
    assert main(assess_words(place, tmp_path / "same", "--facts", facts)) == 0


def test_settings_of_facts_with_an_error_stop_a_command_before_it_reads_a_row(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("time_zone: Asia/Bishkeck\nweekend: [holiday]\n", encoding="utf-8")
    words = ["learn", str(place.months[0]), "--mapping", str(MAPPING), "--facts", str(facts)]
    assert main([*words, "--out", str(tmp_path / "model")]) == 2
    said = capsys.readouterr().err
    assert "did you mean Asia/Bishkek?" in said
    assert "facts.yaml: weekend" in said
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("name", ["trees-score.txt", "model.json", "history.parquet", "card.json"])
def test_a_model_with_one_byte_flipped_is_refused(
    place: Place, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (place.model / name).exists():
        name = "card.md"
    copy = tmp_path / "model"
    copy.mkdir()
    for path in place.model.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    words = assess_words(place, tmp_path / "out")
    words[words.index("--model") + 1] = str(copy)
    assert main(words) == 2
    assert f"model.{name}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


HEADER = "Declaration ID,Date,Office ID,Import Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,Net Mass,Item Price,Fraud,Critical Fraud"
ROW = "1,2026-01-05,10,11,10,D1,I1,S1,,870323,CN,CN,8.0,A,100.0,1000.0,0,0"
BAD_FILES = {
    "empty": "",
    "header only": HEADER + "\n",
    "wrong delimiter": (HEADER + "\n" + ROW).replace(",", "!"),
    "missing column": HEADER.replace("HS6 Code", "Goods") + "\n" + ROW,
    "only bad rows": HEADER + "\n" + ROW.replace("870323", "870").replace("100.0", "-5"),
    "31 February": HEADER + "\n" + ROW.replace("2026-01-05", "2026-02-31"),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
@pytest.mark.parametrize("command", ["assess", "learn"])
def test_where_nothing_can_be_done_it_says_why_and_leaves_nothing_half_written(
    command: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    words = [command, str(file), "--mapping", str(MAPPING.with_name("kcs.yaml")), "--out", str(tmp_path / "out")]
    if command == "assess":
        words += ["--profiles", str(PROFILES), "--capacity", "0.1"]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "darvoza: " in said
    assert "Traceback" not in said
    assert "\"'" not in said, "a value is quoted once"
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_one_bad_row_is_kept_aside_and_the_rest_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mixed.csv"
    file.write_text("\n".join([HEADER, ROW, ROW.replace("1,", "2,", 1).replace("870323", "870")]), encoding="utf-8")
    words = ["assess", file, "--mapping", MAPPING.with_name("kcs.yaml"), "--profiles", PROFILES, "--capacity", "0.1",
             "--out", tmp_path / "out"]  # fmt: skip
    assert main([str(word) for word in words]) == 0
    said = capsys.readouterr()
    assert "2 rows read = 1 accepted + 1 rejected" in said.out
    assert "ATTENTION: 1 declarations were not decided at all, for no row of theirs can be read: 2" in said.err
    assert "rejected.parquet" in said.err
    assert "a fresh key was made" in said.out
    rejected = pl.read_parquet(tmp_path / "out" / "rejected.parquet").row(0, named=True)
    assert (rejected["row"], rejected["column"], rejected["got"]) == (3, "HS6 Code", "'870'")


def test_profiles_that_could_not_match_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.csv"
    file.write_text(HEADER + "\n" + ROW.replace("2026", "2019"), encoding="utf-8")
    words = ["assess", file, "--mapping", MAPPING.with_name("kcs.yaml"), "--profiles", PROFILES, "--capacity", "0.1",
             "--out", tmp_path / "out"]  # fmt: skip
    assert main([str(word) for word in words]) == 0
    assert "in force on none of these days" in capsys.readouterr().err


def test_intake_check_reports_and_ends_with_one_when_rows_would_be_rejected(place: Place, tmp_path: Path) -> None:
    assert main(["intake", "check", str(place.months[0]), "--mapping", str(MAPPING)]) == 0
    file = tmp_path / "bad.csv"
    file.write_text(HEADER + "\n" + ROW.replace("100.0", "nan"), encoding="utf-8")
    assert main(["intake", "check", str(file), "--mapping", str(MAPPING.with_name("kcs.yaml"))]) == 1


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--capacity", "1.5", "share"),
        ("--random", "0", "share"),
        ("--random", "0.5", "random"),
        ("--dial", "-1", "dial"),
    ],
)
def test_a_setting_out_of_range_is_refused(
    place: Place, tmp_path: Path, option: str, value: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*assess_words(place, tmp_path / "out"), option, value]
    try:
        code = main(words)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    assert word in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_every_profile_passes_its_worked_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "check", str(PROFILES)]) == 0
    assert "0 failed" in capsys.readouterr().out


def test_the_catalogue_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts"]) == 0
    assert "reference_unit_value" in capsys.readouterr().out


def test_the_catalogue_can_be_searched_by_group_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "Peers", "median", "--group", "value"]) == 0
    said = capsys.readouterr().out
    assert "reference_unit_value" in said
    assert len(said.split()) < 50


def test_a_search_that_finds_no_fact_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "importr", "findngs"]) == 2
    assert "did you mean importer_findings" in capsys.readouterr().err


def test_the_loop_is_played_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["practice", "--months", "2", "--per-month", "300", "--policy", "score", "--profiles", str(PROFILES)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "non-compliant in all, estimated" in said
    assert "of what an oracle would have found" in said


def test_a_declaration_decided_without_an_unreadable_row_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, torn = {"declaration_id": "D1"}, {"declaration_id": "D2"}
    common = ["--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    rows = [whole, torn, torn | {"item": "2", "net_mass": "heavy"}]
    assert main(["assess", *declared(tmp_path, *rows), *common, "--out", str(tmp_path / "torn")]) == 0
    assert "ATTENTION: decided without rows that cannot be read: D2; see" in capsys.readouterr().err
    assert main(["assess", *declared(tmp_path, *rows[:2]), *common, "--out", str(tmp_path / "whole")]) == 0
    assert "ATTENTION" not in capsys.readouterr().err
