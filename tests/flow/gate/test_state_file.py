"""The state in force is read as a whole, named by all that is in it, and falls back only as it was told to."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from builders import trade
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import ReasonScope
from darvoza.errors import DarvozaError, ModelError, OutputError, SettingsError
from darvoza.flow.enrichment.certificate_checks import USES
from darvoza.flow.fields import leaves
from darvoza.flow.gate.state_file import State, read_state
from darvoza.flow.learning.model_store import save_model
from darvoza.flow.learning.registry import promote
from darvoza.flow.pipeline import learn
from darvoza.flow.selectivity.keys import KeyRing, key_file_text

PROFILE = """\
code: T-{code}
title: Goods of heading 8703
agency: customs
risk_area: undervaluation
legal_basis: Customs Code, article 378
rationale: A profile for a test
when: hs starts with 8703
unknown: no match
treatment: {{act: physical, share: 1.0}}
valid: {{from: 2026-01-01, to: 2026-12-31}}
owner: risk unit
author: timur
approver: zarina
instructions: {{en: Look., ru: Осмотреть.}}
cases:
  - {{title: It matches, given: {{hs: "870323"}}, expect: match}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "one.yaml").write_text(PROFILE.format(code=1), encoding="utf-8")
    (tmp_path / "key.json").write_text(key_file_text(KeyRing((("customs", bytes(range(32))),))), encoding="utf-8")
    write(tmp_path)
    return tmp_path


def write(home: Path, **more: object) -> None:
    """A state file with some fields more, or others."""
    fields = {"profiles": "profiles", "key_file": "key.json", **more}
    (home / "gate.yaml").write_text(json.dumps(fields), encoding="utf-8")


def state(home: Path) -> State:
    return read_state(home / "gate.yaml")


def test_two_fields_are_enough(home: Path) -> None:
    made = state(home)
    assert [profile.code for profile in made.policy.profiles] == ["CLAIMED-PROCESS", "T-1"]
    assert made.policy.model is None
    assert made.policy.budget.random_floor == 0.01
    assert made.alarms == ()


def test_the_name_of_a_state_changes_with_whatever_is_in_it(home: Path) -> None:
    names = [state(home).digest, state(home).digest]
    write(home, random="0.02")
    names.append(state(home).digest)
    (home / "capacity.yaml").write_text("capacity:\n- {post: KG-TOR, per_day: 12}\n", encoding="utf-8")
    write(home, capacity="capacity.yaml")
    names.append(state(home).digest)
    (home / "capacity.yaml").write_text("capacity:\n- {post: KG-TOR, per_day: 13}\n", encoding="utf-8")
    names.append(state(home).digest)
    (home / "profiles" / "two.yaml").write_text(PROFILE.format(code=2), encoding="utf-8")
    names.append(state(home).digest)
    assert names[0] == names[1]
    assert len(set(names)) == 5


def test_a_score_that_cannot_be_read_stops_the_gate_unless_another_rule_was_stated(home: Path) -> None:
    write(home, model="model")
    with pytest.raises(ModelError):
        state(home)
    write(home, model="model", without_model="profiles")
    made = state(home)
    assert made.policy.model is None
    assert "profiles, plans and chance decide" in made.alarms[0]


def test_what_runs_beside_a_score_that_cannot_be_read_is_left_out_with_it(home: Path) -> None:
    write(home, model="model", challenger="other", without_model="profiles")
    made = state(home)
    assert (made.policy.model, made.policy.challenger) == (None, None)
    assert "profiles, plans and chance decide" in made.alarms[0]


def test_a_challenger_is_what_a_run_would_take_it_for_and_shuts_no_gate_that_does_without_a_score(home: Path) -> None:
    learned = learn(trade(300, 1, days=60, examined=1.0))
    for name in ("model", "other"):
        (home / name).mkdir()
        save_model(home / name, learned.model, history=learned.history, card=learned.card, settings=learned.settings)
    promote(
        home / "models", home / "other", by="zarina", at=datetime(2026, 3, 1, tzinfo=UTC), reason="first", evidence={}
    )
    write(home, model="model", challenger="models")
    assert state(home).policy.challenger_digest == state(home).policy.model_digest
    write(home, model="model", challenger="lost")
    with pytest.raises(ModelError):
        state(home)
    write(home, model="model", challenger="lost", without_model="profiles")
    made = state(home)
    assert (made.policy.model is None, made.policy.challenger) == (False, None)
    assert made.alarms[0].startswith("no challenger")


def test_everything_wrong_in_the_file_is_told_at_once(home: Path) -> None:
    write(home, key_file="", modl="x", random="often", plans="plans.csv", without_model="green")
    with pytest.raises(ExceptionGroup) as caught:
        state(home)
    told = {str(error.field) for error in leaves(caught.value) if isinstance(error, DarvozaError)}
    assert told == {f"gate.yaml: {name}" for name in ("key_file", "modl", "random", "plans", "without_model")}


