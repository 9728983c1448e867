"""What the tests of the administrator share: a second administrator, a list in use, a gate with two files of measures."""

from pathlib import Path

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.services.people import NewPerson, enter
from darvoza.office.administration.services.reference import Place
from office.api.systems import write_state
from office.reference_sample import MEASURE, use_list
from office.sample import NOW
from people import PASSWORD, Cast


@pytest.fixture
def merdan(cast: Cast) -> Person:  # noqa: ARG001 - the others come first
    """The second administrator."""
    return enter(NewPerson("merdan", "Merdan, administrator", (Role.ADMINISTRATOR,)), PASSWORD)


@pytest.fixture
def debtors(cast: Cast) -> NamedList:  # noqa: ARG001 - people come first
    """A list in use, of which a profile in force speaks."""
    named = NamedList("debtors", ("A-1", "B-2"), "Debt unit", None, None, "2026-06")
    use_list(named, 'importer in list "debtors"', NOW)
    return named


@pytest.fixture
def place(tmp_path: Path, settings: object) -> Place:
    """A gate with two files of measures, and what its people wrote beside them."""
    (tmp_path / "first.yaml").write_text(MEASURE % 1, encoding="utf-8")
    (tmp_path / "second.yaml").write_text(MEASURE % 2, encoding="utf-8")
    write_state(tmp_path, more="# ours\nmeasures:\n  - first.yaml\n  - second.yaml\nrandom: '0.02'  # as agreed\n")
    settings.GATE_FILE, settings.HOME = tmp_path / "gate.yaml", tmp_path  # type: ignore[attr-defined]
    return Place(tmp_path / "gate.yaml", tmp_path)
