"""Files that people write are read as texts, and what cannot be read is said to be no YAML."""

import pytest

from darvoza.errors import InvalidProfile
from darvoza.flow.fields import Fields, parse_yaml


def test_every_value_is_a_text() -> None:
    text = "country: NO\nhs: 010121\nfrom: 2026-01-01\nnothing:\nparts: {heavy: 1e3, wood: yes}\nboth: [0x10, null]\n"
    assert parse_yaml(text, "a.yaml") == {
        "country": "NO",
        "hs": "010121",
        "from": "2026-01-01",
        "nothing": None,
        "parts": {"heavy": "1e3", "wood": "yes"},
        "both": ["0x10", None],
    }


@pytest.mark.parametrize(
    "text", ["a: \ud800", "a: \x00", "a: \x1b", "a: *b", "a: &b [*b", "- &a 1\n- &a 2\n- [*a", "a: !!python/name:os.x"]
)
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(InvalidProfile, match=r"a\.yaml: the file is not YAML"):
        parse_yaml(text, "a.yaml")


def test_the_place_of_what_nests_too_deeply_is_told() -> None:
    with pytest.raises(InvalidProfile, match=r"deeper than 30 levels\s+in .*, line 2, column 33"):
        parse_yaml("a: 1\nb: " + "[" * 50, "a.yaml")


@pytest.mark.parametrize("text", ["1e999999", "-1e999999", "1e-999999", "0e999999", "9" * 5_000])
def test_a_number_that_would_take_minutes_to_be_written_out_is_refused_at_once(text: str) -> None:
    fields = Fields({"memory": text, "share": text}, "plans.yaml")
    assert fields.whole("memory") is None
    assert fields.number("share") is None
    assert [str(error)[:40] for error in fields.errors] == [
        f"plans.yaml: {name}: expected a number, got "[:40] for name in ("memory", "share")
    ]
    assert all("of at most 38 digits" in str(error) for error in fields.errors)
