"""Words are compiled when the program is installed, for everybody; what cannot be compiled later stops nobody."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.house import ROOT
from darvoza.office.catalogues import STAMP, compile_catalogues, ready_catalogues

TEXT = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Queue"\nmsgstr "{}"\n'


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """An office with one catalogue."""
    write(tmp_path, "Очередь")
    return tmp_path


def write(root: Path, word: str) -> Path:
    source = root / "desk" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(TEXT.format(word), encoding="utf-8")
    return source


@pytest.fixture
def _closed() -> Iterator[None]:
    """The mask that every command of an office sets."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_closed")
def test_what_is_compiled_can_be_read_by_everybody_whatever_the_mask(program: Path) -> None:
    source = program / "desk" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.chmod(0o700)
    [target] = compile_catalogues(program)
    assert mode(target) == mode(program / STAMP) == 0o644
    assert [mode(directory) for directory in target.parents[:3]] == [0o755] * 3
    assert list(program.rglob("*.partial")) == []


def test_nothing_is_compiled_twice_whatever_the_moments_of_the_files(program: Path) -> None:
    [target] = compile_catalogues(program)
    os.utime(target, (0, 0))
    assert compile_catalogues(program) == []
    write(program, "Черга")
    assert compile_catalogues(program) == [target]
    assert "Черга".encode() in target.read_bytes()


def test_a_program_that_belongs_to_another_starts_and_says_what_it_lacks(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, _content: bytes) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    assert ready_catalogues(program) == ""
    write(program, "Черга")
    monkeypatch.setattr(Path, "write_bytes", refused)
    said = ready_catalogues(program)
    assert said.startswith("words: pages lack words")
    assert "Permission denied" in said
    assert list(program.rglob("*.partial")) == []


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can lay rights down")
def test_an_office_of_another_user_runs_where_no_words_were_compiled(tmp_path: Path) -> None:
    """As cloned by somebody else, and nothing compiled: whoever runs it may not write there."""
    source, home = tmp_path / "src", tmp_path / "home"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "*.mo", STAMP))
    shutil.copytree(ROOT / "reference_data", tmp_path / "reference_data")
    other = pwd.getpwnam("nobody").pw_uid
    for path in (source, *source.rglob("*")):
        os.chown(path, other, other)
    program = "from darvoza.cli.main import main; main()"
    clean = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(source)}
    without_rights = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", program]
    words = [*without_rights, "office", "first-run", "--home", str(home)]
    done = subprocess.run(words, env=clean, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "password" in done.stdout
    assert done.stderr.startswith("words: pages lack words")
    assert len(done.stderr.splitlines()) == 1
