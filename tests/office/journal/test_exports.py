"""The journal is handed over whole, as it was at one moment, and tells of it itself."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.http import StreamingHttpResponse

from architecture.house import SOURCE
from darvoza.cli.main import main
from darvoza.darvoza_verify import lines_of
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.journal.entries import erasure
from darvoza.flow.journal.export import read_entries
from darvoza.office.journal import exports
from darvoza.office.journal.exports import PER_CHUNK, chunks, handed_over, write_out
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import every_entry
from darvoza.office.journal.services import SYSTEM, record_all, record_alone
from office.databases import Addresses
from office.operations.test_durability import run as run_apart
from office.test_commands import run
from people import Cast

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ENTRIES = 2 * PER_CHUNK + 3

pytestmark = pytest.mark.django_db


@pytest.fixture
def _written(db: None) -> None:  # noqa: ARG001 - made by asking
    """A journal of some entries, one of them erased in good order."""
    bodies = [{"n": number, "reason": "пломба цела"} for number in range(ENTRIES - 1)]
    record_all(JournalEvent(EntryKind.ORDER, "asel", f"KG-{body['n']}", NOW, body) for body in bodies)
    Entry.objects.filter(sequence=2).update(body=None, salt=None)
    told = erasure([2], actor="retention", at=NOW, basis="five years are over")
    record_alone(told.kind, told.subject, told.body, by=told.actor, now=NOW)


def content_of(answer: object) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    return bytes(answer.getvalue())


def last_kind_and_actor() -> tuple[str, str, object]:
    entry = Entry.objects.order_by("-sequence")[0]
    return entry.kind, entry.actor, entry.body


@pytest.mark.usefixtures("_written")
def test_what_the_command_writes_is_intact_for_the_house_and_for_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "journal.ndjson"
    assert run(["journal", "--out", str(out)]) == 0
    assert f"{ENTRIES + 1:,} entries, 1 to {ENTRIES + 1:,}; head " in capsys.readouterr().out
    assert out.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [out]
    assert list(read_entries(out.read_bytes().splitlines(keepends=True))) == list(every_entry())
    assert last_kind_and_actor() == (EntryKind.EXPORT, SYSTEM, {"since": 0})
    assert main(["journal", "verify", str(out)]) == 0
    said = capsys.readouterr().out
    assert f"entries that hold: {ENTRIES + 1:,}, erased of them: 1" in said
    command = [sys.executable, "-I", "-S", str(SOURCE / "darvoza_verify.py"), str(out)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == said


@pytest.mark.usefixtures("_written")
def test_what_came_since_goes_behind_what_one_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [tmp_path / "first", tmp_path / "more"]
    assert run(["journal", "--out", str(parts[0])]) == 0
    record_alone(EntryKind.ORDER, "KG-77", by="asel", now=NOW)
    assert run(["journal", "--out", str(parts[1]), "--since", str(ENTRIES + 1)]) == 0
    assert last_kind_and_actor() == (EntryKind.EXPORT, SYSTEM, {"since": ENTRIES + 1})
    assert [entry.subject for entry in read_entries(lines_of(parts[1]))] == ["KG-77", "journal"]
    whole = tmp_path / "whole"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    capsys.readouterr()
    assert main(["journal", "verify", str(whole)]) == 0
    assert "intact" in capsys.readouterr().out


@pytest.mark.usefixtures("_written")
@pytest.mark.parametrize("since", [-1, ENTRIES + 1])
def test_more_than_there_is_cannot_be_left_out(tmp_path: Path, since: int) -> None:
    with pytest.raises(SettingsError, match=f"since: expected a number of entries from 0 to {ENTRIES}"):
        write_out(tmp_path / "out", since, by=SYSTEM, now=NOW)
    assert list(tmp_path.iterdir()) == []
    assert last_kind_and_actor()[0] == EntryKind.ERASURE


@pytest.mark.usefixtures("_written")
def test_no_file_is_overwritten_and_none_is_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "journal.ndjson"
    out.write_text("kept")
    with pytest.raises(OutputError, match="expected a file that does not exist yet"):
        write_out(out, by=SYSTEM, now=NOW)
    assert last_kind_and_actor()[0] == EntryKind.ERASURE
    with pytest.raises(OutputError, match="expected a place that can be written to"):
        write_out(tmp_path / "nowhere" / "out", by=SYSTEM, now=NOW)

    def full(_line: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exports, "line_to_check", full)
    with pytest.raises(OutputError, match="No space left"):
        write_out(tmp_path / "out", by=SYSTEM, now=NOW)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.usefixtures("_written")
def test_another_file_of_that_name_that_came_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "journal.ndjson"

    def meanwhile(*_words: object, **_named: object) -> Iterator[object]:
        out.write_text("of another")
        return iter(())

    monkeypatch.setattr(exports, "handed_over", meanwhile)
    with pytest.raises(OutputError, match="expected a file that does not exist yet"):
        write_out(out, by=SYSTEM, now=NOW)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["of another"]


@pytest.mark.usefixtures("_written")
def test_lines_are_written_while_rows_are_read() -> None:
    lines = chunks(handed_over(by=SYSTEM, now=NOW))
    sizes = [chunk.count(b"\n") for chunk in lines]
    assert sizes == [PER_CHUNK, PER_CHUNK, 4]


def test_what_is_erased_while_it_is_handed_over_is_in_it_still(tmp_path: Path, databases: Addresses) -> None:
    found = run_apart("handed_over", tmp_path, 6000, database=next(databases))
    assert found == {"entries": [6001, 6002], "erased": [0, 1], "faults": 0}


@pytest.mark.usefixtures("_written")
def test_an_entry_that_was_tampered_with_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        on = " ON journal_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER journal_only_erased{on}")
    Entry.objects.filter(sequence=7).update(body={"share": 0.5})
    assert write_out(tmp_path / "out", by=SYSTEM, now=NOW)[0] == ENTRIES + 1
    assert main(["journal", "verify", str(tmp_path / "out")]) == 1


def test_the_first_entry_of_an_empty_journal_is_that_it_was_handed_over(tmp_path: Path) -> None:
    assert write_out(tmp_path / "out", by=SYSTEM, now=NOW)[0] == 1
    assert main(["journal", "verify", str(tmp_path / "out")]) == 0


def test_the_auditor_takes_the_whole_journal_along(cast: Cast, tmp_path: Path) -> None:
    browser = cast.browser("umar")
    assert 'action="/journal/export/"' in browser.get("/journal/").text
    assert "Скачать весь журнал" in cast.browser("umar", language="ru").get("/journal/").text
    answer = browser.post("/journal/export/")
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"].startswith('attachment; filename="darvoza-journal-')
    (tmp_path / "journal.ndjson").write_bytes(content_of(answer))
    assert main(["journal", "verify", str(tmp_path / "journal.ndjson")]) == 0
    [*_, last] = read_entries(lines_of(tmp_path / "journal.ndjson"))
    assert (last.kind, last.actor, last.subject, last.body) == (EntryKind.EXPORT, "umar", "journal", {"since": 0})
    assert last == list(every_entry())[-1]


def test_nobody_else_does(cast: Cast) -> None:
    for name in ("asel", "bakyt", "jamila", "timur", "oraz"):
        assert cast.browser(name).post("/journal/export/").status_code == 403
    assert cast.browser().post("/journal/export/").status_code == 302
    assert not Entry.objects.filter(kind=EntryKind.EXPORT).exists()
