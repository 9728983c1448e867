"""The list of requirements tells the truth: every test it points to exists."""

import ast
import re

import pytest

from architecture.house import DOCS, ROOT
from asvs.requirements import REQUIREMENTS, Requirement


def test_there_are_thirty_and_no_number_twice() -> None:
    numbers = [number for each in REQUIREMENTS for number in each.numbers.split()]
    assert len(REQUIREMENTS) == 30
    assert len(numbers) == len(set(numbers))
    assert [number for number in numbers if not re.fullmatch(r"V\d{1,2}\.\d\.\d{1,2}", number)] == []


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each.numbers.split()[0])
def test_every_test_that_is_pointed_to_exists(requirement: Requirement) -> None:
    assert requirement.held or requirement.lacking
    for pointer in requirement.held:
        path, _, name = pointer.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, pointer


def test_the_page_of_promises_counts_what_is_held_and_what_is_lacking() -> None:
    page = (DOCS / "explanation" / "promises.md").read_text(encoding="utf-8")
    whole = sum(bool(each.held) and not each.lacking for each in REQUIREMENTS)
    part = sum(bool(each.held) and bool(each.lacking) for each in REQUIREMENTS)
    none = sum(not each.held for each in REQUIREMENTS)
    assert f"{whole} held, {part} in part, {none} not" in page
