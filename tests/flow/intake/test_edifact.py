"""Interchanges as different senders write them hold the same declarations."""

from collections.abc import Callable
from pathlib import Path

import pytest

from darvoza.errors import UnreadableFile
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import load_mapping
from flow.intake.test_messages import HERE, MAPPINGS

SENT = (HERE / "cusdec.edi").read_text()
GATE = str.maketrans({"+": "|", ":": ";", "?": "\\", "'": "~", "`": "'"})
LEVEL_B = str.maketrans({"+": "\x1d", ":": "\x1f", "'": "\x1c", "`": "'"})
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "with a byte order mark": lambda text: text.encode("utf-8-sig"),
    "with lines that end as in Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "in one line": lambda text: text.replace("\n", "").encode(),
    "without UNA": lambda text: text.partition("\n")[2].encode(),
    "with other characters of service": lambda text: (
        "UNA;|.\\ ~" + text.partition("\n")[2].replace("?'", "`").translate(GATE)
    ).encode(),
    "with the separators of level B": lambda text: (
        "UNA\x1f\x1d.  \x1c" + text.partition("\n")[2].replace("?'", "`").translate(LEVEL_B)
    ).encode(),
    "with a comma as decimal mark": lambda text: (
        text.replace("UNA:+.", "UNA:+,").replace("2310.5", "2310,5").replace("500.00", "500,00").encode()
    ),
    "with a comma, whatever UNA says": lambda text: text.replace("2310.5", "2310,5").encode(),
}


def taken(path: Path, data: bytes) -> Intake:
    path.write_bytes(data)
    return take_in([path], load_mapping(MAPPINGS / "cusdec_d96b.yaml"))


@pytest.mark.parametrize("way", WRITTEN)
def test_an_interchange_is_the_same_however_it_is_written(tmp_path: Path, way: str) -> None:
    usual, other = taken(tmp_path / "a.edi", SENT.encode()), taken(tmp_path / "a.edi", WRITTEN[way](SENT))
    assert other.rejected.is_empty()
    assert other.items.equals(usual.items)
    assert other.left.equals(usual.left)


def test_a_byte_order_mark_is_that_of_utf_8_whatever_the_interchange_says(tmp_path: Path) -> None:
    found = taken(tmp_path / "a.edi", SENT.replace("OSOO BAK", "ОсОО Бак").encode("utf-8-sig"))
    assert found.items["importer_name"].unique().to_list() == ["ОсОО Бак"]


def test_a_comma_in_a_text_or_code_stays_and_two_marks_are_no_number(tmp_path: Path) -> None:
    changed = SENT.replace("WASHING MACHINES", "1,5").replace("MOA+40:104'", "MOA+40:1,104.5'")
    found = taken(tmp_path / "a.edi", changed.encode())
    assert found.items["description"].to_list() == ["1,5"]
    assert found.rejected.select("rule", "got").rows() == [("not-a-number", "'1,104.5'")]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("BGM+929", "bgm+929", "segment 3: expected tags of three capitals"),
        ("UNT+35", "UNT+36", "segment 36: expected 35 segments"),
        ("UNZ+1+1", "UNZ+2+1", "segment 37: expected 1 groups or messages"),
        ("UNB+UNOC:3+BROKER+KGCUSTOMS+260302:0930+1", "UNB", "segment 1: expected UN.EDIFACT segments"),
        ("GUANGZHOU", "GUANGZHOU \udcff", "at byte 391"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    changed = SENT.replace(old, new).replace("UNOC", "UNOW")
    with pytest.raises(UnreadableFile, match=place):
        taken(tmp_path / "a.edi", changed.encode("utf-8", "surrogateescape"))
