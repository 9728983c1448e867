"""Papers as PDF: the same bytes, hostile text as text, any length, every letter of the languages."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from darvoza.domain.declaration import GoodsItem
from darvoza.domain.sps.entry import EntryDocument
from darvoza.errors import OutputError
from darvoza.flow.inspection.papers.control_papers import act_paper, blank_act, entry_paper
from darvoza.flow.inspection.papers.paper import agrees
from darvoza.papers import rendering
from darvoza.papers.rendering import as_pdf, code_svg
from sps_records import DECLARED, DOCUMENT, NOW, PHYTO

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
LETTERS = "ң ө ү ғ ӣ қ ӯ ҳ ҷ ә ұ һ і ё oʻ gʻ ň ş ž ä ö ü ý ç"
HOSTILE = '#eval("1+1") \\ $x^2$ *b* _i_ @ref <lab> [a] ``` // /* " \' #{1+1} {{ }} %'


def described(text: str, *, items: int = 1) -> EntryDocument:
    """The consignment with so many items of a description."""
    goods = tuple(GoodsItem(number, "081310", "TJ", description=text) for number in range(1, items + 1))
    bare = replace(DOCUMENT.control, checks=(), samples=(), tests=(), decisions=(), substitutions=())
    part = replace(DOCUMENT.consignment, declaration=replace(DECLARED, items=goods))
    return EntryDocument("E-1", PHYTO, part, bare)


def read(pdf: bytes, tmp_path: Path) -> str:
    """The words of a PDF, in one line, without the places where long words may break."""
    path = tmp_path / "p.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)
    return " ".join(done.stdout.replace("\u200b", "").split())


def test_the_same_content_gives_the_same_bytes() -> None:
    one, other = (as_pdf(act_paper(DOCUMENT, "ru"), at=NOW) for _ in range(2))
    assert one == other
    assert one.startswith(b"%PDF-")
    assert as_pdf(act_paper(DOCUMENT, "ru"), at=datetime(2026, 3, 2, tzinfo=UTC)) != one


@needs_pdftotext
def test_what_looks_like_source_is_printed_as_it_stands(tmp_path: Path) -> None:
    told = read(as_pdf(act_paper(described(HOSTILE), "en"), at=NOW), tmp_path).replace(" ", "")
    assert '#eval("1+1")\\$x^2$' in told
    assert "#{1+1}" in told


@pytest.mark.parametrize("text", [HOSTILE, "a\x00b\x07c", "line\nline\ttab", "\u202eevil", "w" * 5000, ""])
def test_no_text_keeps_a_paper_from_being_made(text: str) -> None:
    assert as_pdf(act_paper(described(text), "en"), at=NOW).startswith(b"%PDF-")


@needs_pdftotext
def test_letters_of_all_seven_languages_are_there(tmp_path: Path) -> None:
    told = read(as_pdf(entry_paper(described(LETTERS), "ru"), at=NOW), tmp_path)
    assert [letter for letter in LETTERS.split() if letter not in told] == []
    assert "[U+" not in told


@needs_pdftotext
def test_a_letter_without_a_form_is_written_by_its_number(tmp_path: Path) -> None:
    told = read(as_pdf(entry_paper(described("广州 Trading"), "en"), at=NOW), tmp_path).replace(" ", "")
    assert "[U+5E7F][U+5DDE]" in told


def test_a_folder_without_fonts_changes_nothing(tmp_path: Path) -> None:
    paper = act_paper(DOCUMENT, "ru")
    assert as_pdf(paper, at=NOW, fonts=tmp_path) == as_pdf(paper, at=NOW)


@needs_pdftotext
def test_three_hundred_items_are_all_printed(tmp_path: Path) -> None:
    told = read(as_pdf(entry_paper(described("Курага", items=300), "ru"), at=NOW), tmp_path)
    assert told.count("Курага") == 300
    assert " 300 081310" in told


@needs_pdftotext
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_blank_act_fits_on_one_sheet(tmp_path: Path, language: str) -> None:
    told = read(as_pdf(blank_act(PHYTO, language), at=NOW), tmp_path)
    assert told.endswith("1 / 1")


@needs_pdftotext
def test_the_digest_stands_at_the_foot(tmp_path: Path) -> None:
    paper = entry_paper(DOCUMENT, "en")
    assert paper.digest in read(as_pdf(paper, at=NOW), tmp_path)


@pytest.mark.parametrize("number", ["№" * 5000, HOSTILE, "a\x00b", "广州"])
def test_no_number_keeps_a_paper_from_being_made(number: str) -> None:
    paper = act_paper(replace(described("x"), number=number), "en")
    assert as_pdf(paper, at=NOW).startswith(b"%PDF-")
    assert agrees(paper, paper.verification)


def test_the_code_is_that_of_this_paper() -> None:
    assert code_svg(act_paper(DOCUMENT, "en")) == code_svg(act_paper(DOCUMENT, "en"))
    assert code_svg(act_paper(DOCUMENT, "en")) != code_svg(act_paper(DOCUMENT, "ru"))


def test_what_the_typesetter_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_template", lambda: b"#panic()")
    with pytest.raises(OutputError, match="a paper that can be set"):
        as_pdf(blank_act(PHYTO, "en"), at=NOW)


@needs_pdftotext
def test_a_sign_that_turns_letters_about_is_written_by_its_number(tmp_path: Path) -> None:
    told = read(as_pdf(entry_paper(described("paid \u202e001 som"), "en"), at=NOW), tmp_path)
    assert "[U+202E]001" in told.replace(" ", "")
