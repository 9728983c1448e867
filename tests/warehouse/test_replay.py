"""`darvoza replay`: whole or not at all, and the sums are those of the matches."""

from argparse import Namespace
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli.main import main
from darvoza.errors import OutputError
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.profile_files import load_profiles
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
    options = Namespace(engine="local", profiles=PROFILES, history=history, out=tmp_path, master="", partitions=None)
    with pytest.raises(OutputError, match="does not exist yet"):
        run(options)


def test_without_a_history_nothing_is_left_behind(tmp_path: Path) -> None:
    assert main(arguments(tmp_path, tmp_path / "out")) == 2
    assert list(tmp_path.iterdir()) == []
