"""Progress is told on a terminal, and nowhere else; what is printed after it begins a line."""

import io
import sys
from pathlib import Path

import pytest

from darvoza import progress as module
from darvoza.darvoza_verify import lines_of
from darvoza.progress import Progress, counted


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_running_count_is_told_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OFTEN", 0.0)
    for stream, told in ((Terminal(), "\r  … 1,000 rows\x1b[K\r  … 2,000 rows\x1b[K\r\x1b[K"), (io.StringIO(), "")):
        progress = Progress(stream)
        progress.at(1_000)
        progress.at(2_000)
        progress.clear()
        progress.clear()
        assert stream.getvalue() == told


def test_a_terminal_is_not_told_more_often_than_it_can_show() -> None:
    stream = Terminal()
    progress = Progress(stream)
    assert list(counted(range(1_000), progress.at)) == list(range(1_000))
    assert stream.getvalue() == "\r  … 1 rows\x1b[K"


def test_the_line_of_a_stage_takes_the_place_of_its_count() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.at(5)
    progress("intake", 7)
    progress.at(1)
    assert stream.getvalue().split("\r")[2].startswith("  intake")
    assert stream.getvalue().endswith("\r  … 1 rows\x1b[K"), "of the next stage at once"


@pytest.mark.parametrize("live", [True, False])
def test_a_long_journal_tells_how_far_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: bool) -> None:
    journal, stream = tmp_path / "journal.ndjson", Terminal() if live else io.StringIO()
    journal.write_bytes(b"{}\n" * 20_001)
    monkeypatch.setattr(sys, "stderr", stream)
    assert sum(1 for _ in lines_of(journal)) == 20_001
    told = "\r  … 10,000 entries\r\r  … 20,000 entries\r"
    assert stream.getvalue() == (told if live else "")
