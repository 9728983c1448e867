"""Alerts from the file to the floor: imported, in force at once, named in the explanation, ended in public."""

import json
from pathlib import Path

import pytest

from cli.declared import assessed, declared, floors_of
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped

SAMPLES = shipped("sps_alerts.yaml").parent / "samples"
Said = pytest.CaptureFixture[str]


def taken_in(place: Path, *names: str) -> int:
    return main(["sps", "alerts", "import", *(str(SAMPLES / name) for name in names), "--into", str(place)])


def test_every_sample_is_taken_in_and_twice_changes_nothing(tmp_path: Path, capsys: Said) -> None:
    names = ("alerts_rasff.csv", "alerts_wahis.xml", "alerts_europhyt.csv")
    assert taken_in(tmp_path / "a", *names) == 0
    told = capsys.readouterr().out
    assert "set by the rules, the source gives none" in told
    assert "last day 2026-08-31; to be reviewed by 2026-05-01" in told
    before = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert set(before) == {"alerts.json", "from_alerts.yaml"}
    assert taken_in(tmp_path / "a", *names) == 0
    assert "0 new, 0 updated, 8 known" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == before


def test_an_alert_is_a_floor_at_once_and_explain_names_it(tmp_path: Path, capsys: Said) -> None:
    words = declared(tmp_path, {}, {"declaration_id": "D2", "origin": "UZ"})
    place = tmp_path / "a"
    assert taken_in(place, "alerts_rasff.csv") == 0
    decisions = assessed(tmp_path, words, "--measures", place)
    floors = floors_of(decisions, "D1")
    assert floors["RASFF-2026.0041:physical physical"] == 0.5
    assert floors["RASFF-2026.0041:documentary documentary"] == 1
    assert not any("RASFF" in source for source in floors_of(decisions, "D2"))
    capsys.readouterr()
    assert main(["explain", "D1", "--in", str(tmp_path / "run")]) == 0
    assert "Alert rasff 2026.0041 of 2026-03-02 (border rejection)" in capsys.readouterr().out


def test_an_update_supersedes_and_a_withdrawal_ends_with_a_notice(tmp_path: Path, capsys: Said) -> None:
    place = tmp_path / "a"
    assert taken_in(place, "alerts_rasff.csv") == 0
    capsys.readouterr()
    assert taken_in(place, "alerts_rasff_update.csv") == 0
    told = capsys.readouterr().out
    assert "Notice of the end of a measure" in told
    assert "The lots were traced and destroyed" in told
    rows = [{"hs": "0804200000"}, {"declaration_id": "D2", "hs": "0802510000", "origin": "IR"}]
    decisions = assessed(tmp_path, declared(tmp_path, *rows), "--measures", place)
    assert floors_of(decisions, "D1")["RASFF-2026.0041:sampling sampling"] == 0.5
    assert not any("RASFF" in source for source in floors_of(decisions, "D2"))
    assert taken_in(place, "alerts_rasff.csv") == 0
    assert "0 new, 0 updated, 4 known, 0 late" in capsys.readouterr().out


def test_what_is_in_force_is_listed_and_what_is_to_be_reviewed_ends_with_one(tmp_path: Path, capsys: Said) -> None:
    place = tmp_path / "a"
    assert taken_in(place, "alerts_wahis.xml") == 0
    assert main(["sps", "alerts", "list", str(place), "--day", "2026-03-20"]) == 0
    assert "2 alerts in 2 versions, 1 in force on 2026-03-20, 0 to review" in capsys.readouterr().out
    assert main(["sps", "alerts", "list", str(place), "--day", "2026-04-05"]) == 1
    assert "past its day of review" in capsys.readouterr().out
    end = ["sps", "alerts", "end", str(place), "WAHIS-5123", "--on", "2026-04-05", "--reason", "Zone free again"]
    assert main([*end, "--language", "ru"]) == 0
    told = capsys.readouterr().out
    assert "Уведомление о прекращении меры WAHIS-5123" in told
    assert "Zone free again" in told
    assert main(["sps", "alerts", "list", str(place), "--day", "2026-04-05"]) == 0
    assert main(end) == 2


