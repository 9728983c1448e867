"""A file of sampling rules is read whole or refused, with every fault by its place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.competence import Certainty
from darvoza.errors import InvalidValue
from darvoza.flow.fields import leaves
from darvoza.flow.intake.sampling_rules import read_sampling_rules

TEXT = shipped("sampling_rules.yaml").read_text(encoding="utf-8")
Content = dict[str, Any]


def test_every_shipped_table_names_its_source_and_how_sure_it_is() -> None:
    rules = read_sampling_rules(shipped("sampling_rules.yaml"))
    named = [
        *(rule.provenance for rule in rules.packages.values()),
        *(part.provenance for part in rules.parts.values()),
        *(plan.provenance for plan in rules.plans.values()),
        rules.average_provenance,
        rules.unit_provenance,
        rules.variables_provenance,
        rules.attributes.provenance,
    ]
    assert all(each.source for each in named)
    recalled = {each.source for each in named if each.certainty is not Certainty.VERIFIED}
    assert recalled == {rules.attributes.provenance.source}


def without(content: Content, *path: str) -> None:
    *parents, last = path
    for parent in parents:
        content = content[parent]
    del content[last]


def change(content: Content, value: object, *path: str) -> None:
    *parents, last = path
    for parent in parents:
        content = content[parent]
    content[last] = value


FAULTS: list[tuple[str, Callable[[Content], None]]] = [
    ("package_rules.identity.source", lambda c: without(c, "package_rules", "identity", "source")),
    ("package_rules.identity.share", lambda c: change(c, 1.5, "package_rules", "identity", "share")),
    ("package_rules.identity.least", lambda c: change(c, 1.5, "package_rules", "identity", "least")),
    ("package_rules.identity.certainty", lambda c: change(c, "sure", "package_rules", "identity", "certainty")),
    (
        "package_rules.gost_12430_table_34.up_to",
        lambda c: change(c, [2], "package_rules", "gost_12430_table_34", "take"),
    ),
    ("mycotoxins.parts.B.up_to_tonnes", lambda c: change(c, [1], "mycotoxins", "parts", "B", "increments")),
    ("mycotoxins.parts.B.aggregate_kg.1", lambda c: change(c, ["x"], "mycotoxins", "parts", "B", "aggregate_kg")),
    ("mycotoxins.parts.B.sublots", lambda c: change(c, [], "mycotoxins", "parts", "B", "sublots")),
    ("mycotoxins.parts.B.sublots.1.weight", lambda c: change(c, [{}], "mycotoxins", "parts", "B", "sublots")),
    ("attributes.code_letters", lambda c: change(c, ["I"], "attributes", "levels")),
    ("attributes.diagonals.tightened", lambda c: without(c, "attributes", "diagonals", "tightened")),
    ("variables.rows.1.size", lambda c: change(c, "many", "variables", "rows", 0, "size")),  # type: ignore[arg-type]
    ("plans.cbis_saffron.kind", lambda c: change(c, "csp-9", "plans", "cbis_saffron", "kind")),
    ("plans.cbis_saffron.kind", lambda c: without(c, "plans", "cbis_saffron", "clearance")),
    ("plans.imported_food_step_down.kind", lambda c: without(c, "plans", "imported_food_step_down", "fractions")),
    ("recipes", lambda c: change(c, {}, "recipes")),
]


@pytest.mark.parametrize(("field", "spoil"), FAULTS)
def test_a_fault_is_told_by_its_place(field: str, spoil: Callable[[Content], None], tmp_path: Path) -> None:
    content = yaml.safe_load(TEXT)
    spoil(content)
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ExceptionGroup) as refused:
        read_sampling_rules(path)
    told = [str(error) for error in leaves(refused.value)]
    assert any(f"rules.yaml: {field}:" in each for each in told), told


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "package_rules: {a: 1}\n"])
def test_what_is_no_file_of_rules_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((InvalidValue, ExceptionGroup)):
        read_sampling_rules(path)
    with pytest.raises(InvalidValue, match="a file that can be read"):
        read_sampling_rules(tmp_path / "absent.yaml")
