"""Whatever a person is told exists in every language, with the same parts."""

import re
import string
from collections.abc import Iterable

import polars as pl
import pytest

from cli.conftest import Place
from darvoza.cli.explain import PHRASES
from darvoza.cli.languages import CONCEPTS, KINDS, LANGUAGES, POLICIES, RUSSIAN, named
from darvoza.cli.main import main
from darvoza.domain.codes import Act, Agency, Channel, RiskArea
from darvoza.domain.features import FEATURES
from darvoza.domain.profile import Outcome, UnknownPolicy
from darvoza.domain.selection import FloorKind


def holes(phrases: Iterable[str]) -> list[set[str]]:
    return [{name for _, name, _, _ in string.Formatter().parse(phrase) if name} for phrase in phrases]


def test_every_phrase_has_the_same_holes_in_every_language() -> None:
    assert set(PHRASES) == set(LANGUAGES)
    assert PHRASES["en"].keys() == PHRASES["ru"].keys()
    assert holes(PHRASES["en"].values()) == holes(PHRASES["ru"][key] for key in PHRASES["en"])


@pytest.mark.parametrize("vocabulary", [Agency, Act, Channel, RiskArea, Outcome])
def test_every_code_has_a_russian_word(vocabulary: type[Act]) -> None:
    assert [code for code in vocabulary if not re.search("[а-я]", named(code, "ru"))] == []


def test_every_floor_and_policy_is_said_in_both_languages() -> None:
    assert all(set(KINDS[language]) == set(FloorKind) for language in LANGUAGES)
    assert all(set(POLICIES[language]) == set(UnknownPolicy) for language in LANGUAGES)


def test_every_concept_of_a_score_has_a_russian_word() -> None:
    assert {feature.concept for feature in FEATURES} - set(CONCEPTS) == set()


def test_no_two_codes_of_one_vocabulary_share_a_word() -> None:
    assert len(set(RUSSIAN.values())) == len(RUSSIAN)


def test_a_decision_is_told_in_russian(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    decisions = pl.read_parquet(place.run / "decisions.parquet")
    row = decisions.filter(pl.col("basis") == "profile").row(0, named=True)
    assert main(["explain", row["decision_id"], "--in", str(place.run), "--language", "ru"]) == 0
    said = capsys.readouterr().out
    assert f"u = {row['u']:.6f} < π = {row['probability']:.6f}" in said
    assert "этого требует профиль риска" in said
    assert re.search(r"условие: .*[а-я]{4}", said)
    assert "The " not in said
