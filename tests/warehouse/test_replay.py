"""`darvoza replay`: whole or not at all, and the sums are those of the matches."""

import json
import shutil
from argparse import Namespace
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli.main import main
from darvoza.errors import OutputError
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.floors import profile_floors
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.learning.history_store import open_history
from darvoza.warehouse.matching import summarised
from darvoza.warehouse.replay import read_matches, run

PROFILES = Path(__file__).parents[2] / "profiles"


def arguments(history: Path, out: Path) -> list[str]:
    return ["replay", "--profiles", str(PROFILES), "--history", str(history), "--out", str(out)]


def test_a_replay_finds_what_the_executor_finds_in_the_frame_of_each_month(history: Path, tmp_path: Path) -> None:
    assert main(arguments(history, tmp_path / "out")) == 0
    profiles = load_profiles(PROFILES)
    expected = set()
    for path in sorted(history.rglob("*.parquet")):
        facts = pl.read_parquet(path, hive_partitioning=False).sort("declaration_id", "item")
        found = ColumnsExecutor(profiles).match(facts)
        keys = facts.select("declaration_id", "item").rows()
        codes = [profile.code for profile in profiles]
        expected |= {(codes[place], *keys[row]) for place, row in zip(found.profiles, found.rows, strict=True)}
    made = read_matches(tmp_path / "out").select("profile", "declaration_id", "item").collect()
    assert expected
    assert set(made.rows()) == expected
    assert made.height == len(expected)


def test_every_profile_stands_in_the_summary_and_the_sums_add_up(history: Path, tmp_path: Path) -> None:
    main(arguments(history, tmp_path / "out"))
    summary = pl.read_parquet(tmp_path / "out" / "summary.parquet")
    assert summary["profile"].to_list() == [profile.code for profile in load_profiles(PROFILES)]
    assert summary["items"].sum() == read_matches(tmp_path / "out").collect().height
    assert (summary["findings"] <= summary["examined"]).all()
    assert (summary["examined"] <= summary["declarations"]).all()
    assert summary["examined"].sum() > summary["findings"].sum() > 0


def test_a_declaration_counts_once_however_many_of_its_items_match() -> None:
    profiles = load_profiles(PROFILES)
    code = next(iter(profiles)).code
    matches = pl.DataFrame({
        "profile": [code] * 3, "declaration_id": ["A", "A", "B"], "item": [1, 2, 1], "lodged_on": [None] * 3,
        "known": [True, True, False], "finding": [True, True, False],
    })  # fmt: skip
    assert summarised(matches.lazy(), profiles).row(0) == (code, 3, 2, 1, 1)


def test_an_existing_directory_is_never_written_over(history: Path, tmp_path: Path) -> None:
    options = Namespace(
        what="matches", engine="local", profiles=PROFILES, history=history, out=tmp_path, master="", partitions=None
    )
    with pytest.raises(OutputError, match="does not exist yet"):
        run(options)


def test_without_a_history_nothing_is_left_behind(tmp_path: Path) -> None:
    assert main(arguments(tmp_path, tmp_path / "out")) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_floors_are_those_that_the_gate_makes_of_the_same_facts(history: Path, tmp_path: Path) -> None:
    assert main(arguments(history, tmp_path / "out")) == 0
    profiles = load_profiles(PROFILES)
    for month in ("2026-01", "2026-02"):
        facts = pl.read_parquet(history / f"lodged_month={month}" / "*.parquet", hive_partitioning=False)
        facts = facts.sort("declaration_id", "item")
        found = ColumnsExecutor(profiles).match(facts)
        declared = facts.get_column("declaration_id").rle_id().cast(pl.Int64).to_numpy()
        gate = profile_floors(
            profiles,
            matched=found.profiles.astype("int64"),
            declarations=declared[found.rows],
            items=facts.get_column("item").to_numpy()[found.rows],
        )
        names = facts.get_column("declaration_id").unique(maintain_order=True)
        expected = gate.with_columns(declaration_id=names.gather(gate.get_column("declaration")))
        made = pl.read_parquet(
            tmp_path / "out" / "floors" / f"lodged_month={month}" / "*.parquet", hive_partitioning=False
        )
        columns = ["declaration_id", "agency", "act", "kind", "source", "probability", "items"]
        assert made.select(columns).sort(columns[:5]).equals(expected.select(columns).sort(columns[:5]))


