"""A lost key comes back from the sealed shares, and is held against the commitment that was published."""

from pathlib import Path

import pytest

from darvoza.cli.main import main
from darvoza.flow.selectivity.keys import read_key_file

Said = pytest.CaptureFixture[str]


def made(tmp_path: Path) -> tuple[Path, list[str]]:
    """A key, and the files of its shares."""
    key, shares = tmp_path / "key.json", []
    assert main(["key", "new", "--agency", "customs", "--agency", "audit", "--out", str(key)]) == 0
    for agency in ("customs", "audit"):
        shares.append(str(tmp_path / f"{agency}.share"))
        assert main(["key", "share", "--key-file", str(key), "--agency", agency, "--out", shares[-1]]) == 0
    return key, shares


def test_a_key_comes_back_from_its_shares_byte_by_byte(tmp_path: Path, capsys: Said) -> None:
    key, shares = made(tmp_path)
    assert {Path(each).stat().st_mode & 0o777 for each in shares} == {0o600}
    was, commitment = key.read_bytes(), read_key_file(key).commitment()
    capsys.readouterr()
    assert main(["key", "join", *shares, "--commitment", commitment, "--out", str(key)]) == 2
    assert "a key is never overwritten" in capsys.readouterr().err
    key.unlink()
    assert main(["key", "join", *shares, "--commitment", commitment, "--out", str(key)]) == 0
    assert (key.read_bytes(), key.stat().st_mode & 0o777) == (was, 0o600)


@pytest.mark.parametrize(("count", "commitment"), [(1, None), (2, "0" * 64)])
def test_too_few_shares_or_another_commitment_give_no_key(
    tmp_path: Path, capsys: Said, count: int, commitment: str | None
) -> None:
    key, shares = made(tmp_path)
    told = commitment or read_key_file(key).commitment()
    out = tmp_path / "again.json"
    assert main(["key", "join", *shares[:count], "--commitment", told, "--out", str(out)]) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_share_that_cannot_be_read_is_named(tmp_path: Path, capsys: Said) -> None:
    gone = tmp_path / "gone.share"
    assert main(["key", "join", str(gone), "--commitment", "0" * 64, "--out", str(tmp_path / "key.json")]) == 2
    assert "gone.share" in capsys.readouterr().err
