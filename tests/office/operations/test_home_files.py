"""What decides is in a backup and comes back; keys and secrets are named and never in it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from darvoza.domain.journal import EntryKind
from darvoza.errors import BackupError
from darvoza.office.journal.services import record_alone
from darvoza.office.operations import queries
from darvoza.office.operations.home_files import HomeCopies, check_home, copy_home, put_home_back
from darvoza.office.operations.probes import Health

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
STATE = """
profiles: profiles
key_file: profiles/draw.json
capacity: capacity.yaml
model: {model}
measures: [measures.csv]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a state in force, what it names, and what must not leave it."""
    home = tmp_path / "home"
    texts = {
        "gate.yaml": STATE.format(model=tmp_path / "elsewhere" / "model"), "profiles/cars.yaml": "code: A", "capacity.yaml": "posts: {}",
        "profiles/draw.json": "THE KEY", "profiles/posts.key": "A KEY", "measures.csv": "id", "heads.txt": "head 1", "secret": "SECRET",
        "journal-key": "SIGNING KEY", "metrics-token": "TOKEN", "history/items.parquet": "rows", "office.sqlite3": "rows",
        "office.sqlite3-wal": "rows", "photos/ab/photo.jpeg": "picture",
    }  # fmt: skip
    for name, text in texts.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return home


def names(place: Path) -> set[str]:
    """What files are below a place."""
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def copied(home: Path, target: Path) -> HomeCopies:
    """The first copy."""
    return copy_home(home, target, None, {})


def test_the_state_in_force_and_what_it_names_is_copied_and_no_key(home: Path, tmp_path: Path) -> None:
    made = copied(home, tmp_path / "copy")
    assert set(made.digests) == {"gate.yaml", "profiles/cars.yaml", "capacity.yaml", "measures.csv", "heads.txt"}
    assert names(tmp_path / "copy") == set(made.digests)
    assert set(made.otherwise) == {
        "profiles/draw.json", "profiles/posts.key", "secret", "journal-key", "metrics-token", "history",
        str(tmp_path / "elsewhere" / "model"),
    }  # fmt: skip
    assert [path for path in (tmp_path / "copy").rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []


def test_it_comes_back_and_never_over_what_is_there(home: Path, tmp_path: Path) -> None:
    made = copied(home, tmp_path / "copy")
    check_home(tmp_path / "copy", made.digests)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "capacity.yaml").write_text("posts: {KG-AKT: 9}")
    (tmp_path / "new" / "measures.csv").write_text("id")
    assert put_home_back(tmp_path / "copy", made.digests, tmp_path / "new") == ("capacity.yaml",)
    assert (tmp_path / "new" / "capacity.yaml").read_text() == "posts: {KG-AKT: 9}"
    assert names(tmp_path / "new") == set(made.digests)


def test_what_an_earlier_copy_holds_is_linked(home: Path, tmp_path: Path) -> None:
    first = copied(home, tmp_path / "1")
    (home / "capacity.yaml").write_text("posts: {KG-AKT: 9}")
    second = copy_home(home, tmp_path / "2", tmp_path / "1", first.digests)
    same = {name for name in second.digests if (tmp_path / "1" / name).samefile(tmp_path / "2" / name)}
    assert set(second.digests) - same == {"capacity.yaml"}
    check_home(tmp_path / "2", second.digests)


def test_an_office_without_a_gate_and_a_state_that_cannot_be_read_are_copied_too(tmp_path: Path) -> None:
    assert copied(tmp_path / "nowhere", tmp_path / "copy") == ({}, ())
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "gate.yaml").write_text("[")
    assert list(copied(tmp_path / "home", tmp_path / "copy").digests) == ["gate.yaml"]


@pytest.mark.parametrize("name", ["../gate.yaml", "/etc/gate.yaml", "gate.yaml", "none.yaml"])
def test_a_copy_that_was_changed_is_not_taken(home: Path, tmp_path: Path, name: str) -> None:
    copied(home, tmp_path / "copy")
    with pytest.raises(BackupError):
        check_home(tmp_path / "copy", {name: "00" * 32})


@pytest.mark.django_db
def test_the_doctor_misses_the_gate_of_an_office_that_was_restored(tmp_path: Path) -> None:
    for gate, health in ((False, Health.WARNING), (True, Health.FAILED)):
        told = {"what": "restored", "gate": gate}
        record_alone(EntryKind.SETTINGS_CHANGE, "office", told, by="system", now=NOW)
        assert [each.health for each in queries.whole_gate(tmp_path / "gate.yaml")] == [health]