def test_what_a_result_rests_on_is_written_down(history: Path, tmp_path: Path) -> None:
    main(arguments(history, tmp_path / "out"))
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert told["profiles"] == load_profiles(PROFILES).digest
    assert told["months"] == ["2026-01", "2026-02"]


def test_a_back_test_in_the_warehouse_answers_as_the_command_beside_it(decided: Path, tmp_path: Path) -> None:
    common = ["--history", str(decided), "--against", str(PROFILES), "--capacity", "0.2"]
    assert main(["backtest", str(PROFILES), *common, "--out", str(tmp_path / "a")]) == 0
    words = ["replay", "--what", "backtest", "--profiles", str(PROFILES), *common, "--out", str(tmp_path / "b")]
    assert main(words) == 0
    assert (tmp_path / "a" / "backtest.json").read_text() == (tmp_path / "b" / "backtest.json").read_text()


def test_profiles_must_be_given_where_profiles_are_decided(
    decided: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for what in ("matches", "backtest"):
        assert main(["replay", "--what", what, "--history", str(decided), "--out", str(tmp_path / "out")]) == 2
        assert "profiles: expected a directory of profiles, got 'none' (give --profiles)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "words", "told"),
    [
        (
            "matches",
            ["--from", "2026-02-01"],
            "from: expected nothing, for it is used only by backtest, got '2026-02-01'",
        ),
        ("matches", ["--to", "2026-02-01"], "leave out --to, or ask for backtest"),
        ("matches", ["--against", "x"], "against: expected nothing"),
        ("matches", ["--capacity", "0.1"], "capacity: expected nothing"),
        ("facts", ["--replace", "X"], "replace: expected nothing"),
        ("facts", ["--profiles", "x"], "used only by matches and backtest"),
        ("table", ["--from", "2026-02-01"], "from: expected nothing"),
        ("table", ["--registers", "x"], "used only by facts"),
        ("backtest", ["--competence", "x"], "used only by facts"),
        ("backtest", ["--master", "local[2]"], "used only by spark"),
        ("table", ["--engine", "spark", "--partitions", "2"], "leave out --partitions"),
    ],
)
def test_an_option_that_a_kind_of_replay_does_not_use_is_refused(
    what: str, words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--profiles", str(PROFILES)] if what in {"matches", "backtest"} else []
    out = ["--history", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main(["replay", "--what", what, *given, *out, *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_facts_cannot_be_worked_out_anew_without_the_goods_items(
    history: Path, decided: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(decided, bare, ignore=shutil.ignore_patterns("_items"))
    assert main(["replay", "--what", "facts", "--history", str(bare), "--out", str(tmp_path / "out")]) == 2
    assert "write the history with `darvoza history --keep-items`" in capsys.readouterr().err
    assert main(["replay", "--what", "facts", "--history", str(history), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_facts_worked_out_anew_say_where_they_came_from(decided: Path, tmp_path: Path) -> None:
    assert main(["replay", "--what", "facts", "--history", str(decided), "--out", str(tmp_path / "out")]) == 0
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert told["facts_of"] == open_history(decided).digest
    assert told["rows"] == 1500
    assert open_history(tmp_path / "out").months == open_history(decided).months


def test_a_history_of_the_first_form_is_replayed_and_it_is_said(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    for folder in history.glob("lodged_month=*"):
        shutil.copytree(folder, old / folder.name.removeprefix("lodged_"))
    main(arguments(history, tmp_path / "new"))
    assert "first form" not in capsys.readouterr().err
    assert main(arguments(old, tmp_path / "out")) == 0
    assert "is a history of form 1, with folders month=…" in capsys.readouterr().err
    assert read_matches(tmp_path / "out").collect().equals(read_matches(tmp_path / "new").collect())
