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
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services.heads import HEADS, KEY, heads, sign_head

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
    signed = signed_heads((tmp_path / HEADS).read_text(encoding="utf-8"), [public_key_of(SIGNING)])
    assert [(head.size, head.day) for head in signed] == [(1, "2026-03-01"), (2, "2026-03-02")]
    assert verify(list(every_entry()), signed).faults == ()
    entries = list(every_entry())
    monkeypatch.setattr("darvoza.office.operations.services.heads.every_entry", lambda: entries[1:])
    with pytest.raises(BrokenJournal):
        sign_head(tmp_path, NOW + timedelta(days=2))
    (tmp_path / KEY).write_text("no key", encoding="utf-8")
    with pytest.raises(InvalidHead):
        sign_head(tmp_path, NOW + timedelta(days=2))


@pytest.mark.django_db
def test_heads_that_end_without_a_word_are_told(tmp_path: Path) -> None:
    assert heads(tmp_path, NOW).health is Health.WELL, "who signs nothing here, or elsewhere, is not told of it"
    (tmp_path / KEY).write_text(SIGNING, encoding="utf-8")
    written(1)
    sign_head(tmp_path, NOW)
    assert heads(tmp_path, NOW + timedelta(days=1)).found == "the last one was signed on 2026-03-01"
    late = heads(tmp_path, NOW + timedelta(days=2))
    assert (late.health, late.remedy) == (Health.WARNING, "look into the log of darvoza worker")
    (tmp_path / KEY).unlink()
    lost = heads(tmp_path, NOW + timedelta(days=2))
    assert lost.health is Health.WARNING
    assert lost.found == "none was signed since 2026-03-01, and there is no journal-key in the home"
    assert "keep heads.txt under another name" in lost.remedy


@pytest.mark.django_db
@pytest.mark.parametrize("key", [private_key("customs.example/journal", bytes([7] * 32)), "no key"])
def test_a_key_that_did_not_sign_the_heads_until_now_is_told_and_goes_on_once_they_are_put_aside(
    tmp_path: Path, key: str
) -> None:
    (tmp_path / KEY).write_text(SIGNING, encoding="utf-8")
    written(1)
    sign_head(tmp_path, NOW)
    (tmp_path / KEY).write_text(key, encoding="utf-8")
    told = heads(tmp_path, NOW)
    assert told.health is Health.FAILED
    assert told.found.startswith("none is signed any more: ")
    assert SIGNING not in str(told)
    (tmp_path / HEADS).rename(tmp_path / "heads-until-2026-03-01.txt")
    (tmp_path / KEY).write_text(private_key("customs.example/journal", bytes([7] * 32)), encoding="utf-8")
    assert sign_head(tmp_path, NOW + timedelta(days=1))
    assert heads(tmp_path, NOW + timedelta(days=1)).health is Health.WELL


@pytest.mark.parametrize("file", [HEADS, KEY])
@pytest.mark.django_db
def test_a_file_of_heads_or_a_key_that_is_no_text_is_told(tmp_path: Path, file: str) -> None:
    (tmp_path / KEY).write_text(SIGNING, encoding="utf-8")
    written(1)
    sign_head(tmp_path, NOW)
    (tmp_path / file).write_bytes(b"\xff\xfe\x00")
    assert heads(tmp_path, NOW).health is Health.FAILED
