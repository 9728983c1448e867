from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.domain.fields import FIELD
from darvoza.domain.fields import FIELDS as CANONICAL
from darvoza.errors import InvalidMapping
from darvoza.flow.intake.mapping import Mapping, load_mapping
from flow.intake.made_files import FIELDS

Load = Callable[[str], Mapping]
ROOT = Path(__file__).parents[3]


def problems_of(load: Load, text: str) -> dict[str | None, InvalidMapping]:
    with pytest.raises(ExceptionGroup) as caught:
        load(text)
    assert all(isinstance(problem, InvalidMapping) for problem in caught.value.exceptions)
    return {problem.field: problem for problem in caught.value.exceptions if isinstance(problem, InvalidMapping)}


def test_our_own_format_maps_every_canonical_field_to_its_name() -> None:
    own = load_mapping(ROOT / "mappings" / "own.yaml")
    assert [(source.field, source.column) for source in own.fields] == [(entry.name, entry.name) for entry in CANONICAL]


def test_the_mapping_of_the_korean_set_says_why_columns_are_left_out() -> None:
    kcs = load_mapping(ROOT / "mappings" / "kcs.yaml")
    assert len(kcs.columns) + len(kcs.unmapped) == 22
    assert all(kcs.unmapped.values())
    assert {source.field: source.scale for source in kcs.fields}["tax_rate"] == Decimal("0.01")


def test_an_ordinary_finding_of_the_korean_set_is_not_said_to_be_none() -> None:
    severity = next(
        each for each in load_mapping(ROOT / "mappings" / "kcs.yaml").fields if each.field == "finding_severity"
    )
    assert "0" not in severity.codes.values()
    assert "1" in severity.missing


def test_the_nearest_name_among_all_fields_is_the_one_that_shares_a_word(load: Load) -> None:
    found = problems_of(load, FIELDS + "  hs_code: TNVED\n  net_weight: M\n")
    assert str(found["fields.hs_code"].hint) == "the nearest field is 'hs'"
    assert str(found["fields.net_weight"].hint) == "the nearest field is 'net_mass'"


def test_an_unknown_field_is_refused_with_the_nearest_name(load: Load) -> None:
    found = problems_of(load, FIELDS + "  custom_value: Value\n")
    assert "customs_value" in str(found["fields.custom_value"].hint)


def test_everything_wrong_is_said_at_once(load: Load) -> None:
    text = FIELDS.replace("  post: Post\n", "") + "constants: {flow: Q}\nformat: {kind: word}\nfeilds: {}\n"
    found = problems_of(load, text)
    assert set(found) == {"fields.post", "constants.flow", "format.kind", "feilds"}
    assert "'fields'" in str(found["feilds"].hint)


def test_an_unknown_key_of_a_field_is_refused(load: Load) -> None:
    assert "fields.hs.colum" in problems_of(load, FIELDS.replace("hs: HS", "hs: {column: HS, colum: X}"))


def test_a_required_field_may_be_a_constant(load: Load) -> None:
    loaded = load(FIELDS.replace("  post: Post\n", "") + "constants: {post: P7}\n")
    assert dict(loaded.constants) == {"post": "P7"}


def test_a_field_is_not_both_mapped_and_constant(load: Load) -> None:
    assert set(problems_of(load, FIELDS + "constants: {post: P7}\n")) == {"constants.post"}


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("hs: HS", "hs: {column: HS, scale: 2}", "fields.hs.scale"),
        ("net_mass: Net", "net_mass: {column: Net, scale: -1}", "fields.net_mass.scale"),
        ("net_mass: Net", "net_mass: {column: Net, scale: many}", "fields.net_mass.scale"),
        ("net_mass: Net", "net_mass: {column: Net, scale: 1e999999}", "fields.net_mass.scale"),
        ("net_mass: Net", f"net_mass: {{column: Net, scale: 0x{'f' * 5_000}}}", "fields.net_mass.scale"),
        ("hs: HS", f"hs: 0x{'f' * 5_000}", "fields.hs"),
        ("net_mass: Net", "net_mass: {column: Net, missing: 0}", "fields.net_mass.missing"),
        ("lodged_at: Date", "lodged_at: {column: Date, moment: day}", "fields.lodged_at.moment"),
        ("hs: HS", "hs: {column: HS, codes: {10: 1}}", "fields.hs.codes.10"),
        ("hs: HS", "hs: {}", "fields.hs.column"),
        ("hs: HS", "hs: 7", "fields.hs"),
    ],
)
def test_a_part_that_cannot_be_used_is_refused(load: Load, before: str, after: str, where: str) -> None:
    assert where in problems_of(load, FIELDS.replace(before, after))


def test_items_are_counted_or_read_but_not_both(load: Load) -> None:
    assert "item.number_within" in problems_of(load, FIELDS + "item: {number_within: declaration_id}\n")


def test_a_missing_item_number_hints_at_counting(load: Load) -> None:
    found = problems_of(load, FIELDS.replace("  item: Item\n", ""))
    assert "number_within" in str(found["fields.item"].hint)


@pytest.mark.parametrize(
    "text", ["- a list", "fields: [", "just words", pytest.param("scale: " + "9" * 5_000, id="digits")]
)
def test_a_file_that_is_no_mapping_is_refused(load: Load, text: str) -> None:
    with pytest.raises(InvalidMapping):
        load(text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping, match="no such mapping file"):
        load_mapping(tmp_path / "absent.yaml")


def test_every_required_field_is_known() -> None:
    assert {name for name, entry in FIELD.items() if entry.required} == {
        "declaration_id",
        "lodged_at",
        "post",
        "importer_id",
        "item",
        "hs",
        "origin",
    }
