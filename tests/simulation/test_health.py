"""The practice world in the eyes of the health services: lots, papers, an outbreak, and what officers find."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from darvoza.domain.codes import Agency
from darvoza.errors import SettingsError
from darvoza.methods.sampling.detection import miss_probability
from darvoza.simulation.health_control import control, packages_to_open
from darvoza.simulation.health_truth import Hazard, Paper
from darvoza.simulation.outbreak import OUTBREAKS, notices
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

PLAIN = WorldSettings(months=6, declarations_per_month=1500, importers=400)
SICK = WorldSettings(months=6, declarations_per_month=1500, importers=400, outbreaks=True)


@pytest.fixture(scope="module")
def lots() -> pl.DataFrame:
    world = World(SICK)
    return pl.concat(world.health(world.month(k)) for k in range(SICK.months))


def a_lot(packages: int, infested: int, count: int, **changes: object) -> pl.DataFrame:
    row: dict[str, object] = {
        "item": 1, "lodged_at": None, "hs": "080510", "origin": "TR", "origin_region": "TR-1", "establishment": None,
        "packages": packages, "agencies": ["phytosanitary", "sanitary"], "hazard": "pest", "infested": infested,
        "paper": "genuine", "certificate": "PC-1", "outbreak": None, **changes,
    }  # fmt: skip
    rows = [{"declaration_id": f"D{place}", **row} for place in range(count)]
    return pl.DataFrame(rows, schema_overrides={"lodged_at": pl.Datetime("us", "UTC"), "establishment": pl.String})


def acts(lots: pl.DataFrame, agency: str, act: str) -> pl.DataFrame:
    return lots.select("declaration_id", agency=pl.lit(agency), act=pl.lit(act), probability=pl.lit(1.0))


def found(packages: int, infested: int, *, level: float, miss: float = 0.0, count: int = 4000) -> float:
    lots = a_lot(packages, infested, count)
    seen = control(acts(lots, "phytosanitary", "physical"), lots, rng=np.random.default_rng(5), level=level, miss=miss)
    return 1 - int(seen["passed"].sum()) / seen.height


def test_an_outbreak_moves_nothing_but_the_goods_of_its_zone_while_it_lasts() -> None:
    plain, sick = World(PLAIN), World(SICK)
    changed = 0
    for k in range(PLAIN.months):
        one, other = plain.month(k), sick.month(k)
        assert one.items.equals(other.items)
        new = (other.truth["offence"].is_not_null() & one.truth["offence"].is_null()).to_numpy()
        zone = other.items.filter(pl.Series(new))
        assert zone["origin_region"].is_in([region for each in OUTBREAKS for region in each.regions]).all()
        assert other.truth.filter(pl.Series(~new)).drop("outbreak").equals(one.truth.filter(pl.Series(~new)))
        changed += int(new.sum())
    assert changed > 3


def test_before_and_after_an_outbreak_there_is_none_and_it_is_notified_late_and_ended(lots: pl.DataFrame) -> None:
    for outbreak in OUTBREAKS:
        first, last = outbreak.days(SICK)
        carried = lots.filter(outbreak=outbreak.name)
        assert carried.height > 0
        assert carried["lodged_at"].dt.date().is_between(first, last + timedelta(13)).all()
    told = notices(SICK)
    assert told.filter(update=0)["dated"].to_list()[0] > OUTBREAKS[0].days(SICK)[0]
    assert told.filter(update=1)["ended_on"].null_count() == 0
    assert set(told["number"].value_counts()["count"]) == {2}


def test_what_a_lot_carries_is_the_business_of_a_service_that_controls_it(lots: pl.DataFrame) -> None:
    carried = lots.drop_nulls("hazard")
    assert carried.height > 50
    for hazard, agencies, packages, infested in carried.select("hazard", "agencies", "packages", "infested").rows():
        assert Hazard(hazard).agency.value in agencies
        assert 1 <= infested <= packages
    assert lots.filter(pl.col("hazard").is_null())["infested"].sum() == 0


def test_forged_and_reused_certificates_go_with_what_is_carried(lots: pl.DataFrame) -> None:
    papers = lots.filter(pl.col("paper") != Paper.MISSING.value)
    bad = pl.col("paper") != Paper.GENUINE.value
    share = papers.group_by(pl.col("hazard").is_not_null().alias("carries")).agg(bad.mean()).sort("carries")
    assert share["paper"][1] > 10 * share["paper"][0]
    reused = papers.filter(paper=Paper.REUSED.value)["certificate"]
    assert reused.len() > 0
    assert papers.filter(pl.col("certificate").is_in(reused.to_list())).height > reused.len()


@pytest.mark.parametrize("level", [0.3, 0.1, 0.02])
def test_what_is_found_is_the_hypergeometric_truth_of_the_sample(level: float) -> None:
    size = packages_to_open(200, level, 0.95)
    expected = 1 - miss_probability(size, lot_size=200, level=0.04)
    assert found(200, 8, level=level) == pytest.approx(expected, abs=0.03)


def test_officers_miss_and_a_larger_sample_finds_more() -> None:
    assert found(200, 8, level=0.02, miss=0.6) < found(200, 8, level=0.02) - 0.05
    assert found(200, 8, level=0.3) < found(200, 8, level=0.02)
    assert found(200, 0, level=0.02) == 0


def test_papers_are_seen_by_documents_and_contents_by_their_own_service() -> None:
    forged = a_lot(50, 50, 1000, paper="forged")
    rng = np.random.default_rng(1)
    papers = control(acts(forged, "phytosanitary", "documentary"), forged, rng=rng)
    assert (~papers["passed"]).mean() == pytest.approx(0.7, abs=0.05)
    assert papers["sample_size"].sum() == 0
    assert set(papers["hazard"].drop_nulls()) == {"certificate"}
    assert control(acts(forged, "sanitary", "physical"), forged, rng=rng)["passed"].all()
    assert control(acts(forged, Agency.CUSTOMS.value, "physical"), forged, rng=rng).is_empty()
    with pytest.raises(SettingsError, match="miss: expected a chance"):
        control(acts(forged, "sanitary", "physical"), forged, rng=rng, miss=1.0)
