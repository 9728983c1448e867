import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from darvoza.domain.standing import StandingRules
from darvoza.errors import OutputError
from darvoza.flow.learning.standing_store import NOTE, STANDINGS, read_judged, standing_warnings

DAY = date(2026, 11, 25)
TERMS = {"authorised_on": pl.Date, "ends_on": pl.Date, "suspended_from": pl.Date, "suspended_to": pl.Date}


def kept(place: Path, role: str, *, trader: str = "A", rules: dict[str, object] | None = None, **terms: object) -> Path:
    """Write the standing of one trader as `trader standing` does; without terms as it did before there were any."""
    place.mkdir()
    row = {"trader": trader, "role": role, "day": DAY, "category": "authorised", "rule": "authorisation"}
    more = {**dict.fromkeys(TERMS), "authorised_on": DAY, **terms, "otherwise": "between"} if terms else {}
    pl.DataFrame([{**row, **more}], schema_overrides=TERMS if terms else None).write_parquet(place / STANDINGS)
    (place / NOTE).write_text(json.dumps({"rules": rules or {}}), encoding="utf-8")
    return place


def test_standings_of_roles_are_read_together_though_some_were_kept_before_terms_were(tmp_path: Path) -> None:
    old = kept(tmp_path / "old", "importer", rules={"half_life": 100, "low_floor": 0.15})
    new = kept(tmp_path / "new", "declarant", ends_on=DAY)
    table, rules = read_judged([old, new])
    assert table is not None
    assert table.select("role", "otherwise").rows() == [("importer", None), ("declarant", "between")]
    assert rules == StandingRules()


def test_directories_that_say_standing_does_different_things_are_refused(tmp_path: Path) -> None:
    places = [kept(tmp_path / str(floor), f"role {floor}", rules={"low_floor": floor}) for floor in (0.1, 0.3)]
    with pytest.raises(OutputError, match=r"low_floor: .*0\.1: 0\.1, 0\.3: 0\.3"):
        read_judged(places)
    assert read_judged(places, kept=True).rules.low_floor == 0.3  # a decision of then means what it meant


def test_the_same_trader_twice_in_a_role_is_refused(tmp_path: Path) -> None:
    places = [kept(tmp_path / name, "importer") for name in ("one", "two")]
    with pytest.raises(OutputError, match="A judged twice as importer"):
        read_judged(places)


def test_of_a_trader_judged_twice_what_was_kept_is_read_by_the_last_directory(tmp_path: Path) -> None:
    first = kept(tmp_path / "one", "importer", ends_on=DAY)
    places = [first, kept(tmp_path / "two", "importer"), kept(tmp_path / "other", "carrier")]
    table, _ = read_judged(places, kept=True)
    assert table is not None
    assert table.select("trader", "role", "otherwise").rows() == [("A", "importer", None), ("A", "carrier", None)]


def test_old_standings_are_told_and_young_ones_are_not(tmp_path: Path) -> None:
    table, rules = read_judged([kept(tmp_path / "s", "importer")])
    assert standing_warnings(table, rules, DAY + timedelta(days=rules.oldest)) == ()
    (said,) = standing_warnings(table, rules, DAY + timedelta(days=rules.oldest + 1))
    assert "importer is of 2026-11-25, 93 days old" in said
    assert standing_warnings(None, rules, DAY) == ()


def test_authorisations_that_have_ended_or_are_suspended_are_named(tmp_path: Path) -> None:
    ended = kept(tmp_path / "e", "importer", ends_on=DAY)
    suspended = kept(tmp_path / "s", "carrier", trader="B", suspended_from=DAY + timedelta(days=1))
    table, rules = read_judged([ended, suspended])
    assert standing_warnings(table, rules, DAY) == ()
    (said,) = standing_warnings(table, rules, DAY + timedelta(days=1))
    assert "A (ended on 2026-11-25), B (suspended from 2026-11-26)" in said
