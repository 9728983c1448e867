"""What results and alerts say of goods: weighted by how they were drawn, faded, shrunken, and point in time."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from darvoza.domain.codes import Agency
from darvoza.domain.sps.hazard import HazardSettings
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope
from darvoza.errors import OutputError, SettingsError, UnfitModel
from darvoza.flow.assessment.hazard_floors import deciding_cells, hazard_floors, hazard_scores, usual_scores
from darvoza.flow.intake.health_results import RESULTS
from darvoza.flow.learning.hazard_store import HazardBook, read_hazards, write_hazards
from darvoza.flow.learning.hazards import hazard_table, results_known

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def results(*rows: Mapping[str, object]) -> pl.DataFrame:
    plain: dict[str, object] = {
        "declaration_id": "D", "item": 1, "lodged_at": NOW - timedelta(days=2), "result_at": NOW - timedelta(days=1),
        "hs": "080510", "origin": "TR", "agency": "phytosanitary", "act": "physical", "passed": True, "region": None,
        "establishment": None, "hazard": None, "probability": 1.0, "lot_size": 10, "sample_size": 10, "positives": 0,
    }  # fmt: skip
    return pl.DataFrame([{**plain, **row} for row in rows], schema=RESULTS)


FAILED: dict[str, object] = {"passed": False, "hazard": "pest"}
PASSED: dict[str, object] = {}


def rate(table: pl.DataFrame, place: str) -> float:
    return float(table.filter(place=place, hazard="pest").item(0, "rate"))


def test_rates_of_a_world_are_recovered_whatever_was_looked_at() -> None:
    rng = np.random.default_rng(11)
    true = {"080510": 0.20, "070200": 0.02, "060210": 0.06}
    goods = rng.choice(list(true), 60_000)
    bad = rng.random(goods.size) < np.vectorize(true.get)(goods)
    chance = np.where(bad, 0.4, 0.1)
    seen = rng.random(goods.size) < chance
    rows = [
        {"hs": str(hs), "passed": not found, "hazard": "pest" if found else None, "probability": float(pi)}
        for hs, found, pi in zip(goods[seen], bad[seen], chance[seen], strict=True)
    ]
    table = hazard_table(results(*rows), day=DAY)
    for hs, expected in true.items():
        assert rate(table, f"{hs[:4]} TR") == pytest.approx(expected, abs=0.02)


def test_a_cell_without_results_says_what_is_around_it_and_few_results_say_little() -> None:
    table = hazard_table(results(*[FAILED] * 2, *[PASSED] * 198, {**FAILED, "hs": "060210"}), day=DAY)
    goods = pl.DataFrame({"hs": ["010101", "060210"], "origin": ["TR", "TR"], "establishment": [None, None]})
    scores = hazard_scores(goods.cast({"establishment": pl.String}), table, HazardSettings())["phytosanitary"]
    assert scores[0] == pytest.approx(rate(table, ""))
    assert rate(table, "") < scores[1] < 0.2  # one failure in one is not a rate of 100 %


def test_old_results_fade_later_ones_are_not_looked_at_and_documents_tell_nothing() -> None:
    year = {"lodged_at": NOW - timedelta(days=367), "result_at": NOW - timedelta(days=365)}
    later = {"result_at": NOW, **FAILED}
    papers = {"act": "documentary", **FAILED}
    unknown = {"probability": None, **FAILED}
    given = results({**year, **FAILED}, PASSED, later, papers, unknown)
    assert results_known(given, DAY).height == 2
    table = hazard_table(given, day=DAY)
    cell = table.filter(place="0805 TR").row(0, named=True)
    assert cell["trials"] == pytest.approx(1.5, abs=0.01)
    assert cell["positives"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("goods", "establishments", "place"),
    [
        (("080510",), ("KZ-05.S1", "kz 05 s1"), "0805 TR KZ05S1"),
        (("0805", "080510"), (), "0805 TR"),
        (("08", "080"), (), "08 TR"),
    ],
)
def test_an_alert_counts_once_at_a_place_that_its_scope_names_twice(
    goods: tuple[str, ...], establishments: tuple[str, ...], place: str
) -> None:
    given = results(*[{**PASSED, "establishment": "KZ05S1"}] * 20, {**FAILED, "hs": "060210"})

    def alerts(scope: MeasureScope) -> float:
        alert = Measure(
            "A", "x", Agency.PHYTOSANITARY, MeasureKind.INTENSIFIED, scope, "x", date(2026, 6, 1), alert=True
        )
        return float(hazard_table(given, [alert], day=DAY).filter(place=place).item(0, "alerts"))

    once = MeasureScope(goods=goods[:1], origins=("TR",), establishments=establishments[:1])
    assert alerts(MeasureScope(goods=goods, origins=("TR",), establishments=establishments)) == alerts(once) > 0


def test_alerts_count_as_failures_of_goods_in_their_scope_only_and_fade_after_their_end() -> None:
    scope = MeasureScope(goods=("0805",), origins=("TR",))
    alert = Measure(
        "A", "Canker", Agency.PHYTOSANITARY, MeasureKind.FREQUENCY, scope, "x", date(2026, 6, 1), date(2026, 12, 1), alert=True
    )  # fmt: skip
    given = results(FAILED, *[PASSED] * 30, *[{"hs": "070200"}] * 30)
    plain, told = hazard_table(given, day=DAY), hazard_table(given, [alert], day=DAY)
    assert rate(told, "0805 TR") > rate(plain, "0805 TR")
    assert rate(told, "0702 TR") == rate(plain, "0702 TR")
    old = hazard_table(given, [Measure(
        "A", "Canker", Agency.PHYTOSANITARY, MeasureKind.FREQUENCY, scope, "x", date(2025, 1, 1), date(2025, 7, 1), alert=True
    )], day=DAY)  # fmt: skip
    assert rate(plain, "0805 TR") < rate(old, "0805 TR") < rate(told, "0805 TR")
    notyet = Measure("A", "x", Agency.PHYTOSANITARY, MeasureKind.EVIDENCE, scope, "x", DAY)
    assert hazard_table(given, [notyet], day=DAY).equals(plain)


def test_the_floor_is_the_share_for_usual_goods_and_falls_on_competent_services_only(tmp_path: Path) -> None:
    given = results(*[FAILED] * 5, *[PASSED] * 45, *[{"hs": "070200"}] * 50)
    settings = HazardSettings(share=0.1)
    table = hazard_table(given, day=DAY, settings=settings)
    usual = usual_scores(results_known(given, DAY), table, settings)
    facts = pl.DataFrame({
        "item": [1, 2, 1, 1], "hs": ["080510", "070200", "070200", "080510"], "origin": ["TR"] * 4,
        "establishment": [None] * 4, "sps_agencies": [["phytosanitary"], ["phytosanitary"], ["phytosanitary"], []],
    }, schema_overrides={"establishment": pl.String, "sps_agencies": pl.List(pl.String)})  # fmt: skip
    floors = hazard_floors(facts, table, usual, settings, starts=np.array([0, 2, 3]))
    assert floors["declaration"].to_list() == [0, 1]
    assert floors["items"].to_list() == [[1], [1]]
    assert floors["probability"][0] > 0.1 > floors["probability"][1] > 0
    average = hazard_floors(facts[[0, 2]], table, usual, settings, starts=np.array([0, 1]))["probability"].mean()
    assert average == pytest.approx(0.1)

    book = HazardBook(table, usual, settings, DAY)
    write_hazards(book, tmp_path)
    back = read_hazards(tmp_path)
    assert back.cells.equals(table)
    assert (back.usual, back.settings, back.day) == (usual, settings, DAY)
    (tmp_path / "hazards.json").write_text("{}")
    with pytest.raises(OutputError, match="sps hazards"):
        read_hazards(tmp_path)


def test_the_reason_is_the_narrowest_cell_that_is_known() -> None:
    table = hazard_table(results({**FAILED, "establishment": "TR.1"}, PASSED), day=DAY)
    (known,) = deciding_cells(table, ("080510", "TR", "TR.1"))
    assert known[0]["place"] == "0805 TR TR1"
    (wide,) = deciding_cells(table, ("010101", "PK", None))
    assert wide[0]["place"] == ""


SPELLINGS = ("KZ.05/S-1", "kz 05 s1", "КZ05S1")
"""One establishment, as people write it; the last with a Cyrillic letter."""


def test_an_establishment_is_the_same_however_it_is_written() -> None:
    given = results(*({**FAILED, "establishment": spelled} for spelled in SPELLINGS), *[PASSED] * 30)
    table = hazard_table(given, day=DAY)
    (cell,) = table.filter(level=3, hazard="pest").iter_rows(named=True)
    assert (cell["place"], cell["trials"], cell["positives"]) == ("0805 TR KZ05S1", *[pytest.approx(3, abs=0.01)] * 2)
    goods = pl.DataFrame({"hs": "080510", "origin": "TR", "establishment": [*SPELLINGS, "KZ06"]})
    *same, other = hazard_scores(goods, table, HazardSettings())["phytosanitary"]
    assert len(set(same)) == 1
    assert same[0] > other
    scope = MeasureScope(goods=("0805",), origins=("TR",), establishments=("kz-05-s-1",))
    alert = Measure("A", "x", Agency.PHYTOSANITARY, MeasureKind.INTENSIFIED, scope, "x", date(2026, 6, 1), alert=True)
    assert rate(hazard_table(given, [alert], day=DAY), "0805 TR KZ05S1") > cell["rate"]


def test_a_book_of_an_older_make_is_read_with_its_establishments_as_they_are_compared_today(tmp_path: Path) -> None:
    table = hazard_table(results({**FAILED, "establishment": "KZ05S1"}, *[PASSED] * 30), day=DAY)
    narrow = pl.col("level") == 3
    written = [
        table.with_columns(place=pl.when(narrow).then(pl.lit(f"0805 TR {name}")).otherwise("place"))
        for name in SPELLINGS[:2]
    ]
    rare = written[1].filter(narrow).with_columns(pl.col("rate") / 2)
    write_hazards(HazardBook(pl.concat([rare, written[0]]), {}, HazardSettings(), DAY), tmp_path)
    assert read_hazards(tmp_path).cells.equals(table)


def test_without_anything_to_learn_from_it_is_said() -> None:
    with pytest.raises(UnfitModel, match="no result with a recorded probability"):
        hazard_table(results({"probability": None}), day=DAY)
    assert hazard_table(results(PASSED), day=DAY).is_empty()
    with pytest.raises(SettingsError, match=r"severities\.pest"):
        HazardSettings(severities={"pest": 2.0})
    with pytest.raises(SettingsError, match="half_life"):
        HazardSettings(half_life=0)
    with pytest.raises(SettingsError, match="share"):
        HazardSettings(share=0)
