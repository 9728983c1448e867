"""Texts in another encoding than was thought are refused or doubted: no profile finds its words in them."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from darvoza.cli.main import main
from darvoza.errors import UnreadableFile
from darvoza.flow.intake.doubtful import doubtful
from darvoza.flow.intake.encodings import check_stated, garbled, meant_by
from darvoza.flow.intake.intake import Intake
from darvoza.flow.intake.reading_csv import find_encoding
from flow.intake.made_files import FIELDS, a_csv, a_row

Take = Callable[..., Intake]
GOODS = ("Автомобиль б/у", "Яблоки свежие, сорт прочий", "Плёнка полиэтиленовая №2", "Ноутбук «Рассвет»")
KAZAKH = ("Жеміс шырыны, қантсыз", "Киім, тоқыма бұйымдары", "Тұрмыстық техника")
TAJIK = ("Меваҳои тару тоза", "Либоси занона аз пахта", "Таҷҳизоти электрикӣ барои хона")
UZBEK = ("Янги узилган мевалар", "Аёллар кийимлари пахтадан", "Уй учун электр жиҳозлари")
TURKMEN = ("Täze miweler we gök önümler", "Zenan eşikleri pagtadan", "Öý üçin elektrik enjamlary")


def texts(goods: tuple[str, ...] = GOODS) -> str:
    return a_csv(*(a_row(Ref=f"D{place}", Goods=f'"{each}"') for place, each in enumerate(goods)))


@pytest.mark.parametrize("stated", ["cp1251", "cp866", "koi8-r"])
def test_utf_8_is_refused_where_a_code_page_is_stated(take: Take, stated: str) -> None:
    with pytest.raises(UnreadableFile, match=f"text in {stated}.*UTF-8, such as 'Автомобиль'"):
        take(texts().encode(), form=f"{{encoding: {stated}}}")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "cp866", "koi8-r"])
def test_a_file_in_the_encoding_that_is_stated_is_read(take: Take, encoding: str) -> None:
    content = texts().replace("«", "(").replace("»", ")").replace("№", "N")
    intake = take(content.encode(encoding), form=f"{{encoding: {encoding}}}")
    assert intake.items.get_column("description")[0] == GOODS[0]
    assert list(doubtful(intake.items, intake.mapping)) == []


@pytest.mark.parametrize("page", ["cp1251", "cp866", "koi8-r"])
def test_a_code_page_under_a_header_that_is_not_utf_8_is_named(page: str) -> None:
    header = "Номер декларации;Страна;Товар\nD1;CN;car\n".encode(page)
    with pytest.raises(UnreadableFile, match=f"in {page}.*write encoding: {page}") as refused:
        check_stated("f.csv", header, "utf-8")
    assert ("or auto" in str(refused.value)) == (find_encoding(header) == page), "auto reads it by another one"
    assert "Номер декларации" in str(refused.value)
    assert "udc" not in str(refused.value)
    check_stated("f.csv", "Номер;Страна\n".encode(), "utf-8")


@pytest.mark.parametrize("page", ["cp1251", "cp866", "koi8-r"])
def test_a_row_in_a_code_page_says_which_where_utf_8_is_stated(take: Take, page: str) -> None:
    content = a_csv(a_row()).encode() + a_csv(a_row(Ref="D2", Goods=GOODS[0])).split("\n")[1].encode(page) + b"\n"
    intake = take(content, form="{encoding: utf-8}")
    assert intake.accepted == 1
    assert intake.rejected["rule"].to_list() == ["encoding"]
    assert intake.rejected["got"].to_list() == [f"'{GOODS[0]}' in {page}"]


@pytest.mark.parametrize(
    "header", [*(f"Größe;{each}\n".encode("cp1252") for each in ("Ölçü", "Währung")), "Номер\n".encode("utf-16")]
)
def test_a_header_in_what_no_mapping_can_state_is_not_called_cyrillic(header: bytes) -> None:
    check_stated("f.csv", header, "utf-8")


def test_a_byte_that_a_stated_code_page_does_not_have_is_not_told_as_of_that_page(take: Take) -> None:
    content = a_csv(a_row()).encode() + a_csv(a_row(Ref="D2", Goods="А")).split("\n")[1].encode("cp1251") + b"\n"
    intake = take(content.replace("А".encode("cp1251"), "А".encode("cp1251") + b"\x98"), form="{encoding: cp1251}")
    assert intake.rejected["got"].to_list() == ["'А\\udc98'"]


def test_utf_8_that_was_damaged_is_not_taken_for_a_code_page() -> None:
    assert meant_by(("Автомобиль ".encode() + b"\xd0").decode("utf-8", "surrogateescape")) is None


def test_plain_ascii_is_any_encoding(take: Take) -> None:
    assert take(a_csv(a_row()).encode(), form="{encoding: cp1251}").accepted == 1


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r"])
def test_a_code_page_taken_for_another_is_doubted_with_what_it_would_say(take: Take, encoding: str) -> None:
    content = texts().replace("«", "(").replace("»", ")").replace("№", "N")
    intake = take(content.encode(encoding))
    (said,) = doubtful(intake.items, intake.mapping)
    assert said.startswith("description does not look like words")
    assert f"read as {encoding} it would say 'Автомобиль б/у'" in said


@pytest.mark.parametrize("goods", [GOODS, KAZAKH, TAJIK, UZBEK, TURKMEN])
def test_words_of_the_region_are_words(goods: tuple[str, ...]) -> None:
    assert garbled(goods) is None
    assert garbled([word.upper() for word in goods]) is None


@pytest.mark.parametrize(
    ("page", "meant"), [("cp1251", "utf-8"), ("cp866", "utf-8"), ("cp1252", "cp1251"), ("cp866", "cp1251")]
)
def test_texts_that_were_spoilt_before_are_doubted(page: str, meant: str) -> None:
    spoilt = [text.encode(meant, "ignore").decode(page, "ignore") for text in (*GOODS, *GOODS)]
    found = garbled(spoilt)
    assert found is not None
    assert found.encoding == meant


def test_too_few_letters_say_nothing() -> None:
    assert garbled(["Ь", "чф"]) is None


def test_the_check_and_the_run_tell_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = texts().replace("«", "(").replace("»", ")").replace("№", "N")
    file, mapping = tmp_path / "file.csv", tmp_path / "mapping.yaml"
    file.write_bytes(content.encode("cp866"))
    mapping.write_text(FIELDS, encoding="utf-8")
    assert main(["intake", "check", str(file), "--mapping", str(mapping)]) == 0
    assert "doubtful: description does not look like words" in capsys.readouterr().out
    (tmp_path / "profiles").mkdir()
    words = ["assess", str(file), "--mapping", str(mapping), "--profiles", str(tmp_path / "profiles")]
    assert main([*words, "--capacity", "0.1", "--out", str(tmp_path / "out")]) == 0
    assert "ATTENTION: doubtful: description does not look like words" in capsys.readouterr().err


def test_no_goods_are_no_doubt(take: Take) -> None:
    intake = take(a_csv(a_row()))
    assert list(doubtful(intake.items.filter(pl.lit(value=False)), intake.mapping)) == []
