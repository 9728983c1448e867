"""Tables of an older version are copied as they are; those of a newer one are not taken for ours."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from darvoza.errors import SettingsError
from darvoza.office.desk.models import Photo
from darvoza.office.desk.queries.photos import every_photo, lost_photos
from darvoza.office.operations import queries
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
    MigrationRecorder(connection).record_unapplied("operations", "0004_post_keys")
    assert steps().waiting == 1
    assert "1 are to be applied" in queries.migrated().found
