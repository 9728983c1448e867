"""Registers from the file to the floor: told, looked up as of the day, spoken of by measures and profiles."""

from pathlib import Path

import pytest

from cli.declared import assessed, declared, floors_of, one_profile
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped

REGISTERS = shipped("sps_alerts.yaml").parent / "samples" / "registers"
Said = pytest.CaptureFixture[str]

MEASURES = """measures:
  - {code: BAN, title: T, agency: veterinary, kind: prohibition, scope: {goods: ["0104", "0204"], zone_hazards: [FMD]},
     legal_basis: L, from: 2026-01-01, review_by: 2026-12-31}
  - {code: LISTED, title: T, agency: veterinary, kind: condition, scope: {goods: ["0204"]},
     requires: {approved_establishment: true, zone_free_of: [FMD]}, legal_basis: L, from: 2026-01-01}
"""


def sources(decided: dict[str, float]) -> set[str]:
    return {source.split(" ")[0] for source in decided}


def test_what_registers_hold_is_told(tmp_path: Path, capsys: Said) -> None:
    assert main(["sps", "registers", str(REGISTERS), "--day", "2026-03-20"]) == 0
    told = capsys.readouterr().out
    assert "zones: 6 entries, 6 in force on 2026-03-20: 1 absent, 2 free, 2 present, 1 suspended" in told
    assert "establishments: 2 entries: 1 approved, 1 suspended" in told
    assert "KG-P-2026-031 of I2 (phytosanitary): 4000 kg left" in told
    (tmp_path / "zones.csv").write_text(
        "hazard,country,status,from\nFMD,KZ,free,2020-01-01\nFMD,KZ,present,2020-01-01\n", encoding="utf-8"
    )
    assert main(["sps", "registers", str(tmp_path), "--day", "2026-03-20"]) == 0
    assert "FMD in KZ: free and present at once; the worse counts" in capsys.readouterr().out


def test_a_status_and_a_listing_put_floors_under_goods_as_of_the_day(tmp_path: Path) -> None:
    meat = {"hs": "0204100000", "origin": "KZ", "export_country": "KZ", "establishment": "KZ.07/M-3"}
    rows = [
        {**meat, "declaration_id": "GOOD", "origin_region": "KZ-AKM", "lodged_at": "2026-03-01T08:00:00Z"},
        {**meat, "declaration_id": "ZONE", "origin_region": "KZ-ZHA", "lodged_at": "2026-03-01T09:00:00Z"},
        {**meat, "declaration_id": "PLANT", "origin_region": "KZ-AKM", "lodged_at": "2026-03-20T09:00:00Z"},
        {**meat, "declaration_id": "NOWHERE", "lodged_at": "2026-03-01T10:00:00Z"},
        {**meat, "declaration_id": "EARLY", "origin_region": "KZ-ZHA", "lodged_at": "2026-02-01T10:00:00Z"},
        {**meat, "declaration_id": "BOGUS", "origin_region": "KZ-XYZ", "lodged_at": "2026-03-01T10:00:00Z"},
        {**meat, "declaration_id": "SMALL", "origin_region": "kz-zha", "lodged_at": "2026-03-01T10:00:00Z"},
    ]
    (tmp_path / "m.yaml").write_text(MEASURES, encoding="utf-8")
    words = declared(tmp_path, *rows)
    decisions = assessed(tmp_path, words, "--measures", tmp_path / "m.yaml", "--registers", REGISTERS)
    found = {
        name: sources(floors_of(decisions, name))
        for name in ("GOOD", "ZONE", "PLANT", "NOWHERE", "EARLY", "BOGUS", "SMALL")
    }
    both = {"BAN", "LISTED"}
    assert found == {
        "GOOD": set(),
        "ZONE": both,
        "PLANT": {"LISTED"},
        "NOWHERE": both,
        "EARLY": set(),
        "BOGUS": both,
        "SMALL": both,
    }


def test_without_registers_nothing_is_known_and_the_documents_are_checked(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MEASURES, encoding="utf-8")
    words = declared(tmp_path, {"hs": "0204100000", "origin": "KZ"})
    decisions = assessed(tmp_path, words, "--measures", tmp_path / "m.yaml")
    assert floors_of(decisions, "D1") == {"BAN documentary": 1, "LISTED documentary": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requires: {}", "documents of which one must be presented"),
        ("requires: {listed: true}", "one of approved_establishment"),
        ("requires: {approved_establishment: perhaps}", "true or false"),
        ("requires: [FMD]", "fields with values"),
    ],
)
def test_a_condition_that_asks_for_nothing_it_can_ask_is_refused(
    text: str, expected: str, tmp_path: Path, capsys: Said
) -> None:
    condition = MEASURES.replace("requires: {approved_establishment: true, zone_free_of: [FMD]}", text)
    (tmp_path / "m.yaml").write_text(condition, encoding="utf-8")
    assert main(["sps", "measures", str(tmp_path / "m.yaml")]) == 2
    assert expected in capsys.readouterr().err


def test_a_prohibition_requires_nothing(tmp_path: Path, capsys: Said) -> None:
    text = MEASURES.replace("kind: condition", "kind: prohibition").replace(
        "from: 2026", "review_by: 2027-01-01, from: 2026"
    )
    (tmp_path / "m.yaml").write_text(text.replace("review_by: 2026-12-31", "to: 2027-12-31", 1), encoding="utf-8")
    assert main(["sps", "measures", str(tmp_path / "m.yaml")]) == 2
    assert "a measure of the kind condition" in capsys.readouterr().err


def test_a_register_with_a_wrong_row_stops_the_assessment_before_a_row_is_read(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "zones.csv").write_text("hazard,country,status,from\nFMD,KZ,gone,2020-01-01\n", encoding="utf-8")
    words = [*declared(tmp_path, {}), "--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    assert main(["assess", *words, "--registers", str(tmp_path), "--out", str(tmp_path / "run")]) == 2
    assert main(["assess", *words, "--registers", str(tmp_path / "none"), "--out", str(tmp_path / "run")]) == 2
    assert not (tmp_path / "run").exists()
    told = capsys.readouterr().err
    assert "zones.csv row 2 status: expected one of free" in told
    assert "a directory with one of zones, establishments, permits" in told
