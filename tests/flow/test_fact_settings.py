"""Settings of facts: read from a file, every error told, the same again when written and read."""

from pathlib import Path

import pytest

from architecture.house import ROOT
from darvoza.domain.fact_settings import DEFAULT, DocumentKind, FactSettings
from darvoza.errors import DarvozaError, SettingsError
from darvoza.flow.fact_settings import load_fact_settings, read_fact_settings

SHIPPED = sorted((ROOT / "reference_data").glob("*fact_settings.yaml"))


def read(tmp_path: Path, text: str) -> FactSettings:
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    return load_fact_settings(path)


def test_what_a_file_does_not_name_keeps_its_default(tmp_path: Path) -> None:
    made = read(tmp_path, "title: ours\nhalf_life_days: 90\ntime_zone: Asia/Tashkent\n")
    assert made == FactSettings(half_life_days=90, time_zone="Asia/Tashkent")


def test_settings_written_and_read_again_are_the_same() -> None:
    assert read_fact_settings(DEFAULT.as_mapping(), "x") == DEFAULT
    for path in SHIPPED:
        made = load_fact_settings(path)
        again = read_fact_settings(made.as_mapping(), "x")
        assert again == made
        assert again.digest == made.digest


def test_the_shipped_settings_of_practice_name_a_time_zone_and_a_limit() -> None:
    (path,) = SHIPPED
    made = load_fact_settings(path)
    assert made.time_zone
    assert made.limits


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("half_life_days: 0", "half_life_days", "a whole number from 1 to 3650"),
        ("half_life_days: 1.5", "half_life_days", "a whole number from 1 to 3650"),
        ("half_live_days: 3", "half_live_days", "did you mean half_life_days?"),
        ("time_zone: Asia/Bishkeck", "time_zone", "did you mean Asia/Bishkek?"),
        ("night: {from: 22, to: 24}", "night.to", "a whole number from 0 to 23"),
        ("weekend: [saturday]", "weekend", "days out of mon"),
        ("limits: [{name: x, value: 0, source: y, certainty: V}]", "limits.0.value", "a value above 0"),
        ("limits: [{name: x, value: 5, certainty: V}]", "limits.0.source", "a text"),
        ("limits: {name: x}", "limits", "a list"),
        ("documents: [{code: '9', kind: passport, source: y, certainty: V}]", "documents.0.kind", "one of origin"),
        ("volume_units: {LTR: 0}", "volume_units.LTR", "its cubic metres"),
    ],
)
def test_each_error_names_its_field_and_what_was_expected(tmp_path: Path, text: str, field: str, said: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        read(tmp_path, text)
    (error,) = caught.value.exceptions
    assert isinstance(error, SettingsError)
    assert error.field == f"facts.yaml: {field}"
    assert said in str(error)


@pytest.mark.parametrize("text", ["- a list", "a: [", "half_life_days: 1\nhalf_life_days: 2"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DarvozaError, match=r"facts\.yaml"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a file that can be read"):
        load_fact_settings(tmp_path / "none.yaml")


def test_documents_named_in_a_file_replace_the_defaults(tmp_path: Path) -> None:
    made = read(tmp_path, "documents: [{code: '07013', kind: phytosanitary, source: a decision, certainty: R}]")
    assert made.codes_of(DocumentKind.PHYTOSANITARY) == ("07013",)
    assert made.codes_of(DocumentKind.ORIGIN) == ()