def test_what_may_be_spent_is_said_as_a_run_is_told(home: Path) -> None:
    write(
        home, share="0.2", random="0.05", dial="inf", purses=["0.5", "0.5", "0", "0"], money_power="0.3", reasons="all"
    )
    budget, scope = state(home).policy.budget, state(home).policy.reasons
    assert (budget.share, budget.dial, budget.split.severity, budget.money_power) == (0.2, float("inf"), 0.5, 0.3)
    assert scope is ReasonScope.ALL
    write(home, share="0.2", capacity="capacity.yaml", purses=["1", "0"], challenger="other")
    with pytest.raises(ExceptionGroup) as caught:
        state(home)
    told = {str(error.field) for error in leaves(caught.value) if isinstance(error, DarvozaError)}
    assert told == {"gate.yaml: share", "gate.yaml: purses"}


def test_a_challenger_needs_a_score_beside_it(home: Path) -> None:
    write(home, challenger="none")
    with pytest.raises(DarvozaError):
        state(home)


def test_a_file_that_is_missing_is_named(home: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        read_state(home / "nowhere.yaml")


def test_the_starter_profiles_can_be_put_in_force(home: Path) -> None:
    write(home, profiles=str(Path("profiles").resolve()))
    made = state(home)
    assert isinstance(made.policy.profiles, ProfileSet)
    assert len(tuple(made.policy.profiles)) > 30


def test_old_standings_and_ended_authorisations_are_alarms_of_the_day_and_change_no_name(home: Path) -> None:
    (home / "standing").mkdir()
    row = {"trader": "A", "role": "importer", "category": "authorised", "rule": "authorisation", "otherwise": "between"}
    days = {"day": date(2026, 7, 1), "authorised_on": date(2026, 1, 1), "ends_on": date(2026, 7, 31)}
    none = {"suspended_from": None, "suspended_to": None}
    pl.DataFrame([{**row, **days, **none}], schema_overrides=dict.fromkeys(none, pl.Date)).write_parquet(
        home / "standing" / "standings.parquet"
    )
    (home / "standing" / "manifest.json").write_text('{"rules": {"oldest": 40}}', encoding="utf-8")
    write(home, standing=["standing"])
    made = state(home)
    assert made.expired(date(2026, 7, 31)) == ()
    assert len(made.expired(date(2026, 8, 1))) == 1
    told = made.expired(date(2026, 9, 1))
    assert "importer is of 2026-07-01, 62 days old and more than 40" in told[0]
    assert "A (ended on 2026-07-31)" in told[1]


def test_a_state_that_is_kept_means_what_it_meant_and_one_in_force_is_to_be_mended(home: Path) -> None:
    common = "agency: phytosanitary, scope: {goods: ['08']}, legal_basis: L, from: 2026-01-01"
    (home / "plans.yaml").write_text(
        f"plans: [{{code: P, title: T, {common}, fractions: [1, 0.5, 0.25], clearances: [10, 5], memory: 4}}]",
        encoding="utf-8",
    )
    (home / "measures.yaml").write_text(
        f"measures: [{{code: M, title: T, kind: prohibition, review_by: 2026-06-01, {common.replace('08', '01')}}}]".replace(
            "goods:", "regions: ['2'], goods:"
        ),
        encoding="utf-8",
    )
    write(home, plans=["plans.yaml"], measures=["measures.yaml"])
    kept = read_state(home / "gate.yaml", kept=True)
    assert [plan.memory for plan in kept.policy.plans] == [4]
    assert [measure.scope.regions for measure in kept.measures] == [("2",)]
    with pytest.raises(ExceptionGroup, match="measures"):
        state(home)
    write(home, plans=["plans.yaml"])
    with pytest.raises(ExceptionGroup, match="plans"):
        state(home)


def test_uses_that_an_earlier_version_wrote_are_read_as_numbers_are_folded_today(home: Path) -> None:
    uses = pl.DataFrame([("851", number, "D1", "0809", 1) for number in ("РС1", "pc-1")], schema=USES, orient="row")
    uses.write_parquet(home / "used.parquet")
    write(home, certificates_used="used.parquet")
    used = state(home).policy.used
    assert used is not None
    assert used["number"].to_list() == ["PC1", "PC1"]


@pytest.mark.parametrize(
    "columns",
    [
        {"a": [1]},
        {"kind": ["permit"], "number": ["PM-1"]},
        {name: ["x"] for name in USES},
    ],
)
def test_a_table_that_holds_no_uses_is_refused_when_the_state_is_read(
    home: Path, columns: dict[str, list[object]]
) -> None:
    pl.DataFrame(columns).write_parquet(home / "used.parquet")
    write(home, certificates_used="used.parquet")
    with pytest.raises(OutputError, match=r"used\.parquet: expected the uses that a run wrote"):
        state(home)


def test_how_long_ago_a_declaration_may_have_been_lodged_is_a_week_where_nothing_else_is_said(home: Path) -> None:
    before = state(home)
    assert before.lodged_within == 7
    write(home, lodged_within=7)
    assert state(home).digest == before.digest  # what was decided before keeps its name
    write(home, lodged_within=0)
    assert (state(home).lodged_within, state(home).digest != before.digest) == (0, True)
    for wrong in (-1, "1.5", "soon", 36_501):
        write(home, lodged_within=wrong)
        with pytest.raises(ExceptionGroup) as said:
            state(home)
        assert {each.field for each in leaves(said.value)} == {"gate.yaml: lodged_within"}
