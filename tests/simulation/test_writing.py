"""A practice world on disk: readable by anybody, with the truth kept apart."""

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from darvoza.domain.codes import Role
from darvoza.domain.fields import FIELDS, Level
from darvoza.domain.folding import folded_trader
from darvoza.errors import OutputError
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World
from darvoza.simulation.writing import LegacyPolicy, as_known, examined_under, write_world

SETTINGS = WorldSettings(months=2, declarations_per_month=1500, importers=400)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world")
    steps: list[tuple[int, int]] = []
    counts = write_world(
        World(SETTINGS),
        place,
        legacy_rng=np.random.default_rng(3),
        on_progress=lambda done, of: steps.append((done, of)),
    )
    assert steps == [(1, 2), (2, 2)]
    assert counts.declarations == 3000
    return place


def _read(place: Path) -> pl.DataFrame:
    return pl.concat(pl.read_csv(path, infer_schema=False) for path in sorted((place / "declarations").glob("*.csv")))


def test_a_file_a_month_in_the_own_format(written: Path) -> None:
    assert sorted(path.name for path in (written / "declarations").iterdir()) == ["2026-01.csv", "2026-02.csv"]
    frame = _read(written)
    assert frame.columns == [field.name for field in FIELDS]
    assert frame["lodged_at"].str.contains(r"^2026-0[12]-\d\dT\d\d:\d\d:\d\dZ$").all()
    assert frame["customs_value"].str.contains(r"^\d+(\.\d+)?$").all()


def test_written_values_are_those_of_the_world(written: Path) -> None:
    month = World(SETTINGS).month(0)
    frame = pl.read_csv(written / "declarations" / "2026-01.csv", infer_schema=False)
    for name in ("customs_value", "net_mass", "tax_rate", "supplementary_quantity"):
        assert frame[name].cast(pl.Decimal(38, 6)).equals(month.items[name], check_names=False)
    assert frame["documents"].to_list() == [" ".join(codes) for codes in month.items["documents"]]


def test_outcomes_are_written_only_for_those_examined(written: Path) -> None:
    frame = _read(written)
    unseen = frame.filter(pl.col("examined") == "false")
    seen = frame.filter(pl.col("examined") == "true")
    assert unseen.select("finding", "finding_area", "recovered", "result_at", "inclusion_probability").null_count().row(
        0
    ) == ((len(unseen),) * 5)
    assert 0.03 * len(frame) < len(seen) < 0.25 * len(frame)
    assert seen["finding"].null_count() == 0
    assert set(seen["inclusion_probability"].drop_nulls()) == {"0.05"}
    assert seen["inclusion_probability"].null_count() > 0


def test_truth_and_settings_stand_apart(written: Path) -> None:
    truth = pl.read_parquet(written / "truth.parquet")
    frame = _read(written)
    assert truth["declaration_id"].equals(frame["declaration_id"])
    assert truth["item"].equals(frame["item"].cast(pl.Int64))
    assert {"offence", "loss", "scheme", "true_value"}.isdisjoint(frame.columns)
    assert json.loads((written / "world.json").read_text(encoding="utf-8"))["settings"]["seed"] == 7
    assert "truth.parquet" in (written / "README.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in written.iterdir()) == [
        "README.md",
        "declarations",
        "truth.parquet",
        "world.json",
    ]


def test_the_random_part_of_the_legacy_policy_estimates_the_true_rate_without_bias() -> None:
    month = World(SETTINGS).month(1)
    bad = month.truth.group_by("declaration_id").agg(pl.col("offence").is_not_null().any()).filter("offence")
    guilty = set(bad["declaration_id"])
    policy = LegacyPolicy(random_share=0.2)
    estimates = []
    for seed in range(60):
        drawn, picked = examined_under(policy, month, np.random.default_rng(seed))
        assert set(drawn).isdisjoint(picked)
        estimates.append(len(guilty.intersection(drawn)) / 0.2)
    spread = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - len(guilty)) < 4 * spread


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="taken"):
        write_world(World(SETTINGS), tmp_path / "taken", legacy_rng=np.random.default_rng(1))


def test_intake_accepts_every_row_and_reads_back_what_the_world_declared(written: Path) -> None:
    mapping = load_mapping(Path(__file__).parents[2] / "mappings" / "own.yaml")
    intake = take_in([written / "declarations" / "2026-01.csv"], mapping)
    assert intake.rejected_rows == 0
    declared = [field.name for field in FIELDS if field.level is not Level.OUTCOME]
    order, traders = ["declaration_id", "item"], [f"{role.value}_id" for role in Role]
    world = World(SETTINGS).month(0).items.sort(order).select(declared)
    kept = [
        pl.Series(name, [each and folded_trader(each) for each in world[name]], dtype=pl.String) for name in traders
    ]
    assert_frame_equal(intake.items.sort(order).select(declared), world.with_columns(kept))


def test_files_as_they_stand_at_a_moment_know_nothing_of_later(written: Path) -> None:
    items = take_in(
        sorted((written / "declarations").glob("*.csv")),
        load_mapping(Path(__file__).parents[2] / "mappings" / "own.yaml"),
    ).items
    until = items.get_column("lodged_at").quantile(0.5)
    assert isinstance(until, datetime)
    known = as_known(items, until)
    assert known.get_column("lodged_at").max() < until
    assert known.height == items.filter(pl.col("lodged_at") < until).height
    pending = items.filter((pl.col("lodged_at") < until) & (pl.col("result_at") >= until))
    assert pending.height > 0
    later = known.join(pending.select("declaration_id", "item"), on=["declaration_id", "item"], how="semi")
    assert not later.get_column("examined").any()
    assert later.select("finding", "finding_area", "recovered", "result_at").null_count().row(0) == (later.height,) * 4
