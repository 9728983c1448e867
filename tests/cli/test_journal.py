"""The journal on the command line, and the one file that is handed to others."""

import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from random import Random

import pytest
from benchmarks.journal_mutations import a_journal

from architecture.house import DOCS, ROOT, SOURCE
from darvoza.cli.main import main


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a journal of 30 entries, a key, and a head over 20 and over all."""
    made, lines = tmp_path_factory.mktemp("journal"), a_journal(30, Random(9)).lines()
    (made / "early.ndjson").write_bytes(b"".join(lines[:20]))
    (made / "journal.ndjson").write_bytes(b"".join(lines))
    words = ["--out", str(made / "journal.key"), "--public", str(made / "journal.pub")]
    assert main(["journal", "key", "--name", "customs.example/journal", *words]) == 0
    assert sign(made, "early", "2026-03-01") == 0
    shutil.copy(made / "heads.txt", made / "kept.txt")
    assert sign(made, "journal", "2026-03-02") == 0
    return made


@pytest.fixture
def place(signed: Path, tmp_path: Path) -> Path:
    """A copy of that folder, for a test to change."""
    return shutil.copytree(signed, tmp_path, dirs_exist_ok=True)


def sign(place: Path, name: str, day: str) -> int:
    words = ["--signing-key", str(place / "journal.key"), "--heads", str(place / "heads.txt"), "--day", day]
    return main(["journal", "head", str(place / f"{name}.ndjson"), *words])


def alone(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the one file as another agency does: copied, and without anything that was installed."""
    shutil.copy(SOURCE / "darvoza_verify.py", place)
    command = [sys.executable, "-I", "-S", "-W", "error", "darvoza_verify.py", *words]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def test_the_private_key_is_for_its_owner_only_and_is_never_overwritten(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (place / "journal.key").stat().st_mode & 0o777 == 0o600
    words = ["--out", str(place / "journal.key"), "--public", str(place / "new.pub")]
    assert main(["journal", "key", "--name", "customs.example/journal", *words]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert not (place / "new.pub").exists()
    assert main(["journal", "key", "--name", "two words", "--out", str(place / "k"), "--public", str(place / "p")]) == 2
    assert "name: expected a name without spaces" in capsys.readouterr().err


def test_a_journal_that_holds_is_intact_in_the_house_and_outside(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--heads", str(place / "heads.txt"), str(place / "kept.txt"), "--key", str(place / "journal.pub")]
    capsys.readouterr()
    assert main(["journal", "verify", str(place / "journal.ndjson"), *words]) == 0
    inside = capsys.readouterr().out
    done = alone(place, "journal.ndjson", "--heads", "heads.txt", "kept.txt", "--key", "journal.pub")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == inside
    assert "signed heads that agree: 3 of 3" in inside
    assert inside.endswith("intact\n")


def test_the_first_wrong_entry_is_told(place: Path) -> None:
    lines = (place / "journal.ndjson").read_bytes().replace(b'"subject":"KG-', b'"subject":"UZ-', 1)
    (place / "journal.ndjson").write_bytes(lines)
    done = alone(place, "journal.ndjson", "--heads", "heads.txt", "--key", "journal.pub")
    assert done.returncode == 1
    assert done.stdout.startswith("entry 1: its head is not the digest of its header\n")
    assert done.stdout.endswith("broken\n")


def test_a_journal_that_was_cut_or_written_anew_is_seen_by_the_kept_head(place: Path) -> None:
    done = alone(place, "early.ndjson", "--heads", "heads.txt", "--key", "journal.pub")
    assert "entries 21 to 30: missing: the head of 2026-03-02" in done.stdout
    (place / "journal.ndjson").write_bytes(b"".join(a_journal(30, Random(10)).lines()))
    assert alone(place, "journal.ndjson").returncode == 0
    done = alone(place, "journal.ndjson", "--heads", "kept.txt", "--key", "journal.pub")
    assert done.returncode == 1
    assert "entries 1 to 20: not what was there when the head of 2026-03-01 was signed" in done.stdout


def test_a_head_that_was_changed_is_told_and_not_used(place: Path) -> None:
    heads = (place / "heads.txt").read_text().replace("2026-03-02", "2026-03-03")
    (place / "heads.txt").write_text(heads)
    done = alone(place, "journal.ndjson", "--heads", "heads.txt", "--key", "journal.pub")
    assert done.returncode == 1
    assert "entry 30: the signature of the head of 2026-03-03 is not that of its text" in done.stdout
    assert "signatures were not checked" in alone(place, "journal.ndjson", "--heads", "heads.txt").stdout


def test_proofs_go_out_and_are_checked_without_the_journal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, words in {"entry": ["--sequence", "7", "--size", "20"], "growth": ["--since", "20"]}.items():
        capsys.readouterr()
        assert main(["journal", "prove", str(place / "journal.ndjson"), *words]) == 0
        (place / f"{name}.json").write_text(capsys.readouterr().out)
        done = alone(place, "--proof", f"{name}.json", "--heads", "heads.txt", "--key", "journal.pub")
        assert (done.returncode, done.stderr) == (0, "")
        assert "holds" in done.stdout
    proof = json.loads((place / "entry.json").read_text())
    (place / "entry.json").write_text(json.dumps({**proof, "size": 30}))
    assert alone(place, "--proof", "entry.json", "--heads", "heads.txt").returncode == 1
    assert "no signed head" in alone(place, "--proof", "entry.json").stdout
    (place / "entry.json").write_text("[]")
    assert alone(place, "--proof", "entry.json", "--heads", "heads.txt").returncode == 2


def test_what_a_proof_shows_is_told_and_the_body_is_held_to_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = ["--heads", "heads.txt", "--key", "journal.pub"]
    for name, words in {"bare": [], "whole": ["--body"]}.items():
        capsys.readouterr()
        assert main(["journal", "prove", str(place / "journal.ndjson"), "--sequence", "7", *words]) == 0
        (place / f"{name}.json").write_text(capsys.readouterr().out)
    entry = json.loads((place / "journal.ndjson").read_bytes().splitlines()[6])
    said = alone(place, "--proof", "bare.json", *beside).stdout
    assert "holds: the journal of 2026-03-02, of 30 entries, has this entry, its body is not shown" in said
    assert f'"sequence":7,"subject":"{entry["header"]["subject"]}"' in said
    said = alone(place, "--proof", "whole.json", *beside).stdout
    assert "with this body: {" in said
    proof = json.loads((place / "whole.json").read_text())
    assert (proof["body"], proof["salt"]) == (entry["body"], entry["salt"])
    (place / "whole.json").write_text(json.dumps({**proof, "body": {**proof["body"], "why": "by order"}}))
    done = alone(place, "--proof", "whole.json", *beside)
    assert (done.returncode, done.stdout) == (1, "the body is not the one that was written\n")
    (place / "whole.json").write_text(json.dumps({**proof, "salt": None}))
    assert alone(place, "--proof", "whole.json", *beside).returncode == 2
    assert main(["journal", "prove", str(place / "journal.ndjson"), "--since", "7", "--body"]) == 2
    assert "growth has no body" in capsys.readouterr().err


def test_two_witnesses_compare_their_heads_without_a_journal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--heads", "heads.txt", "kept.txt", "--key", "journal.pub"]
    done = alone(place, *words)
    assert (done.returncode, done.stdout) == (0, "signed heads: 3, 2 of them different\nno head contradicts another\n")
    shown = (place / "heads.txt").read_text()
    (place / "journal.ndjson").write_bytes(b"".join(a_journal(20, Random(10)).lines()))
    (place / "heads.txt").unlink()
    assert sign(place, "journal", "2026-03-02") == 0
    done = alone(place, *words)
    assert done.returncode == 1
    assert done.stdout.startswith("two heads over 20 entries differ: different journals were shown\n")
    assert done.stdout.endswith("they contradict each other\n")
    (place / "heads.txt").write_text(shown.replace("2026-03-01", "2026-03-03"))
    done = alone(place, *words)
    assert done.returncode == 1
    assert "the signature of the head of 2026-03-03 is not that of its text" in done.stdout
    done = alone(place, *words[:3])
    assert "the head of 2026-03-03 is over 20 entries, and one of an earlier day over 30" in done.stdout
    assert "signatures were not checked" in done.stdout
    assert alone(place).stderr == "darvoza_verify: give a journal, a proof, or heads to compare\n"
    capsys.readouterr()
    assert main(["journal", "verify"]) == 2
    assert "give a journal, a proof, or heads to compare" in capsys.readouterr().err


def test_a_broken_journal_is_neither_signed_nor_proved(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = place / "journal.ndjson"
    journal.write_bytes(journal.read_bytes()[:-30])
    heads = (place / "heads.txt").read_text()
    assert sign(place, "journal", "2026-03-03") == 2
    assert main(["journal", "prove", str(journal), "--sequence", "1"]) == 2
    assert capsys.readouterr().err.count("entry 30: the line is cut short") == 2
    assert (place / "heads.txt").read_text() == heads


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "nowhere.ndjson"], "nowhere.ndjson: expected a file that can be read"),
        (["verify", "journal.ndjson", "--heads", "journal.pub"], "journal.pub: line 1: no signed head begins here"),
        (["verify", "journal.ndjson", "--key", "heads.txt"], "heads.txt: line 1: expected a public key"),
        (["verify", "journal.ndjson", "--key", "binary"], "binary: 'utf-8'"),
        (["verify", "journal.ndjson", "--key", "empty"], "empty: the file is empty"),
        (["verify", "journal.ndjson", "--heads", "empty"], "empty: the file is empty"),
        (["verify", "empty"], "empty: the file is empty"),
        (["verify", "empty", "--key", "journal.pub"], "empty: the file is empty"),
        (["verify", "journal.ndjson", "--heads", "blank"], "blank: the file is empty"),
        (["verify", "journal.ndjson", "--key", "blank"], "blank: the file is empty"),
        (["verify", "--proof", "endless", "--heads", "heads.txt"], "endless: the number 1e999 has no one way"),
        (["verify", "--proof", "infinite", "--heads", "heads.txt"], "infinite: the number Infinity has no one way"),
        (["verify", "--proof", "deep", "--heads", "heads.txt"], "deep: "),
        (["verify", "--proof", "deeper", "--heads", "heads.txt"], "deeper: "),
        (["verify", "--proof", "journal.pub"], "journal.pub: Expecting value"),
        (["prove", "journal.ndjson", "--sequence", "31"], "sequence: expected at most 30"),
        (["prove", "journal.ndjson", "--since", "31"], "since: expected a number of entries from 1 to 30"),
        (["prove", "journal.ndjson", "--sequence", "25", "--size", "20"], "an entry from 1 to 20"),
        (["prove", "nowhere.ndjson", "--sequence", "1"], "nowhere.ndjson: expected an exported journal"),
        (["head", "journal.ndjson", "--signing-key", "journal.pub", "--day", "2026-03-03"], "expected a private key"),
        (["head", "journal.ndjson", "--signing-key", "journal.key", "--day", "2026-02-01"], "not before"),
        (
            ["head", "journal.ndjson", "--signing-key", "journal.key", "--day", "2999-01-01"],
            "day: expected a day that has",
        ),
        (["head", "empty", "--signing-key", "journal.key", "--day", "2026-03-03"], "missing: the head of 2026-03-01"),
        (
            ["head", "empty", "--signing-key", "journal.key", "--day", "2026-03-03", "--heads", "x"],
            "journal: it has no entry",
        ),
        (["prove", "empty", "--since", "1"], "journal: it has no entry"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    place: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_what_cannot_be_used(place)
    monkeypatch.chdir(place)
    extra = ["--heads", "heads.txt"] if words[0] == "head" and "--heads" not in words else []
    capsys.readouterr()
    assert main(["journal", *words, *extra]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    if words[0] == "verify":
        done = alone(place, *words[1:])
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1


def _write_what_cannot_be_used(place: Path) -> None:
    (place / "empty").touch()
    (place / "blank").write_text("\n\n")
    (place / "binary").write_bytes(b"\xff\xfe\x00")
    (place / "endless").write_text('{"proof": "consistency", "from": 20, "size": 1e999, "path": []}')
    (place / "infinite").write_text('{"proof": "consistency", "from": Infinity, "size": 30, "path": []}')
    (place / "deep").write_text("[" * 100_000)
    deep = '{"proof": "inclusion", "size": 30, "path": [], "header": %s}'
    (place / "deeper").write_text(deep % ("[" * 5_000 + "]" * 5_000))


def test_the_lines_that_the_one_file_shows_are_taken_by_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["journal", "prove", str(place / "journal.ndjson"), "--since", "20"]) == 0
    (place / "growth.json").write_text(capsys.readouterr().out)
    page = (DOCS / "how-to" / "check-the-journal.md").read_text(encoding="utf-8")
    told = (SOURCE / "darvoza_verify.py").read_text(encoding="utf-8") + page.replace("\\\n", " ")
    shown = re.findall(r"^ *python darvoza_verify\.py (.+)$", told, re.MULTILINE)
    after_loss = [words for words in shown if "journal-2.pub" in words]
    assert (len(shown), len(after_loss)) == (7, 1)
    for words in shown:
        if words in after_loss:
            _lose_the_key(place)
        done = alone(place, *words.split())
        assert (done.returncode, done.stderr) == (0, ""), words


def _lose_the_key(place: Path) -> None:
    """Go on with another key, in a file of heads that begins anew, as the page says."""
    (place / "heads.txt").rename(place / "heads-until-2026-03-31.txt")
    (place / "journal.key").unlink()
    words = ["--out", str(place / "journal.key"), "--public", str(place / "journal-2.pub")]
    assert main(["journal", "key", "--name", "customs.example/journal", *words]) == 0
    assert sign(place, "journal", "2026-03-03") == 0


def test_a_mark_that_an_editor_put_in_front_breaks_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["journal", "prove", str(place / "journal.ndjson"), "--since", "20"]) == 0
    (place / "growth.json").write_text(capsys.readouterr().out)
    for name in ("heads.txt", "kept.txt", "journal.pub", "journal.key", "growth.json"):
        (place / name).write_text((place / name).read_text(encoding="utf-8"), encoding="utf-8-sig", newline="\r\n")
    beside = ["--heads", "heads.txt", "kept.txt", "--key", "journal.pub"]
    assert "intact" in alone(place, "journal.ndjson", *beside).stdout
    assert "holds" in alone(place, "--proof", "growth.json", *beside).stdout
    assert sign(place, "journal", "2026-03-03") == 0
    assert "signed heads that agree: 4 of 4" in alone(place, "journal.ndjson", *beside).stdout


def test_the_one_file_is_a_command_of_its_own_where_the_package_is_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, function = scripts["darvoza-verify"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))
