"""Every change of the state in force is told to the journal, back to a known one too, with the posts that it concerns."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from darvoza.domain.journal import EntryKind
from darvoza.office.api.services import lodging
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.journal.models import Entry
from office.api.systems import OTHER, POST, Systems, a_body, write_state


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state of its own, silent everywhere."""
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    put(tmp_path, "*")
    return tmp_path


def put(home: Path, *silent: str) -> None:
    """Put a state in force in which some posts are silent."""
    file = home / "gate.yaml"
    before = file.stat().st_mtime_ns if file.exists() else 0
    write_state(home, more=f"silent: {list(silent)}\n")
    os.utime(file, ns=(1, before + 1_000_000_000))


def told() -> list[dict[str, Any]]:
    """What the journal tells of states."""
    entries = Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE, body__what="state in force").order_by("sequence")
    return [entry.body or {} for entry in entries]


def test_going_back_to_a_known_state_is_told_with_the_posts_in_clear(systems: Systems, home: Path) -> None:
    names = ("silent", "now_silent", "now_binding")
    for number, silent in enumerate((["*"], [POST], ["*"], [POST])):
        put(home, *silent)
        assert systems.lodge(a_body(f"D-{number}", transport_document=f"T-{number}")).status == 201
    systems.lodge(a_body("D-9", transport_document="T-9"))
    first, *others = told()
    assert [first.get(name) for name in names] == [["*"], None, None]
    assert [[each[name] for name in names] for each in others] == [
        [[POST], [], ["*", OTHER]],
        [["*"], ["*", OTHER], []],
        [[POST], [], ["*", OTHER]],
    ]
    assert [each["before"] for each in others] == [each["state"] for each in (first, *others[:-1])]


def test_a_worker_that_decides_nothing_tells_of_it_and_tells_once(systems: Systems, home: Path) -> None:  # noqa: ARG001
    for silent in ([POST], [OTHER], [OTHER]):
        put(home, *silent)
        lodging.close()  # another process
        assert reassess(timezone.now()) == 0
    assert [(each["silent"], each.get("now_silent"), each.get("now_binding")) for each in told()] == [
        ([POST], None, None),
        ([OTHER], [OTHER], [POST]),
    ]


def test_the_gate_says_which_posts_are_silent(systems: Systems, home: Path) -> None:
    assert systems.send("GET", "/gate").body["silent"] == ["*"]
    put(home, OTHER, POST)
    assert systems.send("GET", "/gate").body["silent"] == sorted([POST, OTHER])
