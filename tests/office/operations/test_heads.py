"""The head of the journal is signed once a day where its key lies in the home, and never over what does not hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from darvoza.domain.journal import EntryKind
from darvoza.errors import BrokenJournal, InvalidHead
from darvoza.flow.journal.checking import verify
from darvoza.flow.journal.heads import public_key_of, signed_heads
from darvoza.methods.sealing.signed_note import private_key
from darvoza.office.journal.queries import every_entry
from darvoza.office.journal.services import record
from darvoza.office.operations.services.heads import HEADS, KEY, sign_head

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SIGNING = private_key("customs.example/journal", bytes(32))


def written(number: int) -> None:
    record(EntryKind.SETTINGS_CHANGE, f"entry {number}", {"what": "a test"}, by="oraz", now=NOW)


@pytest.mark.django_db
def test_a_head_is_signed_once_a_day_and_goes_on_from_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_head(tmp_path, NOW) == "", "without a key nothing is signed"
    (tmp_path / KEY).write_text(SIGNING, encoding="utf-8-sig")
    assert sign_head(tmp_path, NOW) == "", "of nothing there is no head"
    written(1)
    assert sign_head(tmp_path, NOW).splitlines()[:2] == ["customs.example/journal", "1"]
    written(2)
    assert sign_head(tmp_path, NOW + timedelta(hours=3)) == ""
    assert sign_head(tmp_path, NOW + timedelta(days=1))
    heads = signed_heads((tmp_path / HEADS).read_text(encoding="utf-8"), [public_key_of(SIGNING)])
    assert [(head.size, head.day) for head in heads] == [(1, "2026-03-01"), (2, "2026-03-02")]
    assert verify(list(every_entry()), heads).faults == ()
    entries = list(every_entry())
    monkeypatch.setattr("darvoza.office.operations.services.heads.every_entry", lambda: entries[1:])
    with pytest.raises(BrokenJournal):
        sign_head(tmp_path, NOW + timedelta(days=2))
    (tmp_path / KEY).write_text("no key", encoding="utf-8")
    with pytest.raises(InvalidHead):
        sign_head(tmp_path, NOW + timedelta(days=2))