def test_a_wrong_alert_is_kept_aside_once_and_the_others_go_in(tmp_path: Path, capsys: Said) -> None:
    text = (
        (SAMPLES / "alerts_rasff.csv").read_text(encoding="utf-8").replace(",TR,", ",Turkey,").replace("2026.0057", "")
    )
    file, place = tmp_path / "alerts.csv", tmp_path / "a"
    file.write_text(text, encoding="utf-8")
    for _ in range(2):
        assert main(["sps", "alerts", "import", str(file), "--into", str(place)]) == 1
    told = capsys.readouterr()
    assert "alerts.csv alert 1: origin: expected countries of ISO 3166-1, two letters, got 'Turkey'" in told.err
    assert "2 new, 0 updated, 0 known, 0 late, 2 kept aside" in told.out
    aside = json.loads((place / "set_aside.json").read_text(encoding="utf-8"))
    assert [each["values"]["hazards"] for each in aside] == ["sulphite", "aflatoxins"]


def test_an_alert_that_says_something_else_under_the_same_update_is_kept_aside(tmp_path: Path, capsys: Said) -> None:
    place, file = tmp_path / "a", tmp_path / "alerts.csv"
    assert taken_in(place, "alerts_rasff.csv") == 0
    text = (SAMPLES / "alerts_rasff.csv").read_text(encoding="utf-8").replace("sulphite", "salmonella")
    file.write_text(text, encoding="utf-8")
    assert main(["sps", "alerts", "import", str(file), "--into", str(place)]) == 1
    assert "update 0 was received before and said something else" in capsys.readouterr().err
    assert "salmonella" not in (place / "from_alerts.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "x,y\n1,2\n", "columns of one of the formats"),
        ("a.xml", '<!DOCTYPE a [<!ENTITY e "e">]><a>&e;</a>', "without a document type"),
        ("a.xml", "<a>", "well-formed XML"),
    ],
)
def test_what_is_no_file_of_alerts_is_refused(
    name: str, text: str, expected: str, tmp_path: Path, capsys: Said
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert main(["sps", "alerts", "import", str(path), "--into", str(tmp_path / "a")]) == 2
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_missing_file_a_missing_book_and_an_unknown_format_are_refused(tmp_path: Path, capsys: Said) -> None:
    into = ["--into", str(tmp_path / "a")]
    assert main(["sps", "alerts", "import", str(tmp_path / "no.csv"), *into]) == 2
    assert main(["sps", "alerts", "import", str(SAMPLES / "alerts_rasff.csv"), "--format", "raff", *into]) == 2
    assert main(["sps", "alerts", "list", str(tmp_path), "--day", "2026-03-01"]) == 2
    assert main(["sps", "measures", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    for words in ("No such file", "one of rasff, wahis, europhyt", "a directory with alerts.json", "that end in .yaml"):
        assert words in told


def test_two_measures_that_contradict_each_other_are_told_and_the_stricter_wins(tmp_path: Path, capsys: Said) -> None:
    place = tmp_path / "a"
    assert taken_in(place, "alerts_rasff.csv") == 0
    (place / "own.yaml").write_text(
        "measures:\n  - {code: OWN-1, title: Dried fruit, agency: sanitary, kind: frequency, scope: {goods: ['0813']}, "
        "legal_basis: Order 1, from: 2026-01-01, acts: {physical: 0.1}}\n",
        encoding="utf-8",
    )
    decisions = assessed(tmp_path, declared(tmp_path, {}), "--measures", place)
    told = capsys.readouterr().err
    assert (
        "RASFF-2026.0041 and OWN-1 meet: RASFF-2026.0041 asks for more physical checks, and the stricter wins" in told
    )
    physical = decisions.filter(declaration_id="D1", agency="sanitary", act="physical")
    assert physical.get_column("probability").to_list() == [0.5]


def test_a_measure_without_an_end_or_a_code_used_twice_is_refused(tmp_path: Path, capsys: Said) -> None:
    text = (
        "measures:\n  - {code: A-1, title: T, agency: sanitary, kind: frequency, alert: true, scope: {goods: ['08']}, "
        "legal_basis: L, from: 2026-01-01, acts: {physical: 1}}\n"
    )
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    assert main(["sps", "measures", str(tmp_path)]) == 2
    assert "enhanced controls must end (WTO TFA 5.1)" in capsys.readouterr().err
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(text.replace("alert: true, ", ""), encoding="utf-8")
    assert main(["sps", "measures", str(tmp_path)]) == 2
    assert "two.yaml: A-1: expected a code of its own" in capsys.readouterr().err
