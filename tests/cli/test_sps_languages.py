"""What the commands on animals, plants and food say in Russian: all of it, with the same values as in English."""

import re
import string
from pathlib import Path

import pytest

from architecture.house import ROOT
from darvoza.cli import sample_size_words, sps_measures, sps_outcome, sps_route
from darvoza.cli.main import main
from darvoza.domain.sps.competence import Certainty
from darvoza.domain.sps.control import CheckStatus, ControlOutcome, CustomsWord, LaboratoryVerdict
from darvoza.domain.sps.entry import EntryState, FollowUpKind
from darvoza.domain.sps.measure import MeasureKind
from darvoza.domain.vocabulary import named

FREQUENCIES = str(ROOT / "reference_data" / "sps_frequencies.yaml")
SPEAKERS = {
    "sample-size": sample_size_words.WORDS,
    "measures": sps_measures.WORDS,
    "route": sps_route.WORDS,
    "outcome": sps_outcome.LINES,
}


def holes(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_every_phrase_exists_in_both_languages_with_the_same_holes(speaker: str) -> None:
    words = SPEAKERS[speaker]
    assert list(words["en"]) == list(words["ru"])
    differing = [name for name in words["en"] if holes(words["en"][name]) != holes(words["ru"][name])]
    assert differing == []


@pytest.mark.parametrize(
    "vocabulary", [CheckStatus, ControlOutcome, CustomsWord, EntryState, FollowUpKind, LaboratoryVerdict, MeasureKind]
)
def test_every_code_of_a_control_has_a_russian_word(vocabulary: type[CheckStatus]) -> None:
    assert [code for code in vocabulary if not re.search("[а-я]", named(code, "ru"))] == []


def test_every_certainty_is_said() -> None:
    assert all(set(Certainty) <= set(words) for words in sps_route.WORDS.values())


@pytest.mark.parametrize(
    "words",
    [
        "--lot-size 1000 --level 0.01",
        "--lot-size 1000 --level 0.01 --sensitivity 0.8 --convention exact",
        "--lot-size 1000 --level 0.01 --acceptance 1",
        "--lot-size 100 --level 0.001",
        "--lot-size 100 --level 0.01 --sensitivity 0.8 --convention exact",
        "--level 0.01",
        "--level 0.01 --rho 0.05 --units-per-box 20 --lot-size 400",
        "--size 600",
        "--size 1 --sensitivity 0.5",
    ],
)
def test_a_sample_is_told_in_russian_with_the_same_numbers(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes, texts = [], []
    for language in ("en", "ru"):
        codes.append(main(["sps", "sample-size", *words.split(), "--language", language]))
        texts.append(capsys.readouterr().out)
    plain = [
        re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", texts[0]),
        texts[1].replace("\N{NO-BREAK SPACE}", "").replace(",", "."),
    ]
    numbers = [sorted(set(re.findall(r"\d[\d.]*\d|\d", text)) - {"31", "0"}) for text in plain]
    assert codes[0] == codes[1]
    assert numbers[0] == numbers[1]
    assert re.findall(r"\b(?:the|units|with|does)\b", texts[1]) == []


def test_goods_are_routed_in_russian(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sps", "route", "0602", "--use", "planting", "--language", "ru"]) == 0
    told = capsys.readouterr().out
    assert "0602: фитосанитарная служба" in told
    assert "фитосанитарный риск: высокий" in told
    assert main(["sps", "route", "870323", "--language", "ru"]) == 0
    assert "не подконтролен ни одной из этих служб" in capsys.readouterr().out


def test_measures_are_told_in_russian(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    start = "agency: veterinary, scope: {goods: ['0104']}, legal_basis: L, from: 2026-01-01, review_by: 2026-02-01"
    path.write_text(
        f"measures:\n  - {{code: A, title: T, kind: prohibition, {start}}}\n"
        f"  - {{code: B, title: T, kind: frequency, acts: {{physical: 0.5}}, {start}}}\n",
        encoding="utf-8",
    )
    assert main(["sps", "measures", str(path), "--day", "2026-03-01", "--language", "ru"]) == 1
    told = capsys.readouterr().out
    assert "ветеринарная служба, запрет, с 2026-01-01 без срока окончания" in told
    assert "A и B пересекаются: A запрещает то, что другая допускает" in told
    assert "прошёл последний день или день пересмотра" in told
    assert "подлежат пересмотру: 2" in told
    assert main(["sps", "measures", FREQUENCIES, "--language", "ru"]) == 0
    assert "досмотр: 30%" in capsys.readouterr().out
