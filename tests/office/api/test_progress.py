"""Long work of the office tells how far it is: the journal verified and handed over, the register held, decisions made again."""

import io
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from darvoza.flow.selectivity.keys import read_key_file
from darvoza.office.api.models import Lodgement
from darvoza.office.commands import audit as audit_command
from darvoza.office.commands import replay as replay_command
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.exports import write_out
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import verify
from darvoza.office.operations.services.replaying import replay_all
from office.api.systems import NOW, Systems, a_body, an_item


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def lodged(systems: Systems) -> Systems:
    """Three declarations, one after the other."""
    for name in "ABC":
        assert systems.lodge(a_body(name, items=[an_item(hs="870323")], transport_document=name)).status == 201
    return systems


@pytest.mark.usefixtures("lodged")
def test_each_tells_how_much_of_it_is_done(state_home: Path, tmp_path: Path) -> None:
    ring = read_key_file(state_home / "key.json")
    read: list[int] = []
    verify(read.append)
    assert read == list(range(1, Entry.objects.count() + 1))
    held: list[int] = []
    audit(on_progress=held.append)
    assert held == [1, 2, 3]
    again: list[int] = []
    replay_all({ring.commitment(): ring}, on_progress=again.append)
    assert again == [1, 2, 3]
    assert again[-1] == Lodgement.objects.count()
    written: list[int] = []
    count, _ = write_out(tmp_path / "journal.ndjson", by="oraz", now=NOW, on_progress=written.append)
    assert written == list(range(1, count + 1))


@pytest.mark.usefixtures("lodged")
@pytest.mark.parametrize("live", [True, False])
def test_a_command_tells_it_on_a_terminal_and_beside_its_answer(
    state_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], live: bool
) -> None:
    monkeypatch.setattr(replay_command, "start", lambda *_, **__: None)
    monkeypatch.setattr(audit_command, "start", lambda *_, **__: None)
    stream = Terminal() if live else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    assert replay_command.run(Namespace(key_file=[state_home / "key.json"], declaration=None)) == 0
    assert audit_command.run(Namespace()) == 0
    assert capsys.readouterr().out.startswith("3 decided again: 3 equal, 0 different\n")
    assert ("\r  … 1 rows" in stream.getvalue()) is live
    assert stream.getvalue() == "" or stream.getvalue().endswith("\r\x1b[K"), "what follows begins a line"
