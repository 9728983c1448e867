"""Tables of an older version are copied as they are; those of a newer one are not taken for ours."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from darvoza.errors import SettingsError
from darvoza.office.commands import enter, expire, figures, keys, load, worker
from darvoza.office.commands.starting import start
from darvoza.office.desk.models import Photo
from darvoza.office.desk.queries.photos import every_photo, lost_photos
from darvoza.office.operations import queries, upgrading
from darvoza.office.operations.probes import Health
from darvoza.office.operations.upgrading import steps, upgrade


@pytest.mark.django_db
def test_an_office_from_before_there_were_photos_has_none(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Photo._meta, "db_table", "desk_photo_of_later")
    assert list(every_photo()) == []
    assert lost_photos(settings.PHOTOS) == 0  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_tables_of_a_newer_version_are_told_and_not_touched() -> None:
    assert steps() == (0, ())
    assert queries.migrated().health is Health.WELL
    MigrationRecorder(connection).record_applied("registry", "0999_of_next_year")
    assert steps().unknown == ("registry 0999_of_next_year",)
    found = queries.migrated()
    assert (found.health, "0999_of_next_year" in found.found) == (Health.FAILED, True)
    with pytest.raises(SettingsError, match="of a newer one, such as registry 0999_of_next_year"):
        upgrade()


@pytest.mark.django_db
def test_steps_that_wait_are_counted() -> None:
    MigrationRecorder(connection).record_unapplied("operations", "0007_post_differences")
    assert steps().waiting == 1
    assert "1 are to be applied" in queries.migrated().found


def tables_of_another_version(kind: str) -> str:
    """Make the tables look like those of an older version, or a newer one; give what is said of them."""
    recorder = MigrationRecorder(connection)
    if kind == "older":
        recorder.record_unapplied("operations", "0007_post_differences")
        return "got 'those of an older one: 1 steps wait'.*run: darvoza office migrate"
    recorder.record_applied("registry", "0999_of_next_year")
    return "such as registry 0999_of_next_year"


WORKING: list[tuple[Callable[[Namespace], int], dict[str, object]]] = [
    (keys.run, {"key_file": Path("key.json"), "commit": 1, "reveal": False, "replace": None, "first": None}),
    (expire.run, {"rules": None, "now": True, "before": None}),
    (worker.run, {"once": True}),
    (enter.run, {}),
    (load.run, {"directories": []}),
    (figures.run, {}),
]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["older", "newer"])
@pytest.mark.parametrize(("command", "words"), WORKING, ids=lambda each: getattr(each, "__module__", ""))
def test_a_command_works_on_tables_of_its_own_version_only(
    kind: str,
    command: Callable[[Namespace], int],
    words: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = tables_of_another_version(kind)
    monkeypatch.setenv("DARVOZA_SECRET", "a secret of fifty signs that is used in no other place at all")
    monkeypatch.setattr(upgrading, "has_tables", lambda: True)
    with pytest.raises(SettingsError, match=said):
        command(Namespace(home=tmp_path, **words))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["older", "newer"])
def test_a_copy_is_made_of_any_tables(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables_of_another_version(kind)
    monkeypatch.setattr(upgrading, "has_tables", lambda: True)
    start(Namespace(home=tmp_path), secret=False, older=True)
    with pytest.raises(SettingsError):
        start(Namespace(home=tmp_path), secret=False)
